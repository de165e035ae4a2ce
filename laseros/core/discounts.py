"""What is taken off a price: a share or an amount, never more than there is. Pure arithmetic on `Decimal`.

Amounts are in the prices of their document, with tax or without.
"""

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


def before_discount(line, currency: str) -> Decimal:
    """Quantity × price of a line, rounded, before its discount."""
    return cents(line.unit_price * line.quantity, currency)


def line_discount(line, currency: str) -> Decimal:
    return taken_off(before_discount(line, currency), line, currency)


def by_rate(amounts: Mapping[Decimal, Decimal], of, currency: str) -> dict[Decimal, Decimal]:
    """{rate: what a document's discount takes off there} for its {rate: sum of lines}: a share of each, or an amount
    divided."""
    if getattr(of, "discount_percent", ZERO):
        return {rate: off for rate, amount in amounts.items() if (off := taken_off(amount, of, currency))}
    whole = sum(amounts.values(), ZERO)
    return divided(amounts, taken_off(whole, of, currency), currency) if whole > 0 else {}


def divided(amounts: Mapping[Decimal, Decimal], amount: Decimal, currency: str) -> dict[Decimal, Decimal]:
    """An amount over {rate: sum of lines} by their shares: to the cent in sum, nowhere more than there is."""
    whole, seen, given, found = sum(amounts.values(), ZERO), ZERO, ZERO, {}
    for rate in sorted(amounts, reverse=True):
        seen += amounts[rate]
        until = cents(amount * seen / whole, currency)
        if until != given:
            found[rate] = until - given
        given = until
    return found


def part_of(amount: Decimal, before: int, pieces: int, of: int, currency: str) -> Decimal:
    """What of a line's amount falls on `pieces` of its `of`, after `before`: all parts together are the amount."""
    return cents(amount * (before + pieces) / of, currency) - cents(amount * before / of, currency)
