"""What lines add up to: net per line rounded, tax per rate on the rounded sum of rounded lines, less the discount."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

from laseros.core import discounts
from laseros.core.errors import Refused
from laseros.core.money import ZERO, tax_on

BEYOND_THE_BOOKS = Decimal(10) ** 12  # what the columns can hold


@dataclass(frozen=True)
class Totals:
    net: Decimal
    tax: Decimal
    total: Decimal
    rates: dict[Decimal, tuple[Decimal, Decimal]]  # percent → (net, tax), highest rate first
    discounts: dict[Decimal, Decimal] = field(default_factory=dict)  # percent → what was taken off the whole

    @property
    def discount(self) -> Decimal:
        return sum(self.discounts.values(), ZERO)

    @property
    def before(self) -> Decimal:
        """The sum of the lines, before what is taken off the whole."""
        return self.net + self.discount


def net_of(line, currency: str) -> Decimal:
    """Quantity × price less the line's discount, rounded; less than nothing where a deposit is taken off.

    Raises `Refused` for one that no book can hold.
    """
    net = discounts.gross_of(line, currency)
    net -= discounts.taken_off(net, line, currency)
    if getattr(line, "deposit_id", None):
        net = -net
    if net >= BEYOND_THE_BOOKS:
        raise Refused(_("“%(line)s” is too expensive to be meant.") % {"line": line}, code="too-large")
    return net


def of(lines: Iterable, currency: str, document=None) -> Totals:
    """Totals of anything with `unit_price`, `quantity` and `tax_percent`, less the discount on `document`.

    The discount is of the goods at each rate, before deposits are taken off.
    Lines that take a deposit off bring the tax it carried: what is left is the tax of the whole less that.
    """
    nets: dict[Decimal, Decimal] = {}
    off: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for line in lines:
        percent, net = line.tax_percent, net_of(line, currency)
        if getattr(line, "deposit_id", None):
            before = off.get(percent, (ZERO, ZERO))
            off[percent] = (before[0] + net, before[1] + line.deposit_tax)
        else:
            nets[percent] = nets.get(percent, ZERO) + net
    less = discounts.by_rate(nets, document, currency) if document is not None else {}
    rates = {}
    for percent in sorted({*nets, *off}, reverse=True):
        whole, (deposit, tax) = nets.get(percent, ZERO) - less.get(percent, ZERO), off.get(percent, (ZERO, ZERO))
        rates[percent] = (whole + deposit, tax_on(whole, percent, currency) - tax)
    net = sum((net for net, _tax in rates.values()), ZERO)
    tax = sum((tax for _net, tax in rates.values()), ZERO)
    if net + tax >= BEYOND_THE_BOOKS:
        raise Refused(_("The sum is too large to be meant."), code="too-large")
    return Totals(net, tax, net + tax, rates, less)
