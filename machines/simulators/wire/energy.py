"""An energy meter at a broker of its own: Tasmota, or a Shelly of either kind.

Faults by name: "nonsense" (broken messages in between), "reset" (its counter starts anew once), "silent".
"""

import asyncio
import json

from machines.simulators.wire.mqtt_server import MqttServer
from machines.simulators.wire.printing import Printing

USER, PASSWORD, TOPIC = "shop", "a password", "laser-plug"


class EnergyMeter:
    def __init__(self, kind: str = "tasmota"):
        self.kind = kind
        self.printing = Printing()  # "finished" and the rest do not matter: it works or it does not
        self.power, self.kwh = 120.0, 312.451
        self.server = MqttServer(USER, PASSWORD, self._heard)
        self.asked = 0

    async def start(self, port: int = 0) -> None:
        await self.server.start(None, port=port)
        self._telling = asyncio.create_task(self._tell_again())

    async def stop(self) -> None:
        self._telling.cancel()
        await self.server.stop()

    @property
    def options(self) -> dict:
        return {"kind": self.kind, "host": "127.0.0.1", "port": self.server.port, "user": USER, "password": PASSWORD,
                "topic": TOPIC}  # fmt: skip

    def use(self, watts: float, seconds: float) -> None:
        """It counts, and says so."""
        self.power, self.kwh = watts, self.kwh + watts * seconds / 3.6e6
        self.tell()

    def tell(self) -> None:
        if "silent" in self.printing.faults:
            return
        if "reset" in self.printing.faults:
            self.printing.faults.discard("reset")
            self.kwh = 0.0
        for topic, payload in self._messages():
            if "nonsense" in self.printing.faults:
                self.server.tell(topic, b"{\xff nan")
            self.server.tell(topic, payload.encode())

    def _messages(self):
        if self.kind == "tasmota":
            yield f"tele/{TOPIC}/LWT", "Online"
            yield f"tele/{TOPIC}/SENSOR", json.dumps({"ENERGY": {"Total": self.kwh, "Power": self.power}})
        elif self.kind == "shelly1":
            yield f"shellies/{TOPIC}/relay/0/power", f"{self.power:.2f}"
            yield f"shellies/{TOPIC}/relay/0/energy", f"{self.kwh * 60_000:.0f}"
        else:
            said = {"id": 0, "apower": self.power, "aenergy": {"total": self.kwh * 1000}}
            yield f"{TOPIC}/status/switch:0", json.dumps(said)

    def _heard(self, topic: str, payload: bytes) -> None:
        if topic == f"cmnd/{TOPIC}/STATUS" and "silent" not in self.printing.faults:
            self.asked += 1
            said = {"StatusSNS": {"ENERGY": {"Total": self.kwh, "Power": self.power}}}
            self.server.tell(f"stat/{TOPIC}/STATUS10", json.dumps(said).encode())

    async def _tell_again(self) -> None:
        while True:
            await asyncio.sleep(5)
            working = self.printing.at_work
            self.use(2600.0 if working else 120.0, 5)
