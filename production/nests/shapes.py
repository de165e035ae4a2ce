"""The parts of measured drawings as shapes to be nested: true curves in mm, the lower left of their box at (0, 0)."""

import math
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from laseros.core.errors import Refused
from production import drawings
from production.models import DesignFile, Measurement

FLAT_MM = 0.01  # how far a chord may be from its arc

Segment = list[float]  # x0, y0, x1, y1, bulge


@dataclass(frozen=True)
class Curve:
    """One curve of a part. `role` is outer, inner (all else that is cut) or mark; `depth` as `Measured` has it."""

    role: str
    closed: bool
    segments: list[Segment]
    length_mm: float
    depth: int = 0


@dataclass(frozen=True)
class Shape:
    """A part of a drawing. Lengths in mm, areas in mm²; `gross_area_mm2` is with its holes filled."""

    width_mm: float
    height_mm: float
    net_area_mm2: float
    gross_area_mm2: float
    curves: list[Curve] = field(default_factory=list)

    @property
    def cut(self) -> list[Curve]:
        return [curve for curve in self.curves if curve.role != "mark"]

    @property
    def cut_length_mm(self) -> float:
        return math.fsum(curve.length_mm for curve in self.cut)

    @property
    def pierces(self) -> int:
        return len(self.cut)

    def ring(self) -> list[list[float]]:
        """The corners of the outline, arcs within `FLAT_MM`."""
        return flat(next(curve for curve in self.curves if curve.role == "outer").segments)

    def holes(self) -> list[list[list[float]]]:
        return [flat(curve.segments) for curve in self.curves if curve.role == "inner" and curve.closed]


def flat(segments: list[Segment]) -> list[list[float]]:
    import numpy as np

    from production.dxf import arcs

    points, _owner = arcs.flatten(np.array(segments, dtype=float), FLAT_MM)
    return [[round(x, 5), round(y, 5)] for x, y in points.tolist()]


def placed(segments: list[Segment], placement: dict) -> list[Segment]:
    """The same curve where a placement puts it: turned about the part's own origin, then moved. Bulges stay."""
    turn = math.radians(placement["angle_deg"])
    cos, sin = _exact(math.cos(turn)), _exact(math.sin(turn))
    x, y = placement["x_mm"], placement["y_mm"]
    return [
        [x + x0 * cos - y0 * sin, y + x0 * sin + y0 * cos, x + x1 * cos - y1 * sin, y + x1 * sin + y1 * cos, bulge]
        for x0, y0, x1, y1, bulge in segments
    ]


def _exact(value: float) -> float:
    """Quarter turns without the dust of the cosine."""
    return float(round(value)) if abs(value - round(value)) < 1e-12 else value


def of_file(design_file: DesignFile) -> list[Shape]:
    """Every part of a measured drawing. Refused ("not-measured", "no-parts") where there is none to nest."""
    measurement = Measurement.objects.filter(design_file=design_file).defer("preview").first()
    if measurement is None or design_file.state != "measured":
        raise Refused(_("%(name)s has not been measured.") % {"name": design_file.name}, code="not-measured")
    return of_measurement(measurement, design_file.name)


def of_measurement(measurement: Measurement, name: str) -> list[Shape]:
    curves = drawings.curves_of(measurement)
    contours = curves["contours"]
    parts = [part for part in measurement.findings.get("parts", ()) if _outline_of(part, contours)]
    if not parts:
        raise Refused(_("%(name)s has no closed outline: it cannot be nested.") % {"name": name}, code="no-parts")
    owners = _owners(parts, contours, curves["marks"])
    return [_shape(part, curves) for part, curves in zip(parts, owners, strict=True)]


def _outline_of(part: dict, contours: list[dict]) -> bool:
    index = part.get("contour", -1)
    return 0 <= index < len(contours) and bool(contours[index]["segments"])


def _owners(parts: list[dict], contours: list[dict], marks: list[dict]) -> list[list[tuple[str, dict]]]:
    """For each part its curves with their roles; what belongs to no part by name goes to the one it lies in."""
    found = [[("outer", contours[part["contour"]])] for part in parts]
    for curves, part in zip(found, parts, strict=True):
        curves += [("inner", contours[index]) for index in part.get("hole_contours", ())]
    named = {index for part in parts for index in (part["contour"], *part.get("hole_contours", ()))}
    rest = [("inner", contour) for index, contour in enumerate(contours) if index not in named]
    rest += [("mark", mark) for mark in marks if mark.get("role") == "engrave"]
    for role, curve in rest:
        if curve["segments"]:
            found[_lies_in(parts, curve)].append((role, curve))
    return found


def _lies_in(parts: list[dict], curve: dict) -> int:
    """The smallest part around the curve's beginning; the nearest where it lies in none."""
    x, y = curve["segments"][0][:2]

    def away(part) -> tuple[float, float]:
        x0, y0, x1, y1 = part["box"]
        return math.hypot(max(x0 - x, 0, x - x1), max(y0 - y, 0, y - y1)), part["gross_area_mm2"]

    return min(range(len(parts)), key=lambda index: away(parts[index]))


def _shape(part: dict, curves: list[tuple[str, dict]]) -> Shape:
    x, y = part["box"][:2]
    moved = [
        Curve(
            role,
            curve["closed"] or role == "outer",
            [[x0 - x, y0 - y, x1 - x, y1 - y, bulge] for x0, y0, x1, y1, bulge in curve["segments"]],
            curve["length_mm"],
            curve.get("depth", 0),
        )
        for role, curve in curves
    ]
    return Shape(part["width_mm"], part["height_mm"], part["net_area_mm2"], part["gross_area_mm2"], moved)
