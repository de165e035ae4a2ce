"""An MTConnect agent with one machine tool, on the wire: /probe, /current, /sample with an answer that stays open.

Faults by name, besides those of `web`: "half" (documents are cut off), "quiet" (the open answer says nothing more),
"asked" (it keeps no answer open), "two" (a second machine behind the agent), "bomb" (entities in its XML).
"""

import asyncio
import time
from collections import deque
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from aiohttp import web

from machines.simulators.wire.printing import Printing
from machines.simulators.wire.web import WebMachine

DEVICE, OTHER = "X3", "X4"
EXECUTIONS = {
    "idle": "READY", "preparing": "ACTIVE", "printing": "ACTIVE", "paused": "FEED_HOLD",
    "finished": "PROGRAM_COMPLETED", "cancelled": "INTERRUPTED", "failed": "STOPPED",
}  # fmt: skip
ITEMS = {
    "avail": ("Availability", "AVAILABILITY", "Events"), "estop": ("EmergencyStop", "EMERGENCY_STOP", "Events"),
    "exec": ("Execution", "EXECUTION", "Events"), "mode": ("ControllerMode", "CONTROLLER_MODE", "Events"),
    "prog": ("Program", "PROGRAM", "Events"), "parts": ("PartCount", "PART_COUNT", "Events"),
    "watts": ("Wattage", "WATTAGE", "Samples"), "logic": ("", "LOGIC_PROGRAM", "Condition"),
}  # fmt: skip
BOMB = '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


