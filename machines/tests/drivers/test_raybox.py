"""RayBox after the public descriptions: off until somebody says so, a pause ends nothing, a number may be unknown."""

import pytest

from laseros.core.drivers import Ack, CredentialsRefused, Outcome, State, Unreachable
from machines import drivers
from machines.drivers import raybox
from machines.simulators.wire.raybox import RayBoxGateway
from machines.tests.drivers.stage import listening, play


def test_looked_at_when_it_is_switched_on(tmp_path, monkeypatch):
    monkeypatch.setattr(raybox, "POLL_EVERY", 0.02)

    async def story():
        machine = RayBoxGateway()
        machine.skew = 7200.0  # nobody ever set its clock: who asks signs by it
        await machine.start()
        off = drivers.build("raybox", {**machine.options, "switched_on": ""}, tmp_path)
        with pytest.raises(Unreachable):
            await off.connect()
        assert [(step.name, step.ok) for step in await off.examine()] == [("settings", False)]
        with pytest.raises(CredentialsRefused):
            async with listening("raybox", {**machine.options, "secret": "x"}, tmp_path) as ear:
                await ear.until()
        async with listening("raybox", machine.options, tmp_path) as ear:
            assert (await ear.state("idle")).file == ""
            machine.printing.begin("A.lxds")
            machine.printing.go_to(0.42)
            running = await ear.until(lambda reading: reading.progress == 0.42)
            assert (running.state, running.file, running.raw_state, running.job_key) == ("running", "A.lxds", "8", "")
            machine.printing.pause()
            assert (await ear.state("paused")).outcome is None
            machine.printing.faults = {"shallow"}
            machine.code = 77
            unknown = await ear.state("unknown")
            assert (unknown.message, unknown.raw_state) == ("nobody said what this state means", "77")
            machine.code = None
            # A standstill in the middle is an end nobody knows; a person is asked.
            machine.printing.cancel()
            assert (await ear.state("idle")).outcome is None
            machine.printing.begin("B.lxds")
            await ear.state("running")
            machine.printing.go_to(1)
            done = await ear.state("finished")
            assert (done.outcome, done.file) == (Outcome.FINISHED, "B.lxds")
            machine.printing.faults = {"alarm"}
            assert (await ear.state("error")).message == "gas pressure low"
            assert [reading.outcome for reading in ear.heard if reading.outcome] == [Outcome.FINISHED]
            assert await ear.tell("stop") == Ack(False, "a laser is started by whoever stands beside it")
            machine.printing.faults = {"no"}
            with pytest.raises(Unreachable, match="the gateway says: no such machine"):
                await ear.state(State.MAINTENANCE)
        machine.printing.faults = set()
        steps = await drivers.build("raybox", machine.options, tmp_path).examine()
        assert [(step.name, step.ok) for step in steps][-2:] == [("speaks", True), ("mode", None)]
        await machine.stop()

    play(story())


def test_who_asks_is_signed():
    assert raybox.signed("", "x") == {}
    assert raybox.signed("t", "s", 1.5) == {
        "token": "t",
        "timestamp": "1500",
        "sign": "da4ff0ca786a8870ecd710c99d6df3d7",
    }
