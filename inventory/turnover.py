"""What stock does over 7, 30, 90 or 365 days: what was used, wasted and bought, how often it turns over in a year."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce, TruncDate, TruncMonth, TruncWeek
from django.utils import timezone

from inventory import valuation
from inventory.ledger.amounts import CENT_OF_CENT, STEP
from inventory.models import Item, Move

RANGES = (7, 30, 90, 365)
NOTHING = Decimal(0)
_BUCKET = {7: TruncDate, 30: TruncDate, 90: TruncWeek, 365: TruncMonth}
OUT = (Move.Kind.USAGE, Move.Kind.WASTE)


@dataclass(frozen=True)
class Row:
    """An item over a range: quantities in its unit, values in the business's money."""

    item: Item
    used: Decimal
    used_value: Decimal
    wasted_value: Decimal
    bought_value: Decimal
    value_before: Decimal
    value: Decimal
    days: int

    @property
    def turns(self) -> Decimal | None:
        """How often a year the stock is used up at this rate; None where there was none."""
        middle = (self.value_before + self.value) / 2
        return (self.used_value * 365 / self.days / middle).quantize(Decimal("0.1")) if middle > 0 else None

    @property
    def days_left(self) -> int | None:
        """How many days what is there lasts at this rate; None where nothing was used."""
        daily = self.used / self.days
        return int(self.item.usable / daily) if daily > 0 else None


def over(days: int, today: date | None = None) -> list[Row]:
    """One row for each item that moved in the range or is worth something, the most used first. Two queries."""
    today = today or timezone.localdate()
    since, until = valuation.end_of(today - timedelta(days=days)), valuation.end_of(today)
    moves = Move.objects.filter(valuation.OURS, at__gte=since, at__lt=until).exclude(kind=Move.Kind.TRANSFER)
    sums = moves.order_by().values("item").annotate(
        used=_sum("quantity", Q(kind__in=OUT)),
        used_value=_sum("value", Q(kind__in=OUT)),
        wasted_value=_sum("value", Q(kind=Move.Kind.WASTE)),
        bought_value=_sum("value", Q(kind=Move.Kind.PURCHASE)),
        change=_sum("value"),
    )  # fmt: skip
    found = {row["item"]: row for row in sums}
    items = Item.objects.filter(Q(pk__in=found) | Q(value__gt=0)).select_related("material", "workspace")
    rows = [_row(item, found.get(item.pk), days) for item in items]
    return sorted(rows, key=lambda row: (-row.used_value, -row.value, row.item.code))


def _row(item: Item, sums: dict | None, days: int) -> Row:
    def of(name: str, step: Decimal = CENT_OF_CENT) -> Decimal:
        return Decimal(str(sums[name])).quantize(step) if sums else NOTHING

    return Row(
        item, -of("used", STEP), -of("used_value"), -of("wasted_value"), of("bought_value"),
        item.value - of("change"), item.value, days,
    )  # fmt: skip


def _sum(field: str, which: Q | None = None):
    return Coalesce(Sum(field, filter=which), NOTHING)


@dataclass(frozen=True)
class Bar:
    day: date
    used: Decimal
    bought: Decimal


def by_time(days: int, today: date | None = None) -> list[Bar]:
    """Value used and bought by day (7, 30), week (90) or month (365), the oldest first. One query."""
    today = today or timezone.localdate()
    since, until = valuation.end_of(today - timedelta(days=days)), valuation.end_of(today)
    rows = (
        Move.objects.filter(valuation.OURS, at__gte=since, at__lt=until)
        .order_by()
        .values(bucket=_BUCKET[days]("at"))
        .annotate(used=_sum("value", Q(kind__in=OUT)), bought=_sum("value", Q(kind=Move.Kind.PURCHASE)))
        .order_by("bucket")
    )
    bars = []
    for row in rows:
        day = row["bucket"].date() if hasattr(row["bucket"], "date") else row["bucket"]
        bars.append(Bar(day, *(Decimal(str(sum)).quantize(CENT_OF_CENT) for sum in (-row["used"], row["bought"]))))
    return bars
