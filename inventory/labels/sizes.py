"""Which label size a business uses, and by how much its printer misses the place."""

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts import activity
from inventory.labels import formats
from inventory.models import LabelSize
from laseros.core.retry import retried


def usual(workspace) -> LabelSize:
    """The size used last; a new one in the usual format where none has been used."""
    return LabelSize.objects.first() or LabelSize(workspace=workspace, name=formats.USUAL)


def known() -> dict[str, LabelSize]:
    return {size.name: size for size in LabelSize.objects.all()}


@retried
@transaction.atomic
def use(workspace, name: str, right: Decimal, down: Decimal, by) -> LabelSize:
    """Note that labels of this size were printed, moved by so much: proposed the next time."""
    size, fresh = LabelSize.objects.get_or_create(workspace=workspace, name=name)
    before = {} if fresh else {"right mm": size.right_mm, "down mm": size.down_mm}
    size.right_mm, size.down_mm, size.used_at = right, down, timezone.now()
    size.save()
    changed = activity.changes(before, {"right mm": right, "down mm": down}) if before else {}
    if changed:
        activity.record("changed", size, by, details=changed)
    return size
