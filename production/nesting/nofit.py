"""Where one part may lie beside another: no-fit polygons by Minkowski sums, in whole units so that nothing drifts.

Every part is grown by half the gap, so that touching means the gap. A no-fit polygon of (a, b) is the set of places of
b's origin, seen from a's, where the two overlap: outlines counter-clockwise, and clockwise the pockets in it where b
lies free within a hole or a bay of a.
"""

import itertools

import numpy as np
import pyclipper
from shapely.geometry import Polygon

from production.nesting.convolving import winding
from production.nesting.covering import simplified
from production.nesting.problem import Problem, Spot, turned, unlike

REACH = 4e8  # units: beyond 2^30 clipper counts in a slower way
FINEST = 10_000  # units per mm
SLACK = 0.002  # mm of the gap given up, so that what fits exactly is found
LEAST_GROWTH = 3  # units, so that rounding never makes parts overlap when there is no gap
MOST_MOVED = 20_000  # moved no-fit polygons kept; thirty points are some 5 kB

Paths = list[list[tuple[int, int]]]


class Shapes:
    """The parts of a problem, grown and in units, and their no-fit polygons, made when they are first asked for."""

    def __init__(self, problem: Problem):
        self.problem = problem
        sides = [max(problem.reach(number)) for number in range(len(problem.sheets))]
        sides += [max(map(abs, part.solid.bounds)) * 2 for part in problem.parts]
        self.scale = FINEST
        while self.scale > 1 and max(sides, default=1) * self.scale > REACH:
            self.scale //= 10
        self.growth = max((problem.gap - SLACK) / 2, LEAST_GROWTH / self.scale)
        self.least = min((_least_side(part.solid) for part in problem.parts), default=0.0)
        self._grown = [grown(part, self.growth, self.least) for part in problem.parts]
        # A hole that nothing lies in says nothing of how a part lies.
        self.angles = [
            unlike(part.shape if grown.interiors else part.solid, part.angles)
            for part, grown in zip(problem.parts, self._grown, strict=True)
        ]
        self._outlines: dict[tuple[int, float], Paths] = {}
        self._bounds: dict[tuple[int, float], tuple[int, int, int, int]] = {}
        self._nofits: dict[tuple, tuple[list[np.ndarray], tuple]] = {}
        self._made: dict[tuple, list[np.ndarray]] = {}
        self._outside: dict[tuple, int] = {}  # how many of these do not come from holes
        self._innerfits: dict[tuple, Paths] = {}
        self._moved: dict[tuple, list] = {}

    def units(self, length: float) -> int:
        return round(length * self.scale)

    def outline(self, part: int, angle: float) -> Paths:
        """The grown part turned by `angle`: its outline, then the holes that anything might lie in."""
        key = part, angle
        if key not in self._outlines:
            shape = turned(self._grown[part], angle)
            rings = [shape.exterior, *shape.interiors]
            paths = [_path(ring, self.scale) for ring in rings]
            self._outlines[key] = [_wound(path, number == 0) for number, path in enumerate(paths)]
            points = np.array(paths[0])
            self._bounds[key] = (*points.min(0).tolist(), *points.max(0).tolist())
        return self._outlines[key]

    def hosting(self, part: int) -> bool:
        """Whether it has a hole that anything might lie in."""
        return bool(self._grown[part].interiors)

    def bounds(self, part: int, angle: float) -> tuple[int, int, int, int]:
        self.outline(part, angle)
        return self._bounds[part, angle]

    def nofit(self, a: tuple[int, float], b: tuple[int, float]) -> tuple[list[np.ndarray], tuple]:
        """Paths of the no-fit polygon as arrays, and its box."""
        key = a, b
        if key not in self._nofits:
            # The same two shapes, both turned by quarters, have the same polygon turned: it is made once for all.
            quarter = a[1] if a[1] % 90 == 0 else 0.0
            paths = self._nofit((a[0], a[1] - quarter), (b[0], (b[1] - quarter) % 360))
            arrays = [_quarters(path, quarter) for path in paths]
            low, high = arrays[0].min(0), arrays[0].max(0)
            self._nofits[key] = arrays, (*low.tolist(), *high.tolist())
        return self._nofits[key]

    def moved(self, spot: Spot, at: np.ndarray, b: tuple[int, float]) -> list:
        """The paths of what a piece at `at` keeps from b, as they lie on the sheet."""
        key = spot, b
        found = self._moved.get(key)
        if found is None:
            if len(self._moved) >= MOST_MOVED:
                self._moved.clear()
            arrays, _ = self.nofit((spot.part, spot.angle), b)
            found = self._moved[key] = [(array + at).tolist() for array in arrays]
        return found

    def _nofit(self, a: tuple[int, float], b: tuple[int, float]) -> list[np.ndarray]:
        """The paths as they are made; those of (b, a) come from those of (a, b)."""
        key = a, b
        if key not in self._made:
            if a[0] > b[0] and a[1] == 0 and b[1] % 90 == 0:
                paths = [_quarters(path, b[1] + 180) for path in self._nofit((b[0], 0.0), (a[0], -b[1] % 360))]
                paths = paths[: self._outside[(b[0], 0.0), (a[0], -b[1] % 360)]]
            else:
                paths = [np.array(path, dtype=np.int64) for path in nofit(self.outline(*a), self.outline(*b))]
            self._outside[key] = len(paths)
            if self.problem.parts[a[0]].hosts and self.problem.parts[b[0]].in_holes:
                paths += [
                    np.array(path, dtype=np.int64)
                    for path in pockets_in_holes(self.outline(*a)[1:], self.outline(*b)[0])
                ]
            self._made[key] = paths
        return self._made[key]

    def innerfit(self, sheet: int, b: tuple[int, float]) -> Paths:
        """Where b may lie on the empty sheet."""
        key = sheet, b
        if key not in self._innerfits:
            area = self.problem.sheets[sheet]
            if area.usable.is_empty:
                self._innerfits[key] = []
            elif area.rectangle:
                low_x, low_y, _, _ = area.usable.bounds
                self._innerfits[key] = self._in_rectangle((low_x, low_y, *self.problem.reach(sheet)), b)
            else:
                self._innerfits[key] = self._in_outline(area.usable, b)
        return self._innerfits[key]

    def slices(self, sheet: int, b: tuple[int, float], along: int, count: int) -> list[Paths]:
        """The same in slices across the sheet, those that are not empty."""
        key = sheet, b, along
        if key not in self._innerfits:
            self._innerfits[key] = sliced(self.innerfit(sheet, b), along, count)
        return self._innerfits[key]

    def _in_rectangle(self, usable: tuple, b: tuple[int, float]) -> Paths:
        grown = round(self.growth * self.scale)
        low_x, low_y, high_x, high_y = self.bounds(*b)
        left, bottom = _up(usable[0], self.scale) - grown - low_x, _up(usable[1], self.scale) - grown - low_y
        right, top = _down(usable[2], self.scale) + grown - high_x, _down(usable[3], self.scale) + grown - high_y
        if right < left - 2 or top < bottom - 2:  # two units: rounding of what fits exactly
            return []
        right, top = max(right, left + 1), max(top, bottom + 1)
        return [[(left, bottom), (right, bottom), (right, top), (left, top)]]

    def _in_outline(self, usable, b: tuple[int, float]) -> Paths:
        # Between sheet and part there is no gap: the part as it is. At corners, growing both would not be the same.
        own = _wound(_path(turned(simplified(self.problem.parts[b[0]].solid), b[1]).exterior, self.scale), True)
        fits: Paths = []
        for piece in getattr(usable, "geoms", [usable]):
            room = piece.buffer(LEAST_GROWTH / self.scale, join_style="mitre")
            rings = [_path(ring, self.scale) for ring in (room.exterior, *room.interiors)]
            free = inside(rings[0], own)
            taken = [path for ring in rings[1:] for path in nofit([_wound(ring, True)], [own])]
            fits += difference(free, taken) if taken else free
        return fits


