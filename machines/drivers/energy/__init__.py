"""An energy meter beside a machine: a Tasmota or Shelly plug or clamp, heard at the shop's own MQTT broker.

It says nothing of the machine's state; what its power means is guessed elsewhere, and called a guess. Shapes are those
of the makers' documentation.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from laseros.core.drivers import Ack, CredentialsRefused, Reading, Setting, Step, Unreachable, gettext_noop
from machines.drivers.addresses import Forbidden, resolved
from machines.drivers.mqtt import END, Ear
from machines.drivers.said import whole

from .reading import SHELLY_1, SHELLY_2, TASMOTA, Meter

TOPIC = re.compile(r"[^#+\x00\s]{1,120}")
ASK_EVERY = 20.0
HEARTBEAT = 30.0  # the link stands, and it may be a quarter of an hour until the meter speaks
GIVE_UP_AFTER = 900.0
LISTEN_FOR = 12.0  # the doctor


class Energy:
    title = gettext_noop("Energy meter (MQTT)")
    capabilities: frozenset[str] = frozenset()
    settings = (
        Setting("kind", gettext_noop("meter"), "choice", TASMOTA, (
            (TASMOTA, "Tasmota"), (SHELLY_2, "Shelly Plus, Pro, Gen2+"), (SHELLY_1, "Shelly Gen1"),
        )),
        Setting("host", gettext_noop("broker"), help=gettext_noop("the address of your MQTT broker"), required=True),
        Setting("port", gettext_noop("port"), "number", 1883),
        Setting("user", gettext_noop("user")),
        Setting("password", gettext_noop("password"), secret=True),
        Setting("topic", gettext_noop("topic"), required=True,
                help=gettext_noop("the meter's own name at the broker, as its page shows under MQTT")),
        Setting("channel", gettext_noop("channel"), "number",
                help=gettext_noop("0, 1 …, where one meter has several; empty: all of them")),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host = str(options.get("host") or "").strip()
        self.port = whole(options.get("port")) or 1883
        self.user, self.password = str(options.get("user") or ""), str(options.get("password") or "")
        self.topic = str(options.get("topic") or "").strip().strip("/")
        self.meter = Meter(str(options.get("kind") or TASMOTA), self.topic, whole(options.get("channel")))
        self.ear: Ear | None = None

    async def connect(self) -> None:
        if not TOPIC.fullmatch(self.topic):
            raise CredentialsRefused("this is no topic of a meter")
        address = await resolved(self.host, self.port)
        self.ear = Ear(self.meter.topics, self.user, self.password)
        await self.ear.open(address, self.port)

    async def readings(self) -> AsyncGenerator[Reading, None]:
        heard_at = time.monotonic()
        asked_at = 0.0
        while True:
            if self.meter.question and time.monotonic() - asked_at >= ASK_EVERY:
                self.ear.send(*self.meter.question)
                asked_at = time.monotonic()
            try:
                async with asyncio.timeout(min(ASK_EVERY, HEARTBEAT)):
                    message = await self.ear.messages.get()
            except TimeoutError:
                if time.monotonic() - heard_at > GIVE_UP_AFTER:
                    raise Unreachable("the meter says nothing") from None
                yield Reading(None, raw_state="waiting")
                continue
            if message is END:
                raise Unreachable("the broker ended the connection")
            if self.meter.take(*message):
                heard_at = time.monotonic()
                yield self._reading()

    def _reading(self) -> Reading:
        if self.meter.online is False:
            return Reading(None, raw_state="offline")
        said = {"power_w": self.meter.power, "energy_kwh": self.meter.kwh}
        return Reading(None, raw_state="online", values={name: each for name, each in said.items() if each is not None})

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        return Ack(False, "a meter is only read")

    async def close(self) -> None:
        if self.ear is not None:
            await self.ear.close()

    async def examine(self) -> list[Step]:
        if not self.host or not TOPIC.fullmatch(self.topic):
            return [Step("settings", False, "the broker and the meter's topic are needed",
                         "Both stand on the meter's own page, under MQTT.")]  # fmt: skip
        steps = [Step("settings", True)]
        try:
            await self.connect()
        except Forbidden as error:
            return [*steps, Step("address", False, str(error), "Enter the broker's own address in this network.")]
        except CredentialsRefused as error:
            mend = "Use a name and password the broker knows."
            return [
                *steps,
                Step("address", True),
                Step("reachable", True),
                Step("credentials", False, str(error), mend),
            ]
        except Unreachable as error:
            return [*steps, Step("reachable", False, str(error), "Is the broker running, and is this its port?")]
        steps += [Step("address", True), Step("reachable", True), Step("credentials", True)]
        try:
            return [*steps, await self._spoken()]
        finally:
            await self.close()

    async def _spoken(self) -> Step:
        if self.meter.question:
            self.ear.send(*self.meter.question)
        try:
            async with asyncio.timeout(LISTEN_FOR):
                while (message := await self.ear.messages.get()) is not END:
                    if self.meter.take(*message) and self.meter.power is not None:
                        return Step("speaks", True, f"{self.meter.power:.0f} W")
        except TimeoutError:
            pass
        if self.meter.online is False:
            return Step("speaks", False, "the broker says that the meter is switched off", "Plug it in.")
        return Step("speaks", False, "it says nothing under this topic",
                    "Compare the topic letter by letter, and switch MQTT on in the meter.")  # fmt: skip
