"""Discounts on documents: said on paper, checked before one leaves the house, carried from the order to invoices."""

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from billing import totals
from laseros.core.discounts import before_discount
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, less_tax, plus_tax, show
from production.models import Job

# Invoices that count towards what an order's discount has given already.
GIVEN = ("issued", "partly_paid", "paid", "credited")


def check_discounts(document, lines: Iterable, counted: Iterable | None = None) -> None:
    """Refuse a discount that is more than what it is taken off (code "discount"): nobody can have meant it.

    `counted` are the lines that the whole is of, where it is not all of them.
    """
    currency = document.currency
    lines = [line for line in lines if not getattr(line, "deposit_id", None)]
    for line in lines:
        if line.discount_amount > before_discount(line, currency):
            raise Refused(
                _("“%(line)s”: the discount is more than the line comes to.") % {"line": line.description},
                code="discount",
            )
    whole = sum((totals.amount_of(line, currency) for line in (lines if counted is None else counted)), ZERO)
    if document.discount_amount > whole:
        words = _("The discount of %(discount)s is more than the lines come to: %(sum)s.") % {
            "discount": show(document.discount_amount, currency, document.workspace.locale),
            "sum": show(whole, currency, document.workspace.locale),
        }
        raise Refused(words, code="discount", field="discount_amount")


def whole_discount(document, found: totals.Totals) -> dict:
    """What a paper says of the discount on the whole."""
    return {
        "discount": found.discount,
        "discount_percent": document.discount_percent,
        "before_discount": found.before,
    }


def of_document(document, counted: Callable = list) -> totals.Totals | None:
    """The sums of a document with a discount on the whole, over those of its lines that are `counted`; None, and
    nothing read, for one without."""
    if not (document.discount_percent or document.discount_amount):
        return None
    return totals.of(counted(document.lines.all()), document.currency, document)


def follow_pieces(line, was, currency: str) -> None:
    """Fewer pieces of an order, or of what is taken back, bring their part of the line's amount; a new one stays."""
    if was is not None and line.discount_amount == was.discount_amount and line.quantity != was.quantity:
        if line.invoice.origin_id:
            line.discount_amount = of_corrected_line(line, was, currency)
        elif line.job_line_id:
            line.discount_amount = cents(line.discount_amount * line.quantity / was.quantity, currency)
    if line.invoice.origin_id:
        line.rounding = rounding_of(line, currency)


def rounding_of(line, currency: str) -> Decimal:
    """What a credit note's line over the last pieces of an invoice's line takes beside its own pieces: with the notes
    before, it is the line to the cent. 2 × 12.345 are 24.69; one of them is 12.35, and the other 12.34.

    Nothing where its price or its discount is another than theirs: what somebody typed is what they meant.
    """
    of, taken = _taken_of(line, line)
    line.rounding = ZERO
    if of is None or line.discount_percent != of.discount_percent:
        return ZERO
    pieces = sum(row.quantity for row in taken) + line.quantity
    beside = max(of.amount - sum((row.amount for row in taken), ZERO), ZERO) - totals.amount_of(line, currency)
    if pieces < of.quantity:
        return min(beside, ZERO)  # none takes more than is left
    off = sum((row.discount_amount for row in taken), line.discount_amount)
    return beside if pieces == of.quantity and off == of.discount_amount else ZERO


def _taken_of(line, was):
    """The line of its invoice that a credit note's line takes back, None for one of another; and the lines of the notes
    before that took of it."""
    origin, said = line.invoice.origin, _said(was)
    alike = [row for row in origin.lines.all() if _said(row) == said]
    of = _at_its_place(was, alike)
    if of is None:  # put there by hand, or said in other words
        return None, []
    notes = origin.corrections.exclude(number=None).prefetch_related("lines")
    rows = (row for note in notes for row in note.lines.all() if _said(row) == said)
    return of, [row for row in rows if _at_its_place(row, alike) == of]


def of_corrected_line(line, was, currency: str) -> Decimal:
    """What of the discount of an invoice's line falls on the pieces of it that a credit note takes back: their share,
    and with the last of them what the notes before have left, as with the discount of the whole."""
    of, taken = _taken_of(line, was)
    if of is None:
        return cents(was.discount_amount * line.quantity / was.quantity, currency)
    left = max(of.discount_amount - sum((row.discount_amount for row in taken), ZERO), ZERO)
    is_last = sum(row.quantity for row in taken) + line.quantity == of.quantity
    return left if is_last else min(cents(of.discount_amount * line.quantity / of.quantity, currency), left)


def _said(line) -> tuple:
    """What a line of a credit note has in common with the line of the invoice that it was copied from."""
    return line.job_line_id, line.delivery_line_id, line.description, line.unit_price


def _at_its_place(copy, alike: list):
    """Of several lines that say the same, the one at the place of a copy."""
    return min(alike, key=lambda line: abs(line.position - copy.position), default=None)


def of_correction(invoice, rows: Iterable) -> Decimal:
    """What of an invoice's discount falls on these lines of a credit note for it: their share of what it said, and with
    the last of them what the notes before have left, so that all together take back all of it."""
    origin, currency = invoice.origin, invoice.currency
    notes = list(origin.corrections.exclude(number=None).prefetch_related("lines"))
    whole, here, before = (
        sum((totals.amount_of(row, currency) for row in lines if not row.deposit_id), ZERO)
        for lines in (origin.lines.all(), rows, [row for note in notes for row in note.lines.all()])
    )
    left = origin.discount_amount - sum((note.discount_amount for note in notes), ZERO)
    share = cents(origin.discount_amount * here / whole, currency) if whole else ZERO
    return max(left if before + here == whole else min(share, left), ZERO)


def of_order(job: Job, rows: Iterable, currency: str, last: bool) -> Decimal:
    """What of an order's discount falls on an invoice of these lines: its share, or with the last one what is left.

    All in the order's prices; what an invoice in other prices gave is brought to them.
    """
    given = job.invoices.filter(kind="invoice", is_deposit=False, state__in=GIVEN).exclude(discount_amount=0)
    before = sum((_in_prices_of(job, row) for row in given), ZERO)
    left = max(cents(job.discount_amount, currency) - before, ZERO)
    here = sum((totals.amount_of(row, currency) for row in rows), ZERO)
    whole = sum((totals.amount_of(line, currency) for line in job.lines.filter(parent=None)), ZERO)
    share = left if last or not whole else cents(job.discount_amount * here / whole, currency)
    return min(share, left, here)


def _in_prices_of(job: Job, invoice) -> Decimal:
    given = invoice.discount_amount
    if invoice.tax_included == job.tax_included:
        return given
    rows = [(Decimal(row["percent"]), Decimal(row["amount"])) for row in invoice.frozen.get("discounts", ())]
    turned = (plus_tax(off, rate) if job.tax_included else less_tax(off, rate) for rate, off in rows)
    return cents(sum(turned, ZERO), invoice.currency)
