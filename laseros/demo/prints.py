"""Sliced files of what the demo's print shop makes, drawn and written by the demo itself."""

import base64
import io
import math
from collections.abc import Callable

from laseros.demo.story import Part

SIDE, MIDDLE, UNIT = 220, (110, 140), 1.0
COLOURS = {
    "grau": (150, 156, 163), "schwarz": (62, 66, 72), "orange": (236, 130, 40), "weiß": (226, 226, 220),
    "klar": (150, 196, 214),
}  # fmt: skip
TOP, LEFT, RIGHT, HOLE = 1.12, 0.86, 0.66, 0.4  # of the colour


class Pen:
    """Draws solids seen from above a corner: x to the right, y to the left, z up, in millimetres or so."""

    def __init__(self, colour: tuple[int, int, int]):
        from PIL import Image, ImageDraw

        self.image = Image.new("RGBA", (SIDE * 2, SIDE * 2), (0, 0, 0, 0))
        self.draw, self.colour = ImageDraw.Draw(self.image), colour

    def at(self, x: float, y: float, z: float) -> tuple[float, float]:
        right, down = (x - y) * 0.866, (x + y) / 2 - z
        return 2 * (MIDDLE[0] + UNIT * right), 2 * (MIDDLE[1] + UNIT * down)

    def shade(self, light: float) -> tuple[int, ...]:
        return tuple(min(255, round(value * light)) for value in self.colour)

    def face(self, corners, light: float) -> None:
        self.draw.polygon([self.at(*corner) for corner in corners], fill=self.shade(light))

    def prism(self, outline: list[tuple[float, float]], low: float, high: float) -> None:
        """Straight up from an outline: walls that are seen first, then the top."""
        around = list(zip(outline, [*outline[1:], outline[0]], strict=True))
        for (ax, ay), (bx, by) in sorted(around, key=lambda edge: sum(edge[0]) + sum(edge[1])):
            light = LEFT if abs(bx - ax) > abs(by - ay) else RIGHT
            self.face([(ax, ay, low), (bx, by, low), (bx, by, high), (ax, ay, high)], light)
        self.face([(x, y, high) for x, y in outline], TOP)

    def box(self, x, y, z, width, depth, height) -> None:
        outline = [(x, y), (x + width, y), (x + width, y + depth), (x, y + depth)]
        self.prism(outline, z, z + height)

    def disc(self, x, y, z, radius, light=HOLE) -> None:
        self.face([(x + radius * cos, y + radius * sin, z) for cos, sin in circle()], light)

    def tube(self, x, y, z, radius, height, hole=0.0) -> None:
        self.prism([(x + radius * cos, y + radius * sin) for cos, sin in circle()], z, z + height)
        if hole:
            self.disc(x, y, z + height, hole)

    def png(self) -> bytes:
        from PIL import Image

        stream = io.BytesIO()
        self.image.resize((SIDE, SIDE), Image.Resampling.LANCZOS).save(stream, "PNG", optimize=True)
        return stream.getvalue()


def circle(count: int = 48) -> list[tuple[float, float]]:
    return [(math.cos(2 * math.pi * n / count), math.sin(2 * math.pi * n / count)) for n in range(count)]


def _housing(pen):
    pen.box(-50, -35, 0, 100, 70, 34)
    pen.tube(-22, 0, 34, 16, 12, hole=10)
    pen.box(12, -18, 34, 26, 36, 3)


def _clip(pen):
    pen.box(-30, -14, 0, 60, 28, 8)
    for x in (-26, 14):
        pen.box(x, -14, 8, 12, 28, 36)


def _jig(pen):
    pen.box(-62, -36, 0, 124, 72, 14)
    for x in (-38, 0, 38):
        pen.disc(x, 0, 14, 12)


def _shade(pen):
    for step in range(14):
        pen.tube(0, 0, step * 6, 56 - 2.2 * step - 5 * (step % 2), 6, hole=(22 if step == 13 else 0))


def _handle(pen):
    pen.box(-60, -12, 0, 22, 24, 46)
    pen.box(38, -12, 0, 22, 24, 46)
    pen.box(-60, -12, 46, 120, 24, 20)


def _arm(pen):
    pen.box(-70, -9, 0, 104, 18, 12)
    pen.tube(46, 0, 0, 24, 20, hole=12)


def _gear(pen):
    teeth = 20
    outline = []
    for tooth in range(teeth):
        for share, radius in ((0.0, 46), (0.25, 46), (0.35, 55), (0.75, 55), (0.85, 46)):
            angle = 2 * math.pi * (tooth + share) / teeth
            outline.append((radius * math.cos(angle), radius * math.sin(angle)))
    pen.prism(outline, 0, 20)
    pen.disc(0, 0, 20, 14)


def _house(pen):
    pen.box(-48, -34, 0, 96, 68, 46)
    for y in (-34, 34):
        pen.face([(-48, y, 46), (48, y, 46), (48, 0, 86), (-48, 0, 86)], TOP if y > 0 else RIGHT)
    pen.face([(48, -34, 46), (48, 34, 46), (48, 0, 86)], LEFT)


def _adapter(pen):
    pen.tube(0, 0, 0, 50, 16)
    pen.tube(0, 0, 16, 40, 24, hole=32)


def _stand(pen):
    pen.box(-54, -34, 0, 108, 68, 8)
    pen.box(-44, -20, 8, 88, 10, 78)
    pen.box(-44, -10, 8, 88, 14, 14)


SHAPES: dict[str, Callable[[Pen], None]] = {
    "sensorgehaeuse": _housing, "kabelclip": _clip, "bohrlehre": _jig, "lampenschirm": _shade, "handgriff": _handle,
    "drohnenarm": _arm, "zahnrad": _gear, "modellhaus": _house, "objektivadapter": _adapter, "messehalter": _stand,
}  # fmt: skip


def picture_of(part: Part) -> bytes:
    """A PNG of the part in its filament's colour."""
    pen = Pen(COLOURS[part.item[1]])
    SHAPES[part.design](pen)
    return pen.png()


def gcode_of(part: Part) -> bytes:
    """As PrusaSlicer writes it, picture and all; for no printer in particular. The same bytes every time."""
    letters = base64.b64encode(picture_of(part)).decode()
    lines = "\n".join(f"; {letters[start : start + 78]}" for start in range(0, len(letters), 78))
    moves = "".join(f"G1 X{number % 180} Y{number * 7 % 180} E.04\n" for number in range(200))
    minutes, grams = int(part.minutes), float(part.grams)
    return (
        "; generated by PrusaSlicer 2.9.0 on 2026-11-20 at 08:00:00 UTC\n\n"
        f"; thumbnail begin {SIDE}x{SIDE} {len(letters)}\n{lines}\n; thumbnail end\n\n;LAYER_CHANGE\n{moves}\n"
        f"; filament used [mm] = {grams / 2.98 * 1000:.2f}\n; filament used [g] = {grams:.2f}\n"
        f"; estimated printing time (normal mode) = {minutes // 60}h {minutes % 60}m 0s\n"
        f"; filament_type = {part.item[0]}\n; layer_height = 0.2\n"
    ).encode()
