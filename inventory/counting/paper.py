"""A stock count on paper, to go round with a pencil: what is to be counted, by place, with room for the number."""

import io
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _

from inventory.labels.paper import BOLD, PLAIN, register_fonts
from inventory.models import StockCount
from inventory.scanning import cards
from laseros.core.templatetags.laseros import number

MM = 72 / 25.4
WIDTHS = (34, 78, 24, 26, 20)  # mm


def pdf(count: StockCount) -> bytes:
    """A4, one heading for each place. What the books expect is on it unless the count is blind."""
    from reportlab.lib import colors
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate, TableStyle

    register_fonts()
    plain = ParagraphStyle("plain", fontName=PLAIN, fontSize=8.5, leading=11)
    small = ParagraphStyle("small", parent=plain, fontSize=7.5, leading=9.5, textColor=colors.HexColor("#555555"))
    heading = ParagraphStyle("heading", parent=plain, fontName=BOLD, fontSize=10.5, leading=14)
    title = ParagraphStyle("title", parent=plain, fontName=BOLD, fontSize=15, leading=20)
    card = cards.with_lines(count)
    rows = [[_("Code"), _("What"), "" if count.blind else _("Expected"), _("Counted"), ""]]
    marks, place = [], None
    for line in card["lines"]:
        if line["place_name"] != place:
            place = line["place_name"]
            marks += [("SPAN", (0, len(rows)), (-1, len(rows))), ("TOPPADDING", (0, len(rows)), (-1, len(rows)), 9)]
            rows.append([Paragraph(escape(place), heading), "", "", "", ""])
        what = [Paragraph(escape(line["title"]), plain)]
        if line["facts"]:
            what.append(Paragraph(escape(line["facts"]), small))
        expected = number(line["expected"]) if "expected" in line else ""
        said = "" if line["counted"] is None else number(line["counted"])
        rows.append([Paragraph(escape(line["code"]), plain), what, expected, said, line["unit"]])
        marks.append(("BOX", (3, len(rows) - 1), (3, len(rows) - 1), 0.6, colors.black))
    table = LongTable(rows, colWidths=[width * MM for width in WIDTHS], repeatRows=1)
    style = [
        ("FONT", (0, 0), (-1, 0), BOLD, 8), ("FONT", (0, 1), (-1, -1), PLAIN, 9),
        ("ALIGN", (2, 0), (3, -1), "RIGHT"), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.HexColor("#bbbbbb")),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4), ("TOPPADDING", (0, 0), (-1, -1), 4),
    ]  # fmt: skip
    table.setStyle(TableStyle([*style, *marks]))
    head = f"{escape(str(_('Stock count')))} {escape(count.number)}"
    out = io.BytesIO()
    margins = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), 14 * MM)
    paper = SimpleDocTemplate(out, pagesize=(210 * MM, 297 * MM), title=count.number, invariant=1, **margins)
    story = [
        Paragraph(head, title),
        Paragraph(escape(f"{count.workspace} · {card['where']} {count.note}"), plain),
        table,
    ]
    paper.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas, paper) -> None:
    canvas.setFont(PLAIN, 7.5)
    canvas.drawRightString((210 - 14) * MM, 8 * MM, f"{paper.title} · {canvas.getPageNumber()}")
