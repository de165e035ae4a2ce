"""The checks of pieces of work as pages show them: what is due, what was found, what is to be decided."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from laseros.core.templatetags.laseros import number
from production.models import (
    Check,
    CheckResult,
    Job,
    JobLine,
    LineCheck,
    NestPart,
    NestSheet,
    NonConformance,
    Operation,
    Run,
)
from production.quality import checking, gate

SHOWN = 5  # results of one check


@dataclass
class Standing:
    """One line's checks with `due`, `done`, `seen` and `latest` each, and its non-conformances, the newest first."""

    line: JobLine
    run: Run | None = None
    checks: list[LineCheck] = field(default_factory=list)
    faults: list[NonConformance] = field(default_factory=list)

    @property
    def open_faults(self) -> list[NonConformance]:
        return [row for row in self.faults if row.state == "open"]

    @property
    def undecided(self) -> bool:
        """Whether pieces of the run that is on keep it from being finished."""
        return any(row.run_id == self.run.pk and not row.uncounted for row in self.open_faults)

    @property
    def checks_left(self) -> int:
        return sum(row.is_required and row.done < row.due for row in self.checks)

    @property
    def can_report(self) -> bool:
        return self.run is not None or self.line.made_good > 0


def of(line: JobLine, operation: Operation | None = None) -> Standing:
    """For the page of one piece of work: five queries at most."""
    run = checking.run_of(operation)
    if run is not None:
        here = run.quantity if run.operation_id == operation.pk else 0
        planned = here or next((part.quantity for part in run.parts.all() if part.operation_id == operation.pk), 0)
    else:
        planned = line.missing
    found = Standing(line, run, gate.standing(line, planned, run) if planned else list(line.checks.all()))
    results = defaultdict(list)
    if found.checks:
        rows = CheckResult.objects.filter(line_check__in=found.checks).select_related("by").order_by("-id")
        for row in rows:
            row.quick = checking.undo_until(row) is not None
            results[row.line_check_id].append(row)
    for check in found.checks:
        check.seen, check.latest = len(results[check.pk]), results[check.pk][:SHOWN]
        check.due, check.done = getattr(check, "due", 0), getattr(check, "done", 0)
    related = ("result__line_check", "found_by", "decided_by")
    found.faults = list(line.non_conformances.select_related(*related).order_by("-id")[:20])
    return found


def marked(runs: QuerySet) -> QuerySet:
    """Runs that say, without a query more, whether pieces of theirs are undecided and whether theirs are checked."""
    undecided = NonConformance.objects.filter(run=OuterRef("pk"), state="open", uncounted=False)
    checks = LineCheck.objects.filter(job_line=OuterRef("operation__job_line"), is_required=True)
    return runs.annotate(is_undecided=Exists(undecided), is_checked=Exists(checks))


def checks_left(run: Run) -> int:
    """How many checks are to be done before all pieces of a run, which is of one line, can be good."""
    rows = gate.standing(run.operation.job_line, run.quantity, run)
    return sum(row.is_required and row.done < row.due for row in rows)


def checked_on(sheet: NestSheet) -> list[Operation]:
    """The operations with pieces on a sheet of which something is checked."""
    parts = NestPart.objects.filter(pk__in=sheet.counts(), operation__job_line__checks__isnull=False)
    rows = Operation.objects.filter(pk__in=parts.order_by().values("operation")).select_related("job_line__job")
    return list(rows.order_by("pk"))


def checked_by_hand(job: Job) -> list[JobLine]:
    """The lines of a job that stand in no queue and of which something is checked."""
    rows = job.lines.filter(operations=None, checks__isnull=False).distinct()
    return list(rows.order_by("position", "pk"))


def by_hand(job: Job) -> list[JobLine]:
    """The lines of a job that stand in no queue and are not put together from others, with their checks."""
    rows = job.lines.filter(operations=None, parts=None).prefetch_related("checks")
    return list(rows.order_by("position", "pk"))


def results_of(job: Job) -> list[CheckResult]:
    """Everything that was found of a job, the newest first."""
    rows = CheckResult.objects.filter(line_check__job_line__job=job).select_related("by", "non_conformance")
    return list(rows.order_by("-id"))


def limits(check: Check) -> str:
    """“20 ± 0.1 mm”, “at least 3 mm”; empty for what has none."""
    if check.kind != Check.Kind.MEASURE:
        return ""
    unit = f" {check.unit}" if check.unit else ""
    if check.nominal is not None and check.tolerance is not None and check.minimum is None and check.maximum is None:
        return f"{_size(check.nominal)} ± {_size(check.tolerance)}{unit}"
    if check.low is not None and check.high is not None:
        return f"{_size(check.low)} – {_size(check.high)}{unit}"
    words = _("at least %(size)s") if check.low is not None else _("at most %(size)s")
    return words % {"size": f"{_size(check.low if check.low is not None else check.high)}{unit}"}


def often(check: Check) -> str:
    if check.how_often == Check.Often.EVERY:
        return _("one in %(every)s") % {"every": check.every}
    return check.get_how_often_display()


def found(result: CheckResult) -> str:
    """What was found, in a few words."""
    check = result.line_check
    if result.value is not None:
        return f"{_size(result.value)}{f' {check.unit}' if check.unit else ''}"
    return _("photograph") if result.photo else result.get_state_display()


def _size(value) -> str:
    return number(value, most=4)
