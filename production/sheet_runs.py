"""Verbs about runs of sheets: one sheet of a nest is cut, and pieces of several jobs come out of it at once.

What the sheet cost, less the remnant that is kept, is shared over the jobs by the area their pieces cover.
"""

from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger, lots
from inventory.models import Lot
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import at_machine, booking, exploding, jobs, queue
from production.models import Job, JobLine, Nest, NestPart, NestSheet, Operation, Run, RunPart
from production.quality import gate
from production.signals import job_changed, run_finished
from production.states import NEST, NEST_SHEET, OPERATION, RUN

Counts = dict[int, tuple[int, int]]  # {pk of the operation: (good, scrap)}


def lock(sheet: NestSheet) -> list[Job]:
    """Hold the sheet's nest and every job with pieces on it that is still to be made. Nest first, then jobs by age."""
    Nest._base_manager.filter(pk=sheet.nest_id).update(version=F("version") + 1)
    parts = NestPart._base_manager.filter(nest=sheet.nest_id, pk__in=sheet.counts(), operation__state="nested")
    pks = parts.values("operation__job_line__job")
    found = list(Job._base_manager.filter(pk__in=pks).order_by("pk"))
    for job in found:
        jobs.lock(job)
    return found


def plan(run: Run, sheet: NestSheet, by) -> None:
    """Write down at the start what the sheet makes of each operation. In the transaction of `runs.start`."""
    counts = sheet.counts()
    rows = NestPart.objects.filter(pk__in=counts, operation__state="nested").order_by("operation", "part_index", "id")
    made: dict[int, RunPart] = {}
    for row in rows:
        # A piece of a drawing with several parts is counted by its first.
        part = made.setdefault(
            row.operation_id,
            RunPart(
                workspace_id=run.workspace_id, run=run, operation_id=row.operation_id,
                quantity=counts[row.pk] if not row.part_index else 0,
            ),
        )  # fmt: skip
        part.area_mm2 += counts[row.pk] * row.area_mm2
    RunPart.objects.bulk_create(made.values())
    run.quantity = sum(counts.values())
    Run._base_manager.filter(pk=run.pk).update(quantity=run.quantity)


@retried
@transaction.atomic
def finish(run: Run, counts: Counts, *, keep: bool = False, place: str = "", note: str = "", by) -> Run:
    """Say what came out of a sheet; pieces nobody speaks of are good. Books the sheet, counts each operation.

    With `keep` the remnant as planned goes on the rack. Said twice in the same words it is said once; otherwise
    `Refused` with code "counts", "state" or "told-otherwise".
    """
    said = {part.operation_id: proposal(run, part) for part in run.parts.all()} | counts
    return _end(run, "finish", said, True, keep, place, note, by)


def proposal(run: Run, part: RunPart) -> tuple[int, int]:
    """(good, scrap) of one part where nobody says anything else: all good but what was decided not to be."""
    return gate.claims(run, part.operation_id).proposed(part.quantity, part.quantity, 0)


@retried
@transaction.atomic
def abort(
    run: Run, counts: Counts, *, spoilt: bool, keep: bool = False, place: str = "", note: str = "", by
) -> Run:  # fmt: skip
    """Give a sheet up. `spoilt`: it is used up and what came out counts; otherwise it goes back on the pile whole."""
    said = {part.operation_id: (0, 0) for part in run.parts.all()} | counts
    return _end(run, "abort", said, spoilt or any(sum(pair) for pair in said.values()), keep, place, note, by)


