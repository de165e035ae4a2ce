"""From what an agent observed to a `Reading`.

Execution says what a machine does; who works it by hand makes no pieces, and whatever holds a program holds it. One
ends with PROGRAM_COMPLETED. Many controllers never say that and go from ACTIVE to READY: it is finished where a piece
was counted since it began, also a moment later, or where nothing counts and it went there by itself in automatic mode.
Else a person is asked. What is UNAVAILABLE is not known, and never 0.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from laseros.core.drivers import Ended, Outcome, Reading, State, Trouble
from machines.drivers.said import known

from .document import Observation, Streams

STATES = {
    "READY": State.IDLE,
    "ACTIVE": State.RUNNING,
    "INTERRUPTED": State.PAUSED,
    "FEED_HOLD": State.PAUSED,
    "STOPPED": State.PAUSED,
    "OPTIONAL_STOP": State.PAUSED,
    "PROGRAM_STOPPED": State.PAUSED,
    "PROGRAM_OPTIONAL_STOP": State.PAUSED,
    "WAIT": State.PAUSED,
    "PROGRAM_COMPLETED": State.FINISHED,
}
# Of several paths of one machine the first of these counts.
BUSIEST = ("ACTIVE", "FEED_HOLD", "INTERRUPTED", "OPTIONAL_STOP", "PROGRAM_STOPPED", "PROGRAM_OPTIONAL_STOP", "WAIT",
           "STOPPED", "PROGRAM_COMPLETED", "READY")  # fmt: skip
BY_ITSELF = ("AUTOMATIC", "SEMI_AUTOMATIC")
BY_HAND = ("MANUAL", "MANUAL_DATA_INPUT", "EDIT")
AT_WORK = (State.RUNNING, State.PAUSED)
LEVELS = ("Normal", "Warning", "Fault", "Unavailable")
COUNTED = ("", "ALL", "COMPLETE")  # which part count is of all pieces made
MAIN = ("MAIN", "", "ACTIVE")
KINDS = frozenset((
    "Availability", "EmergencyStop", "Execution", "ControllerMode", "Program", "Message", "PartCount", "Wattage",
    "ElectricalEnergy", "PathFeedrateOverride",
))  # fmt: skip
# An agent that says more than any machine has, or in one document more than it was asked for, stops nobody else's.
MOST_ITEMS = 400
MOST_MOMENTS = 500


class Reader:
    """`stopped_is` is what STOPPED means at this machine: makers differ."""

    def __init__(self, stopped_is: State = State.PAUSED, clock: Callable[[], datetime] = lambda: datetime.now(UTC)):
        self.stopped_is, self.clock = stopped_is, clock
        self.latest: dict[str, Observation] = {}  # by item, of the kinds we understand
        self.others: dict[str, Observation] = {}  # events besides, as they stand in `raw`
        self.conditions: dict[tuple[str, str], Observation] = {}
        self.next = 0
        self.instance = ""
        self.work = ""  # the program it is at
        self.before = State.UNKNOWN
        self.parts: float | None = None  # when it began
        self.uncounted: tuple[str, float] | None = None  # a program that is over, and its count so far

    def begin(self, current: Streams) -> Reading:
        """How it is, as /current says: what was known before counts no more."""
        self.latest, self.others, self.conditions = {}, {}, {}
        self.instance, self.next = current.instance, current.after
        for seen in current.observations:
            self._note(seen)
        if self._program(self._busiest()[0]) != self.work:
            self.work = ""  # the end of that one was not heard
        self.before, self.uncounted = State.UNKNOWN, None
        return self.reading()

    def is_lost(self, sample: Streams) -> bool:
        """Whether the agent started anew, or threw away what we have not read."""
        return sample.instance != self.instance or sample.first > self.next

    def take(self, sample: Streams) -> Iterator[Reading]:
        """A reading for each moment at which what it does changed, and one for how it is at the end."""
        fresh = [seen for seen in sample.observations if seen.sequence >= self.next]
        self.next = max(self.next, sample.after)
        last, is_latest = None, False
        for number, (_at, moment) in enumerate(groupby(fresh, key=lambda seen: seen.at)):
            for seen in moment:
                self._note(seen)
            is_latest = number < MOST_MOMENTS
            if not is_latest:
                continue
            reading = self.reading()
            if last is not None and (_told(reading) != _told(last) or last.ended):
                yield last
            last = reading
        if last is not None and not is_latest and (last.outcome or last.ended):
            yield last
        yield last if is_latest else self.reading()

    def _note(self, seen: Observation) -> None:
        if seen.category != "Condition":
            known = self.latest if seen.kind in KINDS else self.others if seen.category == "Events" else None
            if known is not None and (seen.item in known or len(known) < MOST_ITEMS):
                known[seen.item] = seen
        elif seen.kind in LEVELS:
            self._note_condition(seen)

    def _note_condition(self, seen: Observation) -> None:
        """Normal without a code clears all of its item's."""
        if seen.kind in ("Normal", "Unavailable"):
            for item, condition in list(self.conditions):
                if item == seen.item and seen.condition in ("", condition):
                    del self.conditions[item, condition]
        elif len(self.conditions) < 100:
            self.conditions[seen.item, seen.condition] = seen

    # --- reading --------------------------------------------------------------------------------------------------

    def reading(self) -> Reading:
        path, execution = self._busiest()
        mode = self._value("ControllerMode", path)
        state = self._state(execution, mode)
        program = self._program(path)
        values, outcome, ended = self._values(), None, ()
        if state in AT_WORK:
            if self.before not in AT_WORK or program not in ("", self.work):
                self.parts, self.uncounted = values.get("parts"), None
            self.work = program or self.work
        elif state == State.FINISHED:
            outcome = Outcome.FINISHED
        elif state == State.IDLE:
            outcome, ended = self._over(values.get("parts"), mode)
        file = self.work or program if state in (*AT_WORK, State.FINISHED) or outcome else ""
        reading = Reading(
            state,
            raw_state=" · ".join(filter(None, (execution, mode))),
            job_name=file.replace("\\", "/").rpartition("/")[2],
            file=file,
            outcome=outcome,
            ended=ended,
            message=self._message(state, execution, mode),
            values=values,
            troubles=self._troubles(),
            raw=self._raw(),
        )
        if state == State.IDLE:
            self.work = ""
        self.before = state
        return reading

    def _over(self, parts: float | None, mode: str) -> tuple[Outcome | None, tuple[Ended, ...]]:
        """Whether what it was at until now is finished, or what was over before has been counted now."""
        if self.work and self.before != State.FINISHED:
            if self.parts is None or parts is None:
                return (Outcome.FINISHED if self.before == State.RUNNING and mode in BY_ITSELF else None), ()
            if parts > self.parts:
                return Outcome.FINISHED, ()
            self.uncounted = self.work, parts
        elif self.uncounted is not None and parts is not None and parts > self.uncounted[1]:
            file, self.uncounted = self.uncounted[0], None
            return None, (Ended(Outcome.FINISHED, file=file, at=self.clock()),)
        return None, ()

    def _state(self, execution: str, mode: str) -> State:
        if self._value("Availability") == "UNAVAILABLE":
            return State.OFFLINE
        if self._value("EmergencyStop") == "TRIGGERED":
            return State.ERROR
        if execution == "ACTIVE" and mode in BY_HAND:
            return State.UNKNOWN
        state = self.stopped_is if execution == "STOPPED" else STATES.get(execution, State.UNKNOWN)
        # What works on with a fault works on; the fault is shown beside it.
        has_fault = any(seen.kind == "Fault" for seen in self.conditions.values())
        return State.ERROR if has_fault and state not in (State.RUNNING, State.FINISHED) else state

    def _busiest(self) -> tuple[str, str]:
        """(component, execution) of the path that counts."""
        said = [seen for seen in self._all("Execution") if seen.is_said]
        ranked = sorted(said, key=lambda seen: BUSIEST.index(seen.value) if seen.value in BUSIEST else len(BUSIEST))
        return (ranked[0].component, ranked[0].value) if ranked else ("", "")

    def _program(self, path: str) -> str:
        said = [seen for seen in self._all("Program") if seen.is_said and seen.value and seen.subtype in MAIN]
        said.sort(key=lambda seen: (seen.component != path, MAIN.index(seen.subtype)))
        return said[0].value[:300] if said else ""

    def _message(self, state: State, execution: str, mode: str) -> str:
        if self._value("EmergencyStop") == "TRIGGERED":
            return "the emergency stop is pressed"
        if state == State.OFFLINE:
            return "its agent answers; the machine itself does not"
        if state == State.UNKNOWN and mode in BY_HAND and execution == "ACTIVE":
            return "somebody works it by hand"
        if state == State.ERROR:
            fault = next((each for each in self._troubles() if each.grave), None)
            return fault.words or fault.code if fault else ""
        return self._value("Message")

    def _values(self) -> dict:
        """Numbers that are one: of two power meters nobody knows which is meant."""
        return known(
            parts=self._one("PartCount", COUNTED), power_w=self._one("Wattage"),
            energy_kwh=_kwh(self._one("ElectricalEnergy")), speed_percent=self._one("PathFeedrateOverride"),
        )  # fmt: skip

    def _troubles(self) -> tuple[Trouble, ...]:
        grave = sorted(self.conditions.values(), key=lambda seen: (seen.kind != "Fault", seen.sequence))
        return tuple(
            Trouble(seen.code or seen.item[:40], seen.value or seen.item, grave=seen.kind == "Fault") for seen in grave
        )

    def _raw(self) -> dict[str, str]:
        said = (*self.others.values(), *self.latest.values())
        return {seen.kind: seen.value for seen in said if seen.category == "Events"}

    def _all(self, kind: str) -> list[Observation]:
        return [seen for seen in self.latest.values() if seen.kind == kind]

    def _one(self, kind: str, subtypes: tuple[str, ...] = ()) -> str | None:
        said = [seen.value for seen in self._all(kind) if seen.is_said and (not subtypes or seen.subtype in subtypes)]
        return said[0] if len(said) == 1 else None

    def _value(self, kind: str, component: str = "") -> str:
        """In words; "" for what is not known (but for Availability, which says so of itself)."""
        said = [seen for seen in self._all(kind) if seen.is_said or kind == "Availability"]
        said.sort(key=lambda seen: seen.component != component)
        return said[0].value if said else ""


def _told(reading: Reading) -> tuple:
    return reading.state, reading.file, reading.outcome, reading.ended


def _kwh(watt_seconds: str | None) -> float | None:
    try:
        return None if watt_seconds is None else float(watt_seconds) / 3.6e6
    except ValueError:
        return None
