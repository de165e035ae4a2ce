"""Lasers under CypCut with the maker's gateway box (RayBox): looked at, and only where somebody switched it on.

Known from public descriptions only, by two people who do not agree on what all its numbers mean: what means what is a
setting of each machine, and an unknown number is unknown. It says nothing of the work that is over: by its maker's list
of interfaces it has sums of days, and no works. Where it is not known that a work came to its end, a person is asked.
Who asks signs by the gateway's clock, which few shops ever set. Nothing is told to the laser.
"""

import asyncio
import hashlib
import time
from collections.abc import AsyncGenerator
from pathlib import Path
from urllib.parse import quote

from laseros.core.drivers import Ack, Outcome, Reading, Setting, State, Step, Trouble, Unreachable, gettext_noop
from machines.drivers import meanings, unproven
from machines.drivers.http import Answered, Api, base_of
from machines.drivers.http_doctor import examined
from machines.drivers.said import share, table, text, whole

PORT = 8080
POLL_EVERY = 2.0
DONE = 0.99  # at this part of the way a standstill is the end
AT_WORK = (State.RUNNING, State.PAUSED)
RAW = ("SysState", "CutPercent", "TaskName", "WorkTimeStr", "RunningTimeStr", "AlarmCount", "AlarmMsg")
TIMED_OUT = "timed out"  # what it says to a sign that is older or newer than its clock takes
KEY_MEND = "Compare token and secret with the gateway's settings."


class RayBox:
    title = gettext_noop("CypCut laser with RayBox (unproven)")
    note = unproven.NOTE
    capabilities: frozenset[str] = frozenset()
    settings = (
        unproven.SWITCH,
        Setting("host", gettext_noop("network address"), required=True,
                help=gettext_noop("of the gateway, not of the laser")),
        Setting("laser", gettext_noop("address of the laser"), required=True,
                help=gettext_noop("as the gateway lists it")),
        Setting("token", gettext_noop("token"), secret=True),
        Setting("secret", gettext_noop("secret"), secret=True),
        *meanings.settings(idle="0, 2, 3", running="8, 10", paused="9"),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.host, self.laser = str(options.get("host") or ""), str(options.get("laser") or "").strip()
        self.token, self.secret = str(options.get("token") or ""), str(options.get("secret") or "")
        self.is_on = unproven.is_on(options)
        self.reader = Reader(meanings.meanings_of({**USUAL, **options}))
        self.api: Api | None = None

    async def connect(self) -> None:
        if not self.is_on:
            raise Unreachable("the gateway is switched off in its settings")
        self.api = Api(base_of(self.host, PORT))
        await self.api.open()

    async def readings(self) -> AsyncGenerator[Reading, None]:
        while True:
            yield self.reader.read(await self._asked(self.api))
            await asyncio.sleep(POLL_EVERY)

    async def _asked(self, api: Api) -> dict:
        path = f"/api/monitor/cutSystemState?ip={quote(self.laser, safe='')}&appName=CypCut"
        try:
            said = await self._signed(api, path)
            if TIMED_OUT in text(said.get("msg")).lower() and api.skew:
                said = await self._signed(api, path)  # by its own clock, which it has told by now
        except Answered as error:
            raise Unreachable(f"it answers {error.status}: {error}") from None
        if said.get("status") != 0:
            raise Unreachable(f"the gateway says: {text(said.get('msg'), 120) or said.get('status')}")
        data = table(said.get("data"))
        data = table(data.get("CutSystemState")) or data  # one description has it one level deeper than the other
        if "SysState" not in table(data.get("NcState")):
            raise Unreachable("the gateway's answer says nothing of the machine")
        return data

    async def _signed(self, api: Api, path: str) -> dict:
        return table(await api.get(path, headers=signed(self.token, self.secret, time.time() + api.skew)))

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        return Ack(False, "a laser is started by whoever stands beside it")

    async def close(self) -> None:
        if self.api is not None:
            await self.api.close()

    async def examine(self) -> list[Step]:
        if not self.is_on:
            return [Step("settings", False, "the gateway is switched off in its settings", unproven.SWITCH_ON)]
        if not self.host.strip() or not self.laser:
            mend = "Both stand in the gateway's own settings."
            return [Step("settings", False, "address of the gateway and of the laser are needed", mend)]
        try:
            api = Api(base_of(self.host, PORT))
        except Unreachable as error:
            return [Step("settings", False, str(error), "It is what a browser is given to open its page.")]

        async def speak() -> Step:
            reading = self.reader.read(await self._asked(api))
            if reading.state == State.UNKNOWN:
                words = f"nobody said what the state {reading.raw_state} means"
                return Step("speaks", False, words, "Say which of its values mean what.")
            return Step("speaks", True, reading.raw_state)

        steps = await examined(api, self.host, KEY_MEND, speak)
        return [*steps, UNPROVEN] if steps[-1].name == "speaks" else steps


USUAL = {setting.name: setting.default for setting in RayBox.settings if setting.name.startswith("is_")}
UNPROVEN = Step(
    "mode", None, "known from public descriptions only: compare its states with the machine",
    unproven.BY_HAND,
)  # fmt: skip


class Reader:
    """Remembers how far the work was: the box itself does not say how one ended."""

    def __init__(self, known: dict[str, State]):
        self.known = known
        self.work, self.progress = "", 0.0

    def read(self, data: dict) -> Reading:
        nc = table(data.get("NcState"))
        state = self.known.get(meanings.key_of(nc.get("SysState")), State.UNKNOWN)
        alarm = _alarm(nc)
        progress, name, outcome = share(nc.get("CutPercent")), text(nc.get("TaskName"), 300), None
        if state in AT_WORK:
            self.work, self.progress = name or self.work, progress or 0.0
        elif state == State.IDLE and self.work and max(self.progress, progress or 0.0) >= DONE:
            state, outcome = State.FINISHED, Outcome.FINISHED
        if alarm and state in (State.IDLE, State.PAUSED):
            state = State.ERROR
        file = self.work if state in (*AT_WORK, State.FINISHED) else ""
        if state == State.IDLE:
            self.work, self.progress = "", 0.0
        reading = Reading(
            state,
            raw_state=meanings.shown(nc.get("SysState")),
            job_name=file.replace("\\", "/").rpartition("/")[2],
            file=file,
            progress=progress if file else None,
            outcome=outcome,
            message=self._message(state, alarm),
            troubles=(alarm,) if alarm else (),
            raw={name: nc[name] for name in RAW if name in nc},
        )
        if outcome is not None:
            self.work, self.progress = "", 0.0  # told once
        return reading

    def _message(self, state: State, alarm: Trouble | None) -> str:
        if state == State.UNKNOWN:
            return "nobody said what this state means"
        return alarm.words if alarm and state == State.ERROR else ""


def _alarm(nc: dict) -> Trouble | None:
    if not whole(nc.get("AlarmCount")):
        return None
    return Trouble("", text(nc.get("AlarmMsg"), 300) or "it reports an alarm")


def signed(token: str, secret: str, now: float | None = None) -> dict[str, str]:
    """The headers by which the gateway knows who asks; none where it asks for none."""
    if not token:
        return {}
    stamp = str(int((time.time() if now is None else now) * 1000))
    words = f"timestamp={stamp}&token={token}&secret={secret}"
    return {"token": token, "timestamp": stamp, "sign": hashlib.md5(words.encode(), usedforsecurity=False).hexdigest()}
