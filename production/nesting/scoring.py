"""Which of two layouts is better."""

from production.nesting.assembling import cost
from production.nesting.layout import Layout, bounds

NEGLIGIBLE = 1e-3  # mm
REMNANT = 0.2  # what a remnant costs against the same area of a new sheet: it is there already


def score(layout: Layout) -> tuple:
    """Smaller is better: what urgent is left out, what is left out, what the sheets cost, the last by its length."""
    number = layout.last
    if number is None:
        return _judged(layout, 1.0)
    sheet = layout.problem.sheets[layout.sheets[number].sheet]
    return _judged(layout, round(layout.lengths[number], 1) / max(sheet.width, sheet.height))


def promise(layout: Layout) -> tuple:
    """As `score`, but the last sheet by what lies on it, however badly: smaller where the others are fuller."""
    number = layout.last
    if number is None:
        return _judged(layout, 1.0)
    laid, parts = layout.sheets[number], layout.problem.parts
    return _judged(
        layout, sum(parts[spot.part].solid.area for spot in laid.spots) / layout.problem.sheets[laid.sheet].area
    )


def _judged(layout: Layout, last: float) -> tuple:
    """`last` is the share of the last sheet that counts."""
    problem = layout.problem
    left: dict[tuple, float] = {}
    for number, part in enumerate(problem.parts):
        missing = part.quantity - layout.placed[number]
        if missing:
            left[part.rank] = left.get(part.rank, 0.0) + missing * part.solid.area
    by_rank = tuple(round(left.get(rank, 0.0), 3) for rank in problem.ranks)
    spent = 0.0
    for number, laid in enumerate(layout.sheets):
        share = last if number == layout.last else 1.0
        remnant = problem.sheets[laid.sheet].remnant
        spent += cost(problem, laid.sheet) * laid.count * share * (REMNANT if remnant else 1.0)
    return *by_rank, round(spent, 6)


def perfect(layout: Layout) -> bool:
    """Whether nothing can be better: all is placed, the sheets covered or no longer than one part needs."""
    if layout.unplaced() or not layout.sheets or len(layout.problem.sheets) > 1:
        return False
    if layout.part_area >= (1 - 1e-6) * layout.sheet_area:
        return True
    if len(layout.sheets) > 1 or layout.sheets[0].count > 1:
        return False
    sheet = layout.problem.sheets[layout.sheets[0].sheet]
    along = 0 if sheet.width >= sheet.height else 1
    least = max(
        min(box[along + 2] - box[along] for box in (bounds(layout.problem, number, angle) for angle in part.angles))
        for number, part in enumerate(layout.problem.parts)
    )
    return layout.lengths[0] <= layout.problem.margin + least + NEGLIGIBLE
