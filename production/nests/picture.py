"""A sheet as a picture: parts in the colour of their job with their number in the list, holes, remnant hatched.

Made on the server as SVG, in millimetres with y upwards inside, so that the viewer can move what it shows and a page
without scripts shows the same. Colours only help: each part carries its number.
"""

import math
from dataclasses import dataclass
from functools import cached_property
from html import escape

from django.utils.translation import gettext as _

from production.models import Nest, NestPart, NestSheet, clamps
from production.nests.problem import Parts
from production.nests.shapes import Segment, Shape

# Fills that dark lines and letters stay readable on; told apart also by those who see few colours.
PALETTE = (
    "#cfe2f7", "#fbd9b5", "#cdebd0", "#f6d2df", "#e3d9f5", "#f5ecb4", "#c9ecec", "#e6dccb", "#d7dde4", "#f9cfc4",
)  # fmt: skip
LINE, INNER, MARK, EDGE, MARGIN, KEPT = "#17212b", "#1d5fa8", "#7a5c00", "#4a5763", "#9aa7b3", "#2e7d32"
CLAMP = "#8a1c1c"
SMALLEST_LETTER = 1 / 160  # of the sheet's longer side; smaller cannot be read and is left out


@dataclass
class Legend:
    """For whom the parts of a nest are: a number for each part, a colour for each job."""

    nest: Nest
    parts: list[NestPart]

    @classmethod
    def of(cls, nest: Nest) -> "Legend":
        related = ("operation__job_line__job", "enquiry_line", "design_file")
        return cls(nest, list(nest.parts.select_related(*related).order_by("id")))

    @cached_property
    def numbers(self) -> dict[int, int]:
        return {part.pk: number for number, part in enumerate(self.parts, start=1)}

    @cached_property
    def jobs(self) -> dict[str, str]:
        """{what the parts are for: its colour}."""
        names = dict.fromkeys(whose(part) for part in self.parts)
        return {name: PALETTE[index % len(PALETTE)] for index, name in enumerate(names)}

    @cached_property
    def by_pk(self) -> dict[int, NestPart]:
        return {part.pk: part for part in self.parts}

    def colour(self, pk: int) -> str:
        return self.jobs[whose(self.by_pk[pk])] if pk in self.by_pk else PALETTE[0]


def whose(part: NestPart) -> str:
    """The number of the job a part is for; empty for what nobody ordered."""
    return part.operation.job_line.job.number if part.operation_id else ""


def svg(sheet: NestSheet, parts: Parts, legend: Legend, *, interactive: bool = False) -> str:
    """The picture of a sheet. `interactive` marks what the viewer may move."""
    size = max(sheet.width_mm, sheet.height_mm)
    pad = size * 0.01
    used = sorted({place["part"] for place in sheet.placements})
    box = " ".join(_n(value) for value in (-pad, -pad, sheet.width_mm + 2 * pad, sheet.height_mm + 2 * pad))
    symbols = "".join(_symbol(sheet, pk, parts.shape(pk)) for pk in used)
    title = escape(f"{sheet.nest.number} · {_('Sheet')} {sheet.position}")
    body = "".join(
        _place(index, place, sheet, parts, legend, interactive) for index, place in enumerate(sheet.placements)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="nest-sheet" viewBox="{box}" role="img" aria-label="{title}">'
        f"<title>{title}</title><defs>{_hatch(sheet, size)}{symbols}"
        f'</defs><g transform="matrix(1 0 0 -1 0 {_n(sheet.height_mm)})">{_edge(sheet)}{_remnant(sheet)}{body}'
        f"{_clamps(sheet)}</g>"
        f'<g class="nest-numbers" font-family="system-ui,sans-serif" fill="{LINE}" text-anchor="middle" '
        f'pointer-events="none">{"" if interactive else _numbers(sheet, parts, legend, size)}</g></svg>'
    )


