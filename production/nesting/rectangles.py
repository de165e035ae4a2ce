"""Packing boxes into one rectangle: maximal free rectangles (Jylänki, "A Thousand Ways to Pack the Bin", 2010)."""

from collections.abc import Callable
from dataclasses import dataclass, field

EPSILON = 1e-7  # mm, so that boxes which fit exactly do

Rect = tuple[float, float, float, float]  # x, y, width, height


def short_side(free: Rect, width: float, height: float) -> tuple:
    over_x, over_y = free[2] - width, free[3] - height
    return (over_x, over_y) if over_x < over_y else (over_y, over_x)


def area_left(free: Rect, width: float, height: float) -> tuple:
    return free[2] * free[3] - width * height, min(free[2] - width, free[3] - height)


def long_side(free: Rect, width: float, height: float) -> tuple:
    over_x, over_y = free[2] - width, free[3] - height
    return (over_y, over_x) if over_x < over_y else (over_x, over_y)


def leftmost(free: Rect, width: float, height: float) -> tuple:
    return free[0] + width, free[1]


def lowest(free: Rect, width: float, height: float) -> tuple:
    return free[1] + height, free[0]


RULES: tuple[Callable, ...] = (short_side, area_left, leftmost, lowest, long_side)


@dataclass
class Bin:
    """A rectangle being filled from its lower left corner at 0, 0."""

    width: float
    height: float
    free: list[Rect] = field(default_factory=list)

    def __post_init__(self):
        self.free = [(0.0, 0.0, self.width, self.height)]

    def best(self, sizes: list[tuple[float, float]], rule: Callable) -> tuple | None:
        """(score, size number, x, y) of the best place for a box that may have any of `sizes`."""
        found = None
        for number, (width, height) in enumerate(sizes):
            for free in self.free:
                if width <= free[2] + EPSILON and height <= free[3] + EPSILON:
                    score = rule(free, width, height)
                    if found is None or score < found[0]:
                        found = (score, number, free[0], free[1])
        return found

    def put(self, x: float, y: float, width: float, height: float) -> None:
        right, top = x + width, y + height
        kept, cut = [], []
        for free in self.free:
            fx, fy, fw, fh = free
            if fx >= right - EPSILON or fx + fw <= x + EPSILON or fy >= top - EPSILON or fy + fh <= y + EPSILON:
                kept.append(free)
                continue
            if x - fx > EPSILON:
                cut.append((fx, fy, x - fx, fh))
            if fx + fw - right > EPSILON:
                cut.append((right, fy, fx + fw - right, fh))
            if y - fy > EPSILON:
                cut.append((fx, fy, fw, y - fy))
            if fy + fh - top > EPSILON:
                cut.append((fx, top, fw, fy + fh - top))
        self.free = kept + _largest(cut, kept)


def _largest(cut: list[Rect], kept: list[Rect]) -> list[Rect]:
    """Those of `cut` that lie in no other."""
    found: list[Rect] = []
    for rect in sorted(set(cut), key=lambda each: -each[2] * each[3]):
        x, y, width, height = rect
        right, top = x + width - EPSILON, y + height - EPSILON
        if not any(
            ox <= x + EPSILON and oy <= y + EPSILON and ox + ow >= right and oy + oh >= top
            for other in (found, kept)
            for ox, oy, ow, oh in other
        ):
            found.append(rect)
    return found
