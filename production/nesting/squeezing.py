"""Making a layout shorter: its last sheet is given a nearer end, and what lies beyond it must find room elsewhere.

A few pieces that lie together are taken up, on any sheet, and the place is filled anew from them and what has no place,
in another order and from another corner. That is kept when more lies then, or as much and nearer to the start. When
nothing is left over the layout is better, and the end moves on (ruin and recreate: Schrimpf and others, "Record
breaking optimization results using the ruin and recreate principle", 2000).
"""

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np

from production.nesting.board import Board
from production.nesting.filling import best_spot
from production.nesting.guests import Holes
from production.nesting.layout import Laid, Layout
from production.nesting.nofit import Shapes
from production.nesting.problem import Spot

MOST_TAKEN, MOST_LOOSE = 7, 6  # pieces taken up, and pieces without a place tried with them
WIDER = (0.0, 0.1, 0.25)  # as much around what was taken up is filled too
STEP, LEAST_STEP, MOST_STEP = 0.006, 0.001, 0.06  # of the length used, by which the end comes nearer
GIVEN_UP = 3  # times even the least step was too much: then another layout deserves the time
PATIENCE = 60  # tries for each piece without a place until another end is set
SIDEWAYS = 0.6  # how often as much is kept although it lies no nearer to the start
NOISE = 0.4


class Bed:
    """One sheet: its pieces with their boxes, in units; `end` is how far they may reach along it."""

    def __init__(self, shapes: Shapes, laid: Laid):
        self.shapes, self.laid = shapes, laid
        sheet = shapes.problem.sheets[laid.sheet]
        self.along = 0 if sheet.width >= sheet.height else 1
        self.locked = set(shapes.problem.fixed.get((laid.sheet, laid.copy), ())) if laid.copy is not None else set()
        grown = round(shapes.growth * shapes.scale)
        left, bottom, _, _ = (shapes.units(value) for value in sheet.usable.bounds)
        right, top = (shapes.units(value) for value in shapes.problem.reach(laid.sheet))
        self.room = [left - grown, bottom - grown, right + grown, top + grown]
        self.set(list(laid.spots))

    def set(self, spots: list[Spot]) -> None:
        self.spots = spots
        boxes = [self._box(spot) for spot in spots]
        self.boxes = np.array(boxes, dtype=np.int64).reshape(len(spots), 4)

    def _box(self, spot: Spot) -> tuple[int, int, int, int]:
        left, bottom, right, top = self.shapes.bounds(spot.part, spot.angle)
        x, y = self.shapes.units(spot.x), self.shapes.units(spot.y)
        return left + x, bottom + y, right + x, top + y

    def around(self, number: int, count: int) -> list[int]:
        """The pieces nearest to one, and what lies in their holes; never locked ones."""
        low = np.maximum(self.boxes[:, :2], self.boxes[number, :2])
        high = np.minimum(self.boxes[:, 2:], self.boxes[number, 2:])
        apart = np.maximum(low - high, 0).sum(1)
        middles = (self.boxes[:, :2] + self.boxes[:, 2:]) / 2
        apart = apart + np.abs(middles - middles[number]).sum(1) / 1000
        taken = np.argsort(apart, kind="stable")[:count].tolist()
        return [each for each in self._with_guests(taken) if self.spots[each] not in self.locked]

    def _with_guests(self, taken: list[int]) -> list[int]:
        found = dict.fromkeys(taken)
        for host in taken:
            if self.shapes.hosting(self.spots[host].part):
                box = self.boxes[host]
                inside = (self.boxes[:, :2] > box[:2]).all(1) & (self.boxes[:, 2:] < box[2:]).all(1)
                found.update(dict.fromkeys(np.flatnonzero(inside).tolist()))
        return list(found)

    def beyond(self, end: int) -> list[int]:
        """What reaches further than `end`, in units, with what lies in its holes."""
        return self._with_guests(np.flatnonzero(self.boxes[:, self.along + 2] > end).tolist())


