"""Booking: one amount in or out, or the same amount from one place or lot to another."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory import books, locations
from inventory.ledger.amounts import CENT_OF_CENT, cost_of, plain, quantity_of
from inventory.ledger.picking import sources
from inventory.ledger.remaking import lock, make_room, share_out
from inventory.models import Item, Location, Lot, Move
from inventory.models.lot import LOT
from laseros.core.errors import Refused
from laseros.core.retry import retried

NOTHING = Decimal(0)
# What comes in at what the rest is worth, because nobody paid for it now.
AT_AVERAGE = (Move.Kind.RETURN, Move.Kind.ADJUSTMENT, Move.Kind.COUNT)


class _Elsewhere(Exception):
    """The amount does not lie loose at the usual place: it has to be looked for."""


@dataclass
class _Line:
    """All that the lines of one booking have in common."""

    item: Item
    kind: str
    by: object = None
    reason: str = ""
    at: datetime | None = None
    source: str = ""
    # Given by whoever reverses a move; None: what comes in costs `unit_cost`, what leaves is worth the average.
    value: Decimal | None = None
    unit_cost: Decimal | None = None


@retried
def post(
    item: Item, quantity, kind: str, *, key: str, by=None, reason="", unit_cost=None, at=None, lot: Lot | None = None,
    location: Location | None = None, source: str = "", for_owner: str = "", despite_promises: bool = False,
) -> Move:  # fmt: skip
    """Book `quantity` (positive in, negative out) of `item`. The same key again answers the move it made.

    Out of `lot`, or what lies loose at `location`; with neither, wherever it is: that may be several moves, of which
    the first has the key and is answered. What comes in without a place lies at the item's usual one. `for_owner` names
    the client whose material may be used. `despite_promises`: what the scales say is true, and promises give way.

    Raises `Refused`: "quantity", "cost", "kind", "lot", "location", "owned", "quarantined", and "short" when less is
    available than is taken.
    """
    quantity = quantity_of(quantity)
    try:
        if not quantity:
            raise Refused(_("Nothing to book."), code="quantity")
        line = _Line(item, _known(kind), by, reason, at, source)
        if quantity > 0:
            line.unit_cost = _cost(item, kind, unit_cost)
            line.value = NOTHING if lot is not None and lot.owner_key else _worth(quantity, line.unit_cost)
        return _book(line, quantity, key, lot, location, for_owner, despite_promises)
    except (Refused, IntegrityError):
        done = _made(item, key)  # before, or by somebody at the same moment
        if done is None:
            raise
        return done


def _made(item: Item, key: str) -> Move | None:
    return Move._base_manager.filter(workspace_id=item.workspace_id, key=key).first()


def _known(kind: str) -> str:
    if kind not in Move.Kind.values or kind == Move.Kind.TRANSFER:
        raise Refused(_("%(kind)s is no way to book stock.") % {"kind": kind}, code="kind")
    return kind


def _cost(item: Item, kind: str, unit_cost) -> Decimal:
    if unit_cost is not None:
        return cost_of(unit_cost)
    return Item._base_manager.get(pk=item.pk).average_cost if kind in AT_AVERAGE else item.price


def _worth(quantity: Decimal, unit_cost: Decimal) -> Decimal:
    return (quantity * unit_cost).quantize(CENT_OF_CENT)


def _book(line: _Line, quantity, key, lot, location, for_owner, despite_promises) -> Move:
    item = line.item
    _check_place(item, lot, location)
    if lot is not None:
        with transaction.atomic():
            if despite_promises and quantity < 0:
                make_room(item, -quantity, line.by, lot=lot)
            return _shared_out(_out_of_lot(line, quantity, key, lot, for_owner), line)
    if books.can_at_once() and not despite_promises:
        try:
            return _shared_out(
                _at_once(line, quantity, key, location.pk if location is not None else _usual(item)), line
            )
        except IntegrityError:
            # Posted before, or too little there: what follows says which.
            done = _made(item, key)
            if done is not None:
                return done
    if quantity > 0:
        place = location.pk if location is not None else _usual(item)
        with transaction.atomic():
            return _shared_out(_write(line, quantity, key, None, place), line)
    try:
        # Nearly always it lies loose at its usual place; only where it does not is it looked for.
        with transaction.atomic():
            if despite_promises:
                make_room(item, -quantity, line.by)
            return _write(line, quantity, key, None, location.pk if location is not None else _usual(item))
    except _Elsewhere:
        with transaction.atomic():
            if despite_promises:
                make_room(item, -quantity, line.by)
            return _from_anywhere(line, -quantity, key, location, for_owner)


def _at_once(line: _Line, quantity: Decimal, key: str, place: int) -> Move:
    """As `_write`, of what lies loose, in one statement: by itself it needs no transaction around it."""
    move = _unsaved(line, quantity, key, None, place)
    said = {"workspace": move.workspace_id, "item": move.item_id, "location": place, "kind": move.kind, "key": key,
            "reason": move.reason, "source": move.source, "by": move.by_id, "at": move.at,
            "unit_cost": line.unit_cost}  # fmt: skip
    change = books.Change(quantity, value=line.value)
    with transaction.atomic() if transaction.get_connection().in_atomic_block else nullcontext():
        move.pk, move.value, move.unit_cost = books.at_once(change, **said)
    move._state.adding = False
    return move


def _shared_out(move: Move, line: _Line) -> Move:
    """Whoever waits for what came in has it promised."""
    if move.quantity > 0:
        share_out(line.item, line.by, why=move.reason or str(move.get_kind_display()))
    return move


def _usual(item: Item) -> int:
    return item.default_location_id or locations.the_store(item.workspace_id).pk


def _check_place(item: Item, lot: Lot | None, location: Location | None) -> None:
    if lot is not None and (lot.item_id != item.pk or lot.workspace_id != item.workspace_id):
        raise Refused(_("%(lot)s is not of %(item)s.") % {"lot": lot.code, "item": item}, code="lot")
    if location is not None and location.workspace_id != item.workspace_id:
        raise Refused(_("There is no such place."), code="location")
    if lot is not None and location is not None and lot.location_id != location.pk:
        raise Refused(_("%(lot)s does not lie there.") % {"lot": lot.code}, code="location")


def _out_of_lot(line: _Line, quantity: Decimal, key: str, lot: Lot, for_owner: str = "") -> Move:
    """In or out of a lot, as the database has it once its item is held."""
    lock(line.item)
    fresh = Lot._base_manager.get(pk=lot.pk)
    used = line.kind == Move.Kind.USAGE and quantity < 0
    if used and fresh.owner_key and fresh.owner_key != for_owner:
        words = _("%(lot)s belongs to %(owner)s.") % {"lot": fresh.code, "owner": fresh.owner_label}
        raise Refused(words, code="owned")
    if used and fresh.state == "quarantined":
        words = _("%(lot)s is in quarantine: %(why)s") % {"lot": fresh.code, "why": fresh.quarantine_why}
        raise Refused(words, code="quarantined")
    return _write(line, quantity, key, fresh, fresh.location_id)


def _from_anywhere(line: _Line, wanted: Decimal, key: str, location, for_owner: str) -> Move:
    item = lock(line.item)
    found = sources(item, wanted, location=location, owner_key=for_owner)
    there = sum((amount for _lot, _place, amount in found), NOTHING)
    if there < wanted:
        raise _short(item, -wanted, there)
    moves = [
        _write(line, -amount, key if not number else f"{key}#{number + 1}", lot, place)
        for number, (lot, place, amount) in enumerate(found)
    ]
    return moves[0]


def _write(line: _Line, quantity: Decimal, key: str, lot: Lot | None, place: int) -> Move:
    """Change item, place and lot, and write the move. Raises `_Elsewhere` where the place holds too little."""
    item, in_lots = line.item, quantity if lot is not None else NOTHING
    value = line.value if line.value is not None else None
    if lot is not None and lot.owner_key:
        value = NOTHING
    change = books.Change(quantity, in_lots=in_lots, value=value)
    if lot is not None and lot.owner_key:
        change.owned = quantity
    elif lot is not None and lot.state == "quarantined":
        change.quarantined = quantity
    worth = books.item(item.pk, change)
    if worth is None:
        raise _too_little(item, quantity, lot)
    if lot is not None:
        _change_lot(lot, quantity, line)
    if not books.balance(item.workspace_id, item.pk, place, quantity, in_lots):
        raise _Elsewhere
    return _row(line, quantity, key, lot, place, worth)


def _too_little(item: Item, quantity: Decimal, lot: Lot | None) -> Exception:
    there = Item._base_manager.get(pk=item.pk)
    if lot is None and there.available + quantity >= 0:
        return _Elsewhere()  # there is enough, in lots
    return _short(there, quantity)


def _row(line: _Line, quantity: Decimal, key: str, lot: Lot | None, place: int, worth: Decimal) -> Move:
    move = _unsaved(line, quantity, key, lot, place)
    cost = line.unit_cost if line.unit_cost is not None else (worth / quantity).quantize(CENT_OF_CENT)
    move.unit_cost, move.value = abs(cost), worth
    move.save(force_insert=True)
    return move


def _unsaved(line: _Line, quantity: Decimal, key: str, lot: Lot | None, place: int) -> Move:
    return Move(
        workspace_id=line.item.workspace_id,
        item=line.item,
        kind=line.kind,
        quantity=quantity,
        key=key,
        lot=lot,
        location_id=place,
        source=line.source[:60],
        reason=line.reason[:200],
        by=line.by if getattr(line.by, "pk", None) else None,
        at=line.at or timezone.now(),
    )


def _change_lot(lot: Lot, quantity: Decimal, line: _Line) -> None:
    left = books.lot(lot.pk, quantity)
    if left is None:
        fresh = Lot._base_manager.select_related("item").get(pk=lot.pk)
        missing = -(fresh.quantity - fresh.reserved + quantity)
        said = {"lot": fresh.code, "there": plain(fresh.quantity), "unit": fresh.item.unit_of(fresh.quantity)}
        words = _("Not enough in %(lot)s: it holds %(there)s %(unit)s, %(missing)s missing.")
        raise Refused(words % {**said, "missing": plain(missing)}, code="short", lot=lot.pk, missing=str(missing))
    lot.quantity = left
    if not left:
        LOT.try_move(lot, "scrap" if line.kind == Move.Kind.WASTE else "use", gone_at=line.at or timezone.now())
    elif quantity > 0:
        LOT.try_move(lot, "return", gone_at=None)


def _short(there: Item, quantity: Decimal, found: Decimal | None = None) -> Refused:
    missing = -(there.available + quantity)
    if missing <= 0 or (found is not None and -quantity - found > missing):
        available = there.loose if found is None else found
        missing = -(available + quantity)
        words = _("Not enough %(item)s: %(available)s %(unit)s besides what lies in remnants, %(missing)s missing.")
    else:
        words = _("Not enough %(item)s: %(available)s %(unit)s available, %(missing)s missing.")
        available = there.available
    said = {"item": there, "available": plain(available), "unit": there.unit_of(available), "missing": plain(missing)}
    return Refused(words % said, code="short", item=there.pk, missing=str(missing))


@retried
def reverse(move: Move, *, key: str, by=None, reason="") -> Move:
    """Book the opposite of a move, at its value: what was booked stays in the ledger. The same key reverses once.

    Where the booking was taken from several lots or places, each of its moves is reversed; the first is answered.
    """
    if move.kind == Move.Kind.TRANSFER:
        raise Refused(_("A transfer is taken back by another transfer."), code="kind")
    try:
        with transaction.atomic():
            lock(move.item)
            rows = Move._base_manager.filter(workspace_id=move.workspace_id, key__startswith=f"{move.key}#")
            parts = [move, *rows.select_related("lot").order_by("id")]
            done = [_opposite(part, key if not n else f"{key}#{n + 1}", by, reason) for n, part in enumerate(parts)]
            return done[0]
    except (Refused, IntegrityError):
        done = _made(move.item, key)
        if done is None:
            raise
        return done


def _opposite(move: Move, key: str, by, reason: str) -> Move:
    lot = Lot._base_manager.get(pk=move.lot_id) if move.lot_id else None
    line = _Line(move.item, move.kind, by, reason, source=move.source, value=-move.value, unit_cost=move.unit_cost)
    place = lot.location_id if lot is not None else move.location_id
    try:
        return _write(line, -move.quantity, key, lot, place)
    except _Elsewhere:
        raise _short(Item._base_manager.get(pk=move.item_id), -move.quantity, NOTHING) from None


# --- from one place or lot to another ---------------------------------------------------------------------------------


@retried
def transfer(
    item: Item, quantity, *, source_location: Location, target_location: Location, key: str, by, lot: Lot | None = None,
    reason: str = "", source: str = "", at: datetime | None = None,
) -> Move:  # fmt: skip
    """Carry `quantity` of what lies loose, or the whole of `lot`, from one place to another. A key carries once.

    `at` is when it was carried, where that was before now.

    Two moves of the same amount, worth nothing; the one that leaves has the key and is answered. Raises `Refused`:
    "quantity", "same", "location", "part" for a part of a lot (split it first), "short".
    """
    quantity = quantity_of(quantity)
    _check_place(item, lot, source_location)
    _check_place(item, None, target_location)
    if source_location.pk == target_location.pk:
        raise Refused(_("It lies there already."), code="same")
    return shift(item, quantity, key=key, by=by, places=(source_location.pk, target_location.pk), lots=(lot, lot),
                 reason=reason, source=source, at=at)  # fmt: skip


@retried
def shift(
    item: Item, quantity: Decimal, *, key: str, by, places: tuple[int, int], reason: str = "", source: str = "",
    lots: tuple[Lot | None, Lot | None] = (None, None), at: datetime | None = None,
) -> Move:  # fmt: skip
    """Two moves of one amount: out of a place and a lot (None: loose), into another. Item and value stay as they are.

    For `transfer`, and for lots that are split, merged, or cut from what lies loose.
    """
    if quantity <= 0:
        raise Refused(_("Nothing to carry."), code="quantity")
    try:
        with transaction.atomic():
            line = _Line(item, Move.Kind.TRANSFER, by, reason, at, source)
            return _shift(line, quantity, key, places, lots)
    except (Refused, IntegrityError):
        done = _made(item, key)
        if done is None:
            raise
        return done


def _shift(line: _Line, quantity: Decimal, key: str, places, lots) -> Move:
    there = lock(line.item)
    if _made(line.item, key) is not None:
        raise Refused(_("It was carried before."), code="done")
    (out_of, into), (left, right) = places, lots
    if left is not None and left is right:
        _carry_whole(left, quantity, into)
    else:
        _change_lots(line, quantity, left, right)
    lotted = [quantity if lot is not None else NOTHING for lot in (left, right)]
    said = books.balance(there.workspace_id, there.pk, out_of, -quantity, -lotted[0])
    if not said or not books.balance(there.workspace_id, there.pk, into, quantity, lotted[1]):
        raise _short(there, -quantity, NOTHING if left is not None else _loose_at(there, out_of))
    line.unit_cost = there.average_cost if not (left or right) or not (left or right).owner_key else NOTHING
    moved = _row(line, -quantity, key, left, out_of, NOTHING)
    _row(line, quantity, f"{key}:in", right, into, NOTHING)
    return moved


def _loose_at(item: Item, place: int) -> Decimal:
    row = item.balances.filter(location=place).first()
    return row.loose if row is not None else NOTHING


def _carry_whole(lot: Lot, quantity: Decimal, into: int) -> None:
    if not Lot._base_manager.filter(pk=lot.pk, quantity=quantity).update(location_id=into):
        raise Refused(_("Only the whole of %(lot)s can be carried. Split it first.") % {"lot": lot.code}, code="part")
    lot.location_id = into


def _change_lots(line: _Line, quantity: Decimal, left: Lot | None, right: Lot | None) -> None:
    change = books.Change()
    for lot, amount in ((left, -quantity), (right, quantity)):
        if lot is None:
            continue
        change.in_lots += amount
        if lot.owner_key:
            change.owned += amount
        elif lot.state == "quarantined":  # asked before it is emptied, which ends its quarantine
            change.quarantined += amount
        _change_lot(lot, amount, line)
    if books.item(line.item.pk, change) is None:
        raise _short(Item._base_manager.get(pk=line.item.pk), -quantity)
