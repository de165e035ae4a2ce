"""Reads an SVG file into the same `Document` a DXF file becomes: curves, layers and colours, y upwards.

Layers are Inkscape's, or else the colours of the strokes. What is filled without a stroke is cut along its edge.
"""

import math
import re
from array import array

from production.dxf import svg_paths
from production.dxf.document import Document
from production.dxf.limits import MAX_CURVES
from production.dxf.placing import TOO_MUCH
from production.dxf.refused import Refused
from production.dxf.shapes import IDENTITY, Matrix, Spline, multiply
from production.dxf.svg_styles import INHERITED, WHITE, StyleSheet, colour, colour_number

PIXEL_MM = 25.4 / 96  # CSS: 96 pixels an inch
UNITS = {"": 1.0, "px": 1.0, "mm": 96 / 25.4, "cm": 960 / 25.4, "in": 96.0, "pt": 96 / 72, "pc": 16.0, "q": 24 / 25.4}
REAL = ("mm", "cm", "in", "pt", "pc", "q")
MOST_ELEMENTS, DEEPEST = 300_000, 100
CONTAINERS = ("g", "a", "switch", "svg")
ROUND = 1e-9
CLEAR = "0", "0%", "0.0", ".0"  # opacities with which nothing is seen
TEXTS = ("text", "flowRoot", "flowroot")
OTHERS = {"image": "picture", "foreignObject": "embedded object"}
INKSCAPE = "{http://www.inkscape.org/namespaces/inkscape}"
LINK = "{http://www.w3.org/1999/xlink}href"
_transform = re.compile(r"(matrix|translate|scale|rotate|skewX|skewY)\s*\(([^)]*)\)")
_length = re.compile(rf"\s*({svg_paths.NUMBER})\s*(%|[a-zA-Z]*)\s*$")


def read_svg(path) -> Document:
    """Raises `Refused` for what cannot be understood."""
    from xml.etree.ElementTree import ParseError

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import parse

    try:
        root = parse(path).getroot()
    except DefusedXmlException:
        raise Refused("The SVG file refers to other files or entities. Please save it as plain SVG.", "svg") from None
    except (ParseError, ValueError, LookupError):
        raise Refused("The SVG file is damaged. Please export it again.", "damaged") from None
    if _name(root) != "svg":
        raise Refused("This is an XML file, not a drawing. Please export the drawing as DXF.", "xml")
    document = Document(complete=True)
    _Reader(document, root).read()
    return document


