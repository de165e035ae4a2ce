"""How much room printer files take, and which are printed most. The same content is stored once, and counts once."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Max, Min, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth
from django.utils import timezone

from machines.models import MachineJob, PrintFile

MONTHS = 12
MOST_PRINTED = 10


@dataclass(frozen=True)
class Month:
    first: date
    bytes: int
    count: int


def whole() -> tuple[int, int]:
    """(different files here, their bytes)"""
    rows = _contents()
    return rows.count(), rows.aggregate(all=Coalesce(Sum("bytes"), 0))["all"]


def by_machine() -> list[dict]:
    """{"machine", "where", "listed", "here", "bytes"} of each machine, and of files of none, the largest first."""
    here = ~Q(content="")
    rows = PrintFile.objects.order_by().values("machine", where=F("machine__name"))
    rows = rows.annotate(listed=Count("pk"), here=Count("pk", filter=here), bytes=Coalesce(Sum("size", filter=here), 0))
    return sorted(rows, key=lambda row: (-row["bytes"], row["where"] or ""))


def by_month() -> list[Month]:
    """What came in each of the last twelve months and is here still, the oldest first."""
    months = _last_months()
    begin = timezone.make_aware(datetime(months[0].year, months[0].month, 1))  # noqa: DTZ001 made aware here
    rows = _contents().filter(first__gte=begin).annotate(month=TruncMonth("first")).values_list("month", "bytes")
    found = {month: [0, 0] for month in months}
    for month, size in rows:
        if month.date() in found:
            found[month.date()][0] += size or 0
            found[month.date()][1] += 1
    return [Month(month, *figures) for month, figures in found.items()]


def most_printed() -> list[dict]:
    """{"file", "times", "grams", "last"} of what machines finished most often."""
    rows = MachineJob.objects.filter(outcome="finished").exclude(file="").order_by().values("file")
    rows = rows.annotate(times=Count("pk"), grams=Sum("grams"), last=Max("ended_at"))
    return list(rows.order_by("-times", "file")[:MOST_PRINTED])


def _contents():
    rows = PrintFile.objects.exclude(content="").order_by().values("sha256")
    return rows.annotate(bytes=Max("size"), first=Min("created_at"))


def _last_months() -> list[date]:
    today = timezone.localdate()
    number = today.year * 12 + today.month - 1
    return [date(each // 12, each % 12 + 1, 1) for each in range(number - MONTHS + 1, number + 1)]
