"""Numbers on their way in (checked, converted once) and on their way out (written for people)."""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from numbers import Integral, Real

from .errors import PricingError

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
LARGEST = Decimal(10) ** 9
SMALLEST = Decimal(10) ** -9
MOST_PIECES = 1_000_000


def number(name: str, value, *, money: bool = False, above_zero: bool = False, most: Decimal = LARGEST) -> Decimal:
    """`value` as a finite Decimal from 0 to `most`. A float is taken as it prints (0.1 is 0.1), and never as money.

    Less than a billionth is noise and becomes zero.
    """
    words = name.replace("_", " ")
    exact = _decimal(words, value, money)
    if not exact.is_finite():
        raise PricingError(f"{words} must be a finite number, not {value}.")
    if exact < 0:
        raise PricingError(f"{words} must not be negative, but is {value}.")
    if above_zero and exact < SMALLEST:
        raise PricingError(f"{words} must be more than zero.")
    if exact > most:
        raise PricingError(f"{words} must be at most {most:f}, but is {value}.")
    return exact if exact >= SMALLEST else Decimal(0)


def _decimal(words: str, value, money: bool) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return Decimal(int(value))
    if isinstance(value, str):
        try:
            return Decimal(value)
        except InvalidOperation:
            raise PricingError(f"{words} must be a number, not {value!r}.") from None
    if isinstance(value, Real) and not isinstance(value, bool) and not money:
        return Decimal(repr(float(value)))
    raise PricingError(f"{words} must be a {'Decimal' if money else 'number'}, not {type(value).__name__}.")


def count(name: str, value, *, least: int = 0) -> int:
    words = name.replace("_", " ")
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise PricingError(f"{words} must be a whole number, not {value!r}.")
    if not least <= value <= MOST_PIECES:
        raise PricingError(f"{words} must be from {least} to {MOST_PIECES}, but is {value}.")
    return int(value)


def write(value: Decimal, least: int = 0, most: int = 4) -> str:
    """1234.5 as "1 234.5": groups of three, from `least` to `most` decimals, no idle zeros."""
    whole, _, decimals = f"{value:,.{most}f}".replace(",", " ").partition(".")
    decimals = decimals.rstrip("0").ljust(least, "0")
    return f"{whole}.{decimals}" if decimals else whole
