"""Finds out what a drawing's numbers mean. A third of real files do not say, and some that do are wrong."""

from dataclasses import dataclass

from production.dxf.refused import Refused

# $INSUNITS of the DXF reference: code -> (name, mm per unit)
INSUNITS = {
    1: ("in", 25.4),
    2: ("ft", 304.8),
    4: ("mm", 1.0),
    5: ("cm", 10.0),
    6: ("m", 1000.0),
    8: ("µin", 25.4e-6),
    9: ("mil", 0.0254),
    10: ("yd", 914.4),
    13: ("µm", 0.001),
    14: ("dm", 100.0),
    21: ("US ft", 1200 / 3937 * 1000),  # those of land surveyors, longer by two millionths
    22: ("US in", 100 / 3937 * 1000),
    23: ("US yd", 3600 / 3937 * 1000),
}
CHOICES = {"mm": 1.0, "cm": 10.0, "in": 25.4}

LARGEST_SHEET_MM = 4000.0  # a drawing larger than any usual sheet has its units wrong, or is not one part
SMALLEST_PART_MM = 3.0
INCH_BELOW = 10.0  # with no unit stated, numbers this small are inches: few order parts below 10 mm
INCH_BELOW_IF_IMPERIAL = 20.0  # the same, when $MEASUREMENT says the drawing was begun on an imperial template
IMPERIAL = 0


@dataclass(frozen=True, slots=True)
class Units:
    name: str
    mm: float
    sure: bool
    warning: dict | None = None
    chosen: bool = False  # by a person


def find_units(stated: int | None, measurement: int | None, size: float, chosen: str | None) -> Units:
    """Decide on the unit of a drawing whose larger side is `size` drawing units.

    `stated` is $INSUNITS and `measurement` $MEASUREMENT, None where the file has no such line; `chosen` overrides all.
    """
    if chosen:
        if chosen not in CHOICES:
            raise Refused(f"The unit must be one of {', '.join(CHOICES)}.", "unknown-unit")
        return Units(chosen, CHOICES[chosen], True, chosen=True)
    if stated in INSUNITS:
        return _check(*INSUNITS[stated], size)
    return _guess(measurement, size)


def _check(name: str, mm: float, size: float) -> Units:
    if size * mm > LARGEST_SHEET_MM and mm > 1.0 and size >= SMALLEST_PART_MM:
        text = (
            f"The file says {name}, which would make it {_size(size * mm)} long. "
            f"It was taken as millimetres: {_size(size)}. Please confirm the size."
        )
        return Units("mm", 1.0, False, {"code": "units-doubtful", "text": text})
    if size * mm > LARGEST_SHEET_MM or size * mm < SMALLEST_PART_MM:
        text = f"By the unit in the file ({name}) the drawing is {_size(size * mm)} long. Please confirm the size."
        return Units(name, mm, False, {"code": "units-doubtful", "text": text})
    if mm == 1.0 and size < INCH_BELOW:
        text = (
            f"The file says {name}, which makes the drawing only {_size(size)} long. If its numbers are inches it is "
            f"{_size(size * 25.4)} long. Please confirm the size."
        )
        return Units(name, mm, False, {"code": "units-doubtful", "text": text})
    return Units(name, mm, True)


def _guess(measurement: int | None, size: float) -> Units:
    limit = INCH_BELOW_IF_IMPERIAL if measurement == IMPERIAL else INCH_BELOW
    if size < limit:
        text = (
            f"The file does not say its unit. The numbers are small ({size:.4g}), so they were taken as inches: "
            f"{_size(size * 25.4)} long. Please confirm the size."
        )
        return Units("in", 25.4, False, {"code": "units-doubtful", "text": text})
    text = f"The file does not say its unit. It was taken as millimetres: {_size(size)} long."
    if size > LARGEST_SHEET_MM:
        text += " That is larger than a sheet. Please confirm the size."
        return Units("mm", 1.0, False, {"code": "units-doubtful", "text": text})
    return Units("mm", 1.0, False, {"code": "units-missing", "text": text})


def _size(mm: float) -> str:
    return f"{mm / 1000:.3g} m" if mm >= 10_000 else f"{mm:.4g} mm"


def pixel_units(size: float) -> Units:
    """An SVG in pixels: CSS says 96 of them make an inch, and some programs mean 90 or 72."""
    text = (
        f"The drawing is an SVG in pixels, so its size is not certain. At 96 pixels an inch it is "
        f"{_size(size * 25.4 / 96)} long. Please confirm the size."
    )
    return Units("px", 25.4 / 96, False, {"code": "units-doubtful", "text": text})
