"""Outlines of fewer points that cover the part, since every point is paid for in each no-fit polygon.

Corners are cut the other way round: of an outline's short edges the one goes first whose neighbours, made longer until
they meet, take in the least area; of its bays' corners the one whose two edges' chord does. Edges that stay lie where
they lay, so what is flush stays flush (as jagua-rs does it: Gardeyn and others, "Decoupling geometry from optimization
in 2D irregular cutting and packing problems", 2025).
"""

import heapq
import math
from collections.abc import Iterator

from shapely.geometry import Polygon
from shapely.geometry.polygon import orient

SIMPLE, MOST_POINTS = 8, 400  # with more points a shape is simplified, and then has at most so many
MORE_AREA, OUTWARDS = 0.001, 0.5  # of the shape's area at most, and mm beyond it
COARSER, LAST_COARSER = 4, 256  # times as much, until there are few enough points
LEAST_EDGE = 1e-9  # mm

Point = tuple[float, float]


def simplified(shape: Polygon) -> Polygon:
    """A polygon of fewer points that covers `shape`, and reaches not beyond its box.

    It has at most `MORE_AREA` more, each cut reaches `OUTWARDS` at most; what still has more than `MOST_POINTS` then
    is simplified more coarsely, without its holes, at last to its hull: nothing may take for ever.
    """
    if _points_of(shape) <= SIMPLE:
        return shape
    times = 1
    while times <= LAST_COARSER:
        found = _covered(shape, times * MORE_AREA * shape.area, times * OUTWARDS)
        if _points_of(found) <= MOST_POINTS:
            return found
        if found.interiors and _points_of(found) > COARSER * MOST_POINTS:
            shape = Polygon(shape.exterior)
        times *= COARSER
    return shape.convex_hull


def _covered(shape: Polygon, area: float, reach: float) -> Polygon:
    """`shape` itself where what came out is no polygon that covers it: outlines that nearly touch may cross."""
    shape = orient(shape)
    rings = [_Ring(list(ring.coords[:-1]), shape.bounds) for ring in (shape.exterior, *shape.interiors)]
    each = area / len(rings)
    outline, *holes = [ring.simplified(each, reach) for ring in rings]
    found = Polygon(outline, holes)
    return found if found.is_valid and found.buffer(1e-7).covers(shape) else shape


class _Ring:
    """A closed line with metal on its left, and what it costs to leave out each of its points or edges."""

    def __init__(self, points: list[Point], bounds: tuple[float, float, float, float]):
        self.points, self.bounds = points, bounds
        count = len(points)
        self.after = [(number + 1) % count for number in range(count)]
        self.before = [(number - 1) % count for number in range(count)]
        self.changes = [0] * count  # of what a price was asked for before, it no longer holds
        self.gone: set[int] = set()

    def simplified(self, area: float, reach: float) -> list[Point]:
        """With at most so much more area and so far beyond what it was, each time."""
        prices = [priced for number in range(len(self.points)) for priced in self._priced(number, reach)]
        heapq.heapify(prices)
        while prices and len(self.points) - len(self.gone) > 3:
            price, number, changes, corner = heapq.heappop(prices)
            if number in self.gone or changes != self.changes[number]:
                continue
            if price > area:
                break
            area -= price
            for changed in self._left_out(number, corner):
                self.changes[changed] += 1
                for priced in self._priced(changed, reach):
                    heapq.heappush(prices, priced)
        return [point for number, point in enumerate(self.points) if number not in self.gone]

    def _left_out(self, number: int, corner: Point | None) -> tuple[int, ...]:
        """Take out a point, or put one corner in the place of an edge; whose prices are others now."""
        if corner is not None:
            self.points[number] = corner
            number, kept = self.after[number], number
        before, after = self.before[number], self.after[number]
        self.after[before], self.before[after] = after, before
        self.gone.add(number)
        if corner is None:
            return self.before[before], before, after
        return self.before[self.before[kept]], self.before[kept], kept, after

    def _priced(self, number: int, reach: float) -> Iterator[tuple[float, int, int, Point | None]]:
        """(area, number, changes, corner) of leaving out a point of a bay or the edge that begins at a corner."""
        a, b = self.points[self.before[number]], self.points[number]
        c = self.points[self.after[number]]
        turn = _turn(a, b, c)
        if turn <= 0:
            if -turn <= reach * math.dist(a, c):
                yield -turn / 2, number, self.changes[number], None
            return
        d = self.points[self.after[self.after[number]]]
        if _turn(b, c, d) <= 0:
            return
        corner = _meeting(a, b, c, d)
        if corner is None or not self._within(corner):
            return
        more = -_turn(b, c, corner)
        if more >= 0 and more <= reach * max(math.dist(b, c), LEAST_EDGE) and self._onwards(a, b, c, d, corner):
            yield more / 2, number, self.changes[number], corner

    def _within(self, corner: Point) -> bool:
        left, bottom, right, top = self.bounds
        return left <= corner[0] <= right and bottom <= corner[1] <= top

    @staticmethod
    def _onwards(a: Point, b: Point, c: Point, d: Point, corner: Point) -> bool:
        """Whether the two edges meet where they would be made longer, and not behind where they begin."""
        one = (corner[0] - b[0]) * (b[0] - a[0]) + (corner[1] - b[1]) * (b[1] - a[1])
        other = (corner[0] - c[0]) * (c[0] - d[0]) + (corner[1] - c[1]) * (c[1] - d[1])
        return one >= 0 and other >= 0


def _points_of(shape: Polygon) -> int:
    return len(shape.exterior.coords) + sum(len(hole.coords) for hole in shape.interiors)


def _turn(a: Point, b: Point, c: Point) -> float:
    """Twice the area of the triangle; more than nothing where the way from a by b to c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _meeting(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Where the lines through a and b and through c and d meet."""
    along = b[0] - a[0], b[1] - a[1]
    across = d[0] - c[0], d[1] - c[1]
    slant = along[0] * across[1] - along[1] * across[0]
    if abs(slant) < 1e-12:
        return None
    share = ((c[0] - a[0]) * across[1] - (c[1] - a[1]) * across[0]) / slant
    return a[0] + share * along[0], a[1] + share * along[1]
