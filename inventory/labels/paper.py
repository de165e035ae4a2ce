"""Labels as a PDF for the printer: vectors only, every label where its format says, to the thousandth of a millimetre.

The code is the largest thing a person reads, the QR the largest a camera does. What does not fit is set smaller, then
left out from the bottom; the code and the QR always stay.
"""

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.documents.letters import BOLD, PLAIN, register_fonts
from inventory.labels.formats import MOST_LABELS, Format
from inventory.labels.label import Label
from laseros.core.errors import Refused

POINTS = 72 / 25.4  # in a millimetre
LINE = 1.18  # from one line to the next, in sizes of the type
QUIET = 2  # white modules around the code; the label's own edge adds the rest of the four a reader wants
LARGEST_QR = 34.0  # mm
MOST_OFFSET = 15.0  # mm


def pdf(
    labels: Sequence[Label], form: Format, *, start: int = 1, offset: tuple[float, float] = (0, 0), frames: bool = False
) -> bytes:
    """`labels` on `form`, the first at position `start` of a sheet that was used before.

    `offset` (mm right, mm down) makes up for a printer that feeds askew. `frames` draws the edges, to see if it does.
    """
    from reportlab.pdfgen import canvas

    if not 1 <= start <= form.on_page:
        raise Refused(
            _("The sheet has positions 1 to %(count)s.") % {"count": form.on_page}, code="start", field="start"
        )
    if not labels or len(labels) > MOST_LABELS:
        raise Refused(
            _("Between 1 and %(most)s labels at a time.") % {"most": MOST_LABELS}, code="count", field="copies"
        )
    if any(abs(shift) > MOST_OFFSET for shift in offset):
        raise Refused(_("Not more than %(most)s mm.") % {"most": f"{MOST_OFFSET:.0f}"}, code="offset", field="right")
    register_fonts()
    width, height = form.page
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=(width * POINTS, height * POINTS), pageCompression=1, invariant=1)
    paper.setTitle(_("Labels"))
    paper.setCreator("Laser OS")
    # A viewer that shrinks the page "to fit" would put every label beside its place.
    paper.setViewerPreference("PrintScaling", "None")
    current = 0
    for label, (page, x, y) in zip(labels, form.places(len(labels), start), strict=True):
        if page != current:
            paper.showPage()
            current = page
        paper.saveState()
        paper.translate((x + offset[0]) * POINTS, (height - y - offset[1] - form.height) * POINTS)
        paper.scale(POINTS, POINTS)  # from here on millimetres, from the label's lower left
        if frames:
            paper.setLineWidth(0.1)
            paper.rect(0, 0, form.width, form.height)
        _draw(paper, label, form)
        paper.restoreState()
    paper.showPage()
    paper.save()
    return out.getvalue()


def _draw(paper, label: Label, form: Format) -> None:
    edge = form.padding
    width, height = form.width - 2 * edge, form.height - 2 * edge
    if form.height > form.width:  # upright: the code above, the words below
        side = min(width, height * 0.55, LARGEST_QR * 1.5)
        _qr(paper, label.address, (form.width - side) / 2, form.height - edge - side, side)
        box = (edge, edge, width, height - side - 1)
    else:
        side = min(height, width * 0.5, LARGEST_QR)
        _qr(paper, label.address, edge, edge + (height - side) / 2, side)
        box = (edge + side + 1, edge, width - side - 1, height)
    _words(paper, label, *box)


def _qr(paper, text: str, x: float, y: float, side: float) -> None:
    """The code as black bars, one for each run of dark modules in a row: no seams for a reader to stumble over."""
    rows = modules(text)
    module = side / len(rows)
    paper.setFillGray(0)
    path = paper.beginPath()
    for number, row in enumerate(rows):
        column = 0
        while column < len(row):
            end = column
            while end < len(row) and row[end]:
                end += 1
            if end > column:
                path.rect(x + column * module, y + side - (number + 1) * module, (end - column) * module, module)
            column = end + 1
    paper.drawPath(path, stroke=0, fill=1)


