"""A RayBox beside a laser on the wire, after the public descriptions: nobody here has seen a real one.

Faults by name, besides those of `web`: "shallow" (the answer as the other description has it), "no" (its own error),
"alarm".
"""

import hashlib
import time

from aiohttp import web

from machines.simulators.wire.printing import Printing
from machines.simulators.wire.web import WebMachine

LASER, TOKEN, SECRET = "192.168.1.50", "shop", "a secret"
TAKES = 300  # seconds a sign may be off its clock
CODES = {"idle": 0, "preparing": 8, "printing": 8, "paused": 9, "finished": 0, "cancelled": 0, "failed": 0}


class RayBoxGateway(WebMachine):
    def __init__(self, printing: Printing | None = None):
        self.printing = printing or Printing()
        self.code: int | None = None  # says this instead of its state

    def faults(self) -> set[str]:
        return self.printing.faults

    @property
    def options(self) -> dict:
        return {"switched_on": "yes", "host": f"127.0.0.1:{self.port}", "laser": LASER, "token": TOKEN,
                "secret": SECRET}  # fmt: skip

    def routes(self):
        return [web.get("/api/monitor/cutSystemState", self.state)]

    async def state(self, request):
        stamp = request.headers.get("timestamp", "")
        sign = hashlib.md5(f"timestamp={stamp}&token={TOKEN}&secret={SECRET}".encode(), usedforsecurity=False)
        if request.headers.get("sign") != sign.hexdigest():
            raise web.HTTPUnauthorized
        if abs(int(stamp) / 1000 - time.time() - self.skew) > TAKES:
            return web.json_response({"status": 5, "msg": "timestamp timed out.", "data": None})
        if request.query.get("ip") != LASER or "no" in self.faults():
            return web.json_response({"status": 7, "msg": "no such machine", "data": None})
        work = self.printing
        wrong = work.phase == "failed" or "alarm" in self.faults()
        nc = {
            "SysState": CODES[work.phase] if self.code is None else self.code,
            "CutPercent": round(work.progress * 100), "TaskName": work.file,
            "AlarmCount": int(wrong), "AlarmMsg": (work.why or "gas pressure low") if wrong else "",
        }  # fmt: skip
        data = {"NcState": nc, "DeviceState": {"IsLaserOn": work.at_work}}
        return web.json_response(
            {"status": 0, "msg": "OK", "data": data if "shallow" in self.faults() else {"CutSystemState": data}}
        )
