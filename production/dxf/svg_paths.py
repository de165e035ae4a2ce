"""Path data and basic shapes of SVG as pieces of curves, in the coordinates of their element.

A piece is ("L", p, q), ("A", c, a, b, t0, t1): points c + a cos t + b sin t, or ("B", points) for a Bézier curve;
points are (x, y). A subpath is (pieces, closed).
"""

import math
import re
from itertools import pairwise

NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_number = re.compile(NUMBER)
_command = re.compile(r"([MmZzLlHhVvCcSsQqTtAa])([^MmZzLlHhVvCcSsQqTtAa]*)")
_arc = re.compile(r"[\s,]*".join(("", *(f"({part})" for part in (*[NUMBER] * 3, "[01]", "[01]", NUMBER, NUMBER)))))
COUNTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2}
HALF_TURN = math.pi


def numbers(text: str) -> list[float]:
    return [float(found) for found in _number.findall(text or "")]


class PathReader:
    """Walks along path data. Up to a mistake it is drawn, as SVG asks; `complete` says whether there was one."""

    def __init__(self, data: str):
        self.subpaths: list[tuple[list, bool]] = []
        self.complete = True
        self.at = self.start = (0.0, 0.0)
        self.handle: tuple[str, tuple] | None = None  # the kind of the last curve and its last control point
        self.pieces: list = []
        end = 0
        for found in _command.finditer(data):
            if data[end : found.start()].strip(" \t\r\n,") or not self._command(found[1], found[2]):
                self.complete = False
                break
            end = found.end()
        self._finish(False)

    def _finish(self, closed: bool) -> None:
        if self.pieces:
            self.subpaths.append((self.pieces, closed))
        self.pieces = []

    def _command(self, letter: str, text: str) -> bool:
        kind = letter.upper()
        if kind == "Z":
            self._line(self.start)
            self._finish(True)
            return not text.strip(" \t\r\n,")
        if kind == "A":
            return self._arcs(letter == "a", text)
        values, count = numbers(text), COUNTS[kind]
        if not values or len(values) % count:
            return False
        for place in range(0, len(values), count):
            self._step(kind, letter.islower(), values[place : place + count])
            kind = "L" if kind == "M" else kind
        return True

    def _step(self, kind: str, relative: bool, values: list[float]) -> None:
        x, y = self.at if relative else (0.0, 0.0)
        if kind == "H":
            return self._line((x + values[0], self.at[1]))
        if kind == "V":
            return self._line((self.at[0], y + values[0]))
        points = [(x + values[i], y + values[i + 1]) for i in range(0, len(values), 2)]
        if kind == "M":
            self._finish(False)
            self.at = self.start = points[0]
            self.handle = None
        elif kind == "L":
            self._line(points[0])
        else:
            self._curve("C" if kind in "CS" else "Q", [self._reflected(kind), *points] if kind in "ST" else points)
        return None

    def _reflected(self, kind: str) -> tuple:
        if self.handle is None or self.handle[0] != ("C" if kind == "S" else "Q"):
            return self.at
        return 2 * self.at[0] - self.handle[1][0], 2 * self.at[1] - self.handle[1][1]

    def _line(self, to: tuple) -> None:
        if to != self.at:
            self.pieces.append(("L", self.at, to))
        self.at, self.handle = to, None

    def _curve(self, kind: str, points: list) -> None:
        self.pieces.append(("B", [self.at, *points]))
        self.at, self.handle = points[-1], (kind, points[-2])

    def _arcs(self, relative: bool, text: str) -> bool:
        end = 0
        for found in _arc.finditer(text):
            if text[end : found.start()].strip(" \t\r\n,"):
                return False
            rx, ry, turn, large, sweep, x, y = map(float, found.groups())
            to = (self.at[0] + x, self.at[1] + y) if relative else (x, y)
            self.pieces += arc_pieces(self.at, to, rx, ry, math.radians(turn), bool(large), bool(sweep))
            self.at, self.handle, end = to, None, found.end()
        return end > 0 and not text[end:].strip(" \t\r\n,")


def arc_pieces(start, end, rx: float, ry: float, turn: float, large: bool, sweep: bool) -> list:
    """An SVG arc between two points. Source: SVG 1.1, F.6.5, from endpoint to centre."""
    if start == end:
        return []
    rx, ry = abs(rx), abs(ry)
    if not rx or not ry:
        return [("L", start, end)]
    cos, sin = math.cos(turn), math.sin(turn)
    dx, dy = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x, y = cos * dx + sin * dy, cos * dy - sin * dx
    too_far = (x / rx) ** 2 + (y / ry) ** 2
    if too_far > 1:
        rx, ry = rx * math.sqrt(too_far), ry * math.sqrt(too_far)
    below = (rx * y) ** 2 + (ry * x) ** 2
    root = math.sqrt(max(0.0, (rx * ry) ** 2 / below - 1)) * (1 if large != sweep else -1)
    cx, cy = root * rx * y / ry, -root * ry * x / rx
    first = math.atan2((y - cy) / ry, (x - cx) / rx)
    last = math.atan2((-y - cy) / ry, (-x - cx) / rx)
    if sweep and last <= first:
        last += math.tau
    if not sweep and last >= first:
        last -= math.tau
    centre = (cos * cx - sin * cy + (start[0] + end[0]) / 2, sin * cx + cos * cy + (start[1] + end[1]) / 2)
    return split_arc(centre, (cos * rx, sin * rx), (-sin * ry, cos * ry), first, last)


def split_arc(centre, a, b, first: float, last: float) -> list:
    """At most half a turn a piece, as arcs are stored."""
    count = max(1, math.ceil(abs(last - first) / HALF_TURN - 1e-9))
    step = (last - first) / count
    return [("A", centre, a, b, first + i * step, first + (i + 1) * step) for i in range(count)]


def ellipse(cx: float, cy: float, rx: float, ry: float) -> list:
    return [(split_arc((cx, cy), (rx, 0.0), (0.0, ry), 0.0, math.tau), True)]


def polygon(points: list[float], closed: bool) -> list:
    corners = list(zip(points[0::2], points[1::2], strict=False))
    if closed and len(corners) > 2:
        corners.append(corners[0])
    pieces = [("L", p, q) for p, q in pairwise(corners) if p != q]
    return [(pieces, closed)] if pieces else []


def rectangle(x: float, y: float, wide: float, high: float, rx: float, ry: float) -> list:
    rx, ry = min(rx, wide / 2), min(ry, high / 2)
    if not rx or not ry:
        return polygon([x, y, x + wide, y, x + wide, y + high, x, y + high], True)
    right, low = x + wide, y + high
    above, below = ((x + rx, y), (right - rx, y)), ((right - rx, low), (x + rx, low))
    after, before = ((right, y + ry), (right, low - ry)), ((x, low - ry), (x, y + ry))
    ends = [*above, *after, *below, *before]
    pieces = []
    for number in range(0, 8, 2):
        start, end, after = ends[number], ends[number + 1], ends[(number + 2) % 8]
        pieces += [("L", start, end)] if start != end else []
        pieces += arc_pieces(end, after, rx, ry, 0.0, False, True)
    return [(pieces, True)]