def grown(part, growth: float, least: float) -> Polygon:
    """The part grown and, when it has many points, simplified outwards; holes that nothing fits in are filled."""
    shape = part.shape if part.hosts else part.solid
    kept = [hole for hole in shape.interiors if part.hosts and _least_side(Polygon(hole)) > least]
    shape = Polygon(shape.exterior, kept)
    simple = simplified(shape)
    larger = simple.buffer(growth, join_style="mitre", mitre_limit=2.0)
    if larger.geom_type != "Polygon":
        larger = Polygon(shape.convex_hull.buffer(growth, join_style="mitre", mitre_limit=2.0).exterior)
    return larger


def nofit(a: Paths, b: Paths) -> Paths:
    """See the module, without the holes of `a`: the outline first, then its bays."""
    paths = winding(a[0], _mirrored(b[0]), pyclipper.PFT_POSITIVE)
    blocked = max((path for path in paths if pyclipper.Orientation(path)), key=pyclipper.Area)
    return [blocked, *(path for path in paths if not pyclipper.Orientation(path))]


def pockets_in_holes(holes: Paths, b: list[tuple[int, int]]) -> Paths:
    """Where b lies within one of the holes, clockwise."""
    return [_wound(path, False) for hole in holes for path in inside(hole, b)]


def _quarters(path: np.ndarray, angle: float) -> np.ndarray:
    """Turned about the origin by a multiple of 90 degrees."""
    x, y = path[:, 0], path[:, 1]
    turns = {0: (x, y), 90: (-y, x), 180: (-x, -y), 270: (y, -x)}
    return np.stack(turns[int(angle) % 360], axis=1)


