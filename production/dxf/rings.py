"""Closed contours together: areas, what lies in what, and which cross themselves or each other."""

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely

from production.dxf import arcs
from production.dxf.refused import Refused

FLAT_MM = 0.005  # chords for the tests on crossing and containment; areas and lengths are exact
BATCH = 64
MAX_PAIRS = 3_000_000  # of contours whose boxes lie in each other; a sheet of parts with holes has two per contour
MAX_FLAWS = 1000
MOST_CROSSING = 300  # contours, of which some cross: above it they are nested by one point of each
SLACK_MM = 0.01
SIDES_AT_ONCE = 20_000
MOST_SIDES = 2000  # of a contour crossing itself, beyond which its area is taken as if it did not
INSIDE_MM = 1e-4  # how far inside its own line a contour is asked what it lies in


@dataclass(slots=True)
class Rings:
    """n contours: `segments` (m, 5) with `first` (n + 1,) where each begins; counter-clockwise.

    `parent` is the contour directly around each, -1 for none; `depth` 0 and even are outlines, odd are holes.
    `flaws` are (kind, x, y, ring).
    """

    segments: np.ndarray
    first: np.ndarray
    length: np.ndarray
    area: np.ndarray
    box: np.ndarray
    parent: np.ndarray
    depth: np.ndarray
    flaws: list
    shared_area: float = 0.0  # to be added to what the outlines cover, where contours cross each other

    def net_area(self) -> float:
        """What the outlines cover without their holes; contours that cross could take more than there is."""
        return max(0.0, float((self.area * np.where(self.depth % 2 == 0, 1.0, -1.0)).sum()) + self.shared_area)


def build_rings(contours: list[np.ndarray]) -> Rings:
    """Put closed contours, each an array of segments in walking order, in relation to each other."""
    segments = np.concatenate(contours) if contours else np.empty((0, 5))
    first = np.concatenate(([0], np.cumsum([len(rows) for rows in contours]))).astype(np.int64)
    owner = np.repeat(np.arange(len(contours), dtype=np.int32), np.diff(first))
    count = len(contours)
    length = np.bincount(owner, arcs.lengths(segments), count)
    area = _signed_areas(segments, owner, first, count)
    segments = _turned_left(segments, owner, first, area)
    box = _boxes(segments, first, count)
    rings = Rings(segments, first, length, np.abs(area), box, np.full(count, -1), np.zeros(count, dtype=np.int64), [])
    if count:
        outlines = _Outlines(rings)
        outlines.check_each()
        outlines.nest()
        outlines.check_neighbours()
        outlines.part_crossing()
    return rings


def _signed_areas(segments, owner, first, count) -> np.ndarray:
    """Areas by Green's theorem; the step across a welded gap counts as a line."""
    following = np.arange(1, len(segments) + 1)
    following[first[1:] - 1] = first[:-1]
    after = segments[following] if count else segments
    gaps = (segments[:, 2] * after[:, 1] - after[:, 0] * segments[:, 3]) / 2
    return np.bincount(owner, arcs.areas(segments) + gaps, count)


def _turned_left(segments, owner, first, area) -> np.ndarray:
    clockwise = area < 0
    if not clockwise.any():
        return segments
    rows = np.flatnonzero(clockwise[owner])
    mirrored = first[owner[rows]] + first[owner[rows] + 1] - 1 - rows
    segments[rows] = segments[mirrored][:, [2, 3, 0, 1, 4]] * (1, 1, 1, 1, -1)
    return segments


def _boxes(segments, first, count) -> np.ndarray:
    if not count:
        return np.empty((0, 4))
    bounds = arcs.boxes(segments)
    low = np.minimum.reduceat(bounds[:, :2], first[:-1])
    return np.hstack((low, np.maximum.reduceat(bounds[:, 2:], first[:-1])))


