"""What an issued document says, as EN 16931 names it (BT numbers in comments). Everything from what was frozen."""

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.documents.pictures import BIC, iban_in
from billing.einvoice import nets
from billing.law.treatments import CATEGORIES
from billing.models import Invoice, InvoiceLine, Treatment
from laseros.core.money import rate_text

CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
TOWN = {"DE": r"(?:D-)?(\d{5})\s+(.+)", "AT": r"(?:A-)?(\d{4})\s+(.+)", "CH": r"(?:CH-)?(\d{4})\s+(.+)"}


@dataclass(frozen=True)
class Party:
    name: str
    country: str  # BT-40, BT-55
    street: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    vat_number: str = ""
    tax_number: str = ""
    registration: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Tax:
    category: str  # BT-118
    percent: Decimal | None  # BT-119; none where it is no matter of VAT
    basis: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    reason: str = ""
    reason_code: str = ""


@dataclass(frozen=True)
class Allowance:
    """BG-20 on the whole, with the tax of what it is taken off; BG-27 on a line."""

    amount: Decimal  # BT-92, BT-136
    basis: Decimal  # BT-93, BT-137
    percent: Decimal | None = None  # BT-94, BT-138
    reason: str = ""  # BT-97, BT-139
    tax: Tax | None = None


@dataclass(frozen=True)
class Line:
    number: str
    name: str
    quantity: int
    unit_price: Decimal
    net: Decimal
    tax: Tax
    allowance: Allowance | None = None


@dataclass(frozen=True)
class Said:
    number: str
    credit: bool
    issued_on: date
    supplied_on: date
    due_on: date | None
    currency: str
    seller: Party
    buyer: Party
    buyer_reference: str
    order: str
    notes: tuple[str, ...]
    terms: str
    iban: str
    bic: str
    lines: tuple[Line, ...]
    taxes: tuple[Tax, ...]
    net: Decimal
    tax: Decimal
    total: Decimal
    origin: tuple[str, date] | None = field(default=None)
    allowances: tuple[Allowance, ...] = ()

    @property
    def off(self) -> Decimal:  # BT-107
        return sum((allowance.amount for allowance in self.allowances), Decimal(0))

    @property
    def lines_net(self) -> Decimal:  # BT-106
        return self.net + self.off

    @property
    def crosses_the_union(self) -> bool:
        return any(tax.category == "K" for tax in self.taxes)


def read(invoice: Invoice, lines: list[InvoiceLine]) -> Said:
    facts = invoice.frozen
    seller, buyer = facts["seller"], facts["buyer"]
    statement = facts.get("statement", "")
    origin = invoice.origin
    with translation.override(facts["language"]):
        terms, discount = _terms(invoice, facts["locale"]), _("Discount")
    outside = invoice.treatment == Treatment.NONE
    without_tax = nets.of(invoice, lines)
    return Said(
        number=invoice.number,
        credit=invoice.is_correction,
        issued_on=invoice.issued_on,
        supplied_on=invoice.supplied_on or invoice.issued_on,
        due_on=invoice.due_on,
        currency=invoice.currency,
        seller=_seller(seller, outside),
        buyer=_buyer(buyer, outside),
        buyer_reference=buyer.get("reference") or buyer["code"],
        order=invoice.job.number if invoice.job else "",
        notes=tuple(text for text in map(_text, (invoice.note, invoice.reason, statement)) if text),
        terms=terms,
        iban=iban_in(seller["bank_details"]),
        bic=match[1] if (match := BIC.search(seller["bank_details"])) else "",
        lines=tuple(
            _line(number, line, net, invoice, statement, discount)
            for number, (line, net) in enumerate(zip(lines, without_tax, strict=True), start=1)
        ),
        taxes=tuple(
            _tax(invoice, Decimal(row["percent"]), statement, Decimal(row["net"]), Decimal(row["tax"]))
            for row in facts["vat"]
        ),
        net=invoice.net,
        tax=invoice.tax,
        total=invoice.total,
        origin=(origin.number, origin.issued_on) if origin else None,
        allowances=_allowances(invoice, lines, without_tax, statement, discount),
    )


