"""Which column of a bank's CSV is what, and what its cells say."""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

# What a statement needs, and the words banks head it with.
WORDS = {
    "day": ("buchungstag", "buchungsdatum", "booking date", "date", "datum", "posting date", "transaction date",
            "valuta", "wertstellung", "value date"),
    "amount": ("betrag", "amount", "umsatz", "betrag eur", "betrag (eur)", "amount (eur)"),
    "credit": ("haben", "credit", "money in", "gutschrift", "deposits"),
    "debit": ("soll", "debit", "money out", "belastung", "withdrawals"),
    "name": ("beguenstigter/zahlungspflichtiger", "name zahlungsbeteiligter", "auftraggeber/empfaenger", "name",
             "auftraggeber / begunstigter", "zahlungspflichtige*r", "payer", "counterparty", "partner name", "payee"),
    "text": ("verwendungszweck", "buchungstext", "description", "reference text", "payment reference", "purpose",
             "details", "memo", "narrative", "transaction description"),
    "iban": ("iban", "kontonummer/iban", "iban zahlungsbeteiligter", "account number", "kontonummer", "partner iban"),
    "reference": ("kundenreferenz (end-to-end)", "end-to-end-referenz", "kundenreferenz", "end to end id", "reference",
                  "bank reference"),
    "currency": ("waehrung", "currency", "wahrung"),
}  # fmt: skip
NEEDED = (("day",), ("amount", "credit", "debit"))
DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%Y/%m/%d", "%d-%m-%Y", "%Y%m%d", "%d %b %Y")


def plain(heading: str) -> str:
    folded = heading.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss")
    return " ".join(folded.split())


def guess(header: list[str]) -> dict[str, int]:
    """{what: its column}, by the headings; each column at most once."""
    places, taken = {}, set()
    headings = [plain(heading) for heading in header]
    for what, words in WORDS.items():
        for word in words:
            place = next((n for n, text in enumerate(headings) if text == word and n not in taken), None)
            if place is not None:
                places[what] = place
                taken.add(place)
                break
    return places


def day_of(text: str) -> date | None:
    for form in DAYS:
        try:
            found = datetime.strptime(text.strip()[:11].strip(), form).date()  # noqa: DTZ007 a day has no zone
        except ValueError:
            continue
        return found if 2000 <= found.year < 2200 else None
    return None


def amount_of(text: str) -> Decimal | None:
    """1.234,56 and 1,234.56 and 1 234,56-: the last of point and comma is the decimal one, if two digits follow it."""
    digits = re.sub(r"[^\d.,+\-()]", "", text)
    negative = digits.startswith("-") or digits.endswith("-") or (digits.startswith("(") and digits.endswith(")"))
    digits = re.sub(r"[+\-()]", "", digits)
    if not re.search(r"\d", digits):
        return None
    match = re.fullmatch(r"(.*?)[.,](\d{1,2})", digits)
    whole, cents = match.groups() if match else (digits, "")
    try:
        found = Decimal(f"{re.sub('[.,]', '', whole) or 0}.{cents or 0}")
    except InvalidOperation:
        return None
    return -found if negative else found


def line_of(cells: list[str], places: dict[str, int], currency: str) -> dict | None:
    """What one row says, as `reading` has it of CAMT; None where it has no day or no amount."""
    said = {what: cells[place] if place < len(cells) else "" for what, place in places.items()}
    day, amount = day_of(said.get("day", "")), _signed(said)
    if day is None or not amount or abs(amount) >= 10**12:  # an account number, say, where the amount should be
        return None
    return {
        "day": day.isoformat(),
        "amount": f"{amount:f}",
        "currency": (said.get("currency") or currency).upper()[:3],
        "name": said.get("name", "")[:160],
        "iban": re.sub(r"\s", "", said.get("iban", ""))[:40],
        "text": said.get("text", "")[:500],
        "reference": said.get("reference", "")[:120],
        "bank_reference": "",
    }


def _signed(said: dict) -> Decimal | None:
    if "amount" in said and said["amount"].strip():
        return amount_of(said["amount"])
    came, left = amount_of(said.get("credit", "")), amount_of(said.get("debit", ""))
    return came or (-abs(left) if left else None)
