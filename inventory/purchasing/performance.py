"""How well a supplier does, from what was ordered and what came: on time, price drift, rejects."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from inventory.models import PurchaseLine, ReceiptLine, Supplier

DAYS = 365
# What the measured rating weighs: it is said beside it.
ON_TIME, FAULTLESS, STEADY = Decimal("0.6"), Decimal("0.3"), Decimal("0.1")
WORST_DRIFT = Decimal(20)  # per cent dearer, where a steady price counts nothing any more


@dataclass(frozen=True)
class Drift:
    """What a pack of an item cost first and last within the year, per pack of the last size."""

    item: object
    first: Decimal
    last: Decimal
    deliveries: int

    @property
    def percent(self) -> Decimal:
        if not self.first:
            return Decimal(0)
        return ((self.last - self.first) / self.first * 100).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass
class Performance:
    """One supplier's year. Shares are in per cent, None where there is nothing to say it from."""

    lines: int = 0  # that were due
    late: int = 0
    late_days: int = 0  # of those that were late, together
    arrivals: int = 0
    faulty: int = 0
    drifts: list[Drift] = field(default_factory=list)
    months: list[dict] = field(default_factory=list)  # {"month", "on_time", "late"}, the oldest first

    @property
    def on_time_percent(self) -> Decimal | None:
        return _percent(self.lines - self.late, self.lines)

    @property
    def late_days_each(self) -> Decimal | None:
        return (Decimal(self.late_days) / self.late).quantize(Decimal("0.1"), ROUND_HALF_UP) if self.late else None

    @property
    def faulty_percent(self) -> Decimal | None:
        return _percent(self.faulty, self.arrivals)

    @property
    def drift_percent(self) -> Decimal | None:
        """The mean over the items that were bought more than once."""
        again = [drift.percent for drift in self.drifts if drift.deliveries > 1]
        return (sum(again) / len(again)).quantize(Decimal("0.1"), ROUND_HALF_UP) if again else None

    @property
    def stars(self) -> Decimal | None:
        """One to five, to half a star."""
        if self.on_time_percent is None or self.faulty_percent is None:
            return None
        drift = min(max(self.drift_percent or Decimal(0), Decimal(0)), WORST_DRIFT) / WORST_DRIFT
        share = (
            ON_TIME * self.on_time_percent / 100 + FAULTLESS * (1 - self.faulty_percent / 100) + STEADY * (1 - drift)
        )
        return max((share * 10).quantize(Decimal(1), ROUND_HALF_UP) / 2, Decimal(1))


def _percent(part: int, whole: int) -> Decimal | None:
    return (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_HALF_UP) if whole else None


def of(supplier: Supplier, today: date | None = None) -> Performance:
    """The year up to today. Two queries."""
    today = today or timezone.localdate()
    since = today - timedelta(days=DAYS)
    found = Performance()
    arrivals = list(
        ReceiptLine.objects.filter(line__order__supplier=supplier, receipt__received_on__gte=since)
        .select_related("line__item", "receipt")
        .order_by("receipt__received_on", "id")
    )
    _faults(found, arrivals)
    _drifts(found, arrivals)
    _dates(found, supplier, since, today)
    return found


def _faults(found: Performance, arrivals: list[ReceiptLine]) -> None:
    found.arrivals = len(arrivals)
    found.faulty = sum(1 for row in arrivals if row.state != "stocked" or row.returned)


def _drifts(found: Performance, arrivals: list[ReceiptLine]) -> None:
    by_item = defaultdict(list)
    for row in arrivals:
        if row.state != "aside" and row.pack_price:
            by_item[row.line.item_id].append(row)
    for rows in by_item.values():
        size = rows[-1].line.pack_size
        first, last = (row.pack_price / row.line.pack_size * size for row in (rows[0], rows[-1]))
        found.drifts.append(Drift(rows[-1].line.item, first, last, len(rows)))
    found.drifts.sort(key=lambda drift: -abs(drift.percent))


def _dates(found: Performance, supplier: Supplier, since: date, today: date) -> None:
    """A line is on time when all of it was there on its day; one that is overdue counts as late already."""
    lines = PurchaseLine.objects.filter(order__supplier=supplier, expected_on__gte=since, expected_on__lte=today)
    lines = lines.filter(order__state__in=("sent", "partly_received", "received")).prefetch_related("arrivals__receipt")
    months = defaultdict(lambda: {"on_time": 0, "late": 0})
    for line in lines.order_by("id"):
        days = _days_late(line, today)
        if days is None:
            continue
        found.lines += 1
        found.late += days > 0
        found.late_days += max(days, 0)
        months[line.expected_on.replace(day=1)]["late" if days > 0 else "on_time"] += 1
    found.months = [{"month": month, **months[month]} for month in _last_twelve(today)]


def _days_late(line: PurchaseLine, today: date) -> int | None:
    """None for what is due today and may still come."""
    there, done_on = Decimal(0), None
    for row in sorted(line.arrivals.all(), key=lambda row: (row.receipt.received_on, row.pk)):
        there += row.quantity if row.state != "aside" else 0
        if there >= line.quantity:
            done_on = row.receipt.received_on
            break
    if done_on is None:
        return (today - line.expected_on).days or None
    return (done_on - line.expected_on).days


def _last_twelve(today: date) -> list[date]:
    months, month = [], today.replace(day=1)
    for _number in range(12):
        months.append(month)
        month = (month - timedelta(days=1)).replace(day=1)
    return months[::-1]
