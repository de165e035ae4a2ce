"""What machines worked on: one row for each piece of work, whatever happens to the link, the watcher or the server.

Called for every reading that is written, in its transaction and under its compare-and-swap: two watchers never follow
the same reading. A piece of work begins when the machine is at work on it, and ends by the machine's own word: of this
reading (`outcome`), or of what happened while nobody listened (`ended`). An end at first contact is history. What
nobody says an end of is "ended unseen", until the machine or a person does.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.drivers import Ended, Outcome, Reading, State
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines import metering
from machines.models import Machine, MachineJob, MachineStatus
from machines.signals import work_began, work_ended
from machines.words import said

AT_WORK = (State.PREPARING, State.RUNNING, State.PAUSED)
OVER = (State.IDLE, State.FINISHED)
SLACK = timedelta(minutes=3)  # between the machine's clock and what we saw
CLOCKS = timedelta(seconds=10)  # an end before the work began is the last print's of the same file
FRESH = timedelta(minutes=3)  # so long a machine may call new work by the last one's name
CONTINUED = timedelta(seconds=60)
STEP = 0.05  # progress worth a write
WHOLE_NUMBERS = 2**31 - 1
COUNTER = "counter_before"  # in the facts of a machine job


def follow(machine: Machine, status: MachineStatus, reading: Reading, at: datetime) -> MachineJob | None:
    """`status` is how it was before this reading. Answers what the machine is at work on now."""
    job = MachineJob._base_manager.filter(machine=machine, ended_at=None).first()
    if job is not None and not job.native_key and reading.job_key == job.key[:160]:
        reading = replace(reading, job_key="")  # the number is ours
    for end in reading.ended:
        job = _heard_of_end(machine, status, job, end, at)
    if reading.outcome is not None:
        own = Ended(reading.outcome, job_key=reading.job_key, file=reading.file)
        job = _heard_of_end(machine, status, job, own, at, reading)
    if reading.state in AT_WORK and reading.outcome is None:
        return _at_work(machine, status, job, reading, at)
    if reading.state in OVER and job is not None:
        _close(job, Ended(Outcome.UNCLEAR), at, status, reading)
        return None
    return job


def known(reading: Reading, status: MachineStatus) -> str:
    """The house's number for work the machine does not number, while it goes on."""
    if reading.job_key or reading.file != status.file or reading.state not in AT_WORK:
        return reading.job_key
    return status.job_key


# --- beginning and going on ---------------------------------------------------------------------------------------


def _at_work(machine: Machine, status: MachineStatus, job: MachineJob | None, reading: Reading, at: datetime):
    if job is not None and _is_same(job, status, reading, at):
        _go_on(job, reading)
        return job
    if job is not None and _is_its_real_name(job, status, reading, at):
        job.key, job.native_key = _key_for(machine, reading, at), reading.job_key
        job.name, job.file = reading.job_name, reading.file
        job.save(update_fields=["key", "native_key", "name", "file"])
        return job
    if job is not None:
        _close(job, Ended(Outcome.UNCLEAR), at, status, reading)
    unclear = _latest(machine, reading.job_key) if reading.job_key else None
    if unclear is not None and unclear.outcome == Outcome.UNCLEAR and not unclear.settled:
        # It was not over: it is the very same work again.
        MachineJob._base_manager.filter(pk=unclear.pk).update(ended_at=None, outcome="", grams=None, kwh=None)
        unclear.refresh_from_db()
        return unclear
    return _begin(machine, reading, at)


def _begin(machine: Machine, reading: Reading, at: datetime) -> MachineJob:
    progress = reading.progress or 0.0
    job = MachineJob._base_manager.create(
        workspace_id=machine.workspace_id,
        machine=machine,
        key=_key_for(machine, reading, at),
        native_key=reading.job_key,
        name=reading.job_name,
        file=reading.file,
        started_at=at,
        progress=progress,
        seen_from=progress,
        grams_planned=reading.values.get("grams"),
        kwh_before=reading.values.get("energy_kwh"),
        feeding=_fed({}, reading, progress),
        facts=_counter(reading),
    )
    transaction.on_commit(lambda: work_began.send_robust(sender=MachineJob, machine=machine, job=job))
    return job


