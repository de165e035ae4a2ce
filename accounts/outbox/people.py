"""What people want to hear of and when: at once, once a day, never; nothing in their quiet hours."""

import zoneinfo
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Membership, MessagePreferences, User, Workspace
from accounts.outbox import occasions
from accounts.outbox.occasions import CLIENT, DAILY, NEVER, NOW, STAFF, Occasion
from accounts.roles import allows
from laseros.core.errors import Refused
from laseros.core.retry import retried

HOWS = (NOW, DAILY, NEVER)


@dataclass(frozen=True)
class Wish:
    """How one person wants to hear of something, with their clock and quiet hours."""

    how: str = NOW
    user: User | None = None
    zone: str = "UTC"
    quiet: tuple[time, time] | None = None
    digest_at: time = time(8)

    def due(self, now: datetime) -> datetime:
        """When it may leave: now, after the quiet hours, or with the next digest."""
        local = now.astimezone(zoneinfo.ZoneInfo(self.zone))
        if self.how == DAILY:
            return _next(local, self.digest_at)
        return _next(local, self.quiet[1]) if self.quiet and is_quiet(local.time(), *self.quiet) else now


AT_ONCE = Wish()


def is_quiet(now: time, begin: time, end: time) -> bool:
    """Also over midnight: from 22 to 7."""
    return begin <= now < end if begin < end else (now >= begin or now < end)


def _next(local: datetime, at: time) -> datetime:
    """The next time a clock there shows `at`; in the night the clocks change, by the clock."""
    day = local.date() + timedelta(days=local.time() >= at)
    return datetime.combine(day, at, tzinfo=local.tzinfo)


def wish_of(workspace: Workspace, user: User, occasion: Occasion) -> Wish:
    return _wish(workspace, user, stored(workspace, user), occasion)


def usual(occasion: Occasion) -> str:
    """A client hears of their work unless they say otherwise; whoever works here says what they want."""
    return NOW if occasion.audience == CLIENT else NEVER


def _wish(workspace: Workspace, user: User, row: MessagePreferences, occasion: Occasion) -> Wish:
    how = row.choices.get(occasion.name, usual(occasion))
    quiet = (row.quiet_from, row.quiet_until) if row.quiet_from and row.quiet_until else None
    return Wish(how, user, row.timezone or workspace.timezone, quiet, row.digest_at)


def who_wants(workspace: Workspace, occasion: Occasion, *, but=None) -> list[Wish]:
    """The people who work here, may see such records and want to hear of them; two queries."""
    rows = {row.user_id: row for row in MessagePreferences.objects.filter(workspace=workspace)}
    wanted = [pk for pk, row in rows.items() if row.choices.get(occasion.name, NEVER) != NEVER]
    if not wanted:
        return []
    members = Membership.objects.filter(workspace=workspace, user__in=wanted, is_active=True, user__is_active=True)
    return [
        _wish(workspace, member.user, rows[member.user_id], occasion)
        for member in members.select_related("user").order_by("id")
        if member.user_id != getattr(but, "pk", None)
        and (not occasion.permission or allows(member.role, occasion.permission))
    ]


def stored(workspace: Workspace, user: User) -> MessagePreferences:
    """What somebody said, or the row they would begin with."""
    row = MessagePreferences.objects.filter(workspace=workspace, user=user).first()
    return row or MessagePreferences(workspace=workspace, user=user)


def choices_for(workspace: Workspace, user: User, *, is_client: bool) -> list[Occasion]:
    """What a person can decide about: a client of their own work, somebody here of what their role lets them see.

    What the business never says is not asked about.
    """
    audience = CLIENT if is_client else STAFF
    told = [
        one for one in occasions.every()
        if one.audience == audience and not one.always and one.name not in workspace.silent_occasions
    ]  # fmt: skip
    return told if is_client else [one for one in told if not one.permission or user.has_perm(one.permission)]


@retried
@transaction.atomic
def prefer(
    workspace: Workspace, user: User, *, choices: dict[str, str], timezone: str = "", quiet_from: time | None = None,
    quiet_until: time | None = None, digest_at: time = time(8),
) -> MessagePreferences:  # fmt: skip
    """Keep what somebody wants. What is not named in `choices` stays as it was."""
    if set(choices.values()) - set(HOWS) or any(occasions.named(name) is None for name in choices):
        raise Refused(_("There is no such choice."), code="choice")
    if timezone and timezone not in zoneinfo.available_timezones():
        raise Refused(_("There is no such timezone."), code="timezone", field="timezone")
    if (quiet_from is None) != (quiet_until is None) or (quiet_from is not None and quiet_from == quiet_until):
        raise Refused(_("Quiet hours need a beginning and an end."), code="quiet", field="quiet_until")
    row = stored(workspace, user)
    before = dict(row.choices)
    row.choices = {**row.choices, **choices}
    row.timezone, row.quiet_from, row.quiet_until, row.digest_at = timezone, quiet_from, quiet_until, digest_at
    row.save()
    changed = {name: how for name, how in row.choices.items() if before.get(name) != how}
    activity.record("changed", row, user, details={"what": ", ".join(f"{n}: {h}" for n, h in changed.items())[:300]})
    return row


def want(workspace: Workspace, user: User, occasion: Occasion, how: str) -> None:
    """One choice by a button elsewhere; the rest stays."""
    row = stored(workspace, user)
    hours = {"quiet_from": row.quiet_from, "quiet_until": row.quiet_until, "digest_at": row.digest_at}
    prefer(workspace, user, choices={occasion.name: how}, timezone=row.timezone, **hours)


def wants(workspace: Workspace, user: User, occasion: Occasion) -> bool:
    return stored(workspace, user).choices.get(occasion.name, NEVER) != NEVER
