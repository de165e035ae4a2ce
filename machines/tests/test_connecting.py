"""Connecting a machine as a person does: a form that tries first, the doctor's page, commands on the shell."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from laseros.core.drivers import Reading, State, Tray, Trouble
from machines import fleet, sealing, telemetry
from machines.models import Machine, MachineJob, Sample
from machines.simulators.wire.prusalink import KEY, PrusaLinkPrinter
from machines.tests.at_once import on_the_wire

ADD = reverse("admin:machines_machine_add")


@pytest.fixture
def boss(log_in, manager):
    return log_in(manager)


def data(**more):
    return {
        "name": "MK4", "kind": "printer", "model": "Prusa MK4", "driver": "prusalink", "position": "0",
        "hourly_rate": "9", "bed_width_mm": "250", "bed_height_mm": "210", "power_w": "0", "acceleration_mm_s2": "9810",
        "rapid_mm_min": "100000", "corner_mm": "0.02", "load_seconds": "0", **more,
    }  # fmt: skip


def test_what_is_unproven_says_so_where_it_is_chosen(scoped, boss):
    for driver, is_said in (("fscut", True), ("raybox", True), ("cypcut", True), ("prusalink", False)):
        asked = boss.post(ADD, data(driver=driver)).content.decode()
        assert ("Known from public descriptions only" in asked, "Worked by hand: nothing" in asked) == (is_said, False)
    assert "Worked by hand: nothing is connected" in boss.get(ADD).content.decode()


def test_the_form_asks_for_what_the_connection_needs_and_tries_it(scoped, boss):
    with on_the_wire(PrusaLinkPrinter()) as printer:
        host = printer.options["host"]
        asked = boss.post(ADD, data()).content.decode()
        assert ('name="setting_host"' in asked, Machine.objects.count()) == (True, 0)
        wrong = boss.post(ADD, data(setting_host=host, setting_api_key="wrong-key-1")).content.decode()
        assert "The key or password is wrong" in wrong
        assert "wrong-key-1" not in wrong
        assert Machine.objects.count() == 0
        assert boss.post(ADD, data(setting_host=host, setting_api_key=KEY, setting_user="maker")).status_code == 302
        machine = Machine.objects.get()
        assert (machine.options, sealing.opened(machine.sealed)) == (
            {"host": host, "user": "maker"},
            {"api_key": KEY},
        )
        page = reverse("admin:machines_machine_change", args=[machine.pk])
        assert KEY not in boss.get(page).content.decode()
        # An empty key is the old one; another name is no new connection and is not tried.
        printer.printing.faults.add("html")
        assert boss.post(page, data(name="MK4 left", setting_host=host, setting_user="maker")).status_code == 302
        machine.refresh_from_db()
        assert (machine.name, sealing.opened(machine.sealed)) == ("MK4 left", {"api_key": KEY})
    away = {"setting_host": "127.0.0.1:9", "setting_api_key": "k"}
    assert "Nobody answers there" in boss.post(ADD, data(name="B", **away)).content.decode()
    assert boss.post(ADD, data(name="B", unproved="on", **away)).status_code == 302


def test_addresses_no_machine_may_have(scoped, boss):
    for host in ("169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "user:x@127.0.0.1"):
        answer = boss.post(ADD, data(setting_host=host, setting_api_key="k"))
        assert (answer.status_code, Machine.objects.count()) == (200, 0), host


def test_this_computer_only_where_it_is_allowed(scoped, boss, monkeypatch):
    monkeypatch.delenv("MACHINES_ON_THIS_COMPUTER")
    answer = boss.post(ADD, data(setting_host="localhost:5432", setting_api_key="k")).content.decode()
    assert "is the computer Laser OS runs on" in answer


def test_the_doctors_page(scoped, boss, manager):
    with on_the_wire(PrusaLinkPrinter()) as printer:
        machine = Machine(workspace=scoped, name="MK4", driver="prusalink", options={"host": printer.options["host"]})
        machine.sealed = sealing.sealed({"api_key": KEY})
        fleet.register(machine, manager)
        page = reverse("admin:machines_machine_doctor", args=[machine.pk])
        assert "The connection works" in boss.get(page).content.decode()
        Machine.objects.update(sealed=sealing.sealed({"api_key": "old"}))
        html = boss.get(page).content.decode()
        assert "This is wrong" in html
        assert "the key or password is wrong" in html
        assert "The printer shows it under Settings, Network, PrusaLink." in html


def test_the_page_of_a_machine_shows_trays_troubles_and_what_it_worked_on(scoped, boss, manager):
    machine = fleet.register(Machine(workspace=scoped, name="P1S", driver="bambu", kind="printer"), manager)
    now = timezone.now()
    trays = (Tray("A1", "PLA", "#FF8000", 0.8, True), Tray("A2", "PETG", "javascript:", None))
    trouble = Trouble("0700_2000_0002_0001", "filament has run out", "Put in filament and go on.")
    telemetry.ingest(machine, Reading(
        State.PAUSED, raw_state="PAUSE", job_key="7", job_name="Bracket", progress=0.5, trays=trays,
        troubles=(trouble,), values={"nozzle_c": 215.0, "layer": 110, "layers": 220},
    ), now)  # fmt: skip
    Sample.objects.create(
        workspace=scoped, machine=machine, at=now - timezone.timedelta(minutes=5), values={"nozzle_c": 25}
    )
    html = boss.get(reverse("admin:machines_machine_change", args=[machine.pk])).content.decode()
    for words in ("#FF8000", "A1", "80 %", "filament has run out", "Put in filament and go on.", "layer 110 / 220",
                  "in its own words: PAUSE", "Temperatures of the last 24 hours"):  # fmt: skip
        assert words in html
    assert "javascript:" not in html
    job = MachineJob.objects.get()
    assert reverse("admin:machines_machinejob_change", args=[job.pk]) in html


def test_on_the_shell(scoped, capsys):
    with on_the_wire(PrusaLinkPrinter()) as printer:
        host = f"host={printer.options['host']}"
        add = ["machine_add", "MK4", "--workspace", scoped.slug, "--driver", "prusalink", "--option", host, "--json"]
        with pytest.raises(CommandError, match="key or password is wrong"):
            call_command(*add, "--test", "--option", "api_key=wrong")
        call_command(*add, "--test", "--option", f"api_key={KEY}")
        said = json.loads(capsys.readouterr().out)
        assert (said["name"], said["driver"], said["kind"], KEY in str(said)) == ("MK4", "prusalink", "printer", False)
        call_command("machine_doctor", "MK4", "--json")
        assert json.loads(capsys.readouterr().out)["ok"] is True
    with pytest.raises(CommandError):
        call_command("machine_doctor", "MK4", "--workspace", scoped.slug)
    machine = Machine.objects.get()
    telemetry.ingest(machine, Reading(State.RUNNING, raw_state="PRINTING", job_key="1", file="a.gcode", progress=0.25))
    capsys.readouterr()
    call_command("machine_status", "MK4", "--workspace", scoped.slug, "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["state"], said["raw_state"], said["stale"], said["progress"]) == ("running", "PRINTING", False, 0.25)
    [job] = said["jobs"]
    assert (job["key"], job["file"], job["outcome"], job["ended"], job["grams"]) == ("1", "a.gcode", None, None, None)
    call_command("machine_command", "MK4", "pause", "--wait", "0", "--json")
    assert json.loads(capsys.readouterr().out)["state"] == "requested"
    for wrong in (["machine_status", "None", "--workspace", scoped.slug], ["machine_status", "--workspace", "none"],
                  [*add[:-3], "--option", "nonsense=1"], [*add]):  # fmt: skip
        with pytest.raises(CommandError):
            call_command(*wrong)
    assert Machine.objects.count() == 1
