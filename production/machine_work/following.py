"""A machine job begins or ends: it gets its run, and what it used leaves the books. Harmless however often it is asked.

The machines' signals ask at once, in the watcher. What was not heard there (a process killed in between, an error) is
found by `catch_up`, every minute.
"""

import logging
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from accounts import activity
from accounts.models import Workspace
from laseros.core.drivers import Outcome
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import commands, machine_jobs
from machines.models import MachineJob
from production import queue, runs, work_pictures
from production.machine_work import counting, matching, reported, used
from production.models import MachineWork, Operation, Run
from production.states import ACTIVE_RUN

log = logging.getLogger(__name__)

KNOWN = (Outcome.FINISHED, Outcome.CANCELLED, Outcome.FAILED)
AT_ONCE = 200  # so many are caught up with in one go
# So long a machine may call new work by the last one's name: what a file says is believed after that.
SETTLED = timedelta(seconds=30)


@retried
@transaction.atomic
def follow(job: MachineJob) -> MachineWork:
    """Bring a machine job's row up to what is known of it now."""
    work = _work_of(job)
    job = MachineJob._base_manager.select_related("machine__workspace").get(pk=job.pk)
    is_over = job.outcome in KNOWN
    if work.run_id is None and job.claim == MachineJob.Claim.OPEN and (is_over or not work.why):
        with translation.override(job.machine.workspace.language):  # whose words are kept: nobody asks here
            _find(work, job, is_settled=is_over or timezone.now() - job.started_at >= SETTLED)
    if is_over:
        used.book(work, job)
        _tell_run(work, job)
    return work


def _work_of(job: MachineJob) -> MachineWork:
    """Its row, kept to oneself until the transaction ends."""
    rows = MachineWork._base_manager
    if not rows.filter(pk=job.pk).exists():
        try:
            with transaction.atomic():
                rows.create(workspace_id=job.workspace_id, machine_job=job)
        except IntegrityError:
            pass  # somebody made it at this moment
    return rows.select_for_update(of=("self",)).select_related("run__operation").get(pk=job.pk)


def _find(work: MachineWork, job: MachineJob, *, is_settled: bool) -> None:
    match = reported.find(job) if job.reported else matching.find(job)
    if match.run is not None:
        _attach(work, job, match.run, match.how, None)
    elif not is_settled:
        return
    elif match.operation is not None:
        try:
            with transaction.atomic():
                _attach(work, job, _begun(match.operation, job, None), match.how, None)
        except Refused as refusal:
            _not_known(work, str(refusal))
    else:
        _not_known(work, match.why)


def _not_known(work: MachineWork, why: str) -> None:
    work.why = (why or _("Nothing in the queues is like it."))[:300]
    work.save(update_fields=["why"])


def _begun(operation: Operation, job: MachineJob, by) -> Run:
    """A run of this operation, because the machine is at it: whatever queue it stood in."""
    if operation.state == "in_progress":
        run = runs.active(operation=operation)
        if run is not None and run.machine_id == job.machine_id:
            return run
        raise Refused(runs.who(run) if run else _("It is not waiting any more."), code="running")
    if commands.can(job.machine, "start") and by is None:
        # Told work has the run's number; what it does besides nobody here has asked for.
        raise Refused(_("It was started at the machine."), code="machine")
    if operation.machine_id != job.machine_id:
        queue.move(operation, job.machine, by)
    run = runs.start(operation, job.machine, by, told=False)
    Run._base_manager.filter(pk=run.pk).update(started_at=job.started_at)
    return run


def _attach(work: MachineWork, job: MachineJob, run: Run, how: str, by) -> None:
    work.run, work.how, work.why = run, how, ""
    work.pieces = counting.likely_pieces(run, job)
    work.save(update_fields=["run", "how", "why", "pieces"])
    what = f"{run.operation.reference} {run.operation.what}"
    machine_jobs.claim(job, what, by, picture=work_pictures.address(run.operation))


def _tell_run(work: MachineWork, job: MachineJob) -> None:
    """The floor asks for what came out, as soon as the machine has nothing left to do for the run."""
    if work.run_id and job.outcome == Outcome.FINISHED and work.good is None and not job.reported:
        rows = Run._base_manager.filter(pk=work.run_id, state__in=ACTIVE_RUN, machine_done_at=None)
        rows.update(machine_done_at=job.ended_at)


# --- what people say --------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def belongs_to(job: MachineJob, operation: Operation, by) -> MachineWork:
    """A person says what it is of: it counts from its beginning, as if we had known.

    Refused with code "counted" where it is of a run whose plates were counted, and as `runs.start` refuses.
    """
    work = _work_of(job)
    job = MachineJob._base_manager.select_related("machine").get(pk=job.pk)
    if work.run_id and work.run.operation_id == operation.pk:
        return work
    if work.run_id:
        raise Refused(_("%(work)s belongs to %(run)s already.") % {"work": job, "run": work.run.operation}, code="done")
    operation = Operation.objects.select_related("machine").get(pk=operation.pk)
    _attach(work, job, _begun(operation, job, by), MachineWork.How.PERSON, by)
    follow(job)
    work.refresh_from_db()
    return work


@retried
@transaction.atomic
def not_for_a_job(job: MachineJob, by) -> None:
    """A test print, something private: nothing of it is counted for a job."""
    work = _work_of(job)
    if work.run_id:
        raise Refused(_("%(work)s belongs to %(run)s already.") % {"work": job, "run": work.run.operation}, code="done")
    machine_jobs.claim(job, "", by)
    activity.record("changed", job, by)


# --- what nobody heard ------------------------------------------------------------------------------------------------


def unheard():
    """Machine jobs whose beginning or end production has not followed yet."""
    ended = Q(outcome__in=KNOWN, made__run__isnull=False, made__booked_at=None)
    unnamed = Q(claim=MachineJob.Claim.OPEN, made__run=None, made__why="")
    return MachineJob.objects.filter(Q(made=None) | ended | unnamed).order_by("pk")


def catch_up() -> int:
    """Follow what no signal was heard of, in every workspace. Answers how many there were."""
    count = 0
    with scopes_disabled():
        workspaces = list(Workspace.objects.order_by("pk"))
    for workspace in workspaces:
        with scope(workspace=workspace):
            for job in list(unheard()[:AT_ONCE]):
                count += 1
                try:
                    follow(job)
                except Exception:  # one that cannot be followed keeps no other waiting
                    log.exception("machine job %s cannot be followed", job.pk)
    return count
