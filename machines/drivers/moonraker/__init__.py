"""Klipper printers through Moonraker: one websocket for what happens, for commands and for its history of jobs.

Klipper's own state comes first: after an emergency stop the rest says "standby" as if nothing had been.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from urllib.parse import quote

from aiohttp import ClientTimeout, FormData

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
from machines.drivers.http import Answered, Api, base_of, heard
from machines.drivers.http_doctor import examined
from machines.drivers.picture import elsewhere
from machines.drivers.said import number, rows, table, text, whole

from .reading import AT_WORK, Reader, first_line

QUIET_FOR = 20.0
NOT_READY_EVERY = 2.0
ANSWER_WITHIN = 8.0
PROGRESS_EVERY = 1.0
NUMBERED_WITHIN = 3.0
SLOWEST = 50_000
WATCHED = dict.fromkeys(
    (
        "webhooks", "print_stats", "virtual_sdcard", "display_status", "extruder", "heater_bed", "fan", "gcode_move",
        "pause_resume",
    )
)  # fmt: skip
PORT = 7125
METHODS = {"pause": "printer.print.pause", "resume": "printer.print.resume", "stop": "printer.print.cancel"}


class Refusal(Exception):
    """Moonraker said no, in words."""


class Moonraker:
    title = gettext_noop("Klipper (Moonraker)")
    capabilities = frozenset({"print", "pause", "resume", "stop", "files", "camera"})
    settings = (
        Setting("host", gettext_noop("network address"), required=True,
                help=gettext_noop("as in the browser, with its port")),
        Setting("api_key", gettext_noop("API key"), secret=True,
                help=gettext_noop("only where Moonraker does not trust this network")),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host, self.key = str(options.get("host") or ""), str(options.get("api_key") or "").strip()
        self.api: Api | None = None
        self.reader = Reader()
        self.answers: dict[str, Ack] = {}
        self._socket = None
        self._number = 0
        self._replies: dict[int, asyncio.Future] = {}

    def _new_api(self) -> Api:
        port = PORT if ":" not in self.host else 80
        return Api(base_of(self.host, port), {"X-Api-Key": self.key} if self.key else {})

    async def connect(self) -> None:
        self.api = self._new_api()
        await self.api.open()
        await _server(self.api)
        self.reader.ours = self.api.ours

    async def readings(self) -> AsyncGenerator[Reading, None]:
        async with self.api.socket("/websocket") as socket:
            self._socket = socket
            inbox: asyncio.Queue = asyncio.Queue(maxsize=1000)
            pump = asyncio.create_task(self._pump(socket, inbox))
            try:
                await self._introduce()
                async for reading in self._listen(inbox):
                    yield reading
            finally:
                self._socket = None
                pump.cancel()
                await asyncio.gather(pump, return_exceptions=True)

    async def _listen(self, inbox: asyncio.Queue) -> AsyncGenerator[Reading, None]:
        ready, said_at, last, nameless = False, 0.0, None, 0.0
        while True:
            if not ready:
                ready = await self._begin()
                yield self.reader.reading()
            try:
                async with asyncio.timeout(QUIET_FOR if ready else NOT_READY_EVERY):
                    message = await inbox.get()
            except TimeoutError:
                if ready:
                    await self._ask("server.info")
                    yield self.reader.reading()
                continue
            if isinstance(message, Exception):
                raise message
            method = message.get("method")
            if method in ("notify_klippy_ready", "notify_klippy_shutdown", "notify_klippy_disconnected"):
                ready = False
                continue
            if not self.reader.take(message):
                continue
            await self._look_at_file()
            reading = self.reader.reading()
            if self.reader.numbers and reading.state in AT_WORK and not reading.job_key:
                # Its number in the history follows within a moment.
                nameless = nameless or time.monotonic()
                if time.monotonic() - nameless < NUMBERED_WITHIN:
                    self.reader.ends = [*reading.ended, *self.reader.ends]
                    continue
            else:
                nameless = 0.0
            key = (reading.state, reading.job_key, reading.outcome, reading.ended)
            now = time.monotonic()
            if key != last or now - said_at >= PROGRESS_EVERY:
                said_at, last = now, key
                yield reading

    async def _pump(self, socket, inbox: asyncio.Queue) -> None:
        """Replies go to who asked, everything else is read in its turn."""
        try:
            while True:
                said = await heard(socket, 3600)
                reply = self._replies.pop(said["id"], None) if said and isinstance(said.get("id"), int) else None
                if reply is not None and not reply.done():
                    reply.set_result(said)
                elif said is not None and "method" in said and not inbox.full():
                    inbox.put_nowait(said)
        except Unreachable as error:
            for reply in self._replies.values():
                if not reply.done():
                    reply.set_exception(Unreachable(str(error)))
            await inbox.put(error)

    async def _introduce(self) -> None:
        who = {"client_name": "Laser OS", "version": "1", "type": "agent", "url": "https://laseros.example"}
        if self.key:
            who["api_key"] = self.key
        try:
            await self._ask("server.connection.identify", who)
        except Refusal as refusal:
            if "nauthorized" in str(refusal):
                raise CredentialsRefused("the key or password is wrong") from None

    async def _begin(self) -> bool:
        """Everything anew, as after each of Klipper's own restarts. False while Klipper is not ready."""
        try:
            info = table(await self._ask("server.info"))
            state = text(info.get("klippy_state"))
            if state in ("shutdown", "error"):
                about = table(await self._ask("printer.info"))
                self.reader.not_ready(state, text(about.get("state_message"), 300))
            elif state != "ready":
                self.reader.not_ready(state or "disconnected", "")
            await self._take_history()
            if state != "ready":
                return False
            answer = table(await self._ask("printer.objects.subscribe", {"objects": WATCHED}))
        except Refusal:
            self.reader.not_ready("disconnected", "")
            return False
        self.reader.whole(table(answer.get("status")))
        await self._look_at_file()
        return True

    async def _take_history(self) -> None:
        try:
            answer = table(await self._ask("server.history.list", {"limit": 20, "order": "desc"}))
        except Refusal:
            return  # it keeps none
        self.reader.numbers = True
        for job in reversed(rows(answer.get("jobs"))):
            self.reader.take_job(job)

    async def _look_at_file(self) -> None:
        file = self.reader.file
        if file and file != self.reader.described:
            try:
                said = table(await self._ask("server.files.metadata", {"filename": file}))
            except Refusal:
                said = {}
            self.reader.describe(file, said)

    async def _ask(self, method: str, params: dict | None = None):
        if self._socket is None:
            raise Unreachable("the connection is gone")
        self._number += 1
        number_ = self._number
        reply = self._replies[number_] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send_json({"jsonrpc": "2.0", "method": method, "params": params or {}, "id": number_})
            async with asyncio.timeout(ANSWER_WITHIN):
                said = await reply
        except ConnectionError:
            raise Unreachable("the connection is gone") from None
        finally:
            self._replies.pop(number_, None)
        if "error" in said:
            raise Refusal(first_line(table(said["error"]).get("message")))
        return said.get("result")

    # --- commands -------------------------------------------------------------------------------------------------

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        if key not in self.answers:
            self.answers[key] = await self._command(name, arguments)
        return self.answers[key]

    async def _command(self, name: str, arguments: dict) -> Ack:
        try:
            if name in METHODS:
                try:
                    await self._ask(METHODS[name])
                except TimeoutError:
                    # It answers only when its own macro is through; it has not refused, and will be seen doing it.
                    return Ack(True)
            elif name == "print":
                file = str(arguments.get("file") or "").lstrip("/")
                if not file:
                    return Ack(False, "which file?")
                if self.reader.is_busy:
                    return Ack(False, "the printer is busy")
                await self._ask("printer.print.start", {"filename": file})
            else:
                return Ack(False, f"unknown command {name}")
        except Refusal as refusal:
            return Ack(False, str(refusal) or "the printer cannot do this now")
        return Ack(True)

    async def close(self) -> None:
        if self.api is not None:
            await self.api.close()

    async def examine(self) -> list[Step]:
        try:
            api = self._new_api()
        except Unreachable as error:
            return [Step("settings", False, str(error), "It is what a browser is given to open its page.")]

        async def speak() -> Step:
            info = await _server(api)
            state = text(info.get("klippy_state"))
            if state == "ready":
                return Step("speaks", True, text(info.get("moonraker_version")))
            mend = "Moonraker answers; the printer's own part does not. Restart Klipper, or look at its log."
            return Step("mode", False, f"Klipper is not ready: {state or 'not connected'}", mend)

        mend = "Copy the key from Moonraker, or let it trust the address of Laser OS (trusted_clients)."
        return await examined(api, self.host, mend, speak)

    # --- files ----------------------------------------------------------------------------------------------------

    async def _opened(self) -> Api:
        api = self._new_api()
        await api.open()
        return api

    async def files(self) -> list[RemoteFile]:
        api = await self._opened()
        try:
            found = rows(table(await api.get("/server/files/list?root=gcodes")).get("result"))
            return [
                RemoteFile(text(each.get("path"), 300), whole(each.get("size")), api.ours(number(each.get("modified"))))
                for each in found
            ]
        except Answered as error:
            raise FileTrouble(first_line(error.words)) from None
        finally:
            await api.close()

    async def upload(self, source: Path, name: str) -> str:
        """Moonraker compares the checksum itself, and keeps nothing that differs."""
        safe = name.replace("\\", "/").rpartition("/")[2].lstrip(".")[:100]
        if not safe:
            raise FileTrouble("this is no name for a file")
        size = source.stat().st_size
        api = await self._opened()
        try:
            with source.open("rb") as file:
                digest = await asyncio.to_thread(_checksum, source)
                form = FormData(quote_fields=False)
                form.add_field("root", "gcodes")
                form.add_field("checksum", digest)
                form.add_field("file", file, filename=safe, content_type="application/octet-stream")
                timeout = ClientTimeout(total=max(60.0, size / SLOWEST))
                said = table(await api.ask("POST", "/server/files/upload", data=form, timeout=timeout))
            item = table(said.get("item")) or table(table(said.get("result")).get("item"))
            if whole(item.get("size")) not in (None, size):
                raise FileTrouble(f"only {whole(item.get('size'))} of {size} bytes arrived at the printer")
            return text(item.get("path"), 300) or safe
        except Answered as error:
            raise FileTrouble(first_line(error.words) or f"it answers {error.status}") from None
        finally:
            await api.close()

    async def download(self, path: str, target: Path, most: int) -> None:
        api = await self._opened()
        try:
            await api.download(f"/server/files/gcodes/{quote(path.lstrip('/'))}", target, most)
        except Answered as error:
            raise FileTrouble(first_line(error.words) or f"it answers {error.status}") from None
        finally:
            await api.close()

    # --- camera ---------------------------------------------------------------------------------------------------

    async def picture(self) -> bytes | None:
        """Through the first camera Moonraker has a snapshot of. A bare path is one of the printer's own pages."""
        api = await self._opened()
        try:
            webcams = rows(table(table(await api.get("/server/webcams/list")).get("result")).get("webcams"))
            base = api.base
        except Answered as error:
            raise Unreachable(f"it answers {error.status}: {error}") from None
        finally:
            await api.close()
        known = [cam for cam in webcams if cam.get("enabled") is not False and text(cam.get("snapshot_url"), 500)]
        if not known:
            return None
        page = base.with_port(80) if base.port == PORT else base
        return await elsewhere(text(known[0]["snapshot_url"], 500), base, page)

    @staticmethod
    def replay(messages) -> Iterator[Reading]:
        """Recorded messages of the websocket, or answers of /printer/objects/query."""
        reader = Reader()
        for message in messages:
            said = table(message)
            status = table(table(said.get("result")).get("status"))
            if status:
                reader.whole({**reader.status, **status})
                yield reader.reading()
            elif reader.take(said):
                yield reader.reading()


def _checksum(source: Path) -> str:
    with source.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _server(api: Api) -> dict:
    try:
        said = table(table(await api.get("/server/info")).get("result"))
    except Answered as error:
        raise Unreachable(f"it answers {error.status}: {error}") from None
    if "klippy_state" not in said:
        raise Unreachable("what answers there is not Moonraker")
    return said
