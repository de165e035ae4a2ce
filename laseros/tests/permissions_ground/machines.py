"""Machines in every state, what they print, and what they have sent."""

from datetime import timedelta

from django.core.files.base import ContentFile
from django.utils import timezone

from laseros.core.drivers import Reading, State
from machines import commands, maintenance, telemetry
from machines.models import (
    Machine,
    MachineJob,
    MachineStatus,
    MaintenancePlan,
    Meter,
    PrintFile,
    StateChange,
)
from production import queue, runs
from production.models import (
    DesignFile,
    MachineWork,
    Operation,
    Run,
    Slicing,
)
from production.tests.ground import line, new_job


def a_machine(world, name: str) -> Machine:
    machine = Machine.objects.create(
        workspace=world.workspace, name=name, kind="laser", bed_width_mm=3000, bed_height_mm=1500
    )
    MachineStatus.objects.create(workspace=world.workspace, machine=machine, current="idle")
    return machine


def _connected(world, name: str, state: State) -> Machine:
    machine = Machine.objects.create(workspace=world.workspace, name=name, driver="simulator")
    telemetry.ingest(machine, Reading(state, job_key="x", job_name="x", progress=0.4))
    return machine


def lay_connected_machines(world) -> None:
    workspace = world.workspace
    world.spinning = _connected(world, "S1", State.RUNNING)
    world.halted = _connected(world, "S2", State.PAUSED)
    world.reporting = Machine.objects.create(
        workspace=workspace, name="S4", driver="cypcut", options={"folder": "laser"}
    )
    world.plan, world.old_plan, world.archived_plan = (
        maintenance.plan(
            MaintenancePlan(workspace=workspace, machine=world.spinning, name=f"Filter {number}", days=9), None
        )
        for number in range(3)
    )
    MaintenancePlan.objects.filter(pk=world.archived_plan.pk).update(archived_at=timezone.now())
    world.maintained_machine = a_machine(world, "X9")
    world.maintained = maintenance.done(world.maintained_machine, "Lens", None)
    maintenance.begin(world.maintained_machine, "lens", None)
    world.metered = world.reporting
    Meter.objects.create(workspace=workspace, machine=world.metered)
    world.state_change = StateChange.objects.filter(machine=world.spinning).first()
    world.machine_job = MachineJob.objects.create(
        workspace=workspace, machine=world.spinning, key="7", name="Bracket", started_at=timezone.now(),
        ended_at=timezone.now(), outcome="unclear",
    )  # fmt: skip
    printed = MachineJob.objects.create(
        workspace=workspace, machine=world.busy, key="8", name="Plate", started_at=timezone.now(),
        ended_at=timezone.now(), outcome="finished", claim="ours", work="X",
    )  # fmt: skip
    world.plate = MachineWork.objects.create(workspace=workspace, machine_job=printed, run=world.running, how="started")
    _print_files(world)
    told = _connected(world, "S3", State.RUNNING)
    world.command = commands.request(told, "pause", key="told", by=None)
    world.spare_machine, world.archived_machine = a_machine(world, "X0"), a_machine(world, "X1")
    Machine.objects.filter(pk=world.archived_machine.pk).update(archived_at=timezone.now())


def _print_files(world) -> None:
    """On a printer, here, on both, and on the way."""
    printer, other = (
        Machine.objects.create(workspace=world.workspace, name=name, kind="printer", driver="octoprint")
        for name in ("P9", "P10")
    )
    for machine in (printer, other):
        MachineStatus.objects.create(
            workspace=world.workspace, machine=machine, current="idle", seen_at=timezone.now() + timedelta(days=1)
        )
    world.printer = printer
    design = DesignFile.objects.create(
        workspace=world.workspace, name="vase.gcode", kind="gcode", size=2, sha256="ab" * 32,
        content=ContentFile(b"G1", name="x"),
    )  # fmt: skip
    Slicing.objects.create(workspace=world.workspace, design_file=design, facts={"sliced": True})
    lines = [line(world.shop, quantity=2, item=None, design_file=design) for _operation in range(2)]
    first, second = Operation.objects.filter(job_line__job=new_job(world.shop, "prints", lines=lines)).order_by("pk")
    queue.move(first, printer, None)
    queue.move(second, other, None)
    world.printable, world.plated = first, runs.start(second, other, None, told=False)
    Run.objects.filter(pk=world.plated.pk).update(plates_sent=1)
    done = MachineJob.objects.create(
        workspace=world.workspace, machine=other, key="9", name="Vase", started_at=timezone.now(),
        ended_at=timezone.now(), outcome="finished", claim="ours", work="X",
    )  # fmt: skip
    MachineWork.objects.create(workspace=world.workspace, machine_job=done, run=world.plated, good=1, scrap=0)
    content = ContentFile(b"G1", name="x")
    for name, state in (("print", "downloaded"), ("far", "available"), ("moving", "fetching"), ("own", "local")):
        row = PrintFile(workspace=world.workspace, name=f"{name}.gcode", state=state, sha256=f"{name:0<64}"[:64])
        if state != "local":
            row.machine, row.path = printer, f"{name}.gcode"
        if state in ("downloaded", "local"):
            row.content = row.picture = content
        row.save()
        setattr(world, f"{name}_file", row)
