"""How far a job is, for whoever follows it from outside: pieces made, and what is on a machine at this moment.

Read from events only: pieces that were booked as good, and for an active run what the machine says, or the clock where
the machine says nothing. Names no machine, no person and no amount, so that it can be shown to a client as it is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Sum
from django.db.models.functions import Least
from django.utils import timezone

from laseros.core.drivers import State
from production.models import Job, JobLine, Run, RunPart
from production.states import ACTIVE_RUN

ALMOST = 0.99  # a run is done when somebody says so, not when the clock does


@dataclass(frozen=True)
class Live:
    """One active run: share done 0…1, seconds left or None where nobody can tell.

    `moving`: a page may let time and bar run on. Not while the machine heats up, waits or is in trouble.
    `ended`: the machine is through with it, and nobody has counted yet.
    """

    line_id: int
    description: str
    pieces: int
    share: float
    seconds_left: int | None
    paused: bool
    moving: bool
    ended: bool = False

    @property
    def percent(self) -> float:
        return self.share * 100


@dataclass(frozen=True)
class Progress:
    ordered: int
    made: int
    percent: float
    live: tuple[Live, ...]


def of(job: Job, lines: list[JobLine] | None = None) -> Progress:
    """Progress of one job: three queries, two when its lines are at hand."""
    lines = list(job.lines.all()) if lines is None else lines
    runs = (
        Run.objects.filter(operation__job_line__job=job, state__in=ACTIVE_RUN)
        .select_related("machine__status", "operation__job_line")
        .order_by()  # few, and quicker found where nobody asks the database for their order
    )
    sheets = (
        RunPart.objects.filter(operation__job_line__job=job, run__state__in=ACTIVE_RUN)
        .select_related("run__machine__status", "operation__job_line")
        .order_by()
    )
    found = [(run.pk, of_run(run)) for run in runs] + [(part.run_id, of_part(part)) for part in sheets]
    live = tuple(one for _pk, one in sorted(found, key=lambda pair: pair[0]))
    ordered = sum(line.quantity for line in lines)
    made = sum(min(line.made_good, line.quantity) for line in lines)
    moving = sum(min(run.pieces * min(run.share, ALMOST), _missing(lines, run.line_id)) for run in live)
    return Progress(ordered, made, 100 * (made + moving) / ordered if ordered else 0.0, live)


def count(jobs: Iterable[Job]) -> list[Job]:
    """The jobs of a list, each with the pieces `ordered` and `made` of it: one query for all of them."""
    jobs = list(jobs)
    rows = JobLine.objects.filter(job__in=jobs, parent=None).order_by().values("job")
    sums = rows.annotate(ordered=Sum("quantity"), made=Sum(Least(F("made_good"), F("quantity"))))
    found = {row["job"]: row for row in sums}
    for job in jobs:
        row = found.get(job.pk, {})
        job.ordered, job.made = row.get("ordered", 0), row.get("made", 0)
    return jobs


def _missing(lines: list[JobLine], line_id: int) -> int:
    return next((line.missing for line in lines if line.pk == line_id), 0)


def of_run(run: Run) -> Live:
    """How far one active run is. Fetch `machine__status` and `operation__job_line` with it, or its sheet and nest."""
    return _live(run, run.operation.job_line_id or 0, run.operation.what, run.quantity)


def of_part(part: RunPart) -> Live:
    """The same of one line's pieces on a sheet that is being cut."""
    line = part.operation.job_line
    return _live(part.run, line.pk, line.description, part.quantity)


def _live(run: Run, line_id: int, description: str, pieces: int) -> Live:
    share, left = _by_machine(run) or _by_clock(run, timezone.now())
    ended = run.machine_done_at is not None
    if ended:
        share, left = 1.0, 0
    moving = run.state == "running" and not ended and not _stands_still(run)
    return Live(line_id, description, pieces, share, left, run.state == "paused", moving, ended)


def _stands_still(run: Run) -> bool:
    """The machine has this work and says that it is not at it."""
    status = getattr(run.machine, "status", None)
    return status is not None and status.job_key == run.job_key and status.current != State.RUNNING


def _by_machine(run: Run) -> tuple[float, int | None] | None:
    status = getattr(run.machine, "status", None)
    if status is None or status.job_key != run.job_key or status.progress is None:
        return None
    return min(max(status.progress, 0.0), 1.0), status.seconds_left


def _by_clock(run: Run, now: datetime) -> tuple[float, int | None]:
    if run.estimated_seconds <= 0:
        return 0.0, None
    until = run.paused_at if run.state == "paused" and run.paused_at else now
    worked = max(0.0, (until - run.started_at).total_seconds() - run.paused_seconds)
    left = max(0.0, run.estimated_seconds - worked)
    return min(worked / run.estimated_seconds, ALMOST), round(left) or None
