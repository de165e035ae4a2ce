"""Machines in the back office: forms by connection, verbs, secrets, who sees what it costs."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from laseros.core.drivers import Reading, Setting, State
from laseros.tests.ground import figures_joined
from machines import commands, drivers, fleet, forms, sealing, telemetry
from machines.models import Command, Machine, MachineStatus, PrintFile

ADD = reverse("admin:machines_machine_add")
LIST = reverse("admin:machines_machine_changelist")


def page(machine):
    return reverse("admin:machines_machine_change", args=[machine.pk])


def verb(machine, name):
    return reverse("admin:machines_machine_verb", args=[machine.pk, name])


def data(**more):
    return {
        "name": "X3", "kind": "laser", "model": "Golden Laser X3", "driver": "manual", "position": "0",
        "hourly_rate": "900", "bed_width_mm": "3000", "bed_height_mm": "1500", "power_w": "3000",
        "acceleration_mm_s2": "9810", "rapid_mm_min": "100000", "corner_mm": "0.02", "load_seconds": "60", **more,
    }  # fmt: skip


@pytest.fixture
def laser(scoped, manager):
    machine = Machine(workspace=scoped, name="X3", driver="simulator", options={"speed": 5, "kind": "laser"})
    return fleet.register(machine, manager)


@pytest.fixture
def boss(log_in, manager):
    return log_in(manager)


def test_adding_a_machine_leads_on_to_the_settings_of_its_connection(scoped, boss):
    answer = boss.post(ADD, data(driver="simulator"))
    machine = Machine.objects.get()
    assert (answer.status_code, answer.headers["Location"]) == (302, page(machine))
    assert (machine.workspace, machine.driver, machine.status.current) == (scoped, "simulator", "unknown")
    assert Activity.objects.get(verb="created").target_label == "X3"
    html = boss.get(page(machine)).content.decode()
    assert 'name="setting_speed"' in html
    settings = {"setting_speed": "60", "setting_fault": "refuse"}
    assert boss.post(page(machine), data(driver="simulator", setting_fault_at="0.5", **settings)).status_code == 302
    machine.refresh_from_db()
    assert machine.options == {"speed": 60.0, "fault": "refuse", "fault_at": 0.5}


def test_a_machine_worked_by_hand_asks_for_nothing_more(scoped, boss):
    assert boss.post(ADD, data()).headers["Location"] == LIST
    assert "setting_" not in boss.get(page(Machine.objects.get())).content.decode()


def test_another_connection_gets_nothing_of_the_old_one(laser, boss):
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="run-1"), timezone.now() - timedelta(seconds=5))
    boss.post(page(laser), data(driver="manual", setting_speed="5"))
    laser.refresh_from_db()
    assert (laser.driver, laser.options) == ("manual", {})
    assert MachineStatus.objects.get(machine=laser).current == "unknown"


@pytest.mark.every_database
def test_a_name_is_given_once(laser, boss):
    answer = boss.post(ADD, data())
    assert (answer.status_code, Machine.objects.count()) == (200, 1)


def test_a_connection_that_is_not_installed_is_kept_and_named(scoped, boss, manager):
    old = fleet.register(Machine(workspace=scoped, name="Old", driver="steam", options={"boiler": 1}), manager)
    assert "steam" in boss.get(page(old)).content.decode()
    assert boss.post(page(old), data(name="Old 2", driver="steam")).status_code == 302
    old.refresh_from_db()
    assert (old.name, old.driver, old.options) == ("Old 2", "steam", {"boiler": 1})


# --- verbs --------------------------------------------------------------------------------------------------------


def test_verbs_are_those_the_machine_can_follow_now(laser, boss):
    def offered():
        html = boss.get(page(laser)).content.decode()
        return [name for name in ("pause", "resume", "stop", "forget", "archive") if f"../do/{name}/" in html]

    assert offered() == ["archive"]
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="r"), timezone.now() - timedelta(seconds=9))
    assert offered() == ["pause", "stop", "forget", "archive"]
    telemetry.ingest(laser, Reading(State.PAUSED, job_key="r"), timezone.now() - timedelta(seconds=8))
    assert offered() == ["resume", "stop", "forget", "archive"]


def test_the_picture_of_the_file_at_work(laser, boss):
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="7", job_name="clip", file="usb/clip.gcode", progress=0.2))
    file = PrintFile(workspace=laser.workspace, machine=laser, name="clip.gcode", path="/usb/clip.gcode", size=1)
    file.save()
    address = reverse("board:picture", args=[file.pk])
    assert address not in boss.get(page(laser)).content.decode()
    PrintFile.objects.update(picture="prints/clip.png")
    assert address in boss.get(page(laser)).content.decode()


def test_pausing_asks_the_machine(laser, boss, manager):
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="r"), timezone.now() - timedelta(seconds=9))
    assert boss.post(verb(laser, "pause")).status_code == 302
    command = Command.objects.get()
    assert (command.name, command.state, command.by) == ("pause", "requested", manager)
    html = boss.get(page(laser)).content.decode()
    assert "Pause · Manager" in html
    boss.post(verb(laser, "pause"))  # the first is still on its way
    assert Command.objects.count() == 1
    assert "still busy with the last command" in boss.get(page(laser)).content.decode()


def test_stopping_is_asked_first_and_done_once(laser, boss):
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="r"), timezone.now() - timedelta(seconds=9))
    asked = boss.get(verb(laser, "stop"))
    assert "probably scrap" in asked.content.decode()
    assert Command.objects.count() == 0
    once = asked.context["form"]["once"].value()
    for _click in range(2):
        assert boss.post(verb(laser, "stop"), {"once": once}).status_code == 302
    assert list(Command.objects.values_list("name", "state")) == [("stop", "requested")]


def test_a_machine_at_work_is_not_archived(laser, boss):
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="r"))
    boss.post(verb(laser, "archive"))
    laser.refresh_from_db()
    assert laser.archived_at is None
    telemetry.ingest(laser, Reading(State.FINISHED, job_key="r"))
    boss.post(verb(laser, "archive"))
    laser.refresh_from_db()
    assert laser.archived_at is not None
    assert page(laser) not in boss.get(LIST).content.decode()
    assert page(laser) in boss.get(LIST, {"archived": "yes"}).content.decode()
    boss.post(verb(laser, "restore"))
    laser.refresh_from_db()
    assert laser.archived_at is None
    story = Activity.objects.filter(verb__in=("archived", "restored")).order_by("id")
    assert list(story.values_list("verb", flat=True)) == ["archived", "restored"]


# --- secrets and money --------------------------------------------------------------------------------------------


class Locked:
    """A connection with an access code, as later ones have."""

    title = "Locked"
    capabilities = frozenset()
    settings = (Setting("address", "address"), Setting("access_code", "access code", secret=True))


@pytest.fixture
def locked(scoped, manager, monkeypatch):
    monkeypatch.setitem(drivers.DRIVERS, "locked", f"{__name__}:Locked")
    options = {"address": "10.0.0.7", "access_code": "hunter2"}
    return fleet.register(Machine(workspace=scoped, name="P1S", driver="locked", options=options), manager)


def test_a_secret_is_stored_and_never_shown(locked, boss):
    html = boss.get(page(locked)).content.decode()
    assert "10.0.0.7" in html
    assert "hunter2" not in html
    boss.post(
        page(locked),
        data(name="P1S", driver="locked", setting_address="10.0.0.8", setting_access_code="", unproved="on"),
    )
    locked.refresh_from_db()
    assert (locked.options, sealing.opened(locked.sealed)) == (
        {"address": "10.0.0.8"},
        {"access_code": "hunter2"},  # empty: as it is
    )
    assert "hunter2" not in locked.sealed
    boss.post(
        page(locked),
        data(name="P1S", driver="locked", setting_address="10.0.0.8", setting_access_code="s3same", unproved="on"),
    )
    locked.refresh_from_db()
    assert (sealing.opened(locked.sealed), "s3same" in locked.sealed) == ({"access_code": "s3same"}, False)
    story = str([line.details for line in Activity.objects.all()])
    assert ("10.0.0.8" in story, "s3same" in story, "hunter2" in story) == (True, False, False)
    assert "s3same" not in boss.get(f"{page(locked)}history/".replace("/change/history/", "/history/")).content.decode()
    assert "s3same" not in boss.get(f"{LIST}export/csv/").content.decode()


def test_whatever_is_called_like_a_secret_is_masked():
    assert forms.masked({"host": "a", "api_key": "x", "Password": "y", "code": "", "in": {"token": "z", "n": 1}}) == {
        "host": "a", "api_key": "••••••", "Password": "••••••", "code": "", "in": {"token": "••••••", "n": 1},
    }  # fmt: skip


def test_the_rate_is_money(laser, person, workspace, log_in, manager):
    laser.hourly_rate = 917_373
    laser.save()
    assert "917373" in figures_joined(log_in(manager).get(LIST).content.decode())
    viewer = log_in(person("viewer", workspace))
    for url in (LIST, page(laser)):
        html = viewer.get(url).content.decode()
        assert "917373" not in figures_joined(html)
        assert "hourly" not in html.lower()


# --- who, and how many queries ------------------------------------------------------------------------------------


def test_who_may_change_machines(laser, person, workspace, other_workspace, log_in):
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="r"))
    office = log_in(person("office", workspace))
    assert office.get(page(laser)).status_code == 200
    assert office.post(verb(laser, "pause")).status_code == 403
    assert office.get(ADD).status_code == 403
    stranger = log_in(person("admin", other_workspace))
    assert [stranger.post(verb(laser, "pause")).status_code, stranger.get(verb(laser, "stop")).status_code] == [
        404,
        404,
    ]
    with scope(workspace=workspace):
        assert Command.objects.count() == 0


@pytest.mark.parametrize("machines", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("machine", 8), ("statechange", 8), ("command", 8)])
def test_the_lists_queries(workspace, manager, log_in, machines, name, queries, django_assert_num_queries):
    with scope(workspace=workspace):
        for n in range(machines):
            machine = fleet.register(Machine(workspace=workspace, name=f"M{n}", driver="simulator"), manager)
            telemetry.ingest(machine, Reading(State.RUNNING, job_key="r", job_name="Flange", progress=0.4))
            commands.request(machine, "pause", key=f"k{n}", by=manager)
    client = log_in(manager)
    with django_assert_num_queries(queries):
        assert client.get(reverse(f"admin:machines_{name}_changelist")).status_code == 200


def test_what_was_said_is_read_and_not_edited(laser, boss, manager):
    telemetry.ingest(laser, Reading(State.ERROR, message="Filament has run out"), timezone.now() - timedelta(seconds=9))
    command = commands.request(laser, "resume", {"api_key": "hunter2"}, key="k", by=manager)
    change = laser.changes.get()
    for name, record, words in (("statechange", change, "Filament has run out"), ("command", command, "Resume")):
        url = reverse(f"admin:machines_{name}_change", args=[record.pk])
        html = boss.get(url).content.decode()
        assert words in html
        assert "hunter2" not in html
        assert boss.post(url, {"message": "x"}).status_code == 403
        assert boss.get(reverse(f"admin:machines_{name}_add")).status_code == 403
