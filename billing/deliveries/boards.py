"""What waits at the door: jobs with pieces that can leave, and deliveries by how far they are."""

from dataclasses import dataclass, field

from django.utils import timezone

from billing.deliveries.ready import Ready, Sets, ready_of, sets_of, to_deliver
from billing.models import Delivery
from billing.models.delivery import ON_THE_WAY_OUT
from billing.states import DELIVERY
from production.models import Job

MOST = 200  # cards in a column
COLUMNS = (*ON_THE_WAY_OUT, "shipped")


@dataclass(frozen=True)
class Waiting:
    """A job with pieces that can leave now."""

    job: Job
    rows: list[Ready]
    sets: list[Sets]
    is_late: bool

    @property
    def pieces(self) -> int:
        return sum(row.pieces for row in self.rows)

    @property
    def is_whole(self) -> bool:
        """Whether nothing of the job is left in the house after this."""
        return all(row.pieces == row.left for row in self.rows)


@dataclass
class Column:
    state: str
    label: object
    rows: list[Delivery] = field(default_factory=list)


def columns() -> dict:
    today = timezone.localdate()
    waiting = waiting_jobs(today)
    found = {state: Column(state, DELIVERY.labels[state]) for state in COLUMNS}
    rows = Delivery.objects.filter(state__in=COLUMNS).select_related("client", "job", "packed_by", "checked_by")
    for delivery in rows.prefetch_related("lines", "parcels").order_by("planned_on", "id")[: MOST * len(COLUMNS)]:
        found[delivery.state].rows.append(delivery)
    return {"waiting": waiting, "columns": list(found.values()), "today": today}


def waiting_jobs(today) -> list[Waiting]:
    """Jobs of which something can leave now that stands in no delivery yet, the most urgent first."""
    jobs = to_deliver().select_related("client").prefetch_related("lines").order_by("due_on", "-priority", "id")[:MOST]
    lines = {job.pk: list(job.lines.all()) for job in jobs}
    ready = ready_of([line for rows in lines.values() for line in rows])
    by_job: dict[int, list[Ready]] = {}
    for row in ready:
        by_job.setdefault(row.line.job_id, []).append(row)
    return [
        Waiting(job, by_job[job.pk], sets_of(lines[job.pk]), bool(job.due_on and job.due_on < today))
        for job in jobs
        if any(row.pieces for row in by_job.get(job.pk, ()))
    ]
