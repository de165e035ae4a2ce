"""The maker's cloud of CypCut lasers on the wire, after its public descriptions: nobody here has an account.

Faults by name, besides those of `web`: "used up" (the day's questions), "too often" (the first of each kind),
"expired", "not allowed" (alarms and records), "late" (no record yet), "wrong time", "down" (HTTP 500).
"""

import hashlib
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiohttp import web

from machines.simulators.wire.printing import Printing
from machines.simulators.wire.web import WebMachine

APP_ID, SECRET, CARD = "op18700000000000d2", "an app secret", "123456789100"
STATES = {"idle": "IDLE", "preparing": "WORKING", "printing": "WORKING", "paused": "PAUSE", "finished": "IDLE",
          "cancelled": "STOP", "failed": "ALARMING"}  # fmt: skip
CUT = {"curveLength": 12500.0, "pierceCount": 56, "material": "S235", "thickness": 3, "partAmount": 4}
ENDS = {"finished": 0, "cancelled": 2}
ALL = {"used up": 1008, "expired": 1002, "wrong time": 1003}


class FsCutCloud(WebMachine):
    def __init__(self, printing: Printing | None = None):
        self.printing = printing or Printing(seconds=600)
        self.printing.changed = self._changed
        self.says = ""  # instead of its state
        self.records: list[dict] = []
        self.asked: list[str] = []
        self.was = "idle"
        self.began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

    def faults(self) -> set[str]:
        return self.printing.faults

    @property
    def options(self) -> dict:
        return {"switched_on": "yes", "host": f"http://127.0.0.1:{self.port}", "app_id": APP_ID,
                "app_secret": SECRET, "card": CARD}  # fmt: skip

    def routes(self):
        answers = {
            "/api/user_devices": self.machines, "/api/user_devices/current_state": self.state,
            "/api/user_devices/current_work": self.work, "/api/user_devices/cut_system_state": self.system,
            "/api/user_devices/current_alarms": self.alarms, "/api/statistics/work_logs/v2": self.work_logs,
        }  # fmt: skip
        return [web.post(path, self._answering(path, answer)) for path, answer in answers.items()]

    def _answering(self, path: str, answer):
        async def handler(request):
            said = await request.json()
            code = self._refusal(path, request, said)
            self.asked.append(path)
            if "down" in self.faults():
                return web.json_response({"error": "Internal Server Error"}, status=500)
            if code:
                return web.json_response({"status": code, "msg": f"refused with {code}"})
            zone = ZoneInfo(request.headers.get("zoneId", "Asia/Shanghai"))
            return web.json_response({"status": 0, "msg": "OK", "data": answer(said, zone)})

        return handler

    def _refusal(self, path: str, request, said: dict) -> int:
        stamp = request.headers.get("time-stamp", "")
        sign = hashlib.md5(f"{APP_ID}{SECRET}{stamp}".encode(), usedforsecurity=False).hexdigest()
        if request.headers.get("app-id") != APP_ID:
            return 1001
        if not stamp.isdigit() or abs(int(stamp) / 1000 - time.time() - self.skew) > 600:
            return 1003
        if request.headers.get("app-sign") != sign:
            return 1005
        for fault, code in ALL.items():
            if fault in self.faults():
                return code
        if "not allowed" in self.faults() and path.endswith(("current_alarms", "v2")):
            return 1007
        if "too often" in self.faults() and path not in self.asked:
            return 1009
        if path.endswith("user_devices"):
            return 0
        return 0 if CARD in (said.get("cardId"), *said.get("cardIds", ())) else 1010

    # --- what it answers ----------------------------------------------------------------------------------------------

    def machines(self, said, zone):
        return [{"cardId": CARD, "nickname": "Laser 1", "appName": "CypCut", "appVer": "6.3"}]

    def state(self, said, zone):
        return [{"cardId": CARD, "deviceState": self.says or STATES[self.printing.phase]}]

    def work(self, said, zone):
        if self.printing.phase not in ("preparing", "printing", "paused", "failed"):
            return None
        return {"filename": self.printing.file, "portionId": f"T{self.printing.number}",
                "startTime": written(self.began, zone)}  # fmt: skip

    def system(self, said, zone):
        return {"taskName": self.printing.file, "cutPercent": round(self.printing.progress * 100), "workSpeed": 0.2,
                "laserPower": 3000, "gasType": "O2", "gasPressure": 0.6, "workTimeStr": "00:01:00.000"}  # fmt: skip

    def alarms(self, said, zone):
        if self.printing.phase != "failed":
            return []
        return [{"alarmCode": "A12", "alarmDesc": self.printing.why or "gas pressure low",
                 "alarmTime": written(datetime.now(UTC), zone)}]  # fmt: skip

    def work_logs(self, said, zone):
        since, until = (read(said[name], zone) for name in ("startTime", "endTime"))
        found = [] if "late" in self.faults() else [
            {**record, "startTime": written(record["startTime"], zone), "endTime": written(record["endTime"], zone)}
            for record in self.records if since <= record["startTime"] <= until
        ]  # fmt: skip
        found = found[::-1] if said.get("timeDesc") else found
        first = said["pageNumber"] * said["pageSize"]
        meta = {"total": len(found), "syncTime": written(datetime.now(UTC), zone)}
        return {"list": found[first : first + said["pageSize"]], "meta": meta}

    # --- what it keeps ------------------------------------------------------------------------------------------------

    def _changed(self) -> None:
        phase, before = self.printing.phase, self.was
        self.was = phase
        if phase in ("preparing", "printing") and before not in ("preparing", "printing", "paused", "failed"):
            # Two beginnings are never of the same second.
            self.began = max(datetime.now(UTC).replace(microsecond=0), self.began + timedelta(seconds=1))
            self.cut(self.printing.file, self.began, 0, endState=-1)
        elif self.records and phase in ENDS and before not in ENDS:
            self.records[-1] |= {"endState": ENDS[phase], "endTime": max(self.began, datetime.now(UTC)),
                                 "timeTaken": 360.5}  # fmt: skip
        elif self.records and phase in ("paused", "printing"):
            self.records[-1]["endState"] = 1 if phase == "paused" else -1

    def cut(self, file: str, began: datetime, seconds: float, **more) -> None:
        """A record as the cloud keeps it; `endState` 0 where nothing else is said."""
        record = {
            "workUuid": f"w{len(self.records) + 1}",
            "fileName": f"D:\\cut\\{file}",
            "portionName": file.partition(".")[0],
            "startTime": began,
            "endTime": began + timedelta(seconds=seconds),
            "timeTaken": seconds,
            "endState": 0,
        }
        self.records.append(record | CUT | more)


def written(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def read(words: str, zone: ZoneInfo) -> datetime:
    return datetime.strptime(words, "%Y-%m-%d %H:%M:%S").replace(tzinfo=zone)
