"""What the demo's machines on the wire work at: open work, plate by plate, counted by the operator a turn later."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory import stock
from inventory.models import Item
from laseros.core.drivers import Outcome, Reading, State
from laseros.demo.stand_ins import chosen
from laseros.tests.ground import new_person
from machines import telemetry
from machines.models import Machine, MachineJob
from production import runs
from production.models import MachineWork, Operation, Run
from production.tests.ground import line, new_job

pytestmark = [pytest.mark.usefixtures("scoped"), pytest.mark.one_database]
ROOM = 3600.0


@pytest.fixture
def here(shop, monkeypatch):
    monkeypatch.setattr(chosen, "PRINTING", shop.workspace.slug)
    monkeypatch.setattr(chosen, "CUTTING", shop.workspace.slug)
    monkeypatch.setattr(chosen, "KEPT", 0)
    new_person("operator", shop.workspace)
    return shop


def machine(here, driver, kind="printer"):
    return Machine.objects.create(
        workspace=here.workspace, name=driver, kind=kind, driver=driver, options={"stand_in": driver}
    )


@pytest.fixture
def printer(here):
    return machine(here, "prusalink")


@pytest.fixture
def clips(here, printer) -> Operation:
    """Five clips of 40 g and 25 minutes."""
    item = Item(workspace=here.workspace, name="PLA", category="filament", unit="g", price=Decimal("0.40"))
    stock.book(stock.register(item, None), 1000, "opening", key="opening:pla", by=None)
    lines = [
        line(here, description="Clip für 8 mm", quantity=5, item=item, material_each=Decimal(40), seconds_each=1500.0)
    ]
    return Operation.objects.get(job_line__job=new_job(here, lines=lines))


def printed(printer, file, capture, *, key="7", hours=5):
    """A print of this file that began so many hours ago and is over."""
    begin = timezone.now() - timedelta(hours=hours)
    work = {"job_key": key, "file": file, "job_name": file}
    with capture(execute=True):
        telemetry.ingest(printer, Reading(State.IDLE), begin)
        telemetry.ingest(printer, Reading(State.RUNNING, progress=0.0, values={"grams": 80.0}, **work), begin)
        done = Reading(State.FINISHED, progress=1.0, outcome=Outcome.FINISHED, values={"grams": 80.0}, **work)
        telemetry.ingest(printer, done, begin + timedelta(minutes=50))


def test_plates_of_open_work_until_all_of_it_is_counted(clips, printer, django_capture_on_commit_callbacks):
    ask = chosen.Chosen()
    plate = ask.plate("prusalink", 1, ROOM, is_new=False)
    assert plate == chosen.Plate(f"Clip_fuer_8_mm_x2_op{clips.pk}.gcode", 3000.0, 80.0, "PLA")
    assert ask.plate("bambu", 1, ROOM, is_new=True) in chosen.PRIVATE  # it is not here
    printed(printer, plate.file, django_capture_on_commit_callbacks)
    made = MachineWork.objects.get()
    assert (made.run.operation, made.how, made.pieces, made.good) == (clips, "code", 2, None)
    assert chosen.Chosen().plate("prusalink", 1, ROOM, is_new=False) == plate  # started again, the same
    assert MachineWork.objects.get().good is None
    second = ask.plate("prusalink", 2, ROOM, is_new=True)
    assert (MachineWork.objects.get().good, MachineWork.objects.get().said_by.email) == (2, "operator@cutters.example")
    printed(printer, second.file, django_capture_on_commit_callbacks, key="8", hours=4)
    last = ask.plate("prusalink", 3, ROOM, is_new=True)
    assert last.file == f"Clip_fuer_8_mm_x1_op{clips.pk}.gcode"
    printed(printer, last.file, django_capture_on_commit_callbacks, key="9", hours=3)
    assert ask.plate("prusalink", 4, ROOM, is_new=True) in chosen.PRIVATE
    run = Run.objects.get()
    assert (run.state, run.good, run.scrap) == ("finished", 5, 0)
    assert MachineJob.objects.filter(claim="ours").count() == 3


def test_what_a_visitor_began_is_left_to_them(clips, printer, here):
    visitor = new_person("operator", here.workspace, "visitor@example.com")
    runs.start(clips, printer, visitor, told=False)
    assert chosen.Chosen().plate("prusalink", 2, ROOM, is_new=True) is None


def test_one_of_them_prints_what_nobody_ordered(clips, here):
    machine(here, "octoprint")
    assert chosen.Chosen().plate("octoprint", 2, ROOM, is_new=True) == chosen.PRIVATE[0]


def test_a_run_is_on_the_laser_while_a_sheet_is_cut(here):
    laser = machine(here, "cypcut", "laser")
    work = Operation.objects.get(job_line__job=new_job(here, despite="", lines=[line(here, quantity=4)]))
    began = timezone.now() - timedelta(seconds=30)
    sheet = (began, began + timedelta(hours=1))
    floor = chosen.Sheets()
    assert floor.name(*sheet) == ""
    floor.attend([sheet], timezone.now())
    floor.attend([sheet], timezone.now())
    run = Run.objects.get()
    assert (run.operation, run.machine, run.state, run.operator.email) == (
        work,
        laser,
        "running",
        "operator@cutters.example",
    )
    assert floor.name(*sheet) == f"Bracket op{work.pk}"
    floor.attend([sheet], sheet[1])
    run.refresh_from_db()
    assert (run.state, run.good, run.scrap) == ("finished", 4, 0)
