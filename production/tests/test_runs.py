from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Activity
from inventory import ledger
from inventory.models import Move
from laseros.core.drivers import Reading, State
from laseros.core.errors import Refused
from machines import commands, telemetry
from machines.models import Command, Machine, MachineStatus
from production import jobs, queue, runs
from production.models import Operation, Run
from production.tests.ground import line, new_job, operation_of, started

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def operation(shop):
    return operation_of(new_job(shop))


@pytest.fixture
def run(shop, operation, operator):
    return started(shop, operator, operation)


@pytest.fixture
def simulated(shop):
    """The laser hangs on a connection that can be told, and is there."""
    Machine.objects.filter(pk=shop.laser.pk).update(driver="simulator")
    shop.laser.refresh_from_db()
    telemetry.ingest(shop.laser, Reading(State.IDLE))
    return shop.laser


def stock(shop):
    shop.sheet.refresh_from_db()
    return shop.sheet.on_hand, shop.sheet.reserved


def test_start_moves_job_and_operation_and_says_so(shop, operation, operator):
    run = runs.start(operation, shop.laser, operator)
    operation.refresh_from_db()
    job = operation.job_line.job
    assert (run.state, run.quantity, run.estimated_seconds, run.operator) == ("running", 20, 600.0, operator)
    assert (operation.state, job.state) == ("in_progress", "in_progress")
    assert job.started_at is not None
    assert Activity.objects.filter(verb="started").count() == 1
    assert Command.objects.count() == 0  # worked by hand: nobody is told
    status = MachineStatus.objects.get(machine=shop.laser)
    assert (status.current, status.job_key) == ("running", run.job_key)


def test_start_pressed_twice_is_one_run(shop, operation, operator):
    assert runs.start(operation, shop.laser, operator) == runs.start(operation, shop.laser, operator)
    assert Run.objects.count() == 1


def test_two_operators_one_operation(shop, operation, operator, person, workspace):
    runs.start(operation, shop.laser, operator)
    other = person("operator", workspace, "sipho@cutters.example")
    with pytest.raises(Refused, match=r"Operator is already running Bracket \(JB-.*-001\) on X3") as refusal:
        runs.start(operation, shop.laser, other)
    assert refusal.value.code == "running"
    assert Run.objects.get().operator == operator


def test_one_machine_does_one_thing(shop, run, operator):
    second = operation_of(new_job(shop, "b"))
    with pytest.raises(Refused, match="already running Bracket") as refusal:
        runs.start(second, shop.laser, operator)
    second.refresh_from_db()
    second.job_line.job.refresh_from_db()
    assert (refusal.value.code, second.state, second.job_line.job.state) == ("machine-busy", "queued", "approved")


def test_what_runs_on_a_machine_is_found_without_its_past(run, workspace):
    """The floor asks at every opening, and a machine of some years has ten thousand runs behind it."""
    assert list(Run.active_on(run.machine)) == [run]
    if connection.vendor == "sqlite":  # PostgreSQL chooses by what is in the table
        assert "USING INDEX run_by_machine (machine_id=? AND state=?)" in Run.active_on(run.machine)[:1].explain()
    Run.objects.filter(pk=run.pk).update(state="finished", finished_at=timezone.now())
    assert Run.active_on(run.machine).first() is None


def test_work_that_has_moved_does_not_start_here(shop, operation, operator, workspace):
    other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
    queue.move(operation, other, operator)
    with pytest.raises(Refused, match="has moved to X4"):
        runs.start(operation, shop.laser, operator)
    Machine.objects.filter(pk=other.pk).update(archived_at=timezone.now())
    other.refresh_from_db()
    with pytest.raises(Refused, match="not in use"):
        runs.start(operation, other, operator)
    assert Run.objects.count() == 0


def test_a_cancelled_job_does_not_start(shop, operation, operator, office):
    jobs.cancel(operation.job_line.job, office)
    with pytest.raises(Refused, match="cancelled"):
        runs.start(operation, shop.laser, operator)


def test_pause_and_resume_keep_the_time(run, operator):
    runs.pause(run, operator)
    with pytest.raises(Refused):
        runs.pause(run, operator)
    Run.objects.filter(pk=run.pk).update(paused_at=timezone.now() - timedelta(minutes=5))
    runs.resume(run, operator)
    assert (run.state, run.paused_at) == ("running", None)
    assert 299 <= run.paused_seconds <= 301
    with pytest.raises(Refused):
        runs.resume(run, operator)
    assert MachineStatus.objects.get(machine=run.machine).current == "running"