def _n(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def path(segments: list[Segment], closed: bool) -> str:
    """SVG path data with true arcs, y upwards."""
    x, y = segments[0][:2]
    steps = [f"M{_n(x)} {_n(y)}"]
    for x0, y0, x1, y1, bulge in segments:
        if math.dist((x, y), (x0, y0)) > 1e-3:
            steps.append(f"L{_n(x0)} {_n(y0)}")
        chord = math.dist((x0, y0), (x1, y1))
        if abs(bulge) * chord < 1e-3:
            steps.append(f"L{_n(x1)} {_n(y1)}")
        else:
            radius = _n(chord * (1 + bulge * bulge) / (4 * abs(bulge)))
            steps.append(f"A{radius} {radius} 0 {int(abs(bulge) > 1 + 1e-9)} {int(bulge > 0)} {_n(x1)} {_n(y1)}")
        x, y = x1, y1
    return "".join(steps) + ("Z" if closed else "")


def _symbol(sheet: NestSheet, pk: int, shape: Shape) -> str:
    """One part, drawn once and used as often as it lies there."""
    solid = "".join(path(curve.segments, True) for curve in shape.cut if curve.closed)
    inner = "".join(path(curve.segments, curve.closed) for curve in shape.cut if curve.role == "inner")
    outer = "".join(path(curve.segments, True) for curve in shape.cut if curve.role == "outer")
    marks = "".join(path(curve.segments, curve.closed) for curve in shape.curves if curve.role == "mark")
    thin = 'fill="none" vector-effect="non-scaling-stroke" stroke-width="1"'
    return (
        f'<g id="part-{sheet.pk}-{pk}"><path class="nest-solid" fill-rule="evenodd" d="{solid}"/>'
        + (f'<path {thin} stroke="{MARK}" d="{marks}"/>' if marks else "")
        + (f'<path {thin} stroke="{INNER}" d="{inner}"/>' if inner else "")
        + f'<path class="nest-outline" {thin} stroke="{LINE}" d="{outer}"/></g>'
    )


def _place(index: int, place: dict, sheet: NestSheet, parts: Parts, legend: Legend, interactive: bool) -> str:
    pk = place["part"]
    number = legend.numbers.get(pk, 0)
    turn = f" rotate({_n(place['angle_deg'])})" if place["angle_deg"] else ""
    where = f'transform="translate({_n(place["x_mm"])} {_n(place["y_mm"])}){turn}"'
    name = escape(f"{number} · {legend.by_pk[pk].description}" if pk in legend.by_pk else str(number))
    extra = ""
    if interactive:
        locked = ' data-locked="1"' if place.get("locked") else ""
        extra = f' data-index="{index}" tabindex="0" role="button" aria-label="{name}"{locked}'
    used = f'<use href="#part-{sheet.pk}-{pk}" fill="{legend.colour(pk)}"/>'
    if interactive:  # the number goes with the piece
        used += _own_number(place, parts.shape(pk), number, max(sheet.width_mm, sheet.height_mm))
    return f'<g class="nest-part" {where}{extra}><title>{name}</title>{used}</g>'


def _own_number(place: dict, shape: Shape, number: int, size: float) -> str:
    x, y, room = spot_of(shape)
    letter = min(room * 1.2, size / 35)
    return (
        f'<text transform="translate({_n(x)} {_n(y)}) rotate({_n(-place["angle_deg"])}) scale(1 -1)" dy=".35em" '
        f'font-size="{_n(letter)}" text-anchor="middle" font-family="system-ui,sans-serif" fill="{LINE}" '
        f'pointer-events="none">{number}</text>'
    )


def _edge(sheet: NestSheet) -> str:
    ring = sheet.outline or [
        [0, 0], [sheet.width_mm, 0], [sheet.width_mm, sheet.height_mm], [0, sheet.height_mm],
    ]  # fmt: skip
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in ring)
    thin = 'vector-effect="non-scaling-stroke"'
    edge = f'<polygon class="nest-edge" points="{points}" fill="#fff" stroke="{EDGE}" stroke-width="2" {thin}/>'
    margin = float(sheet.nest.margin_mm)
    if sheet.outline or margin <= 0:
        return edge
    return edge + (
        f'<rect x="{_n(margin)}" y="{_n(margin)}" width="{_n(max(sheet.width_mm - 2 * margin, 0))}" '
        f'height="{_n(max(sheet.height_mm - 2 * margin, 0))}" fill="none" stroke="{MARGIN}" stroke-width="1" '
        f'stroke-dasharray="4 4" {thin}/>'
    )


def _hatch(sheet: NestSheet, size: float) -> str:
    step = _n(size / 60)
    return (
        f'<pattern id="kept-{sheet.pk}" width="{step}" height="{step}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="{step}" stroke="{KEPT}" '
        f'stroke-width="{_n(size / 600)}"/></pattern>'
    )


def _remnant(sheet: NestSheet) -> str:
    if not sheet.remnant:
        return ""
    points = " ".join(f"{_n(x)},{_n(y)}" for x, y in sheet.remnant["outline"])
    return (
        f'<polygon class="nest-remnant" points="{points}" fill="url(#kept-{sheet.pk})" stroke="{KEPT}" '
        f'stroke-dasharray="6 3" stroke-width="1.5" vector-effect="non-scaling-stroke">'
        f"<title>{escape(_('Remnant'))}</title></polygon>"
    )


def _clamps(sheet: NestSheet) -> str:
    """Where clamps hold the sheet: nothing may lie there."""
    rows, name = clamps.on_sheet(sheet.nest.clamps, sheet.width_mm, sheet.height_mm), escape(_("Clamp"))
    return "".join(
        f'<rect class="nest-clamp" x="{_n(row["x_mm"])}" y="{_n(row["y_mm"])}" width="{_n(row["width_mm"])}" '
        f'height="{_n(row["height_mm"])}" fill="{CLAMP}" fill-opacity=".35" stroke="{CLAMP}" stroke-width="1.5" '
        f'vector-effect="non-scaling-stroke" pointer-events="none"><title>{name}</title></rect>'
        for row in rows
    )


def _numbers(sheet: NestSheet, parts: Parts, legend: Legend, size: float) -> str:
    spots: dict[int, tuple[float, float, float]] = {}
    found = []
    for place in sheet.placements:
        pk = place["part"]
        if pk not in spots:
            spots[pk] = spot_of(parts.shape(pk))
        x, y, room = spots[pk]
        letter = min(room * 1.2, size / 35)
        if letter < size * SMALLEST_LETTER:
            continue
        turn = math.radians(place["angle_deg"])
        px = place["x_mm"] + x * math.cos(turn) - y * math.sin(turn)
        py = sheet.height_mm - (place["y_mm"] + x * math.sin(turn) + y * math.cos(turn))
        found.append(
            f'<text x="{_n(px)}" y="{_n(py)}" font-size="{_n(letter)}" dy=".35em">{legend.numbers.get(pk, 0)}</text>'
        )
    return "".join(found)


def spot_of(shape: Shape) -> tuple[float, float, float]:
    """Where a number fits best in a part: x, y and the radius of the room around it, in the part's coordinates."""
    import shapely

    polygon = shapely.Polygon(shape.ring(), shape.holes())
    circle = shapely.maximum_inscribed_circle(shapely.make_valid(polygon), tolerance=max(shape.width_mm, 1) / 100)
    (x, y), _edge_point = circle.coords
    return x, y, circle.length
