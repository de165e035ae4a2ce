"""Holes that are used: small pieces are put in the holes of larger ones first, and lie and turn with them.

Room in a hole costs nothing. What fills a hole is found once for each part with holes, and used wherever a piece of it
lies.
"""

import math
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from shapely.geometry import Point, Polygon

from production.nesting.board import Board
from production.nesting.filling import fill
from production.nesting.nofit import Shapes
from production.nesting.problem import Problem, Spot, turn, turned
from production.nesting.strips import Strips

TRIES = 12  # orders and corners tried for one hole
WEIGHTS = ((1.0, 0.05), (0.05, 1.0), (1.0, 1.0), (-1.0, 0.3))
NOISE = 0.5
AS_GOOD = 0.9  # of the most that is known to lie in the hole: no more is looked for
KNOWN = 40  # ways of filling the holes of one part that are remembered
LARGEST, OTHERS = 4, 2  # kinds tried in one hole at a time: the largest, and some of the rest
SHARE, LEAST_SECONDS = 0.1, 0.3  # of the time there is, spent on looking what fits; then what is known has to do


@dataclass(frozen=True)
class Filled:
    """What lies in the holes of one piece, seen from its origin and unturned."""

    guests: tuple[Spot, ...] = ()
    counts: Counter = field(default_factory=Counter)
    area: float = 0.0

    def there_with(self, host: Spot) -> list[Spot]:
        cos, sin = turn(host.angle)
        return [
            Spot(
                guest.part,
                round(guest.angle + host.angle, 9) % 360,
                host.x + guest.x * cos - guest.y * sin,
                host.y + guest.x * sin + guest.y * cos,
            )
            for guest in self.guests
        ]

    def of(self, left: Sequence[int] | Counter) -> bool:
        """Whether so much is left."""
        return all(left[part] >= count for part, count in self.counts.items())


