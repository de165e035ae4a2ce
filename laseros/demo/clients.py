"""Who orders: names made up for the demo."""

LASER = """
Umgeni Pumps|Bluff Marine Services|Amanzimtoti Gates & Fencing|Cato Ridge Trailers|Sugar Belt Milling
Pinetown Tooling|Indwe Signs|Karoo Stoves|Valley Auto Body|Hillcrest Kitchens|Durban Dry Dock Supply
Shongweni Farm Equipment|Harbour Crane Repairs|Zamani Steelworks|Ballito Shopfitters|Midlands Brewing Gear
Isando Conveyors|Tongaat Irrigation|Umhlanga Architects|Westmead Engineering|Mkuze Game Fencing
Phoenix Lift Services|Ladysmith Foundry|Richards Bay Chutes|Empangeni Tractor Spares|Newcastle Guarding
Port Shepstone Boats|Kokstad Dairy Tech|Greytown Timber Frames|Howick Solar Mounts
Sibusiso Khumalo|Priya Naidoo|Johan van Wyk|Fatima Essop|Grace Mthembu|Dumisani Cele
Megan Pillay|Andries Steyn|Zanele Ngcobo|Imraan Khan
"""
PRINTING = """
Krüger Medizintechnik|Lindner Modellbau|Stadtmuseum Leipzig|Fahrradwerk Plagwitz|Auwald Optik
Hofmann Vorrichtungsbau|Drohnenlabor Halle|Werkstatt Nord|Zahnlabor Schröder|Elster Lichttechnik
Grünauer Gartengeräte|Bühne & Requisite|Sächsische Messgeräte|Kaffeerösterei Brühl|Spielwerk Verlag
Institut für Strömungslehre|Rollenbau Richter|Möbelatelier Süd|Pumpen-Vogt|Kamerazubehör Lenz
Hörwelt Akustik|Windspiel Design|Anlagenbau Pötzsch|Robotik-AG Gymnasium|Architekturbüro Thiele
Schiffsmodelle Petersen|Orthopädie Brandt|Laborbedarf Sommer|Fotostudio Engel|Eisenbahnfreunde Mitte
Marta Wiśniewska|Bernd Großmann|Şebnem Aydın|Jürgen Köhler|Anneliese Weiß|Nguyễn Thị Lan
Zoë Fischer|Tomáš Dvořák|Heike Lange|Uwe Jäger
"""
BUYERS = {
    True: (
        "Nomvula Dlamini Kobus Visser Ayesha Moosa Themba Zondi Charlotte Meyer Rajesh Govender Lerato Molefe",
        "Pieter Nel Nokuthula Buthelezi Warren Adams Shanice Reddy Sizwe Mkhwanazi Elna Fourie",
    ),
    False: (
        "Katrin Vogel Stefan Winkler Aylin Demir Matthias Franke Ines Kühn Paweł Nowak Sabine Ullrich",
        "Torsten Beyer Linh Tran Gesine Arnold Holger Pfeiffer Mira Jovanović Ulrike Seidel",
    ),
}
FIRST_PRIVATE = 30  # from here on the names are people's


def buyer_of(is_laser: bool, number: int) -> str:
    """Who orders at the business with that number: each first name meets another surname every time round."""
    words = " ".join(BUYERS[is_laser]).split()
    first, last = words[::2], words[1::2]
    again, index = divmod(number, len(first))
    return f"{first[index]} {last[(index + again) % len(last)]}"


def name_of(is_laser: bool, number: int) -> tuple[str, bool]:
    """(name, private) of the client with that number; beyond the list the names go round with a number."""
    names = (LASER if is_laser else PRINTING).strip().replace("\n", "|").split("|")
    again, index = divmod(number, len(names))
    return (f"{names[index]} {again + 1}" if again else names[index]), index >= FIRST_PRIVATE
