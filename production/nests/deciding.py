"""Verbs that end the planning of a nest: into the queue of its machine, out of it again, or discarded."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger, lots
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import jobs, queue, sheet_runs, taking
from production.models import Job, Nest, NestSheet, Operation, Priority, Run
from production.nests import layout as layouts
from production.nests import problem as problems
from production.nests import verified
from production.states import ACTIVE_RUN, NEST, NEST_SHEET, OPERATION


@retried
@transaction.atomic
def approve(nest: Nest, by) -> None:
    """Its sheets take their place in the machine's queue, and the pieces on them leave it.

    An operation of which only some pieces have a place is split: the rest stays in the queue by itself. Raises
    `Refused` with code "state", "price-only", "changed" or "faults".
    """
    if nest.enquiry_id is not None:
        raise Refused(_("This nest is for a price. Nest the work once it is ordered."), code="price-only")
    NEST.move(nest, "approve", approved_at=timezone.now(), version=F("version") + 1)
    sheets = list(nest.sheets.select_related("item", "lot", "nest").order_by("position"))
    parts = problems.Parts(nest)
    _check_layout(nest, parts, sheets)
    _take_operations(nest, parts, sheets, by)
    priority = max((row.priority for row in parts.rows.values()), default=Priority.NORMAL)
    for sheet in sheets:
        if sheet.lot is not None:
            lots.reserve(sheet.lot, nest.number, by)
        _queue(nest, sheet, priority, by)
    activity.record("approved", nest, by, details={"machine": nest.machine})


def _check_layout(nest: Nest, parts: problems.Parts, sheets: list[NestSheet]) -> None:
    """Parts may have been changed since the search: what lies there must still be asked for, and lie well."""
    if not sheets or verified.faults(problems.of(nest, parts), layouts.as_layout(sheets)):
        raise Refused(_("The layout does not fit the parts any more. Search again, then approve."), code="faults")


def _take_operations(nest: Nest, parts: problems.Parts, sheets: list[NestSheet], by) -> None:
    placed: dict[int, int] = {}
    for sheet in sheets:
        for pk, pieces in sheet.counts().items():
            placed[pk] = placed.get(pk, 0) + pieces * sheet.repeats
    wanted: dict[int, set[int]] = {}
    for pk, row in parts.rows.items():
        if row.operation_id is not None:
            wanted.setdefault(row.operation_id, set()).add(placed.get(pk, 0))
    for job in Job.objects.filter(lines__operations__in=wanted).distinct().order_by("pk"):
        jobs.lock(job)
    rows = Operation.objects.filter(pk__in=wanted).select_related("job_line__job", "job_line__item", "machine")
    for operation in rows.order_by("pk"):
        pieces = wanted[operation.pk]
        if len(pieces) > 1:
            raise Refused(
                _("%(what)s has several parts, and not all of them have a place.") % {"what": operation.job_line},
                code="faults",
            )
        if pieces != {0}:
            _take(operation, pieces.pop(), by)


def _take(operation: Operation, pieces: int, by) -> None:
    if operation.state != "queued" or operation.left < pieces:
        raise Refused(
            _("%(what)s has changed meanwhile: %(left)s to make, %(state)s. Nest it again.")
            % {"what": operation.job_line, "left": operation.left, "state": operation.get_state_display()},
            code="changed",
        )
    if operation.taken:
        # A sheet is booked as a whole when it is cut, whatever its pieces were meant to take.
        taking.give_back(operation, by)
        jobs.reserve(operation, operation.job_line, by)
    rest = operation.left - pieces
    if rest:
        _split(operation, rest, by)
    OPERATION.move(operation, "nest")


def _split(operation: Operation, rest: int, by) -> None:
    """The pieces without a place stay in the queue, where the whole operation stood."""
    Operation._base_manager.filter(pk=operation.pk).update(quantity=F("quantity") - rest)
    operation.refresh_from_db()
    other = Operation.objects.create(
        workspace_id=operation.workspace_id, job_line=operation.job_line, machine=operation.machine, quantity=rest,
        priority=operation.priority, seconds_each=operation.seconds_each, position=operation.position,
    )  # fmt: skip
    if operation.reservation is not None:
        jobs.reserve(operation, operation.job_line, by)
        jobs.reserve(other, operation.job_line, by)
    activity.record("queued", other, by, details={"machine": other.machine, "for": operation.job_line.job.number})


def _queue(nest: Nest, sheet: NestSheet, priority: int, by) -> None:
    NEST_SHEET.move(sheet, "queue", extra=sheet_runs.extra_of(sheet))
    operation = Operation.objects.create(
        workspace_id=nest.workspace_id, sheet=sheet, machine=nest.machine, quantity=sheet.repeats, priority=priority,
        seconds_each=sheet.seconds or 0, position=queue.place_for(nest.machine, priority),
    )  # fmt: skip
    sheet_runs.reserve(operation, by)


@retried
@transaction.atomic
def take_back(nest: Nest, by) -> None:
    """Out of the queue: its sheets leave it and the pieces stand there by themselves again.

    A nest of which something was cut is done with that; otherwise it can be changed and approved again. Refused
    ("running") while one of its sheets is on the machine.
    """
    Nest._base_manager.filter(pk=nest.pk).update(version=F("version") + 1)
    for job in Job.objects.filter(lines__operations__nest_parts__nest=nest).distinct().order_by("pk"):
        jobs.lock(job)
    if Run.objects.filter(operation__sheet__nest=nest, state__in=ACTIVE_RUN).exists():
        raise Refused(_("A sheet of it is on the machine. Finish or abort that run first."), code="running")
    began = nest.sheets.filter(cut__gt=0).exists()
    if began:
        NEST.move(nest, "finish", done_at=timezone.now())
    else:
        NEST.move(nest, "take_back", approved_at=None)
    for sheet in (
        nest.sheets.filter(state="queued").select_related("operation__reservation", "lot").order_by("position")
    ):
        _unqueue(sheet, by)
    for operation in Operation.objects.filter(nest_parts__nest=nest, state="nested").distinct().order_by("pk"):
        sheet_runs.send_on(operation, by)
    activity.record("withdrawn", nest, by)


def _unqueue(sheet: NestSheet, by) -> None:
    operation = sheet.operation
    queue.hold(operation.machine)
    if operation.reservation is not None:
        ledger.release(operation.reservation, by)
    if sheet.lot is not None:
        lots.release(sheet.lot, by)
    if operation.runs.exists():
        OPERATION.move(operation, "cancel", done_at=timezone.now())
    else:
        operation.delete()
    NEST_SHEET.move(sheet, "finish" if sheet.cut else "take_back")


@retried
@transaction.atomic
def discard(nest: Nest, by) -> None:
    """Throw the plan away; the work it was made for waits as before."""
    NEST.move(nest, "cancel", attempt=F("attempt") + 1, version=F("version") + 1)
    activity.record("cancelled", nest, by)
