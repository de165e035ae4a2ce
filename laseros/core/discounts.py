"""What is taken off a price: a share or an amount, never more than there is. Pure arithmetic on `Decimal`."""

from collections.abc import Mapping
from decimal import Decimal

from laseros.core.money import ZERO, cents

HUNDRED = Decimal(100)


def taken_off(whole: Decimal, of, currency: str) -> Decimal:
    """What the discount on `of`, anything with the two columns of one or without, takes off `whole`."""
    percent, amount = getattr(of, "discount_percent", ZERO), getattr(of, "discount_amount", ZERO)
    if percent:
        return cents(whole * percent / HUNDRED, currency)
    return min(cents(amount, currency), whole) if amount else ZERO


def gross_of(line, currency: str) -> Decimal:
    """Quantity × price of a line, rounded, before its discount."""
    return cents(line.unit_price * line.quantity, currency)


def line_discount(line, currency: str) -> Decimal:
    return taken_off(gross_of(line, currency), line, currency)


def by_rate(nets: Mapping[Decimal, Decimal], of, currency: str) -> dict[Decimal, Decimal]:
    """{rate: what a document's discount takes off there} for its {rate: net}: a share of each, or an amount divided."""
    if getattr(of, "discount_percent", ZERO):
        return {rate: off for rate, net in nets.items() if (off := taken_off(net, of, currency))}
    whole = sum(nets.values(), ZERO)
    return divided(nets, taken_off(whole, of, currency), currency) if whole > 0 else {}


def divided(nets: Mapping[Decimal, Decimal], amount: Decimal, currency: str) -> dict[Decimal, Decimal]:
    """An amount over {rate: net} by their shares: to the cent in sum, nowhere more than there is."""
    whole, seen, given, found = sum(nets.values(), ZERO), ZERO, ZERO, {}
    for rate in sorted(nets, reverse=True):
        seen += nets[rate]
        until = cents(amount * seen / whole, currency)
        if until != given:
            found[rate] = until - given
        given = until
    return found


def part_of(amount: Decimal, before: int, pieces: int, of: int, currency: str) -> Decimal:
    """What of a line's amount falls on `pieces` of its `of`, after `before`: all parts together are the amount."""
    return cents(amount * (before + pieces) / of, currency) - cents(amount * before / of, currency)
