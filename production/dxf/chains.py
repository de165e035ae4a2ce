"""Joins loose runs of segments end to end into closed contours and open chains.

A chain is a list of half-edges: 2 k is run k walked forwards, 2 k + 1 backwards; a half-edge also names the end at
which it starts. A run is what one curve contributed: only its ends can meet something, however finely it was divided.
"""

from dataclasses import dataclass, field

import numpy as np

from production.dxf import arcs
from production.dxf.branches import split_branches
from production.dxf.limits import SAME_MM, WELD_MM
from production.dxf.nearness import same_points

Chain = list[int]
CROWD = 300


@dataclass(slots=True)
class Runs:
    """n runs: `segments` (m, 5) with `first` (n + 1,) where each begins."""

    segments: np.ndarray
    first: np.ndarray

    @classmethod
    def of(cls, parts: list[np.ndarray]) -> "Runs":
        segments = np.concatenate([np.empty((0, 5)), *parts])
        return cls(segments, np.cumsum([0, *map(len, parts)]))

    def __len__(self) -> int:
        return len(self.first) - 1

    def ends(self) -> np.ndarray:
        """The point at which each half-edge starts: (2 n, 2)."""
        return np.hstack((self.segments[self.first[:-1], 0:2], self.segments[self.first[1:] - 1, 2:4])).reshape(-1, 2)

    def lengths(self) -> np.ndarray:
        each = arcs.lengths(self.segments)
        return np.add.reduceat(each, self.first[:-1]) if len(self) else each

    def rows(self, half: int) -> np.ndarray:
        """The segments of a half-edge in walking order."""
        rows = self.segments[self.first[half >> 1] : self.first[(half >> 1) + 1]]
        return arcs.reversed_segments(rows) if half & 1 else rows

    def gather(self, chain: Chain) -> np.ndarray:
        return np.concatenate([self.rows(half) for half in chain])


@dataclass(slots=True)
class Chains:
    closed: list[Chain] = field(default_factory=list)
    open: list[Chain] = field(default_factory=list)
    branches: list[tuple[float, float, int]] = field(default_factory=list)  # x, y, how many runs meet


def join(runs: Runs) -> Chains:
    """Chain runs whose ends meet; ends that meet nothing are welded to the nearest other such end."""
    if not len(runs):
        return Chains()
    points = runs.ends()
    nodes = same_points(points, SAME_MM)
    nodes = _weld(points, nodes, np.diff(runs.first) == 1)
    degree = np.bincount(nodes)
    partner = _partners(nodes, degree)
    closed, paths = _walk(partner.tolist())
    return _sort_out(runs, points, closed, paths, nodes, degree)


def _weld(points: np.ndarray, nodes: np.ndarray, single: np.ndarray) -> np.ndarray:
    """Bring together the nearest loose ends. The two ends of one line never: that would swallow a tiny one."""
    loose = np.flatnonzero(np.bincount(nodes)[nodes] == 1)
    taken, relabel = set(), nodes.copy()
    for _, one, other in nearest_pairs(points[loose], WELD_MM):
        if one in taken or other in taken or (loose[one] >> 1 == loose[other] >> 1 and single[loose[one] >> 1]):
            continue
        taken |= {one, other}
        relabel[loose[other]] = relabel[loose[one]]
    return relabel


def nearest_pairs(points: np.ndarray, reach: float) -> list[tuple[float, int, int]]:
    """All pairs of points closer than `reach` as (distance, number, number), nearest first.

    Where hundreds of ends crowd together no two of them belong to each other, and they are left alone.
    """
    cells: dict[tuple[int, int], list[int]] = {}
    for number, cell in enumerate(map(tuple, np.floor(points / reach).astype(np.int64).tolist())):
        cells.setdefault(cell, []).append(number)
    places = points.tolist()
    found = []
    for (column, row), members in cells.items():
        around = [n for dx in (-1, 0, 1) for dy in (-1, 0, 1) for n in cells.get((column + dx, row + dy), ())]
        if len(around) > CROWD:
            continue
        for one in members:
            x, y = places[one]
            for other in around:
                if other > one:
                    distance = ((x - places[other][0]) ** 2 + (y - places[other][1]) ** 2) ** 0.5
                    if distance < reach:
                        found.append((distance, one, other))
    return sorted(found)


def _partners(nodes: np.ndarray, degree: np.ndarray) -> np.ndarray:
    """For each half-edge the one other that starts at the same node, or -1 where there is none or a choice."""
    order = np.argsort(nodes, kind="stable")
    first = np.cumsum(degree) - degree
    pairs = first[degree == 2]
    partner = np.full(len(nodes), -1, dtype=np.int64)
    one, other = order[pairs], order[pairs + 1]
    partner[one], partner[other] = other, one
    return partner


def _walk(partner: list[int]) -> tuple[list[Chain], list[Chain]]:
    seen = bytearray(len(partner) // 2)
    closed, paths = [], []

    def follow(half: int) -> Chain:
        chain = []
        while half >= 0 and not seen[half >> 1]:
            seen[half >> 1] = 1
            chain.append(half)
            half = partner[half ^ 1]
        return chain

    for half, other in enumerate(partner):
        if other < 0 and not seen[half >> 1]:
            paths.append(follow(half))
    for segment in range(len(seen)):
        if not seen[segment]:
            closed.append(follow(2 * segment))
    return closed, paths


def _sort_out(runs: Runs, points, closed, paths, nodes, degree) -> Chains:
    ends = [(int(nodes[path[0]]), int(nodes[path[-1] ^ 1])) for path in paths]
    branched = [number for number, (a, b) in enumerate(ends) if degree[a] > 2 or degree[b] > 2]
    plain = set(range(len(paths))) - set(branched)
    chains = Chains(closed, [paths[number] for number in sorted(plain)])
    if branched:
        more_closed, more_open = split_branches(
            runs, [paths[number] for number in branched], [ends[number] for number in branched]
        )
        chains.closed += more_closed
        chains.open += more_open
        chains.branches = _branch_places(points, nodes, degree)
    return chains


def _branch_places(points, nodes, degree) -> list[tuple[float, float, int]]:
    busy = np.flatnonzero(degree[nodes] > 2)
    _, first = np.unique(nodes[busy], return_index=True)
    rows = busy[first]
    return [(x, y, int(count)) for (x, y), count in zip(points[rows].tolist(), degree[nodes[rows]], strict=True)]
