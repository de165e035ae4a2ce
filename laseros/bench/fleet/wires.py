"""The machines of the bench, in a process of its own: half speak as Bambu printers do (MQTT in TLS), half as Moonraker.

Both say themselves when something changes; a machine that has to be asked would be as late as the asking. Standard
input and output carry a line of JSON each way: how many → where they are; what to do → what was done, and when.
"""

import asyncio
import gc
import json
import random
import sys
import time

from machines.simulators.wire.bambu import BambuPrinter
from machines.simulators.wire.certificate import context_for
from machines.simulators.wire.moonraker import MoonrakerServer
from machines.simulators.wire.printing import Printing

PERIOD = 1.0  # seconds between two readings
PRINT_S = 36_000.0


class Wires:
    def __init__(self, count: int):
        self.chance = random.Random(5)  # noqa: S311
        self.machines = [_printer(number) for number in range(count)]
        self.is_still = False
        self.said = 0
        self.changes: list[list] = []

    async def start(self) -> list[dict]:
        return [await _start(machine) for machine in self.machines]

    async def speak(self, machine) -> None:
        """Something new each second, and never at the same moment as all the others."""
        work = machine.printing
        await asyncio.sleep(self.chance.random() * PERIOD)
        while not self.is_still:
            work.nozzle = round(215 + self.chance.uniform(-0.6, 0.6), 1)
            if work.phase == "printing":
                work.go_to(work.progress + PERIOD / PRINT_S)
            else:
                work.changed()
            self.said += 1
            await asyncio.sleep(PERIOD)

    async def disturb(self, among: int, every: float, seconds: float) -> None:
        """One after the other of the first `among` is paused, and goes on when it is its turn again."""
        until, number = time.monotonic() + seconds, 0
        while time.monotonic() < until:
            work = self.machines[number % among].printing
            at = time.monotonic()
            _ = work.resume() if work.phase == "paused" else work.pause()
            self.changes.append([number % among, work.phase, at])
            number += 1
            await asyncio.sleep(every * self.chance.uniform(0.5, 1.5))


def _printer(number: int):
    printing = Printing(layers=5000, seconds=PRINT_S, progress=0.0)
    if number % 2:
        return MoonrakerServer(printing)
    return BambuPrinter(printing, serial=f"01P00A{number:09d}")


async def _start(machine) -> dict:
    """What a machine has to be told to find it."""
    machine.printing.begin("Bracket.gcode.3mf" if isinstance(machine, BambuPrinter) else "Bracket.gcode")
    if isinstance(machine, MoonrakerServer):
        await machine.start()
        return {"driver": "moonraker", **machine.options}
    await machine.server.start(context_for(machine.serial))  # without its files: nobody asks for them here
    return {"driver": "bambu", **machine.options}


async def _told() -> dict:
    return json.loads(await asyncio.to_thread(sys.stdin.readline))


def _answer(said) -> None:
    print(json.dumps(said), flush=True)


async def main() -> None:
    wires = Wires((await _told())["machines"])
    _answer(await wires.start())
    speaking = [asyncio.create_task(wires.speak(machine)) for machine in wires.machines]
    plan = await _told()
    before = wires.said
    await wires.disturb(plan["among"], plan["every"], plan["seconds"])
    said, wires.is_still = wires.said - before, True
    await asyncio.gather(*speaking)
    _answer({"changes": wires.changes, "said": said})
    await _told()  # they hold still until nobody needs them any more


if __name__ == "__main__":
    gc.disable()  # what measures does not pause
    asyncio.run(main())
