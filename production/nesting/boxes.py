"""Filling one sheet with boxes around the pieces. Quick, exact for rectangles, and a floor for everything else."""

from collections.abc import Callable

from production.nesting.problem import Problem, Spot
from production.nesting.rectangles import Bin, short_side
from production.nesting.tiles import Tile, singles

ORDERS: dict[str, Callable[[Tile], tuple]] = {
    "area": lambda tile: (-tile.width * tile.height,),
    "long side": lambda tile: (-max(tile.width, tile.height), -min(tile.width, tile.height)),
    "short side": lambda tile: (-min(tile.width, tile.height), -max(tile.width, tile.height)),
    "perimeter": lambda tile: (-tile.width - tile.height,),
}
Chunks = list[tuple[int, int]]  # (part, how many), in the order they are put


def ordered(problem: Problem, wanted: list[int], order: str) -> Chunks:
    chunks = [(part, count) for part, count in enumerate(wanted) if count]
    return sorted(
        chunks, key=lambda chunk: (problem.parts[chunk[0]].rank, ORDERS[order](singles(problem, chunk[0])[0]), chunk[0])
    )


def fill(
    problem: Problem, sheet: int, chunks: Chunks, tiles: dict[int, list[Tile]] | None = None, rule=short_side, late=None
) -> list[Spot]:
    """As many pieces as go on one empty sheet; `tiles` are pairs and single pieces of each part, single ones if not
    given.

    `late()` says when to give up.
    """
    area = problem.sheets[sheet]
    if not area.rectangle or area.usable.is_empty:
        return []
    low_x, low_y, _, _ = area.usable.bounds
    high_x, high_y = problem.reach(sheet)
    space = Bin(high_x - low_x + problem.gap, high_y - low_y + problem.gap)
    spots: list[Spot] = []
    for part, count in chunks:
        choice = tiles[part] if tiles else singles(problem, part)
        for size in sorted({len(tile.spots) for tile in choice}, reverse=True):
            group = [tile for tile in choice if len(tile.spots) == size]
            while count >= size and not (late and late()):
                tile = _put(space, group, problem.gap, rule)
                if tile is None:
                    break
                found, x, y = tile
                spots += found.at(low_x + x, low_y + y)
                count -= size
    return spots


def _put(space: Bin, group: list[Tile], gap: float, rule) -> tuple[Tile, float, float] | None:
    sizes = [(tile.width + gap, tile.height + gap) for tile in group]
    place = space.best(sizes, rule)
    if place is None:
        return None
    _, number, x, y = place
    space.put(x, y, *sizes[number])
    return group[number], x, y
