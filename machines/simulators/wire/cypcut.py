"""A laser's program that writes its work log into a folder, line by line. The layout is our own: no maker's is public.

Faults by name: "gbk" (Chinese headings in GBK), "utf16", "comma" (German headings, semicolons, decimal commas, Windows
1252), "half" (the last line is being written), "nonsense" (a row that cannot be).
"""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

HEADINGS = {
    "": ("Task Name", "File Name", "Material", "Thickness(mm)", "Start Time", "End Time", "Time Taken(s)",
         "Pierce Count", "Cut Length(m)", "Gas", "Status"),
    "gbk": ("任务名称", "文件名", "材料", "板厚(mm)", "开始时间", "结束时间", "加工时间(s)", "穿孔数",
            "切割长度(m)", "气体", "状态"),
    "comma": ("Auftrag", "Datei", "Werkstoff", "Dicke (mm)", "Startzeit", "Endzeit", "Schneidzeit (s)", "Einstiche",
              "Schnittlänge (m)", "Schneidgas", "Zustand"),
}  # fmt: skip
DONE = {"": "Finished", "gbk": "完成", "comma": "fertig"}


@dataclass
class Cut:
    name: str
    began: datetime
    seconds: float
    pierces: int = 60
    metres: float = 12.5
    material: str = "MS"
    thickness: float = 3.0
    gas: str = "O2"
    status: str | None = None


@dataclass
class CypCutReports:
    folder: Path = Path()
    file: str = "CutReport.csv"
    faults: set[str] = field(default_factory=set)
    cuts: list[Cut] = field(default_factory=list)
    number: int = 0

    async def start(self, port: int = 0) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.write()

    async def stop(self) -> None:
        """The file stays, as it would."""

    @property
    def printing(self):
        return self

    @property
    def options(self) -> dict:
        return {"folder": self.folder.name}

    def begin(self, file: str, *, prepare: bool = False) -> bool:
        now = datetime.now().replace(microsecond=0)  # noqa: DTZ005 (the wall's clock, as the laser has it)
        self.cut(file.rpartition(".")[0] or file, now - timedelta(minutes=6), 360.0)
        return True

    def cut(self, name: str, began: datetime, seconds: float, **more) -> None:
        self.cuts.append(Cut(name, began, seconds, **more))
        self.write()

    def write(self) -> None:
        (self.folder / self.file).write_bytes(self.content())

    def content(self) -> bytes:
        style = next((name for name in ("gbk", "comma") if name in self.faults), "")
        sign = ";" if style == "comma" else ","
        lines = [sign.join(HEADINGS[style]), *(sign.join(self._row(cut, style)) for cut in self.cuts)]
        if "nonsense" in self.faults:
            lines.insert(1, sign.join(("X", "x.lxds", "MS", "3", "yesterday", "today", "-5", "many", "?", "", "")))
        text = "\r\n".join(lines) + "\r\n"
        if "half" in self.faults:
            text = text[: len(text) - 2 - len(lines[-1]) // 3]
        encodings = {"gbk": "gb18030", "comma": "cp1252"}
        return text.encode("utf-16" if "utf16" in self.faults else encodings.get(style, "utf-8"))

    def _row(self, cut: Cut, style: str) -> list[str]:
        times = [moment.strftime("%d.%m.%Y %H:%M:%S" if style == "comma" else "%Y-%m-%d %H:%M:%S")
                 for moment in (cut.began, cut.began + timedelta(seconds=cut.seconds))]  # fmt: skip
        numbers = [f"{cut.thickness:g}", f"{cut.seconds:.1f}", f"{cut.metres:.3f}"]
        if style == "comma":
            numbers = [number.replace(".", ",") for number in numbers]
        status = DONE[style] if cut.status is None else cut.status
        return [cut.name, f"{cut.name}.lxds", cut.material, numbers[0], *times, numbers[1], str(cut.pierces),
                numbers[2], cut.gas, status]  # fmt: skip

    async def run(self, speed: float = 60.0, every: float = 1.0) -> None:
        """One sheet after the other, each of ten minutes, `speed` times as fast."""
        while True:
            await asyncio.sleep(600 / speed)
            self.number += 1
            now = datetime.now().replace(microsecond=0)  # noqa: DTZ005
            seconds = random.uniform(240, 600)  # noqa: S311
            self.cut(f"Sheet-{self.number:03d}", now - timedelta(seconds=seconds), seconds)
