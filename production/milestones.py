"""Verbs about milestones: planning them for a job, reaching, skipping and taking back; and what events do to them.

Verbs that change a job call `happened` in their own transaction: see docs/adr/0010.
"""

import hashlib
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import telling
from production.milestone_plan import day_for, standard
from production.models import Event, Job, Milestone, MilestoneTemplate
from production.signals import milestone_reached
from production.states import MILESTONE, OVER_JOB

UNDO_SECONDS = 60
GRACE = timedelta(seconds=5)  # from the finger to here
# What an event cannot happen without.
IMPLIED = {
    Event.STARTED: (Event.APPROVED, Event.MATERIAL),
    Event.MADE: (Event.APPROVED, Event.MATERIAL, Event.STARTED),
}
EDITED = ("position", "name", "is_shown", "event", "planned_on", "note")
ITS_OWN = tuple(field.name for field in Milestone._meta.concrete_fields)
STILL = ("on_hold", "cancelled")  # nothing of such a job is moved by hand


def of(job: Job) -> list[Milestone]:
    """In their order, each with its photographs as `pictures`."""
    rows = job.milestones.select_related("by").only(*ITS_OWN, "by__name", "by__email")
    return list(rows.prefetch_related(Prefetch("photos", to_attr="pictures")))


def next_of(rows: list[Milestone]) -> Milestone | None:
    return next((row for row in rows if row.state == "open"), None)


def undo_until(milestone: Milestone) -> datetime | None:
    """Until when anybody at work may take it back; None when it is open, or that time has passed."""
    if milestone.state == "open" or milestone.at is None:
        return None
    until = milestone.at + timedelta(seconds=UNDO_SECONDS)
    return until if timezone.now() <= until else None


def behind():
    """Jobs at work with a milestone whose day has passed while their own due day has not, as a queryset."""
    today = timezone.localdate()
    late = Milestone.objects.filter(job=OuterRef("pk"), state="open", planned_on__lt=today)
    in_time = Q(due_on=None) | Q(due_on__gte=today)
    return Job.objects.filter(in_time, Exists(late), state__in=("approved", "in_progress"))


# --- which ones -------------------------------------------------------------------------------------------------------


def plan(job: Job, template: MilestoneTemplate | None, by) -> None:
    """Give a new job its milestones. In the transaction that opens it."""
    _copy(job, template or standard(job.workspace), first=1)
    happened(job, Event.APPROVED, by)


def _copy(job: Job, template: MilestoneTemplate | None, first: int, without: tuple[str, ...] = ()) -> None:
    rows = [] if template is None else [row for row in template.milestones.all() if row.name not in without]
    Milestone.objects.bulk_create(
        Milestone(
            workspace_id=job.workspace_id, job=job, position=position, name=row.name, is_shown=row.is_shown,
            event=row.event, days_before=row.days_before, planned_on=day_for(job, row.days_before),
        )
        for position, row in enumerate(rows, start=first)
    )  # fmt: skip


@retried
@transaction.atomic
def choose(job: Job, template: MilestoneTemplate, by) -> None:
    """Follow a job by another template. What was reached or skipped stays; what was open is replaced."""
    lock(job)
    job.refresh_from_db()
    kept = list(job.milestones.exclude(state="open"))
    job.milestones.filter(state="open").delete()
    names = tuple(row.name for row in kept)
    _copy(job, template, first=max((row.position for row in kept), default=0) + 1, without=names)
    for event in _past(job):
        happened(job, event, by)
    activity.record("changed", job, by, details={"what": str(MilestoneTemplate._meta.verbose_name), "to": template})


def _past(job: Job) -> list[str]:
    """The events that have happened to a job, as far as it says itself."""
    lines = list(job.lines.filter(parent=None))
    found = [Event.APPROVED]
    if job.started_at is not None:
        found.append(Event.STARTED)
    if job.made_at is not None:
        found.append(Event.MADE)
    if lines and all(line.delivered >= line.quantity for line in lines):
        found.append(Event.DELIVERED)
    if lines and all(line.invoiced >= line.quantity for line in lines):
        found.append(Event.INVOICED)
    return found


