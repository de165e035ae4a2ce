"""The watcher as people run it: a process of its own, on the database, with machines that misbehave."""

import json
import os
import queue
import signal
import time

import paho.mqtt.client as mqtt
import pytest
from django.conf import settings
from django.utils import timezone

from machines import commands
from machines.models import Command, Machine, MachineJob, MachineStatus, StateChange
from machines.simulators.wire.fscut import FsCutCloud
from machines.tests.at_once import BESIDE_OTHERS, PATIENCE, as_promised, eventually, on_the_wire, watchers

pytestmark = [pytest.mark.processes, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# 30 times as fast: 1 s preparing, 16 s cutting, longer than a takeover takes.
JOB = {"job_key": "run-1", "job_name": "Grüße 🦊", "seconds": 480, "quantity": 1}


def machine(workspace, name, **options):
    return Machine.objects.create(workspace=workspace, name=name, driver="simulator", options=options)


def current(machine) -> str:
    row = MachineStatus.objects.filter(machine=machine).values_list("current", flat=True).first()
    return row or ""


def story(machine) -> list[tuple]:
    rows = StateChange.objects.filter(machine=machine).order_by("id")
    return list(rows.values_list("before", "after", "job_key"))


def test_killed_in_the_middle_of_a_run_another_takes_over(scoped, tmp_path, operator):
    laser = machine(scoped, "X3", kind="laser", speed=30)
    with watchers(tmp_path) as begin:
        first = begin()
        eventually(lambda: current(laser) == "idle")
        begin()
        asked = commands.request(laser, "start", JOB, key="run-1", by=operator)
        eventually(lambda: current(laser) == "running")
        laser.refresh_from_db()
        holder = laser.lease_owner
        os.kill(first.pid, signal.SIGKILL)

        def taken_over():
            laser.refresh_from_db()
            return laser.lease_owner not in ("", holder)

        as_promised(taken_over, 15)
        eventually(lambda: current(laser) == "finished")
    asked.refresh_from_db()
    assert asked.state == "confirmed"
    assert list(MachineJob.objects.values_list("key", "outcome")) == [("run-1", "finished")]
    assert story(laser) == [
        ("unknown", "idle", ""),
        ("idle", "preparing", "run-1"),
        ("preparing", "running", "run-1"),
        ("running", "finished", "run-1"),
    ]
    status = MachineStatus.objects.get(machine=laser)
    assert (status.job_name, status.progress, status.seconds_left) == ("Grüße 🦊", 1.0, 0)


def test_one_bad_machine_slows_no_other(scoped, tmp_path, operator):
    good = machine(scoped, "good")
    away = machine(scoped, "away", fault="unreachable")
    locked = machine(scoped, "locked", fault="credentials")
    odd = machine(scoped, "odd", fault="nonsense")
    deaf = machine(scoped, "deaf", fault="no_answer")
    steam = Machine.objects.create(workspace=scoped, name="steam", driver="steam")
    unanswered = commands.request(deaf, "start", JOB, key="deaf-1", by=operator)
    with on_the_wire(FsCutCloud()) as cloud, watchers(tmp_path) as begin:
        cloud.cut("Old.lxds", cloud.began, 300)
        options = {**cloud.options, "every": 5}
        far = Machine.objects.create(workspace=scoped, name="far", kind="laser", driver="fscut", options=options)
        child = begin()
        eventually(lambda: current(good) == current(far) == "idle")
        cloud.printing.begin("A.lxds")
        commands.request(good, "start", JOB, key="good-1", by=operator)
        as_promised(lambda: current(good) in ("preparing", "running"), 3)
        eventually(lambda: current(away) == current(locked) == current(steam) == "offline")
        said = dict(MachineStatus.objects.order_by("pk").values_list("machine__name", "message"))
        assert said["away"] == "Cannot be reached: no route to the simulated machine"
        assert (
            said["locked"]
            == "It does not accept our access code: the simulated machine does not accept the access code"
        )
        assert said["steam"] == "This installation has no connection called steam"
        assert (current(odd), said["odd"]) == ("running", "m" * 300)

        # Mended, renamed, added, archived: all without a restart.
        Machine.objects.filter(pk=away.pk).update(options={})
        late = machine(scoped, "late")
        Machine.objects.filter(pk=good.pk).update(archived_at=timezone.now())
        eventually(lambda: current(away) == current(late) == "idle")
        eventually(lambda: Machine.objects.filter(pk=good.pk, lease_owner="").exists())

        eventually(lambda: current(far) == "running")
        cloud.printing.go_to(1)

        # Sent, carried out, never answered: over, and not sent again.
        eventually(lambda: Command.objects.get(pk=unanswered.pk).state == "timed_out")
        assert [after for _before, after, _key in story(deaf)][:2] == ["idle", "preparing"]
        commands.request(deaf, "forget", key="deaf-2", by=operator)

        # A laser by its maker's cloud: one work, once; what was cut before is history.
        eventually(lambda: current(far) == "idle")
        cut = MachineJob.objects.get(machine=far)
        assert (cut.name, cut.outcome, cut.pierces, cut.metres, cut.cut_seconds, cut.facts) == (
            "A.lxds", "finished", 56, 12.5, 360.5, {"material": "S235", "thickness": 3.0, "parts": 4.0},
        )  # fmt: skip

        child.send_signal(signal.SIGTERM)
        asked = time.monotonic()
        assert child.wait(timeout=PATIENCE) == 0
        assert time.monotonic() - asked < 6 * BESIDE_OTHERS
    assert not Machine.objects.exclude(lease_owner="").exists()
    assert Command.objects.get(pk=unanswered.pk).state == "timed_out"


@pytest.fixture
def broker():
    """The messages of laseros/#, in order. Needs MQTT_URL or a broker on this machine's usual port."""
    url = settings.MQTT_URL or "mqtt://127.0.0.1:1883"
    heard = queue.Queue()
    client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
    client.on_message = lambda client, userdata, message: heard.put(
        (message.topic, message.payload.decode(), message.retain)
    )
    client.on_connect = lambda client, *rest: client.subscribe("laseros/#", qos=1)
    try:
        client.connect("127.0.0.1" if not settings.MQTT_URL else url.split("//")[1].split("@")[-1].split(":")[0])
    except OSError as error:
        pytest.skip(f"no MQTT broker: {error}")
    client.loop_start()
    yield url, heard
    client.disconnect()
    client.loop_stop()


def test_states_on_the_shops_broker(make_workspace, tmp_path, operator, broker):
    from django_scopes import scope

    url, heard = broker
    shop = make_workspace(f"mqtt-{os.getpid()}")
    said: dict[str, list] = {}

    def hear():
        while not heard.empty():
            topic, text, _retained = heard.get()
            said.setdefault(topic, []).append(text)
        return said

    with scope(workspace=shop), watchers(tmp_path, MQTT_URL=url) as begin:
        laser = machine(shop, "Läser 🦊")
        where = f"laseros/{shop.slug}/{laser.pk}/state"
        child = begin()
        eventually(lambda: "idle" in [json.loads(text)["state"] for text in hear().get(where, [])])
        commands.request(laser, "start", JOB, key="m-1", by=operator)
        eventually(lambda: json.loads(hear()[where][-1])["state"] == "running")
        last = json.loads(said[where][-1])
        assert (last["machine"], last["job"], last["kind"]) == ("Läser 🦊", "Grüße 🦊", "laser")
        assert said["laseros/availability"][-1] == "online"
        os.kill(child.pid, signal.SIGKILL)
        eventually(lambda: hear()["laseros/availability"][-1] == "offline")
        Machine.objects.filter(pk=laser.pk).update(lease_owner="", lease_until=None)
        begin()
        eventually(lambda: hear()["laseros/availability"][-1] == "online")
        eventually(lambda: Machine.objects.exclude(lease_owner="").exists())
        Machine.objects.filter(pk=laser.pk).update(archived_at=timezone.now())
        eventually(lambda: hear()[where][-1] == "")  # an archived machine is taken off the broker
