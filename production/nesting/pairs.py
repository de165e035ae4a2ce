"""Two pieces of one part, one turned against the other, slid together into the smallest box."""

import numpy as np

from production.nesting.nofit import Shapes
from production.nesting.problem import Spot
from production.nesting.tiles import Tile, singles, tile_of

GAIN = 0.985  # a pair is kept when its box is smaller than two boxes by this factor
KEPT = 2  # of each shape of box
MOST_ANGLES = 8


def tiles(shapes: Shapes, part: int) -> list[Tile]:
    """Boxes of one piece, and of pairs that take less room; the best pairs first, then the single ones."""
    problem = shapes.problem
    alone = singles(problem, part)
    if problem.parts[part].quantity < 2:
        return alone
    room = min(_room(tile, problem.gap) for tile in alone)
    found = {}
    angles = problem.parts[part].angles[:MOST_ANGLES]
    for first in angles:
        for second in angles:
            for tile in _pairs(shapes, part, first, second):
                key = round(tile.width, 2), round(tile.height, 2)
                if _room(tile, problem.gap) < 2 * room * GAIN and key not in found:
                    found[key] = tile
    ordered = sorted(found.values(), key=lambda tile: _room(tile, problem.gap))
    best = _room(ordered[0], problem.gap) if ordered else 0.0
    kept = [tile for tile in ordered if _room(tile, problem.gap) < 1.03 * best]
    return _both_ways(kept) + alone


def _both_ways(kept: list[Tile]) -> list[Tile]:
    """The best of those that lie and of those that stand."""
    lying = [tile for tile in kept if tile.width >= tile.height][:KEPT]
    standing = [tile for tile in kept if tile.width < tile.height][:KEPT]
    return lying + standing


def _room(tile: Tile, gap: float) -> float:
    return (tile.width + gap) * (tile.height + gap)


def _pairs(shapes: Shapes, part: int, first: float, second: float) -> list[Tile]:
    ring = shapes.nofit((part, first), (part, second))[0][0]
    places = _places(ring, shapes.bounds(part, first), shapes.bounds(part, second))
    a, b = np.array(shapes.bounds(part, first)), np.array(shapes.bounds(part, second))
    low = np.minimum(a[:2], places + b[:2])
    high = np.maximum(a[2:], places + b[2:])
    sides = high - low
    # Where the box is smallest, and among those as small the flattest either way.
    order = np.argsort(sides[:, 0].astype(float) * sides[:, 1])[:KEPT]
    found = []
    for number in order.tolist():
        x, y = (float(value) / shapes.scale for value in places[number])
        found.append(tile_of(shapes.problem, [Spot(part, first, 0.0, 0.0), Spot(part, second, x, y)]))
    return found


def _places(ring: np.ndarray, a, b) -> np.ndarray:
    """Corners of the no-fit polygon, points along its edges, and where the two boxes are flush."""
    ahead = np.roll(ring, -1, axis=0)
    along = [ring + ((ahead - ring) * share).round().astype(np.int64) for share in (0.0, 0.25, 0.5, 0.75)]
    flush = [_crossings(ring, ahead, axis, a[axis + end] - b[axis + end]) for axis in (0, 1) for end in (0, 2)]
    return np.concatenate([*along, *flush])


def _crossings(ring, ahead, axis: int, value: int) -> np.ndarray:
    start, end = ring[:, axis], ahead[:, axis]
    cut = ((start < value) & (end > value)) | ((start > value) & (end < value))
    start, end, one, two = start[cut], end[cut], ring[cut], ahead[cut]
    share = ((value - start) / (end - start))[:, None]
    return (one + (two - one) * share).round().astype(np.int64)
