"""OctoPrint on the wire: the push socket, how prints ended, application keys, files."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, FileTrouble, Outcome, State, Unreachable
from machines import drivers
from machines.drivers import octoprint
from machines.simulators.wire.octoprint import KEY, OctoPrintServer
from machines.tests.drivers.stage import listening, play


@asynccontextmanager
async def server():
    machine = OctoPrintServer()
    machine.printing.files["a.gcode"] = b"G1"
    await machine.start()
    try:
        yield machine
    finally:
        await machine.stop()


def ends(ear):
    return [(end.outcome, end.file) for reading in ear.heard for end in reading.ended]


def test_a_print_from_start_to_finish(tmp_path):
    async def story():
        async with server() as machine, listening("octoprint", machine.options, tmp_path) as ear:
            assert (await ear.until()).state == State.IDLE
            assert await ear.tell("print", file="/a.gcode") == Ack(True)
            running = await ear.state("running")
            assert (running.job_key, running.file, running.values["metres"]) == ("", "a.gcode", 14.0)
            assert await ear.tell("print", "again", file="a.gcode") == Ack(False, "the printer cannot do this now")
            machine.printing.go_to(0.4)
            assert (await ear.until(lambda reading: reading.progress == 0.4)).seconds_left == 2160
            assert await ear.tell("pause") == Ack(True)
            await ear.state("paused")
            assert await ear.tell("resume") == Ack(True)
            await ear.state("running")
            machine.printing.go_to(1)
            done = await ear.state("finished")
            assert (done.outcome, done.progress) == (Outcome.FINISHED, 1.0)
            await ear.until(lambda reading: reading.ended)
            assert ends(ear) == [(Outcome.FINISHED, "a.gcode")]

    play(story())


def test_a_cancel_is_told_twice_and_counts_once(tmp_path):
    async def story():
        async with server() as machine, listening("octoprint", machine.options, tmp_path) as ear:
            machine.printing.begin("a.gcode")
            machine.printing.go_to(0.25)
            await ear.state("running")
            assert await ear.tell("stop") == Ack(True)
            end = (await ear.until(lambda reading: reading.ended)).ended[0]
            assert (end.outcome, end.file, end.metres) == (Outcome.CANCELLED, "a.gcode", 3.5)
            # Told before the state changes: nothing is at work any more in the reading that says so.
            assert [reading.state for reading in ear.heard if reading.ended] == [State.IDLE]
            machine.printing.begin("a.gcode")
            await ear.until(lambda reading: reading.state == "running" and reading.progress == 0)
            assert ends(ear) == [(Outcome.CANCELLED, "a.gcode")]

    play(story())


def test_a_fault_in_its_own_words(tmp_path):
    async def story():
        async with server() as machine, listening("octoprint", machine.options, tmp_path) as ear:
            machine.printing.begin("a.gcode")
            await ear.state("running")
            machine.printing.fail("")
            fault = await ear.state("error")
            assert (fault.raw_state, fault.message) == ("Offline after error", "firmware")
            await ear.until(lambda reading: reading.ended)
            assert ends(ear) == [(Outcome.FAILED, "a.gcode")]

    play(story())


def test_what_ended_while_nobody_listened(tmp_path):
    async def story():
        async with server() as machine:
            machine.skew = 3000.0  # its clock is ahead: the time is told by ours
            machine.printing.begin("a.gcode")
            machine.printing.go_to(1)
            async with listening("octoprint", machine.options, tmp_path) as ear:
                first = await ear.until()
                [end] = first.ended
                assert (end.outcome, end.file, first.outcome) == (Outcome.FINISHED, "a.gcode", Outcome.FINISHED)
                assert abs(end.at - datetime.now(UTC)) < timedelta(seconds=30)

    play(story())


def test_when_the_socket_says_nothing_it_is_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(octoprint, "QUIET_FOR", 0.05)

    async def story():
        async with server() as machine, listening("octoprint", machine.options, tmp_path) as ear:
            for _again in range(3):
                await ear.state("idle")
            assert machine.asked.count("GET /api/job") >= 2

    play(story())


def test_a_wrong_key_and_other_programs(tmp_path):
    async def story():
        async with server() as machine:
            with pytest.raises(CredentialsRefused):
                async with listening("octoprint", {**machine.options, "api_key": "x"}, tmp_path):
                    pass
            for fault in ("html", "elsewhere"):
                machine.printing.faults = {fault}
                with pytest.raises(Unreachable):
                    async with listening("octoprint", machine.options, tmp_path):
                        pass

    play(story())


def test_a_key_is_asked_for_and_allowed_there(tmp_path):
    async def story():
        async with server() as machine:
            driver = drivers.build("octoprint", {"host": machine.options["host"]}, tmp_path)
            assert (await driver.examine())[-1].name == "credentials"
            token = await driver.ask_for_key()
            assert await driver.key_for(token) is None
            machine.tokens[token] = KEY
            assert await driver.key_for(token) == KEY
            assert (await drivers.build("octoprint", machine.options, tmp_path).examine())[-1].ok is True

    play(story())


def test_files(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 1000)

    async def story():
        async with server() as machine:
            driver = drivers.build("octoprint", machine.options, tmp_path)
            assert await driver.upload(source, "../Grüße 🦊.gcode") == "Grüße 🦊.gcode"
            assert [(file.path, file.size) for file in await driver.files()] == [
                ("a.gcode", 2), ("Grüße 🦊.gcode", 256_000),
            ]  # fmt: skip
            await driver.download("Grüße 🦊.gcode", tmp_path / "copy", 10**6)
            assert (tmp_path / "copy").read_bytes() == source.read_bytes()
            with pytest.raises(FileTrouble):
                await driver.download("none.gcode", tmp_path / "copy", 10**6)
            machine.printing.faults.add("cut")
            with pytest.raises(FileTrouble):
                await driver.upload(source, "b.gcode")

    play(story())
