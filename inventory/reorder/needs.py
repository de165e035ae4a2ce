"""From the ledger to the board: what every item needs, all at once or only what somebody has touched."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.models import Item, Move, Need, ReorderRules, SupplierItem
from inventory.purchasing import expected, sources
from inventory.reorder.arithmetic import Facts
from laseros.core.retry import retried

USED = (Move.Kind.USAGE, Move.Kind.WASTE)
WINDOWS = (30, 90)  # days
NOTHING = Decimal(0)
MICRO = Decimal("0.000001")
MOST_PACKS = 1_000_000


def rules_of(workspace) -> ReorderRules:
    """Its own, or the usual ones, not stored."""
    return ReorderRules.objects.first() or ReorderRules(workspace=workspace)


def low():
    """What should be bought now, as a queryset."""
    return Need.objects.filter(is_low=True)


@retried
@transaction.atomic
def work_out(workspace) -> int:
    """Work out what every item needs and store it; how many are low. May run twice: the result is the same."""
    items = list(Item.objects.filter(archived_at=None).select_related("material").order_by("id"))
    groups = _groups(items)
    Need.objects.exclude(key__in=groups).delete()
    return _store(workspace, groups)


@retried
@transaction.atomic
def refresh(workspace, items: Iterable[Item]) -> None:
    """The same for these items alone, and what counts together with them: after an order, a delivery, a new price."""
    pks = {item.pk for item in items}
    touched = list(Item.objects.filter(pk__in=pks).select_related("material"))
    wanted = _groups([item for item in touched if item.archived_at is None])
    filament = [item for item in touched if item.category == Item.Category.FILAMENT]
    if filament:
        others = Item.objects.filter(archived_at=None, category=Item.Category.FILAMENT).select_related("material")
        wanted |= {key: members for key, members in _groups(list(others.order_by("id"))).items() if key in wanted}
    gone = Need.objects.filter(item__in=pks).exclude(key__in=wanted)
    gone.delete()
    _store(workspace, wanted)


def key_of(item: Item) -> str:
    """Spools of one material, colour and brand count together, however large; everything else by itself."""
    if item.category == Item.Category.FILAMENT and item.material_id and item.colour:
        colour, brand = item.colour.strip().casefold(), item.brand.strip().casefold()
        return f"filament:{item.material_id}:{item.unit}:{brand}:{colour}"[:120]
    return f"item:{item.pk}"


def _groups(items: list[Item]) -> dict[str, list[Item]]:
    groups = defaultdict(list)
    for item in items:
        groups[key_of(item)].append(item)
    return dict(groups)


def _store(workspace, groups: dict[str, list[Item]]) -> int:
    items = [item for members in groups.values() for item in members]
    if not items:
        return 0
    rules, now = rules_of(workspace), timezone.now()
    used = _used(items, now)
    coming, sold = expected.on_order(items), sources.sources_of(items)
    there = {need.key: need for need in Need.objects.filter(key__in=groups)}
    fresh, changed = [], []
    for key, members in groups.items():
        need = there.get(key) or Need(workspace=workspace, key=key)
        _fill(need, members, rules, used, coming, sold, now)
        (changed if need.pk else fresh).append(need)
    Need.objects.bulk_create(fresh, batch_size=500)
    names = [field.name for field in Need._meta.concrete_fields if field.name not in ("id", "workspace", "key")]
    if len(changed) == 1:  # mostly; written by itself in a tenth of the time that a choice among many takes to put
        Need.objects.filter(pk=changed[0].pk).update(**{name: getattr(changed[0], name) for name in names})
    else:
        Need.objects.bulk_update(changed, names, batch_size=200)
    return sum(1 for need in (*fresh, *changed) if need.is_low)


def _used(items: list[Item], now) -> dict[int, dict[int, Decimal]]:
    """{days: {item: used and wasted since then}}, what was taken back subtracted; material of clients is theirs to
    buy.
    """
    since = {days: now - timedelta(days=days) for days in WINDOWS}
    rows = Move.objects.filter(item__in=[item.pk for item in items], kind__in=USED, at__gte=min(since.values()))
    rows = rows.filter(Q(lot=None) | Q(lot__owner_key="")).order_by().values("item")
    sums = {f"in_{days}": Sum("quantity", filter=Q(at__gte=at), default=NOTHING) for days, at in since.items()}
    found = list(rows.annotate(**sums))
    return {days: {row["item"]: -Decimal(str(row[f"in_{days}"])) for row in found} for days in WINDOWS}


def _fill(need: Need, members: list[Item], rules: ReorderRules, used, coming, sold, now) -> None:
    offers = [source for item in members for source in sold.get(item.pk, [])]
    preferred = sorted(offers, key=lambda source: not source.preferred)
    first = preferred[0] if preferred else None
    facts = Facts(
        use_30=_daily(used[30], members, 30),
        use_90=_daily(used[90], members, 90),
        available=sum((item.available for item in members), NOTHING),
        on_order=sum((coming[item.pk][0] for item in members if item.pk in coming), NOTHING),
        minimum=sum((item.minimum for item in members), NOTHING),
        target=sum((item.target for item in members), NOTHING),
        lead_days=sources.lead_days(first),
        safety_days=rules.safety_days,
        cover_days=rules.cover_days,
    )
    source = first if first and first.preferred else sources.best(preferred, facts.wanted)
    for name in ("use_30", "use_90", "available", "on_order", "minimum", "target", "reorder_at", "days_left", "is_low"):
        setattr(need, name, getattr(facts, name))
    days = [coming[item.pk][1] for item in members if item.pk in coming and coming[item.pk][1]]
    need.expected_on = min(days, default=None)
    need.lead_days, need.safety_days, need.cover_days = facts.lead_days, facts.safety_days, facts.cover_days
    need.source, need.item = source, source.item if source else members[0]
    need.packs, need.suggested = _rounded(source, need.item, facts.wanted)
    need.label = _label(members)
    need.members = [item.pk for item in members]
    need.worked_out_at = now
    if not need.is_low:
        need.told_at = None


def _daily(used: dict[int, Decimal], members: list[Item], days: int) -> Decimal:
    together = sum((used.get(item.pk, NOTHING) for item in members), NOTHING)
    return max(together / days, NOTHING).quantize(MICRO)


def _rounded(source: SupplierItem | None, item: Item, wanted: Decimal) -> tuple[int, Decimal]:
    """(packs, quantity) of a suggestion: whole packs of whoever sells it, otherwise of the item."""
    if not wanted:
        return 0, NOTHING
    if source is not None:
        packs = min(sources.packs_for(source, wanted), MOST_PACKS)
        return packs, packs * source.pack_size
    size = item.pack_size or Decimal(1)
    packs = min(int((wanted / size).to_integral_value(ROUND_CEILING)), MOST_PACKS)
    return packs, packs * size


def _label(members: list[Item]) -> str:
    if len(members) == 1:
        return str(members[0])[:200]
    first = members[0]
    name = " ".join(part for part in (first.brand, first.material.name, first.colour) if part)
    return _("%(name)s (%(count)s items)") % {"name": name, "count": len(members)}