def test_all_good(shop, run, operator):
    done = runs.finish(run, good=20, scrap=0, by=operator)
    operation = done.operation
    assert (done.state, done.good, done.material_used) == ("finished", 20, Decimal("1.000"))
    assert (operation.state, operation.good, operation.job_line.job.state) == ("completed", 20, "made")
    move = Move.objects.get(kind="usage")
    assert (move.key, move.quantity, move.by) == (f"run:{run.pk}:use", Decimal("-1.000"), operator)
    assert stock(shop) == (9, 0)
    assert MachineStatus.objects.get(machine=shop.laser).current == "idle"


def test_short_goes_back_to_the_front(shop, run, operator):
    behind = operation_of(new_job(shop, "b"))
    operation = runs.finish(run, good=15, scrap=2, by=operator, note="burr").operation
    assert (operation.state, operation.good, operation.scrap, operation.left) == ("queued", 15, 2, 5)
    assert list(queue.waiting(shop.laser)) == [operation, behind]
    operation.job_line.refresh_from_db()
    assert (operation.job_line.made_good, operation.job_line.scrapped) == (15, 2)
    assert operation.job_line.job.state == "in_progress"
    # 17 of 20 were taken; for the 5 that are left 0.25 is promised anew.
    assert operation.reservation.quantity == Decimal("0.250")
    assert stock(shop) == (Decimal("9.150"), Decimal("1.250"))
    again = runs.start(operation, shop.laser, operator)
    assert again.quantity == 5
    runs.finish(again, good=5, scrap=0, by=operator)
    assert stock(shop) == (Decimal("8.900"), Decimal("1.000"))


def test_the_operator_says_what_was_used(shop, run, operator):
    runs.finish(run, good=20, scrap=0, material_used="1.6", by=operator)
    assert stock(shop) == (Decimal("8.400"), 0)
    assert Run.objects.get().material_used == Decimal("1.600")


def test_less_used_than_promised_gives_the_rest_back(shop, run, operator):
    runs.finish(run, good=20, scrap=0, material_used=Decimal("0.9"), by=operator)
    assert stock(shop) == (Decimal("9.100"), 0)


@pytest.mark.parametrize(
    ("good", "scrap"), [(21, 0), (20, 1), (-1, 0), (0, -1), (1.5, 0), ("3", 0), (True, 0), (None, 0)]
)
def test_counts_that_cannot_be(shop, run, operator, good, scrap):
    with pytest.raises(Refused) as refusal:
        runs.finish(run, good=good, scrap=scrap, by=operator)
    assert refusal.value.code == "counts"
    run.refresh_from_db()
    assert (run.state, operation_of(run.operation.job_line.job).state) == ("running", "in_progress")
    assert stock(shop) == (10, 1)


@pytest.mark.parametrize("used", ["-1", "NaN", "much", "1e12"])
def test_material_that_cannot_be(shop, run, operator, used):
    with pytest.raises(Refused) as refusal:
        runs.finish(run, good=20, scrap=0, material_used=used, by=operator)
    assert refusal.value.code == "quantity"
    run.refresh_from_db()
    assert run.state == "running"
    assert stock(shop) == (10, 1)


def test_finished_twice_is_finished_once(shop, run, operator):
    first = runs.finish(run, good=19, scrap=1, by=operator)
    assert runs.finish(run, good=19, scrap=1, by=operator) == first
    assert Move.objects.filter(kind="usage").count() == 1
    assert Operation.objects.get().good == 19
    with pytest.raises(Refused, match="19 good and 1 scrap") as refusal:
        runs.finish(run, good=20, scrap=0, by=operator)
    assert refusal.value.code == "told-otherwise"
    with pytest.raises(Refused):
        runs.abort(run, by=operator)
    assert stock(shop) == (Decimal("9.000"), Decimal("0.050"))


def test_given_up_with_nothing_made_takes_nothing(shop, run, operator):
    runs.abort(run, by=operator, note="nozzle crashed")
    operation = operation_of(run.operation.job_line.job)
    assert (operation.state, operation.left, stock(shop)) == ("queued", 20, (10, 1))
    assert Run.objects.get().state == "aborted"
    assert Activity.objects.get(verb="aborted").details["note"] == "nozzle crashed"


