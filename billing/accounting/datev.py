"""DATEV's EXTF file of bookings: header 700, format 21 "Buchungsstapel" version 13; Windows-1252, CRLF, 125 columns."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.accounting.journal import Booking
from billing.models import BooksRules
from laseros.core.errors import Refused

INFO = [f"Beleginfo - {what} {n}" for n in range(1, 9) for what in ("Art", "Inhalt")]
MORE = [
    name for n in range(1, 21) for name in (f"Zusatzinformation - Art {n}", f"Zusatzinformation- Inhalt {n}")
]  # so written there
COLUMNS = (
    "Umsatz (ohne Soll/Haben-Kz)", "Soll/Haben-Kennzeichen", "WKZ Umsatz", "Kurs", "Basis-Umsatz", "WKZ Basis-Umsatz",
    "Konto", "Gegenkonto (ohne BU-Schlüssel)", "BU-Schlüssel", "Belegdatum", "Belegfeld 1", "Belegfeld 2", "Skonto",
    "Buchungstext", "Postensperre", "Diverse Adressnummer", "Geschäftspartnerbank", "Sachverhalt", "Zinssperre",
    "Beleglink", *INFO, "KOST1 - Kostenstelle", "KOST2 - Kostenstelle", "Kost-Menge", "EU-Land u. UStID (Bestimmung)",
    "EU-Steuersatz (Bestimmung)", "Abw. Versteuerungsart", "Sachverhalt L+L", "Funktionsergänzung L+L",
    "BU 49 Hauptfunktionstyp", "BU 49 Hauptfunktionsnummer", "BU 49 Funktionsergänzung", *MORE, "Stück", "Gewicht",
    "Zahlweise", "Forderungsart", "Veranlagungsjahr", "Zugeordnete Fälligkeit", "Skontotyp", "Auftragsnummer",
    "Buchungstyp", "USt-Schlüssel (Anzahlungen)", "EU-Land (Anzahlungen)", "Sachverhalt L+L (Anzahlungen)",
    "EU-Steuersatz (Anzahlungen)", "Erlöskonto (Anzahlungen)", "Herkunft-Kz", "Buchungs GUID", "KOST-Datum",
    "SEPA-Mandatsreferenz", "Skontosperre", "Gesellschaftername", "Beteiligtennummer", "Identifikationsnummer",
    "Zeichnernummer", "Postensperre bis", "Bezeichnung SoBil-Sachverhalt", "Kennzeichen SoBil-Buchung",
    "Festschreibung", "Leistungsdatum", "Datum Zuord. Steuerperiode", "Fälligkeit", "Generalumkehr (GU)",
    "Steuersatz", "Land", "Abrechnungsreferenz", "BVV-Position", "EU-Land u. UStID (Ursprung)",
    "EU-Steuersatz (Ursprung)", "Abw. Skontokonto",
)  # fmt: skip
PLACES = {name: place for place, name in enumerate(COLUMNS)}


def year_of(day: date, first_month: int) -> date:
    """The first day of the business year a day lies in."""
    return date(day.year if day.month >= first_month else day.year - 1, first_month, 1)


def written(
    bookings: Iterable[Booking], rules: BooksRules, from_on: date, until_on: date, currency: str, *, at: datetime,
    is_fixed: bool = False,
) -> bytes:  # fmt: skip
    """The file, to the byte. `at` is the moment it says it was made; `is_fixed`: the books are closed over it."""
    if not rules.consultant_number or not rules.client_number:
        raise Refused(_("Enter the accountant's number and yours under Settings → Books first."), code="numbers")
    begins = year_of(from_on, rules.year_begins)
    if begins != year_of(until_on, rules.year_begins):
        raise Refused(_("A file for DATEV holds one business year: choose a shorter while."), code="two-years")
    header = [
        '"EXTF"', "700", "21", '"Buchungsstapel"', "13", f"{at:%Y%m%d%H%M%S}{at.microsecond // 1000:03d}", "", '"RE"',
        '"Laser OS"', '""', f"{rules.consultant_number}", f"{rules.client_number}", f"{begins:%Y%m%d}",
        f"{rules.account_length}", f"{from_on:%Y%m%d}", f"{until_on:%Y%m%d}",
        _quoted(f"Buchungen {from_on:%Y-%m}", 30), '""', "1", "0", f"{int(is_fixed)}", f'"{currency}"', "", '""', "",
        "", f'"{rules.chart}"', "", "", '""', '""',
    ]  # fmt: skip
    lines = [";".join(header), ";".join(COLUMNS)]
    lines += [";".join(_row(booking, currency, is_fixed)) for booking in bookings]
    return "".join(f"{line}\r\n" for line in lines).encode("cp1252", errors="replace")


def _row(booking: Booking, currency: str, is_fixed: bool) -> list[str]:
    cells = [""] * len(COLUMNS)

    def put(name: str, value: str) -> None:
        cells[PLACES[name]] = value

    put("Umsatz (ohne Soll/Haben-Kz)", _amount(booking.amount))
    put("Soll/Haben-Kennzeichen", f'"{booking.side}"')
    put("WKZ Umsatz", f'"{booking.currency}"')
    if booking.currency != currency:
        put("Kurs", f"{1 / booking.rate:.6f}".replace(".", ","))
        put("Basis-Umsatz", _amount(booking.booked))
        put("WKZ Basis-Umsatz", f'"{currency}"')
    put("Konto", booking.account)
    put("Gegenkonto (ohne BU-Schlüssel)", booking.contra)
    put("BU-Schlüssel", '""')
    put("Belegdatum", f"{booking.day:%d%m}")
    put("Belegfeld 1", _quoted(re.sub(r"[^A-Za-z0-9$&%*+\-/]", "", booking.number), 36))
    put("Belegfeld 2", f'"{booking.due_on:%d%m%y}"' if booking.due_on else '""')
    put("Buchungstext", _quoted(booking.text, 60))
    put("EU-Land u. UStID (Bestimmung)", _quoted(re.sub(r"[\s.-]", "", booking.vat_number), 15))
    put("Festschreibung", f"{int(is_fixed)}")
    if booking.supplied_on:
        put("Leistungsdatum", f"{booking.supplied_on:%d%m%Y}")
    return cells


def _amount(amount: Decimal) -> str:
    return f"{amount:.2f}".replace(".", ",")


def _quoted(text: str, most: int) -> str:
    """One line between quotation marks, those in it doubled."""
    plain = "".join(letter if letter.isprintable() else " " for letter in text)[:most]
    return '"' + plain.replace('"', '""') + '"'
