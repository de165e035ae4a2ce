"""A badge as PDF, of the size of a bank card, to be cut out."""

import io

from django.utils.translation import gettext as _

from accounts.floor_keys import badges
from accounts.models import Badge

WIDTH, HEIGHT = 85.6, 54.0  # mm
CODE = 40.0
POINTS = 72 / 25.4


def card(badge: Badge) -> bytes:
    from reportlab.graphics import renderPDF
    from reportlab.graphics.barcode import qr
    from reportlab.graphics.shapes import Drawing
    from reportlab.pdfgen import canvas

    from accounts.documents.letters import BOLD, PLAIN, register_fonts

    register_fonts()
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=(WIDTH * POINTS, HEIGHT * POINTS), pageCompression=1, invariant=1)
    paper.setTitle(_("Badge"))
    paper.setCreator("Laser OS")
    paper.setViewerPreference("PrintScaling", "None")
    paper.setLineWidth(0.3)
    paper.roundRect(0.5, 0.5, WIDTH * POINTS - 1, HEIGHT * POINTS - 1, 3 * POINTS)
    code = qr.QrCodeWidget(badges.address(badge), barLevel="M", barBorder=2, barWidth=CODE * POINTS,
                           barHeight=CODE * POINTS)  # fmt: skip
    picture = Drawing(CODE * POINTS, CODE * POINTS)
    picture.add(code)
    renderPDF.draw(picture, paper, 3 * POINTS, (HEIGHT - CODE) / 2 * POINTS)
    left, room = (CODE + 5) * POINTS, (WIDTH - CODE - 8) * POINTS
    _fitted(paper, str(badge.membership.user), BOLD, 13, left, 31 * POINTS, room)
    _fitted(paper, badge.workspace.name, PLAIN, 9, left, 25 * POINTS, room)
    paper.showPage()
    paper.save()
    return out.getvalue()


def _fitted(paper, text: str, font: str, size: float, x: float, y: float, room: float) -> None:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    while size > 5 and stringWidth(text, font, size) > room:
        size -= 0.5
    while len(text) > 1 and stringWidth(text, font, size) > room:
        text = f"{text[:-2]}…"
    paper.setFont(font, size)
    paper.drawString(x, y, text)
