"""From strokes to contours: what is drawn twice goes, ends are joined, and rings are put in relation."""

import math
from collections import defaultdict
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from production.dxf import arcs
from production.dxf.chains import Chains, Runs, join, nearest_pairs
from production.dxf.curves import Strokes
from production.dxf.defects import Defects
from production.dxf.limits import NEAR_MISS_MM, SAME_MM, TINY_MM
from production.dxf.nearness import same_points
from production.dxf.overlaps import Overlaps, find_overlaps
from production.dxf.rings import Rings, build_rings

FLAT_RING = 1e-3  # a ring whose area is below this share of its length (mm) is a line drawn forth and back
WHOLE = 0.999
LARGEST_GAP_SHARE = 0.05


@dataclass(slots=True)
class Contours:
    """`ring_source` and `chain_source` name one source of each contour, for its layer.

    The last rings may be open by a near miss: they still enclose their part, but are not `ring_closed`.
    """

    rings: Rings
    ring_source: list[int]
    ring_closed: list[bool]
    chains: Runs  # the open ones
    chain_source: list[int]
    cut_length: float
    duplicates: list[tuple[int, np.ndarray]]  # source, segments drawn again

    def open_count(self) -> int:
        return len(self.chains) + len(self.ring_closed) - sum(self.ring_closed)


def find_contours(strokes: Strokes, defects: Defects) -> Contours:
    """Contours of the cut strokes. What is found wrong is added to `defects`."""
    for x, y in strokes.empty.tolist():
        defects.add("zero-length", x, y)
    source, first = np.unique(strokes.source, return_index=True)
    bounds = np.append(first, len(strokes.source))
    ring = _rings(strokes.segments, bounds)
    fixed = np.repeat(ring, np.diff(bounds))
    rank = np.where(fixed, 0, len(fixed)) + np.arange(len(fixed))
    overlaps = find_overlaps(strokes.segments, strokes.length, strokes.source, rank, fixed, strokes.fitted)
    repeated = _repeated_rings(strokes, bounds, ring, overlaps)
    runs, run_source = _loose(strokes, fixed, overlaps)
    chains = join(runs)
    if overlaps.shared and chains.open:
        runs, run_source = _with_shared_sides(runs, run_source, chains, overlaps, strokes)
    closed, almost, opened = _sorted_chains(runs, chains)
    rows = [strokes.segments[bounds[i] : bounds[i + 1]] for i in np.flatnonzero(ring & ~repeated)]
    ring_source = source[ring & ~repeated].tolist()
    closed_count = len(rows) + len(closed)
    rings = build_rings(rows + [segments for _, segments in closed + almost])
    _report_overlaps(strokes, source, bounds, overlaps, defects)
    _report_tiny(strokes, overlaps, defects)
    _report_joints(chains, Runs.of([segments for _, segments in almost + opened]), rings, defects)
    return Contours(
        rings,
        ring_source + [int(run_source[chain[0] >> 1]) for chain, _ in closed + almost],
        [number < closed_count for number in range(len(rings.area))],
        Runs.of([segments for _, segments in opened]),
        [int(run_source[chain[0] >> 1]) for chain, _ in opened],
        float(strokes.length.sum() - overlaps.covered.sum()),
        _duplicates(strokes, overlaps),
    )


