"""What is in a client's basket now: how each part stands, what is wrong with it, what it costs.

Prices are made by the same tables as a quote's and stored nowhere. `Looked.seen` is a print of everything they rest on:
pieces, drawings by their hash, versions of the tables. Who orders says what they saw; another print is refused.
"""

import hashlib
import json
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from billing import costing, prices, totals
from billing.costing import LinePrice
from billing.models import QuoteLine
from billing.models.rules import MorePieces
from billing.price_book import WITH, PriceBook
from billing.quotes import offers
from billing.taxes import rate_for
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, turned
from machines.models import Machine
from production import drawings, findings, words
from production.findings import Kind
from production.models import DesignFile, Enquiry, EnquiryLine, JobLine, Measurement
from production.slicing import SLICED_KINDS

AT_WORK = ("waiting", "measuring")
SAID_BESIDE = (*findings.SAID_AS_KINDS, "units-missing", "units-doubtful")
NOT_READ = ("unreadable", "tiny-contours")  # warnings nobody should order with


@dataclass(frozen=True)
class Offer:
    """So many pieces for so much each."""

    quantity: int
    unit_price: Decimal
    amount: Decimal


@dataclass
class Part:
    """One part of the basket. `standing`: measuring, unreadable, open (no price yet) or priced."""

    line: EnquiryLine
    file: DesignFile | None
    standing: str
    why: str = ""  # there is no price, in a client's words
    measurement: Measurement | None = None
    price: LinePrice | None = None
    amount: Decimal = ZERO
    offers: list[Offer] = field(default_factory=list)
    wrong: list[Kind] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    unread: bool = False
    before: JobLine | None = None  # how it was ordered last time
    before_price: Decimal = ZERO  # in the prices of this basket
    had_more: bool = False  # and that a person had priced it then: by hand, or with operations no table knows of

    @property
    def dearer(self) -> Decimal:
        """By how much one piece costs more than last time; negative where it costs less."""
        return self.price.unit_price - self.before_price

    @property
    def cheaper(self) -> Decimal:
        return -self.dearer

    @property
    def is_dirty(self) -> bool:
        """Whether somebody who knows should look at the drawing before it is cut."""
        wrong = any(kind.severity in ("refuse", "warn") for kind in self.wrong)
        return wrong or self.unread or self.is_said or (self.had_more and self.dearer < 0)

    @property
    def is_said(self) -> bool:
        """Whether its time and filament are what a file of theirs says: nothing here has measured them."""
        sliced = self.file is not None and self.file.kind in SLICED_KINDS
        return sliced and self.line.product_id is None

    @property
    def is_unsure(self) -> bool:
        """Whether the size has still to be said."""
        return self.measurement is not None and not self.measurement.units_sure

    @property
    def stamp(self) -> str:
        """Changes with what the picture shows, for addresses that a browser may keep."""
        return f"{self.measurement.measured_at.timestamp():.0f}-{self.line.item_id}" if self.measurement else ""

    @property
    def print(self) -> list:
        """Everything the price rests on."""
        price = self.price or LinePrice()
        basis = price.breakdown.get("basis", {})
        sha = self.file.sha256 if self.file else ""
        return [self.line.pk, self.line.item_id, self.line.quantity, f"{price.unit_price:f}", sha, basis]


@dataclass(frozen=True)
class _Row:
    """What totals ask of a line."""

    quantity: int
    unit_price: Decimal
    tax_percent: Decimal


@dataclass(frozen=True)
class _Prices:
    """What totals ask of a document."""

    tax_included: bool


@dataclass
class Looked:
    basket: Enquiry
    parts: list[Part]
    sums: totals.Totals
    filling: Decimal  # what the order lacks of the least the shop takes
    currency: str
    seen: str

    @property
    def is_priced(self) -> bool:
        return bool(self.parts) and all(part.standing == "priced" for part in self.parts)

    @property
    def is_measuring(self) -> bool:
        return any(part.standing == "measuring" for part in self.parts)


def look(basket: Enquiry) -> Looked:
    """Everything about a basket, in a number of queries that does not grow with its parts."""
    lines = list(basket.lines.select_related(*WITH).order_by("position", "id"))
    return look_at(basket, lines)


