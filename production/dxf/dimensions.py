"""Finds dimensions that were exploded to lines: what is left of one is a line with an arrow at each end.

Arrows are what no part to cut has: strokes that run together to a tip on the end of a line, or the filled triangle and
the arrow block of a CAD program, which are not read as curves but noted as tips. Only whole figures count, two tips
and what they point at, so that a contour is never taken for one.
"""

import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from production.dxf import arcs
from production.dxf.curves import Strokes
from production.dxf.nearness import same_points

MOST_LINES = 20_000
FEWEST_STROKES = 3  # that meet at the tip of an arrow drawn in lines
MOST_FIGURES = 1000  # with an arrow at each end, or at one: no sheet has room for more
CROWD = 40  # where so many ends meet there is no arrow
REACH_MM = 0.15  # a tip may miss its line by so much, or by a share of its arrow
SLIMMEST, WIDEST = math.radians(2), math.radians(40)  # between an arrow's strokes and its line
LONGEST_HEAD = 0.45  # of the line between two arrows
HEAD_LIKE = 1.4  # strokes of one head differ by no more
SQUARE = math.sin(math.radians(3))
SAME_WAY = 1e-4
LEAST_MEASURED_MM, SHORTEST_MM = 2.0, 0.5

Point = tuple[float, float]


def dimension_sources(strokes: Strokes, tips: np.ndarray) -> set[int]:
    """The sources of dimension lines, of their arrows and of the lines they stand on.

    `tips` (n, 4) are filled arrows: their tip, and the middle of their back, where the line may end. What closes a
    contour with other lines is never among the sources.
    """
    lines = _Lines(strokes, tips)
    candidates = lines.candidates()
    if not candidates:
        return set()
    lines.look_up()
    found, single, whole = set(), [], []
    for number in candidates:
        heads = [head for end in (0, 1) if (head := lines.head(number, end))]
        if len(heads) == 2:
            whole.append((number, heads))
        elif heads:
            single.append((number, heads[0]))
    if len(whole) + len(single) > MOST_FIGURES:
        return set()
    for number, heads in whole:
        if all(head.filled or lines.stands(number, head) for head in heads):
            found |= lines.figure(number, heads)
    for (number, head), (other, its) in lines.halves(single):
        if all(each.filled or lines.stands(number, each) for each in (head, its)):
            found |= lines.figure(number, [head, its]) | {other}
    for number, head in single if found else ():  # where there is no room between, arrows point from outside
        if lines.posts(number, head):
            found |= lines.figure(number, [head])
    return {int(lines.source[number]) for number in found}


@dataclass(slots=True)
class _Head:
    tip: Point
    size: float
    strokes: set[int]
    filled: bool

    @property
    def reach(self) -> float:
        return max(REACH_MM, 0.05 * self.size)


def _cell(x: float, y: float) -> tuple[int, int]:
    return math.floor(x / REACH_MM), math.floor(y / REACH_MM)


def _around(x: float, y: float):
    column, row = _cell(x, y)
    return ((column + dx, row + dy) for dx in (-1, 0, 1) for dy in (-1, 0, 1))


