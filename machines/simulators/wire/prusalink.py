"""A Prusa printer's PrusaLink on the wire, in both shapes: "buddy" (in the printer) and "rpi" (beside it).

Faults by name, besides those of `web`: "refuse" (409 to every command), "hides_new" (an uploaded file is unknown at
first), "cut" (half of an upload is lost).
"""

import hashlib
import os
import time

from aiohttp import web

from machines.simulators.wire.printing import Printing
from machines.simulators.wire.web import WebMachine

KEY, USER, PASSWORD = "maker-key-123", "maker", "a password"
STATES = {
    "idle": "IDLE", "preparing": "PRINTING", "printing": "PRINTING", "paused": "PAUSED", "finished": "FINISHED",
    "cancelled": "STOPPED", "failed": "ERROR",
}  # fmt: skip


class PrusaLinkPrinter(WebMachine):
    def __init__(self, printing: Printing | None = None, shape: str = "buddy"):
        self.printing = printing or Printing()
        self.shape = shape
        self.place = "usb" if shape == "buddy" else "local"
        self.nonce = os.urandom(8).hex()
        self.asked: list[str] = []
        self.raw = ""  # says this instead of its state
        self.old_progress: float | None = None

    def faults(self) -> set[str]:
        return self.printing.faults

    @property
    def options(self) -> dict:
        return {"host": f"127.0.0.1:{self.port}", "api_key": KEY}

    def routes(self):
        return [
            web.get("/api/version", self.version),
            web.get("/api/v1/status", self.status),
            web.get("/api/v1/job", self.job),
            web.get("/api/v1/storage", self.storage),
            web.put("/api/v1/job/{id}/{deed}", self.act),
            web.delete("/api/v1/job/{id}", self.act),
            web.get("/api/v1/files/{path:.*}", self.file),
            web.put("/api/v1/files/{path:.*}", self.upload),
            web.post("/api/v1/files/{path:.*}", self.begin),
            web.get("/download/{path:.*}", self.download),
            web.get("/api/v1/cameras/snap", self.camera),
        ]

    async def camera(self, request):
        """Printers that are PrusaLink themselves do not know this address."""
        self._enter(request)
        if self.shape == "buddy":
            raise web.HTTPNotFound
        return await self.snapshot(request)

    def _enter(self, request: web.Request) -> None:
        self.asked.append(f"{request.method} {request.path}")
        if "X-Api-Key" in request.headers:
            if request.headers["X-Api-Key"] != KEY:
                raise web.HTTPForbidden
            return
        if not self._is_right(request):
            extra = ', qop="auth", algorithm=MD5-sess' if self.shape == "rpi" else ""
            challenge = f'Digest realm="Printer API", nonce="{self.nonce}"{extra}'
            raise web.HTTPUnauthorized(headers={"WWW-Authenticate": challenge})

    def _is_right(self, request: web.Request) -> bool:
        kind, _space, rest = request.headers.get("Authorization", "").partition(" ")
        if kind != "Digest":
            return False
        said = {
            name.strip(): value.strip('"') for name, _sign, value in (part.partition("=") for part in rest.split(","))
        }
        if self.shape == "buddy" and "algorithm" in said:
            return False  # a flaw of its firmware
        ha1 = _md5(f"{USER}:Printer API:{PASSWORD}")
        ha2 = _md5(f"{request.method}:{request.path_qs}")
        if self.shape == "rpi":
            ha1 = _md5(f"{ha1}:{self.nonce}:{said.get('cnonce')}")
            wanted = _md5(f"{ha1}:{self.nonce}:{said.get('nc')}:{said.get('cnonce')}:auth:{ha2}")
        else:
            wanted = _md5(f"{ha1}:{self.nonce}:{ha2}")
        return said.get("response") == wanted

    # --- answers ----------------------------------------------------------------------------------------------------

    async def version(self, request):
        self._enter(request)
        return web.json_response({"api": "2.0.0", "text": "PrusaLink", "capabilities": {"upload-by-put": True}})

    async def status(self, request):
        self._enter(request)
        work, heat = self.printing, self.printing.temperatures
        raw = self.raw or STATES[work.phase]
        printer = {
            "state": raw, "temp_nozzle": heat["nozzle"], "target_nozzle": heat["nozzle_target"],
            "temp_bed": heat["bed"], "target_bed": heat["bed_target"], "speed": 100, "flow": 95,
        }  # fmt: skip
        if self.shape == "rpi":
            printer["status_printer"] = {"ok": raw != "ERROR", "message": "OK" if raw != "ERROR" else work.why}
            body = {"storage": [{"path": "/local", "read_only": False}], "printer": printer}
        else:
            body = {"storage": {"path": "/usb/", "name": "usb", "read_only": False}, "printer": printer}
        if work.at_work or (self.shape == "buddy" and work.phase in ("finished", "cancelled")):
            progress = work.progress * 100 if self.old_progress is None else self.old_progress
            body["job"] = {"id": work.number, "progress": round(progress, 1), "time_remaining": int(work.left)}
        return web.json_response(body)

    async def job(self, request):
        self._enter(request)
        if not self.printing.at_work:
            return web.Response(status=204)
        name = self.printing.file.rpartition("/")[2]
        meta = {"filament used [g]": self.printing.grams, "filament used [mm]": self.printing.metres * 1000}
        file = {
            "name": f"{name[:6].upper()}~1.GCO",
            "display_name": name,
            "path": f"/{self.place}/{name}",
            "meta": meta,
        }
        return web.json_response({"id": self.printing.number, "file": file})

    async def storage(self, request):
        self._enter(request)
        return web.json_response({"storage_list": [
            {"path": "/sdcard", "available": False}, {"path": f"/{self.place}", "available": True, "read_only": False},
        ]})  # fmt: skip

    async def act(self, request):
        self._enter(request)
        if int(request.match_info["id"]) != self.printing.number:
            raise web.HTTPNotFound
        deeds = {"pause": self.printing.pause, "resume": self.printing.resume}
        deed = deeds.get(request.match_info.get("deed"), self.printing.cancel)
        if "refuse" in self.printing.faults or not deed():
            raise web.HTTPConflict
        return web.Response(status=204)

    async def file(self, request):
        self._enter(request)
        path = request.match_info["path"]
        if path.strip("/") == self.place:
            children = [{"type": "PRINT_FILE", "name": name, "size": len(data), "m_timestamp": int(time.time())}
                        for name, data in self.printing.files.items()]  # fmt: skip
            return web.json_response({"type": "FOLDER", "children": children})
        name = path.rpartition("/")[2]
        if name not in self.printing.files:
            raise web.HTTPNotFound
        refs = {"download": f"/download/{name}"}
        return web.json_response({"type": "PRINT_FILE", "size": len(self.printing.files[name]), "refs": refs})

    async def upload(self, request):
        self._enter(request)
        data = await request.read()
        if "cut" in self.printing.faults:
            data = data[: len(data) // 2]
        self.printing.files[request.match_info["path"].rpartition("/")[2]] = data
        return web.Response(status=201)

    async def begin(self, request):
        self._enter(request)
        name = request.match_info["path"].rpartition("/")[2]
        if "hides_new" in self.printing.faults:
            self.printing.faults.discard("hides_new")
            raise web.HTTPNotFound
        if name not in self.printing.files:
            raise web.HTTPNotFound
        if not self.printing.begin(name):
            raise web.HTTPConflict
        return web.Response(status=204)

    async def download(self, request):
        self._enter(request)
        return web.Response(body=self.printing.files[request.match_info["path"]])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
