"""The visible parts of a price, and the record that a quote line keeps.

What is said about them are facts, not sentences: `{"key": "setup", "minutes": "12", "rate": "320"}`, every value a
string that JSON keeps. `billing.words` says them in the reader's language.
"""

from dataclasses import dataclass, field, fields
from decimal import Decimal

KEYS = (
    "material",
    "cutting",
    "printing",
    "gas",
    "loading",
    "energy",
    "setup",
    "handling",
    "waste",
    "operation",
    "margin",
    "discount",
    "minimum",
    "tax",
    "rounding",
)
FINEST = Decimal("1e-10")


@dataclass(frozen=True)
class Step:
    """One part of the price. `total` is in whole cents; `each` has four decimals. Both columns add up exactly.

    `how` are the facts it was worked out from; `name` is what the shop calls an extra operation.
    """

    key: str
    each: Decimal
    total: Decimal
    how: dict[str, str]
    name: str = ""


@dataclass(frozen=True)
class Priced:
    """A line's price: `total` is `unit_price` × quantity, and the sum of the steps' totals.

    `margin_percent` is what remains of the total, without tax, after cost, discount, minimum and rounding (negative
    below cost).
    `seconds_each` is machine time. `offers` are the quantity breaks above this quantity, each with its unit price and
    what one piece takes then.
    """

    unit_price: Decimal
    total: Decimal
    currency: str
    steps: tuple[Step, ...]
    cost_total: Decimal
    margin_percent: Decimal
    sheets_per_piece: Decimal
    mass_kg_each: Decimal
    seconds_each: Decimal
    assumptions: list[dict[str, str]]
    offers: list[dict[str, str]] = field(default_factory=list)

    def step(self, key: str) -> Step:
        return next(step for step in self.steps if step.key == key)

    def as_dict(self) -> dict:
        """Ready for JSON: Decimals as strings."""
        return _plain(vars(self))

    @classmethod
    def from_dict(cls, data: dict) -> "Priced":
        values = {name: data[name] for name in (field.name for field in fields(cls))}
        values["steps"] = tuple(Step(**_amounts(step, Step)) for step in data["steps"])
        for name in ("assumptions", "offers"):
            values[name] = [dict(row) for row in data[name]]
        return cls(**_amounts(values, cls))


def facts(key: str, **values) -> dict[str, str]:
    """What is to be said, with its numbers as short exact strings."""
    return {"key": key, **{name: _written(value) for name, value in values.items()}}


def _written(value) -> str:
    if not isinstance(value, Decimal):
        return str(value)
    short = value.quantize(FINEST) if abs(value.as_tuple().exponent) > 10 else value
    return f"{short.normalize() + 0:f}"


def _plain(value):
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, Step):
        return _plain(vars(value))
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _amounts(values: dict, kind: type) -> dict:
    decimals = {field.name for field in fields(kind) if field.type is Decimal}
    return {name: Decimal(value) if name in decimals else value for name, value in values.items()}
