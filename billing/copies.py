"""A tax invoice is given out once; whatever follows says that it is a copy (VAT Act 89 of 1991, section 20).

The stored original stays as it was sealed: a copy is stamped when it is handed out. Whoever gets it first gets the
original: the mail, at the moment it is given to the server, or somebody who asks for it before that. Copies to the same
person within an hour are one line of the log: a link is opened by anybody, again and again.
"""

import io
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import pgettext

from accounts import activity
from accounts.documents import pdf
from accounts.outbox import papers
from billing.models import Invoice
from laseros.core.retry import retried

MARKED_IN = ("ZA",)  # where the law wants it
TOLD_EVERY = timedelta(hours=1)
TOP = 20  # points from the upper edge: below the bar in the brand's colour
SIZE = 13


def marks(invoice: Invoice) -> bool:
    """Whether copies of an issued document have to say so: in South Africa, where there is VAT on it."""
    country = invoice.frozen.get("seller", {}).get("country", "")
    return bool(invoice.number) and country in MARKED_IN and invoice.tax > 0


def hand_out(invoice: Invoice, by) -> bytes:
    """The stored PDF as whoever asks gets it: as it is, or marked as a copy. Where copies are marked it is logged.

    Raises `FileNotFoundError` when the stored file is gone.
    """
    with invoice.pdf.open("rb") as stored:
        content = stored.read()
    if not marks(invoice):
        return content
    return content if _take_original(invoice, by) else stamped(content, invoice.frozen.get("language", "en"))


def leaves_by_mail(pk: int) -> tuple[bytes, Callable[[], None]]:
    """The file that a mail carries which is being given away, and what makes it stay after all: nobody has got it."""
    invoice = Invoice.objects.get(pk=pk)
    with invoice.pdf.open("rb") as stored:
        content = stored.read()
    if taken_at := _take(invoice):
        mine = Invoice._base_manager.filter(pk=pk, original_at=taken_at)
        return content, lambda: mine.update(original_at=None)
    return stamped(content, invoice.frozen.get("language", "en")), lambda: None


papers.PAPERS["tax invoice"] = leaves_by_mail


@retried
@transaction.atomic
def _take_original(invoice: Invoice, by) -> bool:
    """Whether this is the one that leaves as the original."""
    if invoice.original_at is None and _take(invoice):
        activity.record("gave original", invoice, by)
        return True
    told = activity.of(invoice).filter(verb="gave copy", at__gt=timezone.now() - TOLD_EVERY)
    who = {"actor": by} if getattr(by, "pk", None) else {"actor": None, "actor_name": str(by)[:160]}
    if not told.filter(**who).exists():
        activity.record("gave copy", invoice, by)
    return False


def _take(invoice: Invoice) -> datetime | None:
    """When it left as the original, however many ask at once; None where another was first."""
    now = timezone.now()
    return now if Invoice._base_manager.filter(pk=invoice.pk, original_at=None).update(original_at=now) else None


def stamped(content: bytes, language: str) -> bytes:
    """The same pages with "Copy" on each."""
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(content)))
    box = writer.pages[0].mediabox
    with translation.override(language):
        word = pgettext("tax invoice", "Copy").upper()
    mark = PdfReader(io.BytesIO(_mark(word, float(box.width), float(box.height)))).pages[0]
    for page in writer.pages:
        page.merge_page(mark)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _mark(word: str, width: float, height: float) -> bytes:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if "LetterMark" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("LetterMark", str(pdf.ASSETS / "fonts" / "DejaVuSans-Bold.ttf")))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width, height), invariant=True)
    canvas.setFont("LetterMark", SIZE)
    canvas.setFillColorRGB(0.72, 0.11, 0.11)
    canvas.drawCentredString(width / 2, height - TOP - SIZE, word)
    canvas.save()
    return out.getvalue()
