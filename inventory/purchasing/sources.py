"""Where an item is bought: which supplier, how many packs, at which price."""

from collections.abc import Iterable
from decimal import ROUND_CEILING, Decimal

from inventory.models import Item, SupplierItem

USUAL_LEAD_DAYS = 7  # where nobody has said how long a delivery takes


def price_of(source: SupplierItem, packs: int) -> Decimal:
    """What one pack costs when so many are ordered."""
    price = source.price
    for row in source.breaks.all():  # in the order of their packs
        if packs >= row.packs:
            price = row.price
    return price


def packs_for(source: SupplierItem, quantity: Decimal) -> int:
    """How many packs `quantity` (in the item's unit) takes: whole ones, and not fewer than they sell."""
    packs = int((Decimal(quantity) / source.pack_size).to_integral_value(ROUND_CEILING))
    return max(packs, source.minimum_packs)


def lead_days(source: SupplierItem | None) -> int:
    """How many days a delivery takes, by whoever knows it best."""
    if source is None:
        return USUAL_LEAD_DAYS
    own = source.lead_days if source.lead_days is not None else source.supplier.lead_days
    return own if own is not None else USUAL_LEAD_DAYS


def sources_of(items: Iterable[Item]) -> dict[int, list[SupplierItem]]:
    """{item id: whom it can be bought from, the preferred first}. Two queries."""
    rows = SupplierItem.objects.filter(item__in=[item.pk for item in items], supplier__archived_at=None)
    found: dict[int, list[SupplierItem]] = {}
    for row in rows.select_related("supplier", "item").prefetch_related("breaks").order_by("-preferred", "id"):
        found.setdefault(row.item_id, []).append(row)
    return found


def best(sources: list[SupplierItem], quantity: Decimal) -> SupplierItem | None:
    """The preferred one, otherwise who takes least for `quantity`; None where nobody sells it."""
    if not sources or sources[0].preferred:
        return sources[0] if sources else None
    return min(sources, key=lambda source: (_cost(source, quantity), source.pk))


def _cost(source: SupplierItem, quantity: Decimal) -> Decimal:
    packs = packs_for(source, quantity)
    cost = price_of(source, packs) * packs
    return cost if cost else Decimal("Infinity")  # a price nobody has entered is not the lowest one
