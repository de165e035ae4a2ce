"""Verbs about runs: an operator starts work on a machine and says what became of it.

A machine that can be told is told; what the machine does is never taken for what the operator confirms. A machine
without a connection does what the operator says, and the board shows that.
"""

from decimal import ROUND_HALF_UP, Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, station
from inventory import ledger
from laseros.core.drivers import State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines.models import Machine
from production import at_machine, booking, exploding, following, jobs, milestones, sheet_runs, taking
from production.machine_work import used as machine_uses
from production.models import Event, Job, JobLine, Operation, Run
from production.quality import gate
from production.signals import job_changed, run_finished, run_started
from production.states import ACTIVE_RUN, JOB, OPERATION, RUN


@retried
@transaction.atomic
def start(operation: Operation, machine: Machine, by, *, told: bool = True) -> Run:
    """Begin what is left of an operation; of a sheet of a nest: cut one. Pressed twice by one person it is one run.

    `told` is False for a machine that is at it already, or that is told by whoever calls: then nobody tells it here.

    Of a step that follows another one, as many pieces as have come of that. Raises `Refused` with code "running",
    "machine-busy", "moved", "machine", "before" or "state", naming who runs what.
    """
    own_jobs = _lock(operation)
    fresh = Operation.objects.select_related("job_line__job", "sheet__nest").get(pk=operation.pk)
    mine = active(operation=fresh)
    if mine is not None:
        if mine.machine_id == machine.pk and mine.operator == by:
            return mine
        raise Refused(who(mine), code="running")
    _check_machine(fresh, machine)
    turn = following.turn_of(fresh)
    if turn is not None and turn.waits:
        raise Refused(_("“%(what)s” waits for %(before)s.") % {"what": fresh.what, "before": turn.words}, code="before")
    for job in own_jobs:
        _start_job(job, by)
    OPERATION.move(fresh, "start")
    run = _create(fresh, machine, by, min(fresh.left, turn.room) if turn is not None else fresh.left)
    if fresh.sheet_id:
        sheet_runs.plan(run, fresh.sheet, by)
    details = {"machine": machine, "for": ", ".join(job.number for job in own_jobs)}
    if told and not at_machine.tell(run, "start", run.job_key, by):
        details["why"] = _("the machine could not be reached and was not told")
    activity.record("started", fresh, by, details=details)
    at_machine.say(run, State.RUNNING)
    transaction.on_commit(lambda: run_started.send_robust(sender=Run, run=run))
    for job in own_jobs:
        jobs.tell(job_changed, job)
    return run


def _lock(operation: Operation) -> list[Job]:
    """Hold the job of an operation, or the nest and all jobs of a sheet, in one order whoever asks."""
    if operation.sheet_id:
        return sheet_runs.lock(operation.sheet)
    job = Job._base_manager.get(lines__operations=operation)
    jobs.lock(job)
    return [job]


def _start_job(job: Job, by) -> None:
    is_first = job.started_at is None
    if not JOB.try_move(job, "start", started_at=job.started_at or timezone.now()):
        job.refresh_from_db()
        raise Refused(
            _("%(job)s is %(state)s. Ask the office.") % {"job": job.number, "state": job.get_state_display()},
            code="state",
        )
    if is_first:
        milestones.happened(job, Event.STARTED, by)


def _check_machine(operation: Operation, machine: Machine) -> None:
    if operation.machine_id != machine.pk:
        raise Refused(_("This work has moved to %(machine)s.") % {"machine": operation.machine}, code="moved")
    if machine.archived_at is not None:
        raise Refused(_("%(machine)s is not in use any more.") % {"machine": machine}, code="machine")
    if machine.maintenance_since is not None:
        raise Refused(_("%(machine)s is out for maintenance.") % {"machine": machine}, code="maintenance")
    busy = active(machine=machine)
    if busy is not None:
        raise Refused(who(busy), code="machine-busy")


def _create(operation: Operation, machine: Machine, by, pieces: int) -> Run:
    try:
        with transaction.atomic():
            return Run.objects.create(
                workspace_id=operation.workspace_id,
                operation=operation,
                machine=machine,
                operator=by if getattr(by, "pk", None) else None,
                station=station.current(),
                quantity=1 if operation.sheet_id else pieces,
                started_at=timezone.now(),
                estimated_seconds=operation.seconds_each * (1 if operation.sheet_id else pieces),
            )
    except IntegrityError:
        busy = active(machine=machine) or active(operation=operation)
        if busy is None:
            raise
        raise Refused(who(busy), code="machine-busy") from None


def active(**where) -> Run | None:
    rows = Run.objects.filter(state__in=ACTIVE_RUN, **where)
    return rows.select_related("operator", "machine", "operation__job_line__job", "operation__sheet__nest").first()


def who(run: Run) -> str:
    return _("%(who)s is already running %(what)s (%(job)s) on %(machine)s.") % {
        "who": run.operator.get_short_name() if run.operator else _("Somebody"),
        "what": run.operation.what,
        "job": run.operation.reference,
        "machine": run.machine,
    }


@retried
@transaction.atomic
def pause(run: Run, by) -> Run:
    now = timezone.now()
    RUN.move(run, "pause", paused_at=now)
    at_machine.tell(run, "pause", f"{run.job_key}:pause:{now.timestamp():.0f}", by)
    at_machine.say(run, State.PAUSED)
    activity.record("paused", run.operation, by, details={"machine": run.machine})
    return run