def test_given_up_books_what_was_used(shop, run, operator):
    runs.abort(run, good=4, scrap=3, by=operator)
    operation = operation_of(run.operation.job_line.job)
    assert (operation.state, operation.good, operation.scrap) == ("queued", 4, 3)
    assert stock(shop) == (Decimal("9.650"), Decimal("0.800"))


def test_what_is_there_is_used_and_the_rest_waits(shop, operator):
    job = new_job(shop, lines=[line(shop, quantity=400)])
    run = runs.start(operation_of(job), shop.laser, operator)
    runs.finish(run, good=100, scrap=0, by=operator)
    assert stock(shop) == (5, 5)
    promise = operation_of(job).reservation
    assert (promise.quantity, promise.held, promise.waiting) == (15, 5, 10)  # what the other 300 need


def test_a_wrong_count_in_the_books_keeps_no_operator_at_the_machine(shop, run, operator):
    ledger.post(shop.sheet, -8, "count", key="count")
    done = runs.finish(run, good=20, scrap=0, material_used=5, by=operator)
    assert (done.state, done.material_used) == ("finished", 5)
    assert Move.objects.get(kind="usage").quantity == -2
    assert stock(shop) == (0, 0)
    assert (
        Activity.objects.get(verb="finished", target_type__model="operation").details["not in the books"] == "3 sheets"
    )


def test_a_machine_that_can_be_told_is_told_once(simulated, operation, operator):
    run = runs.start(operation, simulated, operator)
    runs.start(operation, simulated, operator)
    command = Command.objects.get()
    assert (command.name, command.key, command.state) == ("start", run.job_key, "requested")
    assert command.arguments == {
        "job_key": run.job_key,
        "job_name": f"{operation.job_line.job.number} Bracket",
        "seconds": 600.0,
        "quantity": 20,
    }
    assert MachineStatus.objects.get(machine=simulated).current == "idle"  # it speaks for itself


def test_the_network_is_down_and_work_goes_on(simulated, operation, operator):
    telemetry.offline(simulated, "no route")
    run = runs.start(operation, simulated, operator)
    assert run.state == "running"
    assert Command.objects.count() == 0
    assert "could not be reached" in Activity.objects.get(verb="started").details["why"]


def test_aborting_stops_a_machine_that_is_still_at_it(simulated, operation, operator):
    run = runs.start(operation, simulated, operator)
    Command.objects.update(answered_at=timezone.now())
    Command._base_manager.all().delete()
    telemetry.ingest(simulated, Reading(State.RUNNING, job_key=run.job_key, progress=0.4))
    runs.abort(run, by=operator)
    assert Command.objects.get().name == "stop"


def test_a_machine_that_was_not_told_yet_is_not_told_after_the_end(simulated, operation, operator):
    run = runs.start(operation, simulated, operator)
    waiting = commands.waiting([simulated.pk])
    runs.finish(run, good=20, scrap=0, by=operator)
    assert commands.waiting([simulated.pk]) == []
    assert not commands.take(waiting[0])
    assert Command.objects.values_list("name", "state", "reason").get() == ("start", "refused", "the work is over")


def test_the_machine_says_done_and_the_operator_decides(
    simulated, operation, operator, django_capture_on_commit_callbacks
):
    run = runs.start(operation, simulated, operator)
    with django_capture_on_commit_callbacks(execute=True):
        telemetry.ingest(simulated, Reading(State.RUNNING, job_key=run.job_key))
    run.refresh_from_db()
    assert run.machine_done_at is None
    with django_capture_on_commit_callbacks(execute=True):
        telemetry.ingest(simulated, Reading(State.ERROR, job_key=run.job_key, message="gas"))
    run.refresh_from_db()
    assert (run.state, run.machine_done_at) == ("running", None)
    with django_capture_on_commit_callbacks(execute=True):
        telemetry.ingest(simulated, Reading(State.FINISHED, job_key=run.job_key))
    run.refresh_from_db()
    assert run.state == "running"
    assert run.machine_done_at is not None


@pytest.mark.parametrize("job_key", ["", "run-", "run-999999", "run-x", "night shift", "run-" + "9" * 40])
def test_what_other_work_finishes_is_none_of_ours(
    simulated, operation, operator, job_key, django_capture_on_commit_callbacks
):
    run = runs.start(operation, simulated, operator)
    with django_capture_on_commit_callbacks(execute=True):
        telemetry.ingest(simulated, Reading(State.FINISHED, job_key=job_key))
    run.refresh_from_db()
    assert run.machine_done_at is None