def _end(run: Run, move: str, counts: Counts, used_up: bool, keep: bool, place: str, note: str, by) -> Run:
    own_jobs = lock(run.operation.sheet)
    related = ("operation__sheet__nest__material", "operation__sheet__item", "operation__sheet__lot",
               "operation__reservation", "machine")  # fmt: skip
    fresh = Run.objects.select_related(*related).get(pk=run.pk)
    parts = list(fresh.parts.select_related("operation__job_line__job", "operation__reservation").order_by("operation"))
    if fresh.state == RUN.moves[move].target:
        return _again(fresh, parts, counts)
    _check(parts, counts)
    for part in parts:
        part.good, part.scrap = counts[part.operation_id]
        gate.check_end(
            fresh, part.operation, part.operation.job_line, planned=part.quantity, good=part.good, scrap=part.scrap
        )
    good, scrap = sum(part.good for part in parts), sum(part.scrap for part in parts)
    sheet = fresh.operation.sheet
    kept = lots.share_of(sheet.remnant["area_mm2"], sheet.item) if used_up and keep and sheet.remnant else Decimal(0)
    used = (sheet.lot.quantity if sheet.lot else Decimal(1)) - kept if used_up else Decimal(0)
    RUN.move(fresh, move, good=good, scrap=scrap, material_used=used, note=note[:300], finished_at=timezone.now())
    details = {"machine": fresh.machine, "good": good, "scrap": scrap}
    if note:
        details["note"] = note
    if used_up:
        unbooked = _book(fresh, sheet, parts, used, by)
        if unbooked:
            details["not in the books"] = f"{unbooked.normalize():f} {sheet.item.unit_of(unbooked)}"
        if kept:
            _keep(fresh, sheet, place, by)
    activity.record("finished" if move == "finish" else "aborted", fresh.operation, by, details=details)
    RunPart.objects.bulk_update(parts, ["good", "scrap", "material_used"])
    _count_sheet(fresh.operation, sheet, used_up, by)
    for part in parts:
        _count(part, sheet, by)
    _finish_nest(sheet.nest, by)
    queue.hold(fresh.machine)
    at_machine.quieten(fresh, by)
    transaction.on_commit(lambda: run_finished.send_robust(sender=Run, run=fresh))
    for job in own_jobs:
        jobs.tell(job_changed, job)
    return fresh


def _again(run: Run, parts: list[RunPart], counts: Counts) -> Run:
    if any((part.good, part.scrap) != counts.get(part.operation_id, (0, 0)) for part in parts):
        raise Refused(
            _("This run is over already, with %(good)s good and %(scrap)s scrap.")
            % {"good": run.good, "scrap": run.scrap},
            code="told-otherwise",
        )
    return run


def _check(parts: list[RunPart], counts: Counts) -> None:
    known = {part.operation_id: part.quantity for part in parts}
    for pk, (good, scrap) in counts.items():
        whole = all(isinstance(count, int) and not isinstance(count, bool) and count >= 0 for count in (good, scrap))
        if pk not in known or not whole or good + scrap > known[pk]:
            raise Refused(
                _("Good and scrap together can be at most what lies on the sheet: %(quantity)s.")
                % {"quantity": known.get(pk, 0)},
                code="counts",
            )


# --- material ---------------------------------------------------------------------------------------------------------


def split(total: Decimal, areas: list[float]) -> list[Decimal]:
    """`total` shared by area, to the thousandth, so that the shares add up to it."""
    whole = sum(areas)
    if not whole:
        return [Decimal(0)] * len(areas)
    steps = int(total / ledger.STEP)
    exact = [steps * area / whole for area in areas]
    shares = [int(value) for value in exact]
    by_rest = sorted(range(len(areas)), key=lambda index: shares[index] - exact[index])
    for index in by_rest[: steps - sum(shares)]:
        shares[index] += 1
    return [share * ledger.STEP for share in shares]


def _book(run: Run, sheet: NestSheet, parts: list[RunPart], used: Decimal, by) -> Decimal:
    """Take the sheet out of the books, a move for each job on it. Answers what the books could not give."""
    if run.operation.reservation is not None:
        # What is left of it is promised anew for the next sheet.
        ledger.release(run.operation.reservation, by, share=False)
    other = _area_of_all(sheet) - sum(part.area_mm2 for part in parts)
    shares = split(used, [*(part.area_mm2 for part in parts), max(other, 0.0)])
    unbooked = Decimal(0)
    for part, share in zip(parts, shares, strict=False):
        part.material_used = share
        if share:
            operation = part.operation
            unbooked += booking.take(
                sheet.item, share, operation.reservation, key=f"{run.key_of_use}:{operation.pk}",
                reason=f"{operation.job_line.job.number} {sheet.nest.number}", by=by, lot=sheet.lot,
                source=f"run:{run.pk}",
            )  # fmt: skip
    if shares[-1]:
        key, why = f"{run.key_of_use}:other", sheet.nest.number
        unbooked += booking.take(sheet.item, shares[-1], None, key=key, reason=why, by=by, lot=sheet.lot,
                                 source=f"run:{run.pk}")  # fmt: skip
    return unbooked


def _area_of_all(sheet: NestSheet) -> float:
    counts = sheet.counts()
    areas = dict(NestPart.objects.filter(pk__in=counts).order_by("pk").values_list("pk", "area_mm2"))
    return sum(areas[pk] * pieces for pk, pieces in counts.items())


def _keep(run: Run, sheet: NestSheet, place: str, by) -> Lot:
    """The planned remnant on the rack, its lower left corner at (0, 0)."""
    points = sheet.remnant["outline"]
    x, y = min(point[0] for point in points), min(point[1] for point in points)
    x0, y0, x1, y1 = sheet.remnant["rectangle"]
    return lots.keep(
        sheet.item, outline=[[px - x, py - y] for px, py in points], rectangle=[x0 - x, y0 - y, x1 - x, y1 - y],
        key=run.key_of_remnant, by=by, place=place, note=sheet.nest.number, parent=sheet.lot,
        source=f"run:{run.pk}",
    )  # fmt: skip


