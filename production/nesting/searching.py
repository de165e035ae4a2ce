"""The way from a question to the best verified layout within its time."""

import contextlib
import os
import time
from collections import Counter
from collections.abc import Callable

from production.nesting import boxes, scoring
from production.nesting.assembling import assemble
from production.nesting.crew import Crew
from production.nesting.greedy import Maker
from production.nesting.layout import Laid, Layout
from production.nesting.problem import Problem, read
from production.nesting.rectangles import area_left, leftmost, long_side, lowest, short_side
from production.nesting.refused import Refused
from production.nesting.verifying import Unsound, verify
from production.nesting.wire import layout_in, layout_of, line_of

QUICK_SECONDS, QUICK_SHARE = 2.0, 0.3  # for the candidates made in this process, before the others are heard
MOST_BOXES = 12.0  # s: after that no further orders of boxes are tried
BEST_FIRST = (short_side, leftmost, area_left, lowest, long_side)
TRIAL = 0.5  # of the time: a search by strips that has found nothing better until then is ended
FINISH = 0.5  # of the time: from then on an odd last sheet is laid as a strip, by all processors
LEAST_FINISH = 3.0  # s: the solver of strips needs about so much for anything
LONGEST = 24 * 3600.0  # s
SMALL_PIECES, SMALL_POINTS = 150, 600
PATIENCE, PATIENCE_EACH = 5.0, 0.5  # s, and s for each piece
ONE_SHEET = 0.6  # of a sheet: parts of so much area will lie on one
# Of its box a piece fills on average. Above the one boxes and grids promise more than strips, below the other less.
BOXY, ODD = 0.88, 0.75
MIXED, KINDS = 0.85, 4  # of so many kinds already this is odd


class Best:
    """Takes layouts from anywhere and keeps the best of those that verify."""

    def __init__(self, problem: Problem, report: Callable[[Layout, float], None], began: float):
        self.problem, self.report, self.began, self.since = problem, report, began, began
        self.layout = Layout(problem, ())
        self.fullest: Layout | None = None  # leaves least for its last sheet, however long that is
        self.unsound: list[str] = []

    def offer(self, layout: Layout) -> bool:
        """Whether it is the best now. What others say may be nonsense: then it is no layout."""
        if not self._is_better(layout, self.layout if self.layout.sheets else None, scoring.score):
            return False
        self.layout, self.since = layout, time.monotonic()
        self.report(layout, self.since - self.began)
        return True

    def hear_of_full(self, layout: Layout) -> None:
        if self._is_better(layout, self.fullest, scoring.promise):
            self.fullest = layout

    def _is_better(self, layout: Layout, known: Layout | None, judged: Callable[[Layout], tuple]) -> bool:
        try:
            if known is not None and judged(layout) >= judged(known):
                return False
            verify(self.problem, layout)
        except (Unsound, LookupError, TypeError, ValueError) as error:
            self.unsound.append(f"{layout.candidate}: {error}")
            return False
        return True

    def settled(self) -> bool:
        """Whether few pieces lie on one sheet and for so long nothing was better that nothing will be."""
        if self.layout.unplaced() or sum(laid.count for laid in self.layout.sheets) != 1:
            return False
        patience = PATIENCE + PATIENCE_EACH * len(self.layout.sheets[0].spots)
        return time.monotonic() - self.since > patience


def search(question: dict, seconds: float, report, stopped, start: dict | None = None) -> Layout:
    """See `production.nesting.nest`."""
    began = time.monotonic()
    if not 0 <= seconds <= LONGEST:  # nor what is no number
        raise Refused("The time to search must be a number of seconds, a day at most.", "not-a-time")
    problem = read(question)
    best = Best(problem, report, began)
    if not problem.parts:
        return best.layout
    _check_locks(problem)
    if start is not None:
        with contextlib.suppress(LookupError, TypeError, ValueError):
            best.offer(layout_in(problem, start))

    def late() -> bool:
        return time.monotonic() - began > seconds or stopped()

    with Crew() as crew:
        left = seconds - 0.3
        team = Team(problem, question, crew, best)
        if left > 0.5:
            team.start(began + left)
        alone = seconds if not crew.members else min(QUICK_SECONDS, QUICK_SHARE * seconds)
        quick(problem, best, crew, began + alone, began + seconds, stopped, shapes=not team.by_strips)
        while not late() and team.at_work() and not scoring.perfect(best.layout) and not best.settled():
            team.hear()
    return best.layout