class MTConnectAgent(WebMachine):
    """Keeps `buffer` observations; whoever asks for older ones is told OUT_OF_RANGE."""

    def __init__(self, printing: Printing | None = None, buffer: int = 64):
        self.printing = printing or Printing()
        self.printing.changed = self.changed
        self.buffer = buffer
        self.parts = 0
        self.begun = 0
        self.asked: list[str] = []
        self.restart()

    def restart(self) -> None:
        """The agent started anew: another instance, numbers from 1 on."""
        self.begun += 1
        self.instance = f"{int(time.time())}{self.begun}"
        self.next = 1
        self.kept: deque = deque(maxlen=self.buffer)
        self.latest: dict[tuple, tuple] = {}
        self.told = asyncio.Event()
        self.say(avail="AVAILABLE", estop="ARMED", mode="AUTOMATIC", watts="350", parts=str(self.parts))
        self.condition("Normal")
        self.changed()

    def faults(self) -> set[str]:
        return self.printing.faults

    @property
    def options(self) -> dict:
        return {"host": f"127.0.0.1:{self.port}"}

    def changed(self) -> None:
        """What the machine does now, at one moment."""
        before = self.latest.get(("exec", ""))
        execution = EXECUTIONS[self.printing.phase]
        if execution == "PROGRAM_COMPLETED" and before and before[2] != execution:
            self.parts += 1
        if execution == "STOPPED":
            self.condition("Fault", self.printing.why or "servo", "E42")
        elif ("logic", "E42") in self.latest:
            self.condition("Normal")
        self.say(prog=self.printing.file or "UNAVAILABLE", exec=execution, parts=str(self.parts))

    def say(self, **said) -> None:
        """Observations of one moment; what did not change is not said again."""
        at = _now()
        for item, value in said.items():
            before = self.latest.get((item, ""))
            if before is None or before[2] != value:
                self._keep((item, ""), item, value, at, "")

    def condition(self, level: str, words: str = "", code: str = "") -> None:
        if level == "Normal":
            for key in [key for key in self.latest if key[0] == "logic"]:
                del self.latest[key]
        self._keep(("logic", code), "logic", words, _now(), f"{level} {code}".strip())

    def _keep(self, key: tuple, item: str, value: str, at: str, condition: str) -> None:
        observation = (self.next, item, value, at, condition)
        self.next += 1
        self.kept.append(observation)
        self.latest[key] = observation
        self.told.set()

    def overflow(self) -> None:
        """So much is said at once that nobody can have read it."""
        for watts in range(self.buffer + 1):
            self.say(watts=str(400 + watts))

    @property
    def first(self) -> int:
        return self.kept[0][0]

    # --- answers --------------------------------------------------------------------------------------------------

    def routes(self):
        return [
            web.get("/probe", self.probe),
            web.get(f"/{DEVICE}/current", self.current),
            web.get(f"/{DEVICE}/sample", self.sample),
        ]

    def _document(self, kind: str, body: str, header: str = "") -> bytes:
        bomb = BOMB if "bomb" in self.faults() else ""
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n{bomb}'
            f'<MTConnect{kind} xmlns="urn:mtconnect.org:MTConnect{kind}:1.8">'
            f'<Header creationTime="{_now()}" sender="here" instanceId="{self.instance}" bufferSize="{self.buffer}" '
            f'version="1.8.0.3" {header}/>{body}</MTConnect{kind}>'
        )
        return text[: len(text) // 2].encode() if "half" in self.faults() else text.encode()

    async def probe(self, request):
        names = [DEVICE, OTHER] if "two" in self.faults() else [DEVICE]
        items = "".join(
            f'<DataItem id="{item}" type="{kind}" category="{category.rstrip("s").upper()}"/>'
            for item, (_element, kind, category) in ITEMS.items()
        )
        devices = "".join(
            f'<Device id="{name}" name="{name}" uuid="uuid-{name}"><DataItems>{items}</DataItems></Device>'
            for name in names
        )
        body = f'<Devices><Agent id="agent" name="Agent" uuid="agent"/>{devices}</Devices>'
        return _xml(self._document("Devices", body))

    async def current(self, request):
        self.asked.append("current")
        return _xml(self._streams(sorted(self.latest.values()), self.next))

    async def sample(self, request):
        self.asked.append("sample")
        begin = int(request.query["from"])
        if not self.first <= begin <= self.next:
            error = f'<Errors><Error errorCode="OUT_OF_RANGE">from must be above {self.first}</Error></Errors>'
            return _xml(self._document("Error", error), status=404)
        if "asked" in self.faults():
            return _xml(self._streams([each for each in self.kept if each[0] >= begin], self.next))
        return await self._stay_open(request, begin)

    async def _stay_open(self, request, begin: int):
        response = web.StreamResponse()
        response.content_type = "multipart/x-mixed-replace;boundary=between"
        await response.prepare(request)
        instance = self.instance
        while True:
            fresh = [each for each in self.kept if each[0] >= begin]
            if self.instance != instance:
                return response  # it was started anew: the connection is gone
            begin = self.next
            document = self._streams(fresh, begin)
            length = 10**11 if "huge document" in self.faults() else len(document)
            head = f"--between\r\nContent-type: text/xml\r\nContent-length: {length}\r\n\r\n"
            if "quiet" not in self.faults():
                await response.write(head.encode() + document + b"\r\n")
            self.told.clear()
            try:
                async with asyncio.timeout(int(request.query["heartbeat"]) / 1000):
                    await self.told.wait()
            except TimeoutError:
                continue

    def _streams(self, observations, after: int) -> bytes:
        groups = {"Samples": "", "Events": "", "Condition": ""}
        for sequence, item, value, at, condition in observations:
            element, kind, category = ITEMS[item]
            level, _space, code = condition.partition(" ")
            more = f"type={quoteattr(kind)} nativeCode={quoteattr(code)}" if condition else ""
            element = level or element
            more += f' dataItemId="{item}" sequence="{sequence}" timestamp="{at}"'
            groups[category] += f"<{element} {more}>{escape(value)}</{element}>"
        body = "".join(f"<{name}>{said}</{name}>" for name, said in groups.items() if said)
        header = f'firstSequence="{self.first}" lastSequence="{self.next - 1}" nextSequence="{after}"'
        stream = f'<ComponentStream component="Path" componentId="path">{body}</ComponentStream>'
        return self._document(
            "Streams", f'<Streams><DeviceStream name="{DEVICE}" uuid="u">{stream}</DeviceStream></Streams>', header
        )


def _xml(body: bytes, status: int = 200):
    return web.Response(body=body, status=status, content_type="text/xml")


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
