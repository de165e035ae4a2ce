"""A Bambu printer on the wire: MQTT and FTP inside TLS, commands and their answers, the doctor."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, FileTrouble, Outcome, State, Unreachable
from machines import doctor, drivers
from machines.models import Machine
from machines.simulators.wire.bambu import BambuPrinter
from machines.tests.drivers.stage import listening, play


@asynccontextmanager
async def printer(**more):
    machine = BambuPrinter(**more)
    await machine.start()
    try:
        yield machine
    finally:
        await machine.stop()


def steps(machine, home, **options):
    driver = drivers.build("bambu", {**machine.options, **options}, home)

    async def look():
        return [(step.name, step.ok, step.words) for step in await driver.examine()]

    return look()


def test_a_print_from_start_to_finish(tmp_path):
    async def story():
        async with printer() as machine, listening("bambu", machine.options, tmp_path) as ear:
            first = await ear.until()
            assert (first.state, [tray.slot for tray in first.trays]) == (State.IDLE, ["A1", "A2"])
            assert await ear.tell("print", file="/Bracket.gcode.3mf", job_name="Bracket") == Ack(True)
            sent = machine.heard[-1]["print"]
            assert (sent["command"], sent["url"], sent["param"], sent["use_ams"], sent["ams_mapping"]) == (
                "project_file", "ftp://Bracket.gcode.3mf", "Metadata/plate_1.gcode", False, [],
            )  # fmt: skip
            assert 0 < int(sent["subtask_id"]) < 2**31
            machine.printing.go_to(0.4)
            running = await ear.state("running")
            assert (running.job_key, running.progress, running.values["layer"]) == (sent["subtask_id"], 0.4, 80)
            assert await ear.tell("print", "again", file="x") == Ack(False, "the printer is busy")
            assert await ear.tell("pause") == Ack(True)
            assert await ear.tell("pause") == Ack(True)  # the same key: not asked again
            assert [each["print"]["command"] for each in machine.heard if "print" in each] == ["project_file", "pause"]
            assert await ear.tell("resume") == Ack(True)
            assert await ear.tell("resume", "once more") == Ack(False, "not now")
            machine.printing.go_to(1)
            done = await ear.state("finished")
            assert (done.outcome, done.progress, done.job_key) == (Outcome.FINISHED, 1.0, sent["subtask_id"])

    play(story())


def test_cancelling(tmp_path):
    async def story():
        async with printer() as machine:
            machine.printing.begin("/a.gcode")
            machine.printing.go_to(0.2)
            async with listening("bambu", machine.options, tmp_path) as ear:
                await ear.state("running")
                assert await ear.tell("stop") == Ack(True)
                end = await ear.until(lambda reading: reading.outcome)
                assert (end.state, end.outcome) == (State.IDLE, Outcome.CANCELLED)

    play(story())


def test_without_developer_mode_it_is_read_only(tmp_path):
    async def story():
        async with printer() as machine:
            machine.printing.faults.add("readonly")
            machine.printing.begin("/a.gcode")
            async with listening("bambu", machine.options, tmp_path) as ear:
                await ear.until()
                assert await ear.tell("pause") == Ack(False, "read only: switch on Developer Mode at the printer")
            assert machine.printing.phase == "printing"
            found = await steps(machine, tmp_path)
            assert found[-1] == ("mode", False, "read only: switch on Developer Mode at the printer")

    play(story())


def test_nonsense_in_between_is_passed_over(tmp_path):
    async def story():
        async with printer() as machine, listening("bambu", machine.options, tmp_path) as ear:
            await ear.until()
            machine.printing.faults.add("nonsense")
            machine.printing.begin("/a.gcode")
            assert (await ear.state("running")).file == "/a.gcode"

    play(story())


def test_a_cable_pulled_and_a_wrong_code(tmp_path):
    async def story():
        async with printer() as machine:
            async with listening("bambu", machine.options, tmp_path) as ear:
                await ear.until()
                machine.server.drop_all()
                with pytest.raises(Unreachable):
                    await ear.until(lambda reading: False)
            with pytest.raises(CredentialsRefused):
                async with listening("bambu", {**machine.options, "access_code": "87654321"}, tmp_path):
                    pass
            with pytest.raises(CredentialsRefused):  # it would become part of a topic
                async with listening("bambu", {**machine.options, "serial": "+/#"}, tmp_path):
                    pass

    play(story())


def test_the_doctor_names_what_is_wrong(tmp_path, monkeypatch):
    monkeypatch.setattr("machines.drivers.bambu.examining.LISTEN_FOR", 0.2)

    async def story():
        async with printer() as machine:
            assert [name for name, ok, _words in await steps(machine, tmp_path) if ok] == [
                "settings", "address", "reachable", "certificate", "credentials", "speaks", "mode",
            ]  # fmt: skip
            assert (await steps(machine, tmp_path, access_code="1234567"))[-1] == (
                "settings", False, "the access code has 7 characters, not 8",
            )  # fmt: skip
            assert (await steps(machine, tmp_path, access_code="87654321"))[-1] == (
                "credentials", False, "the access code or the serial number is wrong",
            )  # fmt: skip
            assert (await steps(machine, tmp_path, serial="01P00A000000002"))[-1] == (
                "certificate", False, "this printer's serial number is 01P00A000000001",
            )  # fmt: skip
            assert (await steps(machine, tmp_path, host="169.254.169.254"))[-1][:2] == ("address", False)
            assert (await steps(machine, tmp_path, port=machine.storage.port))[-1][:2] != ("speaks", True)
            machine.printing.faults.add("silent")
            assert (await steps(machine, tmp_path))[-1][:2] == ("speaks", False)
            port = machine.server.port
        assert (await steps(machine, tmp_path, port=port))[-1][:2] == ("reachable", False)

    play(story())


def test_another_certificate_gets_no_access_code(tmp_path):
    async def story():
        async with printer() as machine:
            await steps(machine, tmp_path)
        other = BambuPrinter()
        other.turn = 1
        await other.start()
        try:
            found = await steps(other, tmp_path)
            assert found[-1] == ("certificate", False, "its certificate is not the one of the first time")
            assert other.server.log_ins == 0
            doctor.trust_anew(Machine(pk=1))  # another machine's: nothing happens to this one
            assert (await steps(other, tmp_path))[-1][:2] == ("certificate", False)
            (tmp_path / "certificate").unlink()
            assert (await steps(other, tmp_path))[-1][:2] == ("mode", True)
        finally:
            await other.stop()

    play(story())


def test_files_go_there_whole_or_not_at_all(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(bytes(range(256)) * 1200)

    async def story():
        async with printer() as machine:
            driver = drivers.build("bambu", machine.options, tmp_path)
            assert await driver.upload(source, "../Grüße 🦊.gcode.3mf") == "/_Gr__e _.gcode.3mf"
            machine.storage.faults.add("cut")  # the first try arrives cut off
            assert await driver.upload(source, "b.3mf") == "/b.3mf"
            assert sorted(machine.printing.files) == ["/_Gr__e _.gcode.3mf", "/b.3mf"]
            assert machine.printing.files["/b.3mf"] == source.read_bytes()
            assert machine.storage.new_sessions == 0
            found = await driver.files()
            assert [(file.path, file.size) for file in found] == [
                ("/_Gr__e _.gcode.3mf", 307_200), ("/b.3mf", 307_200),
            ]  # fmt: skip
            await driver.download("/b.3mf", tmp_path / "copy", 10**6)
            assert (tmp_path / "copy").read_bytes() == source.read_bytes()
            with pytest.raises(FileTrouble):
                await driver.download("/b.3mf", tmp_path / "copy", 1000)
            with pytest.raises(FileTrouble):
                await driver.download("/not there.3mf", tmp_path / "copy", 1000)
            wrong = drivers.build("bambu", {**machine.options, "access_code": "87654321"}, tmp_path)
            with pytest.raises(CredentialsRefused):
                await wrong.files()

    play(story())


def test_a_command_that_is_never_answered_is_not_taken_for_done(tmp_path):
    async def story():
        async with printer() as machine:
            machine.printing.begin("/a.gcode")
            machine.printing.faults.add("no_answer")
            async with listening("bambu", machine.options, tmp_path) as ear:
                await ear.until()
                with pytest.raises(TimeoutError):
                    await asyncio.wait_for(ear.driver.command("pause", {}, "k"), 0.3)

    play(story())