def inside(room: list[tuple[int, int]], b: list[tuple[int, int]]) -> Paths:
    """Places of b's origin where b lies within the ring `room`."""
    (left, bottom), (right, top) = np.array(room).min(0), np.array(room).max(0)
    (b_left, b_bottom), (b_right, b_top) = np.array(b).min(0), np.array(b).max(0)
    if b_right - b_left >= right - left or b_top - b_bottom >= top - bottom:
        return []
    paths = winding(_wound(room, False), _mirrored(b), pyclipper.PFT_NEGATIVE)
    return [_wound(path, True) for path in paths]


def sliced(paths: Paths, along: int, count: int) -> list[Paths]:
    if not paths:
        return []
    points = np.array([point for path in paths for point in path])
    low, high = points.min(0) - 1, points.max(0) + 1
    cuts = np.linspace(low[along], high[along], count + 1).round().astype(int).tolist()
    slices = []
    for start, end in itertools.pairwise(cuts):
        corner, far = low.tolist(), high.tolist()
        corner[along], far[along] = start, end
        (left, bottom), (right, top) = corner, far
        room = [(left, bottom), (right, bottom), (right, top), (left, top)]
        slices.append(intersection(paths, [room]))
    return [paths for paths in slices if paths]


def _mirrored(ring):
    return [(-x, -y) for x, y in ring]


def difference(paths: Paths, taken) -> Paths:
    return _clipped(pyclipper.CT_DIFFERENCE, paths, taken)


def intersection(paths: Paths, others) -> Paths:
    return _clipped(pyclipper.CT_INTERSECTION, paths, others)


def _clipped(operation: int, paths: Paths, taken) -> Paths:
    clipper = pyclipper.Pyclipper()
    try:
        clipper.AddPaths(paths, pyclipper.PT_SUBJECT, True)
        clipper.AddPaths(taken, pyclipper.PT_CLIP, True)
    except pyclipper.ClipperException:  # nothing with an area is left
        return paths if paths and not taken else []
    return clipper.Execute(operation, pyclipper.PFT_NONZERO, pyclipper.PFT_NONZERO)


def _path(ring, scale: int) -> list[tuple[int, int]]:
    points = [(round(x * scale), round(y * scale)) for x, y in ring.coords[:-1]]
    return [point for number, point in enumerate(points) if point != points[number - 1]]


def _wound(path, counter_clockwise: bool):
    return path if pyclipper.Orientation(path) == counter_clockwise else path[::-1]


def _up(length: float, scale: int) -> int:
    return int(np.ceil(length * scale - 1e-6))


def _down(length: float, scale: int) -> int:
    return int(np.floor(length * scale + 1e-6))


def _least_side(shape) -> float:
    """The shorter side of the smallest turned box around a shape."""
    corners = np.array(shape.minimum_rotated_rectangle.exterior.coords) if shape.area else np.zeros((5, 2))
    sides = np.hypot(*np.diff(corners, axis=0)[:2].T)
    return float(sides.min())
