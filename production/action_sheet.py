"""The action sheet on paper: what a hand scanner can say, as QR codes and as bars. The same for every job of a shop."""

import io

from django.utils.translation import gettext as _

from accounts.documents.letters import BOLD, PLAIN, register_fonts
from production import action_codes

POINTS = 72 / 25.4
WIDE, HIGH, EDGE = 210.0, 297.0, 12.0  # mm
COLUMNS, CELL, CODE = 3, (62.0, 56.0), 30.0
DIGITS, DIGIT_CELL, DIGIT_CODE = 5, (37.2, 36.0), 20.0


def pdf(workspace) -> bytes:
    from reportlab.pdfgen import canvas

    register_fonts()
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=(WIDE * POINTS, HIGH * POINTS), pageCompression=1, invariant=1)
    paper.setTitle(_("Action sheet"))
    paper.setCreator("Laser OS")
    paper.setFont(BOLD, 15)
    paper.drawString(EDGE * POINTS, (HIGH - 16) * POINTS, f"{workspace.name} · {_('Action sheet')}")
    paper.setFont(PLAIN, 9)
    hint = _("Scan your badge, then the code of the work on the job sheet, then what is to be done.")
    paper.drawString(EDGE * POINTS, (HIGH - 22) * POINTS, hint)
    top = HIGH - 28
    for number, action in enumerate(action_codes.ACTIONS):
        x = EDGE + number % COLUMNS * CELL[0]
        y = top - (number // COLUMNS + 1) * CELL[1]
        _cell(paper, workspace.slug, action.name, str(action.label), str(action.hint), x, y, CELL, CODE)
    top -= -(-len(action_codes.ACTIONS) // COLUMNS) * CELL[1]
    for number, digit in enumerate(action_codes.DIGITS):
        x = EDGE + number % DIGITS * DIGIT_CELL[0]
        y = top - (number // DIGITS + 1) * DIGIT_CELL[1]
        _cell(paper, workspace.slug, digit, digit, "", x, y, DIGIT_CELL, DIGIT_CODE)
    paper.showPage()
    paper.save()
    return out.getvalue()


def _cell(paper, slug: str, name: str, label: str, hint: str, x, y, size, code) -> None:
    """A cell with its lower left at (x, y), in millimetres: the word, the square code, the bars below."""
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode import code128, qr
    from reportlab.graphics.shapes import Drawing

    wide, high = size
    paper.setLineWidth(0.2)
    paper.rect(x * POINTS, y * POINTS, wide * POINTS, high * POINTS)
    square = qr.QrCodeWidget(action_codes.address(slug, name), barLevel="M", barBorder=4, barWidth=code * POINTS,
                             barHeight=code * POINTS)  # fmt: skip
    picture = Drawing(code * POINTS, code * POINTS)
    picture.add(square)
    renderPDF.draw(picture, paper, (x + 1) * POINTS, (y + high - code - 1) * POINTS)
    left, room = x + code + 1.5, wide - code - 2.5
    paper.setFont(BOLD, 13 if len(label) < 9 else 10)
    _lines(paper, label, left, y + high - 8, room, BOLD, 13 if len(label) < 9 else 10)
    _lines(paper, hint, left, y + high - 20, room, PLAIN, 7)
    bars = code128.Code128(action_codes.bare(name), barHeight=9 * POINTS, barWidth=0.3 * POINTS, quiet=False)
    bars.drawOn(paper, x * POINTS + (wide * POINTS - bars.width) / 2, (y + 2.5) * POINTS)


def _lines(paper, text: str, x: float, y: float, room: float, font: str, size: float) -> None:
    from reportlab.lib.utils import simpleSplit

    paper.setFont(font, size)
    for number, words in enumerate(simpleSplit(text, font, size, room * POINTS)):
        paper.drawString(x * POINTS, y * POINTS - number * size * 1.2, words)
