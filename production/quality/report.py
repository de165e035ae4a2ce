"""Non-conformances over a while: how many pieces, why, of what, where, and what became of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from production.models import NonConformance

RANGES = (30, 90, 365)
BY = {
    "reason": _("Reason"),
    "product": _("Product"),
    "machine": _("Machine"),
    "item": _("Material"),
    "month": _("Month"),
}
COUNTED = ("open", "rework", "scrapped", "accepted")


@dataclass
class Row:
    """Pieces by what became of them."""

    label: str
    records: int = 0
    pieces: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTED, 0))

    @property
    def total(self) -> int:
        return sum(self.pieces.values())


@dataclass
class Bar:
    day: date
    pieces: dict[str, int]


def rows_of(days: int):
    """The records of so many days, as a queryset: neither what was taken back nor what is counted with another."""
    since = timezone.localdate() - timedelta(days=days - 1)
    return NonConformance.objects.filter(found_at__date__gte=since, state__in=COUNTED)


def over(days: int, by: str) -> list[Row]:
    """A row for each reason, product, machine, material or month, the most pieces first; months as they come."""
    found: dict[object, Row] = {}
    rows = rows_of(days).select_related("product", "machine", "item", "job_line").order_by("found_at", "pk")
    for record in rows:
        key, label = _group(record, by)
        row = found.setdefault(key, Row(label))
        row.records += 1
        row.pieces[record.state] += record.pieces
    answer = list(found.values())
    return answer if by == "month" else sorted(answer, key=lambda row: (-row.total, row.label))


def _group(record: NonConformance, by: str) -> tuple[object, str]:
    if by == "reason":
        return record.reason, record.get_reason_display()
    if by == "month":
        day = timezone.localdate(record.found_at)
        return (day.year, day.month), f"{day:%Y-%m}"
    thing = getattr(record, by)
    if thing is None and by == "product":
        return record.job_line.description, record.job_line.description  # made once
    return (thing.pk, str(thing)) if thing is not None else (None, "–")


def by_time(days: int) -> list[Bar]:
    """Pieces of each day, or of each week where it is more than a month."""
    width = 1 if days <= 31 else 7
    today = timezone.localdate()
    bars = [Bar(today - timedelta(days=back), dict.fromkeys(COUNTED, 0)) for back in range(days - 1, -1, -width)]
    first = bars[0].day
    sums: dict[int, dict[str, int]] = defaultdict(lambda: dict.fromkeys(COUNTED, 0))
    for at, state, pieces in rows_of(days).values_list("found_at", "state", "pieces").order_by("pk"):
        place = (timezone.localdate(at) - first).days // width
        sums[min(max(place, 0), len(bars) - 1)][state] += pieces
    for place, pieces in sums.items():
        bars[place].pieces = pieces
    return bars
