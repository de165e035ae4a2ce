"""From filling one sheet to a whole layout: which sheets, in which order, and how often the same pattern."""

from collections import Counter
from collections.abc import Callable

from production.nesting.layout import Laid, Layout
from production.nesting.problem import Problem, Spot

Fill = Callable[[int, list[int], tuple[Spot, ...]], list[Spot]]


def assemble(problem: Problem, fill: Fill, candidate: str, stopped: Callable[[], bool]) -> Layout:
    """Fill sheet after sheet until nothing is left, no sheet is left, or nothing fits.

    `fill(sheet, wanted, locked)` gives the pieces for one sheet, the locked ones first and counted in `wanted`.
    """
    wanted, stock, laid = problem.demand(), [sheet.quantity for sheet in problem.sheets], []
    for (sheet, copy), spots in problem.fixed.items():
        _take(wanted, spots, 1)
        stock[sheet] -= 1
        laid.append(Laid(sheet, spots, 1, copy))
    for number, locked in enumerate(laid):
        _take(wanted, locked.spots, -1)
        spots = fill(locked.sheet, wanted, locked.spots)
        _take(wanted, locked.spots, 1)
        _take(wanted, spots[len(locked.spots) :], 1)
        laid[number] = Laid(locked.sheet, tuple(spots), 1, locked.copy)
    while any(wanted) and not stopped():
        found = _next(problem, fill, wanted, stock)
        if found is None:
            break
        wanted = [left - count for left, count in zip(wanted, _counts(found, wanted), strict=True)]
        stock[found.sheet] -= found.count
        laid.append(found)
    return Layout(problem, tuple(laid), candidate)


def _next(problem: Problem, fill: Fill, wanted: list[int], stock: list[int]) -> Laid | None:
    """Remnants first, the smallest that takes anything; then the sheet that costs least for what it takes."""
    order = sorted(range(len(stock)), key=lambda sheet: problem.sheets[sheet].area)
    for sheet in order:
        if stock[sheet] > 0 and problem.sheets[sheet].remnant:
            spots = fill(sheet, wanted, ())
            if spots:
                return _repeated(sheet, spots, wanted, stock)
    best, found = None, None
    for sheet in order:
        if stock[sheet] <= 0 or problem.sheets[sheet].remnant:
            continue
        spots = fill(sheet, wanted, ())
        if not spots:
            continue
        everything = len(spots) == sum(wanted)
        area = sum(problem.parts[spot.part].solid.area for spot in spots)
        worth = (everything, area / cost(problem, sheet))
        if best is None or worth > best:
            best, found = worth, _repeated(sheet, spots, wanted, stock)
    return found


def cost(problem: Problem, sheet: int) -> float:
    """What a sheet costs: its price when every sheet has one, else its area."""
    if all(each.price for each in problem.sheets):
        return problem.sheets[sheet].price
    return problem.sheets[sheet].area


def _repeated(sheet: int, spots: list[Spot], wanted: list[int], stock: list[int]) -> Laid:
    counts = Counter(spot.part for spot in spots)
    times = min(wanted[part] // count for part, count in counts.items())
    return Laid(sheet, tuple(spots), max(1, min(times, stock[sheet])))


def _counts(laid: Laid, wanted: list[int]) -> list[int]:
    counts = Counter(spot.part for spot in laid.spots)
    return [counts[part] * laid.count for part in range(len(wanted))]


def _take(wanted: list[int], spots, times: int) -> None:
    for spot in spots:
        wanted[spot.part] -= times
