"""The simulated machine: what it does follows from its file and the clock."""

import asyncio
import json

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, Driver, Outcome, State, Unreachable
from machines import drivers
from machines.simulators.machine import SimulatedMachine


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def laser(tmp_path, clock):
    return SimulatedMachine(tmp_path / "m" / "simulator.json", {"kind": "laser", "speed": 1}, clock)


JOB = {"job_key": "run-5", "job_name": "Bracket 🦊", "seconds": 100}


def test_a_run_from_start_to_finish(laser, clock):
    assert laser.read().state == State.IDLE
    assert laser.command("start", JOB, "k1") == Ack(True)
    first = laser.read()
    assert (first.state, first.job_key, first.job_name, first.progress, first.seconds_left) == (
        State.PREPARING, "run-5", "Bracket 🦊", 0.0, 125,
    )  # fmt: skip
    clock.now += 75
    half = laser.read()
    assert (half.state, half.progress, half.seconds_left) == (State.RUNNING, 0.5, 50)
    assert half.values["power_w"] > 2000
    clock.now += 50
    done = laser.read()
    assert (done.state, done.progress, done.seconds_left, done.job_key) == (State.FINISHED, 1.0, 0, "run-5")
    clock.now += 601
    assert laser.read().state == State.IDLE


def test_an_end_that_nobody_watched_is_still_told(laser, clock):
    laser.command("start", JOB, "k1")
    clock.now += 8 * 3600
    assert (laser.read().state, laser.read().job_key, laser.read().outcome) == (
        State.FINISHED, "run-5", Outcome.FINISHED,
    )  # fmt: skip
    clock.now += 601
    assert (laser.read().state, laser.read().outcome) == (State.IDLE, None)


def test_a_new_process_finds_it_as_far_as_the_clock_says(laser, clock):
    laser.command("start", JOB, "k1")
    clock.now += 50
    again = SimulatedMachine(laser.memory.file, {"kind": "laser", "speed": 1}, clock)
    assert (again.read().state, again.read().progress) == (State.RUNNING, 0.25)


def test_a_pause_costs_no_progress(laser, clock):
    laser.command("start", JOB, "k1")
    clock.now += 45
    assert laser.command("pause", {}, "k2") == Ack(True)
    clock.now += 1000
    assert (laser.read().state, laser.read().progress, laser.read().seconds_left) == (State.PAUSED, 0.2, 80)
    assert laser.command("pause", {}, "k3") == Ack(False, "nothing is running")
    assert laser.command("resume", {}, "k4") == Ack(True)
    clock.now += 10
    assert (laser.read().state, round(laser.read().progress, 3)) == (State.RUNNING, 0.3)


def test_a_key_is_carried_out_once(laser, clock):
    assert laser.command("start", JOB, "k1") == Ack(True)
    clock.now += 60
    assert laser.command("start", JOB, "k1") == Ack(True)
    assert laser.read().progress == 0.35  # not begun again
    assert laser.command("start", JOB, "k2") == Ack(False, "busy with Bracket 🦊")
    assert laser.command("stop", {}, "k3") == Ack(True)
    assert laser.command("start", JOB, "k2") == Ack(False, "busy with Bracket 🦊")  # the answer of then
    assert laser.read().state == State.IDLE


def test_an_error_on_the_way_waits_for_a_person(tmp_path, clock):
    machine = SimulatedMachine(tmp_path / "m.json", {"kind": "printer", "fault": "error", "fault_at": 0.5}, clock)
    machine.command("start", {**JOB, "seconds": 3000}, "k1")  # 30 times as fast: 7 s heating, 100 s printing
    clock.now += 1000
    reading = machine.read()
    assert (reading.state, round(reading.progress, 3), reading.message) == (State.ERROR, 0.5, "Filament has run out")
    assert machine.command("resume", {}, "k2") == Ack(True)
    clock.now += 50
    assert machine.read().state == State.FINISHED


@pytest.mark.parametrize("seconds", [None, "soon", float("nan"), -4, 10**12])
def test_impossible_durations_are_not_believed(laser, seconds):
    assert laser.command("start", {"seconds": seconds}, "k1") == Ack(True)
    assert 0 < laser.read().seconds_left <= 30 * 86400 + 25


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"work": null}'])
def test_a_damaged_memory_is_an_idle_machine(laser, damage):
    laser.command("start", JOB, "k1")
    laser.memory.file.write_text(damage)
    assert laser.read().state == State.IDLE


def test_forgetting(laser):
    laser.command("start", JOB, "k1")
    assert laser.command("forget", {}, "k2") == Ack(True)
    assert laser.read().state == State.IDLE
    assert json.loads(laser.memory.file.read_text())["work"] is None


# --- behind the contract ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(drivers.DRIVERS))
def test_every_driver_keeps_the_contract(name, tmp_path):
    assert isinstance(drivers.build(name, {}, tmp_path), Driver)
    assert drivers.capabilities(name) <= {
        "start",
        "print",
        "pause",
        "resume",
        "stop",
        "forget",
        "files",
        "pair",
        "camera",
    }


def test_an_unknown_driver_can_nothing(tmp_path):
    assert drivers.capabilities("steam") == frozenset()
    with pytest.raises(drivers.UnknownDriver):
        drivers.build("steam", {}, tmp_path)


def test_a_command_is_heard_at_once(tmp_path):
    async def story():
        driver = drivers.build("simulator", {"speed": 1}, tmp_path)
        await driver.connect()
        readings = driver.readings()
        assert (await anext(readings)).state == State.IDLE
        assert await driver.command("start", JOB, "k1") == Ack(True)
        async with asyncio.timeout(0.5):
            assert (await anext(readings)).state == State.PREPARING
        await driver.close()

    asyncio.run(story())


@pytest.mark.parametrize(("fault", "error"), [("unreachable", Unreachable), ("credentials", CredentialsRefused)])
def test_faults_on_demand(tmp_path, fault, error):
    driver = drivers.build("simulator", {"fault": fault}, tmp_path)
    with pytest.raises(error):
        asyncio.run(driver.connect())
