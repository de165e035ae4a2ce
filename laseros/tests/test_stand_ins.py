"""The demo's machines on the wire: they work by the clock, and are taken in once, found again, and put away."""

import asyncio
from datetime import datetime
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django_scopes import scope

from accounts.models import Workspace
from laseros.demo.stand_ins import living, taken_in
from laseros.management.commands import run
from laseros.tests.ground import new_person
from machines import drivers, importing, link
from machines.models import Machine, MachineStatus, Meter
from machines.simulators.wire.printing import Printing

NOON = datetime(2026, 11, 25, 12, tzinfo=ZoneInfo("Africa/Johannesburg")).timestamp()


class Clock:
    now = NOON

    def __call__(self) -> float:
        return self.now


def a_printer(clock: Clock) -> living.Printer:
    return living.Printer("prusalink", SimpleNamespace(printing=Printing()), clock)


def look(printer: living.Printer) -> None:
    if printer.must_choose:
        printer.turn_over()
    printer.step()


def test_started_again_it_is_as_far_along():
    clock = Clock()
    first, second = a_printer(clock), a_printer(clock)
    look(first)
    work = first.wire.printing
    for _rest in range(20):  # between two prints it rests
        if work.phase == "printing":
            break
        clock.now += living.REST
        look(first)
    clock.now += 60
    look(first)
    look(second)
    assert second.wire.printing.progress == work.progress > 0
    assert (second.wire.printing.number, second.wire.printing.file) == (work.number, work.file)
    was = work.progress
    work.pause()
    for _look in range(30):  # a minute in which a person holds it
        clock.now += living.STEP
        look(first)
    work.resume()
    look(first)
    assert work.progress == pytest.approx(was)
    number = work.number
    for _quarter in range(24):
        clock.now += living.REST
        look(first)
    assert work.number > number


def test_a_sheet_is_the_same_whenever_it_is_asked(tmp_path):
    clock, zone = Clock(), ZoneInfo("Africa/Johannesburg")
    laser = living.Laser(tmp_path, zone, clock)
    laser.step()
    before = (tmp_path / "CutReport.csv").read_bytes().splitlines()
    clock.now += living.SHEET_EVERY
    living.Laser(tmp_path, zone, clock).step()
    after = (tmp_path / "CutReport.csv").read_bytes().splitlines()
    assert before[2:] == after[1 : len(before) - 1]
    assert len(after) in (len(before), len(before) + 1)


@pytest.mark.one_database
@pytest.mark.parametrize(("said", "more"), [(None, {"MACHINES_ON_THIS_COMPUTER": "1"}), ("0", {})])
def test_a_no_to_machines_on_this_computer_is_heard(db, monkeypatch, said, more):
    monkeypatch.delenv("MACHINES_ON_THIS_COMPUTER")
    if said is not None:
        monkeypatch.setenv("MACHINES_ON_THIS_COMPUTER", said)
    processes, environment = run.Command().with_stand_ins()
    assert (environment, run.STAND_INS in processes) == (more, bool(more))


@pytest.mark.one_database
def test_taken_in_once_found_again_and_put_away(db, settings, tmp_path):
    settings.WATCHED_FOLDERS = tmp_path
    for slug, country in ((taken_in.PRINTING, "Europe/Berlin"), (taken_in.CUTTING, "Africa/Johannesburg")):
        workspace = Workspace.objects.create(slug=slug, name=slug, timezone=country)
        with scope(workspace=workspace):
            new_person("manager", workspace)
    stand_ins = living.StandIns(tmp_path / taken_in.CUTTING / "fiber-laser-2", ZoneInfo("Africa/Johannesburg"))

    async def where():
        await stand_ins.start()
        try:
            return stand_ins.options
        finally:
            await stand_ins.stop()

    options = asyncio.run(where())
    assert taken_in.take_in(options) == 5
    options["bambu"]["port"] = 4711
    MachineStatus._base_manager.update(current="running", seen_at=timezone.now() - timezone.timedelta(minutes=1))
    assert taken_in.take_in(options) == 5
    states = dict(MachineStatus._base_manager.values_list("machine__driver", "current"))
    assert states.pop("cypcut") == "running"  # by the operator's word
    assert set(states.values()) == {"unknown"}
    rows = {machine.driver: machine for machine in Machine._base_manager.all()}
    assert sorted(rows) == ["bambu", "cypcut", "moonraker", "octoprint", "prusalink"]
    bambu, laser = rows["bambu"], rows["cypcut"]
    assert (bambu.options["port"], "access_code" in bambu.options) == (4711, False)
    assert link.options_for(bambu)["access_code"] == options["bambu"]["access_code"]
    assert all(options_of["host"].startswith("127.0.0.1") for name, options_of in options.items() if name != "cypcut")
    assert Meter._base_manager.get().machine_id == laser.pk
    with scope(workspace=laser.workspace), timezone.override("Africa/Johannesburg"):
        (report,) = importing.reports(laser)
        found = importing.look(laser, report.name)
    assert (found["bad"], found["missing"], len(found["works"])) == ([], "", importing.SHOWN_ROWS)
    assert drivers.build("cypcut", link.options_for(laser), tmp_path).is_on
    MachineStatus._base_manager.filter(machine=bambu).update(current="running", seen_at=timezone.now())
    with scope(workspace=rows["octoprint"].workspace):
        Machine.objects.filter(driver="octoprint").update(archived_at=timezone.now())  # a person did
    taken_in.put_away()
    assert not Machine._base_manager.filter(archived_at=None).exists()
    assert taken_in.take_in(options) == 4
    assert Machine._base_manager.get(archived_at__isnull=False).driver == "octoprint"
