"""Draws what was measured as SVG: real arcs, millimetres, a few KB.

Made from the measured contours, not from the file: what is seen is what was counted. Every curve class is one path with
its own CSS class, so a page can restyle it; the colours given here are presentation attributes and a small style sheet,
and both give way to the page's own rules.
"""

import math
from html import escape

CLASSES = ("engrave", "bend", "inner", "outer", "open", "duplicate")  # painted in this order
COLOURS = {
    "light": {
        "part": "#dfe6ee",
        "outer": "#17212b",
        "inner": "#1d5fa8",
        "engrave": "#7a5c00",
        "bend": "#2e7d32",
        "open": "#c62828",
        "duplicate": "#c2185b",
        "defect": "#c62828",
        "size": "#4a5763",
    },
    "dark": {
        "part": "#26313c",
        "outer": "#eef2f6",
        "inner": "#7fb8f5",
        "engrave": "#e5c25a",
        "bend": "#7bd089",
        "open": "#ff8a80",
        "duplicate": "#ff80ab",
        "defect": "#ff8a80",
        "size": "#a9b6c2",
    },
}
MARKED_DEFECTS = ("open", "gap", "self-intersection", "crossing", "branch")
MAX_SEGMENTS = 20_000  # a preview; beyond this the smallest contours are left out, and the description says so
MAX_MARKS = 50
MARGIN = 0.04


def svg(
    measured: dict,
    width: int | None = None,
    theme: str = "auto",
    title: str = "",
    dimensions: bool = False,
    scale_bar: bool = False,
    style: bool = True,
) -> str:
    """An SVG document of `measured`, which is `Measured.as_dict()`.

    `width` in pixels, or none to fill its place; `theme` "light", "dark" or "auto" for what the reader prefers.
    `dimensions` adds width and height, `scale_bar` a bar of a round length. `style=False` leaves out the style element,
    for pages whose content security policy forbids it.
    """
    sheet = Sheet(measured, dimensions, scale_bar)
    colours = COLOURS["dark" if theme == "dark" else "light"]
    body = [_parts_path(sheet, measured, colours)]
    body += [_class_path(sheet, name, colours) for name in CLASSES]
    body += [_defects(sheet, measured, colours)]
    body += [_dimensions(sheet, measured, colours)] if dimensions else []
    body += [_scale_bar(sheet, colours)] if scale_bar else []
    name = escape(title or "Drawing", quote=True)
    size = f' width="{int(width)}" height="{max(1, round(width * sheet.high / sheet.wide))}"' if width else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dxf-drawing" role="img"{size} viewBox="{sheet.view_box}"'
        f' aria-label="{name}"><title>{name}</title><desc>{escape(_description(sheet, measured))}</desc>'
        f"{_style(theme) if style else ''}{''.join(body)}</svg>"
    )


class Sheet:
    """Where things go: x to the right, y down, the lower left corner of all curves at the bottom left."""

    def __init__(self, measured: dict, dimensions: bool = False, scale_bar: bool = False):
        self.curves = list(_classed(measured))
        self.left_out = _thin_out(self.curves)
        low_x, low_y, high_x, high_y = bounds_of(self.curves, measured)
        self.x, self.y = low_x, high_y
        self.width, self.height = high_x - low_x, high_y - low_y
        self.size = max(self.width, self.height, 1e-3)
        self.unit = self.size / 100
        margin = self.size * MARGIN
        left = margin + (7 * self.unit if dimensions else 0)
        below = margin + (7 * self.unit if dimensions else 0) + (6 * self.unit if scale_bar else 0)
        self.left, self.below = left, below
        self.wide, self.high = self.width + left + margin, self.height + margin + below
        self.digits = max(0, min(6, 4 - math.floor(math.log10(self.size))))
        self.view_box = " ".join(map(self.number, (-left, -margin, self.wide, self.high)))

    def number(self, value: float) -> str:
        text = f"{value:.{self.digits}f}"
        if "." in text:
            text = text.rstrip("0").rstrip(".")
        return "0" if text in ("-0", "") else text

    def point(self, x: float, y: float) -> str:
        return f"{self.number(x - self.x)} {self.number(self.y - y)}"

    def path(self, segments: list, closed: bool) -> str:
        x, y = segments[0][:2]
        steps = [f"M{self.point(x, y)}"]
        for x0, y0, x1, y1, bulge in segments:
            if math.dist((x, y), (x0, y0)) > self.unit / 100 and (x, y) != (x0, y0):
                steps.append(f"L{self.point(x0, y0)}")
            steps.append(self._step(x0, y0, x1, y1, bulge))
            x, y = x1, y1
        return "".join(steps) + ("Z" if closed else "")

    def _step(self, x0, y0, x1, y1, bulge) -> str:
        chord = math.dist((x0, y0), (x1, y1))
        if abs(bulge) * chord < 1e-4 * self.unit:  # the sagitta cannot be seen
            return f"L{self.point(x1, y1)}"
        radius = self.number(chord * (1 + bulge * bulge) / (4 * abs(bulge)))
        # Counter-clockwise stays so to the eye; SVG's sweep flag means clockwise on a screen.
        return f"A{radius} {radius} 0 {int(abs(bulge) > 1 + 1e-9)} {int(bulge < 0)} {self.point(x1, y1)}"


