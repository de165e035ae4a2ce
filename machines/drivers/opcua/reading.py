"""From values of an OPC UA server to a `Reading`: which value means what a person has said, nothing is guessed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from laseros.core.drivers import Outcome, Reading, State, Trouble
from machines.drivers.said import known, number

AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)
MEANINGS = ("idle", "preparing", "running", "paused", "finished", "error")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """One value of one of our names ("state", "program", "count", "alarm"); `good` is the server's own word for it."""

    name: str
    value: object
    good: bool
    at: datetime


class Reader:
    """`meanings`: our state for each value, as `key_of` writes values."""

    def __init__(self, meanings: dict[str, State]):
        self.meanings = meanings
        self.latest: dict[str, Said] = {}
        self.work = ""

    def take(self, said: list[Said]) -> Iterator[Reading]:
        """A reading for each change of state among what came at once, and one for how it is at the end."""
        last = None
        for each in sorted(said, key=lambda each: each.at):  # of one moment in the order they came
            before = self.latest.get(each.name)
            if before is not None and each.at < before.at:
                continue  # late: something newer is known
            if each.name == "state" and last is not None:
                yield last
            self.latest[each.name] = each
            last = self.reading() if self.is_known else None
        if last is not None:
            yield last

    @property
    def is_known(self) -> bool:
        return "state" in self.latest

    def reading(self) -> Reading:
        said = self.latest["state"]
        word = shown(said.value) if said.good else ""
        state = self.meanings.get(key_of(said.value), State.UNKNOWN) if said.good else State.OFFLINE
        troubles = self._troubles()
        if troubles and state in (State.IDLE, State.PAUSED):
            state = State.ERROR
        program = shown(self._value("program"))[:300]
        if state in AT_WORK:
            self.work = program or self.work
        file = (self.work or program) if state in (*AT_WORK, State.FINISHED) else ""
        if state == State.IDLE:
            self.work = ""
        return Reading(
            state,
            raw_state=word,
            job_name=file.replace("\\", "/").rpartition("/")[2],
            file=file,
            outcome=Outcome.FINISHED if state == State.FINISHED else None,
            message=self._message(state, troubles),
            values=known(parts=self._value("count")),
            troubles=troubles,
            raw={name: shown(each.value) if each.good else None for name, each in self.latest.items()},
        )

    def _value(self, name: str):
        said = self.latest.get(name)
        return said.value if said is not None and said.good else None

    def _troubles(self) -> tuple[Trouble, ...]:
        """An alarm is a text that says something, a number other than 0, or true; a list of these is several."""
        value = self._value("alarm")
        alarms = value if isinstance(value, list | tuple) else [value]
        return tuple(_trouble(alarm) for alarm in alarms if alarm not in (None, False, 0, "", "0"))

    def _message(self, state: State, troubles: tuple[Trouble, ...]) -> str:
        if state == State.OFFLINE:
            return "the server answers; the machine itself does not"
        if state == State.UNKNOWN:
            return "nobody said what this state means"
        return (troubles[0].words or troubles[0].code) if state == State.ERROR and troubles else ""


def _trouble(alarm) -> Trouble:
    if alarm is True:
        return Trouble("", "it reports an alarm")
    if isinstance(alarm, str):
        return Trouble("", alarm.strip()[:300])
    return Trouble(shown(alarm)[:40], "")


def meanings_of(options: dict) -> dict[str, State]:
    """From the settings "is_idle", "is_running" …: values divided by commas."""
    return {
        key_of(value): State(meaning)
        for meaning in MEANINGS
        for value in str(options.get(f"is_{meaning}") or "").split(",")
        if value.strip()
    }


def key_of(value) -> str:
    """8, 8.0 and "8" are the same; so are "Cutting" and " cutting "; a truth is 1 or 0."""
    if isinstance(value, bool):
        return str(int(value))
    found = number(value)
    if found is not None:
        return f"{found:g}"
    return " ".join(shown(value).lower().split())


def shown(value) -> str:
    """A value in words: texts as they are, of a translated text the text, whole numbers without a point."""
    if value is None or isinstance(value, bytes):
        return ""
    text = getattr(value, "Text", value)
    return f"{text:g}" if isinstance(text, float) else str(text if text is not None else "").strip()[:300]
