"""Which watcher looks after which machine. One each, claimed by compare-and-swap, good for ten seconds at a time.

A watcher that dies stops renewing; the next one to look takes its machines over, twelve seconds later at most. Watchers
share fairly: each says that it is there, holds at most its part, and gives one machine a round to whoever has fewer.
"""

import math
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from laseros.core.drivers import State
from machines import drivers
from machines.models import Machine, MachineStatus, WatcherSeat

LEASE = timedelta(seconds=10)
BUSY = (State.PREPARING, State.RUNNING, State.PAUSED)
LOOK_EVERY = 2.0  # seconds between two rounds of a watcher


def round_of(owner: str, most: int | None = None) -> list[Machine]:
    """Renew what `owner` holds, claim what is free, answer what it should watch now: at most `most`, and its part.

    What it holds beyond its part it watches no more, one machine a round; it lets go of its link first and then of the
    lease (`release`), so that no machine ever has two.
    """
    now = timezone.now()
    sit_down(owner, most, now)
    renew(owner, now)
    held, part = _held(owner), part_of(owner, now)
    if len(held) > part:
        leaving = _quietest(held)
        return [machine for machine in held if machine.pk != leaving]
    return _held(owner) if claim(owner, now, part - len(held)) else held


def sit_down(owner: str, most: int | None, now: datetime) -> None:
    """Say that this watcher is at work, and clear the seats of those who are gone."""
    WatcherSeat.objects.update_or_create(owner=owner, defaults={"most": most, "until": now + LEASE})
    WatcherSeat.objects.filter(until__lt=now).delete()


def part_of(owner: str, now: datetime) -> int:
    """How many machines are this watcher's: as many as everybody's, and what those leave who want fewer."""
    seats = dict(WatcherSeat.objects.filter(until__gte=now).values_list("owner", "most"))
    left, rest = len(seats), _watched().count()
    mine = seats[owner]
    for most in sorted(math.inf if most is None else most for most in seats.values()):
        fair = math.ceil(rest / left)
        if most >= fair:
            return fair if mine is None else min(fair, mine)
        rest, left = rest - int(most), left - 1
    return mine or 0


def _quietest(held: list[Machine]) -> int:
    """One that does nothing, if there is one: whoever takes it has nothing to miss."""
    busy = set(
        MachineStatus._base_manager.filter(machine__in=held, current__in=BUSY).values_list("machine_id", flat=True)
    )
    return max(held, key=lambda machine: (machine.pk not in busy, machine.pk)).pk


def renew(owner: str, now: datetime) -> int:
    return _watched().filter(lease_owner=owner).update(lease_until=now + LEASE)


def claim(owner: str, now: datetime, room: int | None = None) -> int:
    """Claim machines nobody holds, `room` of them at most. Where another watcher was quicker, the next one is tried."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now) | Q(lease_owner="")
    claimed = 0
    for pk in _watched().filter(free).order_by("pk").values_list("pk", flat=True):
        if room is not None and claimed >= room:
            break
        claimed += Machine._base_manager.filter(free, pk=pk).update(lease_owner=owner, lease_until=now + LEASE)
    return claimed


def release(owner: str, machine_pks=None) -> int:
    """Give back machines, all of them when none are named, so that nobody has to wait for the leases to run out."""
    rows = Machine._base_manager.filter(lease_owner=owner)
    if machine_pks is not None:
        rows = rows.filter(pk__in=machine_pks)
    else:
        WatcherSeat.objects.filter(owner=owner).delete()
    return rows.update(lease_owner="", lease_until=None)


def archived() -> list[Machine]:
    return list(Machine._base_manager.exclude(archived_at=None).select_related("workspace").order_by("pk"))


def unwatched(machine_pks) -> set[int]:
    """Those of them that nobody is to watch any more: archived, or worked by hand now."""
    return set(machine_pks) - set(_watched().filter(pk__in=machine_pks).order_by("pk").values_list("pk", flat=True))


def _watched():
    return Machine._base_manager.filter(archived_at=None, workspace__is_active=True).exclude(
        driver__in=drivers.UNWATCHED, meter=None
    )


def _held(owner: str) -> list[Machine]:
    return list(_watched().filter(lease_owner=owner).select_related("workspace", "meter").order_by("pk"))