def _with_shared_sides(runs: Runs, run_source, chains: Chains, overlaps: Overlaps, strokes: Strokes):
    """Close open chains by sides they share with a contour that is closed by itself. `chains` is changed.

    Returns the runs with those sides at the end, and the source of each.
    """
    rows = np.array([row for _, row in overlaps.shared]).reshape(-1, 5)
    owners = strokes.source[np.array([owner for owner, _ in overlaps.shared], dtype=np.int64)]
    own = len(runs)
    first = np.concatenate((runs.first, runs.first[-1] + np.arange(1, len(rows) + 1)))
    runs = Runs(np.concatenate((runs.segments, rows)), first)
    numbers = [half >> 1 for chain in chains.open for half in chain] + list(range(own, len(runs)))
    again = join(Runs.of([runs.segments[first[n] : first[n + 1]] for n in numbers]))
    found = [[2 * numbers[half >> 1] + (half & 1) for half in chain] for chain in again.closed]
    found = [chain for chain in found if min(half >> 1 for half in chain) < own]
    used = {half >> 1 for chain in found for half in chain}
    left = []
    for chain in chains.open:
        for gone, part in groupby(chain, key=lambda half: half >> 1 in used):
            left += [] if gone else [list(part)]
    chains.closed, chains.open = chains.closed + found, left
    return runs, np.concatenate((run_source, owners))


def _sorted_chains(runs: Runs, chains: Chains):
    """(chain, segments) of the closed chains, of those that miss their beginning by a little, and of the open ones."""
    closed, almost, opened = [], [], []
    for chain in chains.closed:
        segments = runs.gather(chain)
        (closed if _encloses(segments) else opened).append((chain, segments))
    for chain in chains.open:
        segments = runs.gather(chain)
        (almost if _encloses(segments) and _almost_closed(segments) else opened).append((chain, segments))
    return closed, almost, opened


def _encloses(segments: np.ndarray) -> bool:
    """Whether a chain has at least three sides, a curve counting as two."""
    return len(segments) + int((np.abs(segments[:, 4]) > arcs.STRAIGHT).sum()) >= 3


def _almost_closed(rows: np.ndarray) -> bool:
    """Whether an open chain misses its own beginning by so little that what it should enclose is clear."""
    gap = math.dist(rows[0, 0:2], rows[-1, 2:4])
    return gap < NEAR_MISS_MM and gap < LARGEST_GAP_SHARE * arcs.lengths(rows).sum()