def modules(text: str) -> list[list[bool]]:
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=QUIET)
    code.add_data(text)
    code.make(fit=True)
    return code.get_matrix()


# --- words ------------------------------------------------------------------------------------------------------------


def _words(paper, label: Label, x: float, y: float, width: float, height: float) -> None:
    """Code, title, facts, quantity and colours from the top of the box; smaller until they fit."""
    for shrink in (1.0, 0.88, 0.77, 0.68, 0.6):
        lines = _lines(label, width, height, shrink)
        swatch = min(4.0, height * 0.16) * shrink if label.colours else 0
        needed = sum(size * LINE for _text, _font, size in lines) + (swatch + 0.8 if swatch else 0)
        if needed <= height:
            break
    top = y + height - max(0.0, (height - needed) / 2)
    paper.setFillGray(0)
    for text, font, size in lines:
        if top - size * LINE < y - 0.01:
            break
        paper.setFont(font, size)
        paper.drawString(x, top - size * 0.95, text)
        top -= size * LINE
    if swatch and top - 0.8 - swatch >= y - 0.01:
        _swatches(paper, label.colours, x, top - 0.8 - swatch, min(width, 22.0), swatch)


def _lines(label: Label, width: float, height: float, shrink: float) -> list[tuple[str, str, float]]:
    """(text, font, size in mm) of each line. The code alone is never cut short: it gets as small as it must."""
    largest = min(8.0, height * 0.3) * shrink
    found = [(part, BOLD, _fitting(part, BOLD, width, largest)) for part in _code_lines(label.code, width, largest)]
    size = min(3.4, max(1.9, height * 0.115)) * shrink
    if label.title:
        found += [(line, PLAIN, size) for line in _wrapped(label.title, PLAIN, size, width, 2)]
    if label.facts:
        found += [(line, PLAIN, size) for line in _wrapped(label.facts, PLAIN, size, width, 2)]
    if label.quantity:
        found.append((label.quantity, BOLD, _fitting(label.quantity, BOLD, width, size * 1.15)))
    return found


def _code_lines(code: str, width: float, largest: float) -> list[str]:
    """A long code in two lines, broken after the hyphen nearest its middle: twice as large is twice as far."""
    breaks = [position + 1 for position, letter in enumerate(code[:-1]) if letter == "-"]
    if not breaks or _fitting(code, BOLD, width, largest) >= largest * 0.6:
        return [code]
    middle = min(breaks, key=lambda position: abs(position - len(code) / 2))
    return [code[:middle], code[middle:]]


def _width(text: str, font: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return stringWidth(text, font, size)


def _fitting(text: str, font: str, width: float, largest: float) -> float:
    natural = _width(text, font, 1.0)
    return min(largest, width / natural) if natural else largest


def _wrapped(text: str, font: str, size: float, width: float, most: int) -> list[str]:
    lines, words = [], text.split(" ")  # not at no-break spaces
    while words and len(lines) < most:
        line = words.pop(0)
        while words and _width(f"{line} {words[0]}", font, size) <= width:
            line = f"{line} {words.pop(0)}"
        if len(lines) == most - 1 and words:
            line = " ".join([line, *words])
            words = []
        lines.append(_cut(line, font, size, width))
    return lines


def _cut(text: str, font: str, size: float, width: float) -> str:
    if _width(text, font, size) <= width:
        return text
    while text and _width(f"{text}…", font, size) > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _swatches(paper, colours: Sequence[str], x: float, y: float, width: float, height: float) -> None:
    from reportlab.lib.colors import HexColor

    each = width / len(colours)
    for number, colour in enumerate(colours):
        paper.setFillColor(HexColor(colour))
        paper.rect(x + number * each, y, each, height, stroke=0, fill=1)
    paper.setLineWidth(0.15)
    paper.setStrokeGray(0)
    paper.rect(x, y, width, height, stroke=1, fill=0)
