"""What measuring a drawing gives."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

DIGITS = 6


@dataclass(frozen=True)
class Measured:
    """The figures of one drawing: lengths in mm, areas in mm², coordinates in mm from the drawing's own origin.

    `contours` are cut, and only those: dicts of closed, outer, depth, length_mm, area_mm2, layer, segments. A segment
    is [x0, y0, x1, y1, bulge], bulge = tan(sweep / 4), positive counter-clockwise, 0 for a line. Both are made anew
    whenever they are looked at. Closed contours are
    walked counter-clockwise, holes and parts alike. Where two contours share a line, both have it and `cut_length_mm`
    counts it once. An outline open by less than a millimetre is not closed, but still outer and has an area.
    `marks` are the other curves to show: dicts of role (engrave, bend, duplicate, ignore), layer, closed, length_mm,
    segments.
    `parts` are dicts of box [x min, y min, x max, y max], width_mm, height_mm, net_area_mm2, gross_area_mm2,
    cut_length_mm, pierces, holes, contour (index into `contours`) and hole_contours.
    `defects` are dicts of kind, text, x_mm, y_mm, size_mm; `defect_counts` says how many of each kind there are, as no
    more than a hundred of a kind are listed. `warnings` are dicts of code and text. `gross_area_mm2` is what the
    outermost outlines take of a sheet.
    """

    units: str
    mm_per_unit: float
    units_sure: bool
    width_mm: float
    height_mm: float
    x_min_mm: float
    y_min_mm: float
    cut_length_mm: float
    engrave_length_mm: float
    bend_length_mm: float
    pierces: int
    closed_contours: int
    open_chains: int
    outer_contours: int
    net_area_mm2: float
    gross_area_mm2: float
    defects: list[dict] = field(default_factory=list)
    defect_counts: dict[str, int] = field(default_factory=dict)
    warnings: list[dict] = field(default_factory=list)
    parts: list[dict] = field(default_factory=list)
    layers: list[dict] = field(default_factory=list)
    contours: Sequence[dict] = field(default_factory=list)
    marks: Sequence[dict] = field(default_factory=list)
    bends: int = 0
    engine: str = ""

    def as_dict(self) -> dict:
        """The same as plain lists, dicts, strings and finite numbers, rounded to six places: ready for JSON. What one
        unit is stays as it is: of a micro-inch six places would be two digits."""
        told = {each.name: _plain(getattr(self, each.name)) for each in fields(self)}
        return told | {"mm_per_unit": self.mm_per_unit}


def _plain(value):
    kind = type(value)
    if kind is float:
        return round(value, DIGITS) + 0.0  # no minus zero
    if kind is dict:
        # Segments are nearly all there is, and were rounded when they were made.
        return {key: item if key == "segments" else _plain(item) for key, item in value.items()}
    if isinstance(value, Sequence) and kind is not str:
        return [_plain(item) for item in value]
    return value
