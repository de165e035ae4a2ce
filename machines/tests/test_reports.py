"""A laser's reports from the folder to the books: looked at, switched on, counted once, never the truth of a run."""

import asyncio
import os
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from laseros.core.drivers import Reading, State, Unreachable
from machines import attention, drivers, fleet, importing, reported, telemetry
from machines.drivers import cypcut
from machines.link import options_for
from machines.models import Machine, MachineJob, MachineStatus
from machines.simulators.wire.cypcut import Cut, CypCutReports

WALL = "Africa/Johannesburg"  # of the workspace


@pytest.fixture(autouse=True)
def _folders(settings, tmp_path):
    settings.WATCHED_FOLDERS = tmp_path


@pytest.fixture
def laser(scoped, manager):
    return fleet.register(Machine(workspace=scoped, name="X3", driver="cypcut", options={"folder": "laser"}), manager)


@pytest.fixture
def reports(laser, tmp_path):
    """The laser's program: what it writes lies quiet at once."""

    class Quiet(CypCutReports):
        def write(self):
            super().write()
            old = time.time() - 60
            os.utime(self.folder / self.file, (old, old))

    folder = tmp_path / laser.workspace.slug / "laser"
    folder.mkdir(parents=True)
    return Quiet(folder=folder)


def heard(machine, home, rounds=1):
    """What a driver made anew says, as the watcher stores it."""

    async def story():
        driver = drivers.build("cypcut", options_for(machine), home)
        await driver.connect()
        found = []
        async for reading in driver.readings():
            found.append(reading)
            if not reading.ended:
                return found

    found = asyncio.run(story())
    return sum(reported.note(machine, reading, timezone.now()) for reading in found)


def switched_on(machine, since=None):
    mapping = {"name": "Task Name", "file": "File Name", "started": "Start Time", "ended": "End Time",
               "seconds": "Time Taken(s)", "pierces": "Pierce Count", "length": "Cut Length(m)", "gas": "Gas",
               "status": "Status"}  # fmt: skip
    importing.switch_on(machine, mapping, {}, since or timezone.now() - timedelta(days=2), None)
    machine.refresh_from_db()


def ago(**passed) -> datetime:
    """By the wall's clock of the workspace."""
    moment = timezone.now() - timedelta(**passed)
    return moment.astimezone(ZoneInfo(WALL)).replace(tzinfo=None, microsecond=0)


def test_rows_become_machine_jobs_once_however_often_they_are_read(laser, reports, tmp_path):
    reports.cut("JB-1", ago(hours=3), 600, pierces=112, metres=23.41)
    reports.cut("JB-2", ago(hours=2), 300, status="Paused")
    assert heard(laser, tmp_path) == 0  # nobody has said which column is which
    assert MachineStatus.objects.get(machine=laser).troubles[0]["words"] == "its reports do not count yet"
    switched_on(laser)
    assert [heard(laser, tmp_path), heard(laser, tmp_path)] == [1, 0]
    job = MachineJob.objects.get()
    assert (job.name, job.file, job.outcome, job.reported, job.pierces, job.cut_seconds) == (
        "JB-1", "JB-1.lxds", "finished", True, 112, 600.0,
    )  # fmt: skip
    assert (job.metres, job.facts["gas"], job.seconds) == (23.41, "O2", 600.0)
    assert job.started_at.astimezone(ZoneInfo(WALL)).replace(tzinfo=None) == reports.cuts[0].began
    reports.cuts[1].status = "Finished"
    reports.faults.add("utf16")
    (reports.folder / "copy of it.csv").write_bytes(reports.content())
    reports.write()
    os.utime(reports.folder / "copy of it.csv", (time.time() - 50,) * 2)
    assert heard(laser, tmp_path) == 1  # the other is over now; the copy says nothing new
    assert MachineJob.objects.count() == 2


def test_what_ended_before_it_was_switched_on_is_history(laser, reports, tmp_path):
    reports.cut("Old", ago(days=3), 60)
    reports.cut("New", ago(minutes=30), 60)
    reports.cut("Never", ago(days=-3), 60)
    switched_on(laser, timezone.now() - timedelta(hours=1))
    heard(laser, tmp_path)
    assert [job.name for job in MachineJob.objects.all()] == ["New"]
    assert [each["words"] for each in MachineStatus.objects.get(machine=laser).troubles] == ["it is in the future"]


