"""What EN 16931 wants of a document whose prices include tax: everything without it.

Of each rate the net is what the document says. It is divided over the lines by their amounts, to the cent: each gets
what is whole of its share, and the cents that are left go to the largest fractions. A price of one piece has as many
digits as bring its line to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from billing.models import Invoice, InvoiceLine
from laseros.core.discounts import line_discount
from laseros.core.money import ZERO, cents, less_tax

MOST_DIGITS = 12


@dataclass(frozen=True)
class Net:
    """A line without tax: `whole` less `off` is `amount`, and `unit_price` times its pieces is `whole`."""

    unit_price: Decimal
    whole: Decimal
    off: Decimal
    amount: Decimal


def allowances(invoice: Invoice) -> dict[Decimal, Decimal]:
    """{percent: what is taken off the whole there}, without tax."""
    off = {Decimal(row["percent"]): Decimal(row["amount"]) for row in invoice.frozen.get("discounts", ())}
    if not invoice.tax_included:
        return off
    return {percent: cents(less_tax(amount, percent), invoice.currency) for percent, amount in off.items()}


def of(invoice: Invoice, lines: Sequence[InvoiceLine]) -> list[Net]:
    """Each line without tax, in their order."""
    if not invoice.tax_included:
        return [_as_it_is(line, invoice.currency) for line in lines]
    shares = _shares(invoice, lines)
    return [
        Net(line.deposit_net, line.deposit_net, ZERO, -line.deposit_net)
        if line.deposit_id
        else _without_tax(line, shares[place], invoice.currency)
        for place, line in enumerate(lines)
    ]


def _as_it_is(line: InvoiceLine, currency: str) -> Net:
    off = line_discount(line, currency)
    whole = abs(line.amount) + off
    price = price_of(whole, line.quantity, currency) if line.rounding else line.unit_price
    return Net(price, whole, off, line.amount)


def _without_tax(line: InvoiceLine, amount: Decimal, currency: str) -> Net:
    off = cents(less_tax(line_discount(line, currency), line.tax_percent), currency)
    whole = amount + off
    return Net(price_of(whole, line.quantity, currency), whole, off, amount)


def price_of(whole: Decimal, pieces: int, currency: str) -> Decimal:
    """The shortest price of one piece whose pieces come to `whole`."""
    exact = whole / pieces
    for digits in range(2, MOST_DIGITS):
        price = round(exact, digits)
        if cents(price * pieces, currency) == whole:
            return price
    return exact


def _shares(invoice: Invoice, lines: Sequence[InvoiceLine]) -> dict[int, Decimal]:
    """{place of a line: its net}."""
    off, found = allowances(invoice), {}
    said = {Decimal(row["percent"]): Decimal(row["net"]) for row in invoice.frozen["vat"]}
    for percent, net in said.items():
        here = [(place, line) for place, line in enumerate(lines) if line.tax_percent == percent]
        deposits = sum((line.deposit_net for _place, line in here if line.deposit_id), ZERO)
        goods = [(place, line.amount) for place, line in here if not line.deposit_id]
        whole = net + deposits + off.get(percent, ZERO)
        parts = divided(whole, [amount for _place, amount in goods], invoice.currency)
        found |= dict(zip((place for place, _amount in goods), parts, strict=True))
    return found


def divided(whole: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """An amount by weights, to the cent in sum: what is whole of each share, and the cents that are left to the largest
    fractions, the first of several that are alike."""
    together = sum(weights, ZERO)
    if not together:
        return [whole, *[ZERO] * (len(weights) - 1)] if weights else []
    cent = Decimal(1).scaleb(cents(Decimal(1), currency).as_tuple().exponent)
    exact = [whole * weight / together for weight in weights]
    parts = [share.quantize(cent, rounding=ROUND_DOWN) for share in exact]
    left = int((whole - sum(parts, ZERO)) / cent)
    places = sorted(range(len(parts)), key=lambda place: (parts[place] - exact[place], place))
    for place in places[:left]:
        parts[place] += cent
    return parts
