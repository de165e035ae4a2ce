"""From Klipper's objects and Moonraker's history to a `Reading`."""

from collections.abc import Callable

from laseros.core.drivers import Ended, Outcome, Reading, State
from machines.drivers.said import known, number, share, table, text

STATES = {
    "standby": State.IDLE,
    "printing": State.RUNNING,
    "paused": State.PAUSED,
    "complete": State.FINISHED,
    "cancelled": State.IDLE,
    "error": State.ERROR,
}
OUTCOMES = {"complete": Outcome.FINISHED, "cancelled": Outcome.CANCELLED, "error": Outcome.FAILED}
HISTORY = {
    "completed": Outcome.FINISHED,
    "cancelled": Outcome.CANCELLED,
    "error": Outcome.FAILED,
    "klippy_shutdown": Outcome.FAILED,
    "klippy_disconnect": Outcome.FAILED,
    "server_exit": Outcome.FAILED,
    "interrupted": Outcome.FAILED,
}
AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)


class Reader:
    """From Klipper's objects and Moonraker's history to readings."""

    def __init__(self, ours: Callable = lambda moment: None):
        self.ours = ours
        self.status: dict = {}
        self.klippy, self.klippy_words = "disconnected", ""
        self.job: dict = {}  # of the history: the latest
        self.ends: list[Ended] = []
        self.numbers = False  # it keeps a history, and its numbers come with it
        self.described, self.about = "", {}

    @property
    def file(self) -> str:
        return text(self._stats.get("filename"), 300)

    @property
    def _stats(self) -> dict:
        return table(self.status.get("print_stats"))

    @property
    def is_busy(self) -> bool:
        return self._stats.get("state") in ("printing", "paused")

    def not_ready(self, state: str, words: str) -> None:
        self.klippy, self.klippy_words, self.status = state, words, {}

    def whole(self, status: dict) -> None:
        self.status, self.klippy, self.klippy_words = status, "ready", ""
        self._hear_klippy()

    def describe(self, file: str, about: dict) -> None:
        self.described, self.about = file, about

    def take(self, message: dict) -> bool:
        """A notification; whether it says something new."""
        method, params = message.get("method"), message.get("params")
        first = params[0] if isinstance(params, list) and params else None
        if method == "notify_status_update" and isinstance(first, dict):
            for name, value in first.items():
                if isinstance(value, dict):
                    self.status[name] = {**table(self.status.get(name)), **value}
            self._hear_klippy()
            return True
        if method == "notify_history_changed" and isinstance(first, dict):
            self.take_job(table(first.get("job")))
            return True
        return False

    def take_job(self, job: dict) -> None:
        key, outcome = text(job.get("job_id"), 60), HISTORY.get(text(job.get("status")))
        if not key:
            return
        self.job = job
        if outcome is None:
            return
        millimetres = number(job.get("filament_used"))
        end, began = number(job.get("end_time")), number(job.get("start_time"))
        self.ends.append(
            Ended(
                outcome, job_key=key, file=text(job.get("filename"), 300),
                job_name=text(job.get("filename"), 300).rpartition("/")[2],
                at=self.ours(end) if end else None, began=self.ours(began) if began else None,
                metres=None if millimetres is None else millimetres / 1000,
                grams=_grams(table(job.get("metadata")), millimetres), seconds=number(job.get("total_duration")),
            )
        )  # fmt: skip

    def reading(self) -> Reading:
        """The ends that were heard of since the last reading go along with this one."""
        ended, self.ends = tuple(self.ends), []
        if self.klippy != "ready":
            is_fault = self.klippy in ("shutdown", "error")
            return Reading(
                State.ERROR if is_fault else State.OFFLINE,
                raw_state=f"klippy {self.klippy}",
                message=first_line(self.klippy_words) or ("" if is_fault else "Klipper is not connected"),
                ended=ended,
            )
        stats = self._stats
        raw = text(stats.get("state"), 40)
        state, outcome = STATES.get(raw, State.UNKNOWN), OUTCOMES.get(raw)
        if raw == "printing" and not number(stats.get("print_duration")):
            state = State.PREPARING
        has_work = state in AT_WORK or outcome is not None
        progress = self._progress() if has_work else None
        return Reading(
            state,
            raw_state=raw,
            job_key=self._key(outcome) if has_work else "",
            job_name=self.file.rpartition("/")[2] if has_work else "",
            file=self.file if has_work else "",
            progress=1.0 if outcome == Outcome.FINISHED else progress,
            seconds_left=self._seconds_left(progress) if has_work and outcome is None else None,
            message=first_line(stats.get("message")) if raw == "error" else "",
            values=self._values(has_work),
            outcome=outcome,
            ended=ended,
            raw={name: self.status[name] for name in ("webhooks", "print_stats", "virtual_sdcard", "display_status")
                 if name in self.status},
        )  # fmt: skip

    def _hear_klippy(self) -> None:
        said = table(self.status.get("webhooks"))
        if said.get("state") not in (None, "ready"):
            self.klippy, self.klippy_words = text(said.get("state")), text(said.get("state_message"), 300)

    def _key(self, outcome: Outcome | None) -> str:
        """The history's number of this very file, while its own end fits."""
        if text(self.job.get("filename"), 300) != self.file:
            return ""
        ended = HISTORY.get(text(self.job.get("status")))
        return text(self.job.get("job_id"), 60) if ended is None or ended == outcome else ""

    def _progress(self) -> float | None:
        by_slicer = share(table(self.status.get("display_status")).get("progress"), 1.0)
        return by_slicer or share(table(self.status.get("virtual_sdcard")).get("progress"), 1.0)

    def _seconds_left(self, progress: float | None) -> int | None:
        passed, planned = number(self._stats.get("print_duration")) or 0.0, number(self._about.get("estimated_time"))
        if planned:
            return max(0, round(planned - passed))
        return round(passed / progress - passed) if progress and progress > 0.02 and passed else None

    @property
    def _about(self) -> dict:
        return self.about if self.described == self.file else {}

    def _values(self, has_work: bool) -> dict[str, float]:
        nozzle, bed = table(self.status.get("extruder")), table(self.status.get("heater_bed"))
        fan, speed = number(table(self.status.get("fan")).get("speed")), table(self.status.get("gcode_move"))
        factor, info = number(speed.get("speed_factor")), table(self._stats.get("info"))
        used = number(self._stats.get("filament_used"))
        return known(
            nozzle_c=nozzle.get("temperature"),
            nozzle_target_c=nozzle.get("target"),
            bed_c=bed.get("temperature"),
            bed_target_c=bed.get("target"),
            fan_percent=None if fan is None else round(fan * 100),
            speed_percent=None if factor is None else round(factor * 100),
            layer=info.get("current_layer"),
            layers=info.get("total_layer"),
            grams=_weight(self._about) if has_work else None,
            grams_used=_grams(self._about, used) if has_work else None,
            metres_used=used / 1000 if has_work and used is not None else None,
        )


def _weight(about: dict) -> float | None:
    weights = about.get("filament_weights")
    by_tool = [number(each) or 0.0 for each in weights] if isinstance(weights, list) else []
    return number(about.get("filament_weight_total")) or sum(by_tool) or None


def _grams(about: dict, millimetres: float | None) -> float | None:
    """Of what was pushed through, by what the slicer says the whole length weighs."""
    length, weight = number(about.get("filament_total")), _weight(about)
    return weight * millimetres / length if weight and length and millimetres is not None else None


def first_line(words) -> str:
    """Errors come with a trace behind."""
    return next((line.strip()[:200] for line in str(words or "").splitlines() if line.strip()), "")
