"""Lasers under CypCut through the maker's cloud (BOCHU, also called FSCUT or Friendess): looked at, and only where
somebody switched it on.

Known from the maker's public descriptions only (fscut-open-en.apifox.cn): nobody here has seen an account. The maker
counts questions: so many a day and a second, for each kind, as the account's own page says. So there is one every
second at most for all machines of an account, a round every half minute or as slowly as the settings say (the state;
the work, its progress and the alarms only where there are any), and the records of works that are over every ten
minutes and whenever one ended. When the day's number is used up, the same is not asked for half an hour. Nothing is
told to the laser; the one question that sends work to it is not used.
"""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from laseros.core.drivers import (
    Ack,
    CredentialsRefused,
    Ended,
    Reading,
    Setting,
    State,
    Step,
    Unreachable,
    gettext_noop,
)
from machines.drivers import unproven
from machines.drivers.fscut import doctor
from machines.drivers.fscut.cloud import HOST, NOT_OURS, TOO_OFTEN, Cloud, Refused
from machines.drivers.fscut.reading import STATES, WITH_WORK, Reader, Work, alarms_of, page_of, state_of, written
from machines.drivers.said import number, table

STATE, WORK = "/api/user_devices/current_state", "/api/user_devices/current_work"
SYSTEM, ALARMS = "/api/user_devices/cut_system_state", "/api/user_devices/current_alarms"
RECORDS, MACHINES = "/api/statistics/work_logs/v2", "/api/user_devices"
EVERY, SOONEST, LATEST = 30.0, 5.0, 600.0
BREATH = 5.0  # before the same is asked once more
RECORDS_EVERY, AGAIN_EVERY = 600.0, 3600.0
AWAITED = 20  # so many rounds the record of a work that ended may be late
LOOK_BACK, FURTHER_BACK = timedelta(days=1), timedelta(days=7)  # the second at first and once an hour
PAGE, MOST_PAGES = 200, 10
AT_ONCE = 40


