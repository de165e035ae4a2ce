"""PINs: set by each for themselves, tried at a tablet, locked when guessed, reset and unlocked by a manager."""

from datetime import timedelta

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Membership, Pin
from laseros.core.errors import Refused
from laseros.core.retry import retried

SHORTEST, LONGEST = 4, 6
WRONG_IN_A_ROW = 5
# After five wrong ones, after ten, …; the last stays.
WAITS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=12))
_ORDER = "01234567890"


@retried
@transaction.atomic
def set_pin(membership: Membership, digits: str) -> None:
    """A person chooses their own. Raises `Refused` with code "pin" for one that anybody would try first."""
    check(digits)
    fields = {"digest": make_password(digits), "set_at": timezone.now(), "failed": 0, "locked_until": None}
    Pin.objects.update_or_create(membership=membership, defaults={"workspace_id": membership.workspace_id, **fields})
    activity.record("set PIN", membership, membership.user)


def check(digits: str) -> None:
    if not (digits.isascii() and digits.isdecimal() and SHORTEST <= len(digits) <= LONGEST):
        raise Refused(_("A PIN has four to six digits."), code="pin", field="pin")
    in_a_row = digits in _ORDER or digits[::-1] in _ORDER
    if in_a_row or len(set(digits)) < 2 or digits == digits[: len(digits) // 2] * 2:
        raise Refused(_("That one is guessed too easily. Take another."), code="pin", field="pin")


@retried
@transaction.atomic
def reset(membership: Membership, by) -> None:
    """Take a PIN away: the person sets a new one. Nobody ever sees it."""
    if Pin.objects.filter(membership=membership).delete()[0]:
        activity.record("removed PIN", membership, by)


@retried
@transaction.atomic
def unlock(membership: Membership, by) -> None:
    if Pin.objects.filter(membership=membership, failed__gt=0).update(failed=0, locked_until=None):
        activity.record("unlocked", membership, by)


def tried(membership: Membership, digits: str) -> bool:
    """Whether it is theirs. Wrong ones are counted before they are looked at, one after the other.

    Raises `Refused` with code "no-pin" or "locked"; what was counted stays counted.
    """
    pin = Pin.objects.filter(membership=membership).first()
    if pin is None:
        raise Refused(_("%(person)s has no PIN yet.") % {"person": membership.user}, code="no-pin")
    right = _try(pin, digits)
    if right is None:
        raise Refused(waits(Pin.objects.get(pk=pin.pk).locked_until), code="locked")
    return right


@retried
@transaction.atomic
def _try(pin: Pin, digits: str) -> bool | None:
    now = timezone.now()
    rows = Pin.objects.filter(pk=pin.pk)
    if not rows.filter(Q(locked_until=None) | Q(locked_until__lte=now)).update(failed=F("failed") + 1):
        return None
    pin.refresh_from_db()
    if check_password(digits[: LONGEST + 1], pin.digest):
        rows.update(failed=0, locked_until=None)
        return True
    if until := lock_after(pin.failed, now):
        rows.update(locked_until=until)
        activity.record("locked", pin.membership, None, details={"why": _("wrong PIN"), "until": until})
    return False


def lock_after(failed: int, now):
    """Until when it is locked after so many wrong ones in a row; None while more may be tried."""
    if failed % WRONG_IN_A_ROW:
        return None
    return now + WAITS[min(failed // WRONG_IN_A_ROW, len(WAITS)) - 1]


def waits(until) -> str:
    minutes = max(1, -int((timezone.now() - until).total_seconds() // 60)) if until else 1
    words = _("Too many wrong PINs. Wait %(minutes)s minutes, use a badge, or ask a manager to unlock it.")
    return words % {"minutes": minutes}


def locked():
    """Members whose PIN was guessed at and who have not come in since."""
    return Membership.objects.filter(pin__locked_until__isnull=False)
