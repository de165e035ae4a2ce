"""An OctoPrint with a printer, on the wire: REST, its push socket, application keys.

Faults by name, besides those of `web`: "deaf" (the socket says nothing), "refuse" (409 to every command).
"""

import asyncio
import json
import time

from aiohttp import WSMsgType, web

from machines.simulators.wire.printing import Printing
from machines.simulators.wire.web import WebMachine

KEY = "0123456789ABCDEF0123456789ABCDEF"
TEXTS = {
    "idle": "Operational", "preparing": "Starting", "printing": "Printing", "paused": "Paused",
    "finished": "Operational", "cancelled": "Operational", "failed": "Offline after error",
}  # fmt: skip


class OctoPrintServer(WebMachine):
    def __init__(self, printing: Printing | None = None):
        self.printing = printing or Printing()
        self.printing.changed = self.push
        self.listeners: set[asyncio.Queue] = set()
        self.last: dict[str, dict] = {}  # each file's last print
        self.webcam = "/webcam/?action=snapshot"
        self.tokens: dict[str, str | None] = {}
        self.before = "idle"
        self.asked: list[str] = []

    def faults(self) -> set[str]:
        return self.printing.faults

    @property
    def options(self) -> dict:
        return {"host": f"127.0.0.1:{self.port}", "api_key": KEY}

    def routes(self):
        return [
            web.get("/api/version", self.version),
            web.post("/api/login", self.login),
            web.get("/api/job", self.job),
            web.post("/api/job", self.act),
            web.get("/api/files", self.files),
            web.post("/api/files/local", self.upload),
            web.get("/api/files/local/{path:.*}", self.file),
            web.post("/api/files/local/{path:.*}", self.begin),
            web.get("/downloads/files/local/{path:.*}", self.download),
            web.get("/api/printer/error", self.error),
            web.get("/api/settings", self.settings),
            web.get("/webcam/", self.snapshot),
            web.get("/sockjs/websocket", self.socket),
            web.get("/plugin/appkeys/probe", self.probe),
            web.post("/plugin/appkeys/request", self.ask_for_key),
            web.get("/plugin/appkeys/request/{token}", self.key_for),
        ]

    def _enter(self, request) -> None:
        self.asked.append(f"{request.method} {request.path}")
        if request.headers.get("X-Api-Key") != KEY:
            raise web.HTTPForbidden

    # --- the socket -------------------------------------------------------------------------------------------------

    def current(self) -> dict:
        work, heat = self.printing, self.printing.temperatures
        flags = {
            "operational": work.phase != "failed", "printing": work.phase in ("preparing", "printing"),
            "paused": work.phase == "paused", "error": work.phase == "failed", "closedOrError": work.phase == "failed",
            "ready": work.phase in ("idle", "finished", "cancelled"),
        }  # fmt: skip
        keeps = work.at_work or work.phase == "finished"
        file = {"path": work.file, "display": work.file.rpartition("/")[2], "origin": "local"} if keeps else {}
        return {
            "state": {"text": TEXTS[work.phase], "flags": flags, "error": work.why},
            "job": {"file": file or {"path": None}, "filament": {"tool0": {"length": work.metres * 1000}}},
            "progress": {"completion": work.progress * 100 if keeps else None, "printTimeLeft": int(work.left)},
            "temps": [{
                "tool0": {"actual": heat["nozzle"], "target": heat["nozzle_target"]},
                "bed": {"actual": heat["bed"], "target": heat["bed_target"]}, "chamber": {"actual": None},
            }],
        }  # fmt: skip

    def push(self) -> None:
        work, before = self.printing, self.before
        self.before = work.phase
        payload = {"path": work.file, "name": work.file, "origin": "local", "time": 12.0}
        over = {"finished": "PrintDone", "cancelled": "PrintCancelled", "failed": "PrintFailed"}.get(work.phase)
        if over and before != work.phase:
            self.last[work.file] = {"date": time.time() + self.skew, "success": over == "PrintDone", "printTime": 12.0}
            # A cancel is told before the state changes, any other end after it.
            if over != "PrintCancelled":
                self._say({"current": self.current()})
            if over == "PrintCancelled":
                self._say({"event": {"type": over, "payload": {**payload, "progress": work.progress * 100}}})
                self._say({"event": {"type": "PrintFailed", "payload": {**payload, "reason": "cancelled"}}})
            else:
                self._say({"event": {"type": over, "payload": {**payload, "reason": "error"}}})
        self._say({"current": self.current()})

    def _say(self, said: dict) -> None:
        if "deaf" not in self.printing.faults:
            for queue in self.listeners:
                queue.put_nowait(said)

    async def socket(self, request):
        socket, queue = web.WebSocketResponse(), asyncio.Queue()
        await socket.prepare(request)
        queue.put_nowait({"connected": {"version": "1.11.8"}})
        sender = asyncio.create_task(_send(socket, queue))
        try:
            async for message in socket:
                if message.type == WSMsgType.TEXT and "auth" in json.loads(message.data):
                    self.listeners.add(queue)
                    queue.put_nowait({"history": self.current()})
        finally:
            self.listeners.discard(queue)
            sender.cancel()
        return socket

    # --- answers ----------------------------------------------------------------------------------------------------

    async def version(self, request):
        self._enter(request)
        return web.json_response({"api": "0.1", "server": "1.11.8", "text": "OctoPrint 1.11.8"})

    async def login(self, request):
        self._enter(request)
        return web.json_response({"name": "admin", "session": "s", "groups": ["admins"]})

    async def job(self, request):
        self._enter(request)
        now = self.current()
        return web.json_response({"job": now["job"], "progress": now["progress"], "state": now["state"]["text"]})

    async def act(self, request):
        self._enter(request)
        said = await request.json()
        deed = {"pause": self.printing.pause, "resume": self.printing.resume}.get(
            said.get("action"), self.printing.cancel
        )
        if "refuse" in self.printing.faults or not deed():
            raise web.HTTPConflict
        return web.Response(status=204)

    async def files(self, request):
        self._enter(request)
        files = [
            {"path": name, "display": name, "type": "machinecode", "typePath": ["machinecode", "gcode"],
             "size": len(data), "date": int(time.time()), "prints": {"last": self.last.get(name, {})}}
            for name, data in self.printing.files.items()
        ]  # fmt: skip
        return web.json_response({"files": [{"type": "folder", "path": "orders", "children": files}]})

    async def file(self, request):
        self._enter(request)
        name = request.match_info["path"]
        if name not in self.printing.files:
            raise web.HTTPNotFound
        return web.json_response({"path": name, "size": len(self.printing.files[name])})

    async def upload(self, request):
        self._enter(request)
        field = (await request.post())["file"]
        data = field.file.read()
        self.printing.files[field.filename] = data[: len(data) // 2] if "cut" in self.printing.faults else data
        local = {"path": field.filename}
        return web.json_response({"done": True, "files": {"local": local}}, status=201)

    async def begin(self, request):
        self._enter(request)
        name = request.match_info["path"]
        if name not in self.printing.files:
            raise web.HTTPNotFound
        if not self.printing.begin(name):
            raise web.HTTPConflict
        return web.Response(status=204)

    async def download(self, request):
        self._enter(request)
        if request.match_info["path"] not in self.printing.files:
            raise web.HTTPNotFound
        return web.Response(body=self.printing.files[request.match_info["path"]])

    async def error(self, request):
        self._enter(request)
        return web.json_response({"error": self.printing.why, "reason": "firmware"})

    async def settings(self, request):
        self._enter(request)
        return web.json_response({"webcam": {"webcamEnabled": bool(self.webcam), "snapshotUrl": self.webcam}})

    # --- application keys -------------------------------------------------------------------------------------------

    async def probe(self, request):
        return web.Response(status=204)

    async def ask_for_key(self, request):
        token = f"token{len(self.tokens)}"
        self.tokens[token] = None
        return web.json_response({"app_token": token}, status=201)

    async def key_for(self, request):
        token = request.match_info["token"]
        if token not in self.tokens:
            raise web.HTTPNotFound
        key = self.tokens[token]
        return web.json_response({"api_key": key}) if key else web.json_response({"message": "pending"}, status=202)


async def _send(socket: web.WebSocketResponse, queue: asyncio.Queue) -> None:
    while True:
        await socket.send_str(json.dumps(await queue.get()))
