"""Taking an issued invoice back: in part by a credit note, whole by a cancellation. The invoice stays."""

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest, Round
from django.utils.translation import gettext as _

from accounts import activity
from billing import discounts, totals
from billing.invoices import deposits
from billing.invoices.drafting import total
from billing.models import DeliveryLine, Invoice, InvoiceLine, Kind
from billing.states import INVOICE, OWED
from laseros.core.errors import Refused
from laseros.core.money import ZERO, show
from laseros.core.retry import retried
from production.models import JobLine

SAID = ("position", "description", "quantity", "unit_price", "discount_percent", "discount_amount", "rounding")
STANDING = ("issued", "partly_paid", "paid")


def may_be_credited(invoice: Invoice) -> bool:
    return not invoice.is_correction and invoice.state in STANDING


def may_be_cancelled(invoice: Invoice) -> bool:
    return may_be_credited(invoice) and not invoice.credited and not invoice.deducted


@retried
@transaction.atomic
def credit(invoice: Invoice, by, reason: str = "") -> Invoice:
    """A draft credit note with all lines of the invoice, to be cut down to what is taken back. One draft at a time."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    there = invoice.corrections.filter(state="draft").first()
    if there is not None:
        return there
    if not may_be_credited(invoice):
        raise Refused(_why_not(invoice), code="state", state=invoice.state)
    return _draft(invoice, Kind.CREDIT, reason, by)


def cancel(invoice: Invoice, by, reason: str) -> Invoice:
    """Take the whole invoice back by a document of its own, at once. What was invoiced is to be invoiced again.

    Answers the cancellation. Raises `Refused` for one that was cancelled or credited before.
    """
    from billing.invoices.issuing import issue

    draft = _cancellation(invoice, by, reason)
    try:
        return issue(draft, by)
    except BaseException:
        _forget(draft)  # nothing half done: a draft that could not be issued is not left lying about
        raise


@retried
@transaction.atomic
def _cancellation(invoice: Invoice, by, reason: str) -> Invoice:
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if not may_be_cancelled(invoice):
        raise Refused(_why_not(invoice), code="state", state=invoice.state)
    if invoice.corrections.filter(state="draft").exists():
        raise Refused(_("There is a draft credit note for %(invoice)s: issue or discard it first.")
                      % {"invoice": invoice}, code="draft")  # fmt: skip
    return _draft(invoice, Kind.CANCELLATION, reason, by)


@retried
@transaction.atomic
def _forget(draft: Invoice) -> None:
    if INVOICE.try_move(draft, "cancel"):
        activity.record("cancelled", draft)


def _draft(invoice: Invoice, kind: str, reason: str, by) -> Invoice:
    draft = Invoice.objects.create(
        workspace=invoice.workspace,
        kind=kind,
        origin=invoice,
        reason=reason[:300],
        client=invoice.client,
        job=invoice.job,
        currency=invoice.currency,
        treatment=invoice.treatment,
        tax_included=invoice.tax_included,
        discount_percent=invoice.discount_percent,
        discount_amount=invoice.discount_amount,
        supplied_on=invoice.supplied_on,
        created_by=by if getattr(by, "pk", None) else None,
    )
    for line in invoice.lines.all():
        copy = InvoiceLine(
            workspace=invoice.workspace,
            invoice=draft,
            **{name: getattr(line, name) for name in SAID},
            tax_percent=line.tax_percent,
            job_line_id=line.job_line_id,
            delivery_line_id=line.delivery_line_id,
            deposit_id=line.deposit_id,
            deposit_tax=line.deposit_tax,
        )
        copy.amount = totals.amount_of(copy, draft.currency)
        copy.save()
    if draft.discount_amount:
        draft.discount_amount = discounts.of_correction(draft, draft.lines.all())  # notes before it took theirs
        draft.save(update_fields=["discount_amount"])
    total(draft)
    activity.record("created", draft, by, details={"corrects": invoice.number}, money={"total": draft.total})
    return draft


def take_back(document: Invoice, lines: list[InvoiceLine]) -> None:
    """Count a credit note against its invoice, in the transaction that issues it. Never more than was invoiced."""
    origin = Invoice.objects.select_for_update().get(pk=document.origin_id)
    if not may_be_credited(origin) or (document.kind == Kind.CANCELLATION and not may_be_cancelled(origin)):
        raise Refused(_why_not(origin), code="state", state=origin.state)
    credited = Round(F("credited") + document.total, precision=4)
    rows = Invoice._base_manager.filter(pk=origin.pk, state__in=STANDING,
                                         total__gte=Round(F("deducted") + credited, precision=4))  # fmt: skip
    if not rows.update(credited=credited):
        left = show(origin.total - origin.credited - origin.deducted, origin.currency, origin.workspace.locale)
        raise Refused(
            _("Only %(left)s of %(invoice)s is not credited yet.") % {"left": left, "invoice": origin.number},
            code="over-credit",
        )
    origin.refresh_from_db(fields=["credited", "state"])
    if document.kind == Kind.CANCELLATION:
        INVOICE.move(origin, "reverse")
        _give_back(lines)
        deposits.give_back(lines)
        activity.record("reversed", origin, details={"by": document.number})
    else:
        _settle(origin)
        complete_if_settled(origin)
        activity.record("credited", origin, details={"by": document.number}, money={"amount": document.total})
    if origin.state not in OWED:
        from billing.payments.settling import remind_no_more

        remind_no_more(origin)


def complete_if_settled(invoice: Invoice) -> None:
    """Complete its job when nothing is owed of it any more, in the transaction that settled it."""
    from billing import payments

    if invoice.job_id:
        payments.complete_if_settled(invoice.job)


def _settle(origin: Invoice) -> None:
    """The state that is left for the invoice when a part of it is credited."""
    if origin.credited == origin.total:
        INVOICE.move(origin, "credit")
    elif not origin.balance and origin.state != "paid":
        INVOICE.move(origin, "pay")


def _give_back(lines: list[InvoiceLine]) -> None:
    """What a cancelled invoice had taken of a job is to be invoiced again."""
    for line in sorted(lines, key=lambda line: line.job_line_id or 0):
        if line.job_line_id:
            left = Greatest(F("invoiced") - line.quantity, 0)
            JobLine._base_manager.filter(pk=line.job_line_id).update(invoiced=left)
        if line.delivery_line_id:
            rows = DeliveryLine._base_manager.filter(pk=line.delivery_line_id)
            rows.update(invoiced=Greatest(F("invoiced") - line.quantity, 0))


def _why_not(invoice: Invoice) -> str:
    if invoice.is_correction:
        return _("%(invoice)s takes something back itself: it cannot be taken back.") % {"invoice": invoice}
    if invoice.state == "reversed":
        return _("%(invoice)s was cancelled before.") % {"invoice": invoice.number}
    if invoice.deducted > ZERO:
        return _("%(invoice)s was taken off a later invoice: cancel that one first.") % {"invoice": invoice.number}
    if invoice.credited > ZERO:
        return _("%(invoice)s was credited before: what is left of it can be credited, not cancelled.") % {
            "invoice": invoice.number
        }
    return _("This invoice has not been issued, so there is nothing to take back.")
