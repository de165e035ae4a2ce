"""Machines behind an OPC UA server or gateway: looked at, never told anything.

Every shop's server calls its values differently, so a person says which value is the state, the program, the counter
and the alarm, and what each state means. Changes are told by subscription; once in a while the state is asked too.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

from asyncua import Client, ua

from laseros.core.drivers import Ack, CredentialsRefused, Reading, Setting, Step, Unreachable, gettext_noop
from machines.drivers import meanings
from machines.drivers.addresses import Forbidden
from machines.drivers.bambu.certificates import AnotherCertificate

from . import wire
from .reading import LONG_AGO, Reader, Said

NAMES = ("state", "program", "count", "alarm")
PUBLISH = 500  # ms
ASK_EVERY = 5.0
TOGETHER = 0.05  # what one notification brings comes value by value
AT_ONCE = 100  # changes kept for us between two notifications
MEND_ADDRESS = "Is it switched on and in this network, and is this its port?"


def _node(name: str, label: str, required: bool = False) -> Setting:
    return Setting(f"node_{name}", label, help=gettext_noop("as ns=2;s=… or nsu=urn:…;s=…"), required=required)


class OpcUa:
    title = gettext_noop("OPC UA (server or gateway)")
    capabilities: frozenset[str] = frozenset()
    settings = (
        Setting("host", gettext_noop("network address"), required=True, help=gettext_noop("opc.tcp://… with its port")),
        Setting("security", gettext_noop("encryption"), "choice", "none", (
            ("none", gettext_noop("none")), ("basic256sha256", "Basic256Sha256"),
        )),
        Setting("user", gettext_noop("user")),
        Setting("password", gettext_noop("password"), secret=True),
        _node("state", gettext_noop("value of the state"), required=True),
        _node("program", gettext_noop("value of the program")),
        _node("count", gettext_noop("value of the counter of pieces")),
        _node("alarm", gettext_noop("value of the alarm")),
        *meanings.settings(),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host, self.home = str(options.get("host") or ""), home
        self.is_encrypted = options.get("security") == "basic256sha256"
        self.user, self.password = str(options.get("user") or ""), str(options.get("password") or "")
        self.wanted = {name: str(options.get(f"node_{name}") or "").strip() for name in NAMES}
        self.meanings = meanings.meanings_of(options)
        self.client: Client | None = None
        self.names: dict[ua.NodeId, str] = {}
        self.told: asyncio.Queue = asyncio.Queue(maxsize=10_000)
        self._told_at = self._untold = LONG_AGO  # of the state: the last we were told, the last we had to ask for

    async def connect(self) -> None:
        place = wire.Place(self.host)
        address = await place.address()
        with wire.in_words():
            self.client = wire.client_at(address, self.user, self.password)
            if self.is_encrypted:
                await wire.encrypt(self.client, place, self.home)
            await self.client.connect()
            self.names = {await self._id_of(text): name for name, text in self.wanted.items() if text}
        if "state" not in self.names.values():
            raise Unreachable("which value is its state?")

    async def _id_of(self, text: str) -> ua.NodeId:
        """Raises `Unreachable` for a value nobody can mean."""
        uri, _semicolon, rest = text.partition(";")
        try:
            if not uri.startswith("nsu="):
                return ua.NodeId.from_string(text)
            index = await self.client.get_namespace_index(uri.removeprefix("nsu="))
            return ua.NodeId.from_string(f"ns={index};{rest}")
        except (ua.UaError, ValueError, IndexError, KeyError) as error:
            if isinstance(error, ua.UaStatusCodeError):
                raise
            raise Unreachable(f"the server has no value {text[:80]}") from None

    async def readings(self) -> AsyncGenerator[Reading, None]:
        reader = Reader(self.meanings)
        with wire.in_words():
            subscription = await self.client.create_subscription(PUBLISH, self)
            handles = await subscription.subscribe_data_change(
                [self.client.get_node(node) for node in self.names], queuesize=AT_ONCE, sampling_interval=100
            )
        for name, handle in zip(self.names.values(), handles, strict=True):
            if isinstance(handle, ua.StatusCode):
                raise Unreachable(f"the server has no value {self.wanted[name][:80]}")
        asked_at = time.monotonic()
        while True:
            for reading in reader.take(await self._batch()):
                yield reading
            if time.monotonic() - asked_at > ASK_EVERY:
                asked_at = time.monotonic()
                await self._ask()
                if reader.is_known:
                    yield reader.reading()

    async def _batch(self) -> list[Said]:
        """What was told, all that belongs together; nothing after a while."""
        try:
            async with asyncio.timeout(ASK_EVERY / 2):
                said = [await self.told.get()]
        except TimeoutError:
            return []
        await asyncio.sleep(TOGETHER)
        while not self.told.empty():
            said.append(self.told.get_nowait())
        return said

    async def _ask(self) -> None:
        """Whether it is still there, and still tells us what changes."""
        node = next(node for node, name in self.names.items() if name == "state")
        with wire.in_words():
            said = _said("state", await self.client.get_node(node).read_data_value(raise_on_bad_status=False))
        if said.at > self._told_at and said.at == self._untold:
            raise Unreachable("it does not tell what changes")
        self._untold = said.at

    def datachange_notification(self, node, value, data) -> None:
        """Called by the library for each change, good or bad."""
        name = self.names.get(node.nodeid)
        said = _said(name, data.monitored_item.Value)
        if name == "state":
            self._told_at = max(self._told_at, said.at)
        if name and not self.told.full():
            self.told.put_nowait(said)

    def status_change_notification(self, status) -> None:
        """The subscription is over: asking will show it."""

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        return Ack(False, "this machine is only looked at")

    async def close(self) -> None:
        if self.client is not None:
            with wire.in_words():
                await self.client.disconnect()

    # --- the doctor -----------------------------------------------------------------------------------------------

    async def examine(self) -> list[Step]:
        if not self.wanted["state"] or not self.meanings:
            mend = "Say which value is its state, and which of its values mean what."
            return [Step("settings", False, "which value is its state?", mend)]
        steps = [Step("settings", True)]
        try:
            steps.append(Step("address", True, await wire.Place(self.host).address()))
        except Forbidden as error:
            return [*steps, Step("address", False, str(error), "Enter the machine's own address in this network.")]
        except Unreachable as error:
            return [*steps, Step("address", False, str(error), "Compare the name, or enter the number instead.")]
        try:
            await self.connect()
            steps += [Step("reachable", True), Step("credentials", True), await self._spoken()]
        except AnotherCertificate as error:
            mend = "If the server was replaced, trust its new certificate. Otherwise find out who answers there."
            return [*steps, Step("certificate", False, str(error), mend)]
        except CredentialsRefused as error:
            return [*steps, Step("reachable", True), Step("credentials", False, str(error), self._key_mend(error))]
        except Unreachable as error:
            return [*steps, Step("reachable", False, str(error), MEND_ADDRESS)]
        if self.user and not self.is_encrypted:
            steps.append(Step("rights", False, "its password may go unencrypted", "Choose an encryption."))
        return [*steps, Step("mode", None, "this machine is only looked at", "Nothing is told to it from here.")]

    def _key_mend(self, error: CredentialsRefused) -> str:
        if "certificate" in str(error):
            return "Let the server trust the certificate of Laser OS: it lies among those it rejected."
        return "Use a name and password the server knows."

    async def _spoken(self) -> Step:
        said = {}
        for node, name in self.names.items():
            with wire.in_words():
                said[name] = _said(name, await self.client.get_node(node).read_data_value(raise_on_bad_status=False))
        missing = [name for name, each in said.items() if not each.good]
        if missing:
            return Step("speaks", False, f"the server has no value {self.wanted[missing[0]][:80]}", "Compare its name.")
        reading = next(Reader(self.meanings).take([said["state"]]))
        if reading.state == "unknown":
            words = f"nobody said what the state {reading.raw_state} means"
            return Step("speaks", False, words, "Say which of its values mean what.")
        return Step(
            "speaks", True, "; ".join(f"{name} {meanings.shown(each.value)[:60]}" for name, each in said.items())
        )


def _said(name: str, told: ua.DataValue) -> Said:
    at = told.SourceTimestamp or told.ServerTimestamp or datetime.now(UTC)
    good = told.StatusCode is None or told.StatusCode.is_good()
    value = told.Value.Value if told.Value is not None else None
    return Said(name, value, good, at if at.tzinfo else at.replace(tzinfo=UTC))
