"""What a scanned action does: the same verbs as the buttons, on the work or the job that was scanned before it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from laseros.core.errors import Refused
from production import milestones, runs, sheet_runs, sheet_undoing, undoing
from production.labour import clocks
from production.models import Job, Operation, Run
from production.quality import gate
from production.states import ACTIVE_RUN

MOST_DIGITS = 5


@dataclass
class Counted:
    """Scrap scanned digit by digit, for one run. Kept in the session until the run is done."""

    run: int = 0
    digits: str = ""
    asked: bool = False  # Scrap was scanned

    @classmethod
    def of(cls, kept) -> "Counted":
        return cls(**kept) if isinstance(kept, dict) else cls()

    @property
    def scrap(self) -> int:
        return int(self.digits or 0)


def do(name: str, by, *, job: Job, operation: Operation | None, counted: Counted) -> tuple[str, Counted]:
    """(what to say, what is counted now). Raises `Refused`: nothing is done then and the count stays."""
    if name == "NEXT":
        return _next(job, by), counted
    if name == "TIME":
        return _time(job, operation, by), counted
    if name == "UNDO":
        return _undo(job, operation, by), Counted()
    if operation is None:
        raise Refused(_("Scan the code of a piece of work first, not that of the whole job."), code="work")
    run = runs.active(operation=operation)
    if name == "START":
        return _start(operation, run, by), Counted()
    if run is None:
        raise Refused(_("Nothing of it is running. Scan Start first."), code="not-running")
    if name == "PAUSE":
        runs.pause(run, by)
        return _("Paused."), counted
    if name == "DONE":
        return _done(operation, run, counted, by), Counted()
    return _count(name, operation, run, counted)


def _start(operation: Operation, run: Run | None, by) -> str:
    if run is not None and run.state == "paused":
        runs.resume(run, by)
        return _("It goes on.")
    runs.start(operation, operation.machine, by)
    return _("Started on %(machine)s.") % {"machine": operation.machine}


def _done(operation: Operation, run: Run, counted: Counted, by) -> str:
    scrap = counted.scrap if counted.run == run.pk else 0
    if operation.sheet_id:
        done = sheet_runs.finish(run, {}, by=by)
    elif scrap > run.quantity:
        raise Refused(_("There are only %(count)s pieces in this run.") % {"count": run.quantity}, code="counts")
    else:
        good, scrap = gate.claims(run, operation).proposed(run.quantity, run.quantity - scrap, scrap)
        done = runs.finish(run, good=good, scrap=scrap, by=by)
    return _("%(good)s good, %(scrap)s scrap.") % {"good": done.good, "scrap": done.scrap}


def _count(name: str, operation: Operation, run: Run, counted: Counted) -> tuple[str, Counted]:
    if operation.sheet_id:
        raise Refused(_("On a sheet scrap is counted part by part: finish it on the screen."), code="sheet")
    if name == "CLEAR":
        return _("Nothing is counted."), Counted()
    if name == "SCRAP":
        return _("Scan the count of scrap, digit by digit, then Done."), Counted(run.pk, "", True)
    if counted.run != run.pk or not counted.asked:
        raise Refused(_("Scan Scrap before its count."), code="digits")
    digits = (counted.digits + name)[-MOST_DIGITS:]
    if int(digits) > run.quantity:
        raise Refused(_("There are only %(count)s pieces in this run.") % {"count": run.quantity}, code="counts")
    return _("Scrap: %(count)s. Scan Done.") % {"count": int(digits)}, Counted(run.pk, digits, True)


def _next(job: Job, by) -> str:
    row = milestones.next_of(milestones.of(job))
    if row is None:
        raise Refused(_("Every milestone is reached."), code="none")
    return _("Reached: %(name)s.") % {"name": milestones.reach(row, by).name}


def _time(job: Job, operation: Operation | None, by) -> str:
    mine = clocks.open_of(by)
    here = (job.pk, operation.pk if operation is not None and not operation.sheet_id else None)
    if mine is not None and (mine.job_id, mine.operation_id) == here and mine.state == "running":
        clocks.stop(mine, by)
        return _("Your time for %(job)s is stopped.") % {"job": job.number}
    clocks.start(by, job, operation if here[1] else None)
    return _("Your time for %(job)s runs.") % {"job": job.number}


def _undo(job: Job, operation: Operation | None, by) -> str:
    """Of the work its last count; of a job the last milestone said by hand. Within the minute of both."""
    if operation is not None:
        run = Run.objects.filter(operation=operation).select_related("operation").order_by("-id").first()
        if run is not None and run.state not in ACTIVE_RUN and undoing.undo_until(run):
            verb = sheet_undoing.undo if operation.sheet_id else undoing.undo
            verb(run, times=run.undone, by=by)
            return _("Taken back: it runs again.")
    said = [row for row in milestones.of(job) if milestones.undo_until(row) is not None and not row.by_event]
    last = max(said, key=lambda row: row.at, default=None)
    if last is None:
        raise Refused(_("There is nothing of the last minute to take back."), code="too-late")
    return _("Taken back: %(name)s.") % {"name": milestones.undo(last, times=last.undone, by=by).name}