def _classed(measured: dict):
    """(class, segments, closed, length) of every curve."""
    for contour in measured["contours"]:
        name = "open" if not contour["closed"] else "outer" if contour["outer"] else "inner"
        yield name, contour["segments"], contour["closed"], contour["length_mm"]
    for mark in measured.get("marks", ()):
        if mark["role"] == "ignore":
            continue
        yield mark["role"], mark["segments"], mark["closed"], mark["length_mm"]


def _thin_out(curves: list) -> int:
    """Drop the shortest curves beyond what a preview can carry, and return how many."""
    if sum(len(curve[1]) for curve in curves) <= MAX_SEGMENTS:
        return 0
    before, room, kept = len(curves), MAX_SEGMENTS, []
    for index in sorted(range(before), key=lambda i: -curves[i][3]):
        room -= len(curves[index][1])
        if room < 0:
            break
        kept.append(index)
    curves[:] = [curves[index] for index in sorted(kept)]
    return before - len(kept)


def bounds_of(curves: list, measured: dict) -> tuple[float, float, float, float]:
    import numpy as np

    from production.dxf import arcs

    x, y = measured["x_min_mm"], measured["y_min_mm"]
    own = np.array([[x, y, x + measured["width_mm"], y + measured["height_mm"]]])
    segments = np.array([segment for curve in curves for segment in curve[1]], dtype=float).reshape(-1, 5)
    boxes = np.concatenate((own, arcs.boxes(segments)))
    return (*boxes[:, :2].min(0).tolist(), *boxes[:, 2:].max(0).tolist())


def _parts_path(sheet: Sheet, measured: dict, colours: dict) -> str:
    """The material that stays, as one area with its holes."""
    if sheet.left_out:
        return ""
    d = "".join(
        sheet.path(contour["segments"], True)
        for contour in measured["contours"]
        if contour["closed"] or contour["outer"]
    )
    return f'<path class="dxf-part" fill="{colours["part"]}" fill-rule="evenodd" d="{d}"/>' if d else ""


def _class_path(sheet: Sheet, name: str, colours: dict) -> str:
    d = "".join(sheet.path(segments, closed) for own, segments, closed, _ in sheet.curves if own == name and segments)
    if not d:
        return ""
    dashes = {"bend": ' stroke-dasharray="6 3"', "duplicate": ' stroke-dasharray="2 3"'}.get(name, "")
    wide = {"open": 2.5, "duplicate": 3}.get(name, 1.5)
    return (
        f'<path class="dxf-{name}" fill="none" stroke="{colours[name]}" stroke-width="{wide}"{dashes}'
        f' stroke-linejoin="round" vector-effect="non-scaling-stroke" d="{d}"/>'
    )


def _defects(sheet: Sheet, measured: dict, colours: dict) -> str:
    marked = [defect for defect in measured["defects"] if defect["kind"] in MARKED_DEFECTS][:MAX_MARKS]
    radius = sheet.number(1.5 * sheet.unit)
    return "".join(
        f'<circle class="dxf-defect dxf-defect-{escape(defect["kind"], quote=True)}" fill="none"'
        f' stroke="{colours["defect"]}" stroke-width="2" vector-effect="non-scaling-stroke" r="{radius}"'
        f' cx="{sheet.number(defect["x_mm"] - sheet.x)}" cy="{sheet.number(sheet.y - defect["y_mm"])}">'
        f"<title>{escape(defect['text'])}</title></circle>"
        for defect in marked
    )


