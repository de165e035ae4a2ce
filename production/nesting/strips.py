"""The strip search of spyrrow (sparrow, KU Leuven): a set of pieces on as short a strip as it finds.

Only ever run in a child process: it overshoots its time by seconds and knows no stop.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable

import spyrrow

from production.nesting.covering import simplified
from production.nesting.problem import Problem, Sheet, Spot, turned, unlike

SLACK = 0.002  # mm of the gap given up: an exact fit fails in it
EVERY = 0.3  # s between two looks at what was found
OVERSHOOT = 12.0  # s: how long the solver may overrun its time before it is given up
FEASIBLE = (spyrrow.ReportType.ExplFeas, spyrrow.ReportType.CmprFeas, spyrrow.ReportType.Final)


class Strips:
    """Strips as wide as a sheet's shorter side, running along its longer one."""

    def __init__(self, problem: Problem, workers: int):
        self.problem, self.workers = problem, workers
        self.growth = max(0.0, (problem.gap - SLACK) / 2)
        self._unlike: dict[int, tuple[float, ...]] = {}
        self._rings: dict[tuple[int, bool], list] = {}

    def ring(self, part: int, upright: bool) -> list[tuple[float, float]]:
        """The outline grown by half the gap; turned back by a quarter for a sheet that stands upright."""
        if (part, upright) not in self._rings:
            shape = simplified(self.problem.parts[part].solid)
            if self.growth:
                shape = shape.buffer(self.growth, join_style="mitre", mitre_limit=2.0)
            self._rings[part, upright] = list(turned(shape, 270.0 if upright else 0.0).exterior.coords[:-1])
        return self._rings[part, upright]

    def solve(
        self, sheet: int, wanted: Counter, seconds: float, seed: int, found: Callable[[list[Spot], float], None]
    ) -> tuple[list[Spot], float] | None:
        """Pieces on the strip and how far they reach along the sheet, both as on the sheet; the shortest found.

        `found` hears of every better strip on the way. None when no strip was found within about the time.
        """
        area = self.problem.sheets[sheet]
        upright = area.height > area.width
        low_x, low_y, high_x, high_y = area.usable.bounds
        across = (high_x - low_x) if upright else (high_y - low_y)
        items = [
            spyrrow.Item(str(part), self.ring(part, upright), count, list(self._angles(part)))
            for part, count in wanted.items()
        ]
        strip = spyrrow.StripPackingInstance("", across + 2 * self.growth + self._ease(), items)
        config = spyrrow.StripPackingConfig(
            early_termination=True, total_computation_time=max(1, round(seconds)), num_workers=self.workers, seed=seed
        )
        best: list[tuple[list[Spot], float]] = []

        def better(solution) -> None:
            if not best or solution.width < best[0][1]:
                best[:] = [(self._spots(solution, area, upright), solution.width)]
                found(*best[0])

        _run(strip, config, seconds, better)
        if not best:
            return None
        spots, width = best[0]
        return spots, width - self.growth + (low_y if upright else low_x)

    def _angles(self, part: int) -> tuple[float, ...]:
        if part not in self._unlike:
            self._unlike[part] = unlike(self.problem.parts[part].solid, self.problem.parts[part].angles)
        return self._unlike[part]

    def _ease(self) -> float:
        """Across the strip: the pieces have given up as much of their gap."""
        return 0.9 * SLACK if self.growth else 0.0

    def _spots(self, solution, area: Sheet, upright: bool) -> list[Spot]:
        low_x, low_y, high_x, _ = area.usable.bounds
        spots = []
        for item in solution.placed_items:
            x, y = item.translation
            angle = round(item.rotation % 360, 9) % 360
            angle = min(self.problem.parts[int(item.id)].angles, key=lambda own: abs((own - angle + 180) % 360 - 180))
            if upright:
                x, y = high_x + self.growth - y, low_y - self.growth + x
            else:
                x, y = low_x - self.growth + x, low_y - self.growth + y
            spots.append(Spot(int(item.id), angle, x, y))
        return spots


def _run(strip, config, seconds: float, better: Callable) -> None:
    queue = spyrrow.ProgressQueue()
    ended: list = []

    def work() -> None:
        try:
            ended.append(strip.solve(config, queue))
        except BaseException:  # a panic of the solver is its own; what it found before counts
            ended.append(None)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    until = time.monotonic() + seconds + OVERSHOOT
    while thread.is_alive() and time.monotonic() < until:
        thread.join(EVERY)
        feasible = [solution for kind, solution in queue.drain() if kind in FEASIBLE]
        if feasible:
            better(min(feasible, key=lambda solution: solution.width))
    if ended and ended[0] is not None:
        better(ended[0])
