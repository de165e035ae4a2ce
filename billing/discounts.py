"""Discounts on documents: said on paper, checked before one leaves the house, carried from the order to invoices."""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from billing import totals
from laseros.core.discounts import gross_of
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, show
from production.models import Job

# Invoices that count towards what an order's discount has given already.
GIVEN = ("issued", "partly_paid", "paid", "credited")


def check_discounts(document, lines: Iterable) -> None:
    """Refuse a discount that is more than what it is taken off (code "discount"): nobody can have meant it."""
    currency, net = document.currency, ZERO
    for line in lines:
        if getattr(line, "deposit_id", None):
            continue
        if line.discount_amount > gross_of(line, currency):
            raise Refused(
                _("“%(line)s”: the discount is more than the line comes to.") % {"line": line.description},
                code="discount",
            )
        net += totals.net_of(line, currency)
    if document.discount_amount > net:
        words = _("The discount of %(discount)s is more than the lines come to: %(net)s.") % {
            "discount": show(document.discount_amount, currency, document.workspace.locale),
            "net": show(net, currency, document.workspace.locale),
        }
        raise Refused(words, code="discount", field="discount_amount")


def whole_discount(document, found: totals.Totals) -> dict:
    """What a paper says of the discount on the whole."""
    return {
        "discount": found.discount,
        "discount_percent": document.discount_percent,
        "before_discount": found.before,
    }


def of_document(document) -> totals.Totals | None:
    """The sums of a document with a discount on the whole; None, and nothing read, for one without."""
    if not (document.discount_percent or document.discount_amount):
        return None
    return totals.of(document.lines.all(), document.currency, document)


def follow_pieces(line, was, currency: str) -> None:
    """Fewer pieces of an order, or of what is taken back, bring their part of the line's amount; a new one stays."""
    if was is None or line.discount_amount != was.discount_amount or line.quantity == was.quantity:
        return
    if line.invoice.origin_id:
        line.discount_amount = of_corrected_line(line, was, currency)
    elif line.job_line_id:
        line.discount_amount = cents(line.discount_amount * line.quantity / was.quantity, currency)


def of_corrected_line(line, was, currency: str) -> Decimal:
    """What of the discount of an invoice's line falls on the pieces of it that a credit note takes back: their share,
    and with the last of them what the notes before have left, as with the discount of the whole."""
    origin = line.invoice.origin
    lines, notes = list(origin.lines.all()), origin.corrections.exclude(number=None).prefetch_related("lines")
    of = _same(was, lines)
    if of is None:  # put there by hand, or said in other words
        return cents(was.discount_amount * line.quantity / was.quantity, currency)
    taken = [row for note in notes for row in note.lines.all() if _same(row, lines) == of]
    left = max(of.discount_amount - sum((row.discount_amount for row in taken), ZERO), ZERO)
    is_last = sum(row.quantity for row in taken) + line.quantity == of.quantity
    return left if is_last else min(cents(of.discount_amount * line.quantity / of.quantity, currency), left)


def _same(copy, lines: list):
    """The line of an invoice that a line of its credit note was copied from; of several that say the same, the one at
    its place."""
    said = ("job_line_id", "delivery_line_id", "description", "unit_price")
    found = [line for line in lines if all(getattr(line, name) == getattr(copy, name) for name in said)]
    return min(found, key=lambda line: abs(line.position - copy.position), default=None)


def of_correction(invoice, rows: Iterable) -> Decimal:
    """What of an invoice's discount falls on these lines of a credit note for it: their share of what it said, and with
    the last of them what the notes before have left, so that all together take back all of it."""
    origin, currency = invoice.origin, invoice.currency
    notes = list(origin.corrections.exclude(number=None).prefetch_related("lines"))
    whole, here, before = (
        sum((totals.net_of(row, currency) for row in lines if not row.deposit_id), ZERO)
        for lines in (origin.lines.all(), rows, [row for note in notes for row in note.lines.all()])
    )
    left = origin.discount_amount - sum((note.discount_amount for note in notes), ZERO)
    share = cents(origin.discount_amount * here / whole, currency) if whole else ZERO
    return max(left if before + here == whole else min(share, left), ZERO)


def of_order(job: Job, rows: Iterable, currency: str, last: bool) -> Decimal:
    """What of an order's discount falls on an invoice of these lines: its share, or with the last one what is left."""
    given = sum(
        job.invoices.filter(kind="invoice", is_deposit=False, state__in=GIVEN).values_list(
            "discount_amount", flat=True
        ),
        ZERO,
    )
    left = max(cents(job.discount_amount, currency) - given, ZERO)
    here = sum((totals.net_of(row, currency) for row in rows), ZERO)
    whole = sum((totals.net_of(line, currency) for line in job.lines.filter(parent=None)), ZERO)
    share = left if last or not whole else cents(job.discount_amount * here / whole, currency)
    return min(share, left, here)
