"""Taking back what was said at the end of a run: a wrong count, noticed at once."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger
from inventory.models import Move
from laseros.core.drivers import State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import at_machine, exploding, jobs, milestones, runs, taking, telling
from production.machine_work import counting
from production.models import Event, Job, JobLine, NonConformance, Operation, Run
from production.signals import job_changed
from production.states import ACTIVE_RUN, JOB, OPERATION, RUN

UNDO_SECONDS = 60


def undo_until(run: Run) -> datetime | None:
    """Until when the end of a run can be taken back; None when it is not over, or that time has passed."""
    if run.finished_at is None or run.state in ACTIVE_RUN:
        return None
    until = run.finished_at + timedelta(seconds=UNDO_SECONDS)
    return until if timezone.now() <= until else None


@retried
@transaction.atomic
def undo(run: Run, *, times: int, by) -> Run:
    """Take back what was said at the end of a run: it runs, or pauses, again, and can be finished with another count.

    `times` is how often it had been taken back when the person looked; pressed twice, it is done once. The ledger gets
    an opposite move. A machine is told nothing: nobody starts one by correcting a number. Raises `Refused` with code
    "stale", "too-late", "later", "moved", "machine-busy", "state" or "invoiced".
    """
    if run.operation.sheet_id:
        raise ValueError("of a sheet: production.sheet_undoing")
    job = Job._base_manager.get(lines__operations__runs=run)
    jobs.lock(job)
    related = ("operation__job_line__item", "operation__job_line__job", "operation__machine", "machine", "operator")
    fresh = Run.objects.select_related(*related).get(pk=run.pk)
    if fresh.undone == times + 1 and fresh.state in ACTIVE_RUN:
        return fresh
    check(fresh, times)
    details = {"machine": fresh.machine, "good": fresh.good, "scrap": fresh.scrap}
    used = Move.objects.filter(key=fresh.key_of_use).select_related("item").first()
    _uncount(fresh, by)
    taking.again(fresh, by)
    run_again(fresh)
    counting.forget(fresh)
    if used is not None:
        ledger.reverse(
            used, key=f"run:{fresh.pk}:undo:{fresh.undone}", by=by, reason=fresh.operation.job_line.job.number
        )
    jobs.reserve(fresh.operation, fresh.operation.job_line, by)
    activity.record("undone", fresh.operation, by, details=details)
    at_machine.say(fresh, State.PAUSED if fresh.state == "paused" else State.RUNNING)
    jobs.tell(job_changed, fresh.operation.job_line.job)
    return fresh


def check(run: Run, times: int) -> None:
    """Raise `Refused` where the end of a run cannot be taken back, whatever it made."""
    operation = run.operation
    if run.undone != times or run.state in ACTIVE_RUN:
        raise Refused(_("Somebody was quicker. Look at it again."), code="stale")
    if undo_until(run) is None:
        raise Refused(_("More than a minute has passed: this cannot be taken back any more."), code="too-late")
    if operation.runs.filter(pk__gt=run.pk).exists() or operation.run_parts.filter(run__gt=run.pk).exists():
        raise Refused(_("What was left of it has been started since."), code="later")
    if NonConformance.objects.filter(run=run, uncounted=True).exists():
        raise Refused(_("Pieces of it were found not to be good, and that was decided since."), code="later")
    if operation.machine_id != run.machine_id:
        raise Refused(_("This work has moved to %(machine)s.") % {"machine": operation.machine}, code="moved")
    busy = runs.active(machine=run.machine)
    if busy is not None:
        raise Refused(runs.who(busy), code="machine-busy")


def _uncount(run: Run, by) -> None:
    operation = run.operation
    OPERATION.move(operation, "take_up", done_at=None)
    Operation._base_manager.filter(pk=operation.pk).update(good=F("good") - run.good, scrap=F("scrap") - run.scrap)
    operation.refresh_from_db(fields=["good", "scrap"])
    uncount_line(operation.job_line, run.good, run.scrap, by)


def uncount_line(line: JobLine, good: int, scrap: int, by) -> None:
    """Take pieces off a line, unless somebody has been promised or charged them; the job follows."""
    spoken_for = Greatest(F("invoiced"), F("delivered")) if good else 0
    rows = JobLine._base_manager.filter(pk=line.pk, made_good__gte=spoken_for + good)
    if not rows.update(made_good=F("made_good") - good, scrapped=F("scrapped") - scrap):
        raise Refused(_("Pieces of this run are on an invoice or delivered already."), code="invoiced")
    line.refresh_from_db(fields=["made_good", "scrapped"])
    exploding.settle(line.job, by)
    if JOB.try_move(line.job, "unmake", made_at=None):
        milestones.no_longer(line.job, Event.MADE, by)
        telling.no_longer_ready(line.job)
    elif line.job.state not in ("approved", "in_progress", "on_hold"):
        raise Refused(
            _("%(job)s is %(state)s.") % {"job": line.job, "state": line.job.get_state_display()}, code="state"
        )


def run_again(run: Run) -> None:
    """It runs, or pauses, as before its end."""
    cleared = {"good": 0, "scrap": 0, "material_used": 0, "note": "", "finished_at": None, "undone": run.undone + 1}
    try:
        with transaction.atomic():
            RUN.move(run, "undo_paused" if run.paused_at else "undo", **cleared)
    except IntegrityError:
        raise Refused(_("%(machine)s has other work now.") % {"machine": run.machine}, code="machine-busy") from None
