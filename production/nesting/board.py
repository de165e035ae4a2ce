"""One sheet with pieces on it, and for every part the places that are still free."""

import numpy as np

from production.nesting.nofit import Shapes, difference, intersection
from production.nesting.problem import Spot

SLABS = 12


class Slab:
    """The free places of one part and angle within one slice across the sheet; `done` pieces are cut from it so far."""

    __slots__ = ("box", "done", "paths", "points")

    def __init__(self, paths):
        self.done = 0
        self.set(paths)

    def set(self, paths) -> None:
        self.paths = paths
        if paths:
            self.points = np.array([point for path in paths for point in path], dtype=np.int64)
            self.box = (*self.points.min(0).tolist(), *self.points.max(0).tolist())


class Board:
    """Free places only shrink as pieces are put: they are cut slice by slice, and only for what is asked for."""

    def __init__(self, shapes: Shapes, sheet: int, spots=(), window: list[int] | None = None):
        """`window`: only within this box (left, bottom, right, top, in units) pieces are put."""
        self.shapes, self.sheet, self.window = shapes, sheet, window
        area = shapes.problem.sheets[sheet]
        self.along = 0 if area.width >= area.height else 1
        self.spots: list[Spot] = []
        self._at: list[np.ndarray] = []
        self._slabs: dict[tuple[int, float], list[Slab]] = {}
        for spot in spots:
            self.put(spot)

    def put(self, spot: Spot) -> None:
        self.spots.append(spot)
        self._at.append(np.array((self.shapes.units(spot.x), self.shapes.units(spot.y)), dtype=np.int64))

    def slabs(self, part: int, angle: float):
        """Those with any room, from the sheet's start on, each cut when it is its turn."""
        key = part, angle
        if key not in self._slabs:
            self._slabs[key] = [Slab(paths) for paths in self._empty(key)]
        kept = self._slabs[key]
        number = 0
        while number < len(kept):
            slab = kept[number]
            self._cut(key, slab)
            if slab.paths:
                yield slab
                number += 1
            else:
                kept.pop(number)

    def _empty(self, key) -> list:
        if self.window is None:
            return self.shapes.slices(self.sheet, key, self.along, SLABS)
        low_x, low_y, high_x, high_y = self.shapes.bounds(*key)
        left, bottom, right, top = self.window
        left, bottom, right, top = left - low_x, bottom - low_y, right - high_x, top - high_y
        if right < left or top < bottom:
            return []
        right, top = max(right, left + 1), max(top, bottom + 1)
        room = self.shapes.innerfit(self.sheet, key)
        if not self.shapes.problem.sheets[self.sheet].rectangle or not room:
            found = intersection(room, [_ring(left, bottom, right, top)])
            return [found] if found else []
        # Most windows lie within a whole sheet: then no polygons have to be cut.
        low, high = room[0][0], room[0][2]
        left, bottom, right, top = max(left, low[0]), max(bottom, low[1]), min(right, high[0]), min(top, high[1])
        return [[_ring(left, bottom, right, top)]] if left < right and bottom < top else []

    def _cut(self, key, slab: Slab) -> None:
        if slab.done == len(self.spots):
            return
        left, bottom, right, top = slab.box
        taken = []
        for spot, at in zip(self.spots[slab.done :], self._at[slab.done :], strict=True):
            _, box = self.shapes.nofit((spot.part, spot.angle), key)
            x, y = at.tolist()
            if box[0] + x < right and box[2] + x > left and box[1] + y < top and box[3] + y > bottom:
                taken += self.shapes.moved(spot, at, key)
        if taken:
            slab.set(difference(slab.paths, taken))
        slab.done = len(self.spots)

    def spot(self, part: int, angle: float, place) -> Spot:
        return Spot(part, angle, int(place[0]) / self.shapes.scale, int(place[1]) / self.shapes.scale)


def _ring(left: int, bottom: int, right: int, top: int) -> list[tuple[int, int]]:
    return [(left, bottom), (right, bottom), (right, top), (left, top)]
