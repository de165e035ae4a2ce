"""A machine job becomes production: its run, its material, the operator's word; once, whatever was missed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from inventory import lots, stock
from inventory.models import Item, Move
from laseros.core.drivers import Outcome, Reading, State, Tray
from laseros.core.errors import Refused
from machines import machine_jobs, telemetry
from machines.models import Machine, MachineJob, PrintFile
from production import jobs, runs, undoing
from production.machine_work import costs, counting, following, spools
from production.models import DesignFile, MachineWork, Operation, Run, Slicing, SpoolTag
from production.tests.ground import line, new_job

pytestmark = pytest.mark.usefixtures("scoped")
BEGIN = timezone.now() - timedelta(hours=3)


def at(seconds: float):
    return BEGIN + timedelta(seconds=seconds)


@pytest.fixture
def printer(shop):
    return Machine.objects.create(workspace=shop.workspace, name="P1", kind="printer", driver="bambu")


@pytest.fixture
def filament(shop):
    item = stock.register(
        Item(workspace=shop.workspace, name="PLA black", category="filament", unit="g", price=Decimal("0.40")), None
    )
    stock.book(item, 1000, "opening", key="opening:pla", by=None)
    item.refresh_from_db()
    return item


@pytest.fixture
def spool(filament):
    """FIL: a spool of 500 g beside the loose kilogram."""
    return lots.receive(filament, 500, kind="spool", key="spool:1", by=None)


def file_of(shop, name="bracket.gcode.3mf", **said) -> DesignFile:
    row = DesignFile.objects.create(
        workspace=shop.workspace, name=name, kind="3mf", content="x", size=1, sha256="ab" * 32
    )
    if said:
        Slicing.objects.create(workspace=shop.workspace, design_file=row, **said)
    return row


@pytest.fixture
def work(shop, filament, printer):
    """Five brackets of 40 g to be printed."""
    lines = [line(shop, quantity=5, item=filament, material_each=Decimal(40), design_file=file_of(shop))]
    return Operation.objects.get(job_line__job=new_job(shop, lines=lines))


@pytest.fixture
def say(printer, django_capture_on_commit_callbacks):
    """say(seconds, state, …): one reading at that moment, heard by all who listen."""

    def tell(seconds, state, **said):
        with django_capture_on_commit_callbacks(execute=True):
            telemetry.ingest(printer, Reading(State(state), **said), at(seconds))

    return tell


def printed(
    say, *, key="7", file="bracket.gcode.3mf", grams=40.0, outcome=Outcome.FINISHED, begin=0, progress=1.0, **ways
):
    say(begin, "idle")
    say(begin + 10, "running", job_key=key, file=file, progress=0.0, values={"grams": grams}, **ways)
    say(begin + 60, "running", job_key=key, file=file, progress=progress, values={"grams": grams}, **ways)
    state = "finished" if outcome == Outcome.FINISHED else "error"
    say(begin + 100, state, job_key=key, file=file, outcome=outcome, **ways)


def books(item):
    item.refresh_from_db()
    return item.on_hand


def used() -> list[tuple]:
    return [(move.quantity, move.lot and move.lot.code) for move in Move.objects.filter(kind="usage").order_by("id")]


def test_the_board_shows_what_it_is_at(work, say, printer, log_in, operator):
    """The print as its slicer drew it, on the board, in the queue and on the page of the work."""
    slicing = Slicing(workspace_id=work.workspace_id, design_file=work.job_line.design_file)
    slicing.picture.save("plate.png", ContentFile(b"PNG"))
    browser, address = log_in(operator), reverse("floor:drawing", args=[work.pk])
    assert f'src="{address}"' in browser.get(reverse("floor:operation", args=[work.pk])).content.decode()
    assert b"".join(browser.get(address).streaming_content) == b"PNG"
    say(0, "idle")
    say(10, "running", job_key="7", job_name="bracket.gcode.3mf", file="bracket.gcode.3mf", progress=0.0)
    say(60, "running", job_key="7", job_name="bracket.gcode.3mf", file="bracket.gcode.3mf", progress=0.4)
    assert MachineJob.objects.get().picture == address
    assert f'<img class="machine-picture" src="{address}"' in browser.get(reverse("board:board")).content.decode()


def test_a_picture_that_is_gone_from_the_store_is_not_found(work, log_in, operator, office):
    row = work.job_line.design_file
    slicing = Slicing(workspace_id=work.workspace_id, design_file=row)
    slicing.picture.save("plate.png", ContentFile(b"PNG"))
    for stored in (slicing.picture, row.content):
        stored.storage.delete(stored.name)
    assert log_in(operator).get(reverse("floor:drawing", args=[work.pk])).status_code == 404
    assert log_in(office).get(reverse("admin:production_designfile_download", args=[row.pk])).status_code == 404


def test_work_without_a_picture_has_none_on_the_board(work, say, log_in, operator):
    printed(say)
    assert (MachineJob.objects.get().claim, MachineJob.objects.get().picture) == ("ours", "")
    assert "machine-picture" not in log_in(operator).get(reverse("board:board")).content.decode()


def test_a_print_nobody_announced_begins_the_run_of_its_file(work, say, printer):
    printed(say)
    run = Run.objects.get()
    made = MachineWork.objects.get()
    work.refresh_from_db()
    assert (run.operation, run.machine, run.operator, run.state, run.started_at) == (
        work,
        printer,
        None,
        "running",
        at(10),
    )
    assert (made.run, made.how, made.pieces, work.state) == (run, "name", 1, "in_progress")
    assert run.machine_done_at == at(100)
    job = MachineJob.objects.get()
    assert (job.claim, job.work) == ("ours", f"{work.reference} Bracket")


def test_what_was_started_on_the_floor_takes_whatever_the_printer_begins(work, say, operator, printer):
    run = runs.start(work, printer, operator)
    printed(say, file="something sliced in a hurry.gcode")
    assert (MachineWork.objects.get().run, MachineWork.objects.get().how) == (run, "started")


def test_the_material_comes_from_the_spool_in_the_slot_once(work, say, printer, spool, filament, operator):
    spools.load(printer, "1", spool, operator)
    trays = (Tray("1", "PLA", active=True), Tray("2", "PLA"))
    printed(say, trays=trays)
    for _again in range(3):
        following.follow(MachineJob.objects.get())
        following.catch_up()
    spool.refresh_from_db()
    assert used() == [(Decimal("-40.000"), spool.code)]
    assert (spool.quantity, books(filament)) == (Decimal(460), Decimal(1460))
    made = MachineWork.objects.get()
    assert made.material_used == Decimal(40)
    counting.count(made, good=1, scrap=0, by=operator)
    runs.finish(made.run, good=5, scrap=0, by=operator)
    assert used() == [(Decimal("-40.000"), spool.code)]  # the machine counted: nothing is booked by plan as well
    assert Run.objects.get().material_used == Decimal(40)


def test_two_slots_pay_by_what_they_fed_and_a_cancelled_print_by_its_layers(
    work, say, printer, spool, filament, operator
):
    spools.load(printer, "2", spool, operator)
    first = (Tray("1", active=True), Tray("2"))
    second = (Tray("1"), Tray("2", active=True))
    facts = {"job_key": "7", "file": "bracket.gcode.3mf"}
    say(0, "idle")
    say(10, "running", progress=0.0, values={"grams": 80.0}, trays=first, **facts)
    say(60, "running", progress=0.2, values={"grams": 80.0}, trays=second, **facts)
    say(120, "running", progress=0.45, values={"grams": 80.0, "layer": 50, "layers": 100}, trays=second, **facts)
    say(130, "error", outcome=Outcome.CANCELLED, trays=second, **facts)
    # Half the layers, 40 g: two fifths from the first slot (loose stock), three fifths from the spool.
    assert sorted(used(), key=str) == sorted([(Decimal("-16.000"), None), (Decimal("-24.000"), spool.code)], key=str)
    assert MachineWork.objects.get().material_used == Decimal(40)
    assert Run.objects.get().machine_done_at is None  # nothing came out: the floor asks about the plate


def test_a_chip_says_which_spool_it_is_wherever_it_is_put(work, say, printer, spool, operator):
    chip = "A1B2C3D4E5F60001"
    say(0, "idle", trays=(Tray("1", tag=chip),))
    spools.load(printer, "1", spool, operator)
    assert SpoolTag.objects.get().lot == spool
    printed(say, begin=10, trays=(Tray("1"), Tray("3", tag=chip, active=True)))
    assert used() == [(Decimal("-40.000"), spool.code)]
    assert spool.loaded.slot == "3"


def test_plate_after_plate_until_the_run_is_whole(work, say, operator):
    printed(say)
    plate = MachineWork.objects.get()
    counting.count(plate, good=1, scrap=0, by=operator)
    counting.count(plate, good=1, scrap=0, by=operator)  # pressed twice
    with pytest.raises(Refused) as refusal:
        counting.count(plate, good=0, scrap=1, by=operator)
    assert refusal.value.code == "told-otherwise"
    run = Run.objects.get()
    assert (run.state, counting.left(run), run.machine_done_at) == ("running", 4, None)
    printed(say, key="8", grams=160.0, begin=200, outcome=Outcome.FAILED, progress=0.5)
    failed = MachineWork.objects.get(machine_job__native_key="8")
    assert (failed.run, failed.pieces, counting.proposal(run)) == (run, 4, (1, 4))
    counting.count(failed, good=0, scrap=4, by=operator)
    run.refresh_from_db()
    work.refresh_from_db()
    assert (run.state, run.good, run.scrap, work.state, work.left) == ("finished", 1, 4, "queued", 4)
    assert run.material_used == Decimal(120)  # 40 g, and half of 160 g


def test_a_plate_is_not_counted_while_it_is_printed_nor_more_than_there_is(work, say, operator):
    say(0, "idle")
    say(10, "running", job_key="7", file="bracket.gcode.3mf", progress=0.1, values={"grams": 40.0})
    say(60, "running", job_key="7", file="bracket.gcode.3mf", progress=0.2, values={"grams": 40.0})
    following.catch_up()
    plate = MachineWork.objects.get()
    with pytest.raises(Refused) as refusal:
        counting.count(plate, good=1, scrap=0, by=operator)
    assert refusal.value.code == "running"
    say(200, "finished", job_key="7", file="bracket.gcode.3mf", outcome=Outcome.FINISHED)
    with pytest.raises(Refused) as refusal:
        counting.count(plate, good=4, scrap=2, by=operator)
    assert refusal.value.code == "counts"
    plate.refresh_from_db()
    assert (plate.good, Run.objects.get().good) == (None, 0)


def test_nobody_knows_and_a_person_says(work, say, printer, operator, filament):
    printed(say, file="strange thing.gcode")
    made = MachineWork.objects.get()
    assert (made.run, made.why, Run.objects.count(), used()) == (None, "No open work is of a file of this name.", 0, [])
    assert MachineJob.objects.get().claim == "open"
    following.belongs_to(MachineJob.objects.get(), work, operator)
    following.belongs_to(MachineJob.objects.get(), work, operator)
    made.refresh_from_db()
    assert (made.how, made.run.operation, made.material_used) == ("person", work, Decimal(40))
    assert (used(), made.run.machine_done_at) == ([(Decimal("-40.000"), None)], at(100))
    with pytest.raises(Refused):
        following.not_for_a_job(MachineJob.objects.get(), operator)


def test_a_print_for_no_job_still_empties_the_spool(say, printer, spool, operator):
    spools.load(printer, "", spool, operator)
    printed(say, file="a toy.gcode", grams=12.5)
    following.not_for_a_job(MachineJob.objects.get(), operator)
    assert used() == [(Decimal("-12.500"), spool.code)]
    assert (MachineJob.objects.get().claim, Run.objects.count()) == ("nobodys", 0)


def test_one_name_for_two_drawings_is_nobodys(shop, work, say, filament):
    other = file_of(shop, "Bracket.gcode")
    new_job(shop, "quote:2", lines=[line(shop, quantity=1, item=filament, design_file=other)])
    printed(say)
    made = MachineWork.objects.get()
    assert made.run is None
    assert made.why.startswith("It could be of several: ")


def test_the_number_in_the_name_decides(shop, work, say, filament):
    new_job(shop, "quote:2", lines=[line(shop, quantity=1, item=filament, design_file=file_of(shop, "Bracket.gcode"))])
    printed(say, file=f"cache/Bracket op{work.pk}.gcode.3mf")
    assert (MachineWork.objects.get().how, MachineWork.objects.get().run.operation) == ("code", work)


def test_the_content_of_the_file_decides_whatever_its_name(shop, work, say, printer):
    PrintFile.objects.create(
        workspace=shop.workspace, machine=printer, path="/cache/xyz.3mf", name="xyz.3mf", sha256="ab" * 32,
        state="downloaded",
    )  # fmt: skip
    printed(say, file="cache/xyz.3mf")
    assert (MachineWork.objects.get().how, MachineWork.objects.get().run.operation) == ("hash", work)


def test_a_job_on_hold_is_not_begun_by_a_printer(work, say, office):
    jobs.hold(work.job_line.job, office, why="paint is missing")
    printed(say)
    made = MachineWork.objects.get()
    assert (made.run, Run.objects.count()) == (None, 0)
    assert "on hold" in made.why


def test_what_ended_unseen_is_booked_when_somebody_says_how(work, say, operator, django_capture_on_commit_callbacks):
    say(0, "idle")
    say(10, "running", job_key="7", file="bracket.gcode.3mf", progress=0.0, values={"grams": 40.0})
    say(60, "running", job_key="7", file="bracket.gcode.3mf", progress=0.5, values={"grams": 40.0})
    say(100, "idle")
    following.catch_up()
    assert (MachineJob.objects.get().outcome, used()) == ("unclear", [])
    with django_capture_on_commit_callbacks(execute=True):
        machine_jobs.settle(MachineJob.objects.get(), "finished", operator)
    assert used() == [(Decimal("-40.000"), None)]


def test_grams_of_the_file_where_the_printer_says_none(shop, work, say, filament):
    Slicing.objects.create(workspace=shop.workspace, design_file=work.job_line.design_file, grams=50.0)
    facts = {"job_key": "7", "file": "bracket.gcode.3mf"}
    say(0, "idle")
    say(10, "running", progress=0.0, **facts)
    say(60, "running", progress=0.6, **facts)
    say(100, "error", outcome=Outcome.FAILED, **facts)
    assert used() == [(Decimal("-30.000"), None)]


def test_more_than_the_books_hold_is_booked_as_far_as_they_go(work, say, printer, spool, filament, operator):
    spools.load(printer, "", spool, operator)
    printed(say, grams=520.0)
    spool.refresh_from_db()
    assert (spool.quantity, used()) == (Decimal(0), [(Decimal("-500.000"), spool.code)])
    assert Activity.objects.get(verb="printed").details["not in the books"] == f"20 g {filament}"


def test_taken_back_the_plates_are_asked_for_again(work, say, operator):
    printed(say, grams=200.0)
    plate = MachineWork.objects.get()
    run = counting.count(plate, good=5, scrap=0, by=operator)
    assert run.state == "finished"
    undoing.undo(run, times=0, by=operator)
    plate.refresh_from_db()
    run.refresh_from_db()
    assert (plate.good, run.state, used()) == (None, "running", [(Decimal("-200.000"), None)])
    counting.count(plate, good=4, scrap=1, by=operator)
    work.refresh_from_db()
    assert (work.good, work.scrap, used()) == (4, 1, [(Decimal("-200.000"), None)])


def test_the_doors_one_tap_counts_a_plate(work, say, operator, log_in, printer):
    printed(say, grams=200.0)
    browser = log_in(operator)
    browser.post("/floor/machines/", {"machine": printer.pk})
    plate = MachineWork.objects.get()
    page = browser.get("/floor/").content.decode()
    assert "All 5 good" in page
    assert 'value="Print failed"' in page
    Machine.objects.filter(pk=printer.pk).update(kind="laser")
    assert "Print failed" not in browser.get("/floor/").content.decode()  # nor what came out of a laser
    browser.post(f"/floor/plates/{plate.pk}/", {"good": "3", "scrap": "2", "reason": "Burr"})
    run = Run.objects.get()
    assert (run.state, run.good, run.scrap, run.note) == ("finished", 3, 2, "Burr")
    assert "All 5 good" not in browser.get("/floor/").content.decode()


def test_the_doors_whose_is_it(work, say, operator, log_in):
    printed(say, file="strange thing.gcode")
    MachineJob.objects.update(facts={"parts": 4.0, "material": "S235", "thickness": 3.0})  # as a laser's record tells
    browser = log_in(operator)
    page = browser.get("/floor/whose/").content.decode()
    assert "strange thing.gcode" in page
    assert "<span>4 parts</span>" in page
    assert work.reference in page
    job = MachineJob.objects.get()
    browser.post(f"/floor/whose/{job.pk}/", {"operation": work.pk})
    assert MachineWork.objects.get().run.operation == work
    assert "Everything has its owner" in browser.get("/floor/whose/").content.decode()


def test_the_doors_a_spool_is_loaded_and_taken_out(printer, spool, operator, log_in):
    browser = log_in(operator)
    address = f"/floor/machines/{printer.pk}/spools/"
    browser.post(address, {"slot": "2", "code": f"http://here/q/{spool.code.lower()}"})
    assert (spools.lot_in(printer, "2"), spools.lot_in(printer, "1")) == (spool, None)
    assert spool.code in browser.get(address).content.decode()
    browser.post(address, {"slot": "1", "code": spool.code})  # it can lie in one slot only
    assert (spools.lot_in(printer, "2"), spools.lot_in(printer, "1")) == (None, spool)
    browser.post(address, {"slot": "1", "code": "FIL-NONE"})
    browser.post(address, {"slot": "1", "code": ""})
    assert spools.lot_in(printer, "1") is None


def test_what_a_job_cost_on_the_machines(work, say, office, operator, log_in):
    Machine.objects.update(hourly_rate=Decimal(90))
    printed(say, grams=200.0, outcome=Outcome.FAILED, progress=0.5)
    used_by_job = costs.of_job(work.job_line.job)
    assert (used_by_job.prints, used_by_job.failed, used_by_job.seconds, used_by_job.grams) == (1, 1, 90.0, 100.0)
    assert (used_by_job.time_cost, used_by_job.material_cost, used_by_job.energy_cost) == (
        Decimal("2.25"), Decimal("40.00"), None,
    )  # fmt: skip
    page = log_in(office).get(f"/admin/production/job/{work.job_line.job.pk}/change/").content.decode()
    assert "What the machines used" in page
