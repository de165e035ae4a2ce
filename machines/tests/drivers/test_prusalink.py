"""PrusaLink on the wire, in the printer and beside it: key and digest, commands, ends, faults, files."""

from contextlib import asynccontextmanager

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, FileTrouble, Outcome, State, Unreachable
from machines import drivers
from machines.drivers import prusalink
from machines.simulators.wire.prusalink import PASSWORD, PrusaLinkPrinter
from machines.tests.drivers.stage import listening, play

SHAPES = ("buddy", "rpi")


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    monkeypatch.setattr(prusalink, "POLL_EVERY", 0.02)


@asynccontextmanager
async def printer(shape: str = "buddy"):
    machine = PrusaLinkPrinter(shape=shape)
    await machine.start()
    try:
        yield machine
    finally:
        await machine.stop()


def digest(machine, password=PASSWORD):
    return {"host": machine.options["host"], "user": "maker", "password": password}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_print_from_start_to_finish(shape, tmp_path):
    async def story():
        async with printer(shape) as machine, listening("prusalink", digest(machine), tmp_path) as ear:
            assert (await ear.until()).state == State.IDLE
            machine.printing.files["Bracket.gcode"] = b"G1"
            machine.printing.faults.add("hides_new")  # uploaded a moment ago
            machine.old_progress = 100.0  # what the last work was at
            assert await ear.tell("print", file=f"/{machine.place}/Bracket.gcode") == Ack(True)
            first = await ear.state("running")
            assert (first.job_key, first.job_name, first.progress) == ("1", "Bracket.gcode", 0.0)
            assert (first.values["grams"], first.values["metres"], first.values["nozzle_c"]) == (42.0, 14.0, 215.0)
            machine.old_progress = None
            machine.printing.go_to(0.4)
            assert (await ear.until(lambda reading: reading.progress == 0.4)).seconds_left == 2160
            assert await ear.tell("print", "again", file="/usb/Bracket.gcode") == Ack(
                False, "the printer cannot do this now"
            )
            assert await ear.tell("pause") == Ack(True)
            await ear.state("paused")
            assert await ear.tell("resume") == Ack(True)
            await ear.state("running")
            machine.printing.go_to(1)
            done = await ear.state("finished")
            assert (done.outcome, done.job_key) == (Outcome.FINISHED, "1")
            assert sum(each.startswith("POST") for each in machine.asked) == 3  # hidden, begun, refused

    play(story())


@pytest.mark.parametrize("shape", SHAPES)
def test_stopping_and_the_next(shape, tmp_path):
    async def story():
        async with printer(shape) as machine, listening("prusalink", machine.options, tmp_path) as ear:
            machine.printing.begin("a.gcode")
            await ear.state("running")
            assert await ear.tell("stop") == Ack(True)
            end = await ear.until(lambda reading: reading.outcome)
            assert (end.state, end.outcome, end.job_key) == (State.IDLE, Outcome.CANCELLED, "1")
            assert await ear.tell("stop", "twice") != Ack(True)
            machine.printing.begin("b.gcode")
            assert (await ear.state("running")).job_key == "2"

    play(story())


def test_a_fault_beside_the_printer_ends_the_work(tmp_path):
    async def story():
        async with printer("rpi") as machine, listening("prusalink", machine.options, tmp_path) as ear:
            machine.printing.begin("a.gcode")
            await ear.state("running")
            machine.printing.fail("the serial line is lost")
            end = await ear.state("error")
            assert (end.outcome, end.job_key, end.message, end.values) == (
                Outcome.FAILED, "1", "the serial line is lost", {},
            )  # fmt: skip

    play(story())


def test_attention_and_busy(tmp_path):
    async def story():
        async with printer() as machine, listening("prusalink", machine.options, tmp_path) as ear:
            machine.raw = "BUSY"
            assert (await ear.until(lambda reading: reading.raw_state == "BUSY")).state == State.IDLE
            machine.printing.begin("a.gcode")
            await ear.state("preparing")
            machine.raw = "ATTENTION"
            asks = await ear.state("error")
            assert (asks.outcome, asks.job_key, asks.message) == (None, "1", "it asks for somebody at its screen")
            machine.raw = "SOMETHING NEW"
            await ear.state("unknown")

    play(story())


@pytest.mark.parametrize("shape", SHAPES)
def test_wrong_keys(shape, tmp_path):
    async def story():
        async with printer(shape) as machine:
            for wrong in ({**machine.options, "api_key": "nonsense"}, digest(machine, "nonsense")):
                with pytest.raises(CredentialsRefused):
                    async with listening("prusalink", wrong, tmp_path):
                        pass

    play(story())


@pytest.mark.parametrize("fault", ["html", "huge", "elsewhere"])
def test_what_is_no_printer(fault, tmp_path):
    async def story():
        async with printer() as machine:
            machine.printing.faults.add(fault)
            with pytest.raises(Unreachable):
                async with listening("prusalink", machine.options, tmp_path):
                    pass
            driver = drivers.build("prusalink", machine.options, tmp_path)
            assert [step.ok for step in await driver.examine()][-1] is False

    play(story())


def test_a_restart_of_its_server(tmp_path):
    async def story():
        async with printer() as machine:
            machine.printing.begin("a.gcode")
            async with listening("prusalink", machine.options, tmp_path) as ear:
                await ear.state("running")
                await machine.stop()
                with pytest.raises(Unreachable):
                    await ear.until(lambda reading: False)
            await machine.start()
            async with listening("prusalink", machine.options, tmp_path) as ear:
                assert (await ear.state("running")).job_key == "1"

    play(story())


def test_the_doctor(tmp_path):
    async def story():
        async with printer() as machine:

            async def last(**options):
                step = (await drivers.build("prusalink", {**machine.options, **options}, tmp_path).examine())[-1]
                return step.name, step.ok, step.words

            assert await last() == ("speaks", True, "PrusaLink")
            assert await last(host="") == ("settings", False, "this is not the address of a machine")
            assert await last(api_key="", password="") == ("settings", False, "an API key or a password is needed")
            assert await last(api_key="x") == ("credentials", False, "the key or password is wrong")
            assert (await last(host="169.254.1.1"))[:2] == ("address", False)
            assert (await last(host="user:word@127.0.0.1"))[:2] == ("settings", False)
            machine.skew = 600.0
            driver = drivers.build("prusalink", machine.options, tmp_path)
            assert [(step.name, step.words) for step in await driver.examine() if step.ok is False] == [
                ("clock", "its clock is 10 min off"),
            ]  # fmt: skip

    play(story())


@pytest.mark.parametrize("shape", SHAPES)
def test_files(shape, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 1000)

    async def story():
        async with printer(shape) as machine:
            driver = drivers.build("prusalink", digest(machine), tmp_path)
            path = await driver.upload(source, "../Grüße 🦊.gcode")
            assert path == f"/{machine.place}/Grüße 🦊.gcode"
            assert [(file.path, file.size) for file in await driver.files()] == [(path, 256_000)]
            await driver.download(path, tmp_path / "copy", 10**6)
            assert (tmp_path / "copy").read_bytes() == source.read_bytes()
            for file, most in ((path, 1000), (f"/{machine.place}/none", 10**6)):
                with pytest.raises(FileTrouble):
                    await driver.download(file, tmp_path / "copy", most)
            machine.printing.faults.add("cut")
            with pytest.raises(FileTrouble):
                await driver.upload(source, "b.gcode")

    play(story())
