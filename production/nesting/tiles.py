"""Rigid groups of pieces in a box: one piece, or a pair that lies into each other. What box packing packs."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from production.nesting.layout import bounds
from production.nesting.problem import Problem, Spot


@dataclass(frozen=True, eq=False)
class Tile:
    """`spots` lie with the lower left corner of their box at 0, 0."""

    spots: tuple[Spot, ...]
    width: float
    height: float

    @cached_property
    def counts(self) -> Counter:
        return Counter(spot.part for spot in self.spots)

    def at(self, x: float, y: float) -> list[Spot]:
        return [Spot(spot.part, spot.angle, spot.x + x, spot.y + y) for spot in self.spots]


def tile_of(problem: Problem, spots: list[Spot]) -> Tile:
    boxes = [bounds(problem, spot.part, spot.angle) for spot in spots]
    low_x = min(box[0] + spot.x for box, spot in zip(boxes, spots, strict=True))
    low_y = min(box[1] + spot.y for box, spot in zip(boxes, spots, strict=True))
    high_x = max(box[2] + spot.x for box, spot in zip(boxes, spots, strict=True))
    high_y = max(box[3] + spot.y for box, spot in zip(boxes, spots, strict=True))
    moved = tuple(Spot(spot.part, spot.angle, spot.x - low_x, spot.y - low_y) for spot in spots)
    return Tile(moved, high_x - low_x, high_y - low_y)


def singles(problem: Problem, part: int) -> list[Tile]:
    """One tile for each box the part's rotations give; of equal boxes the first."""
    found: dict[tuple, Tile] = {}
    for angle in problem.parts[part].angles:
        tile = tile_of(problem, [Spot(part, angle, 0.0, 0.0)])
        found.setdefault((round(tile.width, 6), round(tile.height, 6)), tile)
    return list(found.values())