def test_the_operators_word_is_the_state_and_reports_leave_it_alone(laser, reports, tmp_path):
    switched_on(laser)
    telemetry.ingest(laser, Reading(State.RUNNING, job_key="run-1", job_name="Plate"))
    reports.faults.add("nonsense")
    reports.cut("A", ago(minutes=30), 60)
    heard(laser, tmp_path)
    telemetry.ingest(laser, Reading(State.PAUSED, job_key="run-1", job_name="Plate"))
    status = MachineStatus.objects.get(machine=laser)
    assert (status.current, status.job_key, [each["words"] for each in status.troubles]) == (
        "paused", "run-1", ["“-5” cannot be right"],
    )  # fmt: skip
    reported.silent(laser, "the folder is not there")
    assert (MachineStatus.objects.get(machine=laser).current, [need.what for need in attention.needs()]) == (
        "paused", ["Nobody has said whose it is", "Its reports cannot be read"],
    )  # fmt: skip


@pytest.mark.parametrize("name", ["../x", "/etc", "C:\\x", "", "a/../../b", "link"])
def test_no_folder_but_its_own_is_ever_looked_into(laser, reports, tmp_path, name):
    (tmp_path / laser.workspace.slug / "link").symlink_to("/etc")
    laser.options = {"folder": name}
    with pytest.raises(Unreachable):
        cypcut.folder_of(options_for(laser))


def test_a_link_among_the_reports_is_not_followed(laser, reports):
    (reports.folder / "passwords.csv").symlink_to("/etc/passwd")
    assert importing.reports(laser) == []


def test_a_report_brought_by_hand_is_written_through_no_link_and_into_no_other_folder(laser, reports, tmp_path, office):
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    (reports.folder / ".a.csv.part").symlink_to(kept)
    laser.options = {**laser.options, "watched": str(tmp_path / "elsewhere")}
    assert importing.put(laser, SimpleUploadedFile("a.csv", b"x;y"), office) == "a.csv"
    assert (kept.read_text(), (reports.folder / "a.csv").read_text()) == ("kept", "x;y")


def test_the_doctor_says_where_the_folder_is_and_how_sure_it_is(laser, reports, tmp_path):
    def steps():
        found = asyncio.run(drivers.build("cypcut", options_for(laser), tmp_path).examine())
        return {step.name: (step.ok, step.words) for step in found}

    assert steps()["speaks"] == (None, "no report lies there yet")
    reports.cut("A", ago(hours=1), 60)
    switched_on(laser)
    said = steps()
    assert said["address"] == (True, f"the folder is {reports.folder}")
    assert said["speaks"] == (True, "CutReport.csv: 1 rows read, 0 not")
    assert said["mode"][0] is None


def test_the_page_from_the_first_report_to_the_switch(laser, log_in, manager, reports):
    boss = log_in(manager)
    page = reverse("admin:machines_machine_reports", args=[laser.pk])
    assert "No report lies there yet" in boss.get(page).content.decode()
    reports.faults.add("comma")
    for hours in (3, 2):
        reports.cuts.append(cut_of(f"JB-{hours}", hours))
    answer = boss.post(page, {"deed": "bring", "report": SimpleUploadedFile("../My report.csv", reports.content())})
    assert answer.headers["Location"] == f"{page}?file=My%20report.csv"
    html = boss.get(answer.headers["Location"]).content.decode()
    assert "2 rows read" in html
    assert "JB-3" in html
    assert 'value="Schnittlänge (m)" selected' in html
    form = {f"column_{name}": heading for name, heading in importing.look(laser, "My report.csv")["mapping"].items()}
    refused = {**form, "column_started": "", "column_ended": ""}
    boss.post(page, {"deed": "on", "file": "My report.csv", "since": "2026-01-01T00:00", **refused})
    laser.refresh_from_db()
    assert "columns" not in laser.options
    done = boss.post(
        page, {"deed": "on", "file": "My report.csv", "since": "2026-01-01T00:00", "way_dates": "dmy", **form}
    )
    assert done.status_code == 302
    laser.refresh_from_db()
    assert (laser.options["switched_on"], laser.options["columns"]["pierces"], laser.options["dates"]) == (
        True, "Einstiche", "dmy",
    )  # fmt: skip
    assert Activity.objects.filter(target_id=str(laser.pk), verb="changed").count() == 2
    assert boss.post(page, {"deed": "bring", "report": SimpleUploadedFile("x.exe", b"MZ")}).status_code == 302
    assert [report.name for report in importing.reports(laser)] == ["My report.csv"]
    boss.post(page, {"deed": "off"})
    laser.refresh_from_db()
    assert laser.options["switched_on"] is False


def cut_of(name, hours):
    return Cut(name, ago(hours=hours), 600)