class _Lines:
    """The curves that are one straight line, and what meets at their ends."""

    def __init__(self, strokes: Strokes, tips: np.ndarray):
        first = np.flatnonzero(np.diff(strokes.source, prepend=-1))
        count = np.diff(np.append(first, len(strokes.source)))
        straight = np.abs(strokes.segments[first, 4]) <= arcs.STRAIGHT
        rows = first[(count == 1) & straight]
        self.source = strokes.source[rows]
        self.ends = strokes.segments[rows, :4].reshape(-1, 2, 2)
        self.length = strokes.length[rows]
        self.unit = (self.ends[:, 1] - self.ends[:, 0]) / np.maximum(self.length, 1e-9)[:, None]
        self.segments = strokes.segments
        self.filled: dict[tuple[int, int], tuple[Point, float]] = {}
        for x, y, back_x, back_y in tips.tolist():
            for cell in (_cell(x, y), _cell(back_x, back_y)):
                self.filled[cell] = (x, y), math.dist((x, y), (back_x, back_y))
        self.rows = rows
        self.at: dict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        self.other_ends: set[tuple[int, int]] = set()

    def candidates(self) -> list[int]:
        """The lines at whose ends enough meets for an arrow; in most drawings none."""
        if not 1 <= len(self.source) <= MOST_LINES:
            return []
        busy = np.zeros((len(self.source), 2), dtype=bool)
        if len(self.source) >= FEWEST_STROKES:
            spot = same_points(self.ends.reshape(-1, 2), REACH_MM)
            busy = (np.bincount(spot)[spot] >= FEWEST_STROKES).reshape(-1, 2)
        if self.filled:
            near = [any(cell in self.filled for cell in _around(*point)) for point in self.ends.reshape(-1, 2).tolist()]
            busy |= np.array(near).reshape(-1, 2)
        return np.flatnonzero(busy.any(1) & (self.length > LEAST_MEASURED_MM)).tolist()

    def look_up(self) -> None:
        """Note what ends where."""
        for number, points in enumerate(self.ends.tolist()):
            for end, point in enumerate(points):
                self.at[_cell(*point)].append((number, end))
        others = self.segments[np.setdiff1d(np.arange(len(self.segments)), self.rows)]
        self.other_ends = {_cell(*point) for point in others[:, :4].reshape(-1, 2).tolist()}

    def meeting(self, point, but: int) -> list[tuple[int, int]]:
        """(line, end) of every end at a point."""
        found = []
        for cell in _around(*point):
            here = self.at.get(cell, ())
            found += [pair for pair in here[: CROWD + 1] if pair[0] != but]
        if len(found) > CROWD:
            return []
        return [(n, end) for n, end in found if math.dist(self.ends[n, end], point) < REACH_MM]

    def is_free(self, point, but: int, ignored: set[int] = frozenset()) -> bool:
        """Whether an end meets nothing but what is `ignored`, or lies on it for a second time."""
        for n, end in self.meeting(point, but):
            own = self.unit[but] if math.dist(self.ends[but, 0], point) < REACH_MM else -self.unit[but]
            again = (self.unit[n] if end == 0 else -self.unit[n]) @ own > 1 - SAME_WAY
            if n not in ignored and not again:
                return False
        return not any(cell in self.other_ends for cell in _around(*point))

    def head(self, number: int, end: int) -> _Head | None:
        """The arrow at the end of a line."""
        point = self.ends[number, end].tolist()
        known = next((self.filled[cell] for cell in _around(*point) if cell in self.filled), None)
        if known and known[1] < LONGEST_HEAD * self.length[number] + REACH_MM:
            return _Head(*known, set(), True)
        inward = self.unit[number] * (1 if end == 0 else -1)
        sides: dict[bool, list[int]] = {True: [], False: []}
        for other, at in self.meeting(point, number):
            along = self.unit[other] * (1 if at == 0 else -1)
            turn = math.atan2(inward[0] * along[1] - inward[1] * along[0], float(inward @ along))
            if SLIMMEST <= abs(turn) <= WIDEST and self.length[other] < LONGEST_HEAD * self.length[number]:
                sides[turn > 0].append(other)
        if not sides[True] or not sides[False]:
            return None
        sizes = self.length[sides[True] + sides[False]]
        if sizes.max() > HEAD_LIKE * sizes.min():
            return None
        return _Head(tuple(point), float(sizes.max()), set(sides[True] + sides[False]), False)

    def stands(self, number: int, head: _Head) -> bool:
        """Whether a tip points at something: a line square to its own, or a curve."""
        start, end = self.segments[:, 0:2], self.segments[:, 2:4]
        chord = end - start
        size = np.maximum(np.hypot(*chord.T), 1e-9)
        beside = np.array(head.tip) - start
        along = (beside * chord).sum(1) / size
        off = np.abs(beside[:, 0] * chord[:, 1] - beside[:, 1] * chord[:, 0]) / size
        square = np.abs(chord @ self.unit[number]) < SQUARE * size
        straight = np.abs(self.segments[:, 4]) <= arcs.STRAIGHT
        if (straight & square & (off < head.reach) & (along > -head.reach) & (along < size + head.reach)).any():
            return True
        curved = self.segments[~straight]
        if not len(curved):
            return False
        cx, cy, radius = arcs.centres(curved)
        return bool((np.abs(np.hypot(cx - head.tip[0], cy - head.tip[1]) - radius) < head.reach).any())

    def halves(self, single: list[tuple[int, _Head]]):
        """Pairs of lines with one arrow each that are one line, parted by its number."""
        single = [(number, head) for number, head in single if self.is_free(self._inner(number, head), number)]
        for place, (number, head) in enumerate(single):
            for other, its in single[:place]:
                reach = max(head.reach, its.reach)
                inner, far = self._inner(number, head), self._inner(other, its)
                across = np.array(its.tip) - head.tip
                size = float(np.hypot(*across))
                if size < self.length[number] + self.length[other]:
                    continue
                beside = [abs(across[0] * (y - head.tip[1]) - across[1] * (x - head.tip[0])) for x, y in (inner, far)]
                if max(beside) < reach * size and math.dist(inner, far) < size:
                    yield (number, head), (other, its)

    def _inner(self, number: int, head: _Head) -> Point:
        """The end of a line that is farther from its arrow."""
        return max(self.ends[number].tolist(), key=lambda point: math.dist(point, head.tip))

    def figure(self, number: int, heads: list[_Head]) -> set[int]:
        """A dimension line with its arrows and the lines it stands on."""
        strokes = set().union(*(head.strokes for head in heads))
        return {number, *strokes, *self._backs(strokes), *set().union(*(self.posts(number, head) for head in heads))}

    def posts(self, number: int, head: _Head) -> set[int]:
        """The lines square to a dimension line on which its tip stands: those that end freely, never a part's side."""
        tip = np.array(head.tip)
        beside = tip - self.ends[:, 0]
        along = (beside * self.unit).sum(1)
        off = np.abs(beside[:, 0] * self.unit[:, 1] - beside[:, 1] * self.unit[:, 0])
        square = np.abs(self.unit @ self.unit[number]) < SQUARE
        near = square & (off < head.reach) & (along > -head.reach) & (along < self.length + head.reach)
        near &= self.length > SHORTEST_MM
        return {n for n in np.flatnonzero(near).tolist() if self._is_post(n, float(along[n]), {number, *head.strokes})}

    def _is_post(self, number: int, at: float, dimension: set[int]) -> bool:
        """It ends freely beyond the dimension line, and its foot meets nothing, or a corner that closes without it."""
        beyond = 1 if at > self.length[number] / 2 else 0
        if not self.is_free(self.ends[number, beyond].tolist(), number, dimension):
            return False
        foot = self.ends[number, 1 - beyond].tolist()
        return self.is_free(foot, number) or len(self.meeting(foot, number)) > 1

    def _backs(self, strokes: set[int]) -> set[int]:
        """The lines that close the backs of arrows: both their ends are ends of its strokes."""
        ends = {_cell(*point) for n in strokes for point in self.ends[n].tolist()}
        found = set()
        for n in strokes:
            for point in self.ends[n].tolist():
                for other, _ in self.meeting(point, n):
                    if other not in strokes and self.length[other] < self.length[n]:
                        found |= {other} if all(_cell(*p) in ends for p in self.ends[other].tolist()) else set()
        return found
