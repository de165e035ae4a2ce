"""Maintenance: due by what a machine did, done once, and out of work meanwhile; on the floor, the board, the office."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from laseros.core.drivers import Reading, State
from laseros.core.errors import Refused
from machines import attention, board, fleet, maintenance, telemetry
from machines.models import Machine, MachineJob, MachineUse, MaintenanceDone, MaintenancePlan
from machines.models.maintenance import due


@pytest.fixture
def laser(scoped, manager):
    return fleet.register(Machine(workspace=scoped, name="X3", driver="manual"), manager)


def plan(laser, **limits):
    row = MaintenancePlan(workspace=laser.workspace, machine=laser, name="Clean the lens", **limits)
    return maintenance.plan(row, None)


def ran(laser, hours, ago=10):
    """It ran for so long, so many hours ago."""
    start = timezone.now() - timedelta(hours=ago)
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="a"), start)
    telemetry.ingest(laser, Reading(State.PAUSED, job_key="a"), start + timedelta(hours=hours))
    telemetry.ingest(laser, Reading(State.IDLE), start + timedelta(hours=hours + 1))


def cut(laser, key, pierces, metres, outcome="finished"):
    now = timezone.now()
    MachineJob.objects.create(workspace=laser.workspace, machine=laser, key=key, started_at=now, ended_at=now,
                              outcome=outcome, pierces=pierces, metres=metres, claim="ours", work="X")  # fmt: skip


def state(row) -> str:
    return MaintenancePlan.objects.select_related("machine__use").get(pk=row.pk).state


def test_hours_at_work_are_counted_once_and_a_pause_is_no_work(laser):
    row = plan(laser, hours=2)
    ran(laser, 1.9)
    assert [maintenance.count_everywhere(), maintenance.count_everywhere()] == [1, 1]
    assert round(MachineUse.objects.get().seconds / 3600, 3) == 1.9
    assert (state(row), list(maintenance.due_plans())) == ("due", [row])
    ran(laser, 0.2, ago=5)
    maintenance.count(laser)
    assert (state(row), MaintenancePlan.objects.filter(due(overdue=True)).count()) == ("overdue", 1)


def test_pierces_and_metres_come_from_work_that_ended(laser):
    cut(laser, "before", 5000, 100)
    pierces, metres = plan(laser, pierces=1000), plan(laser, metres=50)
    cut(laser, "a", 700, 60)
    cut(laser, "b", 250, None)
    cut(laser, "unseen", 9999, 999, outcome="unclear")
    maintenance.count(laser)
    assert (state(pierces), state(metres)) == ("due", "overdue")
    MachineJob.objects.filter(key="unseen").update(outcome="finished")
    maintenance.count(laser)
    maintenance.count(laser)
    assert MachineUse.objects.get().pierces == 5000 + 700 + 250 + 9999


def test_days(laser):
    row = plan(laser, days=30)
    for passed, wanted in ((0, "fine"), (24, "due"), (30, "overdue")):
        MaintenancePlan.objects.update(due_on=timezone.localdate() + timedelta(days=30 - passed))
        assert state(row) == wanted
        assert MaintenancePlan.objects.filter(due()).exists() == (wanted != "fine")


def test_done_begins_anew_and_a_double_tap_is_one(laser, operator):
    row = plan(laser, hours=1, days=10)
    ran(laser, 2)
    maintenance.count(laser)
    MaintenancePlan.objects.update(due_on=timezone.localdate() - timedelta(days=3))
    written = maintenance.done(laser, row.name, operator, row=row, note="it was black", parts="lens 37")
    assert (state(row), written.by, round(written.hours, 2), written.parts) == ("fine", operator, 2.0, "lens 37")
    with pytest.raises(Refused):
        maintenance.done(laser, row.name, operator, row=row)
    row.refresh_from_db()
    assert (MaintenanceDone.objects.count(), row.due_on) == (1, timezone.localdate() + timedelta(days=10))
    assert Activity.objects.filter(verb="maintained", target_id=str(laser.pk)).count() == 1


def test_out_of_work_and_back(laser, operator):
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="a"))
    with pytest.raises(Refused) as refused:
        maintenance.begin(laser, "lens", operator)
    assert (refused.value.code, board.of(Machine.objects.get()).state) == ("at-work", "running")
    telemetry.ingest(laser, Reading(State.IDLE))
    for _twice in range(2):
        maintenance.begin(laser, "lens", operator)
    card = board.cards()[0]
    assert (card.state, card.note) == ("maintenance", "lens")
    maintenance.end(laser, operator)
    maintenance.end(laser, operator)
    assert board.cards()[0].state == "idle"
    told = Activity.objects.filter(verb__in=("taken out", "put back")).order_by("pk")
    assert [line.verb for line in told] == ["taken out", "put back"]


def test_what_is_overdue_needs_a_person_and_stands_on_the_board(laser, operator, log_in):
    row = plan(laser, days=10)
    MaintenancePlan.objects.update(due_on=timezone.localdate() - timedelta(days=3))
    need = attention.needs(operator)[0]
    assert (need.what, need.url, need.since is not None) == (
        "Maintenance is overdue", f"/floor/machines/{laser.pk}/maintenance/", True,
    )  # fmt: skip
    browser = log_in(operator)
    assert "maintenance overdue" in browser.get("/board/").content.decode()
    floor = reverse("floor:maintenance", args=[laser.pk])
    html = browser.get(floor).content.decode()
    assert "Clean the lens" in html
    browser.post(floor, {"deed": "out", "note": "lens"})
    assert "Out of work for maintenance" in browser.get(f"/floor/machines/{laser.pk}/now/").content.decode()
    browser.post(floor, {"deed": "done", "plan": row.pk, "note": "clean", "parts": "lens"})
    browser.post(floor, {"deed": "done", "what": "Tightened the belt"})
    browser.post(floor, {"deed": "back"})
    laser.refresh_from_db()
    assert (laser.maintenance_since, [done.what for done in MaintenanceDone.objects.order_by("pk")]) == (
        None, ["Clean the lens", "Tightened the belt"],
    )  # fmt: skip
    assert "maintenance overdue" not in browser.get("/board/").content.decode()


def test_in_the_office(laser, log_in, manager, office):
    boss, today = log_in(manager), timezone.localdate(timezone=ZoneInfo(laser.workspace.timezone))
    add = reverse("admin:machines_maintenanceplan_add")
    assert boss.post(add, {"machine": laser.pk, "name": "Filter", "how": ""}).status_code == 200  # after what?
    assert not MaintenancePlan.objects.exists()
    boss.post(add, {"machine": laser.pk, "name": "Filter", "how": "", "hours": "200", "days": "30"})
    row = MaintenancePlan.objects.get()
    assert row.due_on == today + timedelta(days=30)
    boss.post(reverse("admin:machines_maintenanceplan_change", args=[row.pk]),
              {"machine": laser.pk, "name": "Filter", "how": "", "days": "5"})  # fmt: skip
    row.refresh_from_db()
    assert (row.hours, row.due_on) == (None, today + timedelta(days=5))
    assert "Filter" in boss.get(reverse("admin:machines_machine_change", args=[laser.pk])).content.decode()
    assert "Filter" in boss.get(reverse("admin:machines_maintenanceplan_changelist") + "?due=yes").content.decode()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_lists_queries(laser, log_in, manager, rows, django_assert_num_queries):
    for number in range(rows):
        plan(laser, days=10 + number)
        maintenance.done(laser, f"Thing {number}", None)
    boss = log_in(manager)
    for model, most in (("maintenanceplan", 9), ("maintenancedone", 8)):
        page = reverse(f"admin:machines_{model}_changelist")
        boss.get(page)
        with django_assert_num_queries(most):
            boss.get(page)
