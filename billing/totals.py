"""What lines add up to: net per line rounded, tax per rate on the rounded sum of rounded lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, tax_on

BEYOND_THE_BOOKS = Decimal(10) ** 12  # what the columns can hold


@dataclass(frozen=True)
class Totals:
    net: Decimal
    tax: Decimal
    total: Decimal
    rates: dict[Decimal, tuple[Decimal, Decimal]]  # percent → (net, tax), highest rate first


def net_of(line, currency: str) -> Decimal:
    """The rounded net amount of one line, less than nothing where a deposit is taken off.

    Raises `Refused` for one that no book can hold.
    """
    net = cents(line.unit_price * line.quantity, currency)
    if getattr(line, "deposit_id", None):
        net = -net
    if net >= BEYOND_THE_BOOKS:
        raise Refused(_("“%(line)s” is too expensive to be meant.") % {"line": line}, code="too-large")
    return net


def of(lines: Iterable, currency: str) -> Totals:
    """Totals of anything with `unit_price`, `quantity` and `tax_percent`.

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
    rates = {}
    for percent in sorted({*nets, *off}, reverse=True):
        whole, (less, tax) = nets.get(percent, ZERO), off.get(percent, (ZERO, ZERO))
        rates[percent] = (whole + less, tax_on(whole, percent, currency) - tax)
    net = sum((net for net, _tax in rates.values()), ZERO)
    tax = sum((tax for _net, tax in rates.values()), ZERO)
    if net + tax >= BEYOND_THE_BOOKS:
        raise Refused(_("The sum is too large to be meant."), code="too-large")
    return Totals(net, tax, net + tax, rates)
