"""Finds what is drawn twice: whole lines and arcs, forwards or backwards, and parts of them.

A laser follows every line it is given, so a line drawn twice is cut twice, and paid for twice.
"""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise

import numpy as np

from production.dxf import arcs
from production.dxf.limits import SAME_MM
from production.dxf.nearness import Groups, same_points
from production.dxf.traced import traced_rows

LEAST_OVERLAP_MM = 2 * SAME_MM
ANGLE_CELL = np.pi / 30_000
OFFSET_CELL_MM = 0.02
KEY = 1 << 40  # puts two cell numbers into one
LARGEST_RADIUS_MM = 20_000.0  # flatter arcs have no dependable centre; they are only compared whole


@dataclass(slots=True)
class Overlaps:
    """`covered` (n,): how much of each segment, in mm, another one cuts already. `pieces` replace loose segments that
    overlap in part: (segment number, new segment) for what is left of them. `shared` are, in the same form,
    stretches of loose segments that lie on a closed contour: cut with it, but perhaps another contour's side too."""

    covered: np.ndarray
    replaced: np.ndarray
    pieces: list[tuple[int, list[float]]]
    shared: list[tuple[int, list[float]]]


def find_overlaps(segments, size, source, rank, fixed, fitted) -> Overlaps:
    """Compare segments (n, 5) of lengths `size`; all other arguments are (n,) too.

    Of two that lie on each other the one with the lower `rank` keeps the line. `fixed` segments belong to a closed
    contour and are never taken apart. Arcs `fitted` to a spline or ellipse are only compared whole.
    """
    covered = np.zeros(len(segments))
    same, shared = _exact(segments, size, rank, fixed)
    covered[same] = size[same]
    result = Overlaps(covered, same & ~fixed, [], [(n, segments[n].tolist()) for n in shared])
    left = np.flatnonzero(~same)
    curved = np.abs(segments[left, 4]) > arcs.STRAIGHT
    _lines(segments, left[~curved], rank, fixed, result)
    _arcs(segments, left[curved & ~fitted[left]], rank, fixed, result)
    traced = traced_rows(segments, source, rank, covered, fitted)
    covered[traced] = size[traced]
    result.replaced[traced & ~fixed] = True
    result.shared.extend((n, segments[n].tolist()) for n in np.flatnonzero(traced & ~fixed).tolist())
    return result


def _exact(segments, size, rank, fixed) -> tuple[np.ndarray, list[int]]:
    """Which segments repeat one of lower rank: same ends, same middle. Also the loose that repeat a fixed one."""
    repeated = np.zeros(len(segments), dtype=bool)
    rows = np.flatnonzero(size > 4 * SAME_MM)
    if not rows.size:
        return repeated, []
    middle = same_points(arcs.middles(segments[rows]), SAME_MM)
    several = np.bincount(middle)[middle] > 1  # few have anything else in their middle: only those are looked at
    rows, middle = rows[several], middle[several]
    if not rows.size:
        return repeated, []
    some = segments[rows]
    ends = same_points(np.concatenate((some[:, 0:2], some[:, 2:4])), SAME_MM).reshape(2, -1)
    low, high = ends.min(0), ends.max(0)
    order = np.lexsort((rank[rows], high, low, middle))
    middle, low, high = middle[order], low[order], high[order]
    again = np.flatnonzero((middle[1:] == middle[:-1]) & (low[1:] == low[:-1]) & (high[1:] == high[:-1])) + 1
    again_rows, before = rows[order[again]], rows[order[again - 1]]
    repeated[again_rows] = True
    return repeated, again_rows[fixed[before] & ~fixed[again_rows]].tolist()


# -- lines -------------------------------------------------------------------------------------------------------------


def _lines(segments, rows, rank, fixed, result: Overlaps) -> None:
    if len(rows) < 2:
        return
    x0, y0, x1, y1, _ = segments[rows].T
    angle = np.mod(np.arctan2(y1 - y0, x1 - x0), np.pi)
    pairs = []
    for angle_shift in (0.0, 0.5):
        bin_ = np.floor(angle / ANGLE_CELL + angle_shift).astype(np.int64)
        turned = bin_ >= round(np.pi / ANGLE_CELL)  # almost half a turn is almost none, seen from the other end
        direction = np.where(turned, angle - np.pi, angle)
        cos, sin = np.cos(direction), np.sin(direction)
        offset = ((y0 + y1) * cos - (x0 + x1) * sin) / 2
        start, end = x0 * cos + y0 * sin, x1 * cos + y1 * sin
        start, end = np.minimum(start, end), np.maximum(start, end)
        bin_ = np.where(turned, 0, bin_)
        for offset_shift in (0.0, 0.5):
            cell = np.floor(offset / OFFSET_CELL_MM + offset_shift).astype(np.int64)
            pairs.append(_touching(bin_ * KEY + cell, start, end, LEAST_OVERLAP_MM))
    pairs = np.unique(np.concatenate(pairs), axis=0)
    pairs = pairs[_collinear(segments[rows], pairs)]
    for members in _clusters(pairs, len(rows)):
        _resolve_lines(segments, rows[members], rank, fixed, result)


