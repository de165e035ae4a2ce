"""Taking back what was said at the end of a run of a sheet: pieces of every job, the sheet, its remnant."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger, lots
from inventory.models import Lot, Move
from laseros.core.drivers import State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import at_machine, jobs, sheet_runs, undoing
from production.models import Job, Nest, NestSheet, Operation, Run, RunPart
from production.signals import job_changed
from production.states import ACTIVE_RUN, NEST, NEST_SHEET, OPERATION


@retried
@transaction.atomic
def undo(run: Run, *, times: int, by) -> Run:
    """As `undoing.undo`, for a sheet. Refused also ("remnant") where what was kept of it is promised or gone."""
    own_jobs = _lock(run)
    related = ("operation__sheet__nest", "operation__sheet__item", "operation__sheet__lot", "operation__reservation",
               "operation__machine", "machine", "operator")  # fmt: skip
    fresh = Run.objects.select_related(*related).get(pk=run.pk)
    if fresh.undone == times + 1 and fresh.state in ACTIVE_RUN:
        return fresh
    undoing.check(fresh, times)
    parts = list(
        fresh.parts.select_related(
            "operation__job_line__job", "operation__job_line__item", "operation__reservation"
        ).order_by("operation")
    )
    _check_parts(fresh, parts)
    details = {"machine": fresh.machine, "good": fresh.good, "scrap": fresh.scrap}
    used_up = fresh.state == "finished" or fresh.material_used > 0
    if used_up:
        _give_back(fresh, by)
    _take_up_sheet(fresh.operation, used_up)
    for part in parts:
        _uncount(part, by)
    undoing.run_again(fresh)
    if used_up:
        _promise(fresh, parts, by)
    activity.record("undone", fresh.operation, by, details=details)
    at_machine.say(fresh, State.PAUSED if fresh.state == "paused" else State.RUNNING)
    for job in own_jobs:
        jobs.tell(job_changed, job)
    return fresh


def _lock(run: Run) -> list[Job]:
    """The nest first, then the jobs by age, as whoever starts or finishes a sheet."""
    Nest._base_manager.filter(sheets=run.operation.sheet_id).update(version=F("version") + 1)
    pks = run.parts.values("operation__job_line__job")
    found = list(Job._base_manager.filter(pk__in=pks).order_by("pk"))
    for job in found:
        jobs.lock(job)
    return found


def _check_parts(run: Run, parts: list[RunPart]) -> None:
    pks = [part.operation_id for part in parts]
    later = Run.objects.filter(pk__gt=run.pk)
    if later.filter(operation__in=pks).exists() or later.filter(parts__operation__in=pks).exists():
        raise Refused(_("What was left of it has been started since."), code="later")


def _give_back(run: Run, by) -> None:
    """The remnant goes back into what it was cut from, and what was booked is booked again the other way."""
    lot = Lot.objects.filter(key=run.key_of_remnant).select_related("item").first()
    if lot is not None:
        if lot.state != "free" or lot.quantity != lot.initial or lot.reserved:
            raise Refused(_("The remnant of it, %(lot)s, is not there any more.") % {"lot": lot.code}, code="remnant")
        for move in Move.objects.filter(key__startswith=f"lot:{lot.pk}:from:", quantity__lt=0).select_related("lot"):
            ledger.shift(
                lot.item, -move.quantity, key=f"{move.key}:back", by=by, lots=(lot, move.lot),
                places=(lot.location_id, move.location_id), reason=lot.code,
            )  # fmt: skip
        for move in Move.objects.filter(key=f"lot:{lot.pk}:in").select_related("item"):
            ledger.reverse(move, key=f"{move.key}:back", by=by, reason=lot.code)
    moves = Move.objects.filter(key__startswith=f"{run.key_of_use}:").exclude(key__contains="#")
    for move in moves.select_related("item").order_by("id"):
        ledger.reverse(move, key=f"{move.key}:undo", by=by, reason=move.reason)


def _take_up_sheet(operation: Operation, used_up: bool) -> None:
    OPERATION.move(operation, "take_up", done_at=None)
    sheet = operation.sheet
    if not used_up:
        return
    Operation._base_manager.filter(pk=operation.pk).update(good=F("good") - 1)
    NestSheet._base_manager.filter(pk=sheet.pk).update(cut=F("cut") - 1)
    operation.refresh_from_db(fields=["good"])
    sheet.refresh_from_db(fields=["cut", "state"])
    if sheet.state == "cut":
        NEST_SHEET.move(sheet, "uncut")
    NEST.try_move(sheet.nest, "take_up", done_at=None)


def _uncount(part: RunPart, by) -> None:
    operation = part.operation
    Operation._base_manager.filter(pk=operation.pk).update(good=F("good") - part.good, scrap=F("scrap") - part.scrap)
    operation.refresh_from_db(fields=["good", "scrap", "state"])
    if operation.state != "nested":
        OPERATION.move(operation, "nest_again", done_at=None)
    undoing.uncount_line(operation.job_line, part.good, part.scrap, by)
    part.good = part.scrap = part.material_used = 0
    part.save(update_fields=["good", "scrap", "material_used"])


def _promise(run: Run, parts: list[RunPart], by) -> None:
    """To the sheet and to every operation on it what they were promised before."""
    operation = run.operation
    if operation.reservation is not None:
        ledger.release(operation.reservation, by)
        operation.reservation = None
    sheet_runs.reserve(operation, by, again=f":again:{run.pk}:{run.undone}")
    for part in parts:
        jobs.reserve(part.operation, part.operation.job_line, by)
    lot = operation.sheet.lot
    if lot is not None:
        lot.refresh_from_db()
        if lot.state == "free":
            lots.reserve(lot, operation.sheet.nest.number, by)
