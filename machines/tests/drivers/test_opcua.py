"""OPC UA on the wire: every change once, bad values are none, and only what a person has given a meaning."""

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, Outcome, State, Unreachable
from machines import drivers
from machines.drivers.opcua import wire
from machines.drivers.opcua.reading import Reader, Said, key_of, meanings_of
from machines.simulators.wire.opcua import OpcUaServer
from machines.tests.drivers.stage import listening, play


@asynccontextmanager
async def server(**more):
    machine = OpcUaServer(**more)
    await machine.start()
    try:
        yield machine
    finally:
        await machine.stop()


def test_two_pieces_a_pause_an_alarm_and_bad_values(tmp_path):
    async def story():
        async with server() as machine, listening("opcua", machine.options, tmp_path) as ear:
            assert (await ear.state("idle")).values == {"parts": 0.0}
            machine.printing.begin("A.LXD")
            await machine.tell()
            running = await ear.state("running")
            assert (running.file, running.raw_state, running.outcome) == ("A.LXD", "8", None)
            machine.printing.pause()
            await machine.tell()
            assert (await ear.state("paused")).file == "A.LXD"
            machine.printing.resume()
            await machine.tell()
            await ear.state("running")
            # Within one notification: its end and the next beginning.
            machine.printing.go_to(1)
            await machine.tell()
            machine.printing.begin("A.LXD")
            await machine.tell()
            again = await ear.until(lambda reading: reading.state == "running" and reading.values["parts"] == 1)
            ends = [reading.outcome for reading in ear.heard if reading.outcome]
            assert (again.outcome, ends) == (None, [Outcome.FINISHED])
            machine.printing.fail("Gas pressure low")
            await machine.tell()
            fault = await ear.state("error")
            assert (fault.message, fault.outcome) == ("Gas pressure low", None)
            machine.printing.faults.add("bad")
            await machine.tell()
            away = await ear.state("offline")
            assert (away.message, away.values) == ("the server answers; the machine itself does not", {})
            assert await ear.tell("stop") == Ack(False, "this machine is only looked at")

    play(story())


def test_encrypted_with_a_password_and_another_certificate(tmp_path):
    home = tmp_path / "7"

    async def story():
        async with server(secured=True) as machine:
            async with listening("opcua", machine.options, home) as ear:
                await ear.state("idle")
            key = tmp_path / "opcua" / "key.pem"
            assert key.stat().st_mode & 0o77 == 0
            with pytest.raises(CredentialsRefused):
                async with listening("opcua", {**machine.options, "password": "x"}, home):
                    pass
            with pytest.raises(Unreachable):
                async with listening("opcua", {**machine.options, "security": "none"}, home):
                    pass
            machine.renew_certificate()
            await machine.stop()
            await machine.start()
            found = await drivers.build("opcua", machine.options, home).examine()
            assert (found[-1].name, found[-1].ok) == ("certificate", False)

    play(story())


def test_the_doctor_names_what_is_wrong(tmp_path):
    async def looked(options):
        driver = drivers.build("opcua", options, tmp_path)
        try:
            return await driver.examine()
        finally:
            await driver.close()

    async def story():
        async with server() as machine:
            assert [step.ok for step in await looked(machine.options)] == [True, True, True, True, True, None]
            away = await looked({**machine.options, "node_program": "nsu=urn:none;s=program"})
            assert away[-1].words == "the server has no value nsu=urn:none;s=program"
            nobody = await looked({**machine.options, "is_idle": "77"})
            assert [step.words for step in nobody if step.ok is False] == ["nobody said what the state 0 means"]
        assert (await looked(machine.options))[-1].name == "reachable"
        assert (await looked({**machine.options, "host": "opc.tcp://169.254.169.254"}))[-1].name == "address"
        assert (await looked({}))[0].ok is False

    play(story())


def test_what_is_no_server_and_one_that_never_ends(tmp_path, monkeypatch):
    monkeypatch.setattr(wire, "ANSWER_WITHIN", 1.0)
    said = 0

    async def endless(reader, writer):
        nonlocal said
        try:
            while True:
                writer.write(b"MSGF\xff\xff\xff\x7f" + b"x" * 65528)
                await writer.drain()
                said += 65536
        except ConnectionError:
            pass

    async def html(reader, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n<html></html>" * 10)
        await writer.drain()
        writer.close()

    async def story():
        for answer in (endless, html):
            other = await asyncio.start_server(answer, "127.0.0.1", 0)
            port = other.sockets[0].getsockname()[1]
            options = {"host": f"127.0.0.1:{port}", "node_state": "ns=2;i=1", "is_idle": "0"}
            with pytest.raises(Unreachable):
                async with listening("opcua", options, tmp_path):
                    pass
            other.close()
        assert said < 30_000_000  # what the network holds by itself, not what it would have told

    play(story())


def test_values_mean_what_a_person_says_and_late_ones_nothing():
    now = datetime.now(UTC)
    meanings = meanings_of({"is_running": "8, 10,Cutting ", "is_idle": "0"})
    assert meanings == {"8": State.RUNNING, "10": State.RUNNING, "cutting": State.RUNNING, "0": State.IDLE}
    assert [key_of(value) for value in (8, 8.0, "8", True, " CUTTING", None)] == ["8", "8", "8", "1", "cutting", ""]
    reader = Reader(meanings)
    told = [
        Said("state", 8, True, now), Said("program", "B", True, now + timedelta(seconds=1)),
        Said("state", 99, True, now + timedelta(seconds=2)), Said("state", 0, True, now - timedelta(seconds=9)),
    ]  # fmt: skip
    states = [(reading.state, reading.raw_state) for reading in reader.take(told)]
    assert states == [(State.IDLE, "0"), (State.RUNNING, "8"), (State.UNKNOWN, "99")]
    assert list(reader.take([Said("state", 8, True, now)])) == []  # older than what is known
