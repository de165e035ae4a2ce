"""Paper of a nest: a drawing of each sheet for the operator, and labels for the parts. No price stands on either."""

import io
import math
from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import day, duration, number
from production import parameters
from production.models import Nest, NestSheet, Operation, clamps
from production.nests.picture import CLAMP, EDGE, INNER, KEPT, LINE, MARK, Legend, spot_of, whose
from production.nests.problem import Parts
from production.nests.shapes import Shape

FONT, BOLD = "LaserSans", "LaserSans-Bold"
MM = 72 / 25.4
PAGE = (297 * MM, 210 * MM)
EDGE_MM, LIST_MM, HEAD_MM = 10.0, 72.0, 24.0
LABEL_COLUMNS, LABEL_ROWS, LABEL_W, LABEL_H, LABEL_X, LABEL_Y = 3, 8, 63.5, 33.9, 7.2, 12.9
MOST_LINES = 34


def _canvas(size, title: str):
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    folder = settings.BASE_DIR / "laseros" / "static" / "fonts"
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(folder / "DejaVuSans.ttf")))
        pdfmetrics.registerFont(TTFont(BOLD, str(folder / "DejaVuSans-Bold.ttf")))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, pageCompression=1)
    canvas.setTitle(title)
    canvas.setCreator("Laser OS")
    return canvas, out


def sheets(nest: Nest, rows: Iterable[NestSheet], parts: Parts, legend: Legend, of: int = 0) -> bytes:
    """A page for each sheet: what lies where, whose it is, the figures, and room for what happened."""
    rows = list(rows)
    canvas, out = _canvas(PAGE, nest.number)
    addresses = {
        operation.sheet_id: reverse("floor:operation", args=[operation.pk])
        for operation in Operation.objects.filter(sheet__in=rows).order_by("pk")
    }
    there = reverse("admin:production_nest_change", args=[nest.pk])
    for sheet in rows:
        _page(canvas, nest, sheet, of or len(rows), parts, legend, settings.BASE_URL + addresses.get(sheet.pk, there))
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _page(canvas, nest, sheet, of: int, parts: Parts, legend: Legend, address: str) -> None:
    width, height = PAGE[0] / MM, PAGE[1] / MM
    canvas.saveState()
    canvas.scale(MM, MM)
    _heading(canvas, nest, sheet, of, width, height)
    _qr(canvas, address, width - EDGE_MM - 22, height - EDGE_MM - 22, 22)
    _drawing(canvas, sheet, parts, legend, EDGE_MM, EDGE_MM + 12, width - LIST_MM - 2 * EDGE_MM - 4,
             height - HEAD_MM - 2 * EDGE_MM - 12)  # fmt: skip
    _list(canvas, sheet, legend, width - EDGE_MM - LIST_MM, height - EDGE_MM - HEAD_MM - 4)
    _fields(canvas, EDGE_MM, EDGE_MM, width - 2 * EDGE_MM)
    canvas.restoreState()


def _text(canvas, x, y, text, size=3.2, bold=False) -> None:
    canvas.setFont(BOLD if bold else FONT, size)
    canvas.drawString(x, y, str(text))


def _heading(canvas, nest, sheet, of, width, height) -> None:
    top = height - EDGE_MM
    canvas.setFillColor(LINE)
    title = _("Sheet %(position)s of %(of)s") % {"position": sheet.position, "of": of}
    _text(canvas, EDGE_MM, top - 6, f"{title} · {nest.number}", 6, bold=True)
    stuff = f"{nest.material} {number(nest.thickness_mm.normalize())} mm"
    stock = str(sheet.lot) if sheet.lot else sheet.item.name
    place = f" · {sheet.lot.place}" if sheet.lot and sheet.lot.place else ""
    size = f"{number(sheet.width_mm, 0)} × {number(sheet.height_mm, 0)} mm"
    _text(canvas, EDGE_MM, top - 12, f"{stuff} · {stock}{place} · {size}", 3.6)
    times = _("cut %(times)s times") % {"times": sheet.repeats} if sheet.repeats > 1 else ""
    _text(canvas, EDGE_MM, top - 17, " · ".join(filter(None, [nest.machine.name, _cutting(nest), times])), 3.6)
    figures = [
        f"{_('Utilisation')} {number(sheet.utilisation * 100, 1)} %",
        f"{_('Cut length')} {number(sheet.cut_length_mm / 1000, 2)} m",
        f"{_('Pierces')} {number(sheet.pierces)}",
        f"{_('Time')} {duration(sheet.seconds) or '–'}",
    ]
    if sheet.remnant:
        x0, y0, x1, y1 = sheet.remnant["rectangle"]
        figures.append(f"{_('Remnant')} {number(x1 - x0, 0)} × {number(y1 - y0, 0)} mm")
    _text(canvas, EDGE_MM, top - 22, " · ".join(figures), 3.6)


