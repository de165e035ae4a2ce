"""Numbers such a machine would show: heating, holding with a ripple, cooling. Good enough to look at."""

import math

from laseros.core.drivers import State

AMBIENT_C = 23.0
NOZZLE_C, BED_C = 215.0, 60.0
ERRORS = {"laser": "Assist gas pressure too low", "printer": "Filament has run out"}


def values(kind: str, work, now: float, power_w: float) -> dict[str, float]:
    """Temperatures of a printer, power and gas of a laser; `work` is None when the machine is idle."""
    state = work.state(now) if work else State.IDLE
    ripple = math.sin(now / 3.1)
    if kind == "laser":
        cutting = state == State.RUNNING
        return {
            "power_w": round(power_w * (0.78 + 0.05 * ripple)) if cutting else 0,
            "gas_bar": round(0.8 + 0.03 * ripple, 2) if cutting else 0.0,
        }
    warm = _warmth(work, state, now)
    return {
        "nozzle_c": round(AMBIENT_C + (NOZZLE_C - AMBIENT_C) * warm + 0.7 * ripple * warm, 1),
        "bed_c": round(AMBIENT_C + (BED_C - AMBIENT_C) * warm + 0.3 * ripple * warm, 1),
    }


def _warmth(work, state: State, now: float) -> float:
    """0 cold to 1 at temperature."""
    if state == State.IDLE:
        return 0.0
    if state == State.PREPARING:
        return 1 - math.exp(-4 * work.elapsed(now) / max(work.preparing, 0.001))
    if state == State.FINISHED:
        return math.exp(-max(0.0, now - work.moment_of(1.0)) / 240)
    return 1.0