class FsCut:
    STATE, MACHINES = STATE, MACHINES
    title = gettext_noop("CypCut laser by the maker's cloud (unproven)")
    note = unproven.NOTE
    capabilities: frozenset[str] = frozenset()
    settings = (
        unproven.SWITCH,
        Setting("app_id", gettext_noop("app id"), required=True,
                help=gettext_noop("of your account at open.fscut.com")),
        Setting("app_secret", gettext_noop("app secret"), secret=True, required=True),
        Setting("card", gettext_noop("number of the control card"), required=True,
                help=gettext_noop("as the account lists the machine; the doctor names those there are")),
        Setting("every", gettext_noop("seconds between two looks"), "number", round(EVERY),
                help=gettext_noop("86,400 divided by the questions a day your account may ask, or more")),
        Setting("host", gettext_noop("web address"), default=HOST,
                help=gettext_noop("of the maker's cloud, with https")),
    )  # fmt: skip

    def __init__(self, options: dict, home: Path) -> None:
        self.is_on = unproven.is_on(options)
        self.host, self.card = str(options.get("host") or HOST), str(options.get("card") or "").strip()
        self.app_id = str(options.get("app_id") or "").strip()
        self.secret = str(options.get("app_secret") or "").strip()
        self.every = min(LATEST, max(SOONEST, number(options.get("every")) or EVERY))
        self.quiet_for = 2 * self.every + 120  # no longer than this between two readings
        self.cloud: Cloud | None = None
        self.reader = Reader()
        self.notes: dict[str, str] = {}  # what could not be read in this round
        self.records_note = ""  # they are not read in every one
        self.untold: list[Ended] = []
        self.records_at = self.again_at = 0.0
        self.was = State.UNKNOWN
        self.at_work, self.awaited, self.rounds_left = Work(), "", 0

    async def connect(self) -> None:
        if not self.is_on:
            raise Unreachable("the cloud is switched off in its settings")
        self.cloud = Cloud(self.host, self.app_id, self.secret)
        await self.cloud.open()

    async def readings(self) -> AsyncGenerator[Reading, None]:
        while True:
            reading = await self._look()
            yield replace(reading, ended=self._some())
            while self.untold:
                yield replace(reading, ended=self._some())
            await asyncio.sleep(self.every)

    def _some(self) -> tuple[Ended, ...]:
        some, self.untold = self.untold[:AT_ONCE], self.untold[AT_ONCE:]
        return tuple(some)

    async def _look(self) -> Reading:
        self.notes = {}
        # Before the state: what a record says is over is not at work in the same breath.
        if time.monotonic() >= self.records_at:
            await self._read_records()
        said = await self._state()
        state = STATES.get(said, State.UNKNOWN)
        work, system, alarms = Work(), {}, ()
        if state in WITH_WORK:
            work = await self._work(state)
            system = table(await self._asked("its progress", SYSTEM))
        if state in (State.ERROR, State.PAUSED):
            alarms = alarms_of(await self._asked("its alarms", ALARMS))
        if state == State.IDLE or work.key:
            if self.at_work.key not in ("", work.key):
                self.awaited, self.rounds_left = self.at_work.key, AWAITED
            self.at_work = work
        if state == State.IDLE and self.was in WITH_WORK:
            self.records_at = 0.0
        self.was = state
        if self.awaited:
            await self._await_record()
        if self.records_note:
            self.notes["its records"] = self.records_note
        return self.reader.read(said, work, system, alarms, self.notes)

    async def _state(self) -> str:
        for attempt in (1, 2):
            try:
                data = await self.cloud.ask(STATE, {"cardIds": [self.card]})
                break
            except Refused as error:
                if error.code == NOT_OURS:
                    raise CredentialsRefused(str(error)) from None
                if error.code != TOO_OFTEN or attempt == 2:
                    raise Unreachable(str(error)) from None
                await asyncio.sleep(BREATH)
        said = state_of(data, self.card)
        if not said:
            raise Unreachable("the cloud's answer says nothing of the machine")
        return said

    async def _work(self, state: State) -> Work:
        """What it is at: where it works and nothing is named yet, the cloud is a moment behind."""
        work = self.reader.work(await self._asked("its work", WORK))
        if state == State.RUNNING and not work.key and "its work" not in self.notes:
            await asyncio.sleep(BREATH)
            work = self.reader.work(await self._asked("its work", WORK))
        return work

    async def _asked(self, what: str, path: str):
        """None where the cloud says no: that is noted, and the rest goes on."""
        try:
            return await self.cloud.ask(path, {"cardId": self.card})
        except Refused as error:
            self.notes[what] = str(error)
            return None

    async def _await_record(self) -> None:
        if self.awaited not in self.reader.over:
            self.rounds_left -= 1
            await self._read_records()
        if self.awaited in self.reader.over or self.rounds_left <= 0:
            self.awaited = ""

    async def _read_records(self) -> None:
        is_all = time.monotonic() >= self.again_at
        now = datetime.now(UTC)
        try:
            records = await self._records(now - (FURTHER_BACK if is_all else LOOK_BACK), now)
        except Refused as error:
            self.records_note = str(error)
        else:
            self.untold += self.reader.ended(records, now, again=is_all)
            self.records_note = "some have no file or no time" if self.reader.unreadable else ""
            if is_all:
                self.again_at = time.monotonic() + AGAIN_EVERY
        self.records_at = time.monotonic() + RECORDS_EVERY

    async def _records(self, since: datetime, until: datetime) -> list[dict]:
        """Newest first."""
        found = []
        for page in range(MOST_PAGES):
            records, total = page_of(await self.cloud.ask(RECORDS, self._page(since, until, page)))
            found += records
            if len(records) < PAGE or (total is not None and len(found) >= total):
                break
        return found

    def _page(self, since: datetime, until: datetime, page: int, size: int = PAGE) -> dict:
        return {"cardId": self.card, "startTime": written(since), "endTime": written(until),
                "pageNumber": page, "pageSize": size, "timeDesc": True}  # fmt: skip

    def questions(self) -> list[tuple[str, str, dict]]:
        """What is asked besides the state, for the doctor: (in words, path, body)."""
        now, card = datetime.now(UTC), {"cardId": self.card}
        records = self._page(now - LOOK_BACK, now, 0, 1)
        return [("its work", WORK, card), ("its progress", SYSTEM, card), ("its alarms", ALARMS, card),
                ("its records", RECORDS, records)]  # fmt: skip

    async def command(self, name: str, arguments: dict, key: str) -> Ack:
        return Ack(False, "a laser is started by whoever stands beside it")

    async def close(self) -> None:
        if self.cloud is not None:
            await self.cloud.close()

    async def examine(self) -> list[Step]:
        return await doctor.examined(self)