class Team:
    """Who searches how. The more the pieces fill their boxes, the less the strips are given of the processors."""

    def __init__(self, problem: Problem, question: dict, crew: Crew, best: Best):
        self.problem, self.question, self.crew, self.best = problem, question, crew, best
        self.by_strips = how(problem) != "pieces"
        self.useful: set = set()
        self.strips, self.finishing = None, False
        self.in_place_of_strips: list[dict] = []

    def start(self, until: float) -> None:
        self.until, self.began = until, time.monotonic()
        if how(self.problem) == "strip":
            self.in_place_of_strips = [{"role": "pieces", "seed": 1, "nice": 0}]
        for asked in roles(self.problem):
            member = self._start(**asked)
            self.strips = member if asked["role"] == "strips" else self.strips

    def _start(self, **asked):
        known = line_of(self.best.layout) if self.best.layout.sheets else None
        return self.crew.start(question=self.question, start=known, seconds=self.until - time.monotonic(), **asked)

    def at_work(self) -> bool:
        """Whether anybody is. Pieces take the place of strips that had the processors to themselves and are gone."""
        if not self.crew.at_work() and self.in_place_of_strips:
            self._start(**self.in_place_of_strips.pop())
        return self.crew.at_work()

    def hear(self) -> None:
        """Take what somebody has found. Who searches by strips in vain makes room for others."""
        heard = self.crew.heard(0.1)
        if heard is not None:
            member, said = heard
            try:
                layout = layout_of(self.problem, said)
            except (TypeError, ValueError):
                return
            self.best.hear_of_full(layout)
            if _offer(self.best, self.crew, layout, member):
                self.useful.add(member)
            # From here on last sheets and gaps are what counts; on one sheet only its length, which strips know best.
            if layout.candidate == "plain strips" and sum(laid.count for laid in layout.sheets) > 1:
                self._squeeze()
        elif self.strips is not None and self._passed() > TRIAL:
            if not self.by_strips and self.strips not in self.useful:
                self.crew.end(self.strips)
            self.strips = None
        if not (self.by_strips or self.finishing) and self._passed() > FINISH:
            self.finishing = True
            self._finish()

    def _passed(self) -> float:
        """How much of the time is over."""
        return (time.monotonic() - self.began) / (self.until - self.began)

    def _finish(self) -> None:
        """To the end strips have all processors: they find in seconds what pieces do not in minutes."""
        if self._is_last_odd() and self.until - time.monotonic() > LEAST_FINISH:
            for member in list(self.crew.members):
                self.crew.end(member)
            fullest = line_of(self.best.fullest) if self.best.fullest is not None else None
            self._start(role="last sheet", workers=processors(), fullest=fullest)

    def _is_last_odd(self) -> bool:
        """What is left for a last sheet is what fitted nowhere else: where it fills its boxes badly, strips lay it
        better."""
        number = self.best.layout.last
        if len(self.best.layout.sheets) < 2 or number is None:
            return False
        laid = self.best.layout.sheets[number]
        return boxiness(self.problem, Counter(spot.part for spot in laid.spots)) < BOXY

    def _squeeze(self) -> None:
        self._start(role="pieces", seed=2, nice=0)


