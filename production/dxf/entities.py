"""Turns the records of single entities into shapes.

Each reader takes the drawing's `Document`, the `Shapes` to fill, and the group codes and values of one record. Numbers
may be bytes (text files) or numbers (binary files): `float` and `int` read both.
"""

import math
from array import array

from production.dxf.shapes import IDENTITY, Insert, Matrix, Shapes, Spline

NO_EXTRUSION = (0.0, 0.0, 1.0)
SAME_ANGLE = 1e-9
IN_POLYLINES = frozenset((6, 8, 38, 62, 210, 220, 230))
MOST_TURNS = 1e6

TEXT_KINDS = {
    b"TEXT": "text",
    b"MTEXT": "text",
    b"ATTRIB": "text",
    b"ATTDEF": "text",
    b"RTEXT": "text",
    b"ARCALIGNEDTEXT": "text",
    b"DIMENSION": "dimension",
    b"ARC_DIMENSION": "dimension",
    b"LARGE_RADIAL_DIMENSION": "dimension",
    b"LEADER": "leader",
    b"MULTILEADER": "leader",
    b"MLEADER": "leader",
    b"TOLERANCE": "tolerance frame",
    b"ACAD_TABLE": "table",
}
SILENT_KINDS = {b"POINT", b"VIEWPORT", b"SEQEND", b"LIGHT", b"SUN", b"GEODATA", b"", b"ENDSEC", b"EOF"}
OTHER_KINDS = {
    b"HATCH": "hatch",
    b"MPOLYGON": "hatch",
    b"SOLID": "filled area",
    b"TRACE": "filled area",
    b"3DFACE": "3D face",
    b"3DSOLID": "3D solid",
    b"REGION": "3D solid",
    b"BODY": "3D solid",
    b"SURFACE": "3D solid",
    b"EXTRUDEDSURFACE": "3D solid",
    b"LOFTEDSURFACE": "3D solid",
    b"REVOLVEDSURFACE": "3D solid",
    b"SWEPTSURFACE": "3D solid",
    b"PLANESURFACE": "3D solid",
    b"MESH": "3D mesh",
    b"SHAPE": "shape of a font",
    b"ACAD_PROXY_ENTITY": "unknown object",
    b"WIPEOUT": "cover",
    b"IMAGE": "picture",
    b"OLE2FRAME": "embedded object",
    b"OLEFRAME": "embedded object",
    b"PDFUNDERLAY": "underlay",
    b"DWFUNDERLAY": "underlay",
    b"DGNUNDERLAY": "underlay",
    b"XLINE": "infinite line",
    b"RAY": "infinite line",
}


def read_line(document, shapes: Shapes, codes, values) -> None:
    tags = dict(zip(codes, values, strict=False))
    get = tags.get
    shapes.lines.extend((float(get(10, 0)), float(get(20, 0)), float(get(11, 0)), float(get(21, 0))))
    shapes.line_pens.append(document.pen(get))


def read_circle(document, shapes: Shapes, codes, values) -> None:
    tags = dict(zip(codes, values, strict=False))
    if 210 in tags or 230 in tags:
        shapes = shapes.plane(plane_matrix(tags))
    circle = (float(tags.get(10, 0)), float(tags.get(20, 0)), abs(float(tags[40])), 0.0, 360.0)
    shapes.arcs.extend(circle)
    shapes.arc_pens.append(document.pen(tags.get))


def read_arc(document, shapes: Shapes, codes, values) -> None:
    tags = dict(zip(codes, values, strict=False))
    if 210 in tags or 230 in tags:
        shapes = shapes.plane(plane_matrix(tags))
    start, end = _angles(float(tags.get(50, 0)), float(tags.get(51, 360)), 360.0)
    arc = (float(tags.get(10, 0)), float(tags.get(20, 0)), abs(float(tags[40])), start, end)
    shapes.arcs.extend(arc)
    shapes.arc_pens.append(document.pen(tags.get))


