"""A stand-in for Klipper behind a real Moonraker: the socket, its objects, and a print that takes four seconds.

python klippy.py SOCKET FOLDER_OF_GCODES
"""

import asyncio
import json
import os
import sys
import time

END = b"\x03"
STEP, STEPS = 0.2, 20
ENDPOINTS = (
    "info", "emergency_stop", "list_endpoints", "objects/list", "objects/query", "objects/subscribe", "gcode/help",
    "gcode/script", "gcode/restart", "gcode/firmware_restart", "gcode/subscribe_output", "pause_resume/cancel",
    "pause_resume/pause", "pause_resume/resume", "query_endstops/status", "register_remote_method",
)  # fmt: skip


class Klippy:
    def __init__(self, folder: str):
        self.folder = folder
        paths = {"virtual_sdcard": {"path": folder}, "pause_resume": {}, "display_status": {}}
        self.objects = {
            "webhooks": {"state": "ready", "state_message": "Printer is ready"},
            "print_stats": {"filename": "", "total_duration": 0.0, "print_duration": 0.0, "filament_used": 0.0,
                            "state": "standby", "message": "", "info": {"total_layer": None, "current_layer": None}},
            "virtual_sdcard": {"file_path": None, "progress": 0.0, "is_active": False},
            "display_status": {"progress": 0.0, "message": None},
            "pause_resume": {"is_paused": False},
            "extruder": {"temperature": 25.0, "target": 0.0},
            "heater_bed": {"temperature": 25.0, "target": 0.0},
            "idle_timeout": {"state": "Idle", "printing_time": 0.0},
            "toolhead": {"position": [0, 0, 0, 0], "homed_axes": "xyz"},
            "configfile": {"config": paths, "settings": paths, "warnings": []},
        }  # fmt: skip
        self.listeners: list[tuple] = []
        self.printing: asyncio.Task | None = None

    def say(self, **changes: dict) -> None:
        for name, fields in changes.items():
            self.objects[name].update(fields)
        for writer, template, wanted in self.listeners:
            said = {name: fields for name, fields in changes.items() if name in wanted}
            if said:
                params = {"eventtime": time.monotonic(), "status": said}
                writer.write(json.dumps({**template, "params": params}).encode() + END)

    async def print_file(self, name: str) -> None:
        self.say(
            print_stats={"filename": name, "state": "printing", "total_duration": 0.0, "print_duration": 0.0,
                         "filament_used": 0.0},
            virtual_sdcard={"file_path": os.path.join(self.folder, name), "is_active": True, "progress": 0.0},
        )  # fmt: skip
        passed = 0
        while passed < STEPS:
            await asyncio.sleep(STEP)
            total = self.objects["print_stats"]["total_duration"] + STEP
            if self.objects["pause_resume"]["is_paused"]:
                self.say(print_stats={"total_duration": total})
                continue
            passed += 1
            self.say(
                print_stats={"total_duration": total, "print_duration": passed * STEP,
                             "filament_used": 84.0 * passed / STEPS},
                virtual_sdcard={"progress": passed / STEPS}, extruder={"temperature": 210.0, "target": 210.0},
            )  # fmt: skip
        self.say(print_stats={"state": "complete"}, virtual_sdcard={"is_active": False})

    def stop(self, state: str, **more: dict) -> None:
        """Klipper looks four times a second what is new, and tells all of it together."""
        if self.printing:
            self.printing.cancel()
        self.say(
            print_stats={"state": state}, pause_resume={"is_paused": False}, virtual_sdcard={"is_active": False}, **more
        )  # fmt: skip

    def answer(self, method: str, params: dict, writer) -> dict:
        match method:
            case "info":
                return {
                    "state": self.objects["webhooks"]["state"], "state_message": "", "hostname": "stand-in",
                    "klipper_path": "/nowhere/klipper", "python_path": sys.executable, "process_id": os.getpid(),
                    "user_id": 0, "group_id": 0, "log_file": "", "config_file": "/nowhere/printer.cfg", "cpu_info": "",
                    "software_version": "v0",
                }  # fmt: skip
            case "list_endpoints":
                return {"endpoints": list(ENDPOINTS)}
            case "objects/list":
                return {"objects": list(self.objects)}
            case "objects/query" | "objects/subscribe":
                wanted = params.get("objects") or {}
                if method.endswith("subscribe"):
                    self.listeners.append((writer, params.get("response_template") or {}, wanted))
                return {
                    "eventtime": time.monotonic(),
                    "status": {n: self.objects[n] for n in wanted if n in self.objects},
                }
            case "pause_resume/pause":
                self.say(print_stats={"state": "paused"}, pause_resume={"is_paused": True})
            case "pause_resume/resume":
                # Time has passed: without that Moonraker takes it for another print of the same file.
                total = self.objects["print_stats"]["total_duration"] + 0.01
                self.say(print_stats={"state": "printing", "total_duration": total}, pause_resume={"is_paused": False})
            case "pause_resume/cancel":
                self.stop("cancelled")
            case "emergency_stop":
                shutdown = {"state": "shutdown", "state_message": "Shutdown due to webhooks request"}
                self.stop("standby", webhooks=shutdown)
            case "gcode/script" if "SDCARD_PRINT_FILE" in params.get("script", ""):
                name = params["script"].split('FILENAME="')[1].rstrip('"')
                self.printing = asyncio.get_running_loop().create_task(self.print_file(name))
        return {}

    async def serve(self, reader, writer) -> None:
        try:
            while True:
                asked = json.loads((await reader.readuntil(END))[:-1])
                result = self.answer(asked["method"], asked.get("params") or {}, writer)
                if "id" in asked:
                    writer.write(json.dumps({"id": asked["id"], "result": result}).encode() + END)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.listeners = [each for each in self.listeners if each[0] is not writer]


async def main(socket: str, folder: str) -> None:
    if os.path.exists(socket):
        os.unlink(socket)
    server = await asyncio.start_unix_server(Klippy(folder).serve, socket, limit=2**22)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
