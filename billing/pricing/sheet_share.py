"""How much of a sheet a part pays for: pieces in a plain grid of their bounding boxes."""

from dataclasses import dataclass
from decimal import Decimal

from .errors import TooBig
from .numbers import write

GAP_MM = Decimal(5)
MARGIN_MM = Decimal(10)


@dataclass(frozen=True)
class Grid:
    """So many `columns` along the sheet's width with `rows` pieces each; a column is `side` mm wide."""

    columns: int
    rows: int
    side: Decimal

    @property
    def pieces(self) -> int:
        return self.columns * self.rows

    def strip(self, pieces: int, sheet_width: Decimal, gap: Decimal, margin: Decimal) -> Decimal:
        """The part of the sheet's width, 0 to 1, that is cut off for `pieces` (at most a sheet full)."""
        columns = -(-pieces // self.rows)
        if columns == self.columns:
            return Decimal(1)  # what is left beside a full grid is no remnant
        return (margin + columns * (self.side + gap)) / sheet_width if columns else Decimal(0)


def grid_of(width, height, sheet_width, sheet_height, gap=GAP_MM, margin=MARGIN_MM) -> Grid:
    """The better of both orientations (Decimals in mm), `gap` apart, `margin` from every edge.

    A part that fits on the sheet only without the margin has a sheet to itself. A larger one raises `TooBig`.
    """
    grids = [
        Grid(_along(across, sheet_width, gap, margin), _along(along, sheet_height, gap, margin), across)
        for across, along in ((width, height), (height, width))
    ]
    best = max(grids, key=lambda grid: grid.pieces)
    if best.pieces:
        return best
    if fits(width, height, sheet_width, sheet_height):
        return Grid(1, 1, sheet_width)
    raise TooBig(
        f"The part is {write(width)} × {write(height)} mm and does not fit on a sheet of "
        f"{write(sheet_width)} × {write(sheet_height)} mm.",
        part=(width, height),
        sheet=(sheet_width, sheet_height),
    )


def pieces_per_sheet(width, height, sheet_width, sheet_height, gap=GAP_MM, margin=MARGIN_MM) -> tuple[int, int]:
    """Columns and rows of `grid_of`."""
    grid = grid_of(width, height, sheet_width, sheet_height, gap, margin)
    return grid.columns, grid.rows


def fits(width, height, sheet_width, sheet_height) -> bool:
    return max(width, height) <= max(sheet_width, sheet_height) and min(width, height) <= min(sheet_width, sheet_height)


def _along(side, sheet_side, gap, margin) -> int:
    """n pieces need n sides and n - 1 gaps between the margins."""
    room = sheet_side - 2 * margin
    return int((room + gap) // (side + gap)) if room >= side else 0
