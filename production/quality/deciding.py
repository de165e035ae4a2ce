"""What becomes of pieces that are not as they should be: made again, scrapped, or used as they are.

Pieces of a run that is not over are held to it: the run cannot end otherwise (`production.quality.gate`). Pieces that
were counted as good are taken off what is counted, and the work comes back into the queue.
"""

from decimal import ROUND_HALF_UP

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering, station
from inventory.ledger import STEP
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import bell
from machines.models import Machine
from production import jobs, milestones, undoing
from production.models import CheckResult, Job, JobLine, NonConformance, Operation, Run, RunPart
from production.signals import job_changed
from production.states import ACTIVE_RUN, CHECK_RESULT, NON_CONFORMANCE, OPERATION

WAYS = ("rework", "scrap", "accept", "same")
Reason = NonConformance.Reason


def open_for(
    line: JobLine, operation: Operation | None, run: Run | None, *, reason: str, pieces: int = 1,
    result: CheckResult | None = None, note: str = "", photo: bytes | None = None, by,
) -> NonConformance:  # fmt: skip
    """Write down that pieces are not good. Called under the job's lock."""
    if run is None and operation is not None:
        run = _last_run(operation)
    machine = run.machine if run is not None else operation.machine if operation is not None else None
    found = NonConformance(
        workspace_id=line.workspace_id, number=numbering.draw(line.workspace, "nonconformance"), job_id=line.job_id,
        job_line=line, operation=operation, run=run, result=result, machine=machine, product_id=line.product_id,
        item_id=line.item_id, pieces=pieces, reason=reason, note=" ".join(note.split())[:300], found_by=by,
        station=station.current(),
    )  # fmt: skip
    if photo is not None:
        found.photo.save(f"{line.workspace_id}/nc-{line.pk}.jpg", ContentFile(photo), save=False)
    found.save()
    activity.record("created", found, by, details={"for": line.job.number, "reason": found.get_reason_display()})
    jobs.tell(job_changed, line.job)
    return found


@retried
@transaction.atomic
def report(
    line: JobLine, operation: Operation | None, *, reason: str, pieces: int, note: str, photo: bytes | None = None, by
) -> NonConformance:
    """Somebody sees that pieces are not good, without a check. Raises `Refused` with code "pieces" or "note"."""
    from production.quality.checking import run_of

    job = Job._base_manager.get(pk=line.job_id)
    milestones.lock(job)
    if not note.strip():
        raise Refused(_("Say what is wrong."), code="note", field="note")
    if operation is not None:
        operation = Operation.objects.select_related("machine").get(pk=operation.pk)
    run = run_of(operation)
    fresh = JobLine.objects.select_related("job", "workspace").get(pk=line.pk)
    _check_pieces(fresh, operation, run, pieces)
    return open_for(fresh, operation, run, reason=reason, pieces=pieces, note=note, photo=photo, by=by)


@retried
@transaction.atomic
def decide(
    found: NonConformance, how: str, by, *, why: str = "", pieces: int | None = None, reason: str = ""
) -> NonConformance:
    """`how` is one of `WAYS`: made again, scrap, used as they are (wants a reason, and a right of its own at the
    doors), or the very pieces that another one is about, which are counted there.

    Decided twice in the same way it is decided once. Raises `Refused` with code "state", "why", "pieces", "invoiced".
    """
    job = Job._base_manager.get(pk=found.job_id)
    milestones.lock(job)
    related = ("job_line__job__workspace", "job_line__item", "operation__job_line__item", "run", "result")
    fresh = NonConformance.objects.select_related(*related).get(pk=found.pk)
    if fresh.state == NON_CONFORMANCE.moves[how].target:
        return fresh
    why, pieces = " ".join(why.split())[:300], pieces or fresh.pieces
    if how == "accept" and not why:
        raise Refused(_("Say why they can be used as they are."), code="why", field="why")
    run = fresh.run if fresh.run is not None and fresh.run.state in ACTIVE_RUN else None
    if how in ("rework", "scrap"):
        _check_pieces(fresh.job_line, fresh.operation, run, pieces, but=fresh)
    elif pieces > max(fresh.pieces, fresh.job_line.quantity):
        words = _("It can be 1 to %(most)s pieces.") % {"most": max(fresh.pieces, fresh.job_line.quantity)}
        raise Refused(words, code="pieces", field="pieces")
    if how == "same" and not _others(fresh).exists():
        raise Refused(_("There is no other one about this work."), code="pieces")
    fields = {"decided_by": by, "decided_at": timezone.now(), "why": why, "pieces": pieces,
              "reason": reason or fresh.reason, "uncounted": how in ("rework", "scrap") and run is None}  # fmt: skip
    NON_CONFORMANCE.move(fresh, how, **fields)
    if how == "accept" and fresh.result is not None:
        CHECK_RESULT.try_move(fresh.result, "accept")
    if fresh.uncounted:
        _take_off(fresh, pieces, how == "scrap", by)
    details = {"to": fresh.get_state_display(), "quantity": pieces, **({"why": why} if why else {})}
    activity.record("decided", fresh, by, details=details)
    jobs.tell(job_changed, job)
    return fresh


