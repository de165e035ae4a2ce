"""What keeps pieces from being counted as good: checks that are not done, and pieces about which nothing is decided."""

from dataclasses import dataclass
from math import ceil

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from laseros.core.errors import Refused
from production.models import Check, CheckResult, JobLine, LineCheck, NonConformance, Operation, Run

GOOD = ("passed", "accepted")
Often = Check.Often


@dataclass(frozen=True)
class Claims:
    """Pieces of one run that are not good: `scrap` counts as scrap, `rework` comes back; `open` are numbers of those
    nobody has decided about."""

    scrap: int = 0
    rework: int = 0
    open: tuple[str, ...] = ()

    def proposed(self, quantity: int, good: int, scrap: int) -> tuple[int, int]:
        """(good, scrap) of so many pieces, when they are brought in line with what was decided."""
        scrap = min(max(scrap, self.scrap), quantity)
        return max(min(good, quantity - scrap - self.rework), 0), scrap


def claims(run: Run, operation: Operation | int) -> Claims:
    scrap, rework, still = 0, 0, []
    rows = NonConformance.objects.filter(run=run, operation=operation, uncounted=False).order_by("id")
    for number, state, pieces in rows.values_list("number", "state", "pieces"):
        scrap += pieces if state == "scrapped" else 0
        rework += pieces if state == "rework" else 0
        if state == "open":
            still.append(number)
    return Claims(scrap, rework, tuple(still))


def reason_of(run: Run) -> str:
    """Why pieces of a run were scrapped, in the words of the form that asks; empty for none."""
    row = NonConformance.objects.filter(run=run, state="scrapped").order_by("-id").first()
    return row.get_reason_display() if row is not None else ""


def check_end(run: Run, operation: Operation, line: JobLine, *, planned: int, good: int, scrap: int) -> None:
    """In the transaction that ends a run with so many pieces of `planned`. Raises `Refused` with code "undecided",
    "counts" or "checks"; `see_to` of its details is the operation whose pieces are to be looked at first."""
    held = claims(run, operation)
    if held.open:
        raise Refused(
            _("Say first what becomes of the pieces of %(numbers)s: made again, scrap, or used as they are.")
            % {"numbers": ", ".join(held.open)},
            code="undecided",
            see_to=operation.pk,
        )
    if scrap < held.scrap or good > planned - held.scrap - held.rework:
        raise Refused(
            _("Of these pieces %(scrap)s were decided to be scrap and %(rework)s to be made again: at most %(most)s "
              "can be good.")
            % {"scrap": held.scrap, "rework": held.rework, "most": max(planned - held.scrap - held.rework, 0)},
            code="counts",
        )  # fmt: skip
    check_done(line, good, run, operation)


def check_done(line: JobLine, good: int, run: Run | None = None, operation: Operation | None = None) -> None:
    """That what has to be checked of so many more good pieces of a line is. Raises `Refused` with code "checks"."""
    missing = [] if not good else [row for row in standing(line, good, run) if row.is_required and row.done < row.due]
    if missing:
        words = ", ".join(
            _("“%(check)s” (%(done)s of %(due)s)") % {"check": row.name, "done": row.done, "due": row.due}
            for row in missing
        )
        raise Refused(
            _("Checks of “%(what)s” are still to be done: %(checks)s.") % {"what": line.description, "checks": words},
            code="checks",
            see_to=operation and operation.pk,
        )


def standing(line: JobLine, good: int, run: Run | None = None) -> list[LineCheck]:
    """The checks of a line, each with how often it is `due` when so many more pieces are good, and how often it is
    `done`: two queries, one where there are none."""
    checks = list(line.checks.all())
    if not checks:
        return []
    before = line.made_good + _taken_off(line)
    results = CheckResult.objects.filter(line_check__job_line=line, state__in=GOOD).order_by().values("line_check")
    counted = {row["line_check"]: row for row in results.annotate(all=Count("pk"), here=Count("pk", filter=Q(run=run)))}
    for row in checks:
        found = counted.get(row.pk, {"all": 0, "here": 0})
        row.done = found["here"] if row.how_often == Often.FIRST else found["all"]
        row.due = _due(row, before, good, line.made_good + good >= line.quantity)
    return checks


def _taken_off(line: JobLine) -> int:
    """Pieces that were good once, with their checks, and had to be made again."""
    rows = NonConformance.objects.filter(job_line=line, uncounted=True, state__in=("rework", "scrapped"))
    return rows.aggregate(pieces=Sum("pieces"))["pieces"] or 0


def _due(check: LineCheck, before: int, good: int, is_last: bool) -> int:
    if check.how_often == Often.EACH:
        return before + good
    if check.how_often == Often.EVERY:
        return ceil((before + good) / (check.every or 1))
    return 1 if check.how_often == Often.FIRST or is_last else 0
