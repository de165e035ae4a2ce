"""What a machine used leaves the books: from the spool in the slot it came from, once, whoever the print was for.

Grams are the machine's own count, else the file's plan by the share that was done. Where neither says anything, what
the counted pieces take by plan is booked when the run ends, as without a machine (`production.runs`).
"""

from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum
from django.utils import timezone

from accounts import activity
from inventory import ledger
from inventory.lots.grams import grams_of
from inventory.models import Item, Lot, Move
from laseros.core.errors import Refused
from machines.models import MachineJob
from production import booking, taking
from production.machine_work import spools
from production.models import JobLine, MachineWork, Run


def key_of(job: MachineJob, slot: str) -> str:
    return f"machine-job:{job.pk}:{slot}:use"


def source_of(work: MachineWork, job: MachineJob) -> str:
    """What the ledger says it was booked for."""
    return f"run:{work.run_id}" if work.run_id else f"machine-job:{job.pk}"


def book(work: MachineWork, job: MachineJob) -> None:
    """Of a machine job whose outcome is known; in the transaction of `following.follow`. Said again, nothing is booked.

    What comes from a spool that is known is booked at once. The rest waits until it is known which job pays for it.
    """
    if work.booked_at is not None:
        return
    grams = grams_used(work, job)
    line = line_of(work)
    used = Decimal(0)
    missing = {}
    for slot, share in job.slots.items():
        lot = spools.lot_in(job.machine, slot)
        item = lot.item if lot is not None else (line.item if line is not None else None)
        quantity = quantity_of(item, Decimal(str(grams or 0)) * Decimal(str(share)))
        if not quantity:
            continue
        short = _take(work, job, slot, item, lot, quantity)
        if short:
            missing[str(item)] = f"{short.normalize():f} {item.unit_of(short)}"
        if line is not None and item == line.item:
            used += quantity
    if work.run_id is None:
        return
    MachineWork._base_manager.filter(pk=work.pk).update(material_used=used, booked_at=timezone.now())
    work.refresh_from_db(fields=["material_used", "booked_at"])
    _tell(work, job, grams, missing)


def _take(work, job, slot: str, item: Item, lot: Lot | None, quantity: Decimal) -> Decimal:
    key = key_of(job, slot)
    if Move._base_manager.filter(workspace_id=job.workspace_id, key=key).exists():
        return Decimal(0)  # before it was known whose it is
    operation = work.run.operation if work.run_id else None
    if operation is not None and item == operation.item:
        quantity -= taking.used_by_machine(operation, quantity)
        if not quantity:
            return Decimal(0)
    return booking.take(
        item, quantity, operation.reservation if operation is not None else None, key=key,
        reason=operation.reference if operation is not None else str(job)[:200], by=None, source=source_of(work, job),
        lot=lot,
    )  # fmt: skip


def _tell(work: MachineWork, job: MachineJob, grams: float | None, missing: dict[str, str]) -> None:
    details = {"machine": job.machine, "what": str(job), "why": job.get_outcome_display()}
    if grams is not None:
        details["used g"] = f"{grams:.1f}"
    if missing:
        details["not in the books"] = ", ".join(f"{amount} {item}" for item, amount in missing.items())
    verb = "printed" if job.machine.kind == job.machine.Kind.PRINTER else "cut"
    activity.record(verb, work.run.operation, None, details=details)


def grams_used(work: MachineWork, job: MachineJob) -> float | None:
    """None where neither machine nor file says anything."""
    if job.grams is not None:
        return job.grams
    slicing = slicing_of(work)
    return None if slicing is None or slicing.grams is None else slicing.grams * job.progress


def slicing_of(work: MachineWork):
    """What the slicer wrote into the file of the line, where the print is known to be of that file."""
    line = line_of(work)
    if line is None or line.design_file is None or work.how not in ("hash", "name", "code"):
        return None
    return getattr(line.design_file, "slicing", None)


def line_of(work: MachineWork) -> JobLine | None:
    """The line the work is of; None for a sheet, of which production books the whole."""
    if work.run_id is None or work.run.operation.job_line_id is None:
        return None
    related = ("item", "design_file__slicing")
    return JobLine._base_manager.select_related(*related).get(pk=work.run.operation.job_line_id)


def quantity_of(item: Item | None, grams: Decimal) -> Decimal:
    """Grams in the unit the item is kept in; nothing for what is not kept by weight."""
    if item is None or grams <= 0:
        return Decimal(0)
    try:
        return (grams / grams_of(item)).quantize(ledger.STEP, ROUND_HALF_UP)
    except Refused:
        return Decimal(0)


def by_machine(run: Run) -> Decimal | None:
    """What machines booked for a run of what its line is made of; None where none counted anything."""
    found = MachineWork._base_manager.filter(run=run, material_used__gt=0).aggregate(whole=Sum("material_used"))
    return found["whole"]


def will_book(run: Run) -> bool:
    """Whether a machine is still at work for a run, and will say what it used."""
    open_works = MachineWork._base_manager.filter(run=run, booked_at=None).select_related("machine_job")
    item = run.operation.item
    return any(quantity_of(item, Decimal(1)) and _will_count(work) for work in open_works)


def _will_count(work: MachineWork) -> bool:
    job = work.machine_job
    slicing = slicing_of(work)
    return job.grams is not None or bool(job.grams_planned) or (slicing is not None and slicing.grams is not None)
