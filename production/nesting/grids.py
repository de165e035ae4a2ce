"""Filling one sheet with one part in rows and columns, of single pieces and of pairs."""

from production.nesting.nofit import Shapes
from production.nesting.pairs import tiles
from production.nesting.pallets import Pallet, best
from production.nesting.problem import Spot
from production.nesting.tiles import Tile


class Grids:
    """The patterns of each part on each kind of sheet, made when they are first asked for."""

    def __init__(self, shapes: Shapes):
        self.shapes = shapes
        self._tiles: dict[int, list[Tile]] = {}
        self._pallets: dict[tuple[int, int], tuple[Pallet, list[Tile]] | None] = {}

    def tiles(self, part: int) -> list[Tile]:
        if part not in self._tiles:
            self._tiles[part] = tiles(self.shapes, part)
        return self._tiles[part]

    def fill(self, sheet: int, part: int, wanted: int) -> list[Spot]:
        """As many of the part as go on the empty sheet, on the shortest length that holds them."""
        area = self.shapes.problem.sheets[sheet]
        found = self._pallet(sheet, part) if area.rectangle and not area.usable.is_empty else None
        if found is None:
            return []
        pallet, choice = found
        low_x, low_y, _, _ = area.usable.bounds
        upright = area.height > area.width
        spots: list[Spot] = []
        places = sorted(pallet.places(pallet.shortest(wanted)), key=lambda place: place[1:])
        for number, x, y in places:
            across, along = (y, x) if upright else (x, y)
            spots += choice[number].at(low_x + across, low_y + along)
        return spots[:wanted]

    def _pallet(self, sheet: int, part: int) -> tuple[Pallet, list[Tile]] | None:
        key = sheet, part
        if key not in self._pallets:
            self._pallets[key] = self._made(sheet, part)
        return self._pallets[key]

    def _made(self, sheet: int, part: int) -> tuple[Pallet, list[Tile]] | None:
        problem = self.shapes.problem
        area, gap = problem.sheets[sheet], problem.gap
        low_x, low_y, _, _ = area.usable.bounds
        high_x, high_y = problem.reach(sheet)
        width, height = high_x - low_x + gap, high_y - low_y + gap
        choice = sorted(self.tiles(part), key=lambda tile: (tile.width + gap) * (tile.height + gap) / len(tile.spots))
        sizes = [(tile.width + gap, tile.height + gap, len(tile.spots)) for tile in choice]
        if area.height > area.width:  # a pallet is cut off across its width
            width, height = height, width
            sizes = [(tall, wide, worth) for wide, tall, worth in sizes]
        pallet = best(width, height, sizes)
        return (pallet, choice) if pallet else None
