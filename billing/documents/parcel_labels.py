"""Address labels for parcels: one page for each, exact to the millimetre, with a code that opens the delivery."""

import io
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Delivery, Parcel
from inventory.labels.paper import BOLD, PLAIN, POINTS, modules, register_fonts
from laseros.core.templatetags.laseros import number

LINE = 1.22  # from one line to the next, in sizes of the type


@dataclass(frozen=True)
class Size:
    label: object
    width: float
    height: float
    edge: float = 4.0


SIZES = {
    "100x150": Size(gettext_lazy("Label 100 × 150 mm"), 100, 150),
    "a6": Size(gettext_lazy("A6, 105 × 148 mm"), 105, 148, 5),
    "62x100": Size(gettext_lazy("Roll 62 × 100 mm (Brother DK-11202)"), 62, 100, 2.5),
}
USUAL = "100x150"


def labels_pdf(delivery: Delivery, size: str = USUAL) -> bytes:
    """A label for each parcel of a delivery, in the language of the business."""
    from reportlab.pdfgen import canvas

    form = SIZES[size]
    register_fonts()
    out = io.BytesIO()
    paper = canvas.Canvas(out, pagesize=(form.width * POINTS, form.height * POINTS), pageCompression=1, invariant=1)
    paper.setCreator("Laser OS")
    # A viewer that shrinks the page "to fit" would print a label of another size.
    paper.setViewerPreference("PrintScaling", "None")
    parcels = list(delivery.parcels.all()) or [Parcel(delivery=delivery, position=1)]
    with translation.override(delivery.workspace.language):
        paper.setTitle(f"{_('Parcel labels')} {delivery}")
        for parcel in parcels:
            paper.saveState()
            paper.scale(POINTS, POINTS)  # from here on millimetres, from the lower left
            _draw(paper, form, delivery, parcel, len(parcels))
            paper.restoreState()
            paper.showPage()
    paper.save()
    return out.getvalue()


def address_of(delivery: Delivery) -> str:
    """What the code on a parcel opens: the page to pack, check and ship it on."""
    return f"{settings.BASE_URL}{reverse('deliveries:page', args=[delivery.pk])}"


def _draw(paper, form: Size, delivery: Delivery, parcel: Parcel, of: int) -> None:
    scale = form.width / 100
    left, right, top = form.edge, form.width - form.edge, form.height - form.edge
    wide = right - left
    seller = [delivery.workspace.printed_name, *delivery.workspace.address.splitlines()]
    y = _text(paper, f"{_('From')}: " + " · ".join(line for line in seller if line.strip()), PLAIN, 2.7 * scale,
              left, top, wide, 3)  # fmt: skip
    y -= 1.5 * scale
    _rule(paper, left, right, y)
    side = min(34 * scale, wide * 0.4)
    foot = form.edge + side + 3 * scale
    _to(paper, [delivery.recipient, *[line for line in delivery.address.splitlines() if line.strip()]],
        (left, y - 3 * scale, wide, y - 3 * scale - foot), scale)  # fmt: skip
    _rule(paper, left, right, foot)
    _qr(paper, address_of(delivery), right - side, form.edge, side)
    room = wide - side - 2
    y = foot - 2 * scale
    y = _text(paper, str(delivery), BOLD, 5.2 * scale, left, y, room, 1)
    y = _text(paper, _("Parcel %(this)s of %(all)s") % {"this": parcel.position, "all": of}, BOLD, 4.6 * scale,
              left, y - scale, room, 1)  # fmt: skip
    for text in _facts(delivery, parcel):
        y = _text(paper, text, PLAIN, 3.0 * scale, left, y - 0.6 * scale, room, 2)


def _facts(delivery: Delivery, parcel: Parcel) -> list[str]:
    weight = f"{number(parcel.weight_kg)}\u00a0kg" if parcel.weight_kg else ""
    facts = [" · ".join(part for part in (weight, parcel.size) if part), delivery.job.number]
    carrier = str(delivery.get_carrier_display()) if delivery.carrier else ""
    facts.append(" ".join(part for part in (carrier, parcel.tracking or delivery.tracking) if part))
    return [fact for fact in facts if fact]


def _to(paper, lines: list[str], box: tuple[float, float, float, float], scale: float) -> None:
    """The address, as large as it fits: a driver reads it from where he stands."""
    left, top, wide, high = box
    for size in (8.0, 7.0, 6.2, 5.4, 4.8, 4.2, 3.6, 3.0):
        size *= scale
        broken = [part for number, line in enumerate(lines) for part in _broken(line, _font(number), size, wide)]
        if len(broken) * size * LINE <= high:
            break
    y = top
    first = len(_broken(lines[0], BOLD, size, wide))
    for place, line in enumerate(broken):
        if top - y + size * LINE > high + 0.01:
            return
        y = _text(paper, line, BOLD if place < first else PLAIN, size, left, y, wide, 1)


def _font(number: int) -> str:
    return BOLD if number == 0 else PLAIN


def _width(text: str, font: str, size: float) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return stringWidth(text, font, size)


def _broken(text: str, font: str, size: float, wide: float) -> list[str]:
    """A text in lines no wider than `wide`; a word that is wider is broken where it must be."""
    lines, line = [], ""
    for word in text.split():
        while _width(word, font, size) > wide:
            end = max(1, int(len(word) * wide / _width(word, font, size)))
            lines += [line] if line else []
            lines.append(word[:end])
            line, word = "", word[end:]
        if line and _width(f"{line} {word}", font, size) > wide:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line else lines


def _text(paper, text: str, font: str, size: float, x: float, y: float, wide: float, most: int) -> float:
    """Write a text below `y`, in `most` lines; answers where the next one begins."""
    paper.setFillGray(0)
    paper.setFont(font, size)
    for line in _broken(text, font, size, wide)[:most]:
        paper.drawString(x, y - size * 0.9, line)
        y -= size * LINE
    return y


def _rule(paper, left: float, right: float, y: float) -> None:
    paper.setLineWidth(0.3)
    paper.line(left, y, right, y)


def _qr(paper, text: str, x: float, y: float, side: float) -> None:
    rows = modules(text)
    module = side / len(rows)
    path = paper.beginPath()
    for down, row in enumerate(rows):
        column = 0
        while column < len(row):
            end = column
            while end < len(row) and row[end]:
                end += 1
            if end > column:
                path.rect(x + column * module, y + side - (down + 1) * module, (end - column) * module, module)
            column = end + 1
    paper.drawPath(path, stroke=0, fill=1)
