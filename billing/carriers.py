"""Who carries parcels, and the page on which their number is followed."""

from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

OWN, COLLECTED = "own", "collected"
# name → (what it is called, address of the page with the number in it)
CARRIERS = {
    OWN: (_("Our own vehicle"), ""),
    COLLECTED: (_("Collected by the client"), ""),
    "dhl": ("DHL", "https://www.dhl.de/de/privatkunden/pakete-empfangen/verfolgen.html?piececode={}"),
    "dpd": ("DPD", "https://tracking.dpd.de/status/de_DE/parcel/{}"),
    "gls": ("GLS", "https://gls-group.com/track/{}"),
    "ups": ("UPS", "https://www.ups.com/track?tracknum={}"),
    "fedex": ("FedEx", "https://www.fedex.com/fedextrack/?trknbr={}"),
    "hermes": ("Hermes", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#{}"),
    "tcg": ("The Courier Guy", "https://portal.thecourierguy.co.za/track?ref={}"),
    "aramex": ("Aramex", "https://www.aramex.com/track/results?ShipmentNumber={}"),
    "postnet": ("PostNet", ""),
    "forwarder": (_("Forwarder"), ""),
    "other": (_("Another"), ""),
}
CHOICES = [(name, label) for name, (label, _page) in CARRIERS.items()]


def page_of(carrier: str, number: str, own: str = "") -> str:
    """Where a parcel is followed: the address that was typed, or the carrier's page; empty where there is none."""
    if own:
        return own
    _label, page = CARRIERS.get(carrier, ("", ""))
    return page.format(quote(number, safe="")) if page and number else ""
