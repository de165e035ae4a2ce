"""Amounts the books can hold."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from laseros.core.errors import Refused

MOST = Decimal(10) ** 9
DEAREST = Decimal(10) ** 9
STEP = Decimal("0.001")
CENT_OF_CENT = Decimal("0.0001")
DIGITS = 3


def quantity_of(value) -> Decimal:
    """A quantity the books can hold: finite, to a thousandth, below a billion. Raises `Refused` ("quantity")."""
    return _number(value, STEP, MOST, _("%(value)s is not a quantity."), "quantity")


def cost_of(value) -> Decimal:
    """What one unit costs: nothing or more. Raises `Refused` ("cost")."""
    words = _("%(value)s is not a cost.")
    cost = _number(value, CENT_OF_CENT, DEAREST, words, "cost")
    if cost < 0:
        raise Refused(words % {"value": value}, code="cost")
    return cost


def _number(value, step: Decimal, most: Decimal, words: str, code: str) -> Decimal:
    try:
        number = Decimal(str(value))
        if not number.is_finite() or abs(number) >= most:
            raise InvalidOperation
        return number.quantize(step)
    except (InvalidOperation, ValueError):
        raise Refused(words % {"value": value}, code=code) from None


def plain(number: Decimal) -> str:
    """A quantity as a person writes it: 9.5, not 9.500."""
    return f"{number.normalize():f}"
