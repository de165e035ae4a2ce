"""A Bambu printer on the wire: MQTT and FTP inside TLS under a certificate in the name of its serial number.

Faults by name: "readonly" (no Developer Mode), "silent" (says nothing), "nonsense" (broken messages in between),
"no_answer" (carries out commands without answering), "refuse" (refuses them).
"""

import asyncio
import json

from machines.drivers.bambu.words import CANCELLED_BY_A_PERSON
from machines.simulators.wire.camera import Camera
from machines.simulators.wire.certificate import context_for
from machines.simulators.wire.ftps_server import FtpsServer
from machines.simulators.wire.mqtt_server import MqttServer
from machines.simulators.wire.printing import Printing

SERIAL, CODE = "01P00A000000001", "12345678"
STATES = {
    "idle": "IDLE", "preparing": "PREPARE", "printing": "RUNNING", "paused": "PAUSE", "finished": "FINISH",
    "cancelled": "FAILED", "failed": "FAILED",
}  # fmt: skip
NOT_SIGNED = {"result": "failed", "reason": "mqtt message verify failed", "err_code": 84033543}


class BambuPrinter:
    def __init__(self, printing: Printing | None = None, serial: str = SERIAL, code: str = CODE):
        self.printing = printing or Printing()
        self.printing.changed = self.push
        self.serial, self.code = serial, code
        self.ids = "4711"
        self.trays = {"0": {"0": ("PLA", "FF8000FF", 80), "1": ("PETG", "161616FF", -1), "2": None, "3": None}}
        self.server = MqttServer("bblp", code, self._heard)
        self.storage = FtpsServer(serial, "bblp", code, self.printing.files)
        self.camera = Camera(serial, code, self.printing.faults)
        self.heard: list[dict] = []
        self.hms: list[dict] = []
        self.error = 0
        self.stage = 0
        self.turn = 0
        self._told: dict = {}
        self._clearing: asyncio.TimerHandle | None = None

    async def start(self, port: int = 0) -> None:
        await self.server.start(context_for(self.serial, self.turn), port=port)
        self.storage.start()
        await self.camera.start()

    async def stop(self) -> None:
        if self._clearing:
            self._clearing.cancel()
        await self.server.stop()
        await self.camera.stop()
        self.storage.stop()

    @property
    def options(self) -> dict:
        """What a machine is told to find it."""
        return {
            "host": "127.0.0.1", "port": self.server.port, "ftp_port": self.storage.port, "serial": self.serial,
            "access_code": self.code, "camera_port": self.camera.port,
        }  # fmt: skip

    # --- saying -----------------------------------------------------------------------------------------------------

    def status(self) -> dict:
        work, heat = self.printing, self.printing.temperatures
        error = self.error
        if work.phase == "cancelled" and not error:
            error = min(CANCELLED_BY_A_PERSON)
        return {
            "gcode_state": STATES[work.phase],
            "mc_percent": int(work.progress * 100),
            "mc_remaining_time": round(work.left / 60),
            "layer_num": work.layer,
            "total_layer_num": work.layers,
            "stg_cur": self.stage if work.at_work else 255,
            "subtask_name": work.file.rpartition("/")[2].removesuffix(".gcode.3mf"),
            "gcode_file": work.file,
            "task_id": self.ids,
            "subtask_id": self.ids,
            "nozzle_temper": heat["nozzle"],
            "nozzle_target_temper": heat["nozzle_target"],
            "bed_temper": heat["bed"],
            "bed_target_temper": heat["bed_target"],
            "cooling_fan_speed": "15" if work.phase == "printing" else "0",
            "wifi_signal": "-48dBm",
            "print_error": error,
            "hms": self.hms,
            "fun": "20000000" if "readonly" in work.faults else "0",
            "spd_mag": 100,
        }

    def push(self, full: bool = False) -> None:
        """What changed since the last push, as small printers do; everything when asked."""
        if "silent" in self.printing.faults:
            return
        now = self.status()
        said = now if full else {name: value for name, value in now.items() if self._told.get(name) != value}
        self._told = now
        if full:
            said = {**said, "ams": self._ams()}
        if "nonsense" in self.printing.faults:
            for broken in (b"{", b"[]", b'{"print": null}', b'{"print": {"gcode_state": ""}}', b"\xff\xfe"):
                self.server.tell(self._topic("report"), broken)
        self.tell({"print": {"command": "push_status", "msg": int(not full), **said}})

    def tell(self, body: dict) -> None:
        self.server.tell(self._topic("report"), json.dumps(body).encode())

    def _ams(self) -> dict:
        bits = 0
        units = []
        for unit, trays in self.trays.items():
            rows = []
            for place, spool in trays.items():
                row = {"id": place}
                if spool:
                    bits |= 1 << (4 * int(unit) + int(place))
                    row |= {"tray_type": spool[0], "tray_color": spool[1], "remain": spool[2], "tray_uuid": "0" * 32}
                rows.append(row)
            units.append({"id": unit, "humidity": "4", "temp": "25.0", "tray": rows})
        return {"ams": units, "tray_exist_bits": f"{bits:x}", "tray_now": "0" if self.printing.at_work else "255"}

    def _topic(self, kind: str) -> str:
        return f"device/{self.serial}/{kind}"

    # --- hearing ----------------------------------------------------------------------------------------------------

    def _heard(self, topic: str, payload: bytes) -> None:
        if topic != self._topic("request"):
            return
        said = json.loads(payload)
        self.heard.append(said)
        if "pushing" in said:
            self.push(full=True)
        elif "info" in said:
            self.tell({"info": {"command": "get_version", "module": []}})
        elif "print" in said:
            self._told_to(said["print"])

    def _told_to(self, command: dict) -> None:
        if "readonly" in self.printing.faults:
            answer = NOT_SIGNED
        elif "refuse" in self.printing.faults:
            answer = {"result": "failed", "reason": "not now"}
        else:
            done = self._carry_out(command)
            answer = {"result": "success", "reason": "success"} if done else {"result": "failed", "reason": "not now"}
        if "no_answer" not in self.printing.faults:
            self.tell({"print": {**command, **answer}})

    def _carry_out(self, command: dict) -> bool:
        match command["command"]:
            case "pause":
                return self.printing.pause()
            case "resume":
                return self.printing.resume()
            case "stop":
                return self.printing.cancel()
            case "project_file":
                self.ids = command["subtask_id"]
                return self.printing.begin(command["url"].removeprefix("ftp://"), prepare=True)
        return False
