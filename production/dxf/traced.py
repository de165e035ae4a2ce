"""Finds curves drawn over others by other means: a spline over a circle, half an ellipse over the whole one.

Their segments differ, so nothing compares them piece by piece; but every point of the one lies on the other.
"""

from itertools import pairwise

import numpy as np
import shapely

from production.dxf import arcs
from production.dxf.limits import SAME_MM

MOST_SEGMENTS = 50_000  # above it curves are only compared segment by segment
NEAR_MM = 2 * SAME_MM  # each of the two is fitted to what was drawn
AT_ONCE = 200_000  # segments
SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)  # of a segment's way, where it is looked whether it lies on others


def traced_rows(segments, source, rank, covered, fitted) -> np.ndarray:
    """Which segments belong to curves that lie on others of lower rank from end to end, (n,).

    All arguments are (n,) but for `segments` (n, 5); `covered` ones are gone already. Lines are left alone.
    """
    traced = np.zeros(len(segments), dtype=bool)
    left = np.flatnonzero(covered == 0)
    curved = np.abs(segments[left, 4]) > arcs.STRAIGHT
    if not (curved & fitted[left]).any() or len(left) > MOST_SEGMENTS:
        return traced
    segments, source, rank, fitted = segments[left], source[left], rank[left], fitted[left]
    asked = np.flatnonzero(curved)
    some = asked[np.unique(source[asked], return_index=True)[1]]
    asked = asked[np.isin(source[asked], source[some[_touch(segments, source, rank, fitted, some)]])]
    if not len(asked):
        return traced
    there = _There(segments, source, rank, fitted)
    for share in SHARES:
        if len(asked):
            asked = asked[~np.isin(source[asked], source[asked[~there.hold(asked, share)]])]
    traced[left] = np.isin(source, source[asked]) & ~np.isin(source, source[~curved])
    return traced


def _touch(segments, source, rank, fitted, rows: np.ndarray) -> np.ndarray:
    """Whether the middle of each of `rows` lies on another curve: few do, and whole curves are soon looked through."""
    first = np.flatnonzero(np.diff(source, prepend=-1))
    count = np.diff(np.append(first, len(source)))
    box = arcs.boxes(segments)
    low, high = np.minimum.reduceat(box[:, :2], first) - NEAR_MM, np.maximum.reduceat(box[:, 2:], first) + NEAR_MM
    points = arcs.middles(segments[rows])
    asked, curve = shapely.STRtree(shapely.box(*low.T, *high.T)).query(shapely.points(points))
    fits = (source[first[curve]] != source[rows[asked]]) & (rank[first[curve]] < rank[rows[asked]])
    fits &= fitted[first[curve]] | fitted[rows[asked]]
    asked, curve = asked[fits], curve[fits]
    on = np.zeros(len(rows), dtype=bool)
    total = np.append(0, np.cumsum(count[curve]))
    for start, end in pairwise(np.append(np.flatnonzero(np.diff(total // AT_ONCE, prepend=-1)), len(total) - 1)):
        pair = np.repeat(np.arange(start, end), count[curve[start:end]])
        place = np.arange(len(pair)) - (total[pair] - total[start])
        near = _distances(segments[first[curve[pair]] + place], points[asked[pair]]) < NEAR_MM
        on[asked[pair[near]]] = True
    return on


class _There:
    """What a point may lie on."""

    def __init__(self, segments, source, rank, fitted):
        self.segments, self.source, self.rank, self.fitted = segments, source, rank, fitted
        boxes = arcs.boxes(segments) + NEAR_MM * np.array((-1, -1, 1, 1))
        self.tree = shapely.STRtree(shapely.box(*boxes.T))

    def hold(self, rows: np.ndarray, share: float) -> np.ndarray:
        """Whether the point at a share of each row lies on another curve of lower rank, one of the two fitted."""
        points = arcs.along(self.segments[rows], share)
        asked, found = self.tree.query(shapely.points(points), predicate="intersects")
        own = rows[asked]
        fits = (self.source[own] != self.source[found]) & (self.rank[found] < self.rank[own])
        fits &= self.fitted[own] | self.fitted[found]
        asked, found = asked[fits], found[fits]
        near = _distances(self.segments[found], points[asked]) < NEAR_MM
        on = np.zeros(len(rows), dtype=bool)
        on[asked[near]] = True
        return on


def _distances(segments: np.ndarray, points: np.ndarray) -> np.ndarray:
    """From each point to the segment of the same row."""
    start, end = segments[:, 0:2], segments[:, 2:4]
    ends = np.minimum(np.hypot(*(points - start).T), np.hypot(*(points - end).T))
    chord = end - start
    size = np.maximum((chord * chord).sum(1), 1e-18)
    foot = start + chord * np.clip(((points - start) * chord).sum(1) / size, 0, 1)[:, None]
    curved = np.abs(segments[:, 4]) > arcs.STRAIGHT
    distance = np.hypot(*(points - foot).T)
    cx, cy, radius = arcs.centres(segments[curved])
    first, sweep = arcs.counter_clockwise(segments[curved], cx, cy)
    x, y = points[curved, 0] - cx, points[curved, 1] - cy
    beside = np.mod(np.arctan2(y, x) - first, 2 * np.pi) <= sweep
    distance[curved] = np.where(beside, np.abs(np.hypot(x, y) - radius), ends[curved])
    return distance
