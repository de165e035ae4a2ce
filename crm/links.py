"""Client links: made when a document is sent, checked at the portal's door, revoked by the office.

The token is signed, so guessing is hopeless; the row behind it decides whether it is still good. What a link opens is
read from the row and looked for among the client's own documents, never from the address.
"""

from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core import signing
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_scopes import scopes_disabled

from accounts import activity
from crm.families import living
from crm.models import AccessLink
from laseros.core.retry import retried

SALT = "laseros.client-link"
NOTED_EVERY = timedelta(hours=1)


def make(target, client, contact=None, days: int = 60) -> AccessLink:
    """The link for `target`, valid for at least `days` from now.

    One that is still valid is used again, so that every mail to the same person carries the same address, and lives
    on: a reminder never carries a link that dies tomorrow.
    """
    client = living(client)
    if target.client_id != client.pk and living(target.client).pk != client.pk:
        raise ValueError(f"{target} is not {client}'s")
    kind = ContentType.objects.get_for_model(target)
    until = timezone.now() + timedelta(days=days)
    valid = AccessLink.objects.filter(
        target_type=kind,
        target_id=target.pk,
        client=client,
        contact=contact,
        revoked_at=None,
        expires_at__gt=timezone.now(),
    )
    link = valid.order_by("-id").first()
    if link is None:
        return AccessLink.objects.create(
            workspace=client.workspace,
            client=client,
            contact=contact,
            target_type=kind,
            target_id=target.pk,
            expires_at=until,
        )
    if link.expires_at < until:
        AccessLink.objects.filter(pk=link.pk).update(expires_at=until)
        link.expires_at = until
    return link


def token(link: AccessLink) -> str:
    return signing.dumps([link.pk, link.nonce], salt=SALT)


def url(link: AccessLink) -> str:
    """The whole address, as it stands in a mail or a QR code."""
    return settings.BASE_URL.rstrip("/") + reverse("portal:link", args=[token(link)])


def open_token(text: str) -> AccessLink | None:
    """The valid link behind a token; None for a forged, expired, revoked or unknown one (all the same answer).

    Reads only: a page that asks every few seconds must not write every few seconds. See `note_opened`.
    """
    try:
        pk, nonce = signing.loads(text, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if not (isinstance(pk, int) and isinstance(nonce, str)):
        return None
    with scopes_disabled():
        return (
            AccessLink.objects.select_related("workspace", "client", "contact", "target_type")
            .filter(pk=pk, nonce=nonce, revoked_at=None, expires_at__gt=timezone.now(), workspace__is_active=True)
            .first()
        )


def note_opened(target, by, link: AccessLink | None = None) -> bool:
    """Write down that `by` looked at `target`, at most once an hour per person and document."""
    since = timezone.now() - NOTED_EVERY
    told = activity.of(target).filter(verb="opened", actor_name=str(by)[:160], at__gt=since)
    if told.exists():
        return False
    _write_opened(target, by, link)
    return True


@retried
@transaction.atomic
def _write_opened(target, by, link: AccessLink | None) -> None:
    activity.record("opened", target, by)
    if link is not None:
        AccessLink.objects.filter(pk=link.pk).update(opened_at=timezone.now())


def revoke(target) -> int:
    """Every link to `target` is dead from now on. Answers how many there were."""
    kind = ContentType.objects.get_for_model(target)
    rows = AccessLink.objects.filter(target_type=kind, target_id=target.pk, revoked_at=None)
    return rows.update(revoked_at=timezone.now())


@retried
@transaction.atomic
def revoke_one(link: AccessLink, by) -> None:
    """This link is dead from now on; others to the same document live on."""
    if AccessLink.objects.filter(pk=link.pk, revoked_at=None).update(revoked_at=timezone.now()):
        activity.record("withdrawn", link, by)