def _key_for(machine: Machine, reading: Reading, at: datetime) -> str:
    if not reading.job_key:
        return f"{(reading.file or reading.job_name)[-150:]}@{at:%Y-%m-%dT%H:%M:%S.%fZ}"
    before = MachineJob._base_manager.filter(machine=machine, native_key=reading.job_key).count()
    return f"{reading.job_key}#{before + 1}" if before else reading.job_key


def _is_same(job: MachineJob, status: MachineStatus, reading: Reading, at: datetime) -> bool:
    if reading.job_key or job.native_key:
        return reading.job_key == job.native_key
    if reading.file != job.file:
        return False
    was_heard = status.current in AT_WORK and status.seen_at is not None and at - status.seen_at < CONTINUED
    # The same file, further back than it was when it was last heard of: begun anew while nobody listened.
    return was_heard or reading.progress is None or reading.progress >= job.progress - 0.02


def _is_its_real_name(job: MachineJob, status: MachineStatus, reading: Reading, at: datetime) -> bool:
    """The machine began under the last work's name and only now says the right one."""
    young = at - job.started_at < FRESH and job.progress <= STEP and (reading.progress or 0.0) <= STEP
    if not young or status.current not in AT_WORK:
        return False
    return not MachineJob._base_manager.filter(machine=job.machine_id, native_key=reading.job_key).exists() or (
        not reading.job_key
    )


def _go_on(job: MachineJob, reading: Reading) -> None:
    """Progress in steps: the status has it exactly."""
    more = {}
    if reading.progress is not None and reading.progress - job.progress >= STEP:
        more["progress"] = reading.progress
    if job.grams_planned is None and reading.values.get("grams"):
        more["grams_planned"] = reading.values["grams"]
    if job.kwh_before is None and "energy_kwh" in reading.values:
        more["kwh_before"] = reading.values["energy_kwh"]
    if COUNTER not in job.facts and _counter(reading):
        more["facts"] = job.facts | _counter(reading)
    if not job.name and reading.job_name:
        more["name"] = reading.job_name
    feeding = _fed(job.feeding, reading, job.progress if reading.progress is None else reading.progress)
    if feeding != job.feeding:
        more["feeding"] = feeding
    if more:
        MachineJob._base_manager.filter(pk=job.pk).update(**more)
        for name, value in more.items():
            setattr(job, name, value)


def _fed(feeding: dict, reading: Reading, progress: float) -> dict:
    """What feeds it from here on; the same again while the slot is the same."""
    active = [tray.slot for tray in reading.trays if tray.active]
    slots = active or ([reading.trays[0].slot] if len(reading.trays) == 1 else [])
    if not slots or slots[0] == feeding.get("slot"):
        return feeding
    return {"slot": slots[0], "from": progress, "shares": _shares(feeding, progress)}


def _shares(feeding: dict, progress: float) -> dict[str, float]:
    """How much of the work each slot has fed, when it is this far."""
    shares = dict(feeding.get("shares", {}))
    if "slot" in feeding:
        slot = feeding["slot"]
        shares[slot] = shares.get(slot, 0.0) + max(0.0, progress - feeding["from"])
    return shares


# --- ending -------------------------------------------------------------------------------------------------------


def _heard_of_end(machine, status, job, end: Ended, at: datetime, reading: Reading | None = None):
    """Close what the machine says is over. Answers what is still open."""
    seen = status.first_seen_at
    if not end.job_key and end.at is not None and seen is not None and end.at < seen:
        return job  # all we know of began later
    found = _meant(machine, job, end)
    if found is not None:
        if found.ended_at is None or (found.outcome == Outcome.UNCLEAR and not found.settled):
            _close(found, end, end.at or at, status, reading)
        return None if job is not None and found.pk == job.pk else job
    first = status.first_seen_at if reading is None else None  # its own end at first contact is history
    if first is not None and end.at is not None and end.at > first and (end.job_key or end.file):
        _unseen(machine, end)
    return job