def _check_locks(problem: Problem) -> None:
    """Locked pieces are taken as they are: those that break a rule would break every layout."""
    locked = tuple(Laid(sheet, spots, 1, copy) for (sheet, copy), spots in problem.fixed.items())
    try:
        verify(problem, Layout(problem, locked))
    except Unsound as error:
        raise Refused(f"The locked pieces cannot stay where they are: {error}.", "bad-locks") from None


def how(problem: Problem) -> str:
    """ "strip" where all lies on one sheet and how short is all that counts, "plain" where the plan of strips sheet by
    sheet may win, "pieces" where pieces put one by one do better than strips."""
    area = sum(part.solid.area * part.quantity for part in problem.parts)
    boxy = boxiness(problem, Counter({part.number: part.quantity for part in problem.parts}))
    largest = max(sheet.usable.area for sheet in problem.sheets)
    simple = len(problem.sheets) == 1 and problem.sheets[0].rectangle and not problem.fixed
    if len(problem.parts) >= KINDS and boxy < BOXY and area < ONE_SHEET * largest and simple:
        return "strip"
    if simple and (boxy < ODD or (boxy < MIXED and len(problem.parts) >= KINDS)):
        return "plain"
    return "pieces"


def boxiness(problem: Problem, counts: Counter) -> float:
    """How much of the tightest boxes around them so many pieces fill."""
    chosen = [(problem.parts[part].solid, count) for part, count in counts.items()]
    boxes_area = sum(solid.minimum_rotated_rectangle.area * count for solid, count in chosen)
    return sum(solid.area * count for solid, count in chosen) / max(1e-9, boxes_area)


def roles(problem: Problem) -> list[dict]:
    """What the processes of a search are asked for."""
    chosen = how(problem)
    if chosen == "pieces":
        strips = {"role": "strips", "workers": 1, "nice": 10, "plain": False}
        return [strips, *({"role": "pieces", "seed": seed, "nice": 0} for seed in range(1, max(2, processors()) + 1))]
    strips = {"role": "strips", "workers": processors(), "nice": 0, "plain": chosen == "plain"}
    if chosen == "strip":  # whoever works beside them, be it at the lowest priority, costs them a percent
        return [strips]
    return [strips, {"role": "pieces", "seed": 1, "nice": 5}]


def processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def quick(problem: Problem, best: Best, crew: Crew, until: float, last: float, stopped, shapes=True) -> None:
    """Boxes in many orders: there is something to show at once. Without `shapes` the processors are left to others.

    All orders are tried, however busy the machine is: what anybody gets by boxes we get too. Only of many pieces, where
    one takes long, and when the search itself is over, some are left out.
    """
    began = time.monotonic()

    def late() -> bool:
        return stopped() or (time.monotonic() > until and bool(best.layout.sheets))

    def over() -> bool:
        now = time.monotonic()
        return stopped() or (bool(best.layout.sheets) and (now > last or now - began > MOST_BOXES))

    for rule in BEST_FIRST:
        for order in boxes.ORDERS:
            if over() or scoring.perfect(best.layout):
                return

            def fill(sheet, wanted, locked, order=order, rule=rule):
                return list(locked) or boxes.fill(
                    problem, sheet, boxes.ordered(problem, wanted, order), None, rule, over
                )

            _offer(best, crew, assemble(problem, fill, f"boxes by {order}, {rule.__name__}", over), None)
    # The same is tried in a process of its own; here for when none can be started, and for the small jobs most are.
    if (
        shapes
        and sum(problem.demand()) <= SMALL_PIECES
        and sum(len(part.shape.exterior.coords) for part in problem.parts) <= SMALL_POINTS
    ):
        maker = Maker(problem, 0, until)
        for fill, name in ((maker.first, "piece by piece"), (maker.gridded, "grids")):
            if not late() and not scoring.perfect(best.layout):
                _offer(best, crew, assemble(problem, fill, name, late), None)


def _offer(best: Best, crew: Crew, layout: Layout, member) -> bool:
    if not best.offer(layout):
        return False
    crew.tell(line_of(layout), member)
    return True
