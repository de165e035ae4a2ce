"""Temperatures and power for the chart: seldom enough to keep, often enough to see a fault in."""

from datetime import datetime, timedelta

from django.db.models import Min
from django.db.models.functions import TruncHour
from django.utils import timezone

from laseros.core.drivers import Reading, State
from machines.models import Machine, MachineStatus, Sample

SHOWN = ("nozzle_c", "nozzle_target_c", "bed_c", "bed_target_c", "chamber_c", "power_w", "gas_bar")
AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)
EVERY = timedelta(seconds=30)
EVERY_IDLE = timedelta(minutes=5)
WHOLE_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=365)


def is_due(status: MachineStatus, reading: Reading, at: datetime) -> bool:
    if not any(name in reading.values for name in SHOWN):
        return False
    return status.sampled_at is None or at - status.sampled_at >= (EVERY if reading.state in AT_WORK else EVERY_IDLE)


def take(machine: Machine, reading: Reading, at: datetime) -> None:
    """In the transaction that writes the reading: no write of its own."""
    values = {name: round(reading.values[name], 2) for name in SHOWN if name in reading.values}
    Sample._base_manager.create(workspace_id=machine.workspace_id, machine=machine, at=at, values=values)


def tidy(now: datetime | None = None) -> int:
    """After a month one an hour stays, after a year none. Answers how many went; runs at night, harmlessly twice."""
    now = now or timezone.now()
    gone = Sample._base_manager.filter(at__lt=now - KEPT_FOR).delete()[0]
    old = Sample._base_manager.filter(at__lt=now - WHOLE_FOR).order_by()
    stay = old.values("machine", hour=TruncHour("at")).annotate(first=Min("pk")).values("first")
    return gone + old.exclude(pk__in=stay).delete()[0]