def _angles(start: float, end: float, turn: float) -> tuple[float, float]:
    """Start and end of a counter-clockwise arc, end after start by at most one `turn`."""
    if not (abs(start) < MOST_TURNS * turn and abs(end) < MOST_TURNS * turn):
        return math.nan, math.nan  # refused later, with all other senseless numbers
    sweep = (end - start) % turn
    if sweep < SAME_ANGLE * turn or turn - sweep < SAME_ANGLE * turn:
        sweep = 0.0 if start == end else turn
    start %= turn
    return start, start + sweep


def read_ellipse(document, shapes: Shapes, codes, values) -> None:
    tags = dict(zip(codes, values, strict=False))
    ax, ay, az = (float(tags.get(code, 0)) for code in (11, 21, 31))
    ratio = float(tags.get(40, 1))
    nx, ny, nz = _extrusion(tags)
    bx, by = (ny * az - nz * ay) * ratio, (nz * ax - nx * az) * ratio
    start, end = _angles(float(tags.get(41, 0)), float(tags.get(42, math.tau)), math.tau)
    shapes.conics.extend((float(tags.get(10, 0)), float(tags.get(20, 0)), ax, ay, bx, by, start, end))
    shapes.conic_pens.append(document.pen(tags.get))


def read_lwpolyline(document, shapes: Shapes, codes, values) -> None:
    vertices, flags = [], 0
    rest = {}
    for code, value in zip(codes, values, strict=False):
        if code == 10:
            vertices += (float(value), 0.0, 0.0)
        elif code == 20:
            vertices[-2] = float(value)
        elif code == 42:
            vertices[-1] = float(value)
        elif code == 70:
            flags = int(value)
        elif code in IN_POLYLINES:
            rest[30 if code == 38 else code] = value
    if 210 in rest or 230 in rest:
        shapes = shapes.plane(plane_matrix(rest))
    add_path(shapes, vertices, flags & 1, document.pen(rest.get))


