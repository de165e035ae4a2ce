"""Verbs about suppliers: taking one in, archiving, whom an item is bought from first."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering
from inventory.models import PurchaseOrder, Supplier, SupplierItem
from inventory.models.purchase import EXPECTED
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
@transaction.atomic
def register(supplier: Supplier, by) -> Supplier:
    """Store a new supplier under the next number."""
    supplier.code = numbering.draw(supplier.workspace, "supplier")
    supplier.save()
    activity.record("created", supplier, by)
    return supplier


@retried
@transaction.atomic
def archive(supplier: Supplier, by) -> None:
    """Refused as long as goods are expected from them."""
    open_order = PurchaseOrder.objects.filter(supplier=supplier, state__in=EXPECTED).first()
    if open_order is not None:
        raise Refused(_("%(order)s is still open.") % {"order": open_order}, code="expected")
    if Supplier.objects.filter(pk=supplier.pk, archived_at=None).update(archived_at=timezone.now()):
        activity.record("archived", supplier, by)


@retried
@transaction.atomic
def restore(supplier: Supplier, by) -> None:
    if Supplier.objects.filter(pk=supplier.pk).exclude(archived_at=None).update(archived_at=None):
        activity.record("restored", supplier, by)


def prefer(source: SupplierItem) -> None:
    """Buy the item here first: one place is preferred, and no other."""
    others = SupplierItem.objects.filter(item_id=source.item_id, preferred=True).exclude(pk=source.pk)
    others.update(preferred=False)
    SupplierItem.objects.filter(pk=source.pk).update(preferred=True)
