"""Which machines need a person, the one that waits longest first: at the machine, and about what it did."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from laseros.core.drivers import Outcome, State
from machines import board, drivers, maintenance, maintenance_words
from machines.models import Machine, MachineJob

# A link that comes back by itself needs nobody.
AWAY_FOR = timedelta(minutes=5)
MOST_JOBS = 100


@dataclass(frozen=True)
class Need:
    """`tone` as in the badges; `url` is where it is mended, empty at the machine itself."""

    machine: Machine
    since: datetime | None
    what: str
    why: str
    tone: str
    url: str = ""
    action: str = ""

    @property
    def passed(self) -> timedelta | None:
        return None if self.since is None else timezone.now() - self.since


def needs(user=None) -> list[Need]:
    """Of the open workspace, oldest first; three queries. Links are left out where `user` may not follow them."""
    found = [need for card in board.cards() if (need := _of_card(card, user)) is not None]
    found += [_of_job(job, user) for job in _jobs()]
    found += [_of_plan(plan, user) for plan in maintenance.due_plans() if plan.state == "overdue"]
    return sorted(found, key=lambda need: (need.since is None, need.since or timezone.now(), need.machine.pk))


def _of_card(card: board.Card, user) -> Need | None:
    machine, status = card.machine, card.status
    words = _words(card)
    if words is None:
        return None
    what, tone = words
    why = status.message or next((each.get("words", "") for each in status.troubles or [] if each.get("grave")), "")
    since = status.seen_at if card.is_stale else status.since
    url = ""
    is_silent = card.state == State.OFFLINE or not drivers.tells_state(machine.driver)
    if is_silent and user is not None and user.has_perm("machines.change_machine"):
        url = reverse("admin:machines_machine_doctor", args=[machine.pk])
    elif card.state == State.FINISHED and user is not None and user.has_perm("production.run_operation"):
        url = reverse("floor:machine", args=[machine.pk])
    action = (_("Ask the doctor") if is_silent else _("Count it")) if url else ""
    return Need(machine, since, what, why, tone, url, action)


def _words(card: board.Card) -> tuple[str, str] | None:
    if not drivers.tells_state(card.machine.driver):
        # Somebody stands there; but what it writes down should be read.
        return (_("Its reports cannot be read"), "warning") if card.status.message else None
    if card.state == State.MAINTENANCE:
        return None  # somebody is at it
    if card.is_stale:
        return _("Nothing is heard of it"), "warning"
    if card.state == State.OFFLINE:
        is_new = card.status.since is not None and card.now - card.status.since < AWAY_FOR
        return None if is_new else (_("Not connected"), "warning")
    if card.state == State.ERROR:
        return _("It has stopped with an error"), "danger"
    if card.state == State.PAUSED:
        return _("It waits"), "warning"
    if card.state == State.FINISHED:
        return _("It is done and has to be cleared"), "success"
    return None


def _of_plan(plan, user) -> Need:
    """Since when, is known of days only."""
    is_by_day = plan.due_on is not None and plan.due_on < timezone.localdate()
    since = timezone.make_aware(datetime.combine(plan.due_on, time())) if is_by_day else None
    why = f"{plan.name} · {maintenance_words.left(plan)}"
    url = action = ""
    if user is not None and user.has_perm("machines.maintain_machine") and user.has_perm("production.view_operation"):
        url, action = reverse("floor:maintenance", args=[plan.machine_id]), _("Say that it is done")
    return Need(plan.machine, since, _("Maintenance is overdue"), why, "warning", url, action)


def _jobs():
    """Machine jobs about which a person has to say something."""
    rows = MachineJob.objects.select_related("machine").exclude(ended_at=None)
    unclear = rows.filter(outcome=Outcome.UNCLEAR, settled=False)
    unowned = rows.filter(claim=MachineJob.Claim.OPEN)
    return (unclear | unowned).order_by("started_at", "pk")[:MOST_JOBS]


def _of_job(job: MachineJob, user) -> Need:
    if job.outcome == Outcome.UNCLEAR and not job.settled:
        what, action = _("Nobody saw how it ended"), _("Say how it ended")
        may = (
            user is not None and user.has_perm("machines.view_machinejob") and user.has_perm("accounts.use_back_office")
        )
        url = reverse("admin:machines_machinejob_change", args=[job.pk])
    else:
        what, action = _("Nobody has said whose it is"), _("Say whose it is")
        may = user is not None and user.has_perm("production.view_operation")
        url = f"{reverse('floor:whose')}#work-{job.pk}"
    return Need(job.machine, job.ended_at, what, str(job), "info", url if may else "", action if may else "")
