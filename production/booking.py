"""Taking what was used out of stock, whatever the books say."""

from decimal import Decimal

from inventory import ledger
from inventory.models import Item, Lot, Reservation
from laseros.core.errors import Refused


def take(
    item: Item, used: Decimal, reservation: Reservation | None, *, key: str, reason: str, by, source: str = "",
    lot: Lot | None = None,
) -> Decimal:  # fmt: skip
    """Take what was used out of stock, first from what was reserved for it. Answers what the books could not give.

    The sheet is cut, whatever the books say: where they hold less than was used, all they can give is booked, and the
    difference stands in the log until somebody counts. An operator is never kept at the machine by a wrong count.
    """
    if reservation is not None and (reservation.item_id != item.pk or (lot is not None and lot.owner_key)):
        reservation = None  # promised was another size of sheet, or not the client's own material
    said = {"key": key, "by": by, "reason": reason, "lot": lot, "source": source}
    try:
        _take(item, used, reservation, said)
        return Decimal(0)
    except Refused as refusal:
        if refusal.code != "short":
            raise
    there = Item._base_manager.get(pk=item.pk)
    promised = Reservation._base_manager.get(pk=reservation.pk).open_quantity if reservation else Decimal(0)
    lies = Lot._base_manager.get(pk=lot.pk).quantity if lot is not None else _pickable(there)
    possible = min(there.available + promised, lies)
    if possible > 0:
        _take(item, possible, reservation, said)
    return used - max(possible, Decimal(0))


def _pickable(item: Item) -> Decimal:
    """What could be taken without naming a lot: all but remnants, and what is a client's or in quarantine."""
    found = ledger.sources(item, item.on_hand) if item.on_hand else []
    return sum((amount for _lot, _place, amount in found), Decimal(0))


def _take(item: Item, quantity: Decimal, reservation: Reservation | None, said: dict) -> None:
    if reservation is not None:
        ledger.use(reservation, quantity, **said)
    else:
        owner = said["lot"].owner_key if said["lot"] is not None else ""
        ledger.post(item, -quantity, "usage", for_owner=owner, **said)
