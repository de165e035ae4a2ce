"""Badges: a code on a card, printed by a manager, revoked when it is lost. One for a person at a time."""

import re
import secrets

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts import activity
from accounts.models import Badge, Membership
from laseros.core.retry import retried

_CODE = re.compile(r"(?P<pk>[0-9]{1,18})-(?P<proof>[0-9A-F]{20})")


@retried
@transaction.atomic
def make(membership: Membership, by) -> Badge:
    """A new one. The one before it opens nothing from now on."""
    _revoke(membership)
    badge = Badge.objects.create(
        workspace_id=membership.workspace_id, membership=membership, nonce=secrets.token_hex(16), made_by=by
    )
    activity.record("printed", membership, by, details={"what": "badge"})
    return badge


@retried
@transaction.atomic
def revoke(membership: Membership, by) -> None:
    if _revoke(membership):
        activity.record("revoked", membership, by, details={"what": "badge"})


def _revoke(membership: Membership) -> int:
    return Badge.objects.filter(membership=membership, revoked_at=None).update(revoked_at=timezone.now())


def of(membership: Membership) -> Badge | None:
    return Badge.objects.filter(membership=membership, revoked_at=None).first()


def code(badge: Badge) -> str:
    return f"{badge.pk}-{_proof(badge)}"


def address(badge: Badge) -> str:
    """What its QR code says: an address, so that a scanner knows it for ours. A phone that opens it gets nowhere."""
    return f"{settings.BASE_URL}/q/{badge.workspace.slug}/b/{code(badge)}".upper()


def member_of(text: str) -> Membership | None:
    """Whose badge it is in the open business; None for one that is revoked, made up, or of somebody who is gone."""
    found = _CODE.fullmatch(text.strip().upper())
    related = ("membership__user", "workspace")
    badge = (
        Badge.objects.select_related(*related).filter(pk=int(found["pk"]), revoked_at=None).first() if found else None
    )
    if badge is None or not constant_time_compare(found["proof"], _proof(badge)):
        return None
    if not badge.membership.is_active or not badge.membership.user.is_active:
        return None
    Badge.objects.filter(pk=badge.pk).update(used_at=timezone.now())
    return badge.membership


def _proof(badge: Badge) -> str:
    secret = salted_hmac("accounts.badge", f"{badge.pk}:{badge.nonce}", algorithm="sha256")
    return secret.hexdigest()[:20].upper()
