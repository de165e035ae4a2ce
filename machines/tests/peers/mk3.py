"""A stand-in for the printer behind a real PrusaLink: an MK3S's firmware on a pseudo-terminal, as far as it is asked.

python mk3.py LINK
"""

import os
import pty
import re
import sys
import threading
import time
import tty

SAYS = {
    "PRUSA Fir": "3.14.1-8237", "PRUSA SN": "CZPX0421X004X12345", "M862.2 Q": "302", "M862.1 Q": "0.40",
    "M27": "Not SD printing", "M20": "Begin file list\nEnd file list", "M21": "echo:SD init fail",
    "M420": "Mesh bed leveling not active.", "M601": "// action:paused", "M602": "// action:resumed",
    "M603": "// action:cancel",
}  # fmt: skip


class Firmware:
    def __init__(self, link: str):
        self.end, other = pty.openpty()
        tty.setraw(self.end)
        tty.setraw(other)
        if os.path.lexists(link):
            os.unlink(link)
        os.symlink(os.ttyname(other), link)
        self.lock = threading.Lock()
        self.values = {"nozzle": 25.0, "nozzle_target": 0.0, "bed": 24.0, "bed_target": 0.0, "report_every": 0}
        self.place = {"X": 0.0, "Y": 0.0, "Z": 0.0, "E": 0.0}
        self.done = "Percent done: -1; print time remaining in mins: -1; Change in mins: -1"

    def say(self, text: str) -> None:
        with self.lock:
            os.write(self.end, text.encode() + b"\n")

    @property
    def temperatures(self) -> str:
        v = self.values
        return (
            f"T:{v['nozzle']:.1f} /{v['nozzle_target']:.1f} B:{v['bed']:.1f} /{v['bed_target']:.1f} "
            f"T0:{v['nozzle']:.1f} /{v['nozzle_target']:.1f} @:0 B@:0 P:0.0 A:28.0"
        )

    def heat(self) -> None:
        count = 0
        while True:
            time.sleep(0.5)
            count += 1
            for name in ("nozzle", "bed"):
                step = max(self.values[f"{name}_target"], 24.0) - self.values[name]
                self.values[name] += max(-20.0, min(20.0, step))
            every = self.values["report_every"]
            if every and count % (every * 2) == 0:
                where = " ".join(f"{axis}:{value:.2f}" for axis, value in self.place.items())
                self.say(self.temperatures)
                self.say(f"{where} Count " + where.replace(":", ": "))
                self.say("E0:3000 RPM PRN1:0 RPM E0@:80 PRN1@:0")

    def obey(self, line: str) -> None:
        line = re.sub(r"^N\d+ ?", "", re.sub(r"\*\d+$", "", line).strip()).split(";")[0].strip()
        if not line:
            return
        number = {key: float(value) for key, value in re.findall(r"\b([A-Z])(-?\d+(?:\.\d*)?)(?![\d.])", line)}
        word = line.split()[0]
        answer = next((said for start, said in SAYS.items() if line.startswith(start)), "")
        if answer:
            self.say(answer)
        match word:
            case "M155":
                self.values["report_every"] = int(number.get("S", 0))
            case "M105":
                self.say(f"ok {self.temperatures}")
                return
            case "M104" | "M109":
                self.values["nozzle_target"] = number.get("S", 0.0)
            case "M140" | "M190":
                self.values["bed_target"] = number.get("S", 0.0)
            case "M220" | "M221" if "S" not in number:
                self.say("100%")
            case "M73":
                if "P" in number:
                    left = int(number.get("R", -1))
                    self.done = (
                        f"Percent done: {int(number['P'])}; print time remaining in mins: {left}; Change in mins: -1"
                    )
                self.say(f"NORMAL MODE: {self.done}")
                self.say(f"SILENT MODE: {self.done}")
            case "D3":
                bytes_asked = int(number.get("C", 1))
                self.say(f"{int(re.search('Ax([0-9A-Fa-f]+)', line)[1], 16):04x}  " + " ".join(["00"] * bytes_asked))
            case "G0" | "G1":
                self.place |= {axis: number[axis] for axis in self.place if axis in number}
                time.sleep(0.003)
            case "G4":
                time.sleep(number.get("P", 0.0) / 1000 + number.get("S", 0.0))
        self.say("ok")

    def serve(self) -> None:
        threading.Thread(target=self.heat, daemon=True).start()
        self.say("start")
        kept = b""
        while True:
            kept += os.read(self.end, 4096)
            while b"\n" in kept:
                line, kept = kept.split(b"\n", 1)
                self.obey(line.decode("latin1").strip())


if __name__ == "__main__":
    Firmware(sys.argv[1]).serve()