def _meant(machine: Machine, job: MachineJob | None, end: Ended) -> MachineJob | None:
    if end.job_key:
        found = job if job is not None and job.native_key == end.job_key else _latest(machine, end.job_key)
        return found or (_unnumbered(machine, end) if end.file and end.at is not None else None)
    if not end.file and end.at is None:
        return job  # whatever it was at
    if end.at is None:
        return job if job is not None and not job.native_key and job.file == end.file else None
    return _unnumbered(machine, end)


def _unnumbered(machine: Machine, end: Ended) -> MachineJob | None:
    """By file and time, of what the machine gave no number while it was at it."""
    rows = MachineJob._base_manager.filter(machine=machine, native_key="", file=end.file)
    near = Q(ended_at__isnull=False, ended_at__gte=end.at - SLACK, ended_at__lte=end.at + SLACK)
    unclear = Q(outcome=Outcome.UNCLEAR, settled=False, ended_at__gte=end.at - SLACK)
    running = Q(ended_at=None) | unclear
    found = rows.filter(near | running, started_at__lte=end.at + CLOCKS).order_by("-started_at").first()
    if found is not None and found.started_at > end.at:
        # Clocks differ, or it is the end of the one before, and this one was begun anew a moment later.
        told = rows.filter(ended_at__range=(end.at - CLOCKS, end.at + CLOCKS), outcome=end.outcome)
        return told.order_by("-started_at").first() or found
    return found


def _latest(machine: Machine, native_key: str) -> MachineJob | None:
    rows = MachineJob._base_manager.filter(machine=machine, native_key=native_key)
    return rows.order_by(F("ended_at").desc(nulls_first=True), "-id").first()