def _rings(segments: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    """Which sources are closed by themselves and enclose something."""
    start, end = segments[bounds[:-1], 0:2], segments[bounds[1:] - 1, 2:4]
    if not len(start):
        return np.zeros(0, dtype=bool)
    area = np.abs(np.add.reduceat(arcs.areas(segments), bounds[:-1]))
    absolute = np.add.reduceat(arcs.lengths(segments), bounds[:-1])
    closed = np.hypot(*(end - start).T) < SAME_MM
    # A figure of eight has no signed area either, but its box has both sides.
    box = arcs.boxes(segments)
    low, high = np.minimum.reduceat(box[:, :2], bounds[:-1]), np.maximum.reduceat(box[:, 2:], bounds[:-1])
    flat = (area < FLAT_RING * absolute) & ((high - low).min(1) < SAME_MM)
    sides = np.diff(bounds) + np.add.reduceat(np.abs(segments[:, 4]) > arcs.STRAIGHT, bounds[:-1], dtype=np.int64)
    return closed & (sides >= 3) & ~flat


def _repeated_rings(strokes: Strokes, bounds, ring, overlaps: Overlaps) -> np.ndarray:
    """Rings that repeat an earlier one as a whole; one whose sides belong to several neighbours is a part itself."""
    repeated = np.zeros(len(ring), dtype=bool)
    covered = np.add.reduceat(overlaps.covered, bounds[:-1]) if len(ring) else np.zeros(0)
    total = np.add.reduceat(strokes.length, bounds[:-1]) if len(ring) else np.zeros(0)
    whole = np.flatnonzero(ring & (covered > WHOLE * total))
    if not whole.size:
        return repeated
    box = arcs.boxes(strokes.segments)
    low = same_points(np.minimum.reduceat(box[:, :2], bounds[:-1]), 2 * SAME_MM).tolist()
    high = same_points(np.maximum.reduceat(box[:, 2:], bounds[:-1]), 2 * SAME_MM).tolist()
    area = np.abs(np.add.reduceat(arcs.areas(strokes.segments), bounds[:-1]))
    candidates = set(whole.tolist())
    kept: dict[tuple[int, int], list[float]] = defaultdict(list)
    for number in np.flatnonzero(ring).tolist():
        twins = kept[low[number], high[number]]
        slack = 2 * SAME_MM * total[number]
        if number in candidates and any(abs(area[number] - twin) <= slack for twin in twins):
            repeated[number] = True
        else:
            twins.append(area[number])
    return repeated


def _loose(strokes: Strokes, fixed, overlaps: Overlaps) -> tuple[Runs, np.ndarray]:
    """What belongs to no ring yet as runs, with the source of each; what overlaps left of a line are runs too."""
    rows = np.flatnonzero(~fixed & ~overlaps.replaced)
    source = strokes.source[rows]
    begins = np.ones(len(rows), dtype=bool)
    begins[1:] = (np.diff(rows) > 1) | (np.diff(source) > 0)
    pieces = np.array([row for _, row in overlaps.pieces]).reshape(-1, 5)
    owners = np.array([owner for owner, _ in overlaps.pieces], dtype=np.int64)
    segments = np.concatenate((strokes.segments[rows], pieces))
    first = np.concatenate((np.flatnonzero(begins), np.arange(len(rows), len(segments) + 1)))
    return Runs(segments, first), np.concatenate((source[begins], strokes.source[owners]))


def _report_overlaps(strokes: Strokes, source, bounds, overlaps: Overlaps, defects: Defects) -> None:
    touched = np.flatnonzero(overlaps.covered > 0)
    if not touched.size:
        return
    covered = np.add.reduceat(overlaps.covered, bounds[:-1])
    total = np.add.reduceat(strokes.length, bounds[:-1])
    middle = arcs.middles(strokes.segments)
    numbers, first = np.unique(np.searchsorted(source, strokes.source[touched]), return_index=True)
    for number, row in zip(numbers.tolist(), touched[first].tolist(), strict=True):
        kind = "duplicate" if covered[number] > WHOLE * total[number] else "overlap"
        defects.add(kind, *middle[row], covered[number])


def _report_tiny(strokes: Strokes, overlaps: Overlaps, defects: Defects) -> None:
    """Pieces somebody drew, once for each curve; those we made of a spline are ours."""
    rows = np.flatnonzero((strokes.length < TINY_MM) & ~strokes.fitted & (overlaps.covered == 0))
    _, first = np.unique(strokes.source[rows], return_index=True)
    for row, (x, y) in zip(rows[first].tolist(), arcs.middles(strokes.segments[rows[first]]).tolist(), strict=True):
        defects.add("tiny", x, y, strokes.length[row])


def _duplicates(strokes: Strokes, overlaps: Overlaps) -> list[tuple[int, np.ndarray]]:
    whole = np.flatnonzero(overlaps.covered > WHOLE * strokes.length)
    cuts = np.flatnonzero(np.diff(strokes.source[whole])) + 1
    return [(int(strokes.source[rows[0]]), strokes.segments[rows]) for rows in np.split(whole, cuts) if len(rows)]


def _report_joints(chains: Chains, open_chains: Runs, rings: Rings, defects: Defects) -> None:
    for x, y, count in chains.branches:
        defects.add("branch", x, y, count)
    ends, length = open_chains.ends(), open_chains.lengths().tolist()
    paired: set[int] = set()
    for distance, one, other in nearest_pairs(ends, NEAR_MISS_MM):
        if one in paired or other in paired:
            continue
        if one >> 1 == other >> 1 and distance > 0.5 * length[one >> 1]:
            continue  # a short line, not a contour with a gap
        paired |= {one, other}
        defects.add("gap", *((ends[one] + ends[other]) / 2), distance)
    for number, (x, y) in enumerate(ends.tolist()):
        if number not in paired:
            defects.add("open", x, y, length[number >> 1])
    for kind, x, y, ring in rings.flaws:
        defects.add(kind, x, y, rings.length[ring])
