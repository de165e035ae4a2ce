"""A table of lines over several pages: what is carried over at the foot of a page stands at the top of the next.

Only who cuts the table knows where a page ends, so this is a table of xhtml2pdf that adds the two rows as it is cut.
A paper asks for it by `<pdf:carried>` after its sums (`{% carried rows currency %}`); other tables stay as they are.
"""

from dataclasses import dataclass

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.fonts import tt2ps
from reportlab.lib.units import mm
from reportlab.platypus import Table
from reportlab.platypus.doctemplate import FrameBreak
from xhtml2pdf import default, parser
from xhtml2pdf.tags import pisaTag
from xhtml2pdf.xhtml2pdf_reportlab import PmlTable

BETWEEN = "|"
SLACK = 0.01  # of a point: heights are sums of fractions
RULE = HexColor("#d1d5db")


@dataclass(frozen=True)
class Carry:
    """The sum after each line as it is printed, the words beside it, and how they are printed."""

    sums: list[str]
    over: str
    forward: str
    font: str
    size: float
    colour: Color

    @property
    def height(self) -> float:
        return self.size * 1.4 + 2.5 * mm

    def row(self, words: str, lines: int, width: float, rule: bool = False) -> Table:
        """A row of the table's width: the words and the sum of the first `lines`, under the amounts."""
        style = [
            ("FONT", (0, 0), (-1, -1), self.font, self.size, self.size * 1.4),
            ("ALIGN", (0, 0), (-1, -1), "RIGHT"),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2 * mm),
            ("TOPPADDING", (0, 0), (-1, -1), 1 * mm),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5 * mm),
            ("TEXTCOLOR", (0, 0), (-1, -1), self.colour),
        ]
        if rule:
            style.append(("LINEBELOW", (0, 0), (-1, -1), 0.3, RULE))
        return Table([[f"{words}: {self.sums[lines - 1]}"]], colWidths=[width], rowHeights=[self.height], style=style)


class CarriedTable(PmlTable):
    """The lines of a paper. `head`: its first rows, printed anew on each page; `done` lines stand on pages before."""

    carry: Carry | None = None
    sums: PmlTable | None = None
    head: Table | None = None
    done = 0
    _parted = False

    def wrap(self, availWidth, availHeight):
        """Higher than it is where the sums would come alone onto the next page: then it is cut before its last line."""
        width, height = super().wrap(availWidth, availHeight)
        self._parted = self._leaves_sums_alone(availWidth, availHeight, height)
        return width, availHeight + 1 if self._parted else height

    def _leaves_sums_alone(self, width: float, room: float, height: float) -> bool:
        if self.carry is None or height > room or self._nrows < self._repeatCount() + 2:
            return False
        if sum(self._rowHeights[: self._repeatCount() + 1]) > self._room(room):
            return False
        below = max(self.getSpaceAfter(), self.sums.getSpaceBefore()) + self.sums.wrapOn(self.canv, width, room)[1]
        return height + below > room

    def _room(self, height: float) -> float:
        """What lines may take of a page that is not the last."""
        return height - self.carry.height

    def split(self, availWidth, availHeight):
        if self.carry is None:
            return super().split(availWidth, availHeight)
        room = self._room(availHeight)
        if self._parted:
            room = min(room, sum(self._rowHeights[:-1]) + SLACK)
        parts, closed = super().split(availWidth, room), True
        if len(parts) != 2 and self._mayCutInsideRow():
            # One line as high as the page: it is printed, without a row for which there is no room.
            parts, closed = super().split(availWidth, availHeight), False
        return self._carried(*parts, availWidth, closed) if len(parts) == 2 else parts

    def _carried(self, here: PmlTable, rest: PmlTable, width: float, closed: bool) -> list:
        """The two pieces with what stands between them. A line cut in two has its amount in its upper part."""
        lines = len(here._cellvalues) - self._repeatCount() - self._rowCutTop
        head, rest = (self.head, rest) if self.head else rest._beheaded(self.canv, width)
        rest.carry, rest.sums, rest.head, rest.done = self.carry, self.sums, head, self.done + lines
        here.spaceAfter = 0
        carry, done = self.carry, rest.done
        foot = [carry.row(carry.over, done, width)] if closed else []
        return [here, *foot, FrameBreak(), head, carry.row(carry.forward, done, width, rule=True), rest]

    def _beheaded(self, canvas, width: float) -> tuple[PmlTable, PmlTable]:
        """The head by itself, so that a row can stand between it and the lines."""
        self.wrapOn(canvas, width, 0)
        high = sum(self._rowHeights[: self._repeatCount()])
        self.repeatRows = 0
        head, lines = Table.split(self, width - self._margins(), high + SLACK)
        for part in (head, lines):
            part.marginLeft, part.marginRight = self.marginLeft, self.marginRight
        lines._cutTop, lines._cutBottom = self._cutTop, self._cutBottom
        lines._rowCutTop, lines.spaceAfter = self._rowCutTop, self.getSpaceAfter()
        return head, lines

    def _mayCutInsideRow(self) -> bool:
        """Under a head on a page of its own there is no better page to wait for."""
        return self.head is not None or super()._mayCutInsideRow()


class CarriedTag(pisaTag):
    """<pdf:carried sums="1.00|3.00" over="Carried over" forward="Brought forward">, after the lines and their sums."""

    def start(self, c) -> None:
        c.addPara()
        lines, sums = [None, None, *c.story][-2:]
        if self.attr.sums and isinstance(lines, PmlTable) and isinstance(sums, PmlTable):
            texts = self.attr.sums.split(BETWEEN)
            lines.__class__ = CarriedTable
            lines.sums = sums
            font = tt2ps(c.frag.fontName, c.frag.bold, c.frag.italic)
            lines.carry = Carry(texts, self.attr.over, self.attr.forward, font, c.frag.fontSize, c.frag.textColor)


# The parser finds a tag's class among its own names.
parser.pisaTagPDFCARRIED = CarriedTag
default.TAGS["pdfcarried"] = (0, dict.fromkeys(("sums", "over", "forward"), (default.STRING, "")))
