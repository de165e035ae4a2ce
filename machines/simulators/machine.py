"""One simulated machine. What it does follows from a small file and the clock, so killing whoever watches it, or
starting everything again, loses nothing: a run that began at a moment is as far along as the clock says.

Real machines take hours; `speed` divides every duration, and what is left is told in the seconds people will wait.
"""

import math
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from laseros.core.drivers import Ack, Outcome, Reading, State
from machines.simulators import physics
from machines.simulators.memory import Memory

PREPARING_S = {"laser": 25.0, "printer": 210.0}
USUAL_S = 600.0
LONGEST_S = 30 * 86400.0
REST_S = 600.0  # how long it goes on saying "finished" to who has heard it, in real seconds
ANSWERS_KEPT = 200


@dataclass
class Work:
    """The piece of work on the machine. Durations are real seconds: already divided by the speed."""

    key: str
    name: str
    started_at: float
    preparing: float
    seconds: float
    held_at: float | None = None
    held: float = 0.0  # seconds held before
    error: str = ""
    had_error: bool = False
    heard_at: float | None = None  # when somebody first heard that it is finished: until then it says so

    def elapsed(self, now: float) -> float:
        return max(0.0, (now if self.held_at is None else self.held_at) - self.started_at - self.held)

    def progress(self, now: float) -> float:
        return min(1.0, max(0.0, (self.elapsed(now) - self.preparing) / self.seconds))

    def moment_of(self, progress: float) -> float:
        """When it gets there, if nothing holds it."""
        return self.started_at + self.held + self.preparing + progress * self.seconds

    def state(self, now: float) -> State:
        if self.held_at is not None:
            return State.ERROR if self.error else State.PAUSED
        if self.elapsed(now) < self.preparing:
            return State.PREPARING
        return State.RUNNING if self.progress(now) < 1 else State.FINISHED


class SimulatedMachine:
    def __init__(self, file: Path, options: dict, clock: Callable[[], float] = time.time):
        self.kind = "printer" if options.get("kind") == "printer" else "laser"
        self.speed = _number(options.get("speed"), 30.0, least=0.01, most=100_000.0)
        self.power = _number(options.get("power_w") or None, 3000.0, least=1.0, most=1e6)
        self.error_at = (
            _number(options.get("fault_at"), 0.5, least=0.0, most=0.999) if options.get("fault") == "error" else None
        )
        self.memory = Memory(file)
        self.clock = clock

    def read(self) -> Reading:
        now = self.clock()
        with self.memory.opened() as kept:
            work = self._work(kept, now)
            over = kept.get("over") or ["", ""]
            if work is not None and work.heard_at is None and work.state(now) == State.FINISHED:
                work.heard_at = now
                kept["work"] = asdict(work)
        if work is None:
            return self._at_rest(over, now)
        state = work.state(now)
        left = work.moment_of(1.0) - now if work.held_at is None else work.moment_of(1.0) - work.held_at
        return Reading(
            state,
            raw_state=state.value.upper(),
            job_key=work.key,
            job_name=work.name,
            progress=work.progress(now),
            seconds_left=max(0, math.ceil(left)),
            message=work.error,
            outcome=Outcome.FINISHED if state == State.FINISHED else None,
            values=physics.values(self.kind, work, now, self.power),
        )

    def _at_rest(self, over: list[str], now: float) -> Reading:
        return Reading(
            State.IDLE,
            raw_state="IDLE",
            job_key=over[0],
            job_name=over[1],
            outcome=Outcome.CANCELLED if over[0] else None,
            values=physics.values(self.kind, None, now, self.power),
        )

    def command(self, name: str, arguments: dict, key: str) -> Ack:
        """Carried out once per key: the deed and its answer are written together."""
        now = self.clock()
        with self.memory.opened() as kept:
            answers = kept.setdefault("answers", {})
            if key in answers:
                return Ack(*answers[key])
            deed = {
                "start": self._start,
                "pause": self._pause,
                "resume": self._resume,
                "stop": self._stop,
                "forget": self._forget,
            }.get(name)
            refusal = deed(kept, now, arguments, key) if deed else f"unknown command {name}"
            answers[key] = [not refusal, refusal]
            kept["answers"] = dict(list(answers.items())[-ANSWERS_KEPT:])
            return Ack(not refusal, refusal)

    # --- deeds: "" or why not -------------------------------------------------------------------------------------

    def _start(self, kept: dict, now: float, arguments: dict, key: str) -> str:
        work = self._work(kept, now)
        if work and work.state(now) != State.FINISHED:
            return f"busy with {work.name or work.key}"
        seconds = _number(arguments.get("seconds"), USUAL_S, least=1.0, most=LONGEST_S)
        work = Work(
            key=str(arguments.get("job_key") or key),
            name=str(arguments.get("job_name") or ""),
            started_at=now,
            preparing=PREPARING_S[self.kind] / self.speed,
            seconds=seconds / self.speed,
        )
        kept["work"], kept["over"] = asdict(work), None
        return ""

    def _pause(self, kept: dict, now: float, arguments: dict, key: str) -> str:
        work = self._work(kept, now)
        if work is None or work.state(now) not in (State.PREPARING, State.RUNNING):
            return "nothing is running"
        work.held_at = now
        kept["work"] = asdict(work)
        return ""

    def _resume(self, kept: dict, now: float, arguments: dict, key: str) -> str:
        work = self._work(kept, now)
        if work is None or work.held_at is None:
            return "nothing is paused"
        work.held += now - work.held_at
        work.held_at, work.error = None, ""
        kept["work"] = asdict(work)
        return ""

    def _stop(self, kept: dict, now: float, arguments: dict, key: str) -> str:
        work = self._work(kept, now)
        if work is None:
            return "nothing is running"
        kept["work"], kept["over"] = None, [work.key, work.name] if work.state(now) != State.FINISHED else None
        return ""

    def _forget(self, kept: dict, now: float, arguments: dict, key: str) -> str:
        kept["work"] = kept["over"] = None
        return ""

    def _work(self, kept: dict, now: float) -> Work | None:
        """The work as it stands now: an error on the way has happened, an old result has been cleared."""
        work = Work(**kept["work"]) if kept.get("work") else None
        if work is None:
            return None
        due = self.error_at is not None and not work.had_error and work.held_at is None
        if due and work.progress(now) >= self.error_at:
            work.held_at = work.moment_of(self.error_at)
            work.error, work.had_error = physics.ERRORS[self.kind], True
            kept["work"] = asdict(work)
        if work.heard_at is not None and now - work.heard_at > REST_S:
            kept["work"] = None
            return None
        return work


def _number(value, usual: float, *, least: float, most: float) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return usual
    return min(most, max(least, number)) if math.isfinite(number) else usual
