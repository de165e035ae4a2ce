"""Beginning and ending a stock count: its list is what the books say lies there now."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering
from inventory.models import Balance, CountLine, Location, Lot, StockCount
from inventory.models.count import STOCK_COUNT
from inventory.models.lot import IN_STOCK
from laseros.core.errors import Refused
from laseros.core.retry import retried

MOST_LINES = 10_000


@retried
@transaction.atomic
def begin(count: StockCount, by) -> StockCount:
    """Store a count with a line for every lot and everything loose at its place and of its category.

    Raises `Refused` ("empty") where the books have nothing, ("many") for more than can be counted in one go.
    """
    lines = _lines(count)
    if not lines:
        raise Refused(_("The books have nothing there: there is nothing to count."), code="empty")
    if len(lines) > MOST_LINES:
        raise Refused(
            _("That is more than %(most)s lines. Count one place after the other.") % {"most": MOST_LINES}, code="many"
        )
    count.number = numbering.draw(count.workspace, "count")
    count.created_by = by if getattr(by, "pk", None) else None
    count.save()
    for line in lines:
        line.count = count
    CountLine.objects.bulk_create(lines, batch_size=500)
    activity.record("created", count, by, details={"lines": len(lines)})
    return count


def places_in(location: Location) -> list[int]:
    """A place and everything in it, by primary key."""
    found, level = [location.pk], [location.pk]
    while level:
        level = list(Location.objects.filter(parent__in=level).order_by("pk").values_list("pk", flat=True))
        found += level
    return found


def _lines(count: StockCount) -> list[CountLine]:
    lots = Lot.objects.filter(state__in=IN_STOCK).order_by("pk")
    balances = Balance.objects.filter(quantity__gt=0).order_by("pk")
    if count.location_id:
        places = places_in(count.location)
        lots, balances = lots.filter(location__in=places), balances.filter(location__in=places)
    if count.category:
        lots, balances = lots.filter(item__category=count.category), balances.filter(item__category=count.category)
    lines = [
        CountLine(workspace_id=count.workspace_id, item_id=row.item_id, location_id=row.location_id, expected=row.loose)
        for row in balances
        if row.loose > 0
    ]
    lines += [
        CountLine(
            workspace_id=count.workspace_id, item_id=lot.item_id, lot=lot, location_id=lot.location_id,
            expected=lot.quantity,
        )
        for lot in lots
    ]  # fmt: skip
    return lines


@retried
@transaction.atomic
def spot_check(workspace, by) -> StockCount:
    """The open count for what somebody counts in passing; made when it is first needed, reviewed like every other."""
    rows = StockCount.objects.filter(state="open", spot=True)
    found = rows.order_by("-id").first()
    if found is not None:
        return found
    count = StockCount(workspace=workspace, spot=True, blind=True, number=numbering.draw(workspace, "count"))
    count.created_by = by if getattr(by, "pk", None) else None
    count.save()
    activity.record("created", count, by)
    return count


def find(pk) -> StockCount:
    """An open count of this business, by its number in the database. Raises `Refused` ("count")."""
    found = StockCount.objects.filter(pk=int(pk)).first() if str(pk).isdecimal() and len(str(pk)) < 19 else None
    if found is None:
        raise Refused(_("There is no such count."), code="count")
    return found


@retried
@transaction.atomic
def cancel(count: StockCount, by) -> None:
    """Stop counting; nothing is booked."""
    STOCK_COUNT.move(count, "cancel", closed_at=timezone.now())
    activity.record("cancelled", count, by)


def progress(count: StockCount) -> tuple[int, int]:
    """(counted, all) lines."""
    lines = CountLine.objects.filter(count=count)
    return lines.exclude(counted=None).count(), lines.count()
