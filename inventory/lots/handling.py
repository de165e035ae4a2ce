"""What happens to a lot without anything of it being used: opened, dried, moved, put in quarantine."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import books, ledger
from inventory.models import Location, Lot, Move, Reservation
from inventory.models.lot import IN_STOCK, LOT
from laseros.core.errors import Refused
from laseros.core.retry import retried


def open(lot: Lot, *, by, at: datetime | None = None) -> Lot:
    """Say that it is in use from now on: the picker takes open ones first. Once; opened again changes nothing."""
    return _stamp(lot, "opened_at", "opened", by, at, once=True)


def dry(lot: Lot, *, by, at: datetime | None = None) -> Lot:
    """Say that it was dried."""
    return _stamp(lot, "dried_at", "dried", by, at)


@retried
@transaction.atomic
def change_owner(old: str, new: str, label: str) -> list[str]:
    """What belonged to one owner, and what is promised of it, belongs to another. Answers the lots' codes."""
    rows = Lot._base_manager.filter(owner_key=old)
    codes = list(rows.order_by("pk").values_list("code", flat=True))
    rows.update(owner_key=new, owner_label=label[:160])
    Reservation._base_manager.filter(owner_key=old).update(owner_key=new)
    return codes


@retried
@transaction.atomic
def _stamp(lot: Lot, field: str, verb: str, by, at: datetime | None, once: bool = False) -> Lot:
    at = at or timezone.now()
    rows = Lot._base_manager.filter(pk=lot.pk, state__in=IN_STOCK)
    before = rows.values_list(field, flat=True).first()
    if (once and before is not None) or before == at:
        return lot
    if not rows.update(**{field: at}):
        lot.refresh_from_db()
        raise Refused(_("%(lot)s is %(state)s.") % {"lot": lot.code, "state": lot.get_state_display()}, code="state")
    setattr(lot, field, at)
    activity.record(verb, lot, by)
    return lot


@retried
def move(
    lot: Lot, location: Location, *, key: str, by, reason: str = "", at: datetime | None = None
) -> Move | None:  # fmt: skip
    """Carry a whole lot to another place. A key carries once; None when it lies there already."""
    done = Move._base_manager.filter(workspace_id=lot.workspace_id, key=key).first()
    if done is not None:
        return done
    with transaction.atomic():
        item = ledger.lock(lot.item)
        fresh = Lot._base_manager.select_related("location").get(pk=lot.pk)
        if fresh.location_id == location.pk:
            return None
        if not fresh.quantity:
            raise Refused(
                _("%(lot)s is %(state)s.") % {"lot": fresh.code, "state": fresh.get_state_display()}, code="state"
            )
        moved = ledger.transfer(
            item, fresh.quantity, source_location=fresh.location, target_location=location, key=key, by=by, lot=fresh,
            reason=reason, at=at,
        )  # fmt: skip
        activity.record("moved", fresh, by, details={"place": [str(fresh.location), str(location)]})
        lot.location, lot.location_id = location, location.pk
        return moved


@retried
@transaction.atomic
def quarantine(lot: Lot, why: str, by) -> None:
    """Keep anything from being made of it until somebody releases it. Promises that need it give way.

    Raises `Refused` ("state") for what is gone, ("why") without a reason.
    """
    if not why.strip():
        raise Refused(_("Say why."), code="why", field="why")
    item = ledger.lock(lot.item)
    fresh = Lot._base_manager.get(pk=lot.pk)
    if fresh.state == "quarantined":
        return
    ledger.make_room(item, fresh.quantity, by, lot=fresh, why=fresh.code)
    LOT.move(fresh, "quarantine", quarantine_why=why[:200], reserved_for="")
    if not fresh.owner_key and books.item(item.pk, books.Change(quarantined=fresh.quantity)) is None:
        raise Refused(_("Promises of other lots need it. Release them first."), code="short")
    lot.refresh_from_db()
    activity.record("quarantined", lot, by, details={"why": why})


@retried
@transaction.atomic
def release_quarantine(lot: Lot, by) -> None:
    """It may be used again; whoever waits for it gets it. Harmless when it was released before."""
    item = ledger.lock(lot.item)
    fresh = Lot._base_manager.get(pk=lot.pk)
    if not LOT.try_move(fresh, "clear", quarantine_why=""):
        return
    if not fresh.owner_key and books.item(item.pk, books.Change(quarantined=-fresh.quantity)) is None:
        # Nothing that a shop can do makes it so: the lot says more is set aside than the item knows of.
        raise Refused(_("The books of %(item)s do not add up. Run check_ledger.") % {"item": item}, code="books")
    lot.refresh_from_db()
    activity.record("cleared", lot, by)
    ledger.share_out(item, by, why=fresh.code)