def extra_of(sheet: NestSheet) -> Decimal:
    """What one such sheet takes of its item beyond what is promised to the operations on it. Kept remnants go off."""
    if sheet.lot is not None:
        return Decimal(0)
    kept = lots.share_of(sheet.remnant["area_mm2"], sheet.item) if sheet.remnant else Decimal(0)
    counts = sheet.counts()
    rows = NestPart.objects.filter(pk__in=counts, operation__reservation__state="active", part_index=0)
    promised = sum(
        (
            row.operation.job_line.material_each * counts[row.pk]
            for row in rows.select_related("operation__job_line", "operation__reservation").order_by("pk")
            if row.operation.reservation.item_id == sheet.item_id
        ),
        Decimal(0),
    )
    return max((1 - kept - promised).quantize(ledger.STEP), Decimal(0))


def reserve(operation: Operation, by, *, again: str = "") -> None:
    """Promise a sheet in the queue what it takes beyond its operations; what is not there is waited for.

    `again` tells apart promises made anew because a run was taken back.
    """
    needed = operation.sheet.extra * operation.left
    if not needed:
        return
    sheet = operation.sheet
    key = f"operation:{operation.pk}:sheets:{sheet.cut}{again}"
    reservation = ledger.reserve(
        sheet.item, needed, key=key, label=f"{sheet.nest.number} {operation.what}", by=by, priority=operation.priority,
        despite=_("ordered by clients"), since=operation.created_at,
    )  # fmt: skip
    if reservation.waiting:
        ledger.share_out(sheet.item, by, why=sheet.nest.number)
        reservation.refresh_from_db()
    Operation._base_manager.filter(pk=operation.pk).update(reservation=reservation)
    operation.reservation = reservation


# --- counting ---------------------------------------------------------------------------------------------------------


def _count_sheet(operation: Operation, sheet: NestSheet, used_up: bool, by) -> None:
    """One less to cut, or back to the front of the queue as it was."""
    if used_up:
        NestSheet._base_manager.filter(pk=sheet.pk).update(cut=F("cut") + 1)
        Operation._base_manager.filter(pk=operation.pk).update(good=F("good") + 1, reservation=None)
        sheet.refresh_from_db(fields=["cut"])
        operation.refresh_from_db(fields=["good", "reservation"])
    if operation.left:
        OPERATION.move(operation, "queue_again", position=0)
        if used_up:
            reserve(operation, by)
        return
    OPERATION.move(operation, "complete", done_at=timezone.now())
    NEST_SHEET.move(sheet, "finish")


def _count(part: RunPart, sheet: NestSheet, by) -> None:
    operation, line = part.operation, part.operation.job_line
    Operation._base_manager.filter(pk=operation.pk).update(good=F("good") + part.good, scrap=F("scrap") + part.scrap)
    JobLine._base_manager.filter(pk=line.pk).update(
        made_good=F("made_good") + part.good, scrapped=F("scrapped") + part.scrap
    )
    operation.refresh_from_db()
    exploding.settle(line.job, by)
    if operation.state == "nested" and not waits_on_a_sheet(operation, sheet.nest):
        send_on(operation, by)


def waits_on_a_sheet(operation: Operation, nest: Nest) -> bool:
    mine = set(NestPart.objects.filter(nest=nest, operation=operation).order_by("pk").values_list("pk", flat=True))
    sheets = NestSheet.objects.filter(nest=nest, state="queued", cut__lt=F("repeats")).order_by("position")
    return any(mine & set(sheet.counts()) for sheet in sheets)


def send_on(operation: Operation, by) -> None:
    """An operation whose last sheet is cut: what is short goes to the front of the queue, the rest is done."""
    line = operation.job_line
    if operation.left:
        OPERATION.move(operation, "queue_again", position=0)
        if jobs.lacks_material(operation, line):
            jobs.reserve(operation, line, by)
        return
    OPERATION.move(operation, "complete", done_at=timezone.now())
    if operation.reservation is not None:
        ledger.release(operation.reservation, by)
    jobs.make_if_done(line.job, by)


def _finish_nest(nest: Nest, by) -> None:
    if nest.sheets.filter(state="queued").exists():
        return
    if NEST.try_move(nest, "finish", done_at=timezone.now(), version=F("version") + 1):
        activity.record("completed", nest, by)