def _name(element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


class _Reader:
    def __init__(self, document: Document, root):
        self.document, self.root = document, root
        self.sheet, self.by_id = StyleSheet(), {}
        self.count = self.curves = 0
        self.using: list[str] = []
        for element in root.iter():
            if _name(element) == "style":
                self.sheet.add("".join(element.itertext()))
            if element.get("id"):
                self.by_id.setdefault(element.get("id"), element)

    def read(self) -> None:
        matrix = self._page()
        self._children(self.root, (matrix[0], -matrix[1], matrix[2], -matrix[3], matrix[4], -matrix[5]), {}, None, 0)

    def _page(self) -> Matrix:
        """The scale of the outermost view, in mm where width and height say so, else in pixels."""
        wide, wide_unit = _size(self.root.get("width"))
        high, high_unit = _size(self.root.get("height"))
        real = wide_unit in REAL or high_unit in REAL
        self.document.units, self.document.pixels = (4, False) if real else (None, True)
        mm = PIXEL_MM if real else 1.0
        box = svg_paths.numbers(self.root.get("viewBox", ""))
        if len(box) != 4 or box[2] <= 0 or box[3] <= 0:
            return (mm, 0.0, 0.0, mm, 0.0, 0.0)
        across = wide / box[2] if wide else high / box[3] if high else 1.0
        up = high / box[3] if high else across
        across, up = _even(self.root, across, up)
        return (mm * across, 0.0, 0.0, mm * up, 0.0, 0.0)

    def _children(self, element, matrix: Matrix, style: dict, layer: str | None, depth: int) -> None:
        for child in element:
            self._element(child, matrix, style, layer, depth + 1)

    def _element(self, element, matrix: Matrix, style: dict, layer: str | None, depth: int) -> None:
        name = _name(element)
        self.count += 1
        if self.count > MOST_ELEMENTS or depth > DEEPEST:
            raise TOO_MUCH
        if name in TEXTS:
            self.document.texts["text"] += 1
        elif name in OTHERS:
            self.document.not_read[OTHERS[name]] += 1
        elif name in CONTAINERS or name == "use" or name in SHAPES:
            own = self.sheet.of(name, element)
            style = {**style, **{key: own[key] for key in INHERITED if own.get(key, "inherit") != "inherit"}}
            matrix = multiply(matrix, transform(element.get("transform", "")))
            self._drawn(name, element, matrix, style, own, layer, depth)

    def _drawn(self, name, element, matrix, style, own, layer, depth) -> None:
        is_layer = element.get(f"{INKSCAPE}groupmode") == "layer"
        if is_layer:
            layer = element.get(f"{INKSCAPE}label") or element.get("id") or layer
        if own.get("display") == "none" or own.get("opacity") in CLEAR:
            if not is_layer:
                self.document.not_read["hidden object"] += 1
                return
            self.document.hidden_layers.add(layer.encode().strip().upper())
        if own.get("clip-path", "none") != "none":
            self.document.not_read["clipping path"] += 1
        if name == "use":
            self._use(element, matrix, style, layer, depth)
        elif name in CONTAINERS:
            if name == "svg":
                matrix = multiply(matrix, _view(element))
            children = _first_shown(element) if name == "switch" else element
            self._children(children, matrix, style, layer, depth)
        elif style.get("visibility") in ("hidden", "collapse"):
            self.document.not_read["hidden object"] += 1
        else:
            self._shape(name, element, matrix, style, layer)

    def _use(self, element, matrix, style, layer, depth) -> None:
        link = (element.get("href") or element.get(LINK) or "").strip()
        target = self.by_id.get(link[1:]) if link.startswith("#") else None
        if target is None:
            self.document.not_read["external reference" if link and link[0] != "#" else "missing block"] += 1
            return
        if link in self.using:
            raise Refused(f"The block “{link[1:]}” contains itself. Please explode it and send again.", "block-cycle")
        self.using.append(link)
        matrix = multiply(matrix, (1.0, 0.0, 0.0, 1.0, _number(element, "x"), _number(element, "y")))
        if _name(target) == "symbol":
            self._children(target, multiply(matrix, _view(target, element)), style, layer, depth + 1)
        else:
            self._element(target, matrix, style, layer, depth + 1)
        self.using.pop()

    def _shape(self, name: str, element, matrix: Matrix, style: dict, layer: str | None) -> None:
        seen = self._seen(name, style)
        if seen is None:
            return
        try:
            subpaths, complete = SHAPES[name](element)
        except (ValueError, ArithmeticError):
            subpaths, complete = [], False
        if not complete:
            self.document.unreadable["SVG path" if name == "path" else f"SVG {name}"] += 1
        dashed = style.get("stroke-dasharray", "none") not in ("none", "", "0")
        written = {8: (layer or seen).encode(), 62: colour_number(seen), 6: b"DASHED" if dashed else b""}
        pen = self.document.pen(written.get)
        for pieces, closed in subpaths:
            self.curves += len(pieces)
            if self.curves > MAX_CURVES:
                raise TOO_MUCH
            self._draw(pieces, closed, matrix, pen)

    def _seen(self, name: str, style: dict) -> str | None:
        """The colour an element is seen in, or None when it is not."""
        current = colour(style.get("color")) or "#000000"
        stroke, fill = colour(style.get("stroke"), current), colour(style.get("fill", "black"), current)
        stroke = None if style.get("stroke-opacity") in CLEAR else stroke
        fill = None if style.get("fill-opacity") in CLEAR else fill
        if stroke is not None:
            return stroke
        if fill is None or name == "line":
            self.document.not_read["object without colour"] += 1
            return None
        if fill == WHITE:
            self.document.not_read["white area"] += 1
            return None
        return fill

    def _draw(self, pieces: list, closed: bool, matrix: Matrix, pen: int) -> None:
        """Lines and round arcs that follow each other stay one thing; the rest meets them at its ends."""
        shapes = self.document.model
        run: list[float] = []

        def flush(whole: bool) -> None:
            if len(run) > 3:
                shapes.vertices.extend(run[:-3] if whole else run)
                shapes.paths.extend((len(run) // 3 - whole, int(whole), pen))
            run.clear()

        for piece in pieces:
            row = _flat(piece, matrix)
            if row is None:
                flush(False)
                self._curve(piece, matrix, pen)
                continue
            x0, y0, x1, y1, bulge = row
            if not run:
                run += (x0, y0, 0.0)
            run[-1] = bulge
            run += (x1, y1, 0.0)
        flush(bool(closed and len(run) == 3 * len(pieces) + 3))

    def _curve(self, piece, matrix: Matrix, pen: int) -> None:
        shapes = self.document.model
        if piece[0] == "A":
            _, centre, a, b, first, last = piece
            around = (*_moved(matrix, centre), *_turned(matrix, a), *_turned(matrix, b), first, last)
            shapes.conics.extend(around)
            shapes.conic_pens.append(pen)
            return
        points = [number for point in piece[1] for number in _moved(matrix, point)]
        degree = len(piece[1]) - 1
        knots = [0.0] * (degree + 1) + [1.0] * (degree + 1)
        shapes.splines.append(Spline(degree, array("d", knots), array("d", points), None, pen))


def _flat(piece, matrix: Matrix) -> tuple | None:
    """A line, or an arc that is round after the matrix, as x0, y0, x1, y1, bulge."""
    if piece[0] == "L":
        return (*_moved(matrix, piece[1]), *_moved(matrix, piece[2]), 0.0)
    if piece[0] == "B":
        return None
    _, centre, a, b, first, last = piece
    (ax, ay), (bx, by), (cx, cy) = _turned(matrix, a), _turned(matrix, b), _moved(matrix, centre)
    size = ax * ax + ay * ay + bx * bx + by * by
    if abs(ax * ax + ay * ay - bx * bx - by * by) + abs(ax * bx + ay * by) > ROUND * size:
        return None
    left = 1.0 if ax * by - ay * bx > 0 else -1.0

    def at(t: float) -> tuple[float, float]:
        return cx + ax * math.cos(t) + bx * math.sin(t), cy + ay * math.cos(t) + by * math.sin(t)

    return (*at(first), *at(last), left * math.tan((last - first) / 4))


def _moved(matrix: Matrix, point) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def _turned(matrix: Matrix, vector) -> tuple[float, float]:
    a, b, c, d, _, _ = matrix
    return a * vector[0] + c * vector[1], b * vector[0] + d * vector[1]


def transform(text: str) -> Matrix:
    """The matrix of a transform attribute; from the first mistake on it is ignored."""
    matrix = IDENTITY
    for kind, inside in _transform.findall(text):
        values = svg_paths.numbers(inside)
        step = _steps(kind, values)
        if step is None:
            return matrix
        matrix = multiply(matrix, step)
    return matrix


def _steps(kind: str, values: list[float]) -> Matrix | None:
    if kind == "matrix":
        return tuple(values) if len(values) == 6 else None
    if not values:
        return None
    first = values[0]
    if kind == "translate":
        return (1.0, 0.0, 0.0, 1.0, first, values[1] if len(values) > 1 else 0.0)
    if kind == "scale":
        return (first, 0.0, 0.0, values[1] if len(values) > 1 else first, 0.0, 0.0)
    angle = math.radians(math.fmod(first, 360.0))
    if kind == "skewX":
        return (1.0, 0.0, math.tan(angle), 1.0, 0.0, 0.0)
    if kind == "skewY":
        return (1.0, math.tan(angle), 0.0, 1.0, 0.0, 0.0)
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = values[1:3] if len(values) == 3 else (0.0, 0.0)
    return (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)


def _view(element, size_of=None) -> Matrix:
    """Where a nested view or a symbol lies in its place."""
    x, y = (0.0, 0.0) if size_of is not None else (_number(element, "x"), _number(element, "y"))
    box = svg_paths.numbers(element.get("viewBox", ""))
    wide, high = (_size((size_of if size_of is not None else element).get(side))[0] for side in ("width", "height"))
    if len(box) != 4 or box[2] <= 0 or box[3] <= 0 or not (wide or high):
        return (1.0, 0.0, 0.0, 1.0, x, y)
    across = wide / box[2] if wide else high / box[3]
    up = high / box[3] if high else across
    across, up = _even(element, across, up)
    align = element.get("preserveAspectRatio", "")
    before = _share(align, "xMin", "xMax") * (wide - across * box[2]) if wide else 0.0
    above = _share(align, "YMin", "YMax") * (high - up * box[3]) if high else 0.0
    return (across, 0.0, 0.0, up, x + before - across * box[0], y + above - up * box[1])


def _first_shown(switch) -> list:
    """The one child a switch shows; what only other programs understand is none."""
    for child in switch:
        if _name(child) != "foreignObject" and not child.get("requiredExtensions") and not child.get("systemLanguage"):
            return [child]
    return list(switch)[-1:]


def _even(element, across: float, up: float) -> tuple[float, float]:
    """The scales of a view both ways: one, unless it is said that the view may be stretched."""
    align = element.get("preserveAspectRatio", "")
    if "none" in align:
        return across, up
    chosen = max(across, up) if "slice" in align else min(across, up)
    return chosen, chosen


def _share(align: str, first: str, last: str) -> float:
    """How much of the room left over lies before the drawing."""
    return 0.0 if first in align else 1.0 if last in align else 0.5


def _size(text: str | None) -> tuple[float, str]:
    """A length in pixels and its unit; 0 for none or a share of the page."""
    found = _length.match(text or "")
    if found is None or found[2].lower() not in UNITS:
        return 0.0, ""
    return float(found[1]) * UNITS[found[2].lower()], found[2].lower()


def _number(element, name: str, otherwise: float = 0.0) -> float:
    return _size(element.get(name))[0] if element.get(name) else otherwise


def _path(element):
    reader = svg_paths.PathReader(element.get("d", ""))
    return reader.subpaths, reader.complete


def _rect(element):
    wide, high = _number(element, "width"), _number(element, "height")
    rx, ry = _number(element, "rx", -1.0), _number(element, "ry", -1.0)
    rx, ry = rx if rx >= 0 else max(ry, 0.0), ry if ry >= 0 else max(rx, 0.0)
    if wide <= 0 or high <= 0:
        return [], True
    return svg_paths.rectangle(_number(element, "x"), _number(element, "y"), wide, high, rx, ry), True


def _circle(element):
    return _ellipse_of(element, _number(element, "r"), _number(element, "r"))


def _ellipse(element):
    return _ellipse_of(element, _number(element, "rx"), _number(element, "ry"))


def _ellipse_of(element, rx: float, ry: float):
    if rx <= 0 or ry <= 0:
        return [], True
    return svg_paths.ellipse(_number(element, "cx"), _number(element, "cy"), rx, ry), True


def _line(element):
    return svg_paths.polygon([_number(element, name) for name in ("x1", "y1", "x2", "y2")], False), True


def _polyline(element):
    points = svg_paths.numbers(element.get("points", ""))
    return svg_paths.polygon(points, False), len(points) % 2 == 0


def _polygon(element):
    points = svg_paths.numbers(element.get("points", ""))
    return svg_paths.polygon(points, True), len(points) % 2 == 0


SHAPES = {
    "path": _path,
    "rect": _rect,
    "circle": _circle,
    "ellipse": _ellipse,
    "line": _line,
    "polyline": _polyline,
    "polygon": _polygon,
}
