"""Where a thing came from and where it went: lots, runs, jobs, purchase orders, invoices, as far as there is a trail.

A thing is named by its kind and number, "lot:5" or "run:12", as `Move.source` names it. Rooms above say how theirs are
read (`register`) and what theirs lead to from ours (`extend`), so that this room knows none of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from inventory.models import Item, Lot, Move

DEEPEST, MOST = 10, 400  # steps from where it began; things on one screen


@dataclass
class Thing:
    """One thing on the trail. `permission` is what it takes to see it; `before` and `after` name its neighbours."""

    name: str
    kind: object
    label: str
    url: str
    permission: str
    note: str = ""
    at: object = None
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)


# {kind: pks -> {pk: Thing}}: everything of one kind is read at once.
_READERS: dict[str, Callable] = {}
_MORE: list[tuple[str, Callable]] = []


def register(kind: str, reader: Callable[[list[int]], dict[int, Thing]]) -> None:
    _READERS[kind] = reader


def extend(kind: str, more: Callable[[dict[int, Thing]], None]) -> None:
    """`more` adds neighbours to things of a kind that somebody else reads."""
    _MORE.append((kind, more))


def knows(name: str) -> bool:
    kind, _colon, pk = name.partition(":")
    return kind in _READERS and pk.isdigit() and len(pk) < 16


def around(name: str) -> tuple[Thing | None, list[list[Thing]], list[list[Thing]]]:
    """(the thing, what was before it, what came after it); each step away from it is a list of its own."""
    known = _read([name], {})
    start = known.get(name)
    if start is None:
        return None, [], []
    return start, _walk(start, "before", known), _walk(start, "after", known)


def before(name: str) -> list[list[Thing]]:
    """What was before a thing, alone: half of the walk."""
    known = _read([name], {})
    return _walk(known[name], "before", known) if name in known else []


def _walk(start: Thing, way: str, known: dict[str, Thing]) -> list[list[Thing]]:
    steps, seen, last = [], {start.name}, [start]
    for _step in range(DEEPEST):
        names = [name for thing in last for name in getattr(thing, way) if name not in seen]
        names = list(dict.fromkeys(names))[: MOST - len(seen)]
        known = _read(names, known)
        seen.update(names)
        last = [known[name] for name in names if name in known]
        if not last:
            return steps
        steps.append(last)
    return steps


def _read(names: Iterable[str], known: dict[str, Thing]) -> dict[str, Thing]:
    by_kind: dict[str, list[int]] = {}
    for name in names:
        if name not in known and knows(name):
            kind, _colon, pk = name.partition(":")
            by_kind.setdefault(kind, []).append(int(pk))
    for kind, pks in by_kind.items():
        things = _READERS[kind](pks)
        for wanted, more in _MORE:
            if wanted == kind and things:
                more(things)
        known = known | {f"{kind}:{pk}": thing for pk, thing in things.items()}
    return known


# --- what is ours -----------------------------------------------------------------------------------------------------


def _lots(pks: list[int]) -> dict[int, Thing]:
    from django.urls import reverse

    things = {}
    for lot in Lot.objects.filter(pk__in=pks).select_related("item", "location").order_by("pk"):
        note = f"{lot.item} · {lot.item.amount(lot.initial)}"
        note += f" · {lot.heat}" if lot.heat else ""
        things[lot.pk] = Thing(
            f"lot:{lot.pk}", lot.get_kind_display(), lot.code, reverse("admin:inventory_lot_change", args=[lot.pk]),
            "inventory.view_lot", note, lot.created_at, before=[lot.source] if lot.source else [],
        )  # fmt: skip
        if lot.parent_id:
            things[lot.pk].before.append(f"lot:{lot.parent_id}")
    _from_lot_to_lot(things)
    used = Move.objects.filter(lot__in=things, quantity__lt=0).exclude(source="").exclude(kind=Move.Kind.TRANSFER)
    for lot, source in used.order_by("lot", "source").values_list("lot", "source").distinct():
        if source != f"lot:{lot}" and source not in things[lot].before:
            things[lot].after.append(source)
    return things


def _from_lot_to_lot(things: dict[int, Thing]) -> None:
    """Split, cut and merged: the two moves of a transfer name the two lots."""
    rows = Move.objects.filter(lot__in=things, kind=Move.Kind.TRANSFER).values_list("lot", "key", "quantity")
    other = {(f"{key}:in" if quantity < 0 else key.removesuffix(":in")): (lot, quantity) for lot, key, quantity in rows}
    pairs = Move.objects.filter(key__in=other, kind=Move.Kind.TRANSFER).exclude(lot=None).order_by("pk")
    for key, theirs in pairs.values_list("key", "lot"):
        lot, quantity = other[key]
        names = things[lot].after if quantity < 0 else things[lot].before
        if theirs != lot and f"lot:{theirs}" not in names:
            names.append(f"lot:{theirs}")


def used_by(kind: str, pks: Iterable[int]) -> dict[int, list[str]]:
    """{pk: names of the lots and items that were booked for it}, for things that use stock: runs, line bookings."""
    sources = {f"{kind}:{pk}": pk for pk in pks}
    found: dict[int, list[str]] = {pk: [] for pk in sources.values()}
    rows = Move.objects.filter(source__in=sources, quantity__lt=0).exclude(kind=Move.Kind.TRANSFER)
    for source, lot, item in rows.order_by("source", "lot", "item").values_list("source", "lot", "item").distinct():
        found[sources[source]].append(f"lot:{lot}" if lot else f"item:{item}")
    return found


def made_by(kind: str, pks: Iterable[int]) -> dict[int, list[str]]:
    """{pk: names of the lots that came of it}: a run's remnants, an order's spools."""
    sources = {f"{kind}:{pk}": pk for pk in pks}
    found: dict[int, list[str]] = {pk: [] for pk in sources.values()}
    for source, lot in Lot.objects.filter(source__in=sources).order_by("pk").values_list("source", "pk"):
        found[sources[source]].append(f"lot:{lot}")
    return found


def _items(pks: list[int]) -> dict[int, Thing]:
    """What was taken loose: nobody knows of which delivery it was."""
    from django.urls import reverse

    items = Item.objects.filter(pk__in=pks)
    return {
        item.pk: Thing(
            f"item:{item.pk}", Item._meta.verbose_name, item.code,
            reverse("admin:inventory_item_change", args=[item.pk]), "inventory.view_item", item.name,
        )
        for item in items
    }  # fmt: skip


def _orders(pks: list[int]) -> dict[int, Thing]:
    from django.urls import reverse

    from inventory.models import PurchaseOrder

    made = made_by("po", pks)
    rows = PurchaseOrder.objects.filter(Q(pk__in=pks)).select_related("supplier")
    return {
        row.pk: Thing(
            f"po:{row.pk}", PurchaseOrder._meta.verbose_name, row.number,
            reverse("admin:inventory_purchaseorder_change", args=[row.pk]), "inventory.view_purchaseorder",
            str(row.supplier), row.created_at, after=made[row.pk],
        )
        for row in rows
    }  # fmt: skip


register("lot", _lots)
register("item", _items)
register("po", _orders)
