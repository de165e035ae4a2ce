"""The demo's laser and printers: a simulated machine behind the same contract as a real one."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

from laseros.core.drivers import Ack, CredentialsRefused, Reading, Setting, State, Step, Unreachable, gettext_noop
from machines.simulators.machine import SimulatedMachine

PERIOD = 1.0  # seconds between two readings
FAULTS = (
    ("", gettext_noop("none")),
    ("unreachable", gettext_noop("cannot be reached")),
    ("credentials", gettext_noop("refuses the access code")),
    ("silent", gettext_noop("connected, but says nothing")),
    ("nonsense", gettext_noop("says impossible things")),
    ("refuse", gettext_noop("refuses every command")),
    ("no_answer", gettext_noop("carries out commands without answering")),
    ("error", gettext_noop("stops with an error on the way")),
)


class Simulator:
    title = gettext_noop("Simulator")
    capabilities = frozenset({"start", "pause", "resume", "stop", "forget"})
    settings = (
        Setting(
            "speed", gettext_noop("times as fast as real"), "number", 30, help=gettext_noop("1: as slow as a machine")
        ),
        Setting("fault", gettext_noop("fault on demand"), "choice", "", FAULTS),
        Setting("fault_at", gettext_noop("error at (0 to 1 of the way)"), "number", 0.5),
    )

    def __init__(self, options: dict, home: Path) -> None:
        self.fault = options.get("fault", "")
        self.machine = SimulatedMachine(home / "simulator.json", options)
        self._changed = asyncio.Event()

    async def connect(self) -> None:
        if self.fault == "unreachable":
            raise Unreachable("no route to the simulated machine")
        if self.fault == "credentials":
            raise CredentialsRefused("the simulated machine does not accept the access code")

    async def readings(self) -> AsyncGenerator[Reading, None]:
        while True:
            self._changed.clear()
            if self.fault == "nonsense":
                yield NONSENSE
            elif self.fault != "silent":
                yield await asyncio.to_thread(self.machine.read)
            try:
                async with asyncio.timeout(PERIOD):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        if self.fault == "refuse":
            return Ack(False, "the door is open")
        ack = await asyncio.to_thread(self.machine.command, name, arguments, key)
        self._changed.set()
        if self.fault == "no_answer":
            await asyncio.Event().wait()
        return ack

    async def close(self) -> None:
        pass

    async def examine(self) -> list[Step]:
        if self.fault == "unreachable":
            return [
                Step("reachable", False, "no route to the simulated machine", "Take the fault out of its settings.")
            ]
        return [Step("reachable", True), Step("credentials", self.fault != "credentials"), Step("speaks", True)]


NONSENSE = Reading(
    State.RUNNING,
    raw_state="\x00" + "x" * 200,
    job_name="🦊 Ünïcode \ud83d",
    progress=float("nan"),
    seconds_left=-7,
    message="m" * 1000,
    values={"nozzle_c": float("inf"), "bed_c": 60.0},
)
