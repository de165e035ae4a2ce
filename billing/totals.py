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
    """The rounded net amount of one line. Raises `Refused` for one that no book can hold."""
    net = cents(line.unit_price * line.quantity, currency)
    if net >= BEYOND_THE_BOOKS:
        raise Refused(_("“%(line)s” is too expensive to be meant.") % {"line": line}, code="too-large")
    return net


def of(lines: Iterable, currency: str) -> Totals:
    """Totals of anything with `unit_price`, `quantity` and `tax_percent`."""
    nets: dict[Decimal, Decimal] = {}
    for line in lines:
        nets[line.tax_percent] = nets.get(line.tax_percent, ZERO) + net_of(line, currency)
    rates = {
        percent: (nets[percent], tax_on(nets[percent], percent, currency)) for percent in sorted(nets, reverse=True)
    }
    net = sum((net for net, _tax in rates.values()), ZERO)
    tax = sum((tax for _net, tax in rates.values()), ZERO)
    if net + tax >= BEYOND_THE_BOOKS:
        raise Refused(_("The sum is too large to be meant."), code="too-large")
    return Totals(net, tax, net + tax, rates)
