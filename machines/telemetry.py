"""What machines say becomes a row: the latest in `MachineStatus`, every change of state once in `StateChange`.

Readings come as often as a machine likes to talk. A change is written at once; progress at most every ten seconds, and
a machine with nothing new is noted often enough to be told from a silent one.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from laseros.core.drivers import Reading, State
from laseros.core.retry import retried
from machines import bell, confirming, drivers, machine_jobs, samples
from machines.believing import believable, beside, kept_of, reading_of
from machines.models import Machine, MachineStatus, StateChange
from machines.signals import state_changed
from machines.words import said

PROGRESS_EVERY = timedelta(seconds=10)
UNCHANGED_EVERY = timedelta(seconds=20)
STALE_AFTER = timedelta(seconds=60)


def ingest(machine: Machine, reading: Reading, at: datetime | None = None) -> StateChange | None:
    """Take one reading, heard at `at`. Answers the change of state it was, if it was one.

    Readings that come twice, late, or too soon after the last are passed over. For a machine without a connection
    production calls this with what the operator says.
    """
    now = timezone.now()
    at = min(at or now, now)  # a clock that runs ahead would make everything after it late
    reading = believable(reading)
    for _attempt in range(3):
        status = status_of(machine)
        if status.seen_at is not None and at < status.seen_at:
            return None
        reading = replace(reading, job_key=machine_jobs.known(reading, status))
        if not drivers.tells_state(machine.driver):
            reading = beside(reading, status)
        last = as_reading(status) if status.seen_at else None
        if not is_due(last, status.seen_at, reading, at):
            return None
        written, change = _write(machine, status, reading, at, seen_at=at)
        if written:
            return change
    return None  # others write about this machine faster than we: theirs is as good


def pictured(machine: Machine, job_key: str, picture: str) -> None:
    """What the work with this key looks like, of a machine that production says the state of."""
    MachineStatus._base_manager.filter(machine=machine, job_key=job_key).update(picture=picture)


def offline(machine: Machine, why: str) -> StateChange | None:
    """The link is gone. What was on the machine stays open: offline says nothing about the work."""
    now = timezone.now()
    for _attempt in range(3):
        status = status_of(machine)
        reading = believable(
            Reading(
                State.OFFLINE,
                job_key=status.job_key,
                job_name=status.job_name,
                progress=status.progress,
                seconds_left=status.seconds_left,
                message=why,
                file=status.file,
                values=_frozen(status.values),
            )
        )
        if status.current == State.OFFLINE and status.message == reading.message:
            return None
        written, change = _write(machine, status, reading, now, seen_at=status.seen_at)
        if written:
            return change
    return None


def is_due(last: Reading | None, written_at: datetime | None, reading: Reading, at: datetime) -> bool:
    """Whether a reading is worth a write, after `last` was written at `written_at`."""
    if last is None or written_at is None:
        return True
    if (reading.state, reading.job_key) != (last.state, last.job_key):
        return True
    if (reading.outcome and reading.outcome != last.outcome) or (reading.ended and reading.ended != last.ended):
        return True
    return at - written_at >= (UNCHANGED_EVERY if reading == last else PROGRESS_EVERY)


def is_stale(machine: Machine, status: MachineStatus, now: datetime) -> bool:
    return is_silent(machine.driver, status.current, status.seen_at, now)


def is_silent(driver: str, current: str, seen_at: datetime | None, now: datetime) -> bool:
    """Nothing heard for longer than a live machine is silent: what is known is how it was, not how it is."""
    if not drivers.tells_state(driver) or current in (State.OFFLINE, State.UNKNOWN):
        return False
    return seen_at is None or now - seen_at > STALE_AFTER


def status_of(machine: Machine) -> MachineStatus:
    rows = MachineStatus._base_manager
    status = rows.filter(machine_id=machine.pk).first()
    return status or rows.get_or_create(machine_id=machine.pk, defaults={"workspace_id": machine.workspace_id})[0]


def as_reading(status: MachineStatus) -> Reading:
    return reading_of(status)


@retried
@transaction.atomic
def _write(machine: Machine, status: MachineStatus, reading: Reading, at: datetime, *, seen_at: datetime | None):
    """One compare-and-swap on the version: (False, None) when somebody else wrote meanwhile."""
    changed = (reading.state, reading.job_key) != (status.current, status.job_key)
    heard = seen_at == at  # not that the link is gone
    version = status.version + 1
    fields = {
        "current": reading.state.value,
        "raw_state": reading.raw_state,
        "since": at if changed or status.since is None else status.since,
        "seen_at": seen_at,
        "job_key": reading.job_key,
        "job_name": reading.job_name,
        "progress": reading.progress,
        "seconds_left": reading.seconds_left,
        "message": said(reading.message),
        "picture": status.picture if reading.job_key == status.job_key else "",
        "version": version,
        **kept_of(reading),
    }
    if heard and status.first_seen_at is None:
        fields["first_seen_at"] = at
    if heard and samples.is_due(status, reading, at):
        fields["sampled_at"] = at
    rows = MachineStatus._base_manager.filter(pk=machine.pk, version=status.version)
    if not rows.update(**fields):
        return False, None
    if heard and drivers.tells_state(machine.driver):
        reading = _followed(machine, status, reading, at)
        changed = changed or reading.job_key != status.job_key
    if "sampled_at" in fields:
        samples.take(machine, reading, at)
    if changed or reading.message != status.message:  # progress is looked for once a second anyway
        transaction.on_commit(bell.wake)
    if heard and (changed or reading.outcome is not None):
        confirming.confirm(machine, reading.state)
    if not changed:
        return True, None
    change = StateChange._base_manager.create(
        workspace_id=machine.workspace_id,
        machine=machine,
        at=at,
        before=status.current,
        after=reading.state.value,
        job_key=reading.job_key,
        job_name=reading.job_name,
        progress=reading.progress,
        message=said(reading.message),
        version=version,
    )
    transaction.on_commit(lambda: state_changed.send_robust(sender=StateChange, machine=machine, change=change))
    return True, change


def _followed(machine: Machine, status: MachineStatus, reading: Reading, at: datetime) -> Reading:
    """The reading under the number the house gave its work, where the machine gave none."""
    job = machine_jobs.follow(machine, status, reading, at)
    if job is None or job.native_key or reading.state not in machine_jobs.AT_WORK:
        return reading
    key = job.key[:160]
    MachineStatus._base_manager.filter(pk=machine.pk).exclude(job_key=key).update(job_key=key)
    return replace(reading, job_key=key)


def _frozen(values: dict) -> dict:
    """What is still worth knowing when nobody answers any more: no temperature is as it was."""
    return {name: values[name] for name in ("layer", "layers", "grams", "energy_kwh") if name in values}
