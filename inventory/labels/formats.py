"""The sizes labels are sold in: sheets of A4 and rolls. All figures in millimetres, from the upper left of the paper.

A sheet's positions are numbered by rows from the upper left, beginning at 1, as they are peeled off.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

A4 = (210.0, 297.0)
MOST_LABELS = 1000  # in one file


@dataclass(frozen=True)
class Format:
    """`columns` and `rows` of labels on one page; a roll has one label on a page of its own size."""

    name: str
    label: object
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    left: float = 0
    top: float = 0
    pitch_x: float = 0
    pitch_y: float = 0
    sheet: bool = False
    # What a printer leaves white along the edge, and where the knife may be off.
    padding: float = 2.0

    @property
    def page(self) -> tuple[float, float]:
        return A4 if self.sheet else (self.width, self.height)

    @property
    def on_page(self) -> int:
        return self.columns * self.rows

    def places(self, count: int, start: int = 1) -> Iterator[tuple[int, float, float]]:
        """(page, x, y) of `count` labels, the first at position `start` of the first page."""
        for index in range(start - 1, start - 1 + count):
            page, position = divmod(index, self.on_page)
            row, column = divmod(position, self.columns)
            yield page, self.left + column * self.pitch_x, self.top + row * self.pitch_y


def _sheet(name, label, width, height, columns, rows, *, gap=0.0, left=None, top=None, padding=2.0) -> Format:
    """Labels on A4, centred unless the maker has put them elsewhere; `gap` is between columns."""
    pitch = width + gap
    if left is None:
        left = round((A4[0] - (columns - 1) * pitch - width) / 2, 3)
    if top is None:
        top = round((A4[1] - rows * height) / 2, 3)
    return Format(name, label, width, height, columns, rows, left, top, pitch, height, sheet=True, padding=padding)


def _roll(name, label, width, height, padding=1.5) -> Format:
    return Format(name, label, width, height, padding=padding)


FORMATS = {
    each.name: each
    for each in (
        _roll("62x29", _("Roll 62 × 29 mm (Brother DK-11209)"), 62, 29),
        _roll("62x40", _("Roll 62 mm, cut at 40 mm (Brother DK-22205)"), 62, 40),
        _roll("62x100", _("Roll 62 × 100 mm (Brother DK-11202)"), 62, 100, padding=2.5),
        _roll("50x30", _("Roll 50 × 30 mm"), 50, 30),
        _roll("57x32", _("Roll 57 × 32 mm (Dymo 11354)"), 57, 32),
        _roll("54x25", _("Roll 54 × 25 mm (Dymo 11352)"), 54, 25),
        _roll("89x36", _("Roll 89 × 36 mm (Dymo 99012)"), 89, 36),
        _sheet("l7160", _("A4, 21 of 63.5 × 38.1 mm (Avery L7160)"), 63.5, 38.1, 3, 7, gap=2.54),
        _sheet("l7159", _("A4, 24 of 63.5 × 33.9 mm (Avery L7159)"), 63.5, 33.9, 3, 8, gap=2.54),
        _sheet("l7161", _("A4, 18 of 63.5 × 46.6 mm (Avery L7161)"), 63.5, 46.6, 3, 6, gap=2.54),
        _sheet("l7163", _("A4, 14 of 99.1 × 38.1 mm (Avery L7163)"), 99.1, 38.1, 2, 7, gap=2.5),
        _sheet("l7162", _("A4, 16 of 99.1 × 33.9 mm (Avery L7162)"), 99.1, 33.9, 2, 8, gap=2.5),
        _sheet("3474", _("A4, 24 of 70 × 37 mm (Avery 3474, Herma 4464)"), 70, 37, 3, 8, padding=3.5),
        _sheet("h4614", _("A4, 24 of 66 × 33.8 mm (Herma 4614, 4670)"), 66, 33.8, 3, 8, left=5.7, top=13.0),
        _sheet("l7651", _("A4, 65 of 38.1 × 21.2 mm (Avery L7651)"), 38.1, 21.2, 5, 13, gap=2.54, padding=1.2),
        _sheet("h4606", _("A4, 65 of 38 × 21.2 mm (Herma 4606)"), 38, 21.2, 5, 13, left=9.5, top=10.5, padding=1.5),
    )
}
USUAL = "62x29"


def choices() -> list[tuple[str, object]]:
    """For a select, rolls and sheets apart."""
    rolls = [(each.name, each.label) for each in FORMATS.values() if not each.sheet]
    sheets = [(each.name, each.label) for each in FORMATS.values() if each.sheet]
    return [(_("Rolls"), rolls), (_("Sheets"), sheets)]
