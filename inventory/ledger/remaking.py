"""Promises made anew: who comes first gets what there is, and everybody sees what changed.

The higher priority first, then the earlier date, then the older promise. What a lot of its own was promised stays.
"""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from inventory import books
from inventory.models import Item, Lot, Reservation
from inventory.signals import promises_grew
from laseros.core.errors import Refused
from laseros.core.retry import retried

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Changed:
    """A promise that holds more or less than before."""

    reservation: Reservation
    before: Decimal
    now: Decimal


def lock(item: Item) -> Item:
    """Hold an item until the transaction ends, and answer it as it is now. Every verb about stock locks it first, then
    promises, then places and lots; on SQLite a transaction that writes has been alone since its beginning."""
    return Item._base_manager.select_for_update().get(pk=item.pk)


def in_order(item: Item):
    """The open promises of our own stock against an item, whoever comes first first, as a queryset."""
    rows = Reservation._base_manager.filter(item_id=item.pk, state="active", lot=None, owner_key="")
    return rows.order_by("-priority", F("due_on").asc(nulls_last=True), "created_at", "id")


@retried
@transaction.atomic
def remake(item: Item, by=None, *, why: str = "") -> list[Changed]:
    """Share out what there is anew, in order. Called when stock comes in, is given back, or an urgent job does."""
    there = lock(item)
    rows = list(in_order(there))
    left = there.available + sum((row.held for row in rows), NOTHING)
    wanted = {}
    for row in rows:
        wanted[row.pk] = max(min(row.quantity - row.used, left), NOTHING)
        left -= wanted[row.pk]
    return _settle(there, rows, wanted, by, why)


def share_out(item: Item, by=None, *, why: str = "") -> list[Changed]:
    """As `remake`, where anybody waits: after stock came in or was given back."""
    short = F("quantity") - F("used")
    waits = Reservation._base_manager.filter(item_id=item.pk, state="active", lot=None, owner_key="", held__lt=short)
    return remake(item, by, why=why) if waits.exists() else []


@retried
@transaction.atomic
def make_room(item: Item, quantity: Decimal, by=None, *, lot: Lot | None = None, why: str = "") -> list[Changed]:
    """Promises give way, the last in order first, until `quantity` can be taken out of `lot` or of what there is."""
    there = lock(item)
    changed = _free_lot(there, lot, quantity, by, why) if lot is not None else []
    if lot is not None and lot.owner_key:
        return changed
    there = Item._base_manager.get(pk=item.pk)
    missing = quantity - there.available
    rows = list(in_order(there))
    wanted = {row.pk: row.held for row in rows}
    for row in reversed(rows):
        given = min(max(missing, NOTHING), row.held)
        wanted[row.pk] -= given
        missing -= given
    return changed + _settle(there, rows, wanted, by, why)


def _free_lot(item: Item, lot: Lot, quantity: Decimal, by, why: str) -> list[Changed]:
    fresh = Lot._base_manager.get(pk=lot.pk)
    missing, changed = quantity - (fresh.quantity - fresh.reserved), []
    rows = Reservation._base_manager.filter(lot_id=lot.pk, state="active").order_by("priority", "-id")
    for row in rows:
        given = min(max(missing, NOTHING), row.held)
        if given:
            missing -= given
            books.lot(lot.pk, reserved=-given)
            changed += _settle(item, [row], {row.pk: row.held - given}, by, why, counted=not lot.owner_key)
    return changed


def _settle(item: Item, rows, wanted: dict, by, why: str, counted: bool = True) -> list[Changed]:
    changed = [Changed(row, row.held, wanted[row.pk]) for row in rows if row.held != wanted[row.pk]]
    if not changed:
        return []
    total = sum((change.now - change.before for change in changed), NOTHING)
    if counted and total and books.item(item.pk, books.Change(reserved=total)) is None:
        raise Refused(_("Somebody was quicker. Look at it again."), code="short")
    for change in changed:
        Reservation._base_manager.filter(pk=change.reservation.pk).update(held=change.now)
        change.reservation.held = change.now
    grown = [change.reservation.pk for change in changed if change.now > change.before]
    if grown:
        transaction.on_commit(lambda: promises_grew.send_robust(sender=Reservation, reservations=grown))
    told = {change.reservation.label: [change.before, change.now] for change in changed[:20]}
    activity.record("promised anew", item, by, details={**told, **({"why": why} if why else {})})
    return changed
