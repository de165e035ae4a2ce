"""A received invoice is checked by a person, who approves it or sends it away with a reason."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import ReceivedInvoice
from billing.states import RECEIVED
from laseros.core.errors import Refused
from laseros.core.money import ZERO
from laseros.core.retry import retried


@retried
@transaction.atomic
def approve(row: ReceivedInvoice, by=None) -> ReceivedInvoice:
    """It is right and may be paid; one that asks for nothing is paid with that."""
    RECEIVED.move(row, "approve", **_decided(by))
    if row.left == ZERO:
        RECEIVED.move(row, "pay")
    activity.record("approved", row, by, money={"total": row.total})
    return row


@retried
@transaction.atomic
def reject(row: ReceivedInvoice, reason: str, by=None) -> ReceivedInvoice:
    """It is not paid. Raises `Refused` where something of it has been."""
    if not reason.strip():
        raise Refused(_("Say why it is rejected."), code="reason", field="reason")
    _unpaid(row)
    RECEIVED.move(row, "reject", reason=reason.strip()[:300], **_decided(by))
    activity.record("declined", row, by, details={"why": row.reason})
    return row


@retried
@transaction.atomic
def look_again(row: ReceivedInvoice, by=None) -> ReceivedInvoice:
    """Take the decision back. One that was rejected comes back only while no other has taken its place."""
    held = _unpaid(row)
    twins = ReceivedInvoice.objects.filter(number=held.number, seller=held.seller).exclude(state="rejected")
    if twins.exclude(pk=row.pk).exists():
        raise Refused(_("Another file of this invoice has taken its place."), code="twin")
    RECEIVED.move(row, "look_again", reason="", **_decided(by))
    activity.record("reopened", row, by)
    return row


def _unpaid(row: ReceivedInvoice) -> ReceivedInvoice:
    held = ReceivedInvoice.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if held.paid:
        raise Refused(_("Something of it is paid: take that back first."), code="paid")
    return held


def _decided(by) -> dict:
    return {"decided_by": by if getattr(by, "pk", None) else None, "decided_at": timezone.now()}
