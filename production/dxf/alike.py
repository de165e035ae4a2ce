"""Which parts of a drawing are the same part, moved and turned.

An outline walked counter-clockwise is a ring of lengths, bulges and corners that moving and turning do not change, and
that mirroring does. Where two rings agree, everything else of the part must agree under the same movement too.
"""

import math

import numpy as np
import shapely

from production.dxf import arcs

LENGTH_MM = 0.01  # lengths that differ less are equal
TURN = 1e-3  # radians
PLACE_MM = 0.03
MOST_STARTS = 64  # a ring that agrees with itself in more turned positions is round


def kinds_of_parts(contours: list[dict], parts: list[dict], shapes: list[list[dict]]) -> list[list[int]]:
    """Groups of part numbers, in order of the first of each; `shapes` are those of every part, the outline first."""
    groups: list[tuple[_Part, list[int]]] = []
    for number, own in enumerate(shapes):
        part = _Part(own)
        for first, members in groups:
            if first.like(part):
                members.append(number)
                break
        else:
            groups.append((part, [number]))
    return [members for _, members in groups]


class _Part:
    def __init__(self, shapes: list[dict]):
        rows = np.array(shapes[0]["segments"], dtype=float)
        self.start = rows[:, :2]
        self.middle = arcs.middles(rows)
        self.ring = _ring(rows)
        self.others = [_Other(shape) for shape in shapes[1:]]
        self.length = float(arcs.lengths(rows).sum())
        self.sum = sorted((round(other.length, 2), other.layer, other.closed) for other in self.others)

    def like(self, other: "_Part") -> bool:
        if len(self.ring) != len(other.ring) or len(self.others) != len(other.others):
            return False
        if abs(self.length - other.length) > LENGTH_MM * max(1, len(self.ring)) or not _close(self.sum, other.sum):
            return False
        doubled = np.concatenate((other.ring, other.ring))
        starts = [k for k in range(len(self.ring)) if _agree(self.ring, doubled[k : k + len(self.ring)])]
        return any(self._lies_on(other, k) for k in starts[:MOST_STARTS])

    def _lies_on(self, other: "_Part", shift: int) -> bool:
        """Whether all of the other part lies on this one when its outline's segment `shift` lies on our first."""
        mine, theirs = _anchor(self, 0), _anchor(other, shift)
        turn = (mine[1] - mine[0]) / (theirs[1] - theirs[0])
        turn /= abs(turn)
        left = list(self.others)
        for one in other.others:
            moved = mine[0] + (one.points - theirs[0]) * turn
            match = next((own for own in left if own.like(one) and own.lies_under(moved)), None)
            if match is None:
                return False
            left.remove(match)
        return True


def _anchor(part: _Part, number: int) -> tuple[complex, complex]:
    """The start of a segment and the far side of the outline from there: two points that fix how a part lies."""
    here = complex(*part.start[number])
    points = np.concatenate((part.middle, part.start))
    order = np.concatenate((np.arange(len(part.start)), np.arange(len(part.start)))) - number
    distance = np.hypot(*(points - part.start[number]).T)
    far = distance.max()
    # Several may be equally far: the first along the walk is the same on both parts.
    candidates = np.flatnonzero(distance > far - 2 * LENGTH_MM)
    walk = (order % len(part.start)) + np.where(np.arange(len(points)) < len(part.start), 0.5, 0.0)
    return here, complex(*points[candidates[np.argmin(walk[candidates])]])


class _Other:
    """A hole, an open line or a mark of a part."""

    def __init__(self, shape: dict):
        rows = np.array(shape["segments"], dtype=float)
        each = arcs.lengths(rows)
        self.layer, self.closed, self.length = shape["layer"], bool(shape["closed"]), float(each.sum())
        self.rows = rows
        # The middle of all first: most that do not fit are told apart by it.
        middles = arcs.middles(rows)
        whole = (middles * each[:, None]).sum(0) / max(self.length, 1e-12)
        points = np.concatenate((whole[None], rows[:, :2], middles))
        self.points = points[:, 0] + 1j * points[:, 1]

    def like(self, other: "_Other") -> bool:
        same = (self.layer, self.closed) == (other.layer, other.closed)
        return same and abs(self.length - other.length) < LENGTH_MM

    def lies_under(self, moved: np.ndarray) -> bool:
        """Whether the points of another, its middle and those along it, are on this: equal lengths may be turned."""
        if abs(moved[0] - self.points[0]) > PLACE_MM:
            return False
        along, _ = arcs.flatten(self.rows, PLACE_MM / 10)
        line = shapely.linestrings(np.concatenate((along, self.rows[-1:, 2:4])))
        points = shapely.points(moved.real[1:], moved.imag[1:])
        return bool((shapely.distance(points, line) < PLACE_MM).all())


def _ring(rows: np.ndarray) -> np.ndarray:
    """Length, sweep and the corner before each segment (n, 3)."""
    chord = np.arctan2(rows[:, 3] - rows[:, 1], rows[:, 2] - rows[:, 0])
    half = 2 * np.arctan(rows[:, 4])  # the tangent at the start lags the chord by half the sweep
    corner = (chord - half) - np.roll(chord + half, 1)
    corner = (corner + math.pi) % math.tau - math.pi
    return np.column_stack((arcs.lengths(rows), 2 * half, corner))


def _agree(one: np.ndarray, other: np.ndarray) -> bool:
    difference = np.abs(one - other)
    turned = np.minimum(difference[:, 1:], math.tau - difference[:, 1:])
    slack = np.maximum(TURN, LENGTH_MM / np.maximum(one[:, :1], 1e-9))  # a short piece may point anywhere
    return bool((difference[:, 0] < LENGTH_MM).all() and (turned < slack).all())


def _close(one: list, other: list) -> bool:
    return all(abs(a[0] - b[0]) <= 2 * LENGTH_MM and a[1:] == b[1:] for a, b in zip(one, other, strict=True))