class _Outlines:
    """The rings as chords, for questions that need no exact arcs. Made when asked for: those of all would be many."""

    def __init__(self, rings: Rings):
        self.rings = rings
        self.inside = self._inside_points()

    def points(self, ring: int) -> np.ndarray:
        rings = self.rings
        return arcs.flatten(rings.segments[rings.first[ring] : rings.first[ring + 1]], FLAT_MM)[0]

    def points_of(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The chords' starts of several rings, and the place among the chosen of the ring each belongs to."""
        begin, count = self.rings.first[chosen], np.diff(self.rings.first)[chosen]
        owner = np.repeat(np.arange(len(chosen)), count)
        rows = np.arange(len(owner)) + np.repeat(begin - np.cumsum(count) + count, count)
        points, segment = arcs.flatten(self.rings.segments[rows], FLAT_MM)
        return points, owner[segment]

    def _inside_points(self) -> np.ndarray:
        """A point just left of the middle of each ring's longest segment."""
        rings = self.rings
        chord = np.hypot(*(rings.segments[:, 2:4] - rings.segments[:, 0:2]).T)
        order = np.lexsort((chord, np.repeat(np.arange(len(rings.area)), np.diff(rings.first))))
        longest = rings.segments[order[rings.first[1:] - 1]]
        direction = longest[:, 2:4] - longest[:, 0:2]
        size = np.maximum(np.hypot(*direction.T), 1e-12)
        left = np.column_stack((-direction[:, 1], direction[:, 0])) / size[:, None]
        return arcs.middles(longest) + left * INSIDE_MM

    def lines(self, chosen: np.ndarray):
        """The rings chosen as `shapely.LinearRing`."""
        points, number = self.points_of(chosen)
        return shapely.linearrings(points, indices=number)

    def polygon(self, ring: int):
        return shapely.Polygon(self.points(ring))

    def check_each(self) -> None:
        """Find contours that cross themselves; their area is counted by the even-odd rule."""
        suspects = np.flatnonzero(~self._circles())
        sides = np.cumsum(np.diff(self.rings.first)[suspects])
        for part in np.split(suspects, np.flatnonzero(np.diff(sides // SIDES_AT_ONCE)) + 1):
            if part.size:
                self._check_simple(part)

    def _check_simple(self, suspects: np.ndarray) -> None:
        lines = self.lines(suspects)
        for place in np.flatnonzero(~shapely.is_simple(lines)):
            ring = int(suspects[place])
            kind = "self-intersection"
            x, y = _flaw_place(shapely.Polygon(lines[place])) or self.points(ring)[0].tolist()
            self.rings.flaws.append((kind, x, y, ring))
            if shapely.get_num_points(lines[place]) <= MOST_SIDES:
                self._even_odd(ring, lines[place])

    def _circles(self) -> np.ndarray:
        """Two half circles cannot cross themselves; on a perforated sheet they are nearly all there is."""
        pairs = np.diff(self.rings.first) == 2
        bulge = np.abs(self.rings.segments[self.rings.first[:-1], 4])
        return pairs & (np.abs(bulge - 1) < 1e-9)

    def _even_odd(self, ring: int, line) -> None:
        faces = shapely.get_parts(shapely.polygonize([shapely.union_all([shapely.LineString(line.coords)])]))
        probes = shapely.point_on_surface(faces)
        points = self.points(ring)
        odd = np.array([_crossings(points, probe.x, probe.y) % 2 == 1 for probe in probes], dtype=bool)
        if len(odd) and not odd.any():
            odd[:] = True  # walked twice: it encloses what it does when walked once
        if odd.any():
            self.rings.area[ring] = shapely.area(faces[odd]).sum()
            probe = probes[odd][np.argmax(shapely.area(faces[odd]))]
            self.inside[ring] = probe.x, probe.y

    def nest(self) -> None:
        """Find what lies in what: a contour lies in every larger one around a point just inside it.

        Only pairs whose boxes allow it are looked at, each outer contour prepared once.
        """
        rings = self.rings
        tree = shapely.STRtree(shapely.points(self.inside))
        smallest = np.full(len(rings.area), np.inf)
        pairs = 0
        for start in range(0, len(rings.area), BATCH):
            around, inner = tree.query(shapely.box(*rings.box[start : start + BATCH].T))
            around = around + start
            larger = rings.area[around] > rings.area[inner]
            fits = larger | ((rings.area[around] == rings.area[inner]) & (around < inner))
            around, inner = around[fits], inner[fits]
            pairs += len(inner)
            if pairs > MAX_PAIRS:
                raise Refused("Thousands of contours lie in each other. Please send single parts.", "too-complex")
            order = np.argsort(around, kind="stable")
            outers, first = np.unique(around[order], return_index=True)
            shapes = shapely.polygons(self.lines(outers)) if outers.size else ()
            for outer, shape, group in zip(outers.tolist(), shapes, np.split(order, first[1:]), strict=False):
                self._note_inside(outer, shape, inner[group], smallest)

    def _note_inside(self, outer: int, shape, candidates: np.ndarray, smallest: np.ndarray) -> None:
        rings = self.rings
        shapely.prepare(shape)
        held = candidates[shapely.contains_xy(shape, self.inside[candidates])]
        rings.depth[held] += 1
        closer = held[rings.area[outer] < smallest[held]]
        rings.parent[closer] = outer
        smallest[closer] = rings.area[outer]

    def check_neighbours(self) -> None:
        """Find contours that cross the one around them, or a neighbour in it."""
        rings = self.rings
        sound = np.ones(len(rings.area), dtype=bool)
        sound[[ring for _, _, _, ring in rings.flaws]] = False
        self._check_top(np.flatnonzero(sound & (rings.parent < 0)).tolist())
        inner = np.flatnonzero(sound & (rings.parent >= 0))
        inner = inner[sound[rings.parent[inner]]]
        inner = inner[np.argsort(rings.parent[inner], kind="stable")]
        outers, first = np.unique(rings.parent[inner], return_index=True)
        sides = np.diff(rings.first)
        total = np.cumsum(np.add.reduceat(sides[inner], first) + sides[outers]) if inner.size else np.zeros(0)
        starts = [0, *(np.flatnonzero(np.diff(total // SIDES_AT_ONCE)) + 1).tolist(), len(outers)]
        first = np.append(first, len(inner))
        for start, end in pairwise(starts):
            if start < end:
                self._check_families(outers[start:end], inner[first[start] : first[end]])

    def _check_families(self, outers: np.ndarray, holes: np.ndarray) -> None:
        """`holes` lie directly in `outers`, in the same order."""
        family = np.concatenate((np.arange(len(outers)), np.searchsorted(outers, self.rings.parent[holes])))
        order = np.argsort(family, kind="stable")  # each outline first, its holes after it
        lines = self.lines(np.concatenate((outers, holes))[order])
        shapes = shapely.polygons(lines, indices=family[order])
        for place in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
            outer = int(outers[place])
            x, y = _flaw_place(shapes[place]) or self.points(outer)[0].tolist()
            self.rings.flaws.append(("crossing", x, y, outer))

    def part_crossing(self) -> None:
        """Contours that cross do not lie in each other, and together cover what an odd number of them does.

        Only where there are few, and none crosses itself: with more nobody could say what is meant.
        """
        rings = self.rings
        kinds = {kind for kind, _, _, _ in rings.flaws}
        if kinds != {"crossing"} or len(rings.area) > MOST_CROSSING or len(rings.segments) > SIDES_AT_ONCE:
            return
        shapes = shapely.polygons(self.lines(np.arange(len(rings.area))))
        if not shapely.is_valid(shapes).all():
            return
        grown = shapely.buffer(shapes, SLACK_MM)
        inner, outer = shapely.STRtree(grown).query(shapes, predicate="within")
        held = rings.area[outer] > rings.area[inner]
        inner, outer = inner[held], outer[held]
        rings.depth[:] = np.bincount(inner, minlength=len(shapes))
        rings.parent[:] = -1
        for ring, around in zip(inner.tolist(), outer.tolist(), strict=True):
            if rings.parent[ring] < 0 or rings.area[around] < rings.area[rings.parent[ring]]:
                rings.parent[ring] = around
        covered = shapely.Polygon()
        for shape in shapes:
            covered = covered.symmetric_difference(shape)
        sign = np.where(rings.depth % 2 == 0, 1.0, -1.0)
        rings.shared_area = covered.area - float((sign * shapely.area(shapes)).sum())

    def _check_top(self, tops: list[int]) -> None:
        if len(tops) < 2:
            return
        tree = shapely.STRtree(shapely.box(*self.rings.box[tops].T))
        one, other = tree.query(shapely.box(*self.rings.box[tops].T), predicate="intersects")
        shapes: dict[int, shapely.Polygon] = {}
        for a, b in zip(one[one < other].tolist(), other[one < other].tolist(), strict=True):
            for ring in (a, b):
                if ring not in shapes:
                    shapes[ring] = self.polygon(tops[ring])
                    shapely.prepare(shapes[ring])
            if len(self.rings.flaws) < MAX_FLAWS and shapely.overlaps(shapes[a], shapes[b]):
                place = shapely.intersection(shapes[a].boundary, shapes[b].boundary).representative_point()
                self.rings.flaws.append(("crossing", place.x, place.y, tops[a]))


def _crossings(points: np.ndarray, x: float, y: float) -> int:
    """How many sides of a closed polygon a ray from (x, y) to the right crosses."""
    x0, y0 = points.T
    x1, y1 = np.roll(x0, -1), np.roll(y0, -1)
    spans = (y0 > y) != (y1 > y)
    at = x0[spans] + (y - y0[spans]) * (x1[spans] - x0[spans]) / (y1[spans] - y0[spans])
    return int((at > x).sum())


def _flaw_place(shape) -> tuple[float, float] | None:
    match = re.search(r"\[(\S+) (\S+)\]", shapely.is_valid_reason(shape))
    return (float(match[1]), float(match[2])) if match else None
