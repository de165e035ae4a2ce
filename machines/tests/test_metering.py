"""Energy meters: a counter that never goes back, the energy of a stretch of time, a guess that says it is one."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import Activity
from laseros.core.drivers import Ended, Outcome, Reading, State
from laseros.core.errors import Refused
from machines import leases, meter_setup, metering, sealing, telemetry
from machines.models import Machine, MachineJob, Meter, Sample

OPTIONS = {"kind": "tasmota", "host": "10.0.0.9", "port": 1883.0, "topic": "plug"}
BEGIN = timezone.now() - timedelta(hours=5)


def at(minutes: float):
    return BEGIN + timedelta(minutes=minutes)


@pytest.fixture
def laser(scoped):
    machine = Machine.objects.create(workspace=scoped, name="X3", driver="manual")
    meter_setup.install(machine, OPTIONS, "s3cr3t", idle_w=200, cutting_w=1000, unproved=True, by=None)
    return machine


def say(machine, minutes, watts=None, kwh=None):
    values = {"power_w": watts, "energy_kwh": kwh}
    values = {name: value for name, value in values.items() if value is not None}
    return metering.take(machine, Reading(None, values=values), at(minutes))


def used(machine, began, ended):
    found = metering.used(machine.pk, at(began), at(ended))
    return found and (round(found.kwh, 3), found.is_estimate)


def test_the_difference_of_the_counter_between_two_moments(laser):
    for minutes, kwh in ((0, 100.0), (10, 101.0), (20, 103.0), (30, 103.5)):
        say(laser, minutes, 1500, kwh)
    assert used(laser, 0, 30) == (3.5, False)
    assert used(laser, 5, 15) == (1.5, False)  # between the samples
    assert (used(laser, -4, 33), used(laser, -20, -10), used(laser, -20, 30)) == ((3.5, False), None, None)
    say(laser, 60, 1500, 104.5)
    assert used(laser, 0, 45) == (4.0, True)  # nothing was heard for a while


def test_a_counter_that_goes_back_was_reset_and_nothing_is_lost(laser):
    for minutes, kwh in ((0, 900.0), (10, 901.0), (20, 0.0), (30, 0.5), (31, 99_999.0), (40, 100_000.0)):
        meter = say(laser, minutes, 1500, kwh)
    assert (meter.total_kwh, used(laser, 0, 40)) == (2.5, (2.5, False))
    say(laser, 35, 10, 200_000.0)  # late
    assert Meter.objects.get().total_kwh == 2.5


def test_the_guess_has_two_thresholds(laser):
    guesses = [say(laser, minutes, watts).guess for minutes, watts in enumerate((150, 600, 1200, 600, 999, 200))]
    assert guesses == ["idle", "idle", "cutting", "cutting", "cutting", "idle"]
    assert Sample.objects.count() == 5  # the first, each change, and every half minute at work


def test_a_machine_job_has_the_energy_of_its_meter(scoped):
    printer = Machine.objects.create(workspace=scoped, name="P1", kind="printer", driver="bambu")
    meter_setup.install(printer, OPTIONS, "", idle_w=10, cutting_w=60, unproved=True, by=None)
    for minutes, kwh in ((0, 5.0), (10, 5.1), (70, 5.7)):
        say(printer, minutes, 120, kwh)
    telemetry.ingest(printer, Reading(State.IDLE), at(0))
    telemetry.ingest(printer, Reading(State.RUNNING, job_key="7"), at(10))
    telemetry.ingest(printer, Reading(State.FINISHED, job_key="7", outcome=Outcome.FINISHED), at(70))
    job = MachineJob.objects.get()
    assert (round(job.kwh, 3), job.kwh_is_estimate) == (0.6, False)
    unseen = Ended(Outcome.FINISHED, job_key="8", file="b.3mf", began=at(0), at=at(10))
    telemetry.ingest(printer, Reading(State.IDLE, ended=(unseen,)), at(80))
    assert round(MachineJob.objects.get(key="8").kwh, 3) == 0.1


def test_a_machine_worked_by_hand_is_watched_for_its_meter_alone(laser):
    assert [machine.pk for machine in leases.round_of("w")] == [laser.pk]
    meter_setup.remove(laser, None)
    assert leases.round_of("w") == []


def test_set_up_on_the_page_its_password_never_shown(laser, log_in, manager):
    boss = log_in(manager)
    page = reverse("admin:machines_machine_change", args=[laser.pk])
    form = reverse("admin:machines_machine_verb", args=[laser.pk, "meter"])
    metering.take(laser, Reading(None, values={"power_w": 1840.0, "energy_kwh": 3.0}), timezone.now())
    html = boss.get(page).content.decode()
    assert "1 840 W" in html.replace("\xa0", " ").replace(",", " ")
    assert "a guess" in html
    assert "s3cr3t" not in boss.get(form).content.decode()
    data = {**OPTIONS, "port": "1883", "idle_w": "300", "cutting_w": "900", "topic": "other"}
    assert boss.post(form, {**data, "cutting_w": "300"}).status_code == 409
    assert boss.post(form, {**data, "host": "169.254.169.254"}).status_code == 409  # tried, and refused
    assert Meter.objects.get().options["topic"] == "plug"
    assert boss.post(form, {**data, "unproved": "on"}).status_code == 302
    meter = Meter.objects.get()
    assert (meter.options["topic"], meter.idle_w, sealing.opened(meter.sealed)) == (
        "other",
        300,
        {"password": "s3cr3t"},
    )
    assert "s3cr3t" not in str(list(Activity.objects.values_list("details", flat=True)))
    assert boss.post(reverse("admin:machines_machine_verb", args=[laser.pk, "unmeter"])).status_code == 302
    assert not Meter.objects.exists()


def test_thresholds_in_the_wrong_order_are_refused(laser):
    with pytest.raises(Refused):
        meter_setup.install(laser, OPTIONS, "", idle_w=5, cutting_w=5, unproved=True, by=None)
    assert Meter.objects.get().idle_w == 200


def test_the_doctor_on_the_command_line_looks_at_the_meter_too(laser, capsys):
    Meter.objects.update(options={**OPTIONS, "host": "169.254.169.254"})
    call_command("machine_doctor", "X3", "--workspace", laser.workspace.slug, "--json")
    said = json.loads(capsys.readouterr().out)
    assert (said["ok"], said["meter"][-1]["step"], said["meter"][-1]["ok"]) == (True, "address", False)
