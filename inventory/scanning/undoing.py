"""Taking back what was scanned a moment ago: by whoever scanned it, within a minute, and only if nothing came after."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from inventory import counting, ledger, lots
from inventory.models import Item, Location, Lot, Move, ScanEvent
from inventory.models.scan import SCAN
from inventory.scanning import registry
from laseros.core.errors import Refused

UNDO_SECONDS = 60
GRACE = timedelta(seconds=15)  # for the way from the finger to here


def undo(event: ScanEvent, by) -> tuple[dict, Lot | None]:
    """Take back the event that `event.data["of"]` names. Its bookings stay in the ledger, with their opposites.

    Raises `Refused`: "unknown", "late" after a minute, "state" for what was taken back or never done, "overtaken".
    """
    rows = ScanEvent._base_manager.filter(workspace_id=event.workspace_id, by=by, key=event.data.get("of", ""))
    of = rows.select_related("lot__item").first()
    if of is None or of.kind == ScanEvent.Kind.UNDO:
        raise Refused(_("There is nothing to take back."), code="unknown")
    if event.at - of.at > timedelta(seconds=UNDO_SECONDS) + GRACE:
        raise Refused(_("It can be taken back for a minute only."), code="late")
    deed = registry.of(of.kind)
    if (deed is None and of.kind not in _UNDOING) or not SCAN.can(of.state, "undo"):
        raise Refused(_("There is nothing to take back."), code="state")
    if deed is not None:
        deed.undo(of, by)
    else:
        _UNDOING[of.kind](of, event.booking_key, by)
    SCAN.move(of, "undo")
    if of.lot is not None:
        activity.record("undone", of.lot, by, details={"what": of.get_kind_display()})
    return {"of": of.key, "what": of.kind}, of.lot


def _booked(of: ScanEvent, key: str, by) -> None:
    """The opposite of what a weight or the end of a lot booked."""
    move = Move._base_manager.filter(pk=of.result.get("move")).select_related("item", "lot").first()
    if move is None:
        return
    ledger.lock(move.item)
    if Lot._base_manager.get(pk=of.lot_id).quantity != Decimal(of.result["after"]):
        raise _overtaken(of)
    ledger.reverse(move, key=key, by=by, reason=_("taken back"))


def _carried(of: ScanEvent, key: str, by) -> None:
    if of.result.get("move") is None:
        return
    if of.lot_id is None:
        _carried_loose(of, key, by)
        return
    lot = Lot._base_manager.select_related("item", "location").get(pk=of.lot_id)
    if lot.location_id != of.result["to"]:
        raise _overtaken(of)
    lots.move(lot, Location._base_manager.get(pk=of.result["from"]), key=key, by=by)


def _carried_loose(of: ScanEvent, key: str, by) -> None:
    item = Item._base_manager.get(pk=of.result["item"])
    source, target = (Location._base_manager.get(pk=of.result[name]) for name in ("to", "from"))
    try:
        ledger.transfer(
            item, of.result["quantity"], source_location=source, target_location=target, key=key, by=by,
            reason=_("taken back"),
        )  # fmt: skip
    except Refused as refusal:
        raise _overtaken(of) if refusal.code == "short" else refusal from None
    activity.record("undone", item, by, details={"what": of.get_kind_display()})


@transaction.atomic
def _opened(of: ScanEvent, key: str, by) -> None:
    if of.result.get("was_open"):
        return
    at = datetime.fromisoformat(of.result["at"])
    if not Lot._base_manager.filter(pk=of.lot_id, opened_at=at).update(opened_at=None):
        raise _overtaken(of)


def _counted(of: ScanEvent, key: str, by) -> None:
    counting.take_back(of.booking_key, by)


def _overtaken(of: ScanEvent) -> Refused:
    return Refused(_("Somebody has done something with %(code)s since.") % {"code": of.code}, code="overtaken")


_UNDOING = {
    ScanEvent.Kind.WEIGH: _booked,
    ScanEvent.Kind.USE_UP: _booked,
    ScanEvent.Kind.MOVE: _carried,
    ScanEvent.Kind.OPEN: _opened,
    ScanEvent.Kind.COUNT: _counted,
}
