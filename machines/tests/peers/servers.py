"""Real servers on this computer only: OctoPrint with its virtual printer, Moonraker with a stand-in for Klipper.

Each is installed once, from the usual registry, into an environment of its own under .tools/peers.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from http.client import HTTPException
from pathlib import Path

HOME = Path(__file__).resolve().parents[3] / ".tools" / "peers"
KEY = "0123456789ABCDEF0123456789ABCDEF"
# Nothing here may ask the internet.
ALONE = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "NO_PROXY": "127.0.0.1,localhost"}


def environment_of(package: str, program: str) -> Path:
    """The folder of programs with this package in it, "OctoPrint==1.11.8"."""
    home = HOME / program
    if not (home / "bin" / program).exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        subprocess.run([str(home / "bin" / "pip"), "install", "-q", package], check=True)
    return home / "bin"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Server:
    """One server and what stands behind it; `restart` ends it as a power cut does and starts it again."""

    driver = ""
    remembers = True  # it can say afterwards how a print ended that nobody watched

    def __init__(self, folder: Path):
        self.folder, self.port = folder, free_port()
        self.children: list[subprocess.Popen] = []
        folder.mkdir(parents=True)
        self.prepare()
        self.start()

    def begin(self, *command: str) -> subprocess.Popen:
        with open(self.folder / "log", "ab") as log:
            child = subprocess.Popen(command, stdout=log, stderr=log, env={**os.environ, **ALONE}, cwd=self.folder)
        self.children.append(child)
        return child

    def stop(self) -> None:
        for child in self.children:
            child.kill()
            child.wait()
        self.children.clear()

    def leave(self) -> None:
        """For good."""
        self.stop()

    def restart(self) -> None:
        self.stop()
        self.start()

    def ask(self, path: str, body=None, headers=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", data, {"Content-Type": "application/json", **(headers or {})}
        )
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=10) as answer:
            text = answer.read()
        return json.loads(text) if text.strip() else None

    def until(self, is_up, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if is_up():
                    return
            except (OSError, HTTPException, ValueError):
                pass
            time.sleep(0.5)
        raise AssertionError((self.folder / "log").read_text()[-2000:])


class OctoPrint(Server):
    driver = "octoprint"
    lines = 500

    def prepare(self) -> None:
        self.programs = environment_of("OctoPrint==1.11.8", "octoprint")
        base = self.folder / "base"
        add = ["user", "add", "admin", "--password", "only for this test", "--admin"]
        subprocess.run([str(self.programs / "octoprint"), "-b", str(base), *add], check=True, capture_output=True)
        users = base / "users.yaml"
        users.write_text(users.read_text().replace("apikey: null", f"apikey: {KEY}"))
        off = ["announcements", "softwareupdate", "tracking", "pi_support", "discovery", "errortracking", "file_check",
               "firmware_check", "pluginmanager", "health_check", "backup"]  # fmt: skip
        (base / "config.yaml").write_text(json.dumps({
            "server": {"host": "127.0.0.1", "port": self.port, "firstRun": False,
                       "seenWizards": {"corewizard": 4, "backup": None}, "onlineCheck": {"enabled": False},
                       "pluginBlacklist": {"enabled": False}},
            "serial": {"autoconnect": True, "port": "VIRTUAL", "baudrate": 115200},
            "plugins": {
                "virtual_printer": {"_config_version": 1, "enabled": True, "throttle": 0.001}, "_disabled": off,
            },
        }))  # fmt: skip

    def start(self) -> None:
        self.begin(
            str(self.programs / "octoprint"), "serve", "--iknowwhatimdoing", "--host", "127.0.0.1", "--port",
            str(self.port), "-b", str(self.folder / "base"),
        )  # fmt: skip
        self.until(lambda: self.printer("/api/connection")["current"]["state"] == "Operational")

    @property
    def options(self) -> dict:
        return {"host": f"127.0.0.1:{self.port}", "api_key": KEY}

    def printer(self, path: str, body=None):
        return self.ask(path, body, {"X-Api-Key": KEY})

    def fault(self) -> None:
        self.printer("/api/printer/command", {"command": "!!DEBUG:trigger_fatal_error_marlin"})

    def recover(self) -> None:
        self.printer("/api/connection", {"command": "connect"})


class Moonraker(Server):
    driver = "moonraker"
    lines = 50

    def prepare(self) -> None:
        self.programs = environment_of("moonraker==0.11.0", "moonraker")
        for name in ("config", "gcodes", "logs"):
            (self.folder / name).mkdir()
        (self.folder / "config" / "moonraker.conf").write_text(
            f"[server]\nhost: 127.0.0.1\nport: {self.port}\nklippy_uds_address: {self.folder}/klippy.sock\n"
            "[authorization]\ntrusted_clients:\n    127.0.0.1\n[history]\n"
            "[machine]\nprovider: none\nvalidate_service: False\n"
        )

    def start(self) -> None:
        klippy = str(Path(__file__).with_name("klippy.py"))
        self.begin(sys.executable, klippy, f"{self.folder}/klippy.sock", f"{self.folder}/gcodes")
        self.begin(str(self.programs / "moonraker"), "-d", str(self.folder))
        self.until(lambda: self.ask("/server/info")["result"]["klippy_state"] == "ready")

    @property
    def options(self) -> dict:
        return {"host": f"127.0.0.1:{self.port}"}

    def fault(self) -> None:
        self.ask("/printer/emergency_stop", {})

    def recover(self) -> None:
        self.restart()


class PrusaLink(Server):
    """PrusaLink as it runs on a Raspberry Pi beside a printer; Debian's libcap-dev, libmagic1 and libturbojpeg0."""

    driver = "prusalink"
    remembers = False
    lines = 1500
    key = "LaserOsKey123"

    def prepare(self) -> None:
        self.programs = environment_of("prusalink==0.8.1", "prusalink")
        # It refuses files under the temporary folder.
        self.home = Path(tempfile.mkdtemp(prefix="peer-", dir=HOME.resolve()))
        data = self.home / "data"
        for folder in (data, self.home / "gcodes"):
            folder.mkdir()
        (self.home / "prusalink.ini").write_text(
            f"[daemon]\ndata_dir = {data}\npid_file = {self.home}/lock\n"
            f"[http]\naddress = 127.0.0.1\nport = {self.port}\n"
            f"[printer]\nport = {self.home}/tty\nsettings = {data}/printer.ini\ndirectory = {self.home}/gcodes\n"
            "[cameras]\nauto_detect = False\n"
        )
        digest = hashlib.md5(b"maker:Administrator:Laser0sPass", usedforsecurity=False).hexdigest()
        (data / "printer.ini").write_text(
            "[printer]\ntype = MK3S\nname = stand-in\nlocation = here\n"
            f"[service::local]\nenable = 1\nusername = maker\ndigest = {digest}\napi_key = {self.key}\n"
        )

    def start(self) -> None:
        (self.home / "lock").unlink(missing_ok=True)
        self.begin(sys.executable, str(Path(__file__).with_name("mk3.py")), f"{self.home}/tty")
        self.until(lambda: (self.home / "tty").exists())
        self.begin(str(self.programs / "prusalink"), "-f", "-i", "-c", str(self.home / "prusalink.ini"))
        self.until(lambda: self.printer("/api/v1/status")["printer"]["state"] == "IDLE")

    def stop(self) -> None:
        super().stop()
        (self.home / "tty").unlink(missing_ok=True)

    def leave(self) -> None:
        super().leave()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def options(self) -> dict:
        return {"host": f"127.0.0.1:{self.port}", "api_key": self.key}

    def printer(self, path: str, body=None):
        return self.ask(path, body, {"X-Api-Key": self.key})

    def fault(self) -> None:
        """The cable to the printer is pulled."""
        self.children[0].kill()
        self.children[0].wait()

    def recover(self) -> None:
        self.restart()
