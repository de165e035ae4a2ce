"""Reading numbers and texts out of what machines say, where a number may be text and anything may be missing."""

import math


def number(value) -> float | None:
    """A finite number, also from text such as "25.4"; None for anything else."""
    if isinstance(value, bool):
        return None
    try:
        found = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def whole(value) -> int | None:
    found = number(value)
    return None if found is None else int(found)


def text(value, most: int = 200) -> str:
    return value.strip()[:most] if isinstance(value, str) else ""


def table(value) -> dict:
    return value if isinstance(value, dict) else {}


def rows(value) -> list[dict]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def share(value, whole_is: float = 100.0) -> float | None:
    """0…1 of something told as 0…`whole_is`."""
    found = number(value)
    return None if found is None else min(1.0, max(0.0, found / whole_is))


def known(**values) -> dict[str, float]:
    """Only those that are numbers."""
    found = {name: number(value) for name, value in values.items()}
    return {name: value for name, value in found.items() if value is not None}
