from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.models import Activity
from crm import clients
from crm.models import Client
from inventory import ledger, lots
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Material, Move, Reservation
from laseros.core.errors import Refused
from machines.models import Machine
from production import client_material, jobs, runs, shortages
from production.models import Job, JobLine, Operation
from production.signals import job_made
from production.tests.ground import line, new_job, operation_of

pytestmark = pytest.mark.usefixtures("scoped")


def test_an_order_becomes_a_job_with_work_and_material(shop, office):
    job = new_job(shop, by=office)
    today = timezone.localdate()
    assert job.number == f"JB-{today:%Y-%m}-CL0001-001"
    assert (job.state, job.quoted_total, job.client) == ("approved", Decimal("910.00"), shop.client)
    operation = operation_of(job)
    assert (operation.machine, operation.quantity, operation.state) == (shop.laser, 20, "queued")
    assert operation.seconds_each == 30.0
    assert operation.reservation.quantity == Decimal("1.000")
    shop.sheet.refresh_from_db()
    assert (shop.sheet.on_hand, shop.sheet.reserved) == (10, 1)
    assert jobs.wanting(job) == []


def test_the_next_job_of_a_client_has_the_next_number(shop):
    assert new_job(shop, "a").number[:-1] == new_job(shop, "b").number[:-1]
    assert new_job(shop, "c").number.endswith("-CL0001-003")


def test_one_key_makes_one_job(shop):
    assert new_job(shop, "quote:7") == new_job(shop, "quote:7")
    assert (Job.objects.count(), JobLine.objects.count(), Operation.objects.count()) == (1, 1, 1)


def test_an_order_without_lines_is_refused(shop):
    with pytest.raises(Refused, match="at least one line"):
        jobs.open_from(shop.client, key="x", title="Nothing", lines=[], by=None)
    assert Job.objects.count() == 0


def test_a_line_that_cannot_be_stored_leaves_nothing_behind(shop):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError):
        new_job(shop, lines=[line(shop), line(shop, quantity=0)])
    shop.sheet.refresh_from_db()
    assert (Job.objects.count(), Operation.objects.count(), shop.sheet.reserved) == (0, 0, 0)
    assert new_job(shop).number.endswith("-001")  # and no number was lost


def test_too_little_stock_does_not_undo_the_order(shop):
    job = new_job(shop, lines=[line(shop, quantity=400)])
    operation = operation_of(job)
    assert (operation.reservation.held, operation.reservation.waiting) == (10, 10)
    assert jobs.wanting(job) == [f"Bracket: 10 of 20 sheets of {shop.sheet} reserved."]
    ledger.post(shop.sheet, 20, "purchase", key="p1")
    assert jobs.wanting(job) == []
    assert jobs.prepare(job, None) == []
    operation.refresh_from_db()
    assert operation.reservation.held == 20
    assert Operation.objects.count() == 1


def test_what_a_client_left_with_us_is_taken_for_him_alone(shop, office, operator):
    theirs = lots.receive(shop.sheet, 3, key="in", by=office, kind="sheet", owner_label=shop.client.name,
                          owner_key=client_material.owner_key(shop.client.pk))  # fmt: skip
    mine = operation_of(new_job(shop, "a"))
    assert (mine.reservation.lot, mine.reservation.held) == (theirs, 1)
    run = runs.start(mine, shop.laser, operator)
    runs.finish(run, good=20, scrap=0, by=operator)
    theirs.refresh_from_db()
    assert (theirs.quantity, theirs.reserved) == (2, 0)
    move = Move.objects.get(kind="usage")
    assert (move.lot, move.value, move.source) == (theirs, 0, f"run:{run.pk}")
    other = clients.register(Client(workspace=shop.workspace, name="Other"), office)
    his = operation_of(jobs.open_from(other, key="b", title="x", lines=[line(shop)], by=office))
    assert (his.reservation.lot, wrong(shop.workspace)) == (None, [])


def test_filament_goes_to_a_printer_and_no_machine_is_no_obstacle(shop, workspace):
    pla = Material.objects.create(workspace=workspace, code="PLA", name="PLA", kind="filament", density_kg_m3=1240)
    spool = Item(workspace=workspace, name="PLA black", category="filament", unit="g", material=pla, code="INV-PLA-001")
    spool.save()
    ledger.post(spool, 1000, "opening", key="spool")
    job = new_job(shop, lines=[line(shop, item=spool, material_each=Decimal("12.5"), quantity=2)])
    assert Operation.objects.count() == 0
    assert jobs.wanting(job) == ["Bracket: no machine has it in its queue."]
    printer = Machine.objects.create(workspace=workspace, name="P1", kind="printer")
    assert jobs.prepare(job, None) == []
    assert operation_of(job).machine == printer
    assert operation_of(job).reservation.quantity == 25


def test_the_least_loaded_machine_that_knows_the_sheet(shop, workspace):
    second = Machine.objects.create(workspace=workspace, name="X4", kind="laser", bed_width_mm=3000, bed_height_mm=1500)
    assert operation_of(new_job(shop, "a")).machine == shop.laser  # the other has no confirmed values for it
    row = shop.parameters
    row.pk, row.machine = None, second
    row.save()
    assert operation_of(new_job(shop, "b")).machine == second
    Machine.objects.filter(pk=second.pk).update(archived_at=timezone.now())
    assert operation_of(new_job(shop, "c")).machine == shop.laser


