"""What lines add up to: amounts per line rounded, tax per rate on the rounded sum of rounded lines, less the discount.

Amounts of lines and discounts are in the document's prices. Where these include the tax (`tax_included`) it is taken
out of the sum of a rate, and the net is what is left: what the client pays is what was said. See docs/adr/0021.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from laseros.core import discounts
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, tax_in, tax_on

BEYOND_THE_BOOKS = Decimal(10) ** 12  # what the columns can hold


@dataclass(frozen=True)
class Totals:
    net: Decimal
    tax: Decimal
    total: Decimal
    rates: dict[Decimal, tuple[Decimal, Decimal]]  # percent → (net, tax), highest rate first
    # percent → what was taken off the whole, in the document's prices
    discounts: dict[Decimal, Decimal] = field(default_factory=dict)
    tax_included: bool = False

    @property
    def discount(self) -> Decimal:
        return sum(self.discounts.values(), ZERO)

    @property
    def before(self) -> Decimal:
        """The sum of the lines, before what is taken off the whole."""
        return self.said + self.discount

    @property
    def contains_tax(self) -> bool:
        """Whether there is any in the prices: what a paper says beside them."""
        return self.tax_included and any(self.rates)

    @property
    def said(self) -> Decimal:
        """What the lines come to in the document's prices, after the discount."""
        return self.total if self.tax_included else self.net


def amount_of(line, currency: str) -> Decimal:
    """Quantity × price less the line's discount, rounded; less than nothing where a deposit is taken off.

    Raises `Refused` for one that no book can hold.
    """
    amount = discounts.before_discount(line, currency)
    amount -= discounts.taken_off(amount, line, currency)
    if rounding := getattr(line, "rounding", ZERO):
        amount = cents(amount + rounding, currency)
    if getattr(line, "deposit_id", None):
        amount = -amount
    if amount >= BEYOND_THE_BOOKS:
        raise Refused(_("“%(line)s” is too expensive to be meant.") % {"line": line}, code="too-large")
    return amount


def split(amount: Decimal, percent: Decimal, currency: str, tax_included: bool) -> tuple[Decimal, Decimal]:
    """(net, tax) of what stands at one rate."""
    if not tax_included:
        return amount, tax_on(amount, percent, currency)
    tax = tax_in(amount, percent, currency)
    return amount - tax, tax


def of(lines: Iterable, currency: str, document=None) -> Totals:
    """Totals of anything with `unit_price`, `quantity` and `tax_percent`, less the discount on `document`, whose
    `tax_included` says what the prices are.

    The discount is of the goods at each rate, before deposits are taken off.
    Lines that take a deposit off bring the tax it carried: what is left is the tax of the whole less that.
    """
    tax_included = getattr(document, "tax_included", False)
    amounts: dict[Decimal, Decimal] = {}
    off: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        percent, amount = line.tax_percent, amount_of(line, currency)
        if getattr(line, "deposit_id", None):
            net, tax = off.get(percent, (ZERO, ZERO))
            off[percent] = (net + amount + (line.deposit_tax if tax_included else ZERO), tax + line.deposit_tax)
        else:
            amounts[percent] = amounts.get(percent, ZERO) + amount
    less = discounts.by_rate(amounts, document, currency) if document is not None else {}
    rates = {}
    for percent in sorted({*amounts, *off}, reverse=True):
        whole = amounts.get(percent, ZERO) - less.get(percent, ZERO)
        net, tax = split(whole, percent, currency, tax_included)
        deposit, its_tax = off.get(percent, (ZERO, ZERO))
        rates[percent] = (net + deposit, tax - its_tax)
    net = sum((net for net, _tax in rates.values()), ZERO)
    tax = sum((tax for _net, tax in rates.values()), ZERO)
    if net + tax >= BEYOND_THE_BOOKS:
        raise Refused(_("The sum is too large to be meant."), code="too-large")
    return Totals(net, tax, net + tax, rates, less, tax_included)