@retried
@transaction.atomic
def replan(job: Job) -> None:
    """The due day has changed: what was planned by it is planned anew; days that were typed stay."""
    for row in job.milestones.filter(state="open", days_before__isnull=False):
        Milestone._base_manager.filter(pk=row.pk).update(planned_on=day_for(job, row.days_before))


def look_of(job: Job) -> str:
    """Another text whenever the milestones of a job are others than before."""
    rows = list(Milestone.objects.filter(job=job).order_by("pk").values_list("pk", "state", *EDITED))
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


@retried
@transaction.atomic
def change(job: Job, changed: list[Milestone], removed: list[Milestone], by, *, seen: str = "") -> None:
    """Store edited, new and removed milestones of a job; what was reached or skipped is not removed.

    `seen` is the look they had for whoever edits. Raises `Refused` with code "over", "stale" or "reached".
    """
    lock(job)
    if Job._base_manager.filter(pk=job.pk, state__in=OVER_JOB).exists():
        raise Refused(
            _("%(job)s is over meanwhile: its milestones stay as they are.") % {"job": job.number}, code="over"
        )
    if seen and seen != look_of(job):
        raise Refused(
            _("Somebody reached or changed a milestone meanwhile. Load the page again and repeat your change."),
            code="stale",
        )
    for row in removed:
        if not Milestone.objects.filter(pk=row.pk, state="open").delete()[0]:
            raise Refused(_("“%(name)s” was reached: take that back first.") % {"name": row.name}, code="reached")
    for row in changed:
        row.job, row.workspace_id = job, job.workspace_id
        if row.pk is None:
            row.save()
        else:  # never its state: somebody may be reaching it
            if not Milestone.objects.filter(pk=row.pk, planned_on=row.planned_on).exists():
                row.days_before = None  # typed: it no longer follows the due day
            row.save(update_fields=[*EDITED, "days_before"])
    activity.record("changed", job, by, details={"what": str(Milestone._meta.verbose_name_plural)})


# --- events -----------------------------------------------------------------------------------------------------------


def happened(job: Job, event: str, by) -> list[Milestone]:
    """Reach the open milestones of an event and of what it implies. Called inside the verb that caused it."""
    events = (*IMPLIED.get(event, ()), event)
    rows = Milestone.objects.filter(job=job, event__in=events, state="open").order_by("position", "id")
    return [row for row in rows if _reach(job, row, by, by_event=True)]


def waits_for(job: Job, event: str) -> bool:
    return Milestone.objects.filter(job=job, event=event, state="open").exists()


def no_longer(job: Job, event: str, by) -> None:
    """An event was taken back: what it reached by itself is open again."""
    for row in Milestone.objects.filter(job=job, event=event, state="reached", by_event=True).order_by("position"):
        _open_again(job, row, by, "reopened")


# --- by hand ----------------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def reach(milestone: Milestone, by, *, note: str = "", at: datetime | None = None) -> Milestone:
    """Say that the next milestone of a job is reached, now or `at`. Pressed twice it is reached once.

    Raises `Refused` with code "before" where another one comes first, "state" for a job that is on hold or cancelled.
    """
    job, fresh = _held(milestone)
    if fresh.state == "reached":
        return fresh
    _check_at_work(job)
    first = next_of(of(job))
    if first is not None and first.pk != fresh.pk and fresh.state == "open":
        raise Refused(
            _("“%(first)s” comes before “%(this)s”.") % {"first": first.name, "this": fresh.name}, code="before"
        )
    if not _reach(job, fresh, by, note=note, at=at):
        raise Refused(_("Somebody was quicker. Look at it again."), code="stale")
    return fresh


@retried
@transaction.atomic
def skip(milestone: Milestone, by, *, why: str = "") -> Milestone:
    """Go on without it. Asks for a right of its own (`production.skip_milestone`): doors look at that."""
    job, fresh = _held(milestone)
    if fresh.state == "skipped":
        return fresh
    _check_at_work(job)
    MILESTONE.move(fresh, "skip", at=timezone.now(), by=_user(by), by_event=False)
    details = {"milestone": fresh.name, **({"why": why} if why else {})}
    activity.record("skipped", job, by, details=details)
    return fresh


