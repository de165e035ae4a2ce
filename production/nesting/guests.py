"""Strips that use holes: small pieces are put in the holes of larger ones first, and lie and turn with them.

spyrrow knows outlines only. What lies in a hole is none of its business: it is given the large piece alone.
"""

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from shapely.geometry import Polygon

from production.nesting.board import Board
from production.nesting.filling import fill
from production.nesting.nofit import Shapes
from production.nesting.problem import Problem, Spot, turn, turned
from production.nesting.strips import Strips

TRIES = 12  # orders and corners tried for one hole
WEIGHTS = ((1.0, 0.05), (0.05, 1.0), (1.0, 1.0), (-1.0, 0.3))
NOISE = 0.5


@dataclass(frozen=True)
class Filled:
    """What lies in the holes of one piece, seen from its origin and unturned."""

    guests: tuple[Spot, ...]
    counts: Counter

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


class HostingStrips(Strips):
    """As `Strips`, with holes used."""

    def __init__(self, problem: Problem, workers: int, shapes: Shapes):
        super().__init__(problem, workers)
        self.shapes, self.random = shapes, random.Random(5)  # noqa: S311 - a search, no secret
        self._known: dict[int, list[Filled]] = {}
        hosts = [part.number for part in problem.parts if shapes.hosting(part.number)]
        self.hosts = sorted(hosts, key=lambda host: -problem.parts[host].solid.area)

    def solve(
        self, sheet: int, wanted: Counter, seconds: float, seed: int, found: Callable[[list[Spot], float], None]
    ) -> tuple[list[Spot], float] | None:
        left, filled = self._invited(sheet, wanted)
        if not any(filled.values()):
            return super().solve(sheet, wanted, seconds, seed, found)
        answer = super().solve(
            sheet, left, seconds, seed, lambda spots, width: found(self._with_guests(spots, filled), width)
        )
        return answer and (self._with_guests(answer[0], filled), answer[1])

    def _with_guests(self, spots: list[Spot], filled: dict[int, list[Filled]]) -> list[Spot]:
        waiting = {host: list(each) for host, each in filled.items()}
        there = list(spots)
        for spot in spots:
            if waiting.get(spot.part):
                there += waiting[spot.part].pop().there_with(spot)
        return there

    def _invited(self, sheet: int, wanted: Counter) -> tuple[Counter, dict[int, list[Filled]]]:
        """What is left to be laid when the holes are filled, and for each host what lies in so many of its pieces."""
        left, filled = Counter(wanted), {}
        for host in self.hosts:
            filled[host] = []
            for _ in range(wanted[host]):
                found = self._filled(sheet, host, left)
                if not found.guests:
                    break
                left -= found.counts
                filled[host].append(found)
        return left, filled

    def _filled(self, sheet: int, host: int, left: Counter) -> Filled:
        known = self._known.setdefault(host, [])
        for each in known:
            if each.guests and each.counts <= left:
                return each
        found = self._fill(sheet, host, left)
        known.append(found)
        return found

    def _fill(self, sheet: int, host: int, left: Counter) -> Filled:
        """The fullest of several tries."""
        parts = self.problem.parts
        counts = [
            left[part.number] if part.number not in self.hosts and part.in_holes and self._turns_with(part, host) else 0
            for part in parts
        ]
        spot = self._in_the_corner(sheet, host)
        if spot is None or not any(counts):
            return Filled((), Counter())
        best, most = [], 0.0
        for number in range(TRIES):
            guests = self._try(sheet, spot, counts, number)
            area = sum(parts[guest.part].solid.area for guest in guests)
            if area > most:
                best, most = guests, area
        seen = tuple(Spot(guest.part, guest.angle, guest.x - spot.x, guest.y - spot.y) for guest in best)
        return Filled(seen, Counter(guest.part for guest in seen))

    def _turns_with(self, guest, host: int) -> bool:
        """Whether it may lie however the host is turned: holes are filled before that is known."""
        return all(
            any(math.isclose((angle + turned_by - own + 180) % 360, 180) for own in guest.angles)
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