class Holes:
    """`seconds` are what the search that uses them has."""

    def __init__(self, shapes: Shapes, seconds: float = 60.0):
        self.shapes, self.problem = shapes, shapes.problem
        self.left = max(LEAST_SECONDS, SHARE * seconds)
        self.random = random.Random(5)  # noqa: S311 - a search, no secret
        hosts = [part.number for part in self.problem.parts if shapes.hosting(part.number)]
        self.hosts = sorted(hosts, key=lambda host: -self.problem.parts[host].solid.area)
        self._small: dict[int, list[int]] = {}
        self._known: dict[int, list[Filled]] = {}
        self._asked: dict[tuple, Filled] = {}

    # --- what fills a hole ------------------------------------------------------------------------------------------

    def filled(self, sheet: int, host: int, left: Sequence[int] | Counter) -> Filled:
        """The most of what is left that is known to lie in the holes of one piece of `host`."""
        small = self.small(host)
        if not any(left[part] > 0 for part in small):
            return Filled()
        known = self._known.setdefault(host, [])
        found = next((each for each in known if each.of(left)), None)
        if found is not None and (found.area >= AS_GOOD * known[0].area or len(known) >= KNOWN):
            return found
        key = host, *(min(max(0, left[part]), self._most(host, part)) for part in small)
        if key not in self._asked:
            if self.left <= 0:
                return found or Filled()
            began = time.monotonic()
            better = self._fill(sheet, host, left)
            self.left -= time.monotonic() - began
            self._asked[key] = better if found is None or better.area > found.area else found
            if better.guests:
                known.append(better)
                known.sort(key=lambda each: -each.area)
        return self._asked[key]

    def small(self, host: int) -> list[int]:
        """The parts of which one may lie in a hole of `host`, by its box."""
        if host not in self._small:
            rooms = [_sides(Polygon(hole).bounds) for hole in self.problem.parts[host].shape.interiors]
            self._small[host] = [
                part.number
                for part in self.problem.parts
                if part.number not in self.hosts
                and part.in_holes
                and any(self._fits(part, room) for room in rooms)
                and self._turns_with(part, host)
            ]
        return self._small[host]

    def _fits(self, part, room: tuple[float, float]) -> bool:
        boxes = (_sides(turned(part.solid, angle).bounds) for angle in part.angles)
        return any(width <= room[0] and height <= room[1] for width, height in boxes)

    def _most(self, host: int, part: int) -> int:
        """So many at most lie in its holes."""
        solid = self.problem.parts[host].solid
        return math.floor((solid.area - self.problem.parts[host].shape.area) / self.problem.parts[part].solid.area)

    def _fill(self, sheet: int, host: int, left: Sequence[int] | Counter) -> Filled:
        """The fullest of several tries."""
        parts, spot = self.problem.parts, self._in_the_corner(sheet, host)
        counts = [0] * len(parts)
        for part in self.small(host):
            counts[part] = max(0, left[part])
        best, most = [], 0.0
        for number in range(TRIES if spot is not None else 0):
            guests = self._try(sheet, spot, counts, number)
            area = self._area(guest.part for guest in guests)
            if area > most:
                best, most = guests, area
        seen = tuple(Spot(guest.part, guest.angle, guest.x - spot.x, guest.y - spot.y) for guest in best)
        return Filled(seen, Counter(guest.part for guest in seen), most)

    def _turns_with(self, guest, host: int) -> bool:
        """Whether it may lie however the host is turned: holes are filled before that is known."""
        allowed = {round(angle, 6) % 360 for angle in guest.angles}
        return all(
            round(angle + turned_by, 6) % 360 in allowed
            for angle in guest.angles
            for turned_by in self.problem.parts[host].angles
        )

    def _in_the_corner(self, sheet: int, host: int) -> Spot | None:
        """A place on the empty sheet for the host unturned."""
        for paths in self.shapes.innerfit(sheet, (host, 0.0)):
            x, y = paths[0]
            return Spot(host, 0.0, x / self.shapes.scale, y / self.shapes.scale)
        return None

    def _try(self, sheet: int, host: Spot, counts: list[int], number: int) -> list[Spot]:
        parts, guests, left = self.problem.parts, [], list(counts)
        noise = NOISE if number >= len(WEIGHTS) else 0.0
        order = sorted(
            (part for part, count in enumerate(left) if count),
            key=lambda part: -parts[part].solid.area * math.exp(self.random.gauss(0, noise)),
        )
        order = order[:LARGEST] + self.random.sample(order[LARGEST:], min(OTHERS, len(order[LARGEST:])))
        for hole in turned(parts[host.part].shape, 0.0, host.x, host.y).interiors:
            room = Polygon(hole)
            small = [(part, left[part]) for part in order if parts[part].solid.area < room.area]
            window = [self.shapes.units(value) for value in room.bounds]
            board = Board(self.shapes, sheet, [host, *guests], window)
            for guest in fill(board, left, small, WEIGHTS[number % len(WEIGHTS)], lambda: False):
                if room.contains(parts[guest.part].placed(guest)):
                    guests.append(guest)
                    left[guest.part] -= 1
        return guests

    # --- who lies in one --------------------------------------------------------------------------------------------

    def invited(self, sheet: int, wanted: Counter) -> tuple[Counter, dict[int, list[Filled]]]:
        """What is left to be laid when the holes are filled, and for each host what lies in so many of its pieces."""
        left, filled = Counter(wanted), {}
        for host in self.hosts:
            filled[host] = []
            for _ in range(wanted[host]):
                found = self.filled(sheet, host, left)
                if not found.guests:
                    break
                left -= found.counts
                filled[host].append(found)
        return left, filled

    @staticmethod
    def with_guests(spots: Sequence[Spot], filled: dict[int, list[Filled]]) -> list[Spot]:
        waiting = {host: list(each) for host, each in filled.items()}
        there = list(spots)
        for spot in spots:
            if waiting.get(spot.part):
                there += waiting[spot.part].pop(0).there_with(spot)
        return there

    def guests(self, sheet: int, host: Spot, left: Sequence[int]) -> list[Spot]:
        """What of what is left lies in the holes of a piece that was just put."""
        return self.filled(sheet, host.part, left).there_with(host) if host.part in self.hosts else []

    def settled(self, sheet: int, spots: Sequence[Spot], left: Sequence[int] = (), locked=frozenset()) -> list[Spot]:
        """The same pieces, and some of `left`: what lies free and fits into holes that have room lies there."""
        small = {part for host in self.hosts for part in self.small(host)}
        movable = [number for number, spot in enumerate(spots) if spot.part in small and spot not in locked]
        housed = self._housed(spots, movable)
        outside = set(movable) - {guest for guests in housed.values() for guest in guests}
        waiting = Counter({part: left[part] for part in small if left and left[part] > 0})
        free = waiting + Counter(spots[number].part for number in outside)
        gone, come = set(), []
        for host in sorted(housed, key=lambda host: self._area(spots[guest].part for guest in housed[host])):
            own = Counter(spots[guest].part for guest in housed[host])
            found = self.filled(sheet, spots[host].part, free + own) if free else Filled()
            if found.area > self._area(own.elements()) + 1e-6 and found.counts >= own:
                free = free + own - found.counts
                gone.update(housed[host])
                come += found.there_with(spots[host])
        taken = Counter(spot.part for spot in come) - Counter(spots[number].part for number in gone) - waiting
        for number in sorted(outside, key=lambda number: -max(spots[number].x, spots[number].y)):
            if taken[spots[number].part]:
                taken[spots[number].part] -= 1
                gone.add(number)
        return [spot for number, spot in enumerate(spots) if number not in gone] + come

    def _area(self, numbers) -> float:
        return sum(self.problem.parts[number].solid.area for number in numbers)

    def _housed(self, spots: Sequence[Spot], movable: list[int]) -> dict[int, list[int]]:
        """For each piece with holes that anything fits, by its place among the spots, those that lie in them."""
        parts = self.problem.parts
        middles = {number: parts[spots[number].part].placed(spots[number]).representative_point() for number in movable}
        at = np.array([(middles[number].x, middles[number].y) for number in movable]).reshape(len(movable), 2)
        found = {}
        for number, spot in enumerate(spots):
            if self._small.get(spot.part):
                shape = parts[spot.part].placed(spot)
                low_x, low_y, high_x, high_y = shape.bounds
                near = (at[:, 0] > low_x) & (at[:, 0] < high_x) & (at[:, 1] > low_y) & (at[:, 1] < high_y)
                rooms = [Polygon(hole) for hole in shape.interiors]
                found[number] = [
                    movable[each]
                    for each in np.flatnonzero(near)
                    if any(room.contains(Point(at[each])) for room in rooms)
                ]
        return found


def _sides(bounds) -> tuple[float, float]:
    return bounds[2] - bounds[0], bounds[3] - bounds[1]


class HostingStrips(Strips):
    """As `Strips`, with holes used: spyrrow knows outlines only, and is given the large piece alone."""

    def __init__(self, problem: Problem, workers: int, holes: Holes):
        super().__init__(problem, workers)
        self.holes = holes

    def solve(
        self, sheet: int, wanted: Counter, seconds: float, seed: int, found: Callable[[list[Spot], float], None]
    ) -> tuple[list[Spot], float] | None:
        left, filled = self.holes.invited(sheet, wanted)
        if not any(filled.values()):
            return super().solve(sheet, wanted, seconds, seed, found)
        answer = super().solve(
            sheet, left, seconds, seed, lambda spots, width: found(Holes.with_guests(spots, filled), width)
        )
        return answer and (Holes.with_guests(answer[0], filled), answer[1])
