"""A wrong count is taken back for a minute: pieces, stock, queue and job as if it had not been said."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from inventory.management.commands import check_ledger
from inventory.models import Move
from laseros.core.drivers import Reading, State
from laseros.core.errors import Refused
from machines import telemetry
from machines.models import Command, Machine, MachineStatus
from production import jobs, queue, runs, undoing
from production.models import Job, JobLine, Run
from production.tests.ground import line, new_job, operation_of, started

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def run(shop, operator):
    return started(shop, operator)


def standing(run) -> dict:
    """All that finishing changes, as the database has it now."""
    run = Run.objects.select_related("operation__job_line__job", "operation__job_line__item").get(pk=run.pk)
    operation, job_line = run.operation, run.operation.job_line
    item = job_line.item
    item.refresh_from_db()
    return {
        "run": (run.state, run.good, run.scrap, run.material_used, run.note, run.finished_at, run.paused_at),
        "operation": (operation.state, operation.good, operation.scrap, operation.done_at),
        "line": (job_line.made_good, job_line.scrapped),
        "job": (job_line.job.state, job_line.job.made_at),
        "stock": (item.on_hand, item.reserved),
        "queue": list(queue.waiting(run.machine).values_list("pk", flat=True)),
        "machine": MachineStatus.objects.values_list("current", "job_key").get(machine=run.machine),
    }


def refused(code: str, run, by, times: int = 0) -> str:
    before, moves = standing(run), Move.objects.count()
    with pytest.raises(Refused) as refusal:
        undoing.undo(run, times=times, by=by)
    assert refusal.value.code == code
    assert (standing(run), Move.objects.count()) == (before, moves)
    return str(refusal.value.reason)


OUTCOMES = [
    (runs.finish, {"good": 20, "scrap": 0}),  # all of it: operation completed, job made
    (runs.finish, {"good": 15, "scrap": 2, "note": "burr"}),  # short: back in the queue
    (runs.finish, {"good": 20, "scrap": 0, "material_used": Decimal("0.4")}),  # the rest of the promise was given back
    (runs.finish, {"good": 20, "scrap": 0, "material_used": Decimal("2.5")}),  # more than was promised
    (runs.abort, {"good": 4, "scrap": 3}),
    (runs.abort, {}),  # nothing was taken, nothing is booked
]


@pytest.mark.parametrize(("verb", "said"), OUTCOMES)
def test_everything_is_as_before_and_can_be_said_anew(shop, run, operator, verb, said):
    behind = operation_of(new_job(shop, "b"))
    before = standing(run)
    verb(run, **said, by=operator)
    assert standing(run) != before
    undoing.undo(run, times=0, by=operator)
    assert standing(run) == before
    assert before["queue"] == [behind.pk]
    moves = list(Move.objects.filter(key__startswith="run:").order_by("id").values_list("quantity", "unit_cost"))
    assert (sum(quantity for quantity, _cost in moves), len({cost for _quantity, cost in moves}) <= 1) == (0, True)
    assert len(moves) == (2 if said else 0)
    told = Activity.objects.get(verb="undone")
    assert (told.actor, told.details["good"]) == (operator, said.get("good", 0))
    runs.finish(run, good=19, scrap=1, by=operator)
    after = standing(run)
    assert (after["line"], after["operation"][:3]) == ((19, 1), ("queued", 19, 1))
    assert after["stock"][0] == before["stock"][0] - 1
    assert check_ledger.wrong(shop.workspace) == []


def test_a_paused_run_pauses_again(shop, run, operator):
    runs.pause(run, operator)
    before = standing(run)
    runs.finish(run, good=20, scrap=0, by=operator)
    assert undoing.undo(run, times=0, by=operator).state == "paused"
    assert standing(run) == before


def test_pressed_twice_it_is_taken_back_once_and_an_old_page_takes_back_nothing_newer(shop, run, operator):
    runs.finish(run, good=20, scrap=0, by=operator)
    assert undoing.undo(run, times=0, by=operator) == undoing.undo(run, times=0, by=operator)
    assert Activity.objects.filter(verb="undone").count() == 1
    runs.finish(run, good=18, scrap=2, by=operator)
    refused("stale", run, operator)
    undoing.undo(run, times=1, by=operator)
    runs.finish(run, good=17, scrap=3, by=operator)
    keys = Move.objects.filter(key__startswith="run:").order_by("id").values_list("key", flat=True)
    assert list(keys) == [f"run:{run.pk}:{name}" for name in ("use", "undo:1", "again:1:use", "undo:2", "again:2:use")]
    assert check_ledger.wrong(shop.workspace) == []


def test_without_enough_to_promise_it_runs_again_all_the_same(shop, run, operator):
    """What was given back when the operation was completed has been promised to others since."""
    runs.finish(run, good=20, scrap=0, material_used="0.9", by=operator)
    new_job(shop, "b", lines=[line(shop, quantity=181)])  # 9.05 of 9.1
    undoing.undo(run, times=0, by=operator)
    assert standing(run)["stock"] == (10, 10)
    assert run.operation.reservation.key != operation_of(run.operation.job_line.job).reservation.key
    runs.finish(run, good=20, scrap=0, by=operator)
    assert standing(run)["stock"] == (9, 9)  # it is cut, so the other job waits for what it was promised


def test_after_a_minute_it_stays(shop, run, operator):
    runs.finish(run, good=20, scrap=0, by=operator)
    at = timezone.now() - timedelta(seconds=undoing.UNDO_SECONDS + 1)
    Run._base_manager.filter(pk=run.pk).update(finished_at=at)
    assert "More than a minute" in refused("too-late", run, operator)


@pytest.mark.parametrize("name", ["invoiced", "delivered"])
def test_what_somebody_has_been_charged_or_given_stays(shop, run, operator, name):
    runs.finish(run, good=15, scrap=0, by=operator)
    JobLine._base_manager.update(**{name: 1})
    assert "on an invoice or delivered" in refused("invoiced", run, operator)


def test_a_closed_job_and_a_cancelled_one_stay_closed(shop, run, office, operator):
    runs.finish(run, good=20, scrap=0, by=operator)
    jobs.complete(Job.objects.get())
    assert "is completed" in refused("state", run, operator)
    Job._base_manager.update(state="in_progress")
    other = runs.start(operation_of(new_job(shop, "b")), shop.laser, operator)
    runs.finish(other, good=1, scrap=0, by=operator)
    jobs.cancel(other.operation.job_line.job, office)
    assert "is cancelled now" in refused("state", other, operator)


def test_work_begun_since_is_named(shop, run, operator):
    operation = runs.finish(run, good=15, scrap=0, by=operator).operation
    behind = runs.start(operation_of(new_job(shop, "b")), shop.laser, operator)
    assert "is already running Bracket" in refused("machine-busy", run, operator)
    runs.abort(behind, by=operator)
    rest = runs.start(operation, shop.laser, operator)
    refused("later", run, operator)
    runs.finish(rest, good=5, scrap=0, by=operator)
    refused("later", run, operator)
    undoing.undo(rest, times=0, by=operator)


def test_what_moved_to_another_machine_stays(shop, run, operator, workspace):
    operation = runs.finish(run, good=15, scrap=0, by=operator).operation
    other = Machine.objects.create(workspace=workspace, name="X4", kind="laser")
    queue.move(operation, other, operator)
    assert "has moved to X4" in refused("moved", run, operator)


def test_a_machine_that_can_be_told_is_told_nothing(shop, operator):
    Machine.objects.filter(pk=shop.laser.pk).update(driver="simulator")
    shop.laser.refresh_from_db()
    telemetry.ingest(shop.laser, Reading(State.IDLE))
    run = runs.start(operation_of(new_job(shop)), shop.laser, operator)
    runs.finish(run, good=20, scrap=0, by=operator)
    told = Command.objects.count()
    undoing.undo(run, times=0, by=operator)
    assert Command.objects.count() == told


# --- on the tablet ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("htmx", [False, True])
def test_the_tablet_offers_it_for_a_minute(log_in, shop, run, operator, htmx):
    tablet, floor = log_in(operator), reverse("floor:queue")
    address = reverse("floor:undo", args=[run.pk, 0])
    assert address not in tablet.get(floor).content.decode()
    tablet.post(reverse("floor:finish", args=[run.pk]), {"good": "12", "scrap": "0"})
    with scope(workspace=shop.workspace):
        operation_page = reverse("floor:operation", args=[run.operation_id])
    for page in (floor, operation_page):
        assert f'action="{address}"' in tablet.get(page).content.decode()
    answer = tablet.post(address, headers={"HX-Request": "true"} if htmx else {})
    if htmx:
        assert "Taken back" in answer.content.decode()
        assert 'id="finish"' in answer.content.decode()
    else:
        assert answer["Location"] == reverse("floor:finish", args=[run.pk])
    tablet.post(reverse("floor:finish", args=[run.pk]), {"good": "20", "scrap": "0"})
    with scope(workspace=shop.workspace):
        assert standing(run)["line"] == (20, 0)
        Run._base_manager.update(finished_at=timezone.now() - timedelta(minutes=2))
    for page in (floor, operation_page):
        assert "/undo/" not in tablet.get(page).content.decode()
    late = tablet.post(reverse("floor:undo", args=[run.pk, 1]))
    assert (late.status_code, "More than a minute" in late.content.decode()) == (409, True)


def test_a_viewer_is_offered_nothing(log_in, person, shop, run, operator):
    runs.finish(run, good=12, scrap=0, by=operator)
    viewer = log_in(person("viewer", shop.workspace))
    assert "/undo/" not in viewer.get(reverse("floor:queue")).content.decode()
    assert viewer.post(reverse("floor:undo", args=[run.pk, 0])).status_code == 403
