"""spyrrow sheet after sheet, as anybody would use it: the largest set that fits, by bisection on area.

What ours must never be below, so on jobs where it may win it is one of ours.
"""

import time
from collections import Counter
from collections.abc import Callable

from production.nesting.assembling import assemble
from production.nesting.layout import Layout, reach
from production.nesting.problem import Problem, Spot
from production.nesting.strips import Strips

STEPS = 4  # solves for each sheet
FIRST_SHARE = 0.8  # of a sheet's usable area
LIKELY_SHARE = 0.85  # of it, on average: by this the sheets are counted beforehand
TOUCHING = 0.005  # mm


def plan(
    problem: Problem, strips: Strips, seconds: float, rest: Callable[[int, list[int]], list[Spot]] | None = None
) -> Layout:
    """A layout after about `seconds`; sheets there was no time for are filled by `rest(sheet, wanted)`."""
    needed = sum(part.solid.area * part.quantity for part in problem.parts)
    room = max(problem.sheets[0].usable.area, 1)
    each = max(1.0, seconds / (STEPS * (int(needed / room / LIKELY_SHARE) + 1)))
    until = time.monotonic() + seconds

    def fill(sheet: int, wanted: list[int], locked) -> list[Spot]:
        if rest is not None and time.monotonic() > until:
            return rest(sheet, wanted)
        low, high, share, best = 0.5, 1.0, FIRST_SHARE, []
        for step in range(STEPS):
            if best and time.monotonic() > until:
                break
            chosen = largest(problem, wanted, share * room)
            found = strips.solve(sheet, chosen, each, step, lambda spots, width: None)
            fits = found is not None and all(within(problem, spot, problem.reach(sheet)) for spot in found[0])
            if fits and _area(problem, found[0]) > _area(problem, best):
                best = found[0]
            if fits and len(found[0]) == sum(wanted):
                break
            if not best and rest is not None and time.monotonic() > until:
                return rest(sheet, wanted)
            low, high = (share, high) if fits else (low, share)
            share = (low + high) / 2
        return best

    return assemble(problem, fill, "plain strips", lambda: False)


def largest(problem: Problem, wanted: list[int], room: float) -> Counter:
    """Biggest first, and small ones to fill up."""
    chosen: Counter = Counter()
    for part in sorted(range(len(wanted)), key=lambda part: -problem.parts[part].solid.area):
        count = min(wanted[part], int(room / problem.parts[part].solid.area))
        if count:
            chosen[part] = count
            room -= count * problem.parts[part].solid.area
    return chosen


def within(problem: Problem, spot: Spot, end: tuple[float, float]) -> bool:
    """Whether a piece ends before `end`, the upper right corner of what may be used."""
    right, top = reach(problem, spot)
    return right <= end[0] + TOUCHING and top <= end[1] + TOUCHING


def _area(problem: Problem, spots) -> float:
    return sum(problem.parts[spot.part].solid.area for spot in spots)
