"""Work is offered only to machines that can do it, sent with one claim, plate after plate, divided over several."""

import hashlib
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile

from accounts.models import Activity
from inventory import lots, stock
from inventory.models import Item
from laseros.core.drivers import Outcome, Reading, State, Tray
from laseros.core.errors import Refused
from machines import telemetry
from machines.models import Command, Machine, MachineJob, PrintFile
from machines.tests.test_files import GCODE, OnTheWire
from production import dispatching, queue, runs
from production.machine_work import counting, following, spools
from production.models import DesignFile, MachineWork, Operation, Run, Slicing
from production.tests.ground import line, new_job

pytestmark = pytest.mark.usefixtures("scoped")
FACTS = {"printer_model": "MK4S", "nozzle": 0.4, "filament_type": ["PLA"], "sliced": True}


@pytest.fixture
def wire():
    found = OnTheWire("moonraker")
    yield found
    found.stop()


@pytest.fixture
def filament(shop):
    item = stock.register(Item(workspace=shop.workspace, name="PLA black", category="filament", unit="g"), None)
    stock.book(item, 1000, "opening", key="opening:pla", by=None)
    item.refresh_from_db()
    return item


def a_printer(shop, name="P1", **fields):
    fields = {"driver": "moonraker", "model": "Original Prusa MK4S", "kind": "printer", **fields}
    machine = Machine.objects.create(workspace=shop.workspace, name=name, **fields)
    telemetry.ingest(machine, Reading(State.IDLE))
    return machine


@pytest.fixture
def printer(shop):
    return a_printer(shop)


@pytest.fixture
def operation(shop, printer, filament):
    design = DesignFile(
        workspace=shop.workspace, name="bracket.gcode", kind="gcode", size=len(GCODE),
        sha256=hashlib.sha256(GCODE).hexdigest(),
    )  # fmt: skip
    design.content.save("x", ContentFile(GCODE), save=True)
    Slicing.objects.create(workspace=shop.workspace, design_file=design, grams=40.0, facts=FACTS)
    lines = [line(shop, quantity=7, item=filament, material_each=Decimal(40), design_file=design)]
    return Operation.objects.get(job_line__job=new_job(shop, lines=lines))


def why(operation, machine) -> list[str]:
    return next(list(offer.hindrances) for offer in dispatching.offers(operation) if offer.machine == machine)


def test_what_keeps_a_machine_from_it(shop, operation, printer, filament, operator):
    assert why(operation, printer) == []
    assert why(operation, a_printer(shop, "mini", model="Bambu Lab A1 mini")) == ["The file is for a MK4S."]
    wide = a_printer(shop, "wide", nozzle_mm=Decimal("0.60"))
    assert why(operation, wide) == ["The file is for a nozzle of 0.4 mm, it has 0.6 mm."]
    unknown = a_printer(shop, "unknown", model="", nozzle_mm=None)
    assert why(operation, unknown) == []
    telemetry.ingest(unknown, Reading(State.RUNNING, job_key="7"))
    assert why(operation, Machine.objects.get(pk=unknown.pk)) == ["It is running."]
    petg = a_printer(shop, "petg")
    telemetry.ingest(petg, Reading(State.IDLE, raw_state="x", job_key="1", trays=(Tray("1", "PETG"),)))
    assert why(operation, Machine.objects.get(pk=petg.pk)) == ["PLA is not loaded."]
    little = a_printer(shop, "little")
    spools.load(little, "", lots.receive(filament, 25, kind="spool", key="s", by=None), operator)
    assert why(operation, little) == ["Its spool has 25 g left, the print takes 40."]
    assert not any(offer.machine.driver == "manual" for offer in dispatching.offers(operation))
    Slicing.objects.all().delete()
    assert why(Operation.objects.get(pk=operation.pk), printer) == ["There is no sliced file to send."]


def test_what_cannot_do_it_is_not_sent_to(shop, operation, operator):
    mini = a_printer(shop, "mini", model="Bambu Lab A1 mini")
    with pytest.raises(Refused, match="mini: The file is for a MK4S"):
        dispatching.send(operation, mini, operator)
    operation.refresh_from_db()
    assert (operation.state, operation.machine.name, Run.objects.count(), PrintFile.objects.count()) == (
        "queued", "P1", 0, 0,
    )  # fmt: skip