def _touching(keys: np.ndarray, start, end, least) -> np.ndarray:
    """Pairs that share a key and a stretch longer than `least`: each with whatever reaches furthest before it, and with
    its neighbour. Enough to connect all that overlap, without the n² pairs of a pile of lines."""
    order = np.lexsort((start, keys))
    keys, low, high = keys[order], start[order], end[order]
    group = np.zeros(len(keys), dtype=np.int32)
    np.cumsum(keys[1:] != keys[:-1], out=group[1:])
    base = low.min()
    lift = (high.max() - base + 1.0) * group
    reach = np.maximum.accumulate(high - base + lift)
    place = np.arange(len(order))
    furthest = np.maximum.accumulate(np.where(high - base + lift >= reach, place, 0))
    found = []
    for before in (furthest[:-1], place[:-1]):
        least_here = least if np.isscalar(least) else least[order][1:]
        shared = np.minimum(high[before], high[1:]) - low[1:] > least_here
        hit = np.flatnonzero(shared & (group[before] == group[1:]))
        found.append(np.column_stack((order[before[hit]], order[hit + 1])))
    return np.sort(np.concatenate(found), axis=1)


def _collinear(segments: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Whether the two lines of each pair lie within the tolerance of each other where they run side by side."""
    one, other = segments[pairs[:, 0]], segments[pairs[:, 1]]
    chord = one[:, 2:4] - one[:, 0:2]
    size = np.hypot(*chord.T)
    u = chord / size[:, None]

    def seen(points):
        offset = points - one[:, 0:2]
        return (offset * u).sum(1), offset[:, 1] * u[:, 0] - offset[:, 0] * u[:, 1]

    (s0, h0), (s1, h1) = seen(other[:, 0:2]), seen(other[:, 2:4])
    slope = (h1 - h0) / np.where(s1 == s0, 1.0, s1 - s0)
    low, high = np.maximum(0, np.minimum(s0, s1)), np.minimum(size, np.maximum(s0, s1))
    near = np.maximum(np.abs(h0 + slope * (low - s0)), np.abs(h0 + slope * (high - s0))) < SAME_MM
    return near & (high - low > LEAST_OVERLAP_MM)


def _clusters(pairs: np.ndarray, count: int) -> list[np.ndarray]:
    if not len(pairs):
        return []
    involved, pairs = np.unique(pairs, return_inverse=True)
    groups = Groups(len(involved))
    for one, other in pairs.reshape(-1, 2).tolist():
        groups.join(one, other)
    labels = groups.labels()
    order = np.argsort(labels, kind="stable")
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    return [involved[part] for part in np.split(order, cuts)]


def _resolve_lines(segments, members, rank, fixed, result: Overlaps) -> None:
    lines = segments[members]
    size = np.hypot(lines[:, 2] - lines[:, 0], lines[:, 3] - lines[:, 1])
    x0, y0, x1, y1, _ = lines[np.argmax(size)]
    u = np.array([x1 - x0, y1 - y0]) / size.max()
    a, b = (lines[:, 0:2] - (x0, y0)) @ u, (lines[:, 2:4] - (x0, y0)) @ u
    spans = [(min(p, q), max(p, q), n) for n, (p, q) in enumerate(zip(a.tolist(), b.tolist(), strict=True))]

    def piece(n: int, low: float, high: float) -> list[float]:
        start, end = lines[n, 0:2], lines[n, 2:4]
        ends = [start + (end - start) * ((at - a[n]) / (b[n] - a[n])) for at in (low, high)]
        return [*ends[0].tolist(), *ends[1].tolist(), 0.0]

    _resolve(spans, members, rank, fixed, 1.0, piece, result)


# -- arcs --------------------------------------------------------------------------------------------------------------


def _arcs(segments, rows, rank, fixed, result: Overlaps) -> None:
    if len(rows) < 2:
        return
    cx, cy, radius = arcs.centres(segments[rows])
    sound = radius < LARGEST_RADIUS_MM
    rows, cx, cy, radius = rows[sound], cx[sound], cy[sound], radius[sound]
    if len(rows) < 2:
        return
    spots = same_points(np.column_stack((cx, cy)), 2 * SAME_MM)
    start, sweep = arcs.counter_clockwise(segments[rows], cx, cy)
    start = np.mod(start, 2 * np.pi)
    # A second entry one turn earlier meets what begins before it across the angle 0.
    number = np.concatenate((np.arange(len(rows)),) * 2)
    low = np.concatenate((start, start - 2 * np.pi))
    high = low + np.concatenate((sweep, sweep))
    least = np.concatenate((LEAST_OVERLAP_MM / radius,) * 2)
    pairs = []
    for shift in (0.0, 0.5):
        ring = np.floor(radius / OFFSET_CELL_MM + shift).astype(np.int64)
        keys = np.concatenate((spots * KEY + ring,) * 2)
        pairs.append(number[_touching(keys, low, high, least)])
    pairs = np.unique(np.sort(np.concatenate(pairs), axis=1), axis=0)
    one, other = pairs.T
    apart = np.hypot(cx[one] - cx[other], cy[one] - cy[other]) + np.abs(radius[one] - radius[other])
    pairs = pairs[(one != other) & (apart < SAME_MM)]
    for members in _clusters(pairs, len(rows)):
        circle = cx[members], cy[members], radius[members], start[members], sweep[members]
        _resolve_arcs(circle, rows[members], rank, fixed, result)


def _resolve_arcs(circle, members, rank, fixed, result: Overlaps) -> None:
    cx, cy, radius, start, sweep = (column.tolist() for column in circle)
    spans = []
    for n, (begin, turn) in enumerate(zip(start, sweep, strict=True)):
        spans.append((begin, min(begin + turn, 2 * np.pi), n))
        if begin + turn > 2 * np.pi:
            spans.append((0.0, begin + turn - 2 * np.pi, n))

    def piece(n: int, low: float, high: float) -> list[float]:
        ends = [v for at in (low, high) for v in (cx[n] + radius[n] * np.cos(at), cy[n] + radius[n] * np.sin(at))]
        return [*ends, float(np.tan((high - low) / 4))]

    _resolve(spans, members, rank, fixed, radius[0], piece, result)


def _resolve(spans, members, rank, fixed, scale: float, piece, result: Overlaps) -> None:
    """Give every stretch of one line or circle to the best-ranked segment there.

    `spans` are (low, high, member) in a coordinate of which one unit is `scale` mm.
    """
    cuts = _merged([edge for low, high, _ in spans for edge in (low, high)], SAME_MM / scale)
    total, owned = [0.0] * len(members), [0.0] * len(members)
    for low, high, n in spans:
        total[n] += high - low
    loose = [not fixed[member] for member in members]
    for n, low, high, others in _owners(spans, cuts, [rank[member] for member in members]):
        owned[n] += high - low
        if loose[n]:
            result.pieces.append((int(members[n]), piece(n, low, high)))
        elif (other := next((m for m in others if loose[m]), None)) is not None:
            result.shared.append((int(members[other]), piece(other, low, high)))
    result.covered[members] += np.maximum(np.subtract(total, owned), 0.0) * scale
    result.replaced[members[~fixed[members]]] = True


def _owners(spans, cuts: list[float], ranks):
    """(member, low, high, all who are there) of every stretch between neighbouring cuts, walking upwards."""
    starts = defaultdict(list)
    for low, high, n in spans:
        first, last = _nearest(cuts, low), _nearest(cuts, high)
        starts[first].append((ranks[n], n, last))
    present: list[tuple] = []  # a heap: best rank first; who has ended is thrown out when it comes to the top
    for index, (low, high) in enumerate(pairwise(cuts)):
        for entry in starts[index]:
            heappush(present, entry)
        while present and present[0][2] <= index:
            heappop(present)
        if present:
            others = (n for _, n, last in present if last > index)
            yield present[0][1], low, high, others


def _nearest(cuts: list[float], value: float) -> int:
    after = bisect_left(cuts, value)
    if after == len(cuts) or (after and value - cuts[after - 1] <= cuts[after] - value):
        return after - 1
    return after


def _merged(values: list[float], tolerance: float) -> list[float]:
    merged: list[float] = []
    for value in sorted(values):
        if not merged or value - merged[-1] > tolerance:
            merged.append(value)
    return merged
