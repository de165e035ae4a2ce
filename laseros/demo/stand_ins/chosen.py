"""What the stand-ins work at: plates and sheets of the demonstration's own open work, known for whose they are.

One of them prints private things on purpose, and so does each that finds nothing: *Whose is this?* has something to
ask.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django_scopes import scope

from accounts.models import Membership, Workspace
from laseros.core.errors import Refused
from machines.models import Machine
from production import queue, runs
from production.machine_work import counting
from production.models import Operation, Run
from production.states import ACTIVE_RUN

PRINTING, CUTTING = "fadenwerk", "umlazi-laser"
MARK = "stand_in"
UNKNOWN = "octoprint"
KEPT = 4  # so much is left in the queue for visitors
ACCENTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


@dataclass(frozen=True)
class Plate:
    """One print: `seconds` long, of `grams` of filament."""

    file: str
    seconds: float
    grams: float
    material: str = "PLA"


# What nobody asked for.
PRIVATE = (Plate("Fuss_TPU_x8.gcode", 6_300, 29, "TPU"), Plate("Vase_Geburtstag.gcode", 7_900, 64))


class Chosen:
    """Asked from several machines at once: what one of them was given, no other gets."""

    def __init__(self):
        self.given: dict[str, int] = {}

    def plate(self, driver: str, turn: int, room: float, *, is_new: bool) -> Plate | None:
        """What the printer of this driver has on its plate in this turn of at most `room` seconds; None to wait.

        Where a new turn begins, the operator has counted what lay there, unless a visitor did.
        """
        workspace = Workspace.objects.get(slug=PRINTING)
        with scope(workspace=workspace):
            machine = Machine.objects.filter(driver=driver, options__stand_in=driver).first()
            if machine is None or driver == UNKNOWN:
                return PRIVATE[turn % len(PRIVATE)]
            run = Run.objects.filter(machine=machine, state__in=ACTIVE_RUN).select_related("operation").first()
            if run is not None and is_new and self._is_mine(run):
                _count(run, _operator(workspace))
                run = Run.objects.filter(pk=run.pk, state__in=ACTIVE_RUN).select_related("operation").first()
            if run is not None:
                return _plate_of(run.operation, counting.left(run), room) if self._is_mine(run) else None
            operation = self._next(driver, room)
            if operation is None:
                return PRIVATE[turn % len(PRIVATE)]
            self.given[driver] = operation.pk
            return _plate_of(operation, operation.left, room)

    @staticmethod
    def _is_mine(run: Run) -> bool:
        """Nobody at a keyboard began it."""
        return run.operator_id is None

    def _next(self, driver: str, room: float) -> Operation | None:
        """Long work first, from the ends of the queues: what stands at their heads is for visitors."""
        rows = Operation.objects.filter(state="queued", machine__kind="printer", seconds_each__range=(1, room))
        rows = rows.exclude(reservation=None).exclude(pk__in=[pk for name, pk in self.given.items() if name != driver])
        rows = rows.exclude(job_line__job__state="on_hold").select_related("job_line__job", "job_line__item__material")
        found = list(rows.order_by("-position", "-pk"))
        return max(found, key=lambda row: row.left * row.seconds_each) if len(found) > KEPT else None


def _plate_of(operation: Operation, left: int, room: float) -> Plate | None:
    """As many pieces as a turn has room for; none where everything lies there, to be counted."""
    if left < 1:
        return None
    pieces = max(1, min(left, int(room // operation.seconds_each)))
    line = operation.job_line
    name = "".join(sign if sign.isalnum() else "_" for sign in operation.what.translate(ACCENTS)).strip("_")
    material = line.item.material.code if line.item and line.item.material else "PLA"
    file = f"{name}_x{pieces}_op{operation.pk}.gcode"
    return Plate(file, pieces * operation.seconds_each, float(pieces * line.material_each), material)


def _count(run: Run, by) -> None:
    """The operator takes the plates down: good is what came out."""
    for work in counting.open_plates(run):
        good = work.likely if work.came_out else 0
        try:
            counting.count(work, good=good, scrap=work.likely - good, by=by)
        except Refused:
            return  # something of it is still to be checked: a person's


class Sheets:
    """The operator of the second laser: a run is on it while a sheet is cut, all good at its end."""

    def attend(self, sheets: list[tuple[datetime, datetime]], now: datetime) -> None:
        """Begin a run for the sheet that is being cut, and end it after that; what somebody else has begun is theirs.

        `sheets` are (begin, end).
        """
        workspace, machine = _laser()
        if machine is None:
            return
        with scope(workspace=workspace):
            run = Run.objects.filter(machine=machine, state__in=ACTIVE_RUN).select_related("operation").first()
            by = _operator(workspace)
            try:
                if run is not None and run.operator == by and _is_over(run, sheets, now):
                    runs.finish(run, good=run.quantity, scrap=0, by=by)
                    run = None
                if run is None and any(began <= now < ended for began, ended in sheets):
                    self._begin(machine, by)
            except Refused:
                return

    @staticmethod
    def _begin(machine: Machine, by) -> None:
        rows = Operation.objects.filter(state="queued", machine__kind="laser", sheet=None).exclude(reservation=None)
        found = list(
            rows.exclude(job_line__job__state="on_hold").select_related("machine").order_by("-position", "-pk")
        )
        if len(found) > KEPT:
            queue.move(found[0], machine, by)
            runs.start(Operation.objects.get(pk=found[0].pk), machine, by)

    def name(self, began: datetime, ended: datetime) -> str:
        """What the sheet is called at the laser: the work that was on it then; empty where there was none."""
        workspace, machine = _laser()
        if machine is None:
            return ""
        with scope(workspace=workspace):
            rows = Run.objects.filter(machine=machine, started_at__range=(began - timedelta(minutes=1), ended))
            run = rows.select_related("operation__job_line").order_by("started_at").first()
            return f"{run.operation.what} op{run.operation_id}" if run is not None else ""


def _is_over(run: Run, sheets: list[tuple[datetime, datetime]], now: datetime) -> bool:
    return any(began <= run.started_at < ended <= now for began, ended in sheets)


def _laser() -> tuple[Workspace, Machine | None]:
    workspace = Workspace.objects.get(slug=CUTTING)
    with scope(workspace=workspace):
        rows = Machine.objects.filter(driver="cypcut", options__stand_in="cypcut", archived_at=None)
        return workspace, rows.first()


def _operator(workspace: Workspace):
    return Membership.objects.filter(workspace=workspace, role="operator").select_related("user").first().user
