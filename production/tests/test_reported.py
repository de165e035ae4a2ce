"""Rows of a laser's report belong to the run that was on it; they begin none, end none and ask for no count."""

from datetime import timedelta

import pytest
from django.utils import timezone

from laseros.core.drivers import Ended, Outcome, Reading
from laseros.core.errors import Refused
from machines import maintenance, meter_setup, metering, reported
from machines.models import Machine, MachineJob, MachineStatus
from production import runs
from production.machine_work import costs, counting
from production.models import MachineWork, Operation, Run
from production.tests.ground import line, new_job

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def laser(shop):
    Machine.objects.filter(pk=shop.laser.pk).update(driver="cypcut", hourly_rate=360)
    MachineStatus.objects.update_or_create(machine=shop.laser, defaults={"workspace": shop.workspace})
    shop.laser.refresh_from_db()
    return shop.laser


@pytest.fixture
def told(laser, django_capture_on_commit_callbacks):
    """told(key, name, minutes ago, minutes long) -> its row in production."""

    def tell(key, name, began, long=5.0):
        began = timezone.now() - timedelta(minutes=began)
        end = Ended(Outcome.FINISHED, job_key=key, file=f"{name}.lxds", job_name=name, began=began,
                    at=began + timedelta(minutes=long), facts={"pierces": 10})  # fmt: skip
        with django_capture_on_commit_callbacks(execute=True):
            reported.note(laser, Reading(None, ended=(end,)), timezone.now())
        return MachineWork.objects.get(machine_job__key=key)

    return tell


@pytest.fixture
def work(shop):
    return Operation.objects.get(job_line__job=new_job(shop, lines=[line(shop, quantity=5)]))


def running(work, laser, operator, began) -> Run:
    run = runs.start(work, laser, operator)
    Run.objects.filter(pk=run.pk).update(started_at=timezone.now() - timedelta(minutes=began))
    run.refresh_from_db()
    return run


def test_a_row_belongs_to_the_run_of_its_time_and_leaves_the_run_to_its_operator(work, laser, told, operator):
    run = running(work, laser, operator, 30)
    row = told("a", "Sheet 1", 20)
    assert (row.run, row.how) == (run, "started")
    run.refresh_from_db()
    assert (run.state, run.machine_done_at, counting.open_plates(run)) == ("running", None, [])
    runs.finish(run, good=5, scrap=0, by=operator)
    late = told("b", f"{work.job_line.job.number} plate", 10)
    assert (late.run, late.how, late.machine_job.claim) == (run, "name", "ours")
    used = costs.of_job(work.job_line.job)
    assert (used.prints, used.seconds, used.time_cost) == (2, 600.0, 60)


def test_without_a_run_it_begins_none_and_asks_whose_it_is(work, laser, told):
    row = told("a", f"{work.job_line.job.number} plate", 20)
    work.refresh_from_db()
    assert (row.run, row.machine_job.claim, row.why, work.state, Run.objects.count()) == (
        None, "open", "No run was on this machine at that time.", "queued", 0,
    )  # fmt: skip


def test_a_row_from_before_the_run_is_not_its(work, laser, told, operator):
    running(work, laser, operator, 5)
    assert told("a", "Sheet 1", 120).run is None
    assert MachineJob.objects.get().claim == "open"


def test_one_that_names_other_work_is_asked_for(work, laser, told, operator, shop):
    other = new_job(shop, "quote:2", lines=[line(shop, quantity=5)])
    running(work, laser, operator, 30)
    row = told("a", f"{other.number} plate", 20)
    assert (row.run, other.number in row.why) == (None, True)


def test_the_energy_of_a_run_by_the_meter_beside_the_laser(work, laser, operator, django_capture_on_commit_callbacks):
    meter_setup.install(laser, {"topic": "plug"}, "", idle_w=200, cutting_w=1000, unproved=True, by=None)
    run = running(work, laser, operator, 30)
    for minutes, kwh in ((31, 10.0), (30, 10.0), (15, 11.0), (0, 12.0)):
        reading = Reading(None, values={"power_w": 4000.0, "energy_kwh": kwh})
        metering.take(laser, reading, timezone.now() - timedelta(minutes=minutes))
    with django_capture_on_commit_callbacks(execute=True):
        runs.finish(run, good=5, scrap=0, by=operator)
    run.refresh_from_db()
    used = costs.of_job(work.job_line.job)
    assert (round(run.kwh, 2), run.kwh_is_estimate, round(used.kwh, 2), used.prints) == (2.0, False, 2.0, 0)


def test_nothing_is_started_on_a_machine_out_for_maintenance(work, laser, operator):
    maintenance.begin(laser, "lens", operator)
    laser.refresh_from_db()
    with pytest.raises(Refused) as refused:
        runs.start(work, laser, operator)
    assert (refused.value.code, Run.objects.count()) == ("maintenance", 0)
    maintenance.end(laser, operator)
    assert runs.start(work, laser, operator).state == "running"
