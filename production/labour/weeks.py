"""What people worked in a week: by person or by job, a column a day. A stretch counts for the day on which it began."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone

from laseros.core.money import cents
from production.models import Job, LabourTime
from production.signals import labour_price_wanted

BY = ("person", "job")


@dataclass
class Row:
    label: str
    key: int
    days: list[int] = field(default_factory=lambda: [0] * 7)  # seconds

    @property
    def total(self) -> int:
        return sum(self.days)


def monday_of(text: str) -> date:
    """The Monday of "2026-W48"; of this week for anything else."""
    try:
        return datetime.strptime(f"{text}-1", "%G-W%V-%u").date()  # noqa: DTZ007 a day, not a moment
    except ValueError:
        today = timezone.localdate()
        return today - timedelta(days=today.weekday())


def name_of(monday: date) -> str:
    return f"{monday:%G-W%V}"


def times(monday: date, **only):
    start = timezone.make_aware(datetime.combine(monday, time.min))
    end = timezone.make_aware(datetime.combine(monday + timedelta(days=7), time.min))
    return LabourTime.objects.filter(started_at__gte=start, started_at__lt=end, **only)


def sheet(monday: date, by: str) -> list[Row]:
    """One query however many; what still runs counts until now."""
    rows: dict[int, Row] = {}
    for clock in times(monday).select_related("person", "job").order_by("pk"):
        key = clock.person_id if by == "person" else clock.job_id
        label = str(clock.person) if by == "person" else f"{clock.job.number} {clock.job.title}"
        row = rows.setdefault(key, Row(label, key))
        row.days[timezone.localdate(clock.started_at).weekday()] += clock.worked
    return sorted(rows.values(), key=lambda row: row.label)


def hours(seconds: int) -> float:
    """As a spreadsheet adds them up."""
    return round(seconds / 3600, 2)


@dataclass
class Worked:
    """What people took for a job. `cost` is None where nobody has said what an hour costs."""

    people: list[tuple[str, int]]
    seconds: int
    cost: Decimal | None


def of_job(job: Job) -> Worked | None:
    """None where nobody's clock ran for it; what still runs does not count yet."""
    people = _people(job)
    if not people:
        return None
    seconds = sum(each for _name, each in people)
    asked = labour_price_wanted.send(sender=Job, workspace=job.workspace)
    price = next((price for _heard, price in asked if price), None)
    cost = cents(Decimal(seconds) / 3600 * price, job.workspace.currency) if price is not None else None
    return Worked(people, seconds, cost)


def _people(job: Job) -> list[tuple[str, int]]:
    rows = LabourTime.objects.filter(job=job, state="stopped").values("person__name", "person__email")
    sums: dict[str, int] = defaultdict(int)
    for row in rows.annotate(whole=Sum("seconds")).order_by("person"):
        sums[row["person__name"] or row["person__email"]] += row["whole"]
    return sorted(sums.items(), key=lambda pair: -pair[1])
