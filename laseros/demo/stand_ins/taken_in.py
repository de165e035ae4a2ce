"""The stand-ins in the books of the demo's businesses: taken in at their first start, found again at the next.

Whoever renames one keeps it; whoever archives one, or gives it another connection, is not contradicted.
"""

from decimal import Decimal

from django.utils import timezone
from django_scopes import scope, scopes_disabled

from accounts.models import Membership, Workspace
from laseros.core.errors import Refused
from laseros.demo.stand_ins.chosen import CUTTING, MARK, PRINTING
from machines import drivers, fleet, importing, meter_setup, sealing, telemetry
from machines.forms import settings_of
from machines.models import Machine, Meter

AWAY = "stand_in_away"
# name, model, bed in mm
MACHINES = {
    "bambu": ("P1S Fenster", "Bambu Lab P1S", 256), "prusalink": ("MINI+", "Prusa MINI+", 180),
    "moonraker": ("Voron", "Voron 2.4 (Klipper)", 300), "octoprint": ("Ender 3", "Creality Ender 3 (OctoPrint)", 220),
}  # fmt: skip
LASER = ("Fiber laser 2", "1.5 kW, CypCut, reports from its folder")
COLUMNS = {
    "name": "Task Name", "file": "File Name", "material": "Material", "thickness": "Thickness(mm)",
    "started": "Start Time", "ended": "End Time", "seconds": "Time Taken(s)", "pierces": "Pierce Count",
    "length": "Cut Length(m)", "gas": "Gas", "status": "Status",
}  # fmt: skip
COUNTED_FOR = timezone.timedelta(hours=3)  # a sheet or two that nobody knows


def take_in(options: dict[str, dict]) -> int:
    """Where each of them is now ({name: settings}); answers how many are watched."""
    return _printers(options) + _laser(options["cypcut"], options["energy"])


def _printers(options: dict[str, dict]) -> int:
    workspace = Workspace.objects.get(slug=PRINTING)
    with scope(workspace=workspace):
        return sum(_printer(workspace, name, options[name]) for name in MACHINES)


def _printer(workspace: Workspace, driver: str, options: dict) -> bool:
    secret = {setting.name for setting in settings_of(driver) if setting.secret}
    plain = {name: value for name, value in options.items() if name not in secret} | {MARK: driver}
    name, model, bed = MACHINES[driver]
    machine = _known(driver)
    if machine is not None:
        return _moved(machine, plain)
    if Machine.objects.filter(name=name).exists():
        return False
    sealed = sealing.sealed({name: value for name, value in options.items() if name in secret})
    fleet.register(
        Machine(workspace=workspace, name=name, kind="printer", model=model, driver=driver, options=plain,
                sealed=sealed, bed_width_mm=bed, bed_height_mm=bed, hourly_rate=Decimal("2.40"), position=10),
        _manager(workspace),
    )  # fmt: skip
    return True


def _laser(options: dict, meter: dict) -> bool:
    workspace = Workspace.objects.get(slug=CUTTING)
    with scope(workspace=workspace):
        machine = _known("cypcut")
        meter, password = {**meter}, meter["password"]
        del meter["password"]
        if machine is not None:
            Meter._base_manager.filter(machine=machine, options__topic=meter["topic"]).update(options=meter)
            return _moved(machine, {**machine.options, **options})
        if Machine.objects.filter(name=LASER[0]).exists():
            return False
        by = _manager(workspace)
        machine = Machine(workspace=workspace, name=LASER[0], kind="laser", model=LASER[1], driver="cypcut",
                          options={**options, MARK: "cypcut"}, bed_width_mm=3000, bed_height_mm=1500, power_w=1500,
                          hourly_rate=Decimal(780), position=10)  # fmt: skip
        fleet.register(machine, by)
        importing.switch_on(machine, COLUMNS, {}, timezone.now() - COUNTED_FOR, by)
        meter_setup.install(machine, meter, password, idle_w=200, cutting_w=1000, unproved=True, by=by)
        return True


def put_away() -> None:
    """Off the board while nobody plays them."""
    with scopes_disabled():
        rows = list(Machine._base_manager.filter(options__has_key=MARK, archived_at=None).select_related("workspace"))
    for machine in rows:
        with scope(workspace=machine.workspace):
            telemetry.offline(machine, "")
            try:
                fleet.archive(machine, None)
            except Refused:
                continue  # an operator's run is on it
            Machine.objects.filter(pk=machine.pk).update(options={**machine.options, AWAY: True})


def _known(driver: str) -> Machine | None:
    return Machine.objects.filter(driver=driver, options__stand_in=driver).first()


def _moved(machine: Machine, options: dict) -> bool:
    """It is somewhere else today, under another certificate."""
    if machine.archived_at is not None and not machine.options.get(AWAY):
        return False
    options.pop(AWAY, None)
    Machine.objects.filter(pk=machine.pk).update(options=options, archived_at=None)
    machine.options = options
    if drivers.tells_state(machine.driver):  # of the laser the operator does, whose run goes on
        fleet.reconnected(machine)
    return True


def _manager(workspace: Workspace):
    return Membership.objects.filter(workspace=workspace, role="manager").select_related("user").first().user
