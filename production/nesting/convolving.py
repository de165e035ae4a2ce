"""The Minkowski sum of two rings as the convolution of their edges.

An edge of one ring meets a vertex of the other only when its direction lies in the turn at that vertex, so the curve
has about as many pieces as the rings have points, instead of their product. How often it winds around a place is the
number of pieces in which the shapes would overlap there (Guibas, Ramshaw, Stolfi, "A kinetic framework for
computational geometry", 1983). A ring that runs clockwise stands for a hole: around places where the other shape lies
within, the curve winds backwards.
"""

import numpy as np
import pyclipper

Ring = list[tuple[int, int]]


def winding(a: Ring, b: Ring, fill: int) -> list[Ring]:
    """What the convolution of `a` with the counter-clockwise ring `b` covers, by one of clipper's filling rules."""
    clipper = pyclipper.Pyclipper()
    added = False
    for cycle in cycles(np.array(a, dtype=np.int64), np.array(b, dtype=np.int64)):
        try:
            clipper.AddPath(cycle.tolist(), pyclipper.PT_SUBJECT, True)
            added = True
        except pyclipper.ClipperException:  # a cycle without an area
            continue
    return clipper.Execute(pyclipper.CT_UNION, fill, fill) if added else []


def cycles(a: np.ndarray, b: np.ndarray) -> list[np.ndarray]:
    """The closed polylines of the convolution."""
    along_a, along_b = _directions(a), _directions(b)
    # Ranks instead of angles: what is compared must be told apart the same way every time.
    ranks = np.unique(np.concatenate((along_a, along_b)), return_inverse=True)[1]
    out_a, out_b, around = ranks[: len(a)], ranks[len(a) :], int(ranks.max()) + 1
    in_a, in_b = np.roll(out_a, 1), np.roll(out_b, 1)
    at_a = _signs(out_b[None, :], in_a[:, None], out_a[:, None], _left(a)[:, None], around, 1)
    at_b = _signs(out_a[:, None], in_b[None, :], out_b[None, :], _left(b)[None, :], around, 0)
    after: dict[tuple[int, int], list[tuple[int, int]]] = {}
    count_a, count_b = len(a), len(b)
    for i, j in np.argwhere(at_a).tolist():
        _add(after, (i, j), (i, (j + 1) % count_b), at_a[i, j])
    for i, j in np.argwhere(at_b).tolist():
        _add(after, (i, j), ((i + 1) % count_a, j), at_b[i, j])
    return [a[[i for i, _ in walk]] + b[[j for _, j in walk]] for walk in _walks(after)]


def _directions(ring: np.ndarray) -> np.ndarray:
    """Of the edge that leads away from each vertex."""
    edges = np.roll(ring, -1, axis=0) - ring
    return np.arctan2(edges[:, 1], edges[:, 0])


def _left(ring: np.ndarray) -> np.ndarray:
    """Whether the ring turns left, or runs straight on, at each vertex."""
    away = np.roll(ring, -1, axis=0) - ring
    to = np.roll(away, 1, axis=0)
    return to[:, 0] * away[:, 1] - to[:, 1] * away[:, 0] >= 0


def _signs(direction, to, away, left, around: int, shift: int) -> np.ndarray:
    """+1 where the direction lies in a left turn from `to` to `away`, -1 where it lies in a right one.

    `shift` 1 counts the end of a left turn and not its start, 0 the start and not the end: as if of equal directions
    that of the second ring came first.
    """
    ahead = (direction - to - shift) % around
    turned = (away - to) % around
    back_ahead = (direction - away - shift) % around
    turned_back = (to - away) % around
    return np.where(left, (ahead < turned).astype(np.int8), -(back_ahead < turned_back).astype(np.int8))


def _add(after: dict, start: tuple[int, int], end: tuple[int, int], sign: int) -> None:
    if sign < 0:
        start, end = end, start
    after.setdefault(start, []).append(end)


def _walks(after: dict) -> list[list[tuple[int, int]]]:
    walks = []
    while after:
        start = next(iter(after))
        walk, node = [], start
        while node in after:
            walk.append(node)
            ways = after[node]
            node = ways.pop()
            if not ways:
                del after[walk[-1]]
        if len(walk) > 2:
            walks.append(walk)
    return walks
