"""Which purchase order of ours a received invoice is for: by the number it names, or as a person says."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import ReceivedInvoice
from inventory.models import PurchaseOrder
from laseros.core.errors import Refused
from laseros.core.retry import retried


def named(number: str) -> PurchaseOrder | None:
    """The order of this number that left the house; a draft was never seen by a supplier."""
    number = number.strip()
    rows = PurchaseOrder.objects.filter(number__iexact=number).exclude(sent_at=None) if number else ()
    return next(iter(rows), None)


@retried
@transaction.atomic
def link(row: ReceivedInvoice, number: str, by=None) -> ReceivedInvoice:
    """Say which order it is for; an empty number takes the link away."""
    order = named(number)
    if number.strip() and order is None:
        raise Refused(
            _("There is no order %(number)s that was sent.") % {"number": number}, code="gone", field="number"
        )
    ReceivedInvoice._base_manager.filter(pk=row.pk).update(order=order)
    before, row.order = row.order, order
    activity.record(
        "changed", row, by, details={"order": [before.number if before else "", order.number if order else ""]}
    )
    return row
