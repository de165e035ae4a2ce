"""Whole layouts sheet by sheet: for each the best of grids, boxes and true shapes put piece by piece, in many
orders.
"""

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

from production.nesting import boxes, rectangles, scoring
from production.nesting.assembling import assemble
from production.nesting.board import Board
from production.nesting.boxes import Chunks
from production.nesting.filling import by_area, fill
from production.nesting.grids import Grids
from production.nesting.guests import Holes
from production.nesting.layout import Laid, Layout, reach, used_length
from production.nesting.nofit import Shapes
from production.nesting.problem import Problem, Spot
from production.nesting.squeezing import Squeeze

FIRST_ROUND = 0.5  # s for each sheet; doubled round by round
LAST_ROUND = 20.0
SETTLED = 1.0  # s: a sheet on which nothing got better for as long as it took to get so far, and this
SQUEEZED = (5.0, 2.0)  # as many times longer, by even and odd seeds, the best is made shorter than one is made anew
PROMISING = 0.985  # of the best: so full a layout made anew may be the best once it is squeezed
MOST_CHUNKS = 5  # pieces of one part may be put at so many different times
PULLED = (0.02, 0.05, 0.1, 0.2, 0.35, 0.1, 0.02)  # of the pieces on a sheet
ASIDE = (0.0, 0.02, 0.1, 0.3)


def search(
    problem: Problem, seed: int, until: float, offer: Callable[[Layout], None], news: Callable
) -> Iterator[None]:
    """Offer layouts, yields between them; `news()` as in `stripwise`. Searches of other seeds spend their time
    otherwise.
    """
    maker, kept = Maker(problem, seed, until), Kept(offer)
    kept.hear(news())
    if kept.best is None or kept.best.candidate.startswith("boxes"):
        for fill, name in ((maker.gridded, "grids"), (maker.first, "piece by piece"))[:: 1 if seed % 2 else -1]:
            kept.offer(assemble(problem, fill, name, maker.late))
            yield
    seconds = FIRST_ROUND
    while not maker.late():
        if kept.hear(news()):
            for better in maker.improved(kept.best, seconds):
                kept.offer(better)
            yield
        if kept.best is not None and kept.best.last is not None:
            maker.squeeze(kept.best, seconds * SQUEEZED[seed % 2], kept)
            yield
        maker.seconds = seconds
        fresh = assemble(problem, maker.fill, "sheet by sheet", maker.late)
        kept.show_full(fresh)
        if not kept.offer(fresh) and fresh.last is not None and fresh.utilisation > PROMISING * kept.best.utilisation:
            maker.squeeze(fresh, seconds * SQUEEZED[1], kept)
        seconds = min(seconds * 1.7, LAST_ROUND)
        yield


class Kept:
    """The best layout a search knows of, its own or another's."""

    def __init__(self, out: Callable[[Layout], None]):
        self.out, self.best, self.fullest = out, None, None

    def offer(self, layout: Layout) -> bool:
        """Whether it is better than what was known; then it is told."""
        if better := self.hear(layout):
            self.out(layout)
        return better

    def show_full(self, layout: Layout) -> None:
        """Tell of it where it leaves least for the last sheet: longer now, it may be the best once that is a strip."""
        if self.fullest is None or scoring.promise(layout) < scoring.promise(self.fullest):
            self.fullest = layout
            self.out(layout)

    def hear(self, layout: Layout | None) -> bool:
        """Whether it is better than what was known."""
        if layout is None or (self.best is not None and scoring.score(layout) >= scoring.score(self.best)):
            return False
        self.best = layout
        return True