@retried
@transaction.atomic
def undo(milestone: Milestone, *, times: int, by, why: str = "") -> Milestone:
    """Take back that it was reached or skipped: within a minute, or later with a reason.

    `times` is how often that had been done when the person looked; pressed twice it is done once. Whether somebody may
    give a reason is for the door to say. Raises `Refused` with code "stale" or "too-late".
    """
    job, fresh = _held(milestone)
    if fresh.undone == times + 1 and fresh.state == "open":
        return fresh
    if fresh.undone != times or fresh.state == "open":
        raise Refused(_("Somebody was quicker. Look at it again."), code="stale")
    why = " ".join(why.split())[:200]
    if not why and (fresh.at is None or timezone.now() - fresh.at > timedelta(seconds=UNDO_SECONDS) + GRACE):
        raise Refused(
            _("More than a minute has passed: taking it back needs a reason, and the right to do so."), code="too-late"
        )
    _open_again(job, fresh, by, "undone", why)
    return fresh


@retried
@transaction.atomic
def advance(milestone: Milestone, by, *, may_skip: bool, beyond: bool = False) -> Milestone:
    """Bring a job up to a milestone, so that it is the next one: what lies before it by hand is reached.

    For a card drawn over a board by several columns; `beyond`: it too. What only an event reaches is skipped on the
    way, which needs the right.
    """
    job, fresh = _held(milestone)
    if fresh.state != "open":
        raise Refused(_("“%(name)s” is %(state)s already.") % {"name": fresh.name, "state": fresh.get_state_display()},
                      code="passed")  # fmt: skip
    _check_at_work(job)
    for row in of(job):
        if row.pk == fresh.pk and not beyond:
            return fresh
        if row.state == "open":
            if row.event != Event.HAND and not may_skip:
                raise Refused(
                    _("“%(name)s” is reached %(how)s.") % {"name": row.name, "how": row.get_event_display()},
                    code="event",
                )
            if row.event == Event.HAND:
                _reach(job, row, by)
            else:
                skip(row, by)
        if row.pk == fresh.pk:
            return row
    return fresh


def lock(job: Job) -> None:
    """Hold the job until the transaction ends, and let those who watch it know afterwards."""
    Job._base_manager.filter(pk=job.pk).update(version=F("version") + 1)


def _held(milestone: Milestone) -> tuple[Job, Milestone]:
    job = Job._base_manager.get(milestones=milestone.pk)
    lock(job)
    job.refresh_from_db()
    return job, Milestone.objects.get(pk=milestone.pk)


def _check_at_work(job: Job) -> None:
    if job.state in STILL:
        raise Refused(_("%(job)s is %(state)s.") % {"job": job.number, "state": job.get_state_display()}, code="state")


def _reach(job: Job, row: Milestone, by, *, note: str = "", by_event: bool = False, at: datetime | None = None) -> bool:
    note = " ".join(note.split())[:300]
    fields = {"at": at or timezone.now(), "by": _user(by), "by_event": by_event, **({"note": note} if note else {})}
    if not MILESTONE.try_move(row, "reach", **fields):
        return False
    lock(job)
    activity.record("reached", job, by, details={"milestone": row.name, **({"note": note} if note else {})})
    telling.reached(job, row, by)
    transaction.on_commit(lambda: milestone_reached.send_robust(sender=Milestone, job=job, milestone=row))
    return True


def _open_again(job: Job, row: Milestone, by, verb: str, why: str = "") -> None:
    telling.taken_back(job, row)
    MILESTONE.move(row, "undo", at=None, by=None, by_event=False, undone=row.undone + 1)
    lock(job)
    details = {"milestone": row.name, **({"why": why} if why else {})}
    activity.record(verb, job, by, details=details)


def _user(by):
    return by if getattr(by, "pk", None) else None


def planned_late(rows: list[Milestone], today: date) -> Milestone | None:
    """The first one whose day has passed."""
    return next((row for row in rows if row.is_late(today)), None)
