"""Sending work to machines: offered only to those that can do it, one claim for each, the next plate when one is clear.

The claim is the run: a machine has one at a time, and it lasts until somebody has counted what lies on the plate. The
file goes there by the worker, and only then is the machine told to print it; a start is never sent twice.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from inventory import ledger
from laseros.core.drivers import State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import board, commands, drivers
from machines.files import moving
from machines.files.finding import name_of
from machines.models import Machine, PrintFile
from machines.words import said
from production import jobs, queue, runs, taking
from production.machine_work import counting, used
from production.machine_work.matching import MADE_OF
from production.models import DesignFile, Job, LoadedSpool, Operation, Run, Slicing
from production.states import ACTIVE_RUN

READY = (State.IDLE, State.FINISHED)
MAKERS = {"bambu", "bambulab", "lab", "prusa", "original", "creality", "research", "voron", "the", "series"}


@dataclass(frozen=True)
class Offer:
    """A machine and what keeps it from this work, in words; nothing: it can be sent there now."""

    machine: Machine
    hindrances: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return not self.hindrances


def offers(operation: Operation) -> list[Offer]:
    """Every machine of the right kind that files can be sent to, those that can do it now first."""
    rows = Machine.objects.filter(kind=operation.machine.kind, archived_at=None).select_related("status")
    able = [machine for machine in rows if {"files", "print"} <= drivers.capabilities(machine.driver)]
    if not able:
        return []
    slicing, busy = _slicing(operation), _busy(able)
    found = [Offer(machine, tuple(_hindrances(operation, machine, slicing, busy))) for machine in able]
    return sorted(found, key=lambda offer: (not offer.is_open, offer.machine.pk != operation.machine_id))


def _busy(machines: list[Machine]) -> set[int]:
    rows = Run.objects.filter(machine__in=machines, state__in=ACTIVE_RUN).order_by()
    return set(rows.values_list("machine_id", flat=True))


def _slicing(operation: Operation) -> Slicing | None:
    line = operation.job_line
    file = line.design_file if line is not None else None
    return getattr(file, "slicing", None) if file is not None else None


def _hindrances(operation: Operation, machine: Machine, slicing: Slicing | None, busy: set[int]):
    if slicing is None or slicing.reason or not slicing.facts.get("sliced", True):
        yield _("There is no sliced file to send.")
        return
    card = board.of(machine)
    if machine.maintenance_since is not None:
        yield _("It is out for maintenance.")
    elif machine.pk in busy:
        yield _("What lies on it is not counted yet.")
    elif card.is_stale or card.state not in READY:
        yield _("It is %(state)s.") % {"state": _("not heard") if card.is_stale else card.label}
    yield from _wrong_machine(machine, slicing.facts)
    yield from _wrong_filament(operation, machine, slicing)


def _wrong_machine(machine: Machine, facts: dict):
    wanted = _model_words(str(facts.get("printer_model") or ""))
    has = _model_words(machine.model)
    if wanted and has and not wanted <= has:
        yield _("The file is for a %(model)s.") % {"model": facts["printer_model"]}
    nozzle = facts.get("nozzle")
    if nozzle and machine.nozzle_mm and abs(float(nozzle) - float(machine.nozzle_mm)) > 0.001:
        words = {"file": f"{nozzle:g}", "machine": f"{machine.nozzle_mm.normalize():f}"}
        yield _("The file is for a nozzle of %(file)s mm, it has %(machine)s mm.") % words


def _model_words(model: str) -> set[str]:
    """What tells one model from another: "Bambu Lab A1 mini" and "A1 mini" are the same."""
    return set(re.findall(r"[a-z0-9+]+", model.lower().replace("bambu lab", ""))) - MAKERS


def _wrong_filament(operation: Operation, machine: Machine, slicing: Slicing):
    loaded = [row.lot for row in LoadedSpool.objects.filter(machine=machine).select_related("lot__item")]
    item = operation.item
    if loaded and item is not None:
        mine = [lot for lot in loaded if lot.item_id == item.pk]
        if not mine:
            yield _("%(item)s is not loaded.") % {"item": item.name}
            return
        needed = used.quantity_of(item, Decimal(str(slicing.grams or 0)))
        most = max(lot.quantity for lot in mine)
        if needed > most:
            words = {"left": ledger.plain(most), "needed": ledger.plain(needed), "unit": item.unit_of(most)}
            yield _("Its spool has %(left)s %(unit)s left, the print takes %(needed)s.") % words
        return
    kinds = {str(kind).upper() for kind in slicing.facts.get("filament_type") or ()}
    there = {tray["material"].upper() for tray in board.of(machine).status.trays or [] if tray.get("material")}
    if kinds and there and not kinds <= there:
        yield _("%(material)s is not loaded.") % {"material": ", ".join(sorted(kinds - there))}


# --- sending ----------------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def send(operation: Operation, machine: Machine, by) -> Run:
    """Claim the machine for what is left of an operation and send it there. Pressed twice it is sent once.

    Raises `Refused` with code "unable" and what keeps the machine from it, or as `runs.start` does.
    """
    mine = runs.active(operation=operation)
    if mine is not None and mine.machine_id == machine.pk and mine.operator == by:
        return mine
    operation = Operation.objects.select_related("machine", "job_line__design_file__slicing").get(pk=operation.pk)
    offer = next((offer for offer in offers(operation) if offer.machine.pk == machine.pk), None)
    if offer is None:
        raise Refused(_("%(machine)s takes no files.") % {"machine": machine}, code="unable")
    if not offer.is_open:
        raise Refused(f"{machine}: {' '.join(offer.hindrances)}", code="unable")
    if operation.machine_id != machine.pk:
        queue.move(operation, machine, by)
    run = runs.start(operation, machine, by, told=False)
    _queue_plate(run, 1, by)
    return run


@retried
@transaction.atomic
def send_next(run: Run, by) -> None:
    """The next plate of a run, when the last one is counted. Refused ("plate") while it lies there or is printed."""
    jobs.lock(Job._base_manager.get(lines__operations__runs=run))
    fresh = Run.objects.select_related("operation__job_line__design_file__slicing", "machine").get(pk=run.pk)
    if not can_send_next(fresh):
        raise Refused(_("The plate is not clear, or nothing is left to be printed."), code="plate")
    _queue_plate(fresh, fresh.plates_sent + 1, by)


def can_send_next(run: Run) -> bool:
    """Sent before by us, everything on it counted, and pieces left."""
    if run.state not in ACTIVE_RUN or not run.plates_sent or not counting.left(run):
        return False
    works = list(run.machine_works.all())
    return len(works) >= run.plates_sent and all(work.good is not None for work in works)


def _queue_plate(run: Run, plate: int, by) -> None:
    Run._base_manager.filter(pk=run.pk).update(plates_sent=plate)
    run.plates_sent = plate
    work.queue(deliver, run.workspace, run.pk, plate, getattr(by, "pk", None), subject=run.operation, by=by)


def key_of_plate(run: Run, plate: int) -> str:
    """The command that prints it: once, whatever is tried twice."""
    return f"{run.job_key}:plate:{plate}"


@work.task(gettext_noop("send a print to a machine"))
def deliver(pk: int, plate: int, by_pk: int | None) -> None:
    """Bring the file there and have it printed. Harmless to run twice; what cannot be sent gives the claim back."""
    run = Run.objects.select_related("operation__job_line__design_file__slicing", "operation__job_line__job",
                                     "machine", "operator").filter(pk=pk).first()  # fmt: skip
    if run is None or run.state not in ACTIVE_RUN or run.plates_sent != plate:
        return
    by = run.operator if by_pk and run.operator_id == by_pk else None
    try:
        file = _there(run, by)
        commands.request(run.machine, "print", {"file": file.path}, key=key_of_plate(run, plate), by=by)
    except Refused as refusal:
        _give_back(run, plate, said(refusal.reason), by)


def _there(run: Run, by) -> PrintFile:
    """The file as it lies on the machine, brought there if it does not yet."""
    design = run.operation.job_line.design_file
    name = file_name(run.operation, design)
    rows = PrintFile.objects.filter(machine=run.machine, sha256=design.sha256)
    there = rows.filter(state="downloaded", name=name).exclude(path="").first()
    if there is not None:
        return there
    row = moving.send(_as_print_file(design), run.machine, by, name)
    moving.carry(row.pk)
    row.refresh_from_db()
    if row.state != "downloaded":
        raise Refused(row.reason or _("It could not be sent."), code="file")
    return row


def _as_print_file(design: DesignFile) -> PrintFile:
    """Its content as machines know files: stored once, under nobody's machine."""
    row = PrintFile.objects.filter(machine=None, sha256=design.sha256).exclude(content="").first()
    if row is None:
        with design.content.open("rb") as stored:
            stored.name = design.name
            row = moving.add(design.workspace, _Chunks(stored, design), None)
    return row


