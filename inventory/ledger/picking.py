"""Where an amount is taken from when nobody names a lot or a place.

What lies loose comes first, then spools, sheets and batches: what is open, then what is fullest last, so that ends are
used up. Remnants are never picked: they have a shape, and whoever cuts one says so.
"""

from decimal import Decimal

from django.db.models import F

from inventory.models import Balance, Item, Location, Lot

PICKED = (Lot.Kind.SPOOL, Lot.Kind.SHEET, Lot.Kind.BATCH)


def pickable(item: Item, owner_key: str = ""):
    """The lots of an item that may be taken from, in the order they are taken, as a queryset."""
    rows = Lot._base_manager.filter(
        item_id=item.pk, state="free", kind__in=PICKED, owner_key=owner_key, quantity__gt=F("reserved")
    )
    return rows.order_by(F("opened_at").asc(nulls_last=True), "quantity", "id")


def sources(
    item: Item, quantity: Decimal, *, location: Location | None = None, owner_key: str = ""
) -> list[tuple[Lot | None, int, Decimal]]:
    """[(lot or None, location pk, amount), …] that add up to `quantity`, or to less where there is less."""
    found, left = [], quantity
    balances = Balance._base_manager.filter(item_id=item.pk, quantity__gt=F("in_lots"))
    lots = pickable(item, owner_key)
    if location is not None:
        balances, lots = balances.filter(location=location), lots.filter(location=location)
    if owner_key:
        balances = balances.none()  # what is loose is ours
    usual = item.default_location_id
    for row in sorted(balances, key=lambda row: (row.location_id != usual, -row.loose, row.location_id)):
        if left > 0:
            found.append((None, row.location_id, min(left, row.loose)))
            left -= found[-1][2]
    if left > 0:
        for lot in lots:
            found.append((lot, lot.location_id, min(left, lot.quantity - lot.reserved)))
            left -= found[-1][2]
            if left <= 0:
                break
    return found
