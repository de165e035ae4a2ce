"""Who stands at a tablet now: taking over by PIN or badge, handing over, handed back when nobody touches it.

A session that began at a tablet is worth something there and nowhere else, and has what an operator has.
"""

import time

from django.contrib.auth import login, logout
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, cutting_rights, workspaces
from accounts.floor_keys import badges, pins
from accounts.models import Membership
from accounts.roles import Role
from accounts.station import standing_at
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines.models import Tablet
from machines.tablets import registering

OF_TABLET, TOUCHED = "tablet", "tablet_touched"
BACKEND = "accounts.backends.LogIn"
MOST_PEOPLE = 60


def people() -> list[Membership]:
    """Who may take over by PIN: members of the open business who have one."""
    rows = Membership.objects.filter(is_active=True, user__is_active=True, pin__isnull=False)
    return list(rows.select_related("user", "pin").order_by("user__name", "user__email")[:MOST_PEOPLE])


def take_over_by_pin(request, tablet: Tablet, membership: Membership, digits: str) -> None:
    """Raises `Refused` with code "wrong", "locked" or "no-pin"."""
    check_open(tablet)
    if not pins.tried(membership, digits):
        _count_wrong(tablet)
        raise Refused(_("That is not the PIN of %(person)s.") % {"person": membership.user}, code="wrong", field="pin")
    _take_over(request, tablet, membership, "PIN")


def take_over_by_badge(request, tablet: Tablet, code: str) -> None:
    """Raises `Refused` with code "wrong" or "locked"."""
    check_open(tablet)
    membership = badges.member_of(code)
    if membership is None:
        _count_wrong(tablet)
        raise Refused(_("This badge opens nothing here."), code="wrong")
    _take_over(request, tablet, membership, _("badge"))


def check_open(tablet: Tablet) -> None:
    if tablet.locked_until is not None and tablet.locked_until > timezone.now():
        raise Refused(_("This tablet is locked: too many wrong PINs. Wait, or ask a manager to unlock it."),
                      code="locked")  # fmt: skip


@retried
@transaction.atomic
def _count_wrong(tablet: Tablet) -> None:
    now, rows = timezone.now(), Tablet.objects.filter(pk=tablet.pk)
    rows.filter(Q(locked_until=None) | Q(locked_until__lte=now)).update(failed=F("failed") + 1)
    tablet.refresh_from_db(fields=["failed"])
    if until := pins.lock_after(tablet.failed, now):
        rows.update(locked_until=until)
        activity.record("locked", tablet, None, details={"why": _("wrong PIN"), "until": until})


def _take_over(request, tablet: Tablet, membership: Membership, how: str) -> None:
    user = membership.user
    if request.user.is_authenticated:
        logout(request)  # nothing of the one before stays in the session
    login(request, user, backend=BACKEND)
    request.session[OF_TABLET] = tablet.pk
    request.session[workspaces.SESSION_KEY] = tablet.workspace_id
    touch(request.session, always=True)
    with transaction.atomic(), standing_at(tablet.name):
        Tablet.objects.filter(pk=tablet.pk).update(person=user, failed=0, locked_until=None, seen_at=timezone.now())
        activity.record("took over", tablet, user, details={"by": how})


def hand_over(request, tablet: Tablet, *, why: str = "") -> None:
    user = request.user
    with transaction.atomic(), standing_at(tablet.name):
        activity.record("handed over", tablet, user, details={"why": why} if why else {})
    logout(request)


def touch(session, *, always: bool = False) -> None:
    """Somebody is there. Written down no more than every twenty seconds."""
    now = int(time.time())
    if always or now - session.get(TOUCHED, 0) > 20:
        session[TOUCHED] = now


def is_idle(session, tablet: Tablet) -> bool:
    return time.time() - session.get(TOUCHED, 0) > tablet.idle_minutes * 60


def cut(user) -> None:
    cutting_rights.cut(user, Role.OPERATOR)


def admits(session, user, said: str) -> bool:
    """For sockets: cut what began at a tablet. False when that is none any more, when the device did not say so
    itself (`said`, as `middleware.said_by` reads it), and when nobody has touched it for long.
    """
    pk = session.get(OF_TABLET)
    if pk is None:
        return True
    cut(user)
    number, _dot, secret = said.partition(".")
    tablet = registering.known(pk, secret) if number == str(pk) else None
    return tablet is not None and not is_idle(session, tablet)