def look_at(basket: Enquiry, lines: list[EnquiryLine]) -> Looked:
    """The same for lines that were read with `price_book.WITH`, stored or not."""
    book, workspace = PriceBook(lines), basket.workspace
    percent, said = rate_for(basket.client), _Prices(prices.include_tax(basket.client))
    tax = prices.tax_for(said.tax_included, percent)
    parts = [_part(line, book, workspace.currency, tax) for line in lines]
    _remember(parts, basket, said.tax_included)
    least = book.rules.minimum_order if book.rules is not None else ZERO
    filling = ZERO
    if parts and all(part.standing == "priced" for part in parts) and any(part.amount for part in parts):
        filling = offers.lacking(
            least, [(part.amount, percent) for part in parts], said.tax_included, workspace.currency, percent
        )
    rows = [_Row(part.line.quantity, part.price.unit_price, percent) for part in parts if part.standing == "priced"]
    rows += [_Row(1, filling, percent)] if filling else []
    facts = [
        [part.print for part in parts],
        f"{filling:f}",
        f"{percent:f}",
        said.tax_included,
        basket.workspace.quote_terms,
    ]
    seen = hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()[:32]
    return Looked(basket, parts, totals.of(rows, workspace.currency, said), filling, workspace.currency, seen)


def _part(line: EnquiryLine, book: PriceBook, currency: str, tax: Decimal) -> Part:
    file = line.design_file or (line.product.design_file if line.product else None)
    if file is not None and file.state in AT_WORK:
        return Part(line, file, "measuring")
    # What is wrong with the drawing of a product is not for whoever orders it: another client may have drawn it.
    if line.design_file is not None and file.state == "refused":
        return Part(line, file, "unreadable", file.reason)
    measurement = book.measurement(file) if file is not None else None
    price = costing.price(line, book=book, tax=tax)
    part = Part(line, file, "open" if price.unpriced else "priced", measurement=measurement, price=price)
    if measurement is not None:
        _say_what_is_wrong(part, book)
    if price.unpriced:
        part.why = _("Choose the material to see the price.") if _lacks_material(line) else _("We work out this price.")
        return part
    part.amount = cents(price.unit_price * line.quantity, currency)
    part.offers = _offers(price, book, currency)
    return part


def _remember(parts: list[Part], basket: Enquiry, tax_included: bool) -> None:
    """Beside each price what the same part cost last time, and who had made that price; two queries for all."""
    prints = {part.file.sha256 for part in parts if part.file is not None}
    products = {part.line.product_id for part in parts if part.line.product_id}
    rows = JobLine.objects.filter(job__client=basket.client_id, parent=None).exclude(job__state="cancelled")
    rows = rows.filter(Q(design_file__sha256__in=prints) | Q(product__in=products)).select_related("design_file", "job")
    last = {_alike(row, row.design_file): row for row in rows.order_by("pk")}
    for part in parts:
        if part.standing == "priced":
            part.before = last.get(_alike(part.line, part.file))
            if part.before is not None:
                part.before_price = _in_prices(part.before, tax_included, basket.workspace.currency)
    again = [part for part in parts if part.before is not None]
    if again:
        special = Q(breakdown__has_key="by_hand") | ~Q(choices={})
        lines = QuoteLine.objects.filter(special, quote__job__in={part.before.job_id for part in again})
        by_a_person = set(lines.values_list("quote__job", "position"))
        for part in again:
            part.had_more = (part.before.job_id, part.before.position) in by_a_person


def _in_prices(line: JobLine, tax_included: bool, currency: str) -> Decimal:
    """What a piece cost last time, beside prices with tax or without."""
    if line.job.tax_included == tax_included:
        return line.unit_price
    return turned(line.unit_price, line.tax_percent, currency, tax_included)


def _alike(line, file: DesignFile | None) -> tuple:
    return (line.product_id, file.sha256 if file is not None and not line.product_id else "", line.item_id)


def _lacks_material(line: EnquiryLine) -> bool:
    return line.item is None and line.product is None


def _say_what_is_wrong(part: Part, book: PriceBook) -> None:
    part.file.measurement = part.measurement  # read with the others
    part.wrong = findings.of(part.file, line=part.line, cut_with=lambda item: _cut_with(item, book)).kinds
    part.doubts = [words.said(text) for text in drawings.doubts(part.measurement, without=SAID_BESIDE)]
    if part.is_unsure:
        part.doubts = []  # the size is asked for first
    codes = {warning.get("code") for warning in part.measurement.findings.get("warnings", ())}
    part.unread = bool(codes & set(NOT_READ))


def _cut_with(item, book: PriceBook) -> tuple[float, Machine | None]:
    try:
        row = book.row(item.material, item.thickness_mm)
    except Refused:
        return 0.0, book.machines.get(Machine.Kind.LASER)
    return float(row.kerf_mm), row.machine


def _offers(price: LinePrice, book: PriceBook, currency: str) -> list[Offer]:
    """Prices for more pieces, where the shop shows them."""
    if book.rules is None or book.rules.more_pieces == MorePieces.HIDE:
        return []
    rows = [(int(row["quantity"]), Decimal(row["unit_price"])) for row in price.breakdown.get("offers", ())]
    return [Offer(pieces, each, cents(each * pieces, currency)) for pieces, each in rows]
