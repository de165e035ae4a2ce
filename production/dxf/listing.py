"""The lists of a measurement: contours and marks with their segments, and what each layer holds."""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from production.dxf import arcs
from production.dxf.contours import Contours
from production.dxf.curves import Strokes
from production.dxf.layers import IGNORE
from production.dxf.limits import MAX_IGNORED_SEGMENTS
from production.dxf.measured import DIGITS
from production.dxf.pens import Pens

MOST_KINDS = 12


class Listed(Sequence):
    """Dicts made when they are looked at: lists of lists of numbers take ten times the room of the arrays."""

    def __init__(self, count: int, make):
        self.count, self.make = count, make

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, index):
        if isinstance(index, slice):
            return [self.make(number) for number in range(*index.indices(self.count))]
        if not -self.count <= index < self.count:
            raise IndexError(index)
        return self.make(index % self.count)

    def __eq__(self, other) -> bool:
        return list(self) == list(other)

    def __add__(self, other) -> list:
        return list(self) + list(other)


def listed_contours(contours: Contours, origin: np.ndarray, names: list[str]) -> Listed:
    rings, chains = contours.rings, contours.chains
    count, length = len(rings.area), chains.lengths()

    def ring(number: int) -> dict:
        depth = int(rings.depth[number])
        return {
            "closed": contours.ring_closed[number],
            "outer": depth % 2 == 0,
            "depth": depth,
            "length_mm": float(rings.length[number]),
            "area_mm2": float(rings.area[number]),
            "layer": names[contours.ring_source[number]],
            "segments": rounded(rings.segments[rings.first[number] : rings.first[number + 1]], origin),
        }

    def chain(number: int) -> dict:
        return {
            "closed": False,
            "outer": False,
            "depth": 0,
            "length_mm": float(length[number]),
            "area_mm2": 0.0,
            "layer": names[contours.chain_source[number]],
            "segments": rounded(chains.segments[chains.first[number] : chains.first[number + 1]], origin),
        }

    return Listed(count + len(chains), lambda number: ring(number) if number < count else chain(number - count))


def rounded(segments: np.ndarray, origin: np.ndarray) -> list[list[float]]:
    """Segments where they were drawn, rounded. Bulges keep more digits: on a long flat arc they carry the curve."""
    moved = segments.copy()
    moved[:, 0:2] += origin
    moved[:, 2:4] += origin
    moved[:, :4] = np.round(moved[:, :4], DIGITS)
    moved[:, 4] = np.round(moved[:, 4], 2 * DIGITS)
    return (moved + 0.0).tolist()


def listed_marks(contours: Contours, others: dict[str, Strokes], origin, names: list[str]) -> Listed:
    """The duplicates, and the strokes of each other role by its name; of what is ignored only a bearable number."""
    found = [("duplicate", source, rows) for source, rows in contours.duplicates]
    for role, drawn in others.items():
        if role == IGNORE and len(drawn.source) > MAX_IGNORED_SEGMENTS:
            continue
        cuts = np.flatnonzero(np.diff(drawn.source)) + 1
        bounds = [0, *cuts.tolist(), len(drawn.source)]
        found += [
            (role, int(drawn.source[start]), drawn.segments[start:end])
            for start, end in pairwise(bounds)
            if end > start
        ]
    return Listed(len(found), lambda number: _mark(*found[number], origin, names))


def _mark(role: str, source: int, segments: np.ndarray, origin, names: list[str]) -> dict:
    return {
        "role": role,
        "layer": names[source],
        "closed": bool(len(segments) > 1 and math.dist(segments[0, 0:2], segments[-1, 2:4]) < 1e-3),
        "length_mm": float(arcs.lengths(segments).sum()),
        "segments": rounded(segments, origin),
    }


def listed_layers(pens: Pens, pen: np.ndarray, role: np.ndarray, drawn: Strokes) -> list[dict]:
    """A dict a layer, or several where curves of one layer have different roles: a rule about colours or linetypes says
    so, or some of them are dimensions. `pen` and `role` are by source.

    Keys: name, role, hidden, count (curves), length_mm, colors (AutoCAD numbers) and linetypes.
    """
    roles, number = np.unique(role, return_inverse=True)
    kind = pen * len(roles) + number
    size = len(pens.names) * len(roles)
    count = np.bincount(kind, minlength=size).tolist()
    length = np.bincount(kind[drawn.source], drawn.length, size).tolist()
    listed: dict[tuple[str, str], dict] = {}
    for each in range(size):
        if not count[each]:
            continue
        pen_number, said = each // len(roles), str(roles[each % len(roles)])
        name, (color, linetype) = pens.names[pen_number], pens.looks[pen_number]
        empty = {"name": name, "role": said, "hidden": pens.hidden[pen_number], "count": 0, "length_mm": 0.0}
        row = listed.setdefault((name, said), empty | {"colors": [], "linetypes": []})
        row["count"] += count[each]
        row["length_mm"] += length[each]
        for key, value in (("colors", color), ("linetypes", linetype)):
            if value not in row[key] and len(row[key]) < MOST_KINDS:
                row[key].append(value)
    return list(listed.values())
