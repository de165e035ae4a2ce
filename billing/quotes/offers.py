"""What a client may choose of an offer, quantities and lines: what it sees of them, and what it takes."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from billing.models import Quote, QuoteLine
from billing.models.rules import MorePieces
from billing.quotes import options
from laseros.core.discounts import taken_off
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, less_tax, plus_tax

FILLING = "minimum_order"  # in the breakdown of the line that fills an order up to the least the shop takes


@dataclass(frozen=True)
class Offer:
    """So many pieces of a line for so much each; what one takes of the material and the machine then."""

    quantity: int
    unit_price: Decimal
    amount: Decimal
    material_each: Decimal
    seconds_each: float


def of(line: QuoteLine, quote: Quote) -> list[Offer]:
    """The quantity asked for and, where the shop shows them, larger ones with their prices; [] where there is no other.

    A typed price is a price for the quantity it was typed for.
    """
    rows = line.breakdown.get("offers", ())
    if quote.more_pieces == MorePieces.HIDE or not rows or "by_hand" in line.breakdown:
        return []
    return [asked(line), *(_offer(line, row, quote.currency) for row in rows)]


def less(line: QuoteLine, amount: Decimal, currency: str) -> Decimal:
    """A rounded amount less the discount on its line."""
    return amount - taken_off(amount, line, currency)


def lacking(
    least: Decimal, others: Iterable[tuple[Decimal, Decimal]], tax_included: bool, currency: str, percent: Decimal
) -> Decimal:
    """What (amount, percent of tax) of the other lines lack of the least the shop takes, in their prices, for a line at
    `percent`. The least is without tax, as the shop has set it.
    """
    if not tax_included:
        net = sum((amount for amount, _percent in others), ZERO)
        return cents(max(ZERO, least - net), currency)
    net = sum((less_tax(amount, its) for amount, its in others), ZERO)
    return cents(max(ZERO, plus_tax(least - net, percent)), currency)


def asked(line: QuoteLine) -> Offer:
    return Offer(line.quantity, line.unit_price, line.amount, line.material_each, line.seconds_each)


def _offer(line: QuoteLine, row: dict, currency: str) -> Offer:
    quantity, unit = int(row["quantity"]), Decimal(row["unit_price"])
    return Offer(
        quantity,
        unit,
        less(line, cents(unit * quantity, currency), currency),
        Decimal(row.get("material_each", line.material_each)),
        float(row.get("seconds_each", line.seconds_each)),
    )


def chosen(
    quote: Quote, lines: Iterable[QuoteLine], wanted: dict[int, int], picked: Collection[int] | None = None
) -> dict[int, Offer]:
    """{key of a line: the offer taken} for an order with other quantities, `wanted` by line, and of each line that
    may be taken or left (`billing.quotes.options`), `picked` by key; {} for what was asked for.

    What an order lacks of the shop's minimum is another then, or nothing. Raises `Refused` with code "quantity",
    "option" or "alternative".
    """
    lines = list(lines)
    is_taken = options.decided(lines, picked)
    found = {
        line.pk: asked(line) if is_taken[line.pk] else Offer(0, line.unit_price, ZERO, ZERO, 0)
        for line in lines if line.pk in is_taken
    }  # fmt: skip
    for line in lines:
        quantity = wanted.get(line.pk, line.quantity)
        if quantity == line.quantity or not is_taken.get(line.pk, True):
            continue
        offers = of(line, quote) if quote.more_pieces == MorePieces.CHOOSE else []
        offer = next((offer for offer in offers if offer.quantity == quantity), None)
        if offer is None:
            raise Refused(
                _("“%(line)s” is not offered for %(count)s pieces.") % {"line": line.description, "count": quantity},
                code="quantity",
            )
        found[line.pk] = offer
    return found | _less_to_fill_up(quote, lines, found) if found else {}


def _less_to_fill_up(quote: Quote, lines: list[QuoteLine], found: dict[int, Offer]) -> dict[int, Offer]:
    filling = next((line for line in lines if FILLING in line.breakdown and "by_hand" not in line.breakdown), None)
    if filling is None:
        return {}
    others = [
        (found[line.pk].amount if line.pk in found else line.amount, line.tax_percent)
        for line in lines if line is not filling
    ]  # fmt: skip
    missing = lacking(
        Decimal(filling.breakdown[FILLING]), others, quote.tax_included, quote.currency, filling.tax_percent
    )
    return {filling.pk: Offer(1 if missing else 0, missing, missing, ZERO, 0)}


@dataclass(frozen=True)
class Ordered:
    """A line as it is ordered: what totals ask of a line, and the line itself."""

    line: QuoteLine
    quantity: int
    unit_price: Decimal
    tax_percent: Decimal
    amount: Decimal

    @property
    def discount_percent(self) -> Decimal:
        return self.line.discount_percent

    @property
    def discount_amount(self) -> Decimal:
        return self.line.discount_amount


def ordered(quote: Quote, lines: Iterable[QuoteLine], taken: dict[int, Offer] | None = None) -> list[Ordered]:
    """The lines with what was taken of each: by `taken` while the client chooses, or as it was accepted.

    Before that, what counts is the proposal; 0 pieces of what does not.
    """
    lines, found = list(lines), []
    counted = {line.pk for line in options.proposed(lines)}
    for line in lines:
        offer = (taken or {}).get(line.pk)
        quantity, unit = line.quantity, line.unit_price
        if offer is not None:
            quantity, unit = offer.quantity, offer.unit_price
        elif line.ordered is not None:
            quantity, unit = line.ordered, line.ordered_price
        elif line.pk not in counted:
            quantity = 0
        amount = less(line, cents(unit * quantity, quote.currency), quote.currency)
        found.append(Ordered(line, quantity, unit, line.tax_percent, amount))
    return found
