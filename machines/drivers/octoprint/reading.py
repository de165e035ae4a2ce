"""From the messages of OctoPrint's push socket to a `Reading`."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from laseros.core.drivers import Ended, Outcome, Reading, State
from machines.drivers.said import known, number, rows, share, table, text, whole

AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)


class Reader:
    """From the messages of the push socket to readings."""

    def __init__(self, clock=time.time):
        self.clock = clock
        self.status: dict = {}
        self.job: dict = {}
        self.progress: dict = {}
        self.heat: dict = {}
        self.words = ""
        self.ends: tuple[Ended, ...] = ()  # heard of, while its state still says it is at work

    def take(self, said: dict) -> Iterator[Reading]:
        for name in ("history", "current"):
            if isinstance(said.get(name), dict):
                self._merge(said[name])
                if self.status:
                    yield self._now()
        event = table(said.get("event"))
        kind = text(event.get("type"))
        if kind == "PrintStarted" and self.ends:
            ended, self.ends = self.ends, ()
            yield Reading(State.IDLE, raw_state="Operational", ended=ended)
        end = self._end_of(kind, table(event.get("payload")))
        if end is not None and self.status:
            self.ends = (*self.ends, end)
            if self._state() not in AT_WORK:
                yield self._now()

    def _now(self) -> Reading:
        """An end is told before the state changes: it goes along with the first reading that is not at work."""
        reading = self.reading()
        if not self.ends or reading.state in AT_WORK:
            return reading
        ended, self.ends = self.ends, ()
        return with_ends(reading, ended)

    def _merge(self, said: dict) -> None:
        if isinstance(said.get("state"), dict):
            before = self._state()
            self.status = said["state"]
            if before != self._state():
                self.words = ""
        self.job = table(said.get("job")) or self.job
        self.progress = table(said.get("progress")) or self.progress
        for each in rows(said.get("temps")):
            self.heat = each

    def reading(self) -> Reading:
        state, file = self._state(), table(self.job.get("file"))
        completion = number(self.progress.get("completion"))
        path = text(file.get("path"), 300)
        outcome = None
        if state == State.IDLE and path and completion is not None and completion >= 100:
            state, outcome = State.FINISHED, Outcome.FINISHED
        has_work = bool(path) and (state in AT_WORK or outcome is not None)
        return Reading(
            state,
            raw_state=text(self.status.get("text"), 80),
            job_name=(text(file.get("display")) or text(file.get("name"))) if has_work else "",
            file=path if has_work else "",
            progress=share(completion) if has_work else None,
            seconds_left=whole(self.progress.get("printTimeLeft")) if has_work and outcome is None else None,
            message=self.words or (text(self.status.get("error"), 300) if state == State.ERROR else ""),
            values=self._values(has_work),
            outcome=outcome,
            raw={"state": self.status, "progress": self.progress},
        )

    def with_words(self, reading: Reading, words: str) -> Reading:
        self.words = words or "it reports an error"
        return self.reading()

    def _state(self) -> State:
        """By its flags; its words only where they say more."""
        flags, words = table(self.status.get("flags")), text(self.status.get("text"))
        if flags.get("paused") or flags.get("pausing"):
            return State.PAUSED
        if any(flags.get(name) for name in ("printing", "resuming", "finishing", "cancelling")):
            return State.PREPARING if words.startswith("Starting") else State.RUNNING
        if flags.get("error") or "error" in words.lower():
            return State.ERROR
        if flags.get("operational"):
            return State.IDLE
        return State.OFFLINE if flags.get("closedOrError") or words else State.UNKNOWN

    def _end_of(self, kind: str, payload: dict) -> Ended | None:
        outcome = {"PrintDone": Outcome.FINISHED, "PrintCancelled": Outcome.CANCELLED, "PrintFailed": Outcome.FAILED}
        if kind not in outcome or (kind == "PrintFailed" and payload.get("reason") == "cancelled"):
            return None  # a cancel is told twice, as a failure too
        progress = 1.0 if kind == "PrintDone" else share(payload.get("progress"))
        metres = self._metres()
        return Ended(
            outcome[kind],
            file=text(payload.get("path"), 300),
            job_name=text(payload.get("name")),
            at=datetime.fromtimestamp(self.clock(), UTC),
            seconds=number(payload.get("time")),
            metres=None if metres is None or progress is None else metres * progress,
        )

    def _metres(self) -> float | None:
        lengths = [number(table(tool).get("length")) for tool in table(self.job.get("filament")).values()]
        return sum(filter(None, lengths)) / 1000 if any(lengths) else None

    def _values(self, has_work: bool) -> dict[str, float]:
        nozzle, bed, chamber = (table(self.heat.get(name)) for name in ("tool0", "bed", "chamber"))
        return known(
            nozzle_c=nozzle.get("actual"),
            nozzle_target_c=nozzle.get("target"),
            bed_c=bed.get("actual"),
            bed_target_c=bed.get("target"),
            chamber_c=chamber.get("actual"),
            metres=self._metres() if has_work else None,
        )


def with_ends(reading: Reading, ended: tuple[Ended, ...]) -> Reading:
    return replace(reading, ended=(*reading.ended, *ended))