def check_withdrawn(found: NonConformance) -> None:
    """Refused ("pieces") for the one with which the pieces of others are counted: they would count nowhere."""
    work = {"job_line": found.job_line_id, "operation": found.operation_id, "run": found.run_id}
    if NonConformance.objects.filter(**work, state="same").exists() and not _others(found).exists():
        raise Refused(_("The pieces of another one are counted with it: decide about them."), code="pieces")


def _others(found: NonConformance):
    """Those the pieces of one may be counted with."""
    rows = NonConformance.objects.filter(job_line=found.job_line_id, operation=found.operation_id, run=found.run_id)
    return rows.filter(state__in=("open", "rework", "scrapped", "accepted")).exclude(pk=found.pk)


def _check_pieces(line: JobLine, operation, run: Run | None, pieces: int, but: NonConformance | None = None) -> None:
    """Pieces of a run that is not over, else of what is counted as good."""
    if run is not None:
        others = NonConformance.objects.filter(run=run, operation=operation, state__in=("open", "rework", "scrapped"))
        taken = others.exclude(pk=but.pk if but else None).aggregate(pieces=Sum("pieces"))["pieces"] or 0
        room = _planned(run, operation) - taken
    else:
        room = operation.good if operation is not None else line.made_good
    if not 0 < pieces <= room:
        words = _("There are no pieces of it yet.") if room <= 0 else _("It can be 1 to %(most)s pieces.")
        raise Refused(words % {"most": room}, code="pieces", field="pieces")


def _last_run(operation: Operation) -> Run | None:
    """The one that brought the last good pieces of an operation."""
    own = Run.objects.filter(operation=operation, good__gt=0)
    return (own if not operation.run_parts.exists() else Run.objects.filter(
        Q(operation=operation, good__gt=0) | Q(pk__in=operation.run_parts.filter(good__gt=0).values("run"))
    )).order_by("-id").first()  # fmt: skip


def _planned(run: Run, operation: Operation) -> int:
    if run.operation_id == operation.pk:
        return run.quantity
    return RunPart.objects.filter(run=run, operation=operation).values_list("quantity", flat=True).first() or 0


# --- pieces that were counted -----------------------------------------------------------------------------------------


def _take_off(found: NonConformance, pieces: int, scrapped: bool, by) -> None:
    """They are not good any more: off operation, line and run, and back into the queue to be made again."""
    scrap = pieces if scrapped else 0
    undoing.uncount_line(found.job_line, pieces, -scrap, by)
    if found.operation is None:
        return
    operation = found.operation
    Operation._base_manager.filter(pk=operation.pk).update(good=F("good") - pieces, scrap=F("scrap") + scrap)
    _take_off_run(found, pieces, scrap)
    operation.refresh_from_db()
    line = operation.job_line
    if not scrapped and operation.machine.kind != Machine.Kind.PRINTER:
        # The same pieces once more: their material was used before, and the run that makes them good uses none.
        again = (line.material_each * pieces).quantize(STEP, ROUND_HALF_UP)
        Operation._base_manager.filter(pk=operation.pk).update(taken=F("taken") + again)
        operation.taken += again
    if operation.state == "completed":
        OPERATION.move(operation, "take_up", done_at=None)
        OPERATION.move(operation, "queue_again", position=0)
    if operation.state == "queued" and jobs.lacks_material(operation, line):
        jobs.reserve(operation, line, by)
    bell.ring_queues([operation.machine_id])


def _take_off_run(found: NonConformance, pieces: int, scrap: int) -> None:
    """The run that made them brought so many less, as far as it is known and they are in it."""
    if found.run is None:
        return
    changed = {"good": F("good") - pieces, "scrap": F("scrap") + scrap}
    if Run._base_manager.filter(pk=found.run.pk, good__gte=pieces).update(**changed):
        RunPart._base_manager.filter(run=found.run, operation=found.operation, good__gte=pieces).update(**changed)