class _Chunks:
    """A stored drawing as an upload is read."""

    def __init__(self, stored, design: DesignFile):
        self.stored, self.name, self.size = stored, design.name, design.size

    def chunks(self):
        while piece := self.stored.read(moving.CHUNK):
            yield piece


def file_name(operation: Operation, design: DesignFile) -> str:
    """By which the machine's own word leads back: "JB-0007 bracket op12.gcode"."""
    stem = MADE_OF.sub("", design.name)
    ending = design.name[len(stem) :]
    return name_of(f"{operation.reference} {stem[:60]} op{operation.pk}{ending}")


@retried
@transaction.atomic
def _give_back(run: Run, plate: int, why: str, by) -> None:
    """It could not be sent: the first plate's run is given up, of a later one the plate can be sent again."""
    activity.record("gave up", run.operation, by, details={"machine": run.machine, "why": why})
    if run.machine_works.exists():
        Run._base_manager.filter(pk=run.pk, plates_sent=plate).update(plates_sent=plate - 1)
    else:
        runs.abort(run, note=f"{run.machine}: {why}"[:300], by=by)


# --- many machines ----------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def fan_out(operation: Operation, machines: list[Machine], by) -> list[Run]:
    """Divide what is left of an operation over machines, as evenly as pieces allow, and send each its share.

    All or nothing: a machine that cannot do it leaves everything as it was.
    """
    shares = _shares(operation.left, len(machines))
    parts = [operation, *(queue.split(operation, share, by) for share in shares[1:])]
    if len(parts) > 1:
        _promise_anew(parts, by)
    return [send(part, machine, by) for part, machine in zip(parts, machines, strict=False)]


def _promise_anew(parts: list[Operation], by) -> None:
    """Each part is promised its own material, and what was taken for the whole is taken for the parts."""
    taking.give_back(parts[0], by)
    job = parts[0].job_line.job
    for part in parts:
        jobs.reserve(part, part.job_line, by)
    if job.workspace.takes_at_once:
        taking.take(job, by)


def _shares(pieces: int, machines: int) -> list[int]:
    """Seven pieces on three machines: 3, 2, 2. Never more machines than pieces."""
    machines = max(1, min(machines, pieces))
    return [pieces // machines + (number < pieces % machines) for number in range(machines)]