@retried
@transaction.atomic
def resume(run: Run, by) -> Run:
    now = timezone.now()
    fresh = Run.objects.get(pk=run.pk)
    rest = (now - fresh.paused_at).total_seconds() if fresh.paused_at else 0
    RUN.move(run, "resume", paused_at=None, paused_seconds=fresh.paused_seconds + max(0, round(rest)))
    at_machine.tell(run, "resume", f"{run.job_key}:resume:{now.timestamp():.0f}", by)
    at_machine.say(run, State.RUNNING)
    activity.record("resumed", run.operation, by, details={"machine": run.machine})
    return run


@retried
@transaction.atomic
def finish(run: Run, *, good: int, scrap: int, material_used=None, note: str = "", by) -> Run:
    """Say what came out. Books the material, counts the pieces; what is short goes back to the front of the queue.

    `material_used` is in the item's unit; None is what good and scrap together take. Said twice in the same words it
    is said once; otherwise `Refused` with code "counts", "quantity", "state" or "told-otherwise", and "checks" or
    "undecided" where something is still to be checked or decided (`production.quality.gate`).
    """
    return _end(run, "finish", good, scrap, material_used, note, by)


@retried
@transaction.atomic
def abort(run: Run, *, good: int = 0, scrap: int = 0, material_used=None, note: str = "", by) -> Run:
    """Give a run up. What came out and what was used counts all the same; the rest goes back to the queue."""
    return _end(run, "abort", good, scrap, material_used, note, by)


def _end(run: Run, move: str, good, scrap, material_used, note: str, by) -> Run:
    if run.operation.sheet_id:
        raise ValueError("of a sheet it is said part by part: production.sheet_runs")
    jobs.lock(Job._base_manager.get(lines__operations__runs=run))
    related = ("operation__job_line__item", "operation__job_line__job", "operation__reservation", "machine")
    fresh = Run.objects.select_related(*related).get(pk=run.pk)
    if fresh.state == RUN.moves[move].target:
        return _again(fresh, good, scrap)
    _check_counts(fresh, good, scrap)
    line = fresh.operation.job_line
    gate.check_end(fresh, fresh.operation, line, planned=fresh.quantity, good=good, scrap=scrap)
    counted = machine_uses.by_machine(fresh)
    used = _used(fresh, line, good + scrap, material_used, counted)
    fields = {"good": good, "scrap": scrap, "material_used": used, "note": note[:300], "finished_at": timezone.now()}
    RUN.move(fresh, move, **fields)
    details = {"machine": fresh.machine, "good": good, "scrap": scrap}
    if note:
        details["note"] = note
    unbooked = Decimal(0)
    rest = used - (counted or 0)
    rest -= taking.use(fresh, rest)
    if rest and line.item:
        key, why = fresh.key_of_use, line.job.number
        unbooked = booking.take(line.item, rest, fresh.operation.reservation, key=key, reason=why, by=by,
                                source=f"run:{fresh.pk}")  # fmt: skip
    if unbooked:
        details["not in the books"] = f"{unbooked.normalize():f} {line.item.unit_of(unbooked)}"
    verb = "finished" if move == "finish" else "aborted"
    activity.record(verb, fresh.operation, by, details=details)
    _count(fresh, line, by)
    at_machine.quieten(fresh, by)
    transaction.on_commit(lambda: run_finished.send_robust(sender=Run, run=fresh))
    jobs.tell(job_changed, line.job)
    return fresh


def _again(run: Run, good, scrap) -> Run:
    if (run.good, run.scrap) != (good, scrap):
        raise Refused(
            _("This run is over already, with %(good)s good and %(scrap)s scrap.")
            % {"good": run.good, "scrap": run.scrap},
            code="told-otherwise",
        )
    return run


def _check_counts(run: Run, good, scrap) -> None:
    whole = all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in (good, scrap))
    if not whole or good + scrap > run.quantity:
        raise Refused(
            _("Good and scrap together can be at most %(quantity)s, the pieces of this run.")
            % {"quantity": run.quantity},
            code="counts",
        )


def _used(run: Run, line: JobLine, pieces: int, said, counted: Decimal | None) -> Decimal:
    """What was used: what the operator says, what the machine has `counted`, or what the pieces take; at least a
    thousandth of something. What a machine is still to count is booked when it does."""
    if said is not None:
        used = ledger.quantity_of(said)
        if used < 0:
            raise Refused(_("The material used cannot be less than nothing."), code="quantity")
        if counted is not None and used < counted:
            words = _("The machine has counted %(counted)s already. Put the spool on the scales to correct that.")
            raise Refused(words % {"counted": f"{counted.normalize():f}"}, code="quantity")
        return used
    if counted is not None or machine_uses.will_book(run):
        return counted or Decimal(0)
    takes = line.material_each * pieces
    return max(takes.quantize(ledger.STEP, ROUND_HALF_UP), ledger.STEP) if takes else Decimal(0)


def _count(run: Run, line: JobLine, by) -> None:
    """Count the pieces on operation and line, and send the operation on: back to the queue, or done."""
    operation = run.operation
    Operation._base_manager.filter(pk=operation.pk).update(good=F("good") + run.good, scrap=F("scrap") + run.scrap)
    JobLine._base_manager.filter(pk=line.pk).update(
        made_good=F("made_good") + run.good, scrapped=F("scrapped") + run.scrap
    )
    operation.refresh_from_db()
    exploding.settle(line.job, by)
    if operation.left:
        OPERATION.move(operation, "queue_again", position=0)
        if jobs.lacks_material(operation, line):
            jobs.reserve(operation, line, by)
        return
    OPERATION.move(operation, "complete", done_at=timezone.now())
    if operation.reservation is not None:
        ledger.release(operation.reservation, by)
    taking.give_back(operation, by, key=taking.rest_key(run))
    jobs.make_if_done(line.job, by)
