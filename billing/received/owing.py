"""Which received invoices are still to be paid, and when."""

from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from billing.models import ReceivedInvoice
from billing.states import RECEIVED_OPEN

SOON = timedelta(days=7)


def to_pay() -> QuerySet[ReceivedInvoice]:
    """What is not paid and not rejected, checked or not."""
    return ReceivedInvoice.objects.filter(state__in=RECEIVED_OPEN)


def late(today: date | None = None) -> QuerySet[ReceivedInvoice]:
    return to_pay().filter(due_on__lt=today or timezone.localdate())


def soon(today: date | None = None) -> QuerySet[ReceivedInvoice]:
    today = today or timezone.localdate()
    return to_pay().filter(due_on__range=(today, today + SOON))
