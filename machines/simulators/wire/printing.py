"""What a simulated printer does, whatever protocol tells it: one piece of work at a time, by hand or by the clock."""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass, field

AMBIENT = 23.0


@dataclass
class Printing:
    """`phase` is "idle", "preparing", "printing", "paused", "finished", "cancelled" or "failed".

    Whoever speaks for it hears of each change by `changed`. Faults are switched on by name in `faults`.
    """

    nozzle: float = 215.0
    bed: float = 60.0
    layers: int = 200
    grams: float = 42.0
    metres: float = 14.0
    seconds: float = 3600.0
    phase: str = "idle"
    file: str = ""
    number: int = 0
    progress: float = 0.0
    why: str = ""
    faults: set[str] = field(default_factory=set)
    files: dict[str, bytes] = field(default_factory=dict)
    changed: Callable[[], None] = lambda: None

    def begin(self, file: str, *, prepare: bool = False) -> bool:
        """False while it is at work."""
        if self.at_work:
            return False
        self.number += 1
        self.file, self.progress, self.why = file, 0.0, ""
        return self._to("preparing" if prepare else "printing")

    def go_to(self, progress: float) -> None:
        """Print on to this part of the way; at 1 it is finished."""
        self.progress = progress
        self._to("finished" if progress >= 1 else "printing")

    def pause(self) -> bool:
        return self.phase in ("printing", "preparing") and self._to("paused")

    def resume(self) -> bool:
        return self.phase == "paused" and self._to("printing")

    def cancel(self) -> bool:
        return self.at_work and self._to("cancelled")

    def fail(self, why: str) -> None:
        self.why = why
        self._to("failed")

    def clear(self) -> None:
        self.file, self.progress = "", 0.0
        self._to("idle")

    def _to(self, state: str) -> bool:
        self.phase = state
        self.changed()
        return True

    @property
    def at_work(self) -> bool:
        return self.phase in ("preparing", "printing", "paused")

    @property
    def is_hot(self) -> bool:
        return self.at_work

    @property
    def temperatures(self) -> dict[str, float]:
        warm = 0.6 if self.phase == "preparing" else float(self.is_hot)
        return {
            "nozzle": round(AMBIENT + (self.nozzle - AMBIENT) * warm, 1),
            "nozzle_target": self.nozzle if self.is_hot else 0.0,
            "bed": round(AMBIENT + (self.bed - AMBIENT) * warm, 1),
            "bed_target": self.bed if self.is_hot else 0.0,
        }

    @property
    def layer(self) -> int:
        return math.ceil(self.layers * self.progress)

    @property
    def left(self) -> float:
        return self.seconds * (1 - self.progress)

    async def run(self, speed: float = 60.0, every: float = 1.0) -> None:
        """Let the clock move it, `speed` times as fast as a real one."""
        waited = 0.0
        while True:
            await asyncio.sleep(every)
            if self.phase == "preparing":
                waited += every * speed
                if waited > 200:
                    waited = 0.0
                    self._to("printing")
            elif self.phase == "printing":
                self.go_to(min(1.0, self.progress + every * speed / self.seconds))