def test_on_hold_and_on_again(shop, office, operator):
    job = new_job(shop)
    jobs.hold(job, office, why="client changes the hole")
    operation = operation_of(job)
    with pytest.raises(Refused, match=r"on hold\. Ask the office"):
        runs.start(operation, shop.laser, operator)
    operation.refresh_from_db()
    assert operation.state == "queued"
    jobs.resume(job, office)
    assert (job.state, job.hold_reason) == ("approved", "")
    runs.start(operation, shop.laser, operator)
    jobs.hold(job, office)
    jobs.resume(job, office)
    assert job.state == "in_progress"


def test_what_was_finished_on_hold_counts_when_it_goes_on(shop, office, operator):
    job = new_job(shop)
    run = runs.start(operation_of(job), shop.laser, operator)
    jobs.hold(job, office)
    runs.finish(run, good=20, scrap=0, by=operator)
    job.refresh_from_db()
    assert job.state == "on_hold"
    jobs.resume(job, office)
    assert job.state == "made"


def test_cancelling_gives_everything_back(shop, office):
    job = new_job(shop)
    jobs.cancel(job, office, why="client went away")
    operation = operation_of(job)
    shop.sheet.refresh_from_db()
    assert (job.state, operation.state, shop.sheet.reserved) == ("cancelled", "cancelled", 0)
    assert Reservation.objects.get().state == "released"
    with pytest.raises(Refused):
        jobs.cancel(job, office)
    assert Activity.objects.filter(verb="cancelled").get().details == {"why": "client went away"}


def test_no_cancelling_while_a_machine_works_on_it(shop, office, operator):
    job = new_job(shop)
    runs.start(operation_of(job), shop.laser, operator)
    with pytest.raises(Refused, match="X3 is working on this job") as refusal:
        jobs.cancel(job, office)
    assert refusal.value.code == "running"
    job.refresh_from_db()
    shop.sheet.refresh_from_db()
    assert (job.state, operation_of(job).state, shop.sheet.reserved) == ("in_progress", "in_progress", 1)


def test_made_when_every_line_is_and_completed_when_told(shop, operator, office, django_capture_on_commit_callbacks):
    job = new_job(shop, lines=[line(shop, quantity=2), line(shop, description="Delivery", item=None, quantity=1)])
    heard = []
    job_made.connect(heard_it := (lambda sender, job, **kwargs: heard.append(job.pk)))
    with django_capture_on_commit_callbacks(execute=True):
        assert not jobs.complete(job)
        runs.finish(runs.start(operation_of(job), shop.laser, operator), good=2, scrap=0, by=operator)
        job.refresh_from_db()
        assert job.state == "in_progress"
        assert jobs.wanting(job) == ["Delivery: no machine has it in its queue."]
        jobs.made_by_hand(job, office)
        job.refresh_from_db()
        assert job.state == "made"
    job_made.disconnect(heard_it)
    assert heard == [job.pk]
    assert jobs.complete(job)
    assert not jobs.complete(job)
    job.refresh_from_db()
    assert job.state == "completed"
    assert job.completed_at is not None


def test_by_hand_is_only_for_what_no_machine_has(shop, office):
    job = new_job(shop)
    with pytest.raises(Refused, match="in a queue"):
        jobs.made_by_hand(job, office)
    assert job.lines.get().made_good == 0


def test_priority_goes_down_to_the_queue(shop, office):
    first, second = new_job(shop, "a"), new_job(shop, "b")
    jobs.prioritise(second, 4, office)
    assert list(Operation.objects.order_by("position").values_list("job_line__job", "priority")) == [
        (second.pk, 4),
        (first.pk, 2),
    ]


def test_the_log_names_no_price(shop, office):
    job = new_job(shop, by=office)
    line = Activity.objects.get(verb="created", target_id=job.pk, target_type__model="job")
    assert line.details == {}
    assert line.money == {"quoted": "910.00"}


def test_a_promise_that_is_too_small_is_missing_material_too(shop, operator):
    job = new_job(shop)
    operation = operation_of(job)
    assert list(shortages.without_material()) == []
    for used, missing in (("0.001", False), ("0.002", True), ("1", True)):
        Reservation._base_manager.update(used=used, held=operation.reservation.quantity - Decimal(used))
        operation = operation_of(job)
        assert jobs.lacks_material(operation, operation.job_line) is missing, used
        assert list(shortages.without_material()) == ([operation] if missing else []), used
    ledger.release(operation.reservation)
    assert list(shortages.without_material()) == [operation]
    Operation._base_manager.update(reservation=None)
    assert list(shortages.without_material()) == [operation]


def test_a_clone_costs_what_the_first_one_cost(shop, office):
    off = {"discount_percent": Decimal(10)}
    first = new_job(
        shop,
        lines=[line(shop, **off), line(shop, quantity=1, discount_amount=Decimal("5.50"))],
        discount_percent=Decimal(5),
    )
    # 20 × 45.50 less 10 % is 819.00, 45.50 less 5.50 is 40.00, and of 859.00 5 % are 42.95
    assert first.quoted_total == Decimal("816.05")
    again = jobs.clone(first, office, key="x", despite="x")
    assert (again.quoted_total, again.discount_percent) == (first.quoted_total, 5)
    assert list(again.lines.values_list("discount_percent", "discount_amount")) == [(10, 0), (0, Decimal("5.50"))]
