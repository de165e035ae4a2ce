"""What people find while they count: every word of theirs is kept, the latest counts."""

from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger, locations
from inventory.lots.arriving import weight_of
from inventory.lots.grams import grams_of
from inventory.models import Balance, CountEntry, CountLine, Item, Location, Lot, StockCount
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
@transaction.atomic
def line_for(count: StockCount, item: Item, lot: Lot | None, place: Location | None = None) -> CountLine:
    """The line a scan is about. What is not on the list gets a line of its own, with what the books say of it.

    Raises `Refused` ("place") for an item that lies at several places of the list, ("state") when the count is over.
    """
    _lock(count)
    rows = CountLine.objects.filter(count=count, item=item, lot=lot)
    if lot is None and place is not None:
        rows = rows.filter(location=place)
    found = list(rows.select_related("location", "item", "lot")[:2])
    if len(found) == 1:
        return found[0]
    if found:
        raise Refused(_("%(code)s lies at several places: scan the place first.") % {"code": item.code}, code="place")
    if lot is not None:
        where, expected = lot.location, lot.quantity
    else:
        where = place or item.default_location or locations.the_store(item.workspace_id)
        there = Balance.objects.filter(item=item, location=where).first()
        expected = there.loose if there is not None else 0
    return CountLine.objects.create(
        workspace_id=count.workspace_id, count=count, item=item, lot=lot, location=where, expected=expected, found=True
    )


def by_weight(lot: Lot, gross_g) -> Decimal:
    """What is left of a lot by the scales, in its item's unit. Raises `Refused` ("tare", "weight")."""
    gross = weight_of(gross_g)
    if lot.tare_g is None:
        raise Refused(_("What the empty spool of %(lot)s weighs is not known.") % {"lot": lot.code}, code="tare")
    if gross is None or gross < lot.tare_g:
        raise Refused(_("%(value)s is not a weight.") % {"value": gross_g}, code="weight", field="gross_g")
    return ledger.quantity_of((gross - lot.tare_g) / grams_of(lot.item))


@retried
def count(line: CountLine, quantity, *, key: str, by, at: datetime | None = None) -> CountEntry:
    """Say how much there is. The same key again answers the entry it made; the latest by time is what counts.

    Raises `Refused`: "quantity", "state" when the count is over.
    """
    quantity = ledger.quantity_of(quantity)
    if quantity < 0:
        raise Refused(_("%(value)s is not a quantity.") % {"value": quantity}, code="quantity", field="quantity")
    try:
        with transaction.atomic():
            return _count(line, quantity, key, by, at or timezone.now())
    except IntegrityError:
        done = CountEntry._base_manager.filter(workspace_id=line.workspace_id, key=key).first()
        if done is None:
            raise
        return done


def _count(line, quantity, key, by, at) -> CountEntry:
    _lock(line.count)
    done = CountEntry._base_manager.filter(workspace_id=line.workspace_id, key=key).first()
    if done is not None:
        return done
    entry = CountEntry(workspace_id=line.workspace_id, line=line, quantity=quantity, by=by, at=at, key=key)
    entry.save(force_insert=True)
    _settle(line)
    return entry


@retried
@transaction.atomic
def take_back(key: str, by) -> None:
    """Forget an entry, as long as the differences are not booked."""
    entry = CountEntry.objects.select_related("line__count").get(key=key)
    _lock(entry.line.count)
    CountEntry.objects.filter(pk=entry.pk).update(void=True)
    _settle(entry.line)


@retried
@transaction.atomic
def again(line: CountLine, by) -> None:
    """Have a line counted a second time: what was said of it so far no longer counts."""
    _lock(line.count)
    CountEntry.objects.filter(line=line).update(void=True)
    CountLine.objects.filter(pk=line.pk).update(
        counted=None, counted_at=None, counted_by=None, again=True, disputed=False
    )
    activity.record("reopened", line.count, by, details={"line": str(line)})


def _lock(count: StockCount) -> None:
    """Nobody ends the count until we are done. Raises `Refused` ("state") when somebody has."""
    rows = StockCount._base_manager.filter(pk=count.pk, state="open")
    if not rows.update(blind=F("blind")):
        fresh = StockCount._base_manager.get(pk=count.pk)
        raise Refused(_("%(count)s is %(state)s.") % {"count": fresh, "state": fresh.get_state_display()}, code="state")


def _settle(line: CountLine) -> None:
    """The line says what the latest entry says; two people who differ are noticed."""
    entries = list(CountEntry.objects.filter(line=line, void=False).order_by("-at", "-id"))
    latest = entries[0] if entries else None
    others = {entry.by_id: entry.quantity for entry in reversed(entries)}  # the last word of each person
    CountLine.objects.filter(pk=line.pk).update(
        counted=latest.quantity if latest else None,
        counted_at=latest.at if latest else None,
        counted_by=latest.by if latest else None,
        disputed=len(set(others.values())) > 1,
    )
