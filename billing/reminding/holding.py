"""An invoice that is not to be reminded of for now, and why."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import Invoice, Reminder, ReminderHold
from billing.states import OWED, REMINDER
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
@transaction.atomic
def hold(invoice: Invoice, kind: str, note: str, until: date | None = None, by=None) -> ReminderHold:
    """Stop reminders: as long as it is disputed, or until the day payment is promised for."""
    invoice = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if invoice.state not in OWED:
        raise Refused(_("Nothing is owed on %(invoice)s any more.") % {"invoice": invoice}, code="state")
    if kind == ReminderHold.Kind.PROMISE and (until is None or until < timezone.localdate()):
        raise Refused(_("Say until when the payment is promised."), code="until", field="until")
    _end(invoice)
    row = ReminderHold.objects.create(
        workspace=invoice.workspace, invoice=invoice, kind=kind, note=note[:300], by=by if by and by.pk else None,
        until=until if kind == ReminderHold.Kind.PROMISE else None,
    )  # fmt: skip
    for reminder in Reminder.objects.filter(invoice=invoice, state="proposed"):
        REMINDER.try_move(reminder, "drop")
    activity.record("held", invoice, by, details={"why": row.get_kind_display(), "note": note})
    return row


@retried
@transaction.atomic
def lift(invoice: Invoice, by=None) -> None:
    if not _end(invoice):
        raise Refused(_("Reminders of %(invoice)s are not stopped.") % {"invoice": invoice}, code="state")
    activity.record("continued", invoice, by)


def _end(invoice: Invoice) -> int:
    return ReminderHold.objects.filter(invoice=invoice, lifted_at=None).update(lifted_at=timezone.now())