class Squeeze:
    """Improves one layout. `shorter` yields a layout whenever nothing is left without a place."""

    def __init__(self, shapes: Shapes, holes: Holes, layout: Layout, chance: random.Random, late: Callable[[], bool]):
        self.shapes, self.holes, self.chance, self.late = shapes, holes, chance, late
        self.problem = shapes.problem
        self.set(layout)
        self.step = STEP

    def set(self, layout: Layout) -> None:
        """What lies free and fits into a hole goes there: where it lay there is room for others."""
        self.layout = layout
        self.beds = [Bed(self.shapes, laid) for laid in layout.sheets]
        for bed in self.beds:
            bed.set(self.holes.settled(bed.laid.sheet, bed.spots, locked=bed.locked))
        self.loose: Counter = Counter()

    def shorter(self, seconds: float) -> Iterator[Layout]:
        until, failed = time.monotonic() + seconds, 0
        while failed < GIVEN_UP and time.monotonic() < until and not self.late():
            if not self._move_end():
                return
            if self._all_find_room(until):
                failed = 0
                self.step = min(self.step * 1.3, MOST_STEP)
                self.set(self._layout())
                yield self.layout
            else:
                failed += self.step == LEAST_STEP
                self.step = max(self.step / 1.5, LEAST_STEP)
                self.set(self.layout)

    def _move_end(self) -> bool:
        """The end of the last sheet comes nearer; what lies beyond it has no place now."""
        number = self.layout.last
        if number is None or self.layout.sheets[number].copy is not None:
            return False
        bed = self.beds[number]
        start, reached = bed.room[bed.along], int(bed.boxes[:, bed.along + 2].max())
        step = self.step * self.chance.uniform(0.5, 1.5)
        end = reached - max(1, round((reached - start) * step))
        self._take(bed, bed.beyond(end))
        bed.room[bed.along + 2] = end
        return True

    def _take(self, bed: Bed, taken: list[int]) -> list[Spot]:
        gone = set(taken)
        spots = [bed.spots[number] for number in taken]
        bed.set([spot for number, spot in enumerate(bed.spots) if number not in gone])
        self.loose.update(spot.part for spot in spots)
        return spots

    def _all_find_room(self, until: float) -> bool:
        tries, least = 0, self._value(self.loose)
        while self.loose and time.monotonic() < until and not self.late():
            self._refill()
            value = self._value(self.loose)
            tries = 0 if value < least - 1e-6 else tries + 1
            least = min(least, value)
            if tries > PATIENCE * (2 + sum(self.loose.values())):
                return False
        return not self.loose

    def _value(self, counts: Counter) -> float:
        return sum(self.problem.parts[part].solid.area * count for part, count in counts.items())

    def _refill(self) -> None:
        beds = [bed for bed in self.beds if bed.laid.count == 1]
        bed = self.chance.choices(beds, [len(bed.spots) + 1 for bed in beds])[0]
        window, taken = self._window(bed)
        if window is None:
            return
        kept = np.ones(len(bed.spots), dtype=bool)
        kept[taken] = False
        boxes = bed.boxes
        near = (
            kept
            & (boxes[:, 0] < window[2])
            & (boxes[:, 2] > window[0])
            & (boxes[:, 1] < window[3])
            & (boxes[:, 3] > window[1])
        )
        board = Board(self.shapes, bed.laid.sheet, [bed.spots[each] for each in np.flatnonzero(near)], window)
        before = [bed.spots[each] for each in taken]
        after = self._filled(board, before)
        if after is None or not self._better(bed, before, after):
            return
        self.loose.update(spot.part for spot in before)
        self.loose.subtract(spot.part for spot in after)
        self.loose = +self.loose
        bed.set([spot for spot, stays in zip(bed.spots, kept.tolist(), strict=True) if stays] + after)

    def _window(self, bed: Bed) -> tuple[list[int] | None, list[int]]:
        if not bed.spots:
            return list(bed.room), []
        number = self.chance.randrange(len(bed.spots))
        taken = bed.around(number, self.chance.randint(1, min(MOST_TAKEN, len(bed.spots))))
        if not taken:
            return None, []
        low, high = bed.boxes[taken, :2].min(0), bed.boxes[taken, 2:].max(0)
        wider = self.chance.choice(WIDER) * (high - low)
        low, high = (low - wider).astype(np.int64).tolist(), (high + wider).astype(np.int64).tolist()
        room = bed.room
        return [max(low[0], room[0]), max(low[1], room[1]), min(high[0], room[2]), min(high[1], room[3])], taken

    def _filled(self, board: Board, before: list[Spot]) -> list[Spot] | None:
        pieces = [spot.part for spot in before]
        loose = list(self.loose.elements())
        pieces += self.chance.sample(loose, min(len(loose), MOST_LOOSE))
        areas = [part.solid.area for part in self.problem.parts]
        noise = self.chance.choice((0.1, NOISE, 2 * NOISE))
        order = sorted(pieces, key=lambda part: -areas[part] * math.exp(self.chance.gauss(0, noise)))
        weights = self._weights()
        left, least = sum(areas[part] for part in pieces), sum(areas[spot.part] for spot in before)
        done, full, after = 0.0, set(), []
        for part in order:
            if done + left < least - 1e-6:
                return None
            left -= areas[part]
            spot = None if part in full else best_spot(board, part, weights)
            if spot is None:
                full.add(part)
                continue
            done += areas[part]
            board.put(spot)
            after.append(spot)
        return after

    def _weights(self) -> tuple[float, float]:
        main, aside = self.chance.choice((1.0, 1.0, -1.0)), self.chance.choice((0.05, 0.3, -0.05, -0.3))
        return (main, aside) if self.chance.random() < 0.5 else (aside, main)

    def _better(self, bed: Bed, before: list[Spot], after: list[Spot]) -> bool:
        parts = self.problem.parts
        more = sum(parts[spot.part].solid.area for spot in after) - sum(parts[spot.part].solid.area for spot in before)
        if abs(more) > 1e-6:
            return more > 0
        return self._moment(bed, after) < self._moment(bed, before) or self.chance.random() < SIDEWAYS

    def _moment(self, bed: Bed, spots: list[Spot]) -> float:
        """How far from the start the pieces lie, by their weight: what is left free gathers at the end."""
        moment = 0.0
        for spot in spots:
            box = bed._box(spot)
            moment += self.problem.parts[spot.part].solid.area * (
                box[bed.along] + box[bed.along + 2] + 0.1 * (box[1 - bed.along] + box[3 - bed.along])
            )
        return moment

    def _layout(self) -> Layout:
        laid = [Laid(bed.laid.sheet, tuple(bed.spots), bed.laid.count, bed.laid.copy) for bed in self.beds if bed.spots]
        return Layout(self.problem, tuple(laid), f"{self.layout.candidate.split(',')[0]}, squeezed")