def _cutting(nest: Nest) -> str:
    """Gas and nozzle, where the cutting table says them."""
    try:
        row = parameters.find(nest.material, nest.thickness_mm, machine=nest.machine)
    except Refused:
        return ""
    nozzle = f"{_('nozzle')} {number(row.nozzle_mm.normalize())} mm" if row.nozzle_mm else ""
    return ", ".join(filter(None, [row.gas, f"{number(row.gas_pressure_bar.normalize())} bar", nozzle]))


def _qr(canvas, text: str, x, y, size) -> None:
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode.qr import QrCodeWidget
    from reportlab.graphics.shapes import Drawing

    code = QrCodeWidget(text, barLevel="M", barBorder=1)
    x0, y0, x1, y1 = code.getBounds()
    drawing = Drawing(size, size, transform=[size / (x1 - x0), 0, 0, size / (y1 - y0), 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, canvas, x, y)


def _drawing(canvas, sheet, parts: Parts, legend: Legend, x, y, width, height) -> None:
    scale = min(width / sheet.width_mm, height / sheet.height_mm)
    canvas.saveState()
    canvas.translate(x, y + height - sheet.height_mm * scale)
    canvas.scale(scale, scale)
    canvas.setLineWidth(0.35 / scale)
    canvas.setStrokeColor(EDGE)
    _ring(canvas, sheet.outline or [[0, 0], [sheet.width_mm, 0], [sheet.width_mm, sheet.height_mm],
                                    [0, sheet.height_mm]])  # fmt: skip
    if sheet.remnant:
        _kept(canvas, sheet, scale)
    for clamp in clamps.on_sheet(sheet.nest.clamps, sheet.width_mm, sheet.height_mm):
        canvas.setFillColor(CLAMP)
        canvas.rect(clamp["x_mm"], clamp["y_mm"], clamp["width_mm"], clamp["height_mm"], fill=1)
    for pk in sorted({place["part"] for place in sheet.placements}):
        _form(canvas, f"s{sheet.pk}p{pk}", parts.shape(pk), legend.colour(pk), scale)
    for place in sheet.placements:
        canvas.saveState()
        canvas.translate(place["x_mm"], place["y_mm"])
        canvas.rotate(place["angle_deg"])
        canvas.doForm(f"s{sheet.pk}p{place['part']}")
        canvas.restoreState()
    _numbers(canvas, sheet, parts, legend, scale)
    canvas.restoreState()


def _ring(canvas, points) -> None:
    path = canvas.beginPath()
    path.moveTo(*points[0])
    for point in points[1:]:
        path.lineTo(*point)
    path.close()
    canvas.drawPath(path)


def _kept(canvas, sheet, scale) -> None:
    x0, y0, x1, y1 = sheet.remnant["rectangle"]
    canvas.saveState()
    canvas.setStrokeColor(KEPT)
    canvas.setDash(3 / scale, 1.5 / scale)
    canvas.rect(x0, y0, x1 - x0, y1 - y0)
    canvas.setDash()
    canvas.setLineWidth(0.1 / scale)
    clip = canvas.beginPath()
    clip.rect(x0, y0, x1 - x0, y1 - y0)
    canvas.clipPath(clip, stroke=0)
    step, reach = 6 / scale, y1 - y0
    for index in range(math.ceil((x1 - x0 + reach) / step)):
        canvas.line(x0 - reach + index * step, y0, x0 + index * step, y1)
    canvas.restoreState()


def _form(canvas, name: str, shape: Shape, colour: str, scale: float) -> None:
    """One part, drawn once and used as often as it lies there."""
    canvas.beginForm(name, -1, -1, shape.width_mm + 1, shape.height_mm + 1)
    canvas.setLineWidth(0.2 / scale)
    canvas.setFillColor(colour)
    solid = canvas.beginPath()
    for curve in shape.cut:
        if curve.closed:
            _trace(solid, curve.segments, True)
    canvas.drawPath(solid, stroke=0, fill=1, fillMode=0)
    for role, stroke in (("mark", MARK), ("inner", INNER), ("outer", LINE)):
        path = canvas.beginPath()
        for curve in shape.curves:
            if curve.role == role:
                _trace(path, curve.segments, curve.closed)
        canvas.setStrokeColor(stroke)
        canvas.drawPath(path, stroke=1, fill=0)
    canvas.endForm()


def _trace(path, segments, closed: bool) -> None:
    path.moveTo(*segments[0][:2])
    for x0, y0, x1, y1, bulge in segments:
        chord = math.dist((x0, y0), (x1, y1))
        if abs(bulge) * chord < 1e-2:
            path.lineTo(x1, y1)
            continue
        offset = (1 - bulge * bulge) / (4 * bulge)
        cx, cy = (x0 + x1) / 2 - (y1 - y0) * offset, (y0 + y1) / 2 + (x1 - x0) * offset
        radius = chord * (1 + bulge * bulge) / (4 * abs(bulge))
        start = math.degrees(math.atan2(y0 - cy, x0 - cx))
        path.arcTo(cx - radius, cy - radius, cx + radius, cy + radius, start, math.degrees(4 * math.atan(bulge)))
    if closed:
        path.close()


def _numbers(canvas, sheet, parts: Parts, legend: Legend, scale) -> None:
    spots: dict[int, tuple] = {}
    canvas.setFillColor(LINE)
    for place in sheet.placements:
        pk = place["part"]
        if pk not in spots:
            spots[pk] = spot_of(parts.shape(pk))
        x, y, room = spots[pk]
        size = min(room * 1.2, 4 / scale)
        if size * scale < 1.2:
            continue
        turn = math.radians(place["angle_deg"])
        canvas.setFont(FONT, size)
        canvas.drawCentredString(
            place["x_mm"] + x * math.cos(turn) - y * math.sin(turn),
            place["y_mm"] + x * math.sin(turn) + y * math.cos(turn) - size * 0.35,
            str(legend.numbers.get(pk, 0)),
        )


def _list(canvas, sheet, legend: Legend, x, top) -> None:
    """Number, pieces, part and job; what does not fit on the page stands in the cut list."""
    counts = sheet.counts()
    rows = [part for part in legend.parts if part.pk in counts]
    _text(canvas, x, top, _("What lies on it"), 3.6, bold=True)
    y = top - 5
    for part in rows[:MOST_LINES]:
        canvas.setFillColor(legend.colour(part.pk))
        canvas.rect(x, y - 0.8, 6, 3.6, stroke=0, fill=1)
        canvas.setFillColor(LINE)
        _text(canvas, x + 0.8, y, legend.numbers[part.pk], 2.8, bold=True)
        _text(canvas, x + 8, y, _cut(canvas, f"{counts[part.pk]} × {part.description}", LIST_MM - 8, 2.9), 2.9)
        if name := whose(part):
            y -= 3.6
            due = f" · {day(part.due_on)}" if part.due_on else ""
            _text(canvas, x + 8, y, _cut(canvas, f"{name}{due}", LIST_MM - 8, 2.4), 2.4)
        y -= 4.6
        if y < EDGE_MM + 16:
            break
    shown = min(len(rows), MOST_LINES)
    if shown < len(rows):
        _text(canvas, x, y, _("and %(more)s more: see the cut list") % {"more": len(rows) - shown}, 2.8)


def _cut(canvas, text: str, room: float, size: float) -> str:
    while text and canvas.stringWidth(text, FONT, size) > room:
        text = text[:-2].rstrip("…") + "…"
    return text


def _fields(canvas, x, y, width) -> None:
    """Room for what really happened."""
    canvas.setStrokeColor(EDGE)
    canvas.setFillColor(LINE)
    canvas.setLineWidth(0.2)
    names = [_("Begun"), _("Done"), _("Minutes"), _("Scrap"), _("Remnant put at"), _("Operator")]
    step = width / len(names)
    for index, name in enumerate(names):
        left = x + index * step
        _text(canvas, left, y + 6, name, 2.6)
        canvas.line(left, y, left + step - 4, y)


def labels(nest: Nest, rows: Iterable[NestSheet], legend: Legend) -> bytes:
    """A label for the pieces of each part, 24 to the page: what, how many, for whom, and a code that opens the work."""
    placed: dict[int, int] = {}
    for sheet in rows:
        for pk, pieces in sheet.counts().items():
            placed[pk] = placed.get(pk, 0) + pieces * sheet.repeats
    canvas, out = _canvas((210 * MM, 297 * MM), nest.number)
    wanted = [part for part in legend.parts if part.pk in placed]
    for index, part in enumerate(wanted):
        spot = index % (LABEL_COLUMNS * LABEL_ROWS)
        if index and not spot:
            canvas.showPage()
        column, row = spot % LABEL_COLUMNS, spot // LABEL_COLUMNS
        canvas.saveState()
        canvas.scale(MM, MM)
        canvas.translate(LABEL_X + column * (LABEL_W + 2.5), 297 - LABEL_Y - (row + 1) * LABEL_H)
        _label(canvas, nest, part, placed[part.pk], legend)
        canvas.restoreState()
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def _label(canvas, nest: Nest, part, pieces: int, legend: Legend) -> None:
    if part.operation_id:
        address, job = reverse("floor:operation", args=[part.operation_id]), part.operation.job_line.job
    else:
        address, job = reverse("admin:production_nest_change", args=[nest.pk]), None
    _qr(canvas, settings.BASE_URL + address, LABEL_W - 22, 4, 20)
    canvas.setFillColor(LINE)
    room = LABEL_W - 4
    _text(canvas, 3, LABEL_H - 7, _cut(canvas, f"{pieces} × {part.description}", room, 3.8), 3.8, bold=True)
    lines = [job.number if job else "", _cut(canvas, job.title, room - 20, 2.8) if job else "",
             day(job.due_on) if job and job.due_on else "",
             f"{nest.material} {number(nest.thickness_mm.normalize())} mm",
             f"{nest.number} · {_('part')} {legend.numbers[part.pk]}"]  # fmt: skip
    y = LABEL_H - 12
    for line in filter(None, lines):
        _text(canvas, 3, y, _cut(canvas, str(line), room - 20, 2.8), 2.8)
        y -= 4