def test_sent_printed_counted_and_the_next_plate_when_it_is_clear(
    operation, printer, wire, operator, run_work, django_capture_on_commit_callbacks
):
    Machine.objects.filter(pk=printer.pk).update(options=wire.machine.options)
    run = dispatching.send(operation, printer, operator)
    assert dispatching.send(operation, printer, operator) == run  # pressed twice
    run_work()
    name = f"{operation.reference} bracket op{operation.pk}.gcode"
    assert wire.files == {name: GCODE}
    command = Command.objects.get()
    assert (command.name, command.arguments, command.key) == ("print", {"file": name}, f"run-{run.pk}:plate:1")
    dispatching.deliver(run.pk, 1, operator.pk)  # tried twice, asked once
    assert Command.objects.count() == 1
    with pytest.raises(Refused) as refusal:
        dispatching.send_next(run, operator)
    assert refusal.value.code == "plate"
    printer.refresh_from_db()
    with django_capture_on_commit_callbacks(execute=True):
        values = {"grams": 40.0}
        telemetry.ingest(printer, Reading(State.RUNNING, job_key="1", file=name, progress=0.1, values=values))
        telemetry.ingest(printer, Reading(State.FINISHED, job_key="1", file=name, outcome=Outcome.FINISHED))
    plate = MachineWork.objects.get()
    assert (plate.run, plate.how, plate.pieces) == (run, "code", 1)
    with pytest.raises(Refused):
        dispatching.send_next(run, operator)  # it lies there
    counting.count(plate, good=1, scrap=0, by=operator)
    Command.objects.update(state="confirmed")
    dispatching.send_next(run, operator)
    run_work()
    assert [command.key for command in Command.objects.order_by("id")] == [
        f"run-{run.pk}:plate:1", f"run-{run.pk}:plate:2",
    ]  # fmt: skip
    assert wire.files == {name: GCODE}  # it lay there already
    with pytest.raises(Refused):
        dispatching.send_next(run, operator)


def test_what_cannot_be_sent_gives_the_claim_back(operation, printer, operator, run_work):
    Machine.objects.filter(pk=printer.pk).update(options={"host": "127.0.0.1:9"})
    run = dispatching.send(operation, printer, operator)
    run_work()
    run.refresh_from_db()
    operation.refresh_from_db()
    assert (run.state, operation.state, operation.left, Command.objects.count()) == ("aborted", "queued", 7, 0)
    assert run.note.startswith("P1: Cannot be reached: ")
    assert Activity.objects.filter(verb="gave up").count() == 1


def test_copies_are_divided_over_machines(shop, operation, printer, operator, filament):
    others = [a_printer(shop, "P2"), a_printer(shop, "P3")]
    sent = dispatching.fan_out(operation, [printer, *others], operator)
    assert [(run.machine.name, run.quantity, run.plates_sent) for run in sent] == [
        ("P1", 3, 1), ("P2", 2, 1), ("P3", 2, 1),
    ]  # fmt: skip
    assert sum(row.quantity for row in Operation.objects.all()) == 7
    runs.finish(sent[1], good=0, scrap=2, by=operator)  # this one failed: only its pieces are made again
    failed = Operation.objects.get(pk=sent[1].operation_id)
    assert (failed.state, failed.left) == ("queued", 2)
    assert sorted(Operation.objects.exclude(pk=failed.pk).values_list("quantity", "state")) == [
        (2, "in_progress"), (3, "in_progress"),
    ]  # fmt: skip


def test_one_that_cannot_leaves_all_as_it_was(shop, operation, printer, operator):
    mini = a_printer(shop, "mini", model="A1 mini")
    with pytest.raises(Refused):
        dispatching.fan_out(operation, [printer, mini], operator)
    assert (Operation.objects.count(), Run.objects.count()) == (1, 0)


def test_pieces_of_one_sheet_or_step_are_not_divided(operation, operator):
    with pytest.raises(Refused) as refusal:
        queue.split(operation, 7, operator)
    assert refusal.value.code == "quantity"
    operation.job_line.__class__.objects.update(step=1)
    with pytest.raises(Refused) as refusal:
        queue.split(Operation.objects.get(pk=operation.pk), 2, operator)
    assert refusal.value.code == "step"
    assert Operation.objects.count() == 1


def test_the_doors(shop, operation, printer, operator, log_in):
    a_printer(shop, "mini", model="A1 mini")
    browser = log_in(operator)
    page = browser.get(f"/floor/operations/{operation.pk}/").content.decode()
    assert "Send and print" in page
    assert "The file is for a MK4S." in page
    browser.post(f"/floor/operations/{operation.pk}/send/", {"machine": [printer.pk]})
    assert Run.objects.get().plates_sent == 1
    assert MachineJob.objects.count() == 0
    assert following.catch_up() == 0
