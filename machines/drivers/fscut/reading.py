"""What the maker's cloud says of a laser, in our words: its state now, and the works that are over."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from laseros.core.drivers import Ended, Outcome, Reading, State, Trouble
from machines.drivers.fscut.cloud import ZONE
from machines.drivers.said import number, rows, share, table, text, whole

STATES = {
    "OFFLINE": State.OFFLINE,
    "CLOSE": State.OFFLINE,
    "IDLE": State.IDLE,
    "STOP": State.IDLE,
    "WORKING": State.RUNNING,
    "PAUSE": State.PAUSED,
    "ALARMING": State.ERROR,
}
WORDS = {
    "OFFLINE": "the cloud answers; the machine itself does not",
    "CLOSE": "its cutting program is closed",
    "UNKNOWN": "the cloud does not know what the machine does",
}
WITH_WORK = (State.RUNNING, State.PAUSED, State.ERROR)  # an alarm or a pause ends nothing
OUTCOMES = {0: Outcome.FINISHED, 2: Outcome.CANCELLED}
GOES_ON = (-1, 1)  # being cut, paused: no end yet
SAME_START = timedelta(seconds=60)  # what it tells of one beginning in two places
AHEAD = timedelta(minutes=10)  # a clock may differ so much; what ends later has not ended
LONGEST = timedelta(days=30)  # no work takes longer: one of its times is none
REMEMBERED = 20
RAW = ("taskName", "cutPercent", "workTimeStr", "portionId", "startTime")


@dataclass(frozen=True)
class Work:
    """What is on the machine: `key` is the file's name and when it began, as the record of it will have them."""

    file: str = ""
    key: str = ""
    is_over: bool = False  # by its record: what says that it goes on is a moment old


class Reader:
    """Remembers what was seen at work, so that the record of it is known again, and what was told."""

    def __init__(self):
        self.seen: dict[str, tuple[str, datetime]] = {}
        self.over: set[str] = set()
        self.unreadable = 0

    def work(self, said) -> Work:
        """Of `current_work`."""
        said = table(said)
        file, began = _name(said.get("filename") or said.get("fileName")), moment(said.get("startTime"))
        if not file or began is None:
            return Work(file)
        key = _key(file, began)
        if key in self.over:
            return Work(is_over=True)
        self.seen[key] = file, began
        for old in list(self.seen)[:-REMEMBERED]:
            del self.seen[old]
        return Work(file, key)

    def read(self, raw_state: str, work: Work, system: dict, alarms: tuple[Trouble, ...], notes: dict) -> Reading:
        """`notes`: what could not be read, and why. Time left is nowhere said."""
        state = STATES.get(raw_state, State.UNKNOWN)
        if work.is_over and state in (State.RUNNING, State.PAUSED):
            state = State.IDLE
        has_work = state in WITH_WORK and not work.is_over
        named = _name(system.get("taskName"))
        file = (work.file or named) if has_work else ""
        is_its = not named or named == file
        unread = tuple(Trouble("", f"{what} cannot be read: {why}", grave=False) for what, why in notes.items())
        return Reading(
            state,
            raw_state=raw_state,
            job_key=work.key if has_work else "",
            job_name=file,
            file=file,
            progress=share(system.get("cutPercent")) if file and is_its else None,
            message=self._message(state, raw_state, alarms),
            troubles=(*alarms, *unread),
            raw={name: system[name] for name in RAW if name in system},
        )

    def _message(self, state: State, raw_state: str, alarms: tuple[Trouble, ...]) -> str:
        if state == State.ERROR:
            return alarms[0].words if alarms else "it reports an alarm"
        if state == State.UNKNOWN:
            return WORDS.get(raw_state, "nobody said what this state means")
        return WORDS.get(raw_state, "")

    def ended(self, records: list[dict], now: datetime, *, again: bool = False) -> list[Ended]:
        """Works that are over, oldest first, each once or `again`: what was told and not stored is not lost.

        Those that cannot be placed are counted.
        """
        self.unreadable = 0
        if again:
            self.over = set()
        found = []
        for record in records:
            if whole(record.get("endState")) in GOES_ON:
                continue
            end = self._end(record, now)
            if end is None:
                self.unreadable += 1
            elif end.job_key not in self.over:
                self.over.add(end.job_key)
                found.append(end)
        return sorted(found, key=lambda end: end.at)

    def _end(self, record: dict, now: datetime) -> Ended | None:
        file = _name(record.get("fileName") or record.get("filename"))
        began, at = moment(record.get("startTime")), moment(record.get("endTime"))
        if not file or began is None or at is None or at > now + AHEAD or not timedelta(0) <= at - began <= LONGEST:
            return None
        length = number(record.get("curveLength"))
        facts = {
            "pierces": number(record.get("pierceCount")), "cut_seconds": number(record.get("timeTaken")),
            "material": text(record.get("material"), 80), "thickness": number(record.get("thickness")),
            "parts": number(record.get("partAmount")),
        }  # fmt: skip
        return Ended(
            OUTCOMES.get(whole(record.get("endState")), Outcome.UNCLEAR),
            job_key=self._seen_as(file, began) or _key(file, began),
            file=file, at=at, began=began,
            job_name=text(record.get("portionName"), 200) or file,
            metres=None if length is None else length / 1000,
            seconds=facts["cut_seconds"], reported=True,
            facts={name: value for name, value in facts.items() if value not in (None, "")},
        )  # fmt: skip

    def _seen_as(self, file: str, began: datetime) -> str:
        for key, (name, since) in self.seen.items():
            if name == file and abs(since - began) <= SAME_START:
                return key
        return ""


def state_of(data, card: str) -> str:
    """The word for the state of this card; "" where the answer does not have it."""
    for each in rows(data):
        if text(str(each.get("cardId", ""))) == card:
            return text(each.get("deviceState"), 40).upper()
    return ""


def alarms_of(data) -> tuple[Trouble, ...]:
    return tuple(
        Trouble(_code(each.get("alarmCode")), text(each.get("alarmDesc"), 300) or "it reports an alarm")
        for each in rows(data)
    )


def page_of(data) -> tuple[list[dict], int | None]:
    """The records of one page, and how many there are altogether where it says so."""
    if isinstance(data, list):
        return rows(data), None
    said = table(data)
    total = whole(table(said.get("meta")).get("total"))
    return rows(said.get("list")), whole(said.get("totalCount")) if total is None else total


def moment(said) -> datetime | None:
    """ "2026-05-01 08:30:00" as the cloud's zone has it, or milliseconds since 1970."""
    try:
        if isinstance(said, int | float) and not isinstance(said, bool):
            return datetime.fromtimestamp(said / 1000, UTC)
        return datetime.strptime(str(said), "%Y-%m-%d %H:%M:%S").replace(tzinfo=ZoneInfo(ZONE)).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        return None


def written(moment: datetime) -> str:
    return moment.astimezone(ZoneInfo(ZONE)).strftime("%Y-%m-%d %H:%M:%S")


def _key(file: str, began: datetime) -> str:
    return f"{file[-130:]}@{began:%Y-%m-%dT%H:%M:%SZ}"


def _name(path) -> str:
    return text(path, 300).replace("\\", "/").rpartition("/")[2]


def _code(said) -> str:
    return text(said, 40) or str(said if isinstance(said, int) else "")
