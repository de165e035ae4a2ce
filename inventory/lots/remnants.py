"""What is left of a sheet: kept with its shape, promised, thrown away.

The ledger counts in the item's unit and knows nothing of shapes: a remnant is a share of a sheet. Keeping one carries
its share out of the sheet it is cut from, or of what lies loose; whoever cuts it books what was used out of it.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity, numbering
from inventory import ledger, locations
from inventory.models import Item, Lot, Move
from inventory.models.lot import LOT
from laseros.core.errors import Refused
from laseros.core.retry import retried

SMALLEST_SHARE = ledger.STEP


def share_of(area_mm2: float, item: Item) -> Decimal:
    """What part of one sheet an area is, to the thousandth; 0 for what is too small to be counted."""
    whole = (item.width_mm or 0) * (item.height_mm or 0)
    if not whole or item.unit != Item.Unit.SHEET:
        raise Refused(
            _("%(item)s is not counted in sheets of a known size: a part of it cannot be counted.") % {"item": item},
            code="size",
        )
    return min((Decimal(str(area_mm2)) / whole).quantize(ledger.STEP, ROUND_HALF_UP), Decimal(1))


@retried
def keep(
    item: Item, *, outline: list, rectangle: list, key: str, by, place: str = "", note: str = "", booked: bool = True,
    parent: Lot | None = None, source: str = "",
) -> Lot:  # fmt: skip
    """Put a remnant of `item` on the rack. The same key again answers the one it made.

    `outline` and `rectangle` in mm as `Lot` has them. `place` names a location, or says in words where it is. What is
    left of the lot `parent` is taken from that. Otherwise `booked` says that the books still count it as loose, as they
    do when less than the sheet was booked out; where it is not, or they hold too little, its share is booked in.
    """
    area = area_of(outline)
    share = share_of(area, item)
    if share < SMALLEST_SHARE:
        raise Refused(_("A remnant as small as that is not kept."), code="small")
    try:
        with transaction.atomic():
            item = ledger.lock(item)
            done = Lot._base_manager.filter(workspace_id=item.workspace_id, key=key).first()
            if done is not None:
                return done
            lot = Lot(
                workspace_id=item.workspace_id, item=item, initial=share, outline=outline, rectangle=rectangle,
                area_mm2=area, note=note[:200], key=key, code=numbering.draw(item.workspace, "remnant"),
                unit_cost=item.average_cost, source=source[:60], parent=parent, kind=Lot.Kind.REMNANT,
            )  # fmt: skip
            _lay(lot, place)
            if parent is not None:
                lot.heat, lot.certificate = parent.heat, parent.certificate
                lot.owner_key, lot.owner_label = parent.owner_key, parent.owner_label
            lot.save(force_insert=True)
            _take_in(item, lot, share, booked, by)
            activity.record(
                "kept", lot, by, details={"quantity": share, "place": place} if place else {"quantity": share}
            )
            lot.refresh_from_db()
            return lot
    except IntegrityError:
        done = Lot._base_manager.filter(workspace_id=item.workspace_id, key=key).first()
        if done is None:
            raise
        return done


def _lay(lot: Lot, place: str) -> None:
    found = locations.find(lot.workspace_id, place)
    lot.place = "" if found is not None else place[:60]
    usual = lot.item.default_location_id or locations.the_store(lot.workspace_id).pk
    lot.location_id = found.pk if found is not None else usual


def _take_in(item: Item, lot: Lot, share: Decimal, booked: bool, by) -> None:
    """Its share comes out of its parent, or of what lies loose; what is not there is booked in."""
    left = share
    if lot.parent is not None:
        ledger.shift(item, share, key=f"lot:{lot.pk}:from:{lot.parent_id}", by=by, lots=(lot.parent, lot),
                     places=(lot.parent.location_id, lot.location_id), reason=lot.code)  # fmt: skip
        return
    loose = [place for place in ledger.sources(item, share) if place[0] is None] if booked else []
    for _lot, place, amount in loose:
        ledger.shift(item, amount, key=f"lot:{lot.pk}:from:{place}", by=by, lots=(None, lot),
                     places=(place, lot.location_id), reason=lot.code)  # fmt: skip
        left -= amount
    if left:
        ledger.post(item, left, Move.Kind.ADJUSTMENT, key=f"lot:{lot.pk}:in", by=by, reason=lot.code, lot=lot)


def area_of(outline: list) -> float:
    """The area within the corners, in mm²; `Refused` for what encloses nothing or is not made of numbers."""
    try:
        points = [(float(x), float(y)) for x, y in outline]
    except (TypeError, ValueError):
        points = []
    area = abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(points, points[1:] + points[:1], strict=True))) / 2
    if not 0 < area < 1e9:
        raise Refused(_("This is no outline of a remnant."), code="outline")
    return area


@retried
@transaction.atomic
def reserve(lot: Lot, label: str, by=None) -> None:
    """Promise a remnant to somebody; `Refused` ("state") when it is gone or promised already."""
    LOT.move(lot, "reserve", reserved_for=label[:160])
    activity.record("reserved", lot, by, details={"for": label})


@retried
@transaction.atomic
def release(lot: Lot, by=None) -> None:
    """Give it back. Harmless when it was given back or used before."""
    if LOT.try_move(lot, "release", reserved_for=""):
        activity.record("released", lot, by)


@retried
@transaction.atomic
def scrap(lot: Lot, by, *, why: str = "") -> None:
    """Throw a lot away: what is in it is booked out as waste. Raises `Refused` ("state") while it is reserved."""
    item = ledger.lock(lot.item)
    fresh = Lot._base_manager.get(pk=lot.pk)
    if not LOT.can(fresh.state, "scrap"):
        LOT.move(fresh, "scrap")  # says why not
    ledger.post(
        item, -fresh.quantity, Move.Kind.WASTE, key=f"lot:{lot.pk}:out", by=by, reason=f"{lot.code} {why}".strip(),
        lot=fresh, source=f"lot:{lot.pk}", despite_promises=True,
    )  # fmt: skip
    lot.refresh_from_db()
    activity.record("scrapped", lot, by, details={"why": why} if why else None)


def free_of(items):
    """The remnants of these items that nobody has reserved, the smallest first, as a queryset."""
    return Lot.objects.filter(item__in=items, state="free", kind=Lot.Kind.REMNANT).order_by("area_mm2", "id")
