"""From the board to orders, and to the people who want to hear of it."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext

from accounts import activity, outbox
from accounts.outbox import people
from accounts.outbox.occasions import NEVER, NOW
from inventory.models import Need, ReorderRules, Supplier, SupplierItem
from inventory.occasions import LOW, in_words
from inventory.purchasing import wants
from inventory.purchasing.wants import Bought, Want
from inventory.reorder.needs import refresh
from laseros.core.retry import retried

MOST_IN_MAIL = 40


def order(workspace, needs, *, key: str, by) -> Bought:
    """Put what these needs suggest on one order for each supplier, less what is on a draft already."""
    rows = needs.filter(is_low=True, suggested__gt=0).select_related("item", "source__supplier", "source__item")
    wanted = [Want(need.item, need.suggested, need.source) for need in rows.order_by("id")]
    return wants.order(workspace, wanted, key=key, by=by)


@retried
@transaction.atomic
def sold_by(supplier: Supplier, needs, by) -> int:
    """Say of all of these that nobody is known to sell that this supplier does, at the price they cost; how many."""
    rows = list(needs.filter(is_low=True, source=None).select_related("item"))
    for need in rows:
        pack = need.item.pack_size or 1
        defaults = {"workspace": supplier.workspace, "pack_size": pack, "price": need.item.price * pack}
        source, created = SupplierItem.objects.get_or_create(
            supplier=supplier, item=need.item, sku="", defaults=defaults
        )
        if created:
            activity.record("created", source, by)
    refresh(supplier.workspace, [need.item for need in rows])
    return len(rows)


@retried
@transaction.atomic
def change_rules(workspace, by, *, safety_days: int, cover_days: int) -> ReorderRules:
    rules = _stored(workspace)
    before = {"safety": rules.safety_days, "cover": rules.cover_days}
    ReorderRules.objects.filter(pk=rules.pk).update(safety_days=safety_days, cover_days=cover_days)
    rules.safety_days, rules.cover_days = safety_days, cover_days
    details = activity.changes(before, {"safety": safety_days, "cover": cover_days})
    if details:
        activity.record("changed", rules, by, details=details)
    return rules


def mail_me(workspace, user, wanted: bool) -> None:
    """Somebody wants to be told by mail what has run low, or no longer."""
    people.want(workspace, user, LOW, NOW if wanted else NEVER)


def mails_me(workspace, user) -> bool:
    return people.wants(workspace, user, LOW)


def _stored(workspace) -> ReorderRules:
    rules, _created = ReorderRules.objects.get_or_create(workspace=workspace)
    return rules


@retried
@transaction.atomic
def tell(workspace) -> int:
    """Tell whoever wants it what has run low since they were last told; how many messages. Twice a day is one."""
    rows = Need.objects.filter(is_low=True, told_at=None).select_related("item", "source__supplier")
    needs = list(rows[:MOST_IN_MAIL])
    if not needs:
        return 0
    link = settings.BASE_URL.rstrip("/") + reverse("admin:inventory_need_changelist")
    key, count = f"needs:{timezone.localdate()}:{needs[0].pk}", rows.count()

    def values(language):
        words = ngettext("%(count)s item", "%(count)s items", count) % {"count": count}
        return {"count": words, "items": in_words(needs)}

    told = outbox.tell(LOW, needs[0], key=key, link=link, values=values)
    Need.objects.filter(is_low=True, told_at=None).update(told_at=timezone.now())
    return told
