"""A measured drawing as SVG to look at closely: by layers, with what is wrong marked and numbered.

Like `production.dxf.drawing`, but for a page that zooms, measures and switches layers. No style and no script in it:
the page's own style sheet colours the classes. Lengths are millimetres, and places keep a thousandth of one.
"""

from html import escape

from production.dxf.drawing import CLASSES, COLOURS, Sheet

DIGITS = 3
MAX_MARKERS = 60
DASHES = {"bend": "6 3", "duplicate": "2 3", "ignore": "2 4"}
WIDTHS = {"open": 2.5, "duplicate": 3, "ignore": 1}
CLASSES = ("ignore", *CLASSES)
OTHER_ROLES = ("engrave", "bend", "ignore")
PIN = "M0 0L-4.5 -8A6.5 6.5 0 1 1 4.5 -8Z"  # its tip at the place, its head above it
PIN_SCALE = 0.22  # of a hundredth of the drawing, where no script keeps it as large as a fingertip


def svg(measured: dict, markers: list[dict] = (), title: str = "") -> str:
    """An SVG element of `measured`: contours, marks, layers, place and size, as `Measured.as_dict()` has them.

    `markers` are dicts of number, x_mm, y_mm, text and severity ("refuse", "warn" or "info"). Every path says the
    number of its layer in `data-layer`, counted as in `measured["layers"]`; what is ignored is there and not shown.
    """
    sheet = _Sheet(measured)
    numbers = {(layer["name"], layer["role"]): number for number, layer in enumerate(measured["layers"])}
    drawn: dict[tuple[str, int], list[str]] = {}
    for name, layer, segments, closed in sheet.shown:
        role = name if name in OTHER_ROLES else "cut"
        drawn.setdefault((name, numbers.get((layer, role), -1)), []).append(sheet.path(segments, closed))
    paths = [_path(name, layer, "".join(parts)) for (name, layer), parts in sorted(drawn.items(), key=_order)]
    label = escape(title or "Drawing", quote=True)
    pins = "".join(_pin(sheet, marker) for marker in list(markers)[:MAX_MARKERS])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="dxf-viewer" role="img" viewBox="{sheet.view_box}"'
        f' preserveAspectRatio="xMidYMid meet" aria-label="{label}"><title>{label}</title>'
        f'{_area(sheet, measured)}{"".join(paths)}<g class="dxf-pins">{pins}</g></svg>'
    )


class _Sheet(Sheet):
    """The same sheet, finer, and with the layers that are not cut."""

    def __init__(self, measured: dict):
        super().__init__(measured)
        self.digits = DIGITS
        self.shown = [
            (_class(contour), contour["layer"], contour["segments"], contour["closed"])
            for contour in measured["contours"]
        ]
        for mark in measured.get("marks", ()):
            self.shown.append((mark["role"], mark["layer"], mark["segments"], mark["closed"]))
        if self.left_out:  # thousands of small curves: the longest of them are what anybody sees
            kept = {id(segments) for _, segments, _, _ in self.curves}
            self.shown = [curve for curve in self.shown if id(curve[2]) in kept]
        self.view_box = " ".join(map(self.number, (-self.left, -self.left, self.wide, self.high)))


def _class(contour: dict) -> str:
    return "open" if not contour["closed"] else "outer" if contour["outer"] else "inner"


def _order(item) -> tuple:
    (name, layer), _ = item
    return CLASSES.index(name), layer


def _area(sheet: _Sheet, measured: dict) -> str:
    if sheet.left_out:
        return ""
    d = "".join(sheet.path(c["segments"], True) for c in measured["contours"] if c["closed"] or c["outer"])
    return f'<path class="dxf-part" fill="{COLOURS["light"]["part"]}" fill-rule="evenodd" d="{d}"/>' if d else ""


def _path(name: str, layer: int, d: str) -> str:
    dashes = f' stroke-dasharray="{DASHES[name]}"' if name in DASHES else ""
    hidden = ' display="none"' if name == "ignore" else ""
    colour = COLOURS["light"].get(name, COLOURS["light"]["size"])
    return (
        f'<path class="dxf-{name}" data-layer="{layer}" fill="none" stroke="{colour}"'
        f' stroke-width="{WIDTHS.get(name, 1.5)}"{dashes}{hidden} stroke-linejoin="round"'
        f' vector-effect="non-scaling-stroke" d="{d}"/>'
    )


def _pin(sheet: _Sheet, marker: dict) -> str:
    number, severity = int(marker["number"]), escape(str(marker["severity"]), quote=True)
    x, y = sheet.number(marker["x_mm"] - sheet.x), sheet.number(sheet.y - marker["y_mm"])
    return (
        f'<g class="dxf-pin dxf-pin-{severity}" id="defect-{number}" data-x="{x}" data-y="{y}"'
        f' transform="translate({x} {y}) scale({sheet.number(PIN_SCALE * sheet.unit)})">'
        f'<path fill="{COLOURS["light"]["defect"]}" stroke="#fff" d="{PIN}"/>'
        f'<text y="-10.5" fill="#fff" font-size="7" font-weight="700" text-anchor="middle"'
        f' font-family="system-ui,sans-serif">{number}</text><title>{escape(str(marker["text"]))}</title></g>'
    )
