"""What the stand-ins do all day: print after print, sheet after sheet, by the clock on the wall."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.db import close_old_connections

from laseros.demo.stand_ins.chosen import PRIVATE, Chosen, Plate, Sheets
from machines.simulators.wire.bambu import BambuPrinter
from machines.simulators.wire.cypcut import Cut, CypCutReports
from machines.simulators.wire.energy import EnergyMeter
from machines.simulators.wire.moonraker import MoonrakerServer
from machines.simulators.wire.octoprint import OctoPrintServer
from machines.simulators.wire.printing import Printing
from machines.simulators.wire.prusalink import PrusaLinkPrinter

STEP = 2.0  # seconds between two looks at the clock
REST = 900.0  # a finished print lies there so long
OWN_SPEED = 30.0  # what a visitor prints should not take a day
SHEET_EVERY = 7200
METERED_SINCE = 1_760_000_000
REPORTED = 40 * 3600  # a report reaches so far back

# A turn of each printer: a print, and the time it lies there.
TURNS = {"bambu": 13_500.0, "moonraker": 12_000.0, "octoprint": 9_000.0, "prusalink": 11_700.0}
SHEETS = (("Flange DN80", "MS", 6.0), ("Vent panel", "SS", 1.5), ("Gusset 120", "MS", 3.0), ("Motor mount", "AL", 3.0))


def private(name: str, turn: int, room: float, *, is_new: bool) -> Plate:
    """Where no business is asked: something nobody ordered."""
    return PRIVATE[turn % len(PRIVATE)]


@dataclass
class Printer:
    """One printer on the wire that follows the clock; a person's pause holds it, a person's own print goes first.

    `choose(name, turn, room, is_new=…)` says what it prints, or None to wait; it is asked outside the event loop.
    """

    name: str
    wire: object
    clock: Callable[[], float] = time.time
    choose: Callable[..., Plate | None] = private
    held: float = 0.0
    turn: int = -1
    begun: int = -1
    plate: Plate | None = None
    chance: random.Random = field(default_factory=random.Random)

    async def live(self) -> None:
        while True:
            if self.must_choose:
                await sync_to_async(afresh)(self.turn_over)
            self.step()
            await asyncio.sleep(STEP)

    @property
    def must_choose(self) -> bool:
        waits = self.plate is None and not self.wire.printing.at_work
        return self.due()[0] != self.turn or (waits and self.due()[1] < TURNS[self.name] / 4)

    def turn_over(self) -> None:
        """Take up what this turn brings."""
        turn, _passed = self.due()
        is_new = self.turn not in (-1, turn)
        self.plate = self.choose(self.name, turn, TURNS[self.name] - REST, is_new=is_new)
        self.turn = turn

    def step(self) -> None:
        work, plate = self.wire.printing, self.plate
        work.nozzle = round(215 + self.chance.uniform(-0.5, 0.5), 1)
        if work.phase == "paused":
            self.held += STEP
            return
        turn, passed = self.due()
        if work.at_work and (plate is None or work.file.rpartition("/")[2] != plate.file):
            work.go_to(min(1.0, work.progress + STEP * OWN_SPEED / work.seconds))
        elif plate is not None and self.begun != turn and passed < plate.seconds:
            self.begun = turn
            self._begin(turn, plate)
            work.go_to(passed / plate.seconds)
        elif work.at_work:
            work.go_to(min(1.0, passed / plate.seconds))
        else:
            work.changed()

    def due(self) -> tuple[int, float]:
        """(which turn since the beginning of time, seconds since it began)"""
        offset = 1900 * sorted(TURNS).index(self.name)
        turn, passed = divmod(self.clock() + offset - self.held, TURNS[self.name])
        return int(turn), passed

    def _begin(self, turn: int, plate: Plate) -> None:
        work = self.wire.printing
        work.files[plate.file] = gcode(plate)
        work.number, work.seconds = turn % 100_000, float(plate.seconds)
        work.grams, work.metres = plate.grams, plate.grams / 2.98
        work.layers = int(60 + plate.seconds // 60)
        if isinstance(self.wire, BambuPrinter):
            self.wire.ids = str(turn % 2**31)
        work.begin(plate.file)


class Laser:
    """A laser's report and the meter at its plug: a sheet every two hours, the same ones whenever it is asked.

    `floor` has a run on the laser for each sheet and names it; without one the sheets are nobody's.
    """

    def __init__(
        self, folder: Path, zone: ZoneInfo, clock: Callable[[], float] = time.time, floor: Sheets | None = None
    ):
        self.report, self.meter = CypCutReports(folder=folder), EnergyMeter()
        self.zone, self.clock, self.floor = zone, clock, floor
        self.meter.kwh = round((clock() - METERED_SINCE) / 3600 * 0.9, 3)  # a counter that never goes back

    async def live(self) -> None:
        while True:
            await asyncio.sleep(10 * STEP)
            await sync_to_async(afresh)(self.step)

    def step(self) -> None:
        now = datetime.fromtimestamp(self.clock(), self.zone)
        every = self.cuts(now.timestamp())
        cuts = [cut for cut in every if self._ended(cut) <= now]
        if self.floor is not None:
            self.floor.attend([(self._began(cut), self._ended(cut)) for cut in every], now)
        if [cut.began for cut in cuts] != [cut.began for cut in self.report.cuts]:
            self.report.cuts = [self._named(cut) for cut in cuts]
            self.report.write()
        is_cutting = any(self._began(cut) <= now < self._ended(cut) for cut in every)
        self.meter.printing.phase = "printing" if is_cutting else "idle"

    def cuts(self, now: float) -> list[Cut]:
        latest = int(now // SHEET_EVERY)
        return [self._cut(number) for number in range(latest - REPORTED // SHEET_EVERY, latest + 1)]

    def _cut(self, number: int) -> Cut:
        chance = random.Random(number)  # noqa: S311
        name, material, thickness = SHEETS[number % len(SHEETS)]
        began = datetime.fromtimestamp(number * SHEET_EVERY + chance.randrange(600), self.zone).replace(tzinfo=None)
        metres = round(chance.uniform(18, 95), 3)
        seconds, gas = float(chance.randrange(900, 5400)), "O2" if material == "MS" else "N2"
        return Cut(f"{name} {number % 1000:03d}", began, seconds, int(metres * 7), metres, material, thickness, gas)

    def _named(self, cut: Cut) -> Cut:
        if self.floor is None:
            return cut
        return replace(cut, name=self.floor.name(self._began(cut), self._ended(cut)) or cut.name)

    def _began(self, cut: Cut) -> datetime:
        return cut.began.replace(tzinfo=self.zone)

    def _ended(self, cut: Cut) -> datetime:
        return self._began(cut) + timedelta(seconds=cut.seconds)


class StandIns:
    """All of them. `start` puts them on free ports of this computer, `options` says where they are, `live` lets them
    work: at work of the demonstration's businesses where `at_work` says so."""

    def __init__(self, folder: Path, zone: ZoneInfo, *, at_work: bool = False):
        chosen = Chosen()
        wires = {
            "bambu": BambuPrinter(Printing(), serial="01P00A451200017"), "prusalink": PrusaLinkPrinter(Printing()),
            "moonraker": MoonrakerServer(Printing()), "octoprint": OctoPrintServer(Printing()),
        }  # fmt: skip
        self.printers = [
            Printer(name, wire, choose=chosen.plate if at_work else private) for name, wire in wires.items()
        ]
        self.laser = Laser(folder, zone, floor=Sheets() if at_work else None)
        self.tasks: list[asyncio.Task] = []

    @property
    def _wires(self):
        return [*(printer.wire for printer in self.printers), self.laser.report, self.laser.meter]

    async def start(self) -> None:
        for wire in self._wires:
            await wire.start()
        await sync_to_async(self.laser.step)()

    def live(self) -> None:
        self.tasks = [asyncio.create_task(each.live()) for each in (*self.printers, self.laser)]

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        for wire in self._wires:
            await wire.stop()

    @property
    def options(self) -> dict[str, dict]:
        """{name: the settings of its connection}, "energy" among them."""
        found = {printer.name: printer.wire.options for printer in self.printers}
        return found | {"cypcut": self.laser.report.options, "energy": self.laser.meter.options}


def afresh(ask: Callable[[], None]) -> None:
    """Ask the database, by a new connection where the old one is gone."""
    close_old_connections()
    ask()


def gcode(plate: Plate) -> bytes:
    """As a slicer writes it: enough to be read."""
    moves = "".join(f"G1 X{number % 180} Y{number * 7 % 180} E.04\n" for number in range(400))
    seconds, grams = int(plate.seconds), plate.grams
    time_said = f"{seconds // 3600}h {seconds % 3600 // 60}m {seconds % 60}s"
    return (
        "; generated by PrusaSlicer 2.9.0 on 2026-11-20 at 08:00:00 UTC\n\nM862.3 P \"MK4S\"\n;LAYER_CHANGE\n"
        f"{moves}\n; filament used [mm] = {grams / 2.98 * 1000:.2f}\n; filament used [g] = {grams:.2f}\n"
        f"; estimated printing time (normal mode) = {time_said}\n; filament_type = {plate.material}\n"
        "; layer_height = 0.2\n; nozzle_diameter = 0.4\n; printer_model = MK4S\n"
    ).encode()  # fmt: skip
