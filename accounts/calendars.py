"""What is due, for a person's own calendar: a signed address that can be taken back, and no price in it.

Each room says what of theirs has a day. Days have no time, so they are the same in every timezone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation
from django_scopes import scope, scopes_disabled
from icalendar import Calendar, Event

from accounts import activity
from accounts.models import CalendarFeed, Membership, User, Workspace
from accounts.roles import allows
from laseros.core.retry import retried

SALT = "laseros.calendar"
BEHIND, AHEAD = timedelta(days=90), timedelta(days=400)
MOST = 1000  # of one kind


@dataclass(frozen=True)
class Due:
    """One day in somebody's calendar. `name` is the same for the same thing, whatever becomes of it: "job:7"."""

    name: str
    day: date
    summary: str
    path: str = ""
    text: str = ""


# (permission, (user, first, last) → what is due between)
_SOURCES: list[tuple[str, Callable[[User, date, date], Iterable[Due]]]] = []


def register(permission: str, source: Callable[[User, date, date], Iterable[Due]]) -> None:
    _SOURCES.append((permission, source))


def current(workspace: Workspace, user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(workspace=workspace, user=user, revoked_at=None).first()


@retried
@transaction.atomic
def make(workspace: Workspace, user: User) -> CalendarFeed:
    """A new address; the one before is dead."""
    revoke(workspace, user)
    feed = CalendarFeed.objects.create(workspace=workspace, user=user)
    activity.record("created", feed, user)
    return feed


@retried
@transaction.atomic
def revoke(workspace: Workspace, user: User) -> bool:
    feed = current(workspace, user)
    if feed is None or not CalendarFeed.objects.filter(pk=feed.pk, revoked_at=None).update(revoked_at=timezone.now()):
        return False
    activity.record("withdrawn", feed, user)
    return True


def url(feed: CalendarFeed) -> str:
    token = signing.dumps([feed.pk, feed.nonce], salt=SALT)
    return settings.BASE_URL.rstrip("/") + reverse("calendar_feed", args=[token])


def opened(token: str) -> tuple[CalendarFeed, Membership] | None:
    """The feed behind an address and what its person is here now; None for a forged, revoked or former one."""
    try:
        pk, nonce = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    with scopes_disabled():
        feed = CalendarFeed.objects.select_related("workspace", "user").filter(
            pk=pk, nonce=nonce, revoked_at=None, workspace__is_active=True, user__is_active=True
        ).first()  # fmt: skip
        if feed is None:
            return None
        here = Membership.objects.filter(workspace=feed.workspace, user=feed.user, is_active=True).first()
    return (feed, here) if here is not None else None


def written(feed: CalendarFeed, membership: Membership) -> bytes:
    """The calendar as RFC 5545 wants it."""
    workspace, today = feed.workspace, timezone.localdate()
    calendar = Calendar()
    calendar.add("prodid", "-//Laser OS//laseros//")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", workspace.name)
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    with scope(workspace=workspace), translation.override(feed.user.language or workspace.language):
        for permission, source in _SOURCES:
            if allows(membership.role, permission):
                for due in source(feed.user, today - BEHIND, today + AHEAD):
                    calendar.add_component(_event(workspace, due))
    return calendar.to_ical()


def _event(workspace: Workspace, due: Due) -> Event:
    event = Event()
    event.add("uid", f"{due.name}@{workspace.slug}.laseros")
    event.add("dtstamp", timezone.now())
    event.add("dtstart", due.day)
    event.add("dtend", due.day + timedelta(days=1))
    event.add("summary", due.summary)
    event.add("transp", "TRANSPARENT")
    if due.text:
        event.add("description", due.text)
    if due.path:
        event.add("url", settings.BASE_URL.rstrip("/") + due.path)
    return event
