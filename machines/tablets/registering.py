"""Making a device a shop tablet: an address that is open once and for a quarter of an hour, then a cookie."""

import hashlib
import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django_scopes import scope, scopes_disabled

from accounts import activity
from accounts.station import standing_at
from laseros.core.errors import NotFound
from laseros.core.retry import retried
from machines.models import Tablet

OPEN_FOR = timedelta(minutes=15)
_KEY = re.compile(r"(?P<pk>[0-9]{1,18})-(?P<proof>[0-9a-f]{40})")


@retried
@transaction.atomic
def invite(tablet: Tablet, by) -> None:
    """Make an address with which a device becomes this tablet. The one before it is closed."""
    fields = {"invitation": secrets.token_hex(16), "invited_until": timezone.now() + OPEN_FOR}
    Tablet.objects.filter(pk=tablet.pk).update(**fields)
    activity.record("invited", tablet, by)


def key_of(tablet: Tablet) -> str | None:
    """The key in the address that is open now."""
    if not tablet.invitation or tablet.invited_until is None or tablet.invited_until <= timezone.now():
        return None
    return f"{tablet.pk}-{_proof(tablet)}"


def invited(key: str) -> Tablet:
    """The tablet of an address. Raises `NotFound` for one that is used, past or made up."""
    found = _KEY.fullmatch(key)
    with scopes_disabled():
        tablet = Tablet.objects.select_related("workspace").filter(pk=int(found["pk"])).first() if found else None
    if tablet is None or not tablet.workspace.is_active or not constant_time_compare(key, key_of(tablet) or ""):
        raise NotFound(_("This address is not open any more. Make a new one on the tablet's page."), code="address")
    return tablet


def register(tablet: Tablet, device: str) -> str:
    """The device that opened the address is this tablet from now on; the one before it no more. Answers its secret."""
    secret = secrets.token_urlsafe(32)
    with scope(workspace=tablet.workspace), standing_at(tablet.name):
        _register(tablet, secret, device)
    return secret


@retried
@transaction.atomic
def _register(tablet: Tablet, secret: str, device: str) -> None:
    now = timezone.now()
    rows = Tablet.objects.filter(pk=tablet.pk, invitation=tablet.invitation, invited_until__gt=now)
    done = rows.update(
        digest=digest_of(secret), invitation="", invited_until=None, registered_at=now, device=device[:200],
        seen_at=now, person=None, failed=0, locked_until=None, revoked_at=None,
    )  # fmt: skip
    if not tablet.invitation or not done:
        raise NotFound(_("This address is not open any more. Make a new one on the tablet's page."), code="address")
    activity.record("registered", tablet, None, details={"device": device[:80]})


@retried
@transaction.atomic
def revoke(tablet: Tablet, by) -> None:
    """It was lost or is used for something else: whoever works at it is out with the next thing they press."""
    rows = Tablet.objects.filter(pk=tablet.pk, revoked_at=None)
    if rows.update(revoked_at=timezone.now(), digest="", invitation="", invited_until=None):
        activity.record("revoked", tablet, by)


@retried
@transaction.atomic
def unlock(tablet: Tablet, by) -> None:
    if Tablet.objects.filter(pk=tablet.pk, failed__gt=0).update(failed=0, locked_until=None):
        activity.record("unlocked", tablet, by)


def known(pk: int, secret: str) -> Tablet | None:
    """The tablet a device says it is, if it is."""
    with scopes_disabled():
        rows = Tablet.objects.select_related("workspace").filter(pk=pk, revoked_at=None, workspace__is_active=True)
        tablet = rows.exclude(digest="").first()
    return tablet if tablet is not None and constant_time_compare(tablet.digest, digest_of(secret)) else None


def locked():
    return Tablet.objects.filter(locked_until__isnull=False)


def digest_of(secret: str) -> str:
    # The secret is long and random: nothing is won by hashing it slowly.
    return hashlib.sha256(secret.encode()).hexdigest()


def _proof(tablet: Tablet) -> str:
    return salted_hmac("machines.tablet", f"{tablet.pk}:{tablet.invitation}", algorithm="sha256").hexdigest()[:40]
