"""Writes shapes as DXF for the cutter: R2000, millimetres, true size, real entities. The only writer there is.

No blocks and no splines: machines that read little else read LINE, ARC, CIRCLE and LWPOLYLINE with bulges. Nothing is
offset for the kerf, which the machine compensates itself. The same shapes give the same bytes.
"""

import math
import re
from collections.abc import Iterable, Mapping
from io import StringIO

from production.dxf.limits import WELD_MM

WHITE = 7  # AutoCAD's colour index for black on white and white on black
LONGEST_NAME = 255
SAME_CIRCLE_MM = 1e-4
FLATTEST_RADIUS_MM = 1e5  # beyond it centre and angles no longer carry the curve, a bulge still does
STRAIGHT = 1e-9

_forbidden = re.compile(r'[\x00-\x1f\x7f<>/\\":;?*|=`,\']')
_control = re.compile(r"[\x00-\x1f\x7f]+")


def write(shapes: Iterable[dict], layers: Mapping[str, int] | None = None, texts: Iterable[dict] = ()) -> bytes:
    """A DXF file of `shapes`, dicts of layer, closed and segments [[x0, y0, x1, y1, bulge], …] in mm.

    `layers` gives layer names their colour, 1 to 255 of AutoCAD's index; layers not named there are white. All of them
    are in the file, used or not. `texts` are dicts of layer, text, x_mm, y_mm (lower left), height_mm and, if turned,
    angle_deg. Each shape is one entity: a circle, an arc, a line or a polyline. Where a segment begins up to
    `WELD_MM` beside the end of the one before, its beginning counts; a wider gap inside a shape becomes a line.
    Raises `ValueError` for numbers that are not finite and for colours there are not.
    """
    import ezdxf

    # No dates and no random identifiers: the same drawing has the same hash.
    ezdxf.options.write_fixed_meta_data_for_testing = True
    document = ezdxf.new("R2000", units=4)
    layers_of = _Layers(document, layers or {})
    space, box = document.modelspace(), _Box()
    for shape in shapes:
        if shape["segments"]:
            box.add(shape["segments"])
            _add_shape(space, shape["segments"], bool(shape["closed"]), {"layer": layers_of.name(shape["layer"])})
    for text in texts:
        _add_text(space, text, {"layer": layers_of.name(text["layer"])})
    if box.used:
        document.header["$EXTMIN"], document.header["$EXTMAX"] = (*box.low, 0.0), (*box.high, 0.0)
    stream = StringIO()
    document.write(stream)
    return document.encode(stream.getvalue())


def layer_name(name: str) -> str:
    """`name` as a DXF layer may be called: forbidden characters become underscores; "0" where nothing is left."""
    return _forbidden.sub("_", str(name)).strip()[:LONGEST_NAME].strip() or "0"


class _Layers:
    """The layer table. Names that differ in case are one layer, as in every CAD program."""

    def __init__(self, document, colours: Mapping[str, int]):
        self.table = document.layers
        for name, colour in colours.items():
            if not 1 <= int(colour) <= 255:
                raise ValueError(f"no colour of a layer: {colour}")
            self.table.get(self.name(name)).color = int(colour)

    def name(self, given: str) -> str:
        name = layer_name(given)
        if name not in self.table:
            self.table.add(name, color=WHITE)
        return name


class _Box:
    def __init__(self):
        self.low, self.high, self.used = [math.inf, math.inf], [-math.inf, -math.inf], False

    def add(self, segments) -> None:
        if not all(map(math.isfinite, (number for segment in segments for number in segment))):
            raise ValueError("a coordinate is not finite")
        self.used = True
        for x0, y0, x1, y1, bulge in segments:
            reach = 0.0  # an arc stays within this of its chord's box; the header's extents are a hint to viewers
            if abs(bulge) > STRAIGHT:
                reach = math.dist((x0, y0), (x1, y1)) / 2 * abs(bulge)
            self.low = [min(self.low[0], x0 - reach, x1 - reach), min(self.low[1], y0 - reach, y1 - reach)]
            self.high = [max(self.high[0], x0 + reach, x1 + reach), max(self.high[1], y0 + reach, y1 + reach)]


def _add_shape(space, segments, closed: bool, attributes: dict) -> None:
    if closed and (circle := _circle(segments)):
        space.add_circle(circle[:2], circle[2], attributes)
    elif len(segments) == 1 and not closed:
        _add_single(space, segments[0], attributes)
    else:
        space.add_lwpolyline(_vertices(segments, closed), "xyb", close=closed, dxfattribs=attributes)


def _add_single(space, segment, attributes: dict) -> None:
    x0, y0, x1, y1, bulge = segment
    if abs(bulge) <= STRAIGHT:
        space.add_line((x0, y0), (x1, y1), attributes)
        return
    cx, cy, radius = _centre(segment)
    if radius > FLATTEST_RADIUS_MM:
        space.add_lwpolyline([(x0, y0, bulge), (x1, y1, 0.0)], "xyb", dxfattribs=attributes)
        return
    start, end = (math.degrees(math.atan2(y - cy, x - cx)) for x, y in ((x0, y0), (x1, y1)))
    space.add_arc((cx, cy), radius, *((start, end) if bulge > 0 else (end, start)), dxfattribs=attributes)


def _vertices(segments, closed: bool) -> list[tuple[float, float, float]]:
    """x, y and bulge of a polyline's points; the point where an open one ends is the last."""
    points = []
    last = segments[-1][2:4]
    before = last if closed else segments[0][:2]
    for x0, y0, x1, y1, bulge in segments:
        if math.dist(before, (x0, y0)) > WELD_MM:
            points.append((*before, 0.0))
        points.append((x0, y0, bulge))
        before = (x1, y1)
    if not closed:
        points.append((*last, 0.0))
    elif math.dist(last, segments[0][:2]) > WELD_MM:
        points.append(points.pop(0))  # the closing line belongs to the end
    return points


def _circle(segments) -> tuple[float, float, float] | None:
    """Centre and radius where arcs make one full circle."""
    if len(segments) < 2 or any(abs(segment[4]) <= STRAIGHT for segment in segments):
        return None
    turned = sum(4 * math.atan(segment[4]) for segment in segments)
    if abs(abs(turned) - math.tau) > 1e-6 or len({segment[4] > 0 for segment in segments}) > 1:
        return None
    first = _centre(max(segments, key=lambda segment: abs(segment[4])))
    for segment in segments:
        if max(abs(a - b) for a, b in zip(first, _centre(segment), strict=True)) > SAME_CIRCLE_MM:
            return None
    return first


def _centre(segment) -> tuple[float, float, float]:
    """Centre and radius of an arc; see `production.dxf.arcs.centres`."""
    x0, y0, x1, y1, bulge = segment
    offset = (1 - bulge * bulge) / (4 * bulge)
    dx, dy = x1 - x0, y1 - y0
    radius = math.hypot(dx, dy) * (1 + bulge * bulge) / (4 * abs(bulge))
    return (x0 + x1) / 2 - dy * offset, (y0 + y1) / 2 + dx * offset, radius


def _add_text(space, text: dict, attributes: dict) -> None:
    numbers = [float(text[name]) for name in ("x_mm", "y_mm", "height_mm")] + [float(text.get("angle_deg", 0.0))]
    if not all(map(math.isfinite, numbers)):
        raise ValueError("the place of a text is not finite")
    x, y, height, angle = numbers
    # A line end in a text would be a tag of its own: whoever names a part could write into the file.
    said = _control.sub(" ", str(text["text"])).strip()
    if said:
        space.add_text(said, height=height, rotation=angle, dxfattribs=attributes).set_placement((x, y))
