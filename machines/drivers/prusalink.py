"""Prusa printers through PrusaLink: in the printer itself (MK4, Core One, XL, Mini) or beside it on a small computer.

The printer has few sockets and is asked one thing at a time. It numbers its jobs and tells their end as a state, which
stays until somebody acts at the printer.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from urllib.parse import quote

from aiohttp import ClientTimeout

from laseros.core.drivers import (
    Ack,
    FileTrouble,
    Outcome,
    Reading,
    RemoteFile,
    Setting,
    State,
    Step,
    Unreachable,
    gettext_noop,
)
from machines.drivers.http import Answered, Api, base_of
from machines.drivers.http_doctor import examined
from machines.drivers.picture import fetched
from machines.drivers.said import known, number, rows, share, table, text, whole

POLL_EVERY = 2.0
KNOWN_TO_THE_SCANNER_WITHIN = 10.0  # a file just uploaded
SLOWEST = 25_000  # bytes a second
STATES = {
    "IDLE": State.IDLE,
    "READY": State.IDLE,
    "BUSY": State.IDLE,
    "PRINTING": State.RUNNING,
    "PAUSED": State.PAUSED,
    "FINISHED": State.FINISHED,
    "STOPPED": State.IDLE,
    "ERROR": State.ERROR,
    "ATTENTION": State.ERROR,
}
AT_WORK = ("PRINTING", "PAUSED", "ATTENTION")


class PrusaLink:
    title = gettext_noop("Prusa (PrusaLink)")
    capabilities = frozenset({"print", "pause", "resume", "stop", "files", "camera"})
    settings = (
        Setting("host", gettext_noop("network address"), help=gettext_noop("as the printer's network page shows it"),
                required=True),
        Setting("api_key", gettext_noop("API key"), secret=True,
                help=gettext_noop("from the printer's PrusaLink settings; or user and password below")),
        Setting("user", gettext_noop("user"), default="maker"),
        Setting("password", gettext_noop("password"), secret=True),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host = str(options.get("host") or "")
        self.key, self.password = str(options.get("api_key") or ""), str(options.get("password") or "")
        self.user = str(options.get("user") or "maker")
        self.api: Api | None = None
        self.reader = Reader()
        self.answers: dict[str, Ack] = {}
        self._asked = asyncio.Event()

    def _new_api(self) -> Api:
        headers = {"Accept": "application/json"}
        if self.key:
            return Api(base_of(self.host, 80), {**headers, "X-Api-Key": self.key})
        return Api(base_of(self.host, 80), headers, digest=(self.user, self.password))

    async def connect(self) -> None:
        self.api = self._new_api()
        await self.api.open()
        await self._version(self.api)

    async def _version(self, api: Api) -> dict:
        """Others imitate parts of its interface: it must name itself."""
        said = table(await api.get("/api/version"))
        if not text(said.get("text")).startswith("PrusaLink") and "upload-by-put" not in table(
            said.get("capabilities")
        ):
            raise Unreachable("what answers there is not PrusaLink")
        return said

    async def readings(self) -> AsyncGenerator[Reading, None]:
        while True:
            self._asked.clear()
            yield await self._read()
            try:
                async with asyncio.timeout(POLL_EVERY):
                    await self._asked.wait()
            except TimeoutError:
                continue

    async def _read(self) -> Reading:
        try:
            status = table(await self.api.get("/api/v1/status"))
            if self.reader.wants_details(status):
                self.reader.take_details(table(await self.api.get("/api/v1/job")))
        except Answered as error:
            raise Unreachable(f"it answers {error.status}: {error}") from None
        return self.reader.read(status)

    # --- commands -------------------------------------------------------------------------------------------------

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        if key not in self.answers:
            self.answers[key] = await self._command(name, arguments)
        self._asked.set()
        return self.answers[key]

    async def _command(self, name: str, arguments: dict) -> Ack:
        job = self.reader.job
        try:
            if name == "print":
                return await self._print(str(arguments.get("file") or ""))
            if job is None:
                return Ack(False, "nothing is running")
            if name in ("pause", "resume"):
                await self.api.ask("PUT", f"/api/v1/job/{job}/{name}")
            elif name == "stop":
                await self.api.ask("DELETE", f"/api/v1/job/{job}")
            else:
                return Ack(False, f"unknown command {name}")
        except Answered as error:
            return _no(error)
        return Ack(True)

    async def _print(self, file: str) -> Ack:
        """A file that was uploaded a moment ago is "not there" until the printer has looked: that began nothing yet."""
        if not file.strip("/"):
            return Ack(False, "which file?")
        until = asyncio.get_running_loop().time() + KNOWN_TO_THE_SCANNER_WITHIN - 2
        while True:
            try:
                await self.api.post(f"/api/v1/files/{quote(file.lstrip('/'))}")
                return Ack(True)
            except Answered as error:
                if error.status != 404 or asyncio.get_running_loop().time() > until:
                    return _no(error)
            await asyncio.sleep(0.5)

    async def close(self) -> None:
        if self.api is not None:
            await self.api.close()

    async def examine(self) -> list[Step]:
        try:
            api = self._new_api()
        except Unreachable as error:
            return [Step("settings", False, str(error), "It is what a browser is given to open its page.")]
        if not self.key and not self.password:
            mend = "The printer shows them under Settings, Network, PrusaLink."
            return [Step("settings", False, "an API key or a password is needed", mend)]

        async def speak() -> Step:
            said = await self._version(api)
            await api.get("/api/v1/status")
            return Step("speaks", True, text(said.get("text")))

        return await examined(api, self.host, "The printer shows it under Settings, Network, PrusaLink.", speak)

    # --- files ----------------------------------------------------------------------------------------------------

    async def _opened(self) -> Api:
        api = self._new_api()
        await api.open()
        return api

    async def files(self) -> list[RemoteFile]:
        api = await self._opened()
        try:
            storage = await _storage(api)
            return sorted(await _listed(api, storage, depth=4), key=lambda file: file.path)
        finally:
            await api.close()

    async def upload(self, source: Path, name: str) -> str:
        api = await self._opened()
        safe = name.replace("\\", "/").rpartition("/")[2].lstrip(".")[:100]
        try:
            if not safe:
                raise FileTrouble("this is no name for a file")
            path, size = f"{await _storage(api)}/{safe}", source.stat().st_size
            kind = "application/gcode+binary" if safe.lower().endswith(".bgcode") else "text/x.gcode"
            headers = {"Content-Type": kind, "Content-Length": str(size), "Overwrite": "?1"}
            if api.digest:
                await api.get("/api/version")  # the challenge, before a large body is sent for nothing
            with source.open("rb") as file:
                await api.ask("PUT", f"/api/v1/files{quote(path)}", data=file, headers=headers, timeout=_patience(size))
            arrived = await self._size(api, path)
            if arrived not in (None, size):
                raise FileTrouble(f"only {arrived} of {size} bytes arrived at the printer")
            return path
        except Answered as error:
            raise FileTrouble(str(_no(error).reason)) from None
        finally:
            await api.close()

    async def _size(self, api: Api, path: str) -> int | None:
        """None where it took the file and has not looked at it yet."""
        until = asyncio.get_running_loop().time() + KNOWN_TO_THE_SCANNER_WITHIN
        while True:
            try:
                return whole(table(await api.get(f"/api/v1/files{quote(path)}")).get("size"))
            except Answered as error:
                if error.status != 404:
                    raise
                if asyncio.get_running_loop().time() > until:
                    return None
            await asyncio.sleep(0.5)

    async def picture(self) -> bytes | None:
        """Of the camera that is its first. Printers that are PrusaLink themselves have none it could show."""
        api = await self._opened()
        try:
            return await fetched(api, "/api/v1/cameras/snap")
        finally:
            await api.close()

    async def download(self, path: str, target: Path, most: int) -> None:
        api = await self._opened()
        try:
            said = table(await api.get(f"/api/v1/files{quote(path)}"))
            reference = text(table(said.get("refs")).get("download"), 1000)
            if not reference.startswith("/"):
                raise FileTrouble("the printer gives this file to nobody now")
            await api.download(reference, target, most)
        except Answered as error:
            raise FileTrouble(str(_no(error).reason)) from None
        finally:
            await api.close()

    @staticmethod
    def replay(messages) -> Iterator[Reading]:
        """Recorded answers of /api/v1/status; an answer of /api/v1/job says more of the work named before."""
        reader = Reader()
        for message in messages:
            said = table(message)
            if "printer" in said:
                yield reader.read(said)
            elif "file" in said:
                reader.take_details(said)


class Reader:
    """From `/api/v1/status` to a reading. Remembers the number of the work and what is known of it."""

    def __init__(self):
        self.job: int | None = None
        self.details: dict = {}
        self.detailed: int | None = None
        self._fresh = True  # nothing has been read of this work yet

    def wants_details(self, status: dict) -> bool:
        job = whole(table(status.get("job")).get("id"))
        return job is not None and job != self.detailed

    def take_details(self, said: dict) -> None:
        self.details, self.detailed = said, whole(said.get("id"))

    def read(self, status: dict) -> Reading:
        printer, job = table(status.get("printer")), table(status.get("job"))
        raw = text(printer.get("state"), 40).upper()
        state = STATES.get(raw, State.UNKNOWN)
        now = whole(job.get("id"))
        if now is not None and now != self.job:
            self.job, self._fresh = now, True
        if raw == "BUSY" and now is not None:
            state = State.PREPARING
        outcome = self._outcome(raw, now)
        has_work = state in (State.PREPARING, State.RUNNING, State.PAUSED) or raw in AT_WORK or outcome is not None
        progress = self._progress(job) if has_work else None
        reading = Reading(
            state,
            raw_state=raw,
            job_key=str(self.job) if has_work and self.job is not None else "",
            job_name=self._name() if has_work else "",
            file=self._file() if has_work else "",
            progress=progress,
            seconds_left=whole(job.get("time_remaining")) if has_work and outcome is None else None,
            message=_message(raw, printer),
            values=self._values(printer, raw, has_work),
            outcome=outcome,
            raw={"printer": printer, "job": job},
        )
        if raw in ("IDLE", "READY", "STOPPED", "FINISHED"):
            self.job = now
        return reading

    def _outcome(self, raw: str, now: int | None) -> Outcome | None:
        if raw == "FINISHED":
            return Outcome.FINISHED
        if raw == "STOPPED":
            return Outcome.CANCELLED
        # Its link to the printer is lost, or the printer itself: the work does not come back.
        return Outcome.FAILED if raw == "ERROR" and now is None else None

    def _progress(self, job: dict) -> float | None:
        """The first word of new work may still be the last one's 100 %."""
        progress = share(job.get("progress"))
        if self._fresh and progress is not None:
            self._fresh = False
            return 0.0 if progress >= 0.99 else progress
        return progress

    def _of_details(self) -> dict:
        return table(self.details.get("file")) if self.detailed == self.job else {}

    def _name(self) -> str:
        file = self._of_details()
        return text(file.get("display_name")) or text(file.get("name"))

    def _file(self) -> str:
        file = self._of_details()
        return text(file.get("path"), 300) or text(file.get("name"), 300)

    def _values(self, printer: dict, raw: str, has_work: bool) -> dict[str, float]:
        if raw == "ERROR":
            return {}  # they are frozen at what they were
        meta = table(self._of_details().get("meta")) if has_work else {}
        millimetres = number(meta.get("filament used [mm]"))
        return known(
            nozzle_c=printer.get("temp_nozzle"),
            nozzle_target_c=printer.get("target_nozzle"),
            bed_c=printer.get("temp_bed"),
            bed_target_c=printer.get("target_bed"),
            speed_percent=printer.get("speed"),
            grams=meta.get("filament used [g]"),
            metres=None if millimetres is None else millimetres / 1000,
        )


