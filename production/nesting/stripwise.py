"""Whole layouts by strips: each sheet gets a set of pieces that just fits, the last one as short a strip as can be."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator

from production.nesting.assembling import assemble
from production.nesting.board import Board
from production.nesting.filling import by_area, fill
from production.nesting.guests import Holes, HostingStrips
from production.nesting.layout import Laid, Layout, bounds
from production.nesting.nofit import Shapes
from production.nesting.plain import plan, within
from production.nesting.problem import Problem, Spot
from production.nesting.scoring import score

FIRST_SHARE, MOST_SHARE = 0.85, 0.97  # of a sheet's usable area, grown outlines
TRIES = 3
ONE_SHEET = 0.6  # of a sheet: so much will lie on one
MAYBE_ONE = 0.9  # of a sheet: so much may go on one, and then one long run is best
WHOLE, MOST_OF_IT, NEXT_ROUND = 0.96, 0.85, 0.35  # of the time left; the solver overruns its time a little
MOST_OF_THE_REST = 0.8
PLAIN = 0.65  # of the time for the plain plan, when that may win; with all on one sheet it takes a quarter
LONG_RUN = 20.0  # s
GOOD_RUN = 4.0  # s: shorter ones are too far from the best
SHORTEST_RUN = 2.0  # s: the solver needs about so much for anything


def search(
    problem: Problem, workers: int, until: float, offer: Callable[[Layout], None], news: Callable, plain: bool = False
) -> Iterator[None]:
    """Offer layouts, round after round with more time each; yields between rounds. With `plain` the plain plan first.

    `news()` is the best layout anybody has found since it was last asked for, or None.
    """
    filler = Filler(problem, workers, until)
    rounds, best = 0, None
    if plain:
        whole = until - time.monotonic()
        best = plan(problem, filler.strips, whole if filler.maybe_one() else PLAIN * whole, filler.by_pieces)
        offer(best)
        yield
    while (left := until - time.monotonic()) > 0:
        needed = filler.runs() * GOOD_RUN
        if rounds == 0 or left > needed:
            share = WHOLE if filler.one_sheet() else min(MOST_OF_IT, max(NEXT_ROUND, needed / left))
            if plain and filler.maybe_one():
                share = MOST_OF_IT
            filler.begin(left * share, rounds, offer)
            rounds += 1
            layout = assemble(problem, filler.fill, "strips", lambda: time.monotonic() > until)
            offer(layout)
            best = best or layout
            yield
        best = news() or best
        left = until - time.monotonic()
        if left > SHORTEST_RUN and best.last is not None:
            shorter = filler.shorten(best, min(LONG_RUN, left / 2 if left > 2 * GOOD_RUN else left), offer)
            if shorter is not None:
                offer(shorter)
        else:
            time.sleep(0.1)
        yield


def shorten_last(
    problem: Problem,
    workers: int,
    until: float,
    offer: Callable[[Layout], None],
    news: Callable,
    fullest: Layout | None = None,
) -> Iterator[None]:
    """Lay the last sheet of the best layout anybody has anew as a strip, again and again; yields between tries.

    First that of the one whose other sheets are `fullest`: how dense a strip gets is much the same, and least is left
    for it.
    """
    filler, best = Filler(problem, workers, until), None
    while (left := until - time.monotonic()) > SHORTEST_RUN:
        best = news() or best
        chosen, fullest = fullest or best, None
        # The last long run is the best one; it has to be over before the time is.
        seconds = left / 2 if left > LONG_RUN else MOST_OF_THE_REST * left
        seconds = min(LONG_RUN, max(SHORTEST_RUN, seconds))
        shorter = filler.shorten(chosen, seconds, offer) if chosen is not None else None
        if shorter is None:
            time.sleep(0.1)
        elif best is None or score(shorter) < score(best):
            offer(shorter)
            best = shorter
        yield


class Filler:
    def __init__(self, problem: Problem, workers: int, until: float):
        self.problem, self.until = problem, until
        self.shapes = Shapes(problem)
        self.strips = HostingStrips(problem, workers, Holes(self.shapes, until - time.monotonic()))
        self.areas = [part.solid.buffer(self.strips.growth, join_style="mitre").area for part in problem.parts]
        self.seed, self.seconds, self.offer = 0, 2.0, None

    def one_sheet(self) -> bool:
        """Whether everything will lie on one sheet anyway."""
        needed = sum(self.areas[part.number] * part.quantity for part in self.problem.parts)
        return any(needed < ONE_SHEET * self._room(number) for number in range(len(self.problem.sheets)))

    def maybe_one(self) -> bool:
        needed = sum(self.areas[part.number] * part.quantity for part in self.problem.parts)
        return any(needed < MAYBE_ONE * self._room(number) for number in range(len(self.problem.sheets)))

    def begin(self, seconds: float, seed: int, offer) -> None:
        """A round of about `seconds` for all sheets."""
        self.seconds, self.seed, self.offer = max(SHORTEST_RUN, seconds / self.runs()), seed, offer
        if self.one_sheet():  # the solver takes whole seconds; what it finds in its last one is heard on the way
            self.seconds = math.ceil(self.seconds)

    def runs(self) -> float:
        """How many strips a round takes, about."""
        if self.one_sheet():
            return 1.0
        if self.maybe_one():
            return 1.5
        needed = sum(self.areas[part.number] * part.quantity for part in self.problem.parts)
        room = max(self._room(number) for number in range(len(self.problem.sheets)))
        return min(len(self.areas) + 3, needed / (0.8 * room) + 1) * (TRIES - 0.5)

    def _room(self, sheet: int) -> float:
        low_x, low_y, high_x, high_y = self.problem.sheets[sheet].usable.bounds or (0, 0, 0, 0)
        return (high_x - low_x) * (high_y - low_y)

    def fill(self, sheet: int, wanted: list[int], locked) -> list[Spot]:
        """One sheet: sets of more or less area, each laid as a strip and cut off where the sheet ends."""
        area = self.problem.sheets[sheet]
        if locked or not area.rectangle or area.usable.is_empty:
            return self._topped_up(sheet, list(locked), wanted)
        wanted = self._that_fit(sheet, wanted)
        needed = sum(self.areas[part] * count for part, count in enumerate(wanted))
        if not needed:
            return []
        share, best, worth = min(FIRST_SHARE, needed / self._room(sheet)), [], (-1.0, 0.0)
        if needed <= MOST_SHARE * self._room(sheet):
            share = needed / self._room(sheet)
        for number in range(TRIES):
            if self._late():
                break
            chosen = self._chosen(sheet, wanted, share, number)
            spots, full = self._laid(sheet, wanted, chosen)
            judged = self._worth(spots)
            if judged > worth:
                best, worth = spots, judged
            if len(spots) == sum(wanted):
                break
            # As much more or less as the strip was too short or too long; never what was tried already.
            share = min(share / full, MOST_SHARE) * (1.005 if full < 1 else 0.995)
        return best

    def _that_fit(self, sheet: int, wanted: list[int]) -> list[int]:
        return [
            count
            if count and any(self.shapes.innerfit(sheet, (part, angle)) for angle in self.problem.parts[part].angles)
            else 0
            for part, count in enumerate(wanted)
        ]

    def _chosen(self, sheet: int, wanted: list[int], share: float, number: int) -> Counter:
        """About `share` of the sheet: by turns the largest first, and of each kind its share."""
        room = share * self._room(sheet) * (1 + 1e-9)
        needed = sum(self.areas[part] * count for part, count in enumerate(wanted))
        chosen: Counter = Counter()
        if (number + self.seed) % 2 == 0:
            chosen.update({part: min(count, int(count * room / needed)) for part, count in enumerate(wanted)})
            room -= sum(self.areas[part] * count for part, count in chosen.items())
        for part in by_area(self.problem):
            more = min(wanted[part] - chosen[part], int(room / self.areas[part]))
            if more > 0:
                chosen[part] += more
                room -= more * self.areas[part]
        return Counter({part: count for part, count in chosen.items() if count})

    def _laid(self, sheet: int, wanted: list[int], chosen: Counter) -> tuple[list[Spot], float]:
        """What lies on the sheet, and how long the strip was against the sheet."""
        seconds = min(self.seconds, self.until - time.monotonic())
        everything = sum(chosen.values()) == sum(wanted)
        found = self.strips.solve(sheet, chosen, seconds, self.seed, self._heard(sheet, everything))
        if found is None:
            return [], 1.05
        spots, length = found
        end = self.problem.reach(sheet)
        kept = [spot for spot in spots if within(self.problem, spot, end)]
        full = length / max(end)
        return (kept if len(kept) == sum(wanted) else self._topped_up(sheet, kept, wanted)), full

    def by_pieces(self, sheet: int, wanted: list[int]) -> list[Spot]:
        return self._topped_up(sheet, [], wanted)

    def _topped_up(self, sheet: int, spots: list[Spot], wanted: list[int]) -> list[Spot]:
        """What else is wanted and fits is put beside."""
        board = Board(self.shapes, sheet, spots)
        there = Counter(spot.part for spot in spots)
        chunks = [(part, wanted[part] - there[part]) for part in by_area(self.problem)]
        left = [count - there[part] for part, count in enumerate(wanted)]
        weights = (0.05, 1.0) if board.along else (1.0, 0.05)
        fill(board, left, chunks, weights, self._late, self.strips.holes.guests)
        return board.spots

    def _heard(self, sheet: int, everything: bool):
        """On the way to the last sheet every better strip may already be the answer."""

        def found(spots: list[Spot], width: float) -> None:
            end = self.problem.reach(sheet)
            whole = everything and sum(self.problem.demand()) == len(spots)
            if whole and all(within(self.problem, spot, end) for spot in spots):
                self.offer(Layout(self.problem, (Laid(sheet, tuple(spots)),), "strips"))

        return found

    def _worth(self, spots: list[Spot]) -> tuple[float, float]:
        parts = self.problem.parts
        return sum(parts[spot.part].solid.area for spot in spots), -max(
            (_along(self.problem, spot) for spot in spots), default=0.0
        )

    def _late(self) -> bool:
        return time.monotonic() > self.until

    def shorten(
        self, layout: Layout, seconds: float, offer: Callable[[Layout], None] = lambda layout: None
    ) -> Layout | None:
        """The same layout with its last sheet laid anew as a strip; `offer` hears of better ones on the way."""
        number = layout.last
        if number is None:
            return None
        laid = layout.sheets[number]
        if laid.copy is not None or not self.problem.sheets[laid.sheet].rectangle:
            return None
        self.seed += 100
        end, best = self.problem.reach(laid.sheet), [score(layout)]

        def anew(spots: list[Spot]) -> Layout | None:
            if not all(within(self.problem, spot, end) for spot in spots):
                return None
            sheets = list(layout.sheets)
            sheets[number] = Laid(laid.sheet, tuple(spots))
            return Layout(self.problem, tuple(sheets), f"{layout.candidate}, last sheet as a strip")

        def heard(spots: list[Spot], width: float) -> None:
            better = anew(spots)
            if better is not None and score(better) < best[0]:
                best[0] = score(better)
                offer(better)

        found = self.strips.solve(laid.sheet, Counter(spot.part for spot in laid.spots), seconds, self.seed, heard)
        return None if found is None else anew(found[0])


def _along(problem: Problem, spot: Spot) -> float:
    _, _, right, _top = bounds(problem, spot.part, spot.angle)
    return spot.x + right
