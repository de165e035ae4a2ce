"""What the stand-ins do all day: print after print, sheet after sheet, by the clock on the wall."""

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

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

# file, seconds, grams
PRINTS = {
    "bambu": (("Lampenschirm_Welle_PLA.gcode", 17_400, 148), ("Halter_Kabelkanal_x6_PETG.gcode", 9_900, 61)),
    "prusalink": (("Bohrlehre_links_PLA.gcode", 5_760, 38), ("Anschlag_ASA_x4.gcode", 17_040, 88)),
    "moonraker": (("Handgriff_rechts_ASA.gcode", 12_600, 71), ("Gehäuse_Deckel_ABS.gcode", 8_100, 54)),
    "octoprint": (("Sensorgehaeuse_Unterteil_PETG.gcode", 11_100, 62), ("Fuss_TPU_x8.gcode", 6_300, 29)),
}
SHEETS = (("Flange DN80", "MS", 6.0), ("Vent panel", "SS", 1.5), ("Gusset 120", "MS", 3.0), ("Motor mount", "AL", 3.0))


@dataclass
class Printer:
    """One printer on the wire that follows the clock; a person's pause holds it, a person's own print goes first."""

    name: str
    wire: object
    clock: Callable[[], float] = time.time
    held: float = 0.0
    turn: int = -1
    chance: random.Random = field(default_factory=random.Random)

    def __post_init__(self):
        for file, seconds, grams in PRINTS[self.name]:
            self.wire.printing.files[file] = gcode(seconds, grams)

    async def live(self) -> None:
        self.step()
        while True:
            await asyncio.sleep(STEP)
            self.step()

    def step(self) -> None:
        work = self.wire.printing
        work.nozzle = round(215 + self.chance.uniform(-0.5, 0.5), 1)
        if work.phase == "paused":
            self.held += STEP
            return
        turn, (file, seconds, grams), passed = self.due()
        if work.at_work and work.file != file:
            work.go_to(min(1.0, work.progress + STEP * OWN_SPEED / work.seconds))
        elif turn != self.turn and passed < seconds:
            self.turn = turn
            self._begin(turn, file, seconds, grams)
            work.go_to(passed / seconds)
        elif work.at_work:
            work.go_to(min(1.0, passed / seconds))
        else:
            work.changed()

    def due(self) -> tuple[int, tuple, float]:
        """(which print since the beginning of time, its file, seconds since it began)"""
        prints = PRINTS[self.name]
        offset = 1900 * sorted(PRINTS).index(self.name)
        rounds, passed = divmod(self.clock() + offset - self.held, sum(each[1] + REST for each in prints))
        for number, each in enumerate(prints):
            if passed < each[1] + REST or number == len(prints) - 1:
                return int(rounds) * len(prints) + number, each, passed
            passed -= each[1] + REST
        raise AssertionError("no print is due")

    def _begin(self, turn: int, file: str, seconds: float, grams: float) -> None:
        work = self.wire.printing
        work.number, work.seconds, work.grams, work.metres = turn % 100_000, float(seconds), float(grams), grams / 2.98
        work.layers = 60 + seconds // 60
        if isinstance(self.wire, BambuPrinter):
            self.wire.ids = str(turn % 2**31)
        work.begin(file)


class Laser:
    """A laser's report and the meter at its plug: a sheet every two hours, the same ones whenever it is asked."""

    def __init__(self, folder: Path, zone: ZoneInfo, clock: Callable[[], float] = time.time):
        self.report, self.meter = CypCutReports(folder=folder), EnergyMeter()
        self.zone, self.clock = zone, clock
        self.meter.kwh = round((clock() - METERED_SINCE) / 3600 * 0.9, 3)  # a counter that never goes back

    async def live(self) -> None:
        while True:
            self.step()
            await asyncio.sleep(10 * STEP)

    def step(self) -> None:
        now = self.clock()
        cuts = [cut for cut in self.cuts(now) if _end(cut, self.zone) <= now]
        if cuts != self.report.cuts:
            self.report.cuts = cuts
            self.report.write()
        is_cutting = any(cut.began.replace(tzinfo=self.zone).timestamp() <= now < _end(cut, self.zone)
                         for cut in self.cuts(now))  # fmt: skip
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


class StandIns:
    """All of them. `start` puts them on free ports of this computer, `options` says where they are."""

    def __init__(self, folder: Path, zone: ZoneInfo):
        wires = {
            "bambu": BambuPrinter(Printing(), serial="01P00A451200017"), "prusalink": PrusaLinkPrinter(Printing()),
            "moonraker": MoonrakerServer(Printing()), "octoprint": OctoPrintServer(Printing()),
        }  # fmt: skip
        self.printers = [Printer(name, wire) for name, wire in wires.items()]
        self.laser = Laser(folder, zone)
        self.tasks: list[asyncio.Task] = []

    @property
    def _wires(self):
        return [*(printer.wire for printer in self.printers), self.laser.report, self.laser.meter]

    async def start(self) -> None:
        for wire in self._wires:
            await wire.start()
        self.laser.step()
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


def gcode(seconds: int, grams: float) -> bytes:
    """As a slicer writes it: enough to be read."""
    moves = "".join(f"G1 X{number % 180} Y{number * 7 % 180} E.04\n" for number in range(400))
    time_said = f"{seconds // 3600}h {seconds % 3600 // 60}m {seconds % 60}s"
    return (
        "; generated by PrusaSlicer 2.9.0 on 2026-11-20 at 08:00:00 UTC\n\nM862.3 P \"MK4S\"\n;LAYER_CHANGE\n"
        f"{moves}\n; filament used [mm] = {grams / 2.98 * 1000:.2f}\n; filament used [g] = {grams:.2f}\n"
        f"; estimated printing time (normal mode) = {time_said}\n; filament_type = PLA\n; layer_height = 0.2\n"
        "; nozzle_diameter = 0.4\n; printer_model = MK4S\n"
    ).encode()  # fmt: skip


def _end(cut: Cut, zone: ZoneInfo) -> float:
    return (cut.began.replace(tzinfo=zone) + timedelta(seconds=cut.seconds)).timestamp()
