"""Numbers and times as slicers write them. What makes no sense is None."""

import math
import re

_TIME = re.compile(r"(\d+(?:\.\d+)?)\s*([dhms])")
_UNIT = {"d": 86400, "h": 3600, "m": 60, "s": 1}
MOST = 1e9


def number(text) -> float | None:
    """A finite number from 0 up; None otherwise."""
    try:
        value = float(str(text).strip().strip('"').rstrip("%"))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= MOST else None


def positive(text) -> float | None:
    """A number above 0: nothing that is printed weighs, lasts or measures nothing."""
    return number(text) or None


def whole(text) -> int | None:
    value = positive(text)
    return round(value) if value else None


def numbers(text: str) -> list[float]:
    """A list as slicers write one: by comma or semicolon. Empty when one of them is no number."""
    found = [number(part) for part in re.split(r"[,;]", text.strip()) if part.strip()]
    return [] if None in found else found


def seconds(text: str) -> int | None:
    """ "1d 2h 3m 4s" in seconds."""
    parts = _TIME.findall(text)
    total = sum(float(amount) * _UNIT[unit] for amount, unit in parts)
    return round(total) if 0 < total < MOST else None


def total(values: list[float], digits: int) -> float | None:
    """The sum, rounded; None for nothing at all."""
    whole_sum = round(sum(values), digits) if values else 0
    return whole_sum or None
