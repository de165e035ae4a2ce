"""Makes a valid polygon of whatever points a part or sheet came with. What comes out always covers what went in."""

import math

import numpy as np
import shapely
from shapely.geometry import MultiPolygon, Polygon

MAX_POINTS = 50_000  # of one ring
MAX_REACH = 1e6  # mm
CLOSE = 0.01  # mm: what touches only at a point is joined by so much
LEAST_AREA = 1e-9
MOST_MENDED, MOST_CROSSINGS = 3_000, 12


class Unfit(Exception):
    """The outline cannot be nested; `code` says why."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code


def part_shape(outline, holes) -> tuple[Polygon, Polygon]:
    """The part with its holes, and the part with its holes filled."""
    solid = ring(outline)
    rings = holes if isinstance(holes, list | tuple) else []
    cut = [hole for hole in (_hole(points) for points in rings) if hole is not None]
    if not cut:
        return solid, solid
    shape = solid.difference(shapely.union_all(cut))
    # Holes that reach the edge or fall apart say nothing reliable about where metal is: then the part counts as solid.
    if not isinstance(shape, Polygon) or shape.is_empty or not Polygon(shape.exterior).equals(solid):
        return solid, solid
    return shape, solid


def ring(points) -> Polygon:
    """A valid polygon without holes that covers the ring of `points` [[x, y], …]. Raises `Unfit`."""
    found = _points(points)
    if len(found) < 3:
        raise Unfit("no-outline")
    drawn = Polygon(found)
    if drawn.is_valid and drawn.area > LEAST_AREA:
        return shapely.orient_polygons(drawn)
    whole = _filled(shapely.make_valid(drawn)) if _crosses_little(found) else drawn.convex_hull
    if isinstance(whole, MultiPolygon):
        whole = _filled(whole.buffer(CLOSE, join_style="mitre"))
    if isinstance(whole, MultiPolygon):
        whole = whole.convex_hull
    if whole.is_empty or whole.area <= LEAST_AREA:
        raise Unfit("no-outline")
    return shapely.orient_polygons(whole)


def _crosses_little(points: list[tuple[float, float]]) -> bool:
    """Whether a ring that crosses itself can be mended in a moment; one that does a thousand times is no drawing."""
    if len(points) > MOST_MENDED:
        return False
    ends = np.array([*points, points[0]])
    lines = shapely.linestrings(np.stack((ends[:-1], ends[1:]), axis=1))
    return len(shapely.STRtree(lines).query(lines)[0]) < MOST_CROSSINGS * len(points)


def _hole(points) -> Polygon | None:
    """A hole is used only when it is sound: an invalid one is taken for metal."""
    try:
        found = Polygon(_points(points))
    except (Unfit, ValueError):
        return None
    return found if found.is_valid and found.area > LEAST_AREA else None


def _points(points) -> list[tuple[float, float]]:
    if not isinstance(points, list | tuple):
        raise Unfit("no-outline")
    if len(points) > MAX_POINTS:
        raise Unfit("too-complicated")
    try:
        found = [(float(point[0]), float(point[1])) for point in points]
    except (TypeError, ValueError, IndexError, KeyError, OverflowError):
        raise Unfit("not-a-number") from None
    if not all(math.isfinite(x) and math.isfinite(y) for x, y in found):
        raise Unfit("not-a-number")
    if any(abs(x) > MAX_REACH or abs(y) > MAX_REACH for x, y in found):
        raise Unfit("too-far")
    return list(dict.fromkeys(found)) if len(set(found)) < 3 else found


def _filled(shape):
    """All polygons of `shape`, without holes, as one."""
    pieces = [Polygon(piece.exterior) for piece in _polygons(shape)]
    return shapely.union_all(pieces) if pieces else Polygon()


def _polygons(shape):
    if isinstance(shape, Polygon):
        return [] if shape.is_empty else [shape]
    return [polygon for piece in getattr(shape, "geoms", []) for polygon in _polygons(piece)]