def _close(job: MachineJob, end: Ended, at: datetime, status: MachineStatus | None, reading: Reading | None) -> None:
    progress = 1.0 if end.outcome == Outcome.FINISHED else _last_progress(job, status, reading)
    values = reading.values if reading is not None else {}
    grams = end.grams if end.grams is not None else values.get("grams_used")
    if grams is None and job.grams_planned is not None:
        grams = job.grams_planned * progress
    fields = {
        "ended_at": max(at, job.started_at),
        "outcome": end.outcome.value,
        "why": said(reading.message)[:300] if reading is not None and end.outcome == Outcome.FAILED else "",
        "progress": progress,
        "grams": grams,
        "metres": _metres(end, values, progress),
        **_energy(job, values, max(at, job.started_at)),
        **told_of(end),
        "facts": _with_parts(job.facts, values) | told_of(end)["facts"],
        "feeding": {**job.feeding, "from": progress, "shares": _shares(job.feeding, progress)} if job.feeding else None,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    rows = MachineJob._base_manager.filter(pk=job.pk, settled=False)
    if rows.filter(Q(ended_at=None) | Q(outcome=Outcome.UNCLEAR)).update(**fields):
        for name, value in fields.items():
            setattr(job, name, value)
        transaction.on_commit(lambda: work_ended.send_robust(sender=MachineJob, machine=job.machine, job=job))


def _metres(end: Ended, values: dict, progress: float) -> float | None:
    if end.metres is not None:
        return end.metres
    planned = values.get("metres")
    return values.get("metres_used", None if planned is None else planned * progress)


def _energy(job: MachineJob, values: dict, ended: datetime) -> dict:
    """By the machine's own counter, else by the meter beside it."""
    own = _used(job.kwh_before, values.get("energy_kwh"))
    if own is not None:
        return {"kwh": own}
    return metered(job.machine_id, job.started_at, ended)


def metered(machine_pk: int, began: datetime, ended: datetime) -> dict:
    """By the meter beside the machine, as the fields of a machine job; nothing where it does not know."""
    used = metering.used(machine_pk, began, ended)
    return {} if used is None else {"kwh": used.kwh, "kwh_is_estimate": used.is_estimate}


def _counter(reading: Reading) -> dict:
    """Where the machine's own counter of pieces stood."""
    return {COUNTER: reading.values["parts"]} if "parts" in reading.values else {}


def _with_parts(facts: dict, values: dict) -> dict:
    """What was counted meanwhile. A counter that went back was reset, and one that stood still may yet count."""
    parts = _used(facts.get(COUNTER), values.get("parts"))
    return {**facts, "parts": parts} if parts else facts


def _used(before: float | None, after: float | None) -> float | None:
    """By a counter; one that went back was reset, and then nobody knows."""
    return None if before is None or after is None or after < before else after - before


def _last_progress(job: MachineJob, status: MachineStatus | None, reading: Reading | None) -> float:
    """How far it was when it was last at work: by its layers where it counts them, they are what lies on the bed."""
    its = status is not None and status.current in AT_WORK and status.job_key in ("", job.native_key, job.key[:160])
    values = status.values if its else {}
    layer, layers = values.get("layer"), values.get("layers")
    if layer and layers:
        return max(0.0, min(1.0, layer / layers))
    heard = [job.progress]
    if its and status.progress is not None:
        heard.append(status.progress)
    if reading is not None and reading.progress is not None and reading.outcome is not None and reading.progress < 1:
        heard.append(reading.progress)
    return max(heard)


def _unseen(machine: Machine, end: Ended) -> None:
    """Begun and ended while nobody listened: the machine's own list has it."""
    key = end.job_key or f"{end.file[-150:]}@{end.at:%Y-%m-%dT%H:%M:%SZ}"
    job, made = MachineJob._base_manager.get_or_create(
        machine=machine,
        key=key,
        defaults={
            "workspace_id": machine.workspace_id,
            "native_key": end.job_key,
            "name": (end.job_name or end.file.rpartition("/")[2])[:200],
            "file": end.file[:300],
            "started_at": min(end.began or end.at, end.at),
            "ended_at": end.at,
            "outcome": end.outcome.value,
            "progress": 1.0 if end.outcome == Outcome.FINISHED else 0.0,
            "grams": end.grams,
            "metres": end.metres,
            "reported": end.reported,
            **told_of(end),
            **(metered(machine.pk, min(end.began, end.at), end.at) if end.began else {}),
        },
    )
    if made:
        transaction.on_commit(lambda: work_ended.send_robust(sender=MachineJob, machine=machine, job=job))


def told_of(end: Ended) -> dict:
    """What a machine's own list or report tells besides, as the fields of a machine job."""
    facts = dict(end.facts)
    pierces = facts.pop("pierces", None)
    return {
        "pierces": None if pierces is None or pierces > WHOLE_NUMBERS else round(pierces),
        "cut_seconds": facts.pop("cut_seconds", None),
        "facts": facts,
    }


# --- what people say ----------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def settle(job: MachineJob, outcome: str, by) -> None:
    """A person says how it ended. Refused (code "state") unless it ended unseen."""
    rows = MachineJob._base_manager.filter(pk=job.pk, outcome=Outcome.UNCLEAR)
    more = {}
    if outcome == Outcome.FINISHED:
        # What was reckoned by how far it was seen is reckoned to its end.
        more = {"progress": 1.0} | ({"grams": job.grams_planned} if job.grams_planned is not None else {})
    if not rows.update(outcome=Outcome(outcome).value, settled=True, **more):
        raise Refused(_("How %(work)s ended is known already.") % {"work": job}, code="state")
    job.refresh_from_db()
    activity.record("confirmed", job, by, details={"what": job.get_outcome_display()})
    transaction.on_commit(lambda: work_ended.send_robust(sender=MachineJob, machine=job.machine, job=job))


@retried
@transaction.atomic
def claim(job: MachineJob, work: str, by=None, picture: str = "") -> bool:
    """It belongs to this work, in the words of who knows it; "" for no job's. False when that was said before.

    `picture` is the address of one on these pages.
    """
    kind = MachineJob.Claim.OURS if work else MachineJob.Claim.NOBODYS
    rows = MachineJob._base_manager.filter(pk=job.pk).exclude(claim=kind, work=work[:200])
    if not rows.update(claim=kind, work=work[:200], picture=picture):
        return False
    job.claim, job.work, job.picture = kind, work[:200], picture
    activity.record("assigned", job, by, details={"what": work or job.get_claim_display()})
    return True