def add_path(shapes: Shapes, vertices: list[float], closed: int, pen: int) -> None:
    if not vertices:
        return
    shapes.vertices.extend(vertices)
    shapes.paths.extend((len(vertices) // 3, closed, pen))


def read_spline(document, shapes: Shapes, codes, values) -> None:
    tags = dict(zip(codes, values, strict=False))
    numbers: dict[int, list[float]] = {10: [], 20: [], 40: [], 41: [], 11: [], 21: []}
    for code, value in zip(codes, values, strict=False):
        if code == 100 and value.strip() == b"AcDbHelix":
            break  # what follows are turns and radius, under the codes of knots and weights
        if code in numbers:
            numbers[code].append(float(value))
    points = array("d", [number for point in zip(numbers[10], numbers[20], strict=True) for number in point])
    degree, knots, weights = int(tags.get(71, 3)), numbers[40], numbers[41]
    if not points:
        degree, knots, points = _through(list(zip(numbers[11], numbers[21], strict=True)), tags)
    count = len(points) // 2
    _check_spline(degree, len(knots), count)
    own = array("d", weights) if len(weights) == count else None
    shapes.splines.append(Spline(degree, array("d", knots), points, own, document.pen(tags.get)))


def _check_spline(degree: int, knots: int, points: int) -> None:
    if not 1 <= degree <= 11 or points < degree + 1 or knots != points + degree + 1:
        raise ValueError("the numbers of knots and control points of a spline do not fit")


def _through(fit_points: list, tags: dict) -> tuple[int, list[float], array]:
    """A cubic through fit points, as CAD programs draw it when a file carries no control points."""
    from ezdxf.math import fit_points_to_cad_cv

    if not all(math.isfinite(number) for point in fit_points for number in point):
        raise ValueError("a fit point is no number")
    tangents = None
    if 12 in tags and 13 in tags:
        tangents = [(float(tags[12]), float(tags[22])), (float(tags[13]), float(tags[23]))]
    curve = fit_points_to_cad_cv(fit_points, tangents)
    points = array("d", [number for point in curve.control_points for number in (point.x, point.y)])
    return curve.degree, list(curve.knots()), points


def read_insert(document, shapes: Shapes, codes, values) -> None:
    tags = dict(zip(codes, values, strict=False))
    turn = math.radians(float(tags.get(50, 0)))
    cos, sin = math.cos(turn), math.sin(turn)
    across, up = (float(tags.get(code, 1)) or 1.0 for code in (41, 42))
    place = (cos * across, sin * across, -sin * up, cos * up, float(tags.get(10, 0)), float(tags.get(20, 0)))
    columns, rows = max(1, int(tags.get(70, 1))), max(1, int(tags.get(71, 1)))
    wide, high = float(tags.get(44, 0)), float(tags.get(45, 0))
    insert = Insert(tags[2].strip().upper(), place, document.pen(tags.get), columns, rows)
    insert.column, insert.row = (cos * wide, sin * wide), (-sin * high, cos * high)
    if 210 in tags or 230 in tags:
        shapes = shapes.plane(plane_matrix(tags))
    shapes.inserts.append(insert)


def _extrusion(tags: dict) -> tuple[float, float, float]:
    x, y, z = float(tags.get(210, 0)), float(tags.get(220, 0)), float(tags.get(230, 0))
    length = math.sqrt(x * x + y * y + z * z)
    if not 1e-12 < length < 1e12:
        return NO_EXTRUSION
    return x / length, y / length, z / length


def plane_matrix(tags: dict) -> Matrix:
    """The object coordinate system of an entity, seen from above: the DXF "arbitrary axis algorithm" without z."""
    nx, ny, nz = _extrusion(tags)
    if (nx, ny, nz) == NO_EXTRUSION:
        return IDENTITY
    if abs(nx) < 1 / 64 and abs(ny) < 1 / 64:
        ax, ay, az = nz, 0.0, -nx
    else:
        ax, ay, az = -ny, nx, 0.0
    length = math.sqrt(ax * ax + ay * ay + az * az)
    ax, ay, az = ax / length, ay / length, az / length
    bx, by = ny * az - nz * ay, nz * ax - nx * az
    height = float(tags.get(30, 0))
    return (ax, ay, bx, by, height * nx, height * ny)


class PolylineReader:
    """Gathers an old-style POLYLINE, whose vertices are records of their own."""

    CLOSED, SPLINE_FIT, SPACE, MESH, POLYFACE = 1, 4, 8, 16, 64
    CONTROL_POINT = 16

    def __init__(self):
        self.vertices: list[float] | None = None

    def begin(self, document, shapes: Shapes, codes, values) -> None:
        tags = dict(zip(codes, values, strict=False))
        self.flags = int(tags.get(70, 0))
        if self.flags & (self.MESH | self.POLYFACE):
            document.not_read["3D mesh"] += 1
            self.vertices = None
            return
        plane = IDENTITY if self.flags & self.SPACE else plane_matrix(tags)
        self.shapes, self.pen = shapes.plane(plane), document.pen(tags.get)
        self.vertices = []

    def vertex(self, codes, values) -> None:
        if self.vertices is None:
            return
        tags = dict(zip(codes, values, strict=False))
        if self.flags & self.SPLINE_FIT and int(tags.get(70, 0)) & self.CONTROL_POINT:
            return
        self.vertices += (float(tags.get(10, 0)), float(tags.get(20, 0)), float(tags.get(42, 0)))

    def end(self) -> None:
        if self.vertices:
            add_path(self.shapes, self.vertices, self.flags & self.CLOSED, self.pen)
        self.vertices = None


READERS = {
    b"LINE": read_line,
    b"3DLINE": read_line,
    b"CIRCLE": read_circle,
    b"ARC": read_arc,
    b"ELLIPSE": read_ellipse,
    b"LWPOLYLINE": read_lwpolyline,
    b"SPLINE": read_spline,
    b"HELIX": read_spline,
    b"INSERT": read_insert,
}