def _dimensions(sheet: Sheet, measured: dict, colours: dict) -> str:
    """Width below and height at the left, of what is cut."""
    n, unit = sheet.number, sheet.unit
    x0, y1 = measured["x_min_mm"] - sheet.x, sheet.y - measured["y_min_mm"]
    x1, y0 = x0 + measured["width_mm"], y1 - measured["height_mm"]
    low, left = sheet.height + 3 * unit, -3 * unit
    lines = f"M{n(x0)} {n(low)}H{n(x1)}M{n(left)} {n(y0)}V{n(y1)}"
    lines += "".join(f"M{n(x)} {n(low - unit)}V{n(low + unit)}" for x in (x0, x1))
    lines += "".join(f"M{n(left - unit)} {n(y)}H{n(left + unit)}" for y in (y0, y1))
    wide = _text(sheet, (x0 + x1) / 2, low + 4 * unit, measured["width_mm"], colours)
    high = _text(sheet, left - 1.5 * unit, (y0 + y1) / 2, measured["height_mm"], colours, turned=True)
    return _size_lines(lines, colours) + wide + high


def _size_lines(d: str, colours: dict) -> str:
    return (
        f'<path class="dxf-size" fill="none" stroke="{colours["size"]}" stroke-width="1"'
        f' vector-effect="non-scaling-stroke" d="{d}"/>'
    )


def _text(sheet: Sheet, x: float, y: float, mm: float, colours: dict, turned: bool = False) -> str:
    place = f'x="{sheet.number(x)}" y="{sheet.number(y)}"'
    turn = f' transform="rotate(-90 {sheet.number(x)} {sheet.number(y)})"' if turned else ""
    return (
        f'<text class="dxf-size-text" {place}{turn} fill="{colours["size"]}" font-size="{sheet.number(3 * sheet.unit)}"'
        f' font-family="system-ui,sans-serif" text-anchor="middle">{_millimetres(mm)} mm</text>'
    )


def _millimetres(mm: float) -> str:
    return f"{mm:.2f}".rstrip("0").rstrip(".")


def _scale_bar(sheet: Sheet, colours: dict) -> str:
    room = sheet.size / 4
    power = 10 ** math.floor(math.log10(room))
    length = max(step * power for step in (1, 2, 5) if step * power <= room)
    y = sheet.height + sheet.below - 4 * sheet.unit
    n, tick = sheet.number, sheet.unit
    lines = f"M0 {n(y - tick)}V{n(y)}H{n(length)}V{n(y - tick)}"
    return _size_lines(lines, colours) + _text(sheet, length + 6 * sheet.unit, y, length, colours)


def _style(theme: str) -> str:
    if theme in COLOURS:
        return f"<style>{_rules(COLOURS[theme])}</style>"
    return f"<style>@media(prefers-color-scheme:dark){{{_rules(COLOURS['dark'])}}}</style>"


def _rules(colours: dict) -> str:
    """Written with :where, so that any rule of the page wins."""
    strokes = "".join(f":where(.dxf-{name}){{stroke:{colours[name]}}}" for name in (*CLASSES, "defect", "size"))
    return f"{strokes}:where(.dxf-part){{fill:{colours['part']}}}:where(.dxf-size-text){{fill:{colours['size']}}}"


def _description(sheet: Sheet, measured: dict) -> str:
    text = (
        f"{_millimetres(measured['width_mm'])} × {_millimetres(measured['height_mm'])} mm, "
        f"{measured['closed_contours']} closed contours, {measured['open_chains']} open, "
        f"{_millimetres(measured['cut_length_mm'])} mm to cut."
    )
    layers = ", ".join(layer["name"] for layer in measured["layers"] if layer["role"] != "ignore")
    text += f" Layers: {layers[:200]}." if layers else ""
    return text + (f" {sheet.left_out} small curves are not shown." if sheet.left_out else "")
