"""Arrows of dimensions that are no lines: filled triangles, and the blocks every CAD program draws them with."""

import math

_NAMES = (
    "CLOSEDFILLED CLOSED CLOSEDBLANK DOT DOTSMALL DOTBLANK ORIGIN ORIGIN2 OPEN OPEN90 OPEN30 SMALL NONE OBLIQUE"
    " BOXFILLED BOXBLANK DATUMFILLED DATUMBLANK INTEGRAL ARCHTICK"
)
ARROWS = frozenset(f"_{name}".encode() for name in _NAMES.split())
SLIMMEST_BACK, WIDEST_BACK = 0.02, 0.8  # of the length
ALIKE = 0.1

Arrow = tuple[float, float, float, float]  # tip x, y, and the middle of the back


def arrow_block(codes, values) -> Arrow | None:
    """Of an INSERT: these blocks have their tip at their origin and are one long, to the left."""
    get = _numbers(codes, values)
    turn, size = math.radians(get.get(50, 0.0)), get.get(41, 1.0)
    x, y = get.get(10, math.nan), get.get(20, math.nan)
    return x, y, x - size * math.cos(turn), y - size * math.sin(turn)


def filled_arrow(codes, values) -> Arrow | None:
    """Of a SOLID with three corners, two of its sides alike and the third a short back."""
    get = _numbers(codes, values)
    corners = {(get.get(code, math.nan), get.get(code + 10, math.nan)) for code in (10, 11, 12, 13) if code in get}
    if len(corners) != 3:
        return None
    points = sorted(corners)
    best = None
    for n, tip in enumerate(points):
        a, b = points[:n] + points[n + 1 :]
        back = (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
        long, other, short = math.dist(tip, a), math.dist(tip, b), math.dist(a, b)
        size = math.dist(tip, back)
        if size and abs(long - other) < ALIKE * long and SLIMMEST_BACK * size < short < WIDEST_BACK * size:
            best = (*tip, *back)
    return best


def _numbers(codes, values) -> dict[int, float]:
    found = {}
    for code, value in zip(codes, values, strict=False):
        if code < 60:
            try:
                found[code] = float(value)
            except ValueError:
                continue
    return found
