"""Machine tools with an MTConnect agent: looked at, never told anything.

The agent numbers what it observes. We read on from where we were; where it threw that away, or was started anew, we
ask how it is now, and what was between stays unknown.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from urllib.parse import quote

from aiohttp import ClientTimeout

from laseros.core.drivers import Ack, Reading, Setting, State, Step, Unreachable, gettext_noop
from machines.drivers.http import Answered, Api, base_of
from machines.drivers.http_doctor import examined

from .document import OUT_OF_RANGE, Device, OutOfRange, Streams, devices, streams
from .parts import documents
from .reading import Reader

INTERVAL = 1000  # ms between two documents
HEARTBEAT = 5000  # ms after which it says that there is nothing new
PATIENCE = 4 * HEARTBEAT / 1000
AT_ONCE = 500
LOOK_AGAIN = 1.0  # where the agent does not keep the answer open
NEEDED = "EXECUTION"


class MTConnect:
    title = gettext_noop("MTConnect (machine tools)")
    capabilities: frozenset[str] = frozenset()
    settings = (
        Setting("host", gettext_noop("network address"), required=True,
                help=gettext_noop("of the agent, with its port if it is not 5000")),
        Setting("device", gettext_noop("its name there"),
                help=gettext_noop("where the agent speaks for several machines; the doctor lists them")),
        Setting("stopped", gettext_noop("when it says STOPPED"), "choice", "paused", (
            ("paused", gettext_noop("its work is paused")), ("idle", gettext_noop("it has no work")),
        )),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host, self.device = str(options.get("host") or ""), str(options.get("device") or "").strip()
        self.api: Api | None = None
        self.reader = Reader(State.IDLE if options.get("stopped") == "idle" else State.PAUSED)
        self.below = ""

    async def connect(self) -> None:
        self.api = Api(base_of(self.host, 5000))
        await self.api.open()
        device = _chosen(await self._devices(self.api), self.device)
        self.below = f"/{quote(device.name or device.uuid, safe='')}"

    async def readings(self) -> AsyncGenerator[Reading, None]:
        while True:
            yield self.reader.begin(await self._current())
            try:
                async with aclosing(self._samples()) as samples:
                    async for sample in samples:
                        if self.reader.is_lost(sample):
                            break
                        for reading in self.reader.take(sample):
                            yield reading
            except OutOfRange:
                pass
            await asyncio.sleep(LOOK_AGAIN)  # an agent that always says so is not asked without end

    async def _current(self) -> Streams:
        try:
            return streams(await self._asked(f"{self.below}/current"))
        except OutOfRange:
            raise Unreachable(f"the agent says: {OUT_OF_RANGE}") from None

    async def _samples(self) -> AsyncGenerator[Streams, None]:
        """What is new, document by document, over one answer that stays open, or asked for again and again."""
        while True:
            since = f"from={self.reader.next}&count={AT_ONCE}&interval={INTERVAL}&heartbeat={HEARTBEAT}"
            async with _Opened(self.api, f"{self.below}/sample?{since}") as response:
                if response.content_type.startswith("multipart/"):
                    async for body in documents(response.content, PATIENCE):
                        yield streams(body)
                yield streams(await self.api.body(response))
            await asyncio.sleep(LOOK_AGAIN)

    async def _asked(self, path: str) -> bytes:
        async with _Opened(self.api, path, forever=False) as response:
            return await self.api.body(response)

    async def _devices(self, api: Api) -> list[Device]:
        async with _Opened(api, "/probe", forever=False) as response:
            return devices(await api.body(response))

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        return Ack(False, "this machine is only looked at")

    async def close(self) -> None:
        if self.api is not None:
            await self.api.close()

    async def examine(self) -> list[Step]:
        try:
            api = Api(base_of(self.host, 5000))
        except Unreachable as error:
            return [Step("settings", False, str(error), "It is what a browser is given to open its page.")]

        async def speak() -> Step:
            there = await self._devices(api)
            try:
                device = _chosen(there, self.device)
            except Unreachable as error:
                return Step("speaks", False, str(error), "Enter the name of this machine as the agent writes it.")
            if NEEDED not in device.kinds:
                mend = "Let its adapter tell the execution state (EXECUTION)."
                return Step("speaks", False, "it does not tell whether it works", mend)
            return Step("speaks", True, device.name)

        steps = await examined(api, self.host, "", speak)
        return [*steps, READ_ONLY] if steps[-1].ok else steps


READ_ONLY = Step("mode", None, "this machine is only looked at", "Nothing is told to it from here.")


class _Opened:
    """`async with`: an answer of the agent. Its no is an XML document too, and says more than its number."""

    def __init__(self, api: Api, path: str, forever: bool = True):
        timeout = {"timeout": ClientTimeout(total=None, sock_connect=5, sock_read=PATIENCE)} if forever else {}
        self.answer = api.opened("GET", path, **timeout)

    async def __aenter__(self):
        try:
            return await self.answer.__aenter__()
        except Answered as error:
            if error.body.lstrip()[:1] == b"<":
                streams(error.body)  # raises what the agent says
            raise Unreachable(f"it answers {error.status}: {error}") from None

    async def __aexit__(self, *error):
        return await self.answer.__aexit__(*error)


def _chosen(there: list[Device], wanted: str) -> Device:
    """The one that is meant. Raises `Unreachable`."""
    if wanted:
        found = [device for device in there if wanted in (device.name, device.uuid)]
        if len(found) == 1:
            return found[0]
        names = ", ".join(device.name or device.uuid for device in there)[:120]
        raise Unreachable(f"the agent does not know {wanted}; it has: {names}")
    if not there:
        raise Unreachable("the agent has no machine")
    if len(there) > 1:
        names = ", ".join(device.name or device.uuid for device in there)[:120]
        raise Unreachable(f"which machine? The agent has: {names}")
    return there[0]