class Maker:
    """Fills sheets; see `assemble` for what its ways have in common."""

    def __init__(self, problem: Problem, seed: int, until: float):
        self.problem, self.until = problem, until
        self.random = random.Random(seed)  # noqa: S311 - a search, no secret
        self.shapes = Shapes(problem)
        self.grids, self.holes = Grids(self.shapes), Holes(self.shapes, until - time.monotonic())
        self.seconds = FIRST_ROUND

    def late(self) -> bool:
        return time.monotonic() > self.until

    def squeeze(self, layout: Layout, seconds: float, kept: Kept) -> None:
        """Make it shorter for so long, or until it gives no more."""
        for better in Squeeze(self.shapes, self.holes, layout, self.random, self.late).shorter(seconds):
            kept.offer(better)

    def first(self, sheet: int, wanted: list[int], locked) -> list[Spot]:
        return self._topped_up(
            sheet, list(locked), wanted, [(part, wanted[part]) for part in by_area(self.problem)], 0.05
        )

    def gridded(self, sheet: int, wanted: list[int], locked) -> list[Spot]:
        """The part that covers most in its grid, then whatever fits beside it."""
        if locked:
            return self.first(sheet, wanted, locked)
        urgent = min((self.problem.parts[part].rank for part, count in enumerate(wanted) if count), default=None)
        best, worth = [], 0.0
        for part, count in enumerate(wanted):
            if not count or self.problem.parts[part].rank != urgent or (self.late() and best):
                continue
            spots = self.grids.fill(sheet, part, count)
            covered = len(spots) * self.problem.parts[part].solid.area
            if covered > worth:
                best, worth = spots, covered
        return self._topped_up(sheet, best, wanted, [(part, wanted[part]) for part in by_area(self.problem)], 0.05)

    def _topped_up(self, sheet: int, spots, wanted: list[int], chunks: Chunks, aside: float) -> list[Spot]:
        locked = {spot for spots in self.problem.fixed.values() for spot in spots}
        board = Board(self.shapes, sheet, self.holes.settled(sheet, spots, _left(wanted, spots), locked))
        fill(board, _left(wanted, board.spots), chunks, self._weights(sheet, aside), self.late, self.holes.guests)
        return board.spots

    def _weights(self, sheet: int, aside: float) -> tuple[float, float]:
        area = self.problem.sheets[sheet]
        return (1.0, aside) if area.width >= area.height else (aside, 1.0)

    def fill(self, sheet: int, wanted: list[int], locked) -> list[Spot]:
        """The best found in `seconds` at most by changing the order in which pieces are put."""
        began = improved = time.monotonic()
        until = min(began + self.seconds, self.until)
        best = self.gridded(sheet, wanted, locked)
        worth = self._worth(sheet, best)
        # Each way climbs on its own: (its spots' worth, order, how it is put).
        ways = (
            [self._by_boxes, self._by_shapes]
            if not locked and self.problem.sheets[sheet].rectangle
            else [self._by_shapes]
        )
        climbs = [[None, self._chunks(wanted), None] for _ in ways]
        spent = [0.0] * len(ways)
        # What has long not got better will not: another start has more luck.
        while (now := time.monotonic()) < min(until, improved + (improved - began) + SETTLED):
            number = min(range(len(ways)), key=lambda number: spent[number])
            climb = climbs[number]
            order = self._changed(climb[1], climb[0] is None)
            spots, how = ways[number](sheet, wanted, locked, order, climb[2])
            judged = self._worth(sheet, spots)
            if climb[0] is None or judged >= climb[0]:
                climb[:] = judged, order, how
            if judged > worth:
                best = self._topped_up(sheet, spots, wanted, order, 0.05)
                worth, improved = self._worth(sheet, best), time.monotonic()
            spent[number] += time.monotonic() - now
        return best

    def _by_boxes(self, sheet, wanted, locked, order: Chunks, how):
        how = (
            how
            if how and self.random.random() < 0.7
            else (self.random.choice(rectangles.RULES[:4]), self.random.random() < 0.6)
        )
        rule, paired = how
        tiles = {part: self.grids.tiles(part) for part, _ in order} if paired else None
        alone, filled = self.holes.invited(sheet, Counter(dict(enumerate(wanted))))
        order = _no_more_than(alone, order)
        return Holes.with_guests(boxes.fill(self.problem, sheet, order, tiles, rule, self.late), filled), how

    def _by_shapes(self, sheet, wanted, locked, order: Chunks, how):
        how = how if how is not None and self.random.random() < 0.7 else self.random.choice(ASIDE)
        return self._topped_up(sheet, list(locked), wanted, order, how), how

    def _chunks(self, wanted: list[int]) -> Chunks:
        """Largest first, with some noise; many pieces of one part in several lots."""
        sizes = {part.number: part.solid.area for part in self.problem.parts}
        chunks: list[tuple[tuple, int, int]] = []
        for part, count in enumerate(wanted):
            lots = min(count, self.random.choice((1, 1, 2, MOST_CHUNKS)))
            for lot in range(lots):
                share = count // lots + (lot < count % lots)
                key = (self.problem.parts[part].rank, -sizes[part] * math.exp(self.random.gauss(0, 0.3)))
                chunks.append((key, part, share))
        return [(part, share) for _, part, share in sorted(chunks)]

    def _changed(self, order: Chunks, first: bool) -> Chunks:
        """Two lots exchanged, or one moved, within the same urgency."""
        changed = list(order)
        if first or len(changed) < 2:
            return changed
        for _ in range(self.random.choice((1, 1, 2, 3))):
            i, j = self.random.randrange(len(changed)), self.random.randrange(len(changed))
            if self.random.random() < 0.5:
                changed[i], changed[j] = changed[j], changed[i]
            else:
                changed.insert(j, changed.pop(i))
        return sorted(changed, key=lambda chunk: self.problem.parts[chunk[0]].rank)

    def _worth(self, sheet: int, spots: list[Spot]) -> tuple:
        """Urgent pieces first, then the area, then how short."""
        by_rank: dict[tuple, float] = {}
        for spot in spots:
            part = self.problem.parts[spot.part]
            by_rank[part.rank] = by_rank.get(part.rank, 0.0) + part.solid.area
        areas = tuple(round(by_rank.get(rank, 0.0), 3) for rank in self.problem.ranks)
        return *areas, -used_length(self.problem, Laid(sheet, tuple(spots)))

    def improved(self, layout: Layout, seconds: float) -> Iterator[Layout]:
        """Pieces of the last sheet go into room that is left on others; then the last sheet is laid anew."""
        number = layout.last
        if number is None or layout.sheets[number].copy is not None:
            return
        last = layout.sheets[number]
        shorter = self._pulled_in(last.sheet, list(last.spots))
        if shorter != list(last.spots):
            last = Laid(last.sheet, tuple(shorter))
            sheets = (*layout.sheets[:number], last, *layout.sheets[number + 1 :])
            layout = Layout(self.problem, sheets, f"{_base(layout)}, pulled in")
            yield layout
        if len(layout.sheets) == 1:
            return
        counts = Counter(spot.part for spot in last.spots)
        wanted = [counts[part.number] for part in self.problem.parts]
        others = [
            laid if other == number else self._with_more(laid, wanted) for other, laid in enumerate(layout.sheets)
        ]
        self.seconds = seconds
        kept = _without(last.spots, wanted)
        for spots in (kept, self.fill(last.sheet, wanted, ()) if any(wanted) else []):
            if len(spots) == sum(wanted):
                sheets = [laid for other, laid in enumerate(others) if other != number]
                if spots:
                    sheets.insert(number, Laid(last.sheet, tuple(spots)))
                yield Layout(self.problem, tuple(sheets), f"{_base(layout)}, topped up")

    def _pulled_in(self, sheet: int, spots: list[Spot]) -> list[Spot]:
        """What reaches furthest is taken off and put where there is room nearer the start, holes included."""
        along = 0 if self.problem.sheets[sheet].width >= self.problem.sheets[sheet].height else 1
        counts = Counter(spot.part for spot in spots)
        wanted = [counts[part.number] for part in self.problem.parts]
        chunks = [(part, wanted[part]) for part in by_area(self.problem)]
        for share in PULLED:
            if self.late():
                break
            # What may have others in its holes stays: nothing is ever put around a piece that lies already.
            spots = sorted(
                spots, key=lambda spot: (not self.shapes.hosting(spot.part), reach(self.problem, spot)[along])
            )
            kept = spots[: -max(1, round(share * len(spots)))]
            tried = self._topped_up(sheet, kept, wanted, chunks, self.random.choice(ASIDE))
            if len(tried) == len(spots) and self._ends(tried, along) < self._ends(spots, along):
                spots = tried
        return spots

    def _ends(self, spots: list[Spot], along: int) -> list[float]:
        """Where pieces end along the sheet, the furthest first: shorter is less, and so is fewer at the end."""
        return sorted((round(reach(self.problem, spot)[along], 1) for spot in spots), reverse=True)

    def _with_more(self, laid: Laid, wanted: list[int]) -> Laid:
        """What is wanted and fits is put on the sheet, and taken from `wanted`."""
        if self.late():
            return laid
        board = Board(self.shapes, laid.sheet, laid.spots)
        chunks = [(part, wanted[part] // laid.count) for part in by_area(self.problem)]
        for spot in fill(
            board,
            [count // laid.count for count in wanted],
            chunks,
            self._weights(laid.sheet, 0.1),
            self.late,
            self.holes.guests,
        ):
            wanted[spot.part] -= laid.count
        return Laid(laid.sheet, tuple(board.spots), laid.count, laid.copy)


def _left(wanted: list[int], spots) -> list[int]:
    there = Counter(spot.part for spot in spots)
    return [count - there[part] for part, count in enumerate(wanted)]


def _no_more_than(counts: Counter, order: Chunks) -> Chunks:
    """The first of the lots, as far as there are so many pieces."""
    left, kept = Counter(counts), []
    for part, count in order:
        kept.append((part, min(count, left[part])))
        left[part] -= kept[-1][1]
    return kept


def _base(layout: Layout) -> str:
    return layout.candidate.split(",")[0]


def _without(spots, wanted: list[int]) -> list[Spot]:
    """Of `spots` as many of each part as wanted, those that lie nearest to the start."""
    left, kept = list(wanted), []
    for spot in sorted(spots, key=lambda spot: (spot.x, spot.y)):
        if left[spot.part] > 0:
            left[spot.part] -= 1
            kept.append(spot)
    return kept
