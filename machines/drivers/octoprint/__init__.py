"""OctoPrint: REST for commands and files, its push socket for what happens.

It numbers nothing, and after a job it is "Operational" whatever became of it: how it ended is told by the events of the
socket, and afterwards by each file's last print.
"""

from collections.abc import AsyncGenerator, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from aiohttp import ClientTimeout, FormData

from laseros.core.drivers import (
    Ack,
    Ended,
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
from machines.drivers.http import Answered, Api, base_of, heard
from machines.drivers.http_doctor import examined
from machines.drivers.picture import elsewhere
from machines.drivers.said import number, rows, table, text, whole

from .reading import Reader, with_ends

QUIET_FOR = 20.0  # then it is asked
REMEMBERED = timedelta(days=7)
MOST_ENDS = 20
SLOWEST = 50_000
APP = "Laser OS"
KEY_MEND = "Make a new key in OctoPrint under Settings, Application Keys."


class OctoPrint:
    title = gettext_noop("OctoPrint")
    capabilities = frozenset({"print", "pause", "resume", "stop", "files", "pair", "camera"})
    settings = (
        Setting("host", gettext_noop("network address"), required=True,
                help=gettext_noop("as in the browser, with its port")),
        Setting("api_key", gettext_noop("API key"), secret=True,
                help=gettext_noop("an application key, made in OctoPrint under Settings, Application Keys")),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host, self.key = str(options.get("host") or ""), str(options.get("api_key") or "").strip()
        self.api: Api | None = None
        self.reader = Reader()
        self.answers: dict[str, Ack] = {}
        self._session = ""

    def _new_api(self) -> Api:
        return Api(
            base_of(self.host, 5000 if ":" not in self.host else 80), {"X-Api-Key": self.key} if self.key else {}
        )

    async def connect(self) -> None:
        self.api = self._new_api()
        await self.api.open()
        await _version(self.api)
        try:
            said = table(await self.api.post("/api/login", {"passive": True}))
        except Answered as error:
            raise Unreachable(f"it answers {error.status}: {error}") from None
        self._session = f"{text(said.get('name'))}:{text(said.get('session'))}"

    async def readings(self) -> AsyncGenerator[Reading, None]:
        past = await self._past()
        async with self.api.socket("/sockjs/websocket") as socket:
            await socket.send_json({"auth": self._session})
            await socket.send_json({"throttle": 2})
            while True:
                said = await heard(socket, QUIET_FOR)
                if said is None:
                    said = {"current": await self._asked()}
                for reading in self.reader.take(said):
                    if reading.state == State.ERROR and not reading.message:
                        reading = self.reader.with_words(reading, await self._why())
                    yield with_ends(reading, past) if past else reading
                    past = ()

    async def _asked(self) -> dict:
        """What the socket would say of job and state, for the long times in which it says nothing."""
        try:
            said = table(await self.api.get("/api/job"))
        except Answered as error:
            raise Unreachable(f"it answers {error.status}: {error}") from None
        return {"job": said.get("job"), "progress": said.get("progress")}

    async def _why(self) -> str:
        with suppress(Answered):
            said = table(await self.api.get("/api/printer/error"))
            return text(said.get("reason")) or text(said.get("error"))
        return ""

    async def _past(self) -> tuple[Ended, ...]:
        """How each file's last print ended: what nobody listened to."""
        try:
            files = _flat(rows(table(await self.api.get("/api/files?recursive=true")).get("files")))
        except Answered:
            return ()
        ends = [end for end in map(self._last_print, files) if end is not None]
        oldest = datetime.now(UTC) - REMEMBERED
        return tuple(sorted((end for end in ends if end.at > oldest), key=lambda end: end.at)[-MOST_ENDS:])

    def _last_print(self, file: dict) -> Ended | None:
        last = table(table(file.get("prints")).get("last"))
        at = self.api.ours(number(last.get("date"))) if number(last.get("date")) else None
        if at is None or not text(file.get("path"), 300):
            return None
        # It keeps no reason. Without a fault on the printer it was a person.
        outcome = Outcome.FINISHED if last.get("success") is True else Outcome.CANCELLED
        seconds = number(last.get("printTime"))
        return Ended(
            outcome, file=text(file.get("path"), 300), at=at, job_name=text(file.get("display")), seconds=seconds,
            began=at - timedelta(seconds=seconds) if seconds else None,
        )  # fmt: skip

    # --- commands -------------------------------------------------------------------------------------------------

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        if key not in self.answers:
            self.answers[key] = await self._command(name, arguments)
        return self.answers[key]

    async def _command(self, name: str, arguments: dict) -> Ack:
        try:
            if name in ("pause", "resume"):
                await self.api.post("/api/job", {"command": "pause", "action": name})
            elif name == "stop":
                await self.api.post("/api/job", {"command": "cancel"})
            elif name == "print":
                file = str(arguments.get("file") or "").lstrip("/")
                if not file:
                    return Ack(False, "which file?")
                await self.api.post(f"/api/files/local/{quote(file)}", {"command": "select", "print": True})
            else:
                return Ack(False, f"unknown command {name}")
        except Answered as error:
            return Ack(False, _no(error))
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
            version = await _version(api)
            said = table(await api.post("/api/login", {"passive": True}))
            if not said.get("name"):
                return Step("rights", False, "this key is nobody's", KEY_MEND)
            return Step("speaks", True, version)

        return await examined(api, self.host, KEY_MEND, speak)

    # --- pairing --------------------------------------------------------------------------------------------------

    async def ask_for_key(self) -> str:
        """Ask for an application key. Answers where to ask again, each second: it forgets after five."""
        async with _opened(self._keyless()) as api:
            await api.ask("GET", "/plugin/appkeys/probe")
            said = table(await api.post("/plugin/appkeys/request", {"app": APP}))
            token = text(said.get("app_token"))
            if not token:
                raise Unreachable("it gives no keys this way")
            return token

    async def key_for(self, token: str) -> str | None:
        """The key somebody allowed in OctoPrint; None while nobody decided. Raises `Answered` when it was denied."""
        async with _opened(self._keyless()) as api:
            said = await api.get(f"/plugin/appkeys/request/{quote(token)}")
            return text(table(said).get("api_key")) or None

    def _keyless(self) -> Api:
        api = self._new_api()
        api.headers = {}
        return api

    # --- files ----------------------------------------------------------------------------------------------------

    async def files(self) -> list[RemoteFile]:
        async with _opened(self._new_api()) as api:
            try:
                said = table(await api.get("/api/files?recursive=true"))
            except Answered as error:
                raise FileTrouble(_no(error)) from None
            return [
                RemoteFile(
                    text(file.get("path"), 300), whole(file.get("size")), api.ours(number(file.get("date")) or 0)
                )
                for file in _flat(rows(said.get("files")))
            ]

    async def upload(self, source: Path, name: str) -> str:
        safe = name.replace("\\", "/").rpartition("/")[2].lstrip(".")[:100]
        if not safe:
            raise FileTrouble("this is no name for a file")
        size = source.stat().st_size
        async with _opened(self._new_api()) as api:
            try:
                with source.open("rb") as file:
                    form = FormData(quote_fields=False)
                    form.add_field("file", file, filename=safe, content_type="application/octet-stream")
                    timeout = ClientTimeout(total=max(60.0, size / SLOWEST))
                    said = table(await api.ask("POST", "/api/files/local", data=form, timeout=timeout))
                path = text(table(table(said.get("files")).get("local")).get("path"), 300) or safe
                arrived = whole(table(await api.get(f"/api/files/local/{quote(path)}")).get("size"))
            except Answered as error:
                raise FileTrouble(_no(error)) from None
        if arrived != size:
            raise FileTrouble(f"only {arrived or 0} of {size} bytes arrived at the printer")
        return path

    async def download(self, path: str, target: Path, most: int) -> None:
        async with _opened(self._new_api()) as api:
            try:
                await api.download(f"/downloads/files/local/{quote(path.lstrip('/'))}", target, most)
            except Answered as error:
                raise FileTrouble(_no(error)) from None

    # --- camera ---------------------------------------------------------------------------------------------------

    async def picture(self) -> bytes | None:
        """Through the first webcam whose snapshot address OctoPrint knows; it is asked as OctoPrint would."""
        async with _opened(self._new_api()) as api:
            try:
                webcam = table(table(await api.get("/api/settings")).get("webcam"))
            except Answered as error:
                raise Unreachable(f"it answers {error.status}: {error}") from None
        address = text(webcam.get("snapshotUrl"), 500)
        if not address or webcam.get("webcamEnabled") is False:
            return None
        return await elsewhere(address, api.base, api.base)

    @staticmethod
    def replay(messages) -> Iterator[Reading]:
        """Recorded messages of the push socket."""
        reader = Reader()
        for message in messages:
            yield from reader.take(table(message))


async def _version(api: Api) -> str:
    """Others imitate its interface; it names itself."""
    try:
        said = text(table(await api.get("/api/version")).get("text"))
    except Answered as error:
        raise Unreachable(f"it answers {error.status}: {error}") from None
    if not said.startswith("OctoPrint"):
        raise Unreachable("what answers there is not OctoPrint")
    return said


class _opened:
    """`async with`: an opened interface, closed in any case."""

    def __init__(self, api: Api):
        self.api = api

    async def __aenter__(self) -> Api:
        await self.api.open()
        return self.api

    async def __aexit__(self, *error) -> None:
        await self.api.close()


def _flat(files: list[dict]) -> list[dict]:
    found = []
    for each in files:
        if each.get("type") == "folder" or "children" in each:
            found += _flat(rows(each.get("children")))
        elif "machinecode" in (each.get("typePath") or ["machinecode"]):
            found.append(each)
    return found


def _no(error: Answered) -> str:
    return error.words or ("the printer cannot do this now" if error.status == 409 else f"it answers {error.status}")
