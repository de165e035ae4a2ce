"""How many equal boxes go into a rectangle by straight cuts, and where: exact, by dynamic programming.

Boxes may come in several sizes with different worth (one piece, a pair, lying or standing). Cuts are only tried where
whole boxes end (Herz, "A recursive computing procedure for two-dimensional stock cutting", 1972).
"""

import math

import numpy as np

MOST_CUTS = 420  # places along one side; where there are more, the smaller sizes are left out
EPSILON = 1e-6
DIGITS = 4  # of a mm: the same sum in another order is the same, and sides as good as equal make one cut


class Pallet:
    """`sizes` are (width, height, worth) with the gap in them, as has the rectangle."""

    def __init__(self, width: float, height: float, sizes: list[tuple[float, float, int]]):
        # Sums of sides are kept to so many digits: a side that has more would not fit into its own sum.
        self.sizes = [(_up(size[0]), _up(size[1]), size[2]) for size in sizes]
        self.xs = _ends(width, [size[0] for size in self.sizes])
        self.ys = _ends(height, [size[1] for size in self.sizes])
        self._fill()

    def _fill(self) -> None:
        xs, ys = np.array(self.xs), np.array(self.ys)
        self.worth = np.zeros((len(xs), len(ys)), dtype=np.int32)
        self.choice = np.full((len(xs), len(ys)), -1, dtype=np.int32)
        self.cut = np.zeros((len(xs), len(ys)), dtype=np.int32)
        for number, (width, height, worth) in enumerate(self.sizes):
            fits = (xs[:, None] >= width - EPSILON) & (ys[None, :] >= height - EPSILON) & (worth > self.worth)
            self.worth[fits], self.choice[fits] = worth, number
        across = [_complements(ys, number) for number in range(len(ys))]
        for i in range(len(xs)):
            low, high = _complements(xs, i)
            if len(low):  # cut off a piece from the left: all heights at once
                both = self.worth[low] + self.worth[high]
                best = both.argmax(0)
                value = both[best, np.arange(len(ys))]
                better = value > self.worth[i]
                self.worth[i, better], self.choice[i, better] = value[better], -2
                self.cut[i, better] = low[best[better]]
            for j in range(len(ys)):
                low, high = across[j]
                if len(low):
                    both = self.worth[i, low] + self.worth[i, high]
                    best = int(both.argmax())
                    if both[best] > self.worth[i, j]:
                        self.worth[i, j], self.choice[i, j], self.cut[i, j] = both[best], -3, low[best]

    def shortest(self, wanted: int) -> int:
        """The number of the shortest length that holds `wanted`, or of the whole one."""
        enough = np.flatnonzero(self.worth[:, -1] >= wanted)
        return int(enough[0]) if len(enough) else len(self.xs) - 1

    def places(self, i: int) -> list[tuple[int, float, float]]:
        """(size number, x, y) in the rectangle as long as `xs[i]`, and of its full height."""
        found, open_ = [], [(i, len(self.ys) - 1, 0.0, 0.0)]
        while open_:
            i, j, x, y = open_.pop()
            choice, cut = int(self.choice[i, j]), int(self.cut[i, j])
            if choice >= 0:
                found.append((choice, x, y))
            elif choice == -2:
                open_ += [(cut, j, x, y), (_floor(self.xs, self.xs[i] - self.xs[cut]), j, x + self.xs[cut], y)]
            elif choice == -3:
                open_ += [(i, cut, x, y), (i, _floor(self.ys, self.ys[j] - self.ys[cut]), x, y + self.ys[cut])]
        return found


def _ends(length: float, sides: list[float]) -> list[float]:
    """Sums of sides up to the length, and the length itself."""
    sums = {0.0}
    for side in sorted(set(sides), reverse=True):
        open_ = list(sums)
        while open_:
            end = round(open_.pop() + side, DIGITS)
            if end <= length + EPSILON and end not in sums and len(sums) < 20_000:
                sums.add(end)
                open_.append(end)
    return sorted(sums | {length})


def best(width: float, height: float, sizes: list[tuple[float, float, int]]) -> Pallet | None:
    """The best of all sizes together and of the few most worth for their area, as far as they can be reckoned with."""
    order = sorted(sizes, key=lambda size: size[0] * size[1] / size[2])
    found = None
    for count in sorted({1, 2, 4, len(order)}):
        chosen = order[:count]
        if any(
            len(_ends(side, [size[axis] for size in chosen])) > MOST_CUTS for axis, side in ((0, width), (1, height))
        ):
            continue
        pallet = Pallet(width, height, chosen)
        if found is None or pallet.worth[-1, -1] > found.worth[-1, -1]:
            found = pallet
    return found


def _up(side: float) -> float:
    return math.ceil(side * 10**DIGITS - 1e-3) / 10**DIGITS


def _floor(ends: list[float], value: float) -> int:
    return int(np.searchsorted(ends, value + EPSILON, side="right")) - 1


def _complements(ends: np.ndarray, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Places of a cut, and for each the largest known length that goes beyond it."""
    low = np.arange(1, number)
    low = low[ends[low] <= ends[number] / 2 + EPSILON] if len(low) else low
    high = np.searchsorted(ends, ends[number] - ends[low] + EPSILON, side="right") - 1
    return low, high
