"""Energy meters: what they say becomes a counter that never goes back, and the energy of any stretch of time.

A meter that was reset or replaced starts anew; what it had counted stays counted. Whether the machine works or waits is
guessed from its power, between two thresholds of its own, and is never more than a guess.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from laseros.core.drivers import Reading
from laseros.core.retry import retried
from machines import sealing
from machines.believing import believable
from machines.models import Machine, Meter, Sample

EVERY = timedelta(seconds=10)
SAMPLE_EVERY = timedelta(seconds=30)
SAMPLE_EVERY_IDLE = timedelta(minutes=5)
STALE_AFTER = timedelta(minutes=5)
NEAR = timedelta(minutes=5)  # further from a sample, it is an estimate
FAR = timedelta(hours=1)  # further, nobody knows
MOST_AT_ONCE = 1000.0  # kWh between two readings: more is no consumption


@dataclass(frozen=True)
class Used:
    kwh: float
    is_estimate: bool


def of(machine: Machine) -> Meter | None:
    return Meter._base_manager.filter(machine_id=machine.pk).first()


def options_for(meter: Meter) -> dict:
    return {**meter.options, **sealing.opened(meter.sealed)}


def signature(meter: Meter) -> tuple:
    """What makes it another connection when it changes."""
    return repr(meter.options), meter.sealed


def is_stale(meter: Meter) -> bool:
    return meter.heard_at is None or timezone.now() - meter.heard_at > STALE_AFTER


# --- what it says -------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def take(machine: Machine, reading: Reading, at: datetime) -> Meter | None:
    """One reading, heard at `at`. Late ones are passed over."""
    values = believable(reading).values
    meter = Meter._base_manager.select_for_update().filter(machine_id=machine.pk).first()
    if meter is None or not values or (meter.heard_at is not None and at <= meter.heard_at):
        return meter
    counter = values.get("energy_kwh")
    if counter is not None:
        step = 0.0 if meter.counter_kwh is None else counter - meter.counter_kwh
        if 0 < step <= MOST_AT_ONCE:
            meter.total_kwh += step
        meter.counter_kwh = counter
    before = meter.guess
    meter.power_w = values.get("power_w", meter.power_w)
    meter.guess, meter.heard_at, meter.why = guessed(meter), at, ""
    every = SAMPLE_EVERY if meter.guess == Meter.Guess.CUTTING else SAMPLE_EVERY_IDLE
    if meter.sampled_at is None or meter.guess != before or at - meter.sampled_at >= every:
        meter.sampled_at = at
        sample = {"energy_kwh": round(meter.total_kwh, 6)}
        if meter.power_w is not None:
            sample["power_w"] = round(meter.power_w, 1)
        Sample._base_manager.get_or_create(
            machine=machine, at=at, defaults={"workspace_id": machine.workspace_id, "values": sample}
        )
    meter.save()
    return meter


def guessed(meter: Meter) -> str:
    """Between the thresholds it is as it was: a laser that waits for a pierce has not stopped."""
    if meter.power_w is None:
        return ""
    if meter.power_w >= meter.cutting_w:
        return Meter.Guess.CUTTING
    if meter.power_w <= meter.idle_w:
        return Meter.Guess.IDLE
    return meter.guess


def lost(machine: Machine, why: str) -> None:
    Meter._base_manager.filter(machine_id=machine.pk).exclude(why=why[:300]).update(why=why[:300])


# --- what was used ------------------------------------------------------------------------------------------------


def used(machine_pk: int, began: datetime, ended: datetime) -> Used | None:
    """The difference of the counter between two moments; None where no meter knows."""
    meter = Meter._base_manager.filter(machine_id=machine_pk).first()
    if meter is None:
        return None
    first, last = _counter_at(meter, began), _counter_at(meter, ended)
    if first is None or last is None:
        return None
    return Used(max(0.0, last[0] - first[0]), first[1] or last[1])


def _counter_at(meter: Meter, moment: datetime) -> tuple[float, bool] | None:
    """(kWh, is an estimate), between the samples before and after."""
    rows = Sample._base_manager.filter(machine_id=meter.machine_id, values__has_key="energy_kwh")
    before = rows.filter(at__lte=moment).order_by("-at").first()
    after = rows.filter(at__gt=moment).order_by("at").first()
    points = [(row.at, row.values["energy_kwh"]) for row in (before, after) if row is not None]
    if after is None and meter.heard_at is not None:
        points.append((meter.heard_at, meter.total_kwh))
    points = sorted(set(points))
    if not points:
        return None
    nearest = min(abs(at - moment) for at, _kwh in points)
    is_within = points[0][0] <= moment <= points[-1][0]
    if nearest > (FAR if is_within else NEAR):
        return None  # before the meter was there, or after it fell silent
    return _between(points, moment), nearest > NEAR


def _between(points: list[tuple[datetime, float]], moment: datetime) -> float:
    earlier = [point for point in points if point[0] <= moment]
    later = [point for point in points if point[0] > moment]
    if not earlier or not later:
        return min(points, key=lambda point: abs(point[0] - moment))[1]
    (start, low), (end, high) = earlier[-1], later[0]
    return low + (high - low) * ((moment - start) / (end - start))
