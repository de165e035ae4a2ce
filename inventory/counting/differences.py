"""What was found against what the books said at that moment, and booking all of it as one act.

The shop does not stand still while it is counted. A line's difference is what was counted less what the books had at
the time of counting: what they have now, without the moves since. So it stays the same however much is used or comes
in before the differences are booked.
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger
from inventory.models import Balance, CountLine, Item, Move, StockCount
from inventory.models.count import STOCK_COUNT
from laseros.core.errors import Refused
from laseros.core.retry import retried

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Difference:
    """One line as it stands; `booked` is what the books had when it was counted, `value` is of the difference."""

    line: CountLine
    booked: Decimal
    moved: Decimal  # since then
    amount: Decimal | None  # None: not counted yet
    value: Decimal | None

    @property
    def differs(self) -> bool:
        return bool(self.amount)


def differences(count: StockCount) -> list[Difference]:
    """Every line of a count with its difference; three queries."""
    lines = _lines(count)
    return [_posted(line) for line in lines] if count.state == "posted" else _reckoned(lines)


def _lines(count: StockCount) -> list[CountLine]:
    related = ("item__material", "lot", "location", "counted_by")
    return list(CountLine.objects.filter(count=count).select_related(*related))


def _reckoned(lines: list[CountLine]) -> list[Difference]:
    loose = {
        (row.item_id, row.location_id): row.loose
        for row in Balance.objects.filter(item__in={line.item_id for line in lines if not line.lot_id})
    }
    since = _moves_since(lines)
    return [_difference(line, loose, since) for line in lines]


def _moves_since(lines: list[CountLine]) -> dict[tuple, list[tuple]]:
    """The moves since the first line was counted, by lot or by item and place."""
    times = [line.counted_at for line in lines if line.counted_at]
    found = defaultdict(list)
    if times:
        items = {line.item_id for line in lines if line.counted_at}
        rows = Move.objects.filter(item__in=items, at__gt=min(times)).order_by("id")
        for item, lot, place, at, quantity in rows.values_list("item", "lot", "location", "at", "quantity"):
            found[("lot", lot) if lot else (item, place)].append((at, quantity))
    return found


def _difference(line: CountLine, loose: dict, since: dict) -> Difference:
    there = line.lot.quantity if line.lot_id else loose.get((line.item_id, line.location_id), Decimal(0))
    if line.counted is None:
        return Difference(line, there, Decimal(0), None, None)
    key = ("lot", line.lot_id) if line.lot_id else (line.item_id, line.location_id)
    moved = sum((quantity for at, quantity in since.get(key, ()) if at > line.counted_at), Decimal(0))
    booked = there - moved
    amount = line.counted - booked
    return Difference(line, booked, moved, amount, (amount * _worth(line)).quantize(CENT))


def _posted(line: CountLine) -> Difference:
    if line.counted is None:
        return Difference(line, line.expected, Decimal(0), None, None)
    amount = line.booked or Decimal(0)
    return Difference(line, line.counted - amount, Decimal(0), amount, (amount * _worth(line)).quantize(CENT))


def _worth(line: CountLine) -> Decimal:
    """What one unit is worth in the books; what belongs to a client is worth nothing there."""
    return Decimal(0) if line.lot_id and line.lot.owner_key else line.item.average_cost


@retried
@transaction.atomic
def post(count: StockCount, by) -> int:
    """Book every difference as one act, and close the count; how many there were. What was not counted stays as it is.

    Raises `Refused` with the line that cannot be booked; then nothing is.
    """
    STOCK_COUNT.move(count, "post", closed_at=timezone.now())  # whoever still counts comes too late from here on
    pks = (
        CountLine.objects.filter(count=count)
        .exclude(counted=None)
        .order_by("item_id")
        .values_list("item_id", flat=True)
    )
    for item in Item.objects.filter(pk__in=set(pks)).order_by("pk"):
        ledger.lock(item)
    rows = _reckoned(_lines(count))
    if not any(row.amount is not None for row in rows):
        raise Refused(_("Nothing has been counted yet."), code="uncounted")
    disputed = [str(row.line) for row in rows if row.line.disputed]
    if disputed:
        raise Refused(
            _("Two people counted differently: %(lines)s. Have it counted again.") % {"lines": ", ".join(disputed[:5])},
            code="disputed",
        )
    booked = [row for row in rows if row.amount is not None]
    for row in booked:
        CountLine.objects.filter(pk=row.line.pk).update(booked=row.amount)
        if row.amount:
            _book(count, row, by)
    differing = sum(1 for row in booked if row.amount)
    value = sum((row.value for row in booked), Decimal(0))
    activity.record(
        "posted", count, by, details={"counted": len(booked), "differences": differing}, money={"value": value}
    )
    return differing


def _book(count: StockCount, row: Difference, by) -> None:
    line = row.line
    try:
        ledger.post(
            line.item, row.amount, Move.Kind.COUNT, key=f"count:{line.pk}", by=by, reason=count.number, lot=line.lot,
            location=None if line.lot_id else line.location, source=f"count:{count.pk}",
            for_owner=line.lot.owner_key if line.lot_id else "", despite_promises=True,
        )  # fmt: skip
    except Refused as refusal:
        raise Refused(f"{line}: {refusal.reason}", code=refusal.code) from refusal
