"""Promises: an amount of an item or lot for somebody, used or given back. Reserve → use → release."""

from datetime import date, datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity
from inventory import books
from inventory.ledger.amounts import plain, quantity_of
from inventory.ledger.posting import post
from inventory.ledger.remaking import lock, share_out
from inventory.models import Item, Lot, Move, Reservation
from inventory.models.ledger import RESERVATION
from laseros.core.errors import Refused
from laseros.core.retry import retried

NOTHING = Decimal(0)


@retried
def reserve(
    item: Item, quantity, *, key: str, label: str, by=None, lot: Lot | None = None, priority: int = 0,
    due_on: date | None = None, source: str = "", owner_key: str = "", despite: str = "", since: datetime | None = None,
) -> Reservation:  # fmt: skip
    """Promise `quantity` of what is available. The same key again answers the reservation it made.

    Against a `lot`, of that lot alone; with `owner_key`, of that client's material alone, which then has to be a lot's.
    `despite` says why it may wait for stock: then what is there is promised, and the rest when more comes. `since` is
    the `created_at` of the promise it takes the place of, and so its place among those who wait. Raises `Refused`:
    "quantity", "lot", "owned", and "short" with what is missing.
    """
    quantity = quantity_of(quantity)
    try:
        if quantity <= 0:
            raise Refused(_("Nothing to reserve."), code="quantity")
        with transaction.atomic():
            return _reserve(
                lock(item), quantity, key, lot, by,
                label=label[:160], priority=priority, due_on=due_on, source=source[:60], owner_key=owner_key,
                despite=despite[:200], **({"created_at": since} if since is not None else {}),
            )  # fmt: skip
    except (Refused, IntegrityError):
        done = Reservation._base_manager.filter(workspace_id=item.workspace_id, key=key).first()
        if done is None:
            raise
        return done


def _reserve(item: Item, quantity: Decimal, key: str, lot: Lot | None, by, **said) -> Reservation:
    free = _free(item, lot, said["owner_key"])
    held = quantity if free >= quantity else max(free, NOTHING)
    if held < quantity and not said["despite"]:
        raise _short(item, quantity, held)
    reservation = Reservation(workspace_id=item.workspace_id, item=item, lot=lot, quantity=quantity, held=held, key=key,
                              **said)  # fmt: skip
    reservation.save(force_insert=True)
    _hold(reservation, held)
    details = {"quantity": held, "for": said["label"]}
    if held < quantity:
        details |= {"missing": quantity - held, "why": said["despite"]}
    activity.record("reserved", item, by, details=details)
    return reservation


def _free(item: Item, lot: Lot | None, owner_key: str) -> Decimal:
    if lot is None:
        if owner_key:
            raise Refused(_("Of a client's material a lot is promised."), code="owned")
        return item.available
    if lot.item_id != item.pk:
        raise Refused(_("%(lot)s is not of %(item)s.") % {"lot": lot.code, "item": item}, code="lot")
    fresh = Lot._base_manager.get(pk=lot.pk)
    if fresh.owner_key != owner_key:
        owner = fresh.owner_label or _("the house")
        raise Refused(_("%(lot)s belongs to %(owner)s.") % {"lot": fresh.code, "owner": owner}, code="owned")
    return fresh.available if fresh.owner_key else min(fresh.available, item.available)


def _hold(reservation: Reservation, amount: Decimal) -> None:
    """Promise `amount` more of the lot and the item; less, where it is below zero."""
    if not amount:
        return
    lot = reservation.lot
    fits = lot is None or books.lot(lot.pk, reserved=amount) is not None
    if fits and not reservation.owner_key:
        fits = books.item(reservation.item_id, books.Change(reserved=amount)) is not None
    if not fits:
        raise _short(Item._base_manager.get(pk=reservation.item_id), amount, NOTHING)


def _short(item: Item, wanted: Decimal, there: Decimal) -> Refused:
    missing = wanted - there
    words = _("Not enough %(item)s: %(available)s %(unit)s available, %(missing)s missing.")
    said = {"item": item, "available": plain(there), "unit": item.unit_of(there), "missing": plain(missing)}
    return Refused(words % said, code="short", item=item.pk, missing=str(missing))


@retried
def use(
    reservation: Reservation, quantity, *, key: str, by=None, kind="usage", reason="", lot: Lot | None = None,
    source: str = "", location=None, despite_promises: bool = False,
) -> Move:  # fmt: skip
    """Take `quantity` out of stock, first from what is reserved, the rest from what is free. A key takes once.

    `despite_promises`: it is gone, whoever was promised it.
    """
    quantity = quantity_of(quantity)
    if quantity <= 0:
        raise Refused(_("Nothing to take."), code="quantity")
    item = reservation.item
    try:
        with transaction.atomic():
            item = lock(item)
            fresh = Reservation._base_manager.select_related("lot").get(pk=reservation.pk)
            if Move._base_manager.filter(workspace_id=item.workspace_id, key=key).exists():
                raise Refused(_("It was taken before."), code="done")
            promised = min(quantity, fresh.open_quantity)
            if promised:
                _hold(fresh, -promised)
            taken = fresh.used + min(quantity, fresh.quantity - fresh.used) if fresh.state == "active" else fresh.used
            rows = Reservation._base_manager.filter(pk=fresh.pk)
            left = min(fresh.held - promised, fresh.quantity - taken)
            if fresh.held - promised > left:
                _hold(fresh, left - (fresh.held - promised))
            rows.update(used=taken, held=left)
            return post(
                item, -quantity, kind, key=key, by=by, reason=reason or fresh.label, lot=lot or fresh.lot,
                source=source or fresh.source, location=location, for_owner=fresh.owner_key,
                despite_promises=despite_promises,
            )  # fmt: skip
    except (Refused, IntegrityError):
        done = Move._base_manager.filter(workspace_id=item.workspace_id, key=key).first()
        if done is None:
            raise
        return done


@retried
@transaction.atomic
def release(reservation: Reservation, by=None, *, share: bool = True) -> None:
    """Give back what is still promised. Harmless when it was given back or used up before.

    Whoever waits gets it; without `share` nobody does, because the caller promises it anew and then shares out.
    """
    item = lock(reservation.item)
    fresh = Reservation._base_manager.select_related("lot").get(pk=reservation.pk)
    left = fresh.open_quantity
    unused = fresh.quantity - fresh.used
    if not RESERVATION.try_move(fresh, "release" if unused else "use_up", held=NOTHING):
        return
    if left:
        _hold(fresh, -left)
        activity.record("released", item, by, details={"quantity": left, "for": fresh.label})
        if fresh.lot is None and share:
            share_out(item, by, why=fresh.label)
