"""A Moonraker with a Klipper behind it, on the wire: REST for files and health, a websocket for everything else.

Faults by name, besides those of `web`: "refuse" (no to every command), "no_history" (keeps no list of jobs).
"""

import asyncio
import hashlib
import json
import time

from aiohttp import WSMsgType, web

from machines.simulators.wire.printing import Printing
from machines.simulators.wire.web import WebMachine

KEY = "moonraker-key"
STATES = {
    "idle": "standby", "preparing": "printing", "printing": "printing", "paused": "paused", "finished": "complete",
    "cancelled": "cancelled", "failed": "error",
}  # fmt: skip
ENDS = {"finished": "completed", "cancelled": "cancelled", "failed": "error"}


class MoonrakerServer(WebMachine):
    def __init__(self, printing: Printing | None = None, trusts: bool = True):
        self.printing = printing or Printing()
        self.printing.changed = self.push
        self.trusts = trusts
        self.klippy, self.words = "ready", "Printer is ready"
        self.webcam = "/webcam/?action=snapshot"
        self.listeners: set[asyncio.Queue] = set()
        self.history: list[dict] = []
        self.before = "idle"
        self.told: dict = {}
        self.heard: list[str] = []

    def faults(self) -> set[str]:
        return self.printing.faults

    @property
    def options(self) -> dict:
        return {"host": f"127.0.0.1:{self.port}", **({} if self.trusts else {"api_key": KEY})}

    def routes(self):
        return [
            web.get("/server/info", self.info),
            web.get("/websocket", self.socket),
            web.get("/server/files/list", self.list_files),
            web.get("/server/webcams/list", self.webcams),
            web.get("/webcam/", self.snapshot),
            web.post("/server/files/upload", self.upload),
            web.get("/server/files/gcodes/{path:.*}", self.download),
        ]

    def _enter(self, request) -> None:
        if not self.trusts and request.headers.get("X-Api-Key") != KEY:
            raise web.HTTPUnauthorized

    async def webcams(self, request):
        self._enter(request)
        cameras = [{"name": "off", "enabled": False, "snapshot_url": "http://10.0.0.1/"}]
        cameras += [{"name": "bed", "enabled": True, "snapshot_url": self.webcam}] if self.webcam else []
        return web.json_response({"result": {"webcams": cameras}})

    # --- what happens -----------------------------------------------------------------------------------------------

    def objects(self) -> dict:
        work, heat = self.printing, self.printing.temperatures
        part = 0.0 if work.phase == "preparing" else work.progress
        return {
            "webhooks": {"state": self.klippy, "state_message": self.words},
            "print_stats": {
                "state": STATES[work.phase], "filename": work.file, "print_duration": round(part * work.seconds, 1) or (
                    1.0 if work.phase == "printing" else 0.0
                ),
                "filament_used": part * work.metres * 1000, "message": work.why,
                "info": {"current_layer": work.layer, "total_layer": work.layers},
            },
            "virtual_sdcard": {"progress": work.progress},
            "display_status": {"progress": 0.0},
            "extruder": {"temperature": heat["nozzle"], "target": heat["nozzle_target"]},
            "heater_bed": {"temperature": heat["bed"], "target": heat["bed_target"]},
            "fan": {"speed": 0.5 if work.phase == "printing" else 0.0},
        }  # fmt: skip

    def push(self) -> None:
        work, before = self.printing, self.before
        self.before = work.phase
        if work.at_work and before not in ("preparing", "printing", "paused"):
            job = {"job_id": f"{len(self.history) + 1:06X}", "filename": work.file, "status": "in_progress"}
            self._note("added", {**job, "start_time": time.time() + self.skew, "end_time": None})
        now = self.objects()
        changed = {
            name: {key: value for key, value in fields.items() if self.told.get(name, {}).get(key) != value}
            for name, fields in now.items()
        }
        self.told = now
        self._notify("notify_status_update", [{name: fields for name, fields in changed.items() if fields}, 1.0])
        if work.phase in ENDS and before not in ENDS:
            self.end(ENDS[work.phase])

    def end(self, status: str) -> None:
        """The job of the history is over."""
        if self.history and self.history[-1]["end_time"] is None:
            job = self.history.pop()
            used = self.printing.metres * 1000 * self.printing.progress
            self._note("finished", {**job, "status": status, "end_time": time.time() + self.skew,
                                    "filament_used": used, "metadata": self.about()})  # fmt: skip

    def about(self) -> dict:
        work = self.printing
        return {
            "estimated_time": work.seconds, "filament_total": work.metres * 1000, "filament_weight_total": work.grams,
        }  # fmt: skip

    def klippy_is(self, state: str, words: str = "") -> None:
        """Shut down, gone or back; the work on it is lost."""
        self.klippy, self.words = state, words
        name = {"ready": "ready", "shutdown": "shutdown"}.get(state, "disconnected")
        if state != "ready":
            self.end("klippy_shutdown" if state == "shutdown" else "klippy_disconnect")
            self.printing.phase, self.printing.file, self.before = "idle", "", "idle"
        self._notify(f"notify_klippy_{name}", [])

    def _note(self, action: str, job: dict) -> None:
        self.history.append(job)
        if "no_history" not in self.printing.faults:
            self._notify("notify_history_changed", [{"action": action, "job": job}])

    def _notify(self, method: str, params: list) -> None:
        for queue in self.listeners:
            queue.put_nowait({"jsonrpc": "2.0", "method": method, "params": params})

    # --- the socket -------------------------------------------------------------------------------------------------

    async def socket(self, request):
        self._enter(request)
        socket, queue = web.WebSocketResponse(), asyncio.Queue()
        await socket.prepare(request)
        sender = asyncio.create_task(_send(socket, queue))
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT:
                    said = json.loads(message.data)
                    self.heard.append(said["method"])
                    queue.put_nowait({"jsonrpc": "2.0", "id": said["id"], **self._answer(said, queue)})
        finally:
            self.listeners.discard(queue)
            sender.cancel()
        return socket

    def _answer(self, said: dict, queue: asyncio.Queue) -> dict:
        method, params, work = said["method"], said.get("params") or {}, self.printing
        match method:
            case "server.connection.identify":
                return {"result": {"connection_id": 1}}
            case "server.info":
                return {"result": {"klippy_state": self.klippy}}
            case "printer.info":
                return {"result": {"state": self.klippy, "state_message": self.words}}
            case "server.history.list" if "no_history" not in work.faults:
                return {"result": {"jobs": list(reversed(self.history))}}
            case "server.files.metadata":
                return {"result": self.about()}
            case _ if self.klippy not in ("ready", "shutdown"):
                return {"error": {"code": 503, "message": "Klippy Host not connected"}}
            case "printer.objects.subscribe":
                self.listeners.add(queue)
                self.told = self.objects()
                return {"result": {"status": self.told}}
        deeds = {
            "printer.print.pause": work.pause,
            "printer.print.resume": work.resume,
            "printer.print.cancel": work.cancel,
            "printer.print.start": lambda: work.begin(params["filename"]),
        }
        if "refuse" in work.faults or method not in deeds or not deeds[method]():
            return {"error": {"code": 400, "message": "SD busy\nTraceback (most recent call last):\n  …"}}
        return {"result": "ok"}

    # --- answers ----------------------------------------------------------------------------------------------------

    async def info(self, request):
        self._enter(request)
        return web.json_response({"result": {"klippy_state": self.klippy, "moonraker_version": "0.11.0"}})

    async def list_files(self, request):
        self._enter(request)
        found = [
            {"path": name, "size": len(data), "modified": time.time()} for name, data in self.printing.files.items()
        ]
        return web.json_response({"result": found})

    async def upload(self, request):
        self._enter(request)
        form = await request.post()
        data = form["file"].file.read()
        if "cut" in self.printing.faults:
            data = data[: len(data) // 2]
        if form["checksum"] != hashlib.sha256(data).hexdigest():
            return web.json_response({"error": {"code": 422, "message": "File checksum mismatch"}}, status=422)
        self.printing.files[form["file"].filename] = data
        item = {"path": form["file"].filename, "size": len(data), "root": "gcodes"}
        return web.json_response({"item": item, "print_started": False}, status=201)

    async def download(self, request):
        self._enter(request)
        if request.match_info["path"] not in self.printing.files:
            return web.json_response({"error": {"code": 404, "message": "File does not exist"}}, status=404)
        return web.Response(body=self.printing.files[request.match_info["path"]])


async def _send(socket: web.WebSocketResponse, queue: asyncio.Queue) -> None:
    while True:
        await socket.send_str(json.dumps(await queue.get()))
