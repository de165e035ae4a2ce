"""The edges of hatches: fill in most drawings, but outlines in some. They are curves when a rule asks for them.

A rule that names the linetype "HATCH" decides; without one, hatches are left out and said to be.
"""

import math
from array import array

from production.dxf.entities import plane_matrix
from production.dxf.shapes import Shapes, Spline

LINETYPE = b"HATCH"
POLYLINE = 2
MOST_EDGES = 100_000


class _Tags:
    """The boundary data of one hatch, read in order: what a group code means depends on those before it."""

    def __init__(self, codes, values):
        self.codes, self.values, self.at = codes, values, 0

    def seek(self, code: int) -> bool:
        while self.at < len(self.codes) and self.codes[self.at] != code:
            self.at += 1
        return self.at < len(self.codes)

    def take(self, *codes: int) -> list[float]:
        """The values of these codes, which must follow in this order; others between them are skipped."""
        found = []
        for code in codes:
            if not self.seek(code):
                raise ValueError("a hatch ends too early")
            found.append(float(self.values[self.at]))
            self.at += 1
        return found

    def count(self, code: int) -> int:
        number = int(self.take(code)[0])
        if not 0 <= number <= MOST_EDGES:
            raise ValueError("a hatch with senseless counts")
        return number


def read_hatch(document, shapes: Shapes, codes, values) -> None:
    """Add the edges of all boundary paths, with a pen whose linetype is "HATCH"."""
    tags = dict(zip(reversed(codes), reversed(values), strict=True))  # the first of each code is the hatch's own
    pen = document.pen({8: tags.get(8, b"0"), 62: tags.get(62), 6: LINETYPE}.get)
    if 210 in tags or 230 in tags:
        shapes = shapes.plane(plane_matrix({code: tags[code] for code in (30, 210, 220, 230) if code in tags}))
    reader = _Tags(codes, values)
    for _ in range(reader.count(91)):
        if int(reader.take(92)[0]) & POLYLINE:
            _polyline(reader, shapes, pen)
        else:
            for _ in range(reader.count(93)):
                EDGES[int(reader.take(72)[0])](reader, shapes, pen)


def _polyline(reader: _Tags, shapes: Shapes, pen: int) -> None:
    bulged, closed = reader.take(72, 73)
    corners = reader.count(93)
    rows = [(*reader.take(10, 20), reader.take(42)[0] if bulged else 0.0) for _ in range(corners)]
    shapes.vertices.extend(number for row in rows for number in row)
    if corners:
        shapes.paths.extend((corners, int(closed), pen))


def _line(reader: _Tags, shapes: Shapes, pen: int) -> None:
    shapes.lines.extend(reader.take(10, 20, 11, 21))
    shapes.line_pens.append(pen)


def _arc(reader: _Tags, shapes: Shapes, pen: int) -> None:
    x, y, radius, start, end, left = reader.take(10, 20, 40, 50, 51, 73)
    start, end = _walked(start, end, left, 360.0)
    shapes.arcs.extend((x, y, radius, start, end))
    shapes.arc_pens.append(pen)


def _ellipse(reader: _Tags, shapes: Shapes, pen: int) -> None:
    x, y, ax, ay, ratio, start, end, left = reader.take(10, 20, 11, 21, 40, 50, 51, 73)
    start, end = _walked(start, end, left, 360.0)
    around = (x, y, ax, ay, -ay * ratio, ax * ratio, math.radians(start), math.radians(end))
    shapes.conics.extend(around)
    shapes.conic_pens.append(pen)


def _walked(start: float, end: float, left: float, turn: float) -> tuple[float, float]:
    """Counter-clockwise angles; of clockwise edges a file says the angles mirrored."""
    if not left:
        start, end = -end, -start
    if not (abs(start) < 1e6 and abs(end) < 1e6):
        raise ValueError("a hatch with senseless angles")
    sweep = (end - start) % turn
    start %= turn
    return start, start + (sweep if 1e-9 < sweep < turn - 1e-9 else turn)


def _spline(reader: _Tags, shapes: Shapes, pen: int) -> None:
    degree, rational, _ = reader.take(94, 73, 74)
    knots, points = reader.count(95), reader.count(96)
    own = array("d", reader.take(*[40] * knots))
    places, weights = array("d"), array("d")
    for _ in range(points):
        places.extend(reader.take(10, 20))
        weights.append(reader.take(42)[0] if rational else 1.0)
    if not 1 <= degree <= 11 or points < degree + 1 or knots != points + degree + 1:
        raise ValueError("the numbers of knots and control points of a spline do not fit")
    shapes.splines.append(Spline(int(degree), own, places, weights if rational else None, pen))


EDGES = {1: _line, 2: _arc, 3: _ellipse, 4: _spline}
