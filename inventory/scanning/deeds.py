"""What each kind of scan does, through the verbs of lots and counts; the answer is kept as the event's result."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Workspace
from inventory import counting, ledger, lots
from inventory.models import Item, Location, Lot, Move, ScanEvent, Weighing
from inventory.scanning import finding, registry, undoing
from laseros.core.errors import Refused
from laseros.core.templatetags.laseros import moment

# Sent later than this after it was done, an event may be out of date.
LATE = timedelta(seconds=20)


def do(event: ScanEvent, by, *, anyhow: bool = False) -> tuple[dict, Lot | None]:
    """Do it; (result, lot). `anyhow`: a person has looked and says that what happened since does not matter.

    Raises `Refused` with the reason for the person who scanned.
    """
    if deed := registry.of(event.kind):
        return deed.do(event, by, anyhow), None
    if event.kind == ScanEvent.Kind.UNDO:
        return undoing.undo(event, by)
    if event.kind == ScanEvent.Kind.COUNT:
        return _count(event, by)
    if event.kind == ScanEvent.Kind.MOVE and isinstance(found := finding.thing(event.workspace, event.code), Item):
        return _move_loose(event, found, by), None
    lot = finding.lot(_workspace(event), event.code)
    if not anyhow:
        _not_overtaken(event, lot)
    return _DEEDS[event.kind](event, lot, by), lot


def lot_of(event: ScanEvent) -> Lot | None:
    """The lot an event is about, where there is one: for whoever looks at a conflict."""
    if registry.of(event.kind):
        return None
    try:
        return finding.lot(_workspace(event), event.code)
    except Refused:
        return None


def _workspace(event: ScanEvent) -> Workspace:
    return event.workspace


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _weigh(event: ScanEvent, lot: Lot, by) -> dict:
    before = lot.quantity
    tare = event.data.get("tare_g") or None
    done = lots.weigh(lot, event.data.get("gross_g"), key=event.booking_key, by=by, at=event.at, tare_g=tare)
    fresh = Lot._base_manager.get(pk=lot.pk)
    return {
        "left_g": _plain(done.remaining_g), "before": _plain(before), "after": _plain(fresh.quantity),
        "move": done.move_id, "unit": lot.item.unit,
    }  # fmt: skip


def _move(event: ScanEvent, lot: Lot, by) -> dict:
    place = finding.location(_workspace(event), event.data.get("place", ""))
    source = lot.location
    done = lots.move(lot, place, key=event.booking_key, by=by, at=event.at)
    return {
        "from": source.pk,
        "to": place.pk,
        "to_name": str(place),
        "move": done and done.pk,
    }


def _move_loose(event: ScanEvent, item: Item, by) -> dict:
    """So much of what lies in no lot, from one place to another; refused where less lies there by now."""
    workspace, data = _workspace(event), event.data
    source, target = (finding.location(workspace, data.get(name, "")) for name in ("from", "place"))
    amount = ledger.quantity_of(data.get("quantity"))
    done = ledger.transfer(item, amount, source_location=source, target_location=target, key=event.booking_key, by=by,
                           at=event.at)  # fmt: skip
    activity.record("moved", item, by, details={"quantity": amount, "place": [str(source), str(target)]})
    return {
        "item": item.pk, "from": source.pk, "to": target.pk, "to_name": str(target), "quantity": _plain(amount),
        "move": done.pk,
    }  # fmt: skip


def _open(event: ScanEvent, lot: Lot, by) -> dict:
    was_open = lot.opened_at is not None
    lots.open(lot, by=by, at=event.at)
    return {"was_open": was_open, "at": event.at.isoformat()}


def _use_up(event: ScanEvent, lot: Lot, by) -> dict:
    before = lot.quantity
    done = lots.use_up(lot, key=event.booking_key, by=by, at=event.at)
    return {"before": _plain(before), "after": "0", "move": done and done.pk, "unit": lot.item.unit}


_DEEDS = {
    ScanEvent.Kind.WEIGH: _weigh,
    ScanEvent.Kind.MOVE: _move,
    ScanEvent.Kind.OPEN: _open,
    ScanEvent.Kind.USE_UP: _use_up,
}


def _count(event: ScanEvent, by) -> tuple[dict, Lot | None]:
    workspace, data = _workspace(event), event.data
    count = counting.find(data.get("count")) if data.get("count") else counting.spot_check(workspace, by)
    found = finding.thing(workspace, event.code)
    lot, item = (found, found.item) if isinstance(found, Lot) else (None, found)
    if isinstance(found, Location):
        raise Refused(_("%(code)s is a place: scan what lies there.") % {"code": event.code}, code="place")
    place = finding.location(workspace, data["place"]) if data.get("place") else None
    line = counting.line_for(count, item, lot, place)
    if data.get("there") is True:
        quantity = line.expected
    elif "gross_g" in data and lot is not None:
        quantity = counting.by_weight(lot, data["gross_g"])
    else:
        quantity = ledger.quantity_of(data.get("quantity"))
    entry = counting.count(line, quantity, key=event.booking_key, by=by, at=event.at)
    return {"line": line.pk, "count": count.pk, "number": count.number, "counted": _plain(entry.quantity)}, lot


# --- overtaken by what came after -------------------------------------------------------------------------------------


def _not_overtaken(event: ScanEvent, lot: Lot) -> None:
    """An event that arrives late does not undo what somebody has done with the lot since."""
    if timezone.now() - event.at < LATE or event.kind == ScanEvent.Kind.OPEN:
        return
    later = _since(event, lot)
    # What the same person scanned before this is no overtaking, however clocks were moved.
    own = _scanned_before(event, later)
    for key, (at, what) in later.items():
        if key not in own:
            raise Refused(
                _("%(lot)s was changed on %(when)s, after this: %(what)s. Look at it again.")
                % {"lot": lot.code, "when": moment(at), "what": what},
                code="overtaken",
            )


def _since(event: ScanEvent, lot: Lot) -> dict[str, tuple]:
    """What was done with a lot after an event, as far as it matters for it: by key, when and what."""
    moves = Move._base_manager.filter(lot=lot, at__gt=event.at).order_by("id")
    if event.kind == ScanEvent.Kind.MOVE:
        return {move.key: (move.at, move.get_kind_display()) for move in moves.filter(kind=Move.Kind.TRANSFER)[:50]}
    found = {move.key: (move.at, move.get_kind_display()) for move in moves.exclude(kind=Move.Kind.TRANSFER)[:50]}
    # A weight that the books agreed with has moved nothing, and is known all the same.
    weighings = Weighing._base_manager.filter(lot=lot, at__gt=event.at).order_by("id")[:50]
    return found | {each.key: (each.at, str(Weighing._meta.verbose_name)) for each in weighings}


def _scanned_before(event: ScanEvent, keys) -> set[str]:
    """Those of the keys that are of scans made before this one."""
    scans = {key: key.removeprefix("weigh:").removeprefix("scan:").split(":")[0] for key in keys if "scan:" in key}
    if not scans:
        return set()
    rows = ScanEvent._base_manager.filter(workspace_id=event.workspace_id, key__in=scans.values(), at__lte=event.at)
    earlier = set(rows.exclude(pk=event.pk).values_list("key", flat=True))
    return {key for key, scan in scans.items() if scan in earlier}