def _message(raw: str, printer: dict) -> str:
    if raw == "ATTENTION":
        return "it asks for somebody at its screen"
    if raw != "ERROR":
        return ""
    said = table(printer.get("status_printer"))
    return text(said.get("message")) if said.get("ok") is False else "it reports an error on its screen"


def _no(error: Answered) -> Ack:
    if error.status == 409:
        return Ack(False, error.words or "the printer cannot do this now")
    if error.status == 404:
        return Ack(False, error.words or "the printer does not know this")
    return Ack(False, f"it answers {error.status}: {error}")


async def _storage(api: Api) -> str:
    """Where files go: "/usb" in the printer, "/local" beside it."""
    said = (await api.get("/api/v1/storage") or {}).get("storage_list")
    for each in rows(said):
        if each.get("available", True) and not each.get("read_only") and text(each.get("path")):
            return "/" + text(each["path"]).strip("/")
    raise FileTrouble("the printer has nowhere to put files")


async def _listed(api: Api, place: str, depth: int) -> list[RemoteFile]:
    found = []
    for each in rows(table(await api.get(f"/api/v1/files{quote(place)}")).get("children")):
        path = f"{place}/{text(each.get('name'))}"
        if each.get("type") == "FOLDER" and depth:
            found += await _listed(api, path, depth - 1)
        elif each.get("type") == "PRINT_FILE":
            found.append(RemoteFile(path, whole(each.get("size")), api.ours(number(each.get("m_timestamp")) or 0)))
    return found


def _patience(size: int) -> ClientTimeout:
    return ClientTimeout(total=max(60.0, size / SLOWEST))
