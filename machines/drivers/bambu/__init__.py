"""Bambu Lab printers in the local network: MQTT inside TLS for what they do, FTP inside TLS for files.

Every printer can be looked at. Commands are taken in LAN mode with Developer Mode on; where they are not, the printer
says so, and the machine is read only.
"""

import asyncio
import re
import secrets
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

from laseros.core.drivers import (
    Ack,
    CredentialsRefused,
    FileTrouble,
    Reading,
    RemoteFile,
    Setting,
    Step,
    Unreachable,
    gettext_noop,
)
from machines.drivers.addresses import resolved
from machines.drivers.said import text, whole

from . import camera, words
from .certificates import Trust
from .examining import examine
from .files import Files
from .reading import Reader
from .tree import Tree
from .wire import END, Wire

SILENT_FOR = 45.0  # then it is asked to speak
GIVE_UP_AFTER = 60.0
SAFE_NAME = re.compile(r"[^A-Za-z0-9._ ()+-]")


class Bambu:
    title = gettext_noop("Bambu Lab (local network)")
    capabilities = frozenset({"print", "pause", "resume", "stop", "files", "camera"})
    settings = (
        Setting("host", gettext_noop("network address"), help=gettext_noop("as the printer's network page shows it"),
                required=True),
        Setting("serial", gettext_noop("serial number"), help=gettext_noop("15 letters and digits, exactly as written"),
                required=True),
        Setting("access_code", gettext_noop("access code"), secret=True, required=True,
                help=gettext_noop("8 characters; it changes whenever LAN or Developer Mode is switched")),
        Setting("security", gettext_noop("certificate"), "choice", "pin", (
            ("pin", gettext_noop("keep the one of the first time")),
            ("ca", gettext_noop("issued by the maker's authority below")),
            ("off", gettext_noop("do not look")),
        )),
        Setting("authority", gettext_noop("authority (PEM)"), "long"),
        Setting("port", gettext_noop("MQTT port"), "number", 8883),
        Setting("ftp_port", gettext_noop("file port"), "number", 990),
        Setting("camera_port", gettext_noop("camera port"), "number", 6000),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host = str(options.get("host") or "").strip()
        self.serial = str(options.get("serial") or "").strip()
        self.code = str(options.get("access_code") or "").strip()
        self.port = whole(options.get("port")) or 8883
        self.ftp_port = whole(options.get("ftp_port")) or 990
        self.camera_port = whole(options.get("camera_port")) or 6000
        self.trust = Trust(
            str(options.get("security") or "pin"), self.serial, home, str(options.get("authority") or "")
        )
        self.address = ""
        self.wire: Wire | None = None
        self.tree, self.reader = Tree(), Reader()
        self.answers: dict[str, Ack] = {}
        self.last_raw = ""

    async def connect(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9]{6,32}", self.serial):  # it becomes part of a topic
            raise CredentialsRefused("the serial number is not one")
        self.address = await resolved(self.host, self.port)
        self.wire = Wire(self.serial, self.code, self.trust)
        await self.wire.open(self.address, self.port)
        self.wire.send({"pushing": {"sequence_id": "1", "command": "pushall"}})
        self.wire.send({"info": {"sequence_id": "2", "command": "get_version"}})

    async def readings(self) -> AsyncGenerator[Reading, None]:
        heard = False
        asked = False
        while True:
            try:
                async with asyncio.timeout(GIVE_UP_AFTER - SILENT_FOR if asked else SILENT_FOR):
                    message = await self.wire.messages.get()
            except TimeoutError:
                if asked:
                    raise Unreachable(_silent(heard)) from None
                asked = True
                self.wire.send({"pushing": {"sequence_id": "3", "command": "start"}})
                continue
            if message is END:
                raise Unreachable("the machine ended the connection")
            heard, asked = True, False
            if self.tree.take(message):
                reading = self.reader.read(self.tree)
                if reading is not None:
                    self.last_raw = reading.raw_state
                    yield reading

    # --- commands -------------------------------------------------------------------------------------------------

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        if key in self.answers:
            return self.answers[key]
        ack = await self._command(name, arguments)
        self.answers[key] = ack
        return ack

    async def _command(self, name: str, arguments: dict) -> Ack:
        if name in ("pause", "resume", "stop"):
            return _ack(await self.wire.ask("print", {"command": name, "param": ""}))
        if name != "print":
            return Ack(False, f"unknown command {name}")
        if self.last_raw not in ("IDLE", "FINISH", "FAILED"):
            # A start while it is busy ends what it is doing, on some of them.
            return Ack(False, "the printer is busy")
        return _ack(await self.wire.ask("print", project_file(arguments)))

    async def close(self) -> None:
        if self.wire is not None:
            await self.wire.close()

    @staticmethod
    def replay(messages) -> Iterator[Reading]:
        """Recorded messages of one printer; a recording may name them by what was asked."""
        tree, reader = Tree(), Reader()
        for message in messages:
            parts = [message]
            if isinstance(message, dict) and "print" not in message:
                parts = [
                    {"print": value} if name == "push_all" and "print" not in value else value
                    for name, value in message.items()
                    if name in ("pushall", "push_all") and isinstance(value, dict)
                ]
            for part in parts:
                if tree.take(part) and (reading := reader.read(tree)) is not None:
                    yield reading

    async def examine(self) -> list[Step]:
        return await examine(self)

    # --- files ----------------------------------------------------------------------------------------------------

    async def _files(self) -> Files:
        address = await resolved(self.host, self.ftp_port)
        return Files(address, self.ftp_port, self.code, self.trust)

    async def files(self) -> list[RemoteFile]:
        return await asyncio.to_thread((await self._files()).all)

    async def upload(self, source: Path, name: str) -> str:
        safe = SAFE_NAME.sub("_", name).lstrip(".")[:100]
        if not safe:
            raise FileTrouble("this is no name for a file")
        return await asyncio.to_thread((await self._files()).upload, source, safe)

    async def download(self, path: str, target: Path, most: int) -> None:
        await asyncio.to_thread((await self._files()).download, path, target, most)

    async def picture(self) -> bytes | None:
        return await camera.picture(
            await resolved(self.host, self.camera_port), self.camera_port, self.code, self.trust
        )


def project_file(arguments: dict) -> dict:
    """The body that begins a print of a file on the printer, under numbers nobody else uses."""
    file = str(arguments.get("file") or "").lstrip("/")
    plate = whole(arguments.get("plate")) or 1
    number = str(secrets.randbelow(2**31 - 2) + 1)
    mapping = [each for each in arguments.get("trays") or [] if isinstance(each, int)]
    return {
        "command": "project_file",
        "param": f"Metadata/plate_{plate}.gcode",
        "url": f"ftp://{file}",
        "subtask_name": str(arguments.get("job_name") or file)[:100],
        "project_id": number,
        "subtask_id": number,
        "task_id": number,
        "md5": "",
        "timelapse": False,
        "bed_leveling": True,
        "flow_cali": False,
        "vibration_cali": False,
        "layer_inspect": False,
        "use_ams": bool(mapping),
        "bed_type": "auto",
        "ams_mapping": mapping,
    }


def _ack(reply: dict) -> Ack:
    if text(reply.get("result")).lower() == "success":
        return Ack(True)
    code = whole(reply.get("err_code")) or 0
    reason = text(reply.get("reason"))
    if code in words.NOT_SIGNED or "verify failed" in reason:
        return Ack(False, words.READ_ONLY)
    if code == words.BUSY:
        return Ack(False, "the printer is busy")
    return Ack(False, reason or words.error_code(code))


def _silent(heard: bool) -> str:
    if heard:
        return f"no word for {GIVE_UP_AFTER:.0f} s"
    return "connected, but it says nothing: is the serial number right, letter by letter?"
