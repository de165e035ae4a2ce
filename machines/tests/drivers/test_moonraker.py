"""Moonraker on the wire: Klipper's state first, its history of jobs, commands, files."""

from contextlib import asynccontextmanager

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, FileTrouble, Outcome, State, Unreachable
from machines import drivers
from machines.drivers import moonraker
from machines.simulators.wire.moonraker import MoonrakerServer
from machines.tests.drivers.stage import listening, play


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(moonraker, "NOT_READY_EVERY", 0.05)
    monkeypatch.setattr(moonraker, "PROGRESS_EVERY", 0.0)


@asynccontextmanager
async def server(**more):
    machine = MoonrakerServer(**more)
    await machine.start()
    try:
        yield machine
    finally:
        await machine.stop()


def ends(ear):
    return [(end.outcome, end.job_key, end.metres, end.grams) for reading in ear.heard for end in reading.ended]


def test_a_print_from_start_to_finish(tmp_path):
    async def story():
        async with server() as machine, listening("moonraker", machine.options, tmp_path) as ear:
            assert (await ear.until()).state == State.IDLE
            assert await ear.tell("print", file="/orders/a.gcode") == Ack(True)
            running = await ear.until(lambda reading: reading.state == "running" and reading.job_key)
            assert (running.job_key, running.job_name, running.file) == ("000001", "a.gcode", "orders/a.gcode")
            machine.printing.go_to(0.5)
            half = await ear.until(lambda reading: reading.progress == 0.5)
            assert (half.seconds_left, half.values["layer"], half.values["grams"], half.values["grams_used"]) == (
                1800, 100, 42.0, 21.0,
            )  # fmt: skip
            assert await ear.tell("print", "again", file="b.gcode") == Ack(False, "the printer is busy")
            assert await ear.tell("pause") == Ack(True)
            await ear.state("paused")
            assert await ear.tell("resume") == Ack(True)
            assert await ear.tell("resume", "twice") == Ack(False, "SD busy")
            machine.printing.go_to(1)
            done = await ear.state("finished")
            assert (done.outcome, done.job_key) == (Outcome.FINISHED, "000001")
            await ear.until(lambda reading: reading.ended)
            assert ends(ear) == [(Outcome.FINISHED, "000001", 14.0, 42.0)]

    play(story())


def test_cancelling(tmp_path):
    async def story():
        async with server() as machine, listening("moonraker", machine.options, tmp_path) as ear:
            machine.printing.begin("a.gcode")
            machine.printing.go_to(0.25)
            await ear.state("running")
            assert await ear.tell("stop") == Ack(True)
            end = await ear.until(lambda reading: reading.outcome)
            assert (end.state, end.outcome, end.values["grams_used"]) == (State.IDLE, Outcome.CANCELLED, 10.5)

    play(story())


def test_an_emergency_stop_is_no_standby(tmp_path):
    async def story():
        async with server() as machine, listening("moonraker", machine.options, tmp_path) as ear:
            machine.printing.begin("a.gcode")
            await ear.state("running")
            machine.klippy_is("shutdown", "Shutdown due to M112 command\nOnce the underlying issue is corrected …")
            stopped = await ear.state("error")
            assert (stopped.raw_state, stopped.message) == ("klippy shutdown", "Shutdown due to M112 command")
            assert (Outcome.FAILED, "000001", 0.0, 0.0) in ends(ear)
            machine.klippy_is("ready")
            await ear.state("idle")

    play(story())


def test_klipper_away_is_offline_and_ends_nothing_by_itself(tmp_path):
    async def story():
        async with server() as machine:
            machine.klippy = "disconnected"
            async with listening("moonraker", machine.options, tmp_path) as ear:
                away = await ear.state("offline")
                assert (away.raw_state, away.message) == ("klippy disconnected", "Klipper is not connected")
                machine.klippy = "ready"
                await ear.state("idle")

    play(story())


def test_the_history_tells_what_nobody_listened_to(tmp_path):
    async def story():
        async with server() as machine:
            machine.skew = -4000.0
            machine.printing.begin("a.gcode")
            machine.printing.go_to(1)
            machine.printing.begin("b.gcode")
            async with listening("moonraker", machine.options, tmp_path) as ear:
                first = await ear.until()
                assert (first.job_key, [(end.outcome, end.job_key) for end in first.ended]) == (
                    "000002", [(Outcome.FINISHED, "000001")],
                )  # fmt: skip

    play(story())


def test_without_a_history_the_file_names_the_work(tmp_path):
    async def story():
        async with server() as machine:
            machine.printing.faults.add("no_history")
            async with listening("moonraker", machine.options, tmp_path) as ear:
                machine.printing.begin("a.gcode")
                running = await ear.state("running")
                assert (running.job_key, running.file) == ("", "a.gcode")
                machine.printing.go_to(1)
                assert (await ear.state("finished")).outcome == Outcome.FINISHED

    play(story())


def test_keys_other_programs_and_a_restart(tmp_path):
    async def story():
        async with server(trusts=False) as machine:
            with pytest.raises(CredentialsRefused):
                async with listening("moonraker", {"host": machine.options["host"]}, tmp_path):
                    pass
            async with listening("moonraker", machine.options, tmp_path) as ear:
                await ear.state("idle")
                await machine.stop()
                with pytest.raises(Unreachable):
                    await ear.until(lambda reading: False)
            await machine.start()
            machine.printing.faults.add("html")
            with pytest.raises(Unreachable):
                async with listening("moonraker", machine.options, tmp_path):
                    pass
            driver = drivers.build("moonraker", machine.options, tmp_path)
            assert (await driver.examine())[-1].ok is False
            machine.printing.faults.clear()
            machine.klippy = "shutdown"
            driver = drivers.build("moonraker", machine.options, tmp_path)
            assert (await driver.examine())[-1].words == "Klipper is not ready: shutdown"

    play(story())


def test_files(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 1000)

    async def story():
        async with server() as machine:
            driver = drivers.build("moonraker", machine.options, tmp_path)
            assert await driver.upload(source, "../Grüße 🦊.gcode") == "Grüße 🦊.gcode"
            assert [(file.path, file.size) for file in await driver.files()] == [("Grüße 🦊.gcode", 256_000)]
            await driver.download("Grüße 🦊.gcode", tmp_path / "copy", 10**6)
            assert (tmp_path / "copy").read_bytes() == source.read_bytes()
            with pytest.raises(FileTrouble):
                await driver.download("none.gcode", tmp_path / "copy", 10**6)
            machine.printing.faults.add("cut")
            with pytest.raises(FileTrouble, match="checksum"):
                await driver.upload(source, "b.gcode")

    play(story())
