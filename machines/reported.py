"""What a machine's reports say after it was over: one machine job for each row, however often the row is read.

Such a machine says nothing of its state. The operator's terminal does, and a report changes nothing of what was said
there.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from laseros.core.drivers import Ended, Outcome, Reading
from laseros.core.retry import retried
from machines import bell, machine_jobs, telemetry
from machines.believing import believable
from machines.models import Machine, MachineJob, MachineStatus
from machines.signals import work_ended


@retried
@transaction.atomic
def note(machine: Machine, reading: Reading, at: datetime) -> int:
    """Take what ended and what troubles it; its state stays. Answers how many pieces of work are new."""
    reading = believable(reading)
    _mark(machine, reading, at)
    rows = MachineJob._base_manager.filter(machine=machine, key__in=[end.job_key for end in reading.ended])
    known = {job.key: job for job in rows}
    made = 0
    for end in reading.ended:
        if end.at is None or not end.job_key:
            continue
        if end.job_key in known:
            _correct(known[end.job_key], end)
        else:
            known[end.job_key] = _make(machine, end)
            made += 1
    return made


def latest(status: MachineStatus) -> datetime | None:
    """When the last work ended that its reports tell of, as its driver says beside them."""
    said = (status.raw or {}).get("latest")
    return datetime.fromisoformat(said) if said else None


def silent(machine: Machine, why: str) -> None:
    """Its reports cannot be read now. It is not away for that: whoever works at it says what it does."""
    status = telemetry.status_of(machine)
    if status.message != why[:300]:
        _update(machine, message=why[:300])


def _mark(machine: Machine, reading: Reading, at: datetime) -> None:
    status = telemetry.status_of(machine)
    said = {"message": "", "troubles": [vars(each) for each in reading.troubles], "raw": reading.raw}
    if status.first_seen_at is None:
        said["first_seen_at"] = at
    if any(getattr(status, name) != value for name, value in said.items()):
        _update(machine, **said)


def _update(machine: Machine, **fields) -> None:
    MachineStatus._base_manager.filter(pk=machine.pk).update(version=F("version") + 1, **fields)
    transaction.on_commit(bell.wake)


def _make(machine: Machine, end: Ended) -> MachineJob:
    job = MachineJob._base_manager.create(
        workspace_id=machine.workspace_id,
        machine=machine,
        key=end.job_key,
        native_key=end.job_key,
        name=end.job_name,
        file=end.file,
        started_at=min(end.began or end.at, end.at),
        ended_at=end.at,
        outcome=end.outcome.value,
        progress=1.0 if end.outcome == Outcome.FINISHED else 0.0,
        reported=True,
        **_said(end),
        **machine_jobs.metered(machine.pk, min(end.began or end.at, end.at), end.at),
    )
    transaction.on_commit(lambda: work_ended.send_robust(sender=MachineJob, machine=machine, job=job))
    return job


def _said(end: Ended) -> dict:
    return {"metres": end.metres, **machine_jobs.told_of(end)}


def _correct(job: MachineJob, end: Ended) -> None:
    """The row was read before it was whole: the later copy has the later end."""
    if job.ended_at is None or end.at <= job.ended_at + timedelta(seconds=1) or end.at > timezone.now():
        return
    fields = {"ended_at": end.at, "outcome": end.outcome.value, **_said(end)}
    MachineJob._base_manager.filter(pk=job.pk, settled=False).update(**fields)
