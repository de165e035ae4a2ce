"""The clock of one person: started, paused, stopped, and corrected with a reason.

One runs at a time. Starting on something else stops the one before, because that is what happened.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, station
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production.models import Job, LabourTime, Operation
from production.states import LABOUR, OVER_JOB

OPEN = ("running", "paused")
LONGEST = timedelta(hours=16)  # nobody works longer at one thing


def open_of(person) -> LabourTime | None:
    related = ("job", "operation__job_line", "operation__sheet__nest")
    return LabourTime.objects.filter(person=person, state__in=OPEN).select_related(*related).first()


def glance(person) -> LabourTime | None:
    """The same for a page that says only which job it is, since when and how it stands."""
    rows = LabourTime.objects.filter(person=person, state__in=OPEN).select_related("job")
    return rows.only("state", "started_at", "paused_at", "paused_seconds", "job__number").first()


def is_forgotten(clock: LabourTime) -> bool:
    """It was begun on another day and nobody stopped it: only the person knows when they went."""
    return clock.state == "running" and timezone.localdate(clock.started_at) < timezone.localdate()


@retried
@transaction.atomic
def start(by, job: Job, operation: Operation | None = None) -> LabourTime:
    """Pressed twice it runs once; a paused one goes on. Raises `Refused` with code "forgotten", "state" or "stale"."""
    mine = open_of(by)
    if mine is not None and (mine.job_id, mine.operation_id) == (job.pk, operation.pk if operation else None):
        if is_forgotten(mine):
            raise _forgotten(mine)
        return resume(mine, by) if mine.state == "paused" else mine
    if job.state in OVER_JOB:
        raise Refused(_("%(job)s is %(state)s.") % {"job": job.number, "state": job.get_state_display()}, code="state")
    if mine is not None:
        stop(mine, by)
    try:
        with transaction.atomic():
            clock = LabourTime.objects.create(
                workspace_id=job.workspace_id, person=by, job=job, operation=operation, station=station.current()
            )
    except IntegrityError:
        raise Refused(_("Somebody was quicker. Look at it again."), code="stale") from None
    activity.record("started", clock, by)
    return clock


@retried
@transaction.atomic
def pause(clock: LabourTime, by) -> LabourTime:
    if is_forgotten(clock):
        raise _forgotten(clock)
    LABOUR.move(clock, "pause", paused_at=timezone.now())
    activity.record("paused", clock, by)
    return clock


@retried
@transaction.atomic
def resume(clock: LabourTime, by) -> LabourTime:
    fresh = LabourTime.objects.get(pk=clock.pk)
    rest = (timezone.now() - fresh.paused_at).total_seconds() if fresh.paused_at else 0
    LABOUR.move(clock, "resume", paused_at=None, paused_seconds=fresh.paused_seconds + max(0, round(rest)))
    activity.record("resumed", clock, by)
    return clock


@retried
@transaction.atomic
def stop(clock: LabourTime, by, *, until: datetime | None = None) -> LabourTime:
    """`until` is asked for when it was forgotten: code "forgotten", or "time" for one that cannot be."""
    fresh = LabourTime.objects.select_related("job", "person").get(pk=clock.pk)
    if fresh.state == "stopped":
        return fresh
    if until is None and is_forgotten(fresh):
        raise _forgotten(fresh)
    end = until or fresh.paused_at or timezone.now()
    # What was paused is known only as a sum: an earlier end can make no more of it than there was before.
    paused = 0 if fresh.paused_at and until and until < fresh.paused_at else fresh.paused_seconds
    _check(fresh.started_at, end, paused)
    seconds = round((end - fresh.started_at).total_seconds()) - paused
    LABOUR.move(fresh, "stop", stopped_at=end, paused_at=None, paused_seconds=paused, seconds=max(0, seconds))
    details = {"until": end} if until else {}
    activity.record("finished", fresh, by, details=details)
    return fresh


@retried
@transaction.atomic
def correct(clock: LabourTime, by, *, started_at: datetime, stopped_at: datetime, why: str) -> LabourTime:
    """Another beginning or end, with the reason; the log keeps both. Only of what is stopped."""
    why = " ".join(why.split())[:200]
    if not why:
        raise Refused(_("Say why."), code="why", field="why")
    fresh = LabourTime.objects.select_related("job", "person").get(pk=clock.pk)
    _check(started_at, stopped_at, fresh.paused_seconds)
    seconds = round((stopped_at - started_at).total_seconds()) - fresh.paused_seconds
    before = {"started": fresh.started_at, "stopped": fresh.stopped_at}
    LABOUR.move(fresh, "correct", started_at=started_at, stopped_at=stopped_at, seconds=seconds, corrected=True)
    changed = activity.changes(before, {"started": started_at, "stopped": stopped_at})
    activity.record("corrected", fresh, by, details={**changed, "why": why})
    return fresh


def _check(start: datetime, end: datetime, paused: int) -> None:
    if end < start or end > timezone.now() + timedelta(minutes=1):
        raise Refused(_("It ends after it began and not in the future."), code="time", field="stopped_at")
    if end - start > LONGEST:
        raise Refused(_("More than 16 hours at one thing is a mistake."), code="time", field="stopped_at")
    if (end - start).total_seconds() < paused:
        raise Refused(_("The pause was longer than that."), code="time", field="stopped_at")


def _forgotten(clock: LabourTime) -> Refused:
    words = _("Your clock for %(job)s has been running since another day. Say first until when you worked.")
    return Refused(words % {"job": clock.job.number}, code="forgotten")