def _terms(invoice: Invoice, locale: str) -> str:
    if invoice.due_on:
        return _("Please pay by %(day)s.") % {"day": format_date(invoice.due_on, "long", locale=locale)}
    return _("The amount is counted against the invoice; what was paid beyond it is yours and is paid back.")


def _seller(seller: dict, outside: bool) -> Party:
    street, postcode, city = place(seller["address"], seller["country"])
    return Party(
        name=_text(seller["name"]),
        country=seller["country"],
        street=street,
        postcode=postcode,
        city=city,
        vat_number="" if outside else _vat_number(seller),
        tax_number=seller.get("tax_number", ""),
        registration=seller["registration_number"],
        email=seller["email"],
        phone=seller["phone"],
    )


def _buyer(buyer: dict, outside: bool) -> Party:
    return Party(
        name=_text(buyer["name"]),
        country=buyer["country"],
        street=tuple(line for line in buyer["street"].splitlines() if line.strip()),
        postcode=buyer["postcode"],
        city=buyer["city"],
        vat_number="" if outside else _vat_number(buyer),
        email=buyer["email"],
    )


def _vat_number(party: dict) -> str:
    """With the letters of its country before it, as EN 16931 wants it everywhere."""
    number = re.sub(r"[\s.-]", "", party["vat_number"]).upper()
    return f"{party['country']}{number}" if number[:1].isdigit() else number


def place(address: str, country: str) -> tuple[tuple[str, ...], str, str]:
    """(street lines, postcode, town) of an address that was typed as it is printed; the town is on its last line."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    shape = TOWN.get(country, r"()(.+?)")
    match = re.fullmatch(shape, lines[-1]) if lines else None
    if match is None:
        return tuple(lines), "", ""
    return tuple(lines[:-1]), match[1], match[2]


def _tax(invoice, percent: Decimal, statement: str, basis=Decimal(0), amount=Decimal(0)) -> Tax:
    if invoice.treatment == Treatment.STANDARD:
        return Tax("S" if percent else "Z", Decimal(rate_text(percent)), basis, amount)
    category, code = CATEGORIES[Treatment(invoice.treatment)]
    return Tax(category, None if category == "O" else Decimal(0), basis, amount, statement, code)


def _text(value: str) -> str:
    """Without what XML cannot hold: control characters, as a drawing's name may have them."""
    return CONTROL.sub(" ", value).strip()


def _allowances(invoice: Invoice, lines: list[InvoiceLine], without_tax: list[nets.Net], statement: str,
                reason: str) -> tuple[Allowance, ...]:  # fmt: skip
    """What is taken off the whole, one at each rate."""
    found, basis = [], {}
    for line, net in zip(lines, without_tax, strict=True):
        if not line.deposit_id:
            basis[line.tax_percent] = basis.get(line.tax_percent, Decimal(0)) + net.amount
    for percent, off in nets.allowances(invoice).items():
        tax = _tax(invoice, percent, statement)
        share = invoice.discount_percent or None
        found.append(Allowance(off, basis.get(percent, Decimal(0)), share, reason, tax))
    return tuple(found)


def _line(number: int, line: InvoiceLine, net: nets.Net, invoice: Invoice, statement: str, reason: str) -> Line:
    tax = _tax(invoice, line.tax_percent, statement)
    # A deposit is taken off by a negative quantity: EN 16931 wants prices positive.
    pieces = -line.quantity if line.deposit_id else line.quantity
    allowance = Allowance(net.off, net.whole, line.discount_percent or None, reason) if net.off else None
    return Line(str(number), _text(line.description), pieces, net.unit_price, net.amount, tax, allowance)
