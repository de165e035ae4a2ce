"""Taking what was used out of stock, whatever the books say, and giving back what was not used after all."""

from collections.abc import Iterable
from decimal import Decimal

from inventory import ledger
from inventory.models import Item, Lot, Move, Reservation
from laseros.core.errors import Refused

NOTHING = Decimal(0)


def take(
    item: Item, used: Decimal, reservation: Reservation | None, *, key: str, reason: str, by, source: str = "",
    lot: Lot | None = None,
) -> Decimal:  # fmt: skip
    """Take what was used out of stock, first from what was reserved for it. Answers what the books could not give.

    The sheet is cut, whatever the books say: promises of others give way, and where the books hold less than was used,
    all they can give is booked, and the difference stands in the log until somebody counts. An operator is never kept
    at the machine by a wrong count.
    """
    if reservation is not None and (reservation.item_id != item.pk or (lot is not None and lot.owner_key)):
        reservation = None  # promised was another size of sheet, or not the client's own material
    said = {"key": key, "by": by, "reason": reason, "lot": lot, "source": source}
    try:
        _take(item, used, reservation, said)
        return NOTHING
    except Refused as refusal:
        if refusal.code != "short":
            raise
    there = Item._base_manager.get(pk=item.pk)
    named = lot or (reservation.lot if reservation is not None else None)
    possible = Lot._base_manager.get(pk=named.pk).quantity if named is not None else _pickable(there)
    possible = min(possible, used)
    if possible > 0:
        _take(item, possible, reservation, {**said, "despite_promises": True})
    return used - max(possible, NOTHING)


def _pickable(item: Item) -> Decimal:
    """What can be taken without naming a lot, promised or not: all but remnants, a client's, and what is set aside."""
    found = ledger.sources(item, item.on_hand) if item.on_hand else []
    return min(item.usable, sum((amount for _lot, _place, amount in found), NOTHING))


def _take(item: Item, quantity: Decimal, reservation: Reservation | None, said: dict) -> None:
    if reservation is not None:
        ledger.use(reservation, quantity, **said)
    else:
        owner = said["lot"].owner_key if said["lot"] is not None else ""
        ledger.post(item, -quantity, "usage", for_owner=owner, **said)


def give_back(moves: Iterable[Move], quantity: Decimal, *, key: str, reason: str, by, source: str) -> Decimal:
    """Bring back `quantity` of what these moves took and did not bring back, the last taken first, each into the lot or
    place it was taken from and at what it was worth. Answers what came back: less, where the moves took less."""
    taken: dict[tuple, Decimal] = {}
    last: dict[tuple, Move] = {}
    for move in sorted(moves, key=lambda move: move.pk):
        where = move.lot_id, None if move.lot_id else move.location_id
        taken[where] = taken.get(where, NOTHING) - move.quantity
        if move.quantity < 0:
            last[where] = move
    left, number = quantity, 0
    for where, move in sorted(last.items(), key=lambda pair: -pair[1].pk):
        amount = min(left, taken[where])
        if amount <= 0:
            continue
        number += 1
        ledger.post(
            move.item, amount, Move.Kind.RETURN, key=key if number == 1 else f"{key}#{number}", by=by, reason=reason,
            lot=move.lot, location=None if move.lot_id else move.location, unit_cost=move.unit_cost, source=source,
        )  # fmt: skip
        left -= amount
    return quantity - left
