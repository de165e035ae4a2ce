"""What people here write down about a client, what they come back to, and letters from the client's page."""

from datetime import date, datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, outbox
from accounts.models import Membership, User
from crm.models import Client, Contact, Entry, FollowUp
from crm.occasions import LETTER
from laseros.core.errors import Refused
from laseros.core.retry import retried

LONGEST = 5000


@retried
@transaction.atomic
def note(
    client: Client, text: str, *, kind: str, key: str, by, at: datetime | None = None, contact: Contact | None = None
) -> Entry:
    """Write down a call, a visit, a mail or a note; the same key again writes nothing more."""
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused(_("Say something here."), code="empty", field="text")
    if len(text) > LONGEST:
        raise Refused(_("This is too long."), code="long", field="text")
    at = at or timezone.now()
    if at > timezone.now() + timedelta(minutes=5):
        raise Refused(_("This lies in the future: make it a follow-up."), code="future", field="at")
    _check_contact(client, contact)
    entry, created = Entry.objects.get_or_create(
        client=client, key=key[:40],
        defaults={"workspace_id": client.workspace_id, "kind": kind, "text": text, "at": at, "contact": contact,
                  "by": by},
    )  # fmt: skip
    if created:
        activity.record("noted", client, by, details={"what": entry.get_kind_display()})
    return entry


@retried
@transaction.atomic
def follow_up(client: Client, what: str, *, due_on: date, key: str, by, person: User | None = None) -> FollowUp:
    """Something to come back to; without a person it is one's own."""
    what = " ".join(what.split())[:200]
    if not what:
        raise Refused(_("Say something here."), code="empty", field="what")
    person = person or by
    if not Membership.objects.filter(workspace=client.workspace_id, user=person, is_active=True).exists():
        raise Refused(_("%(person)s does not work here.") % {"person": person}, code="person", field="person")
    row, created = FollowUp.objects.get_or_create(
        client=client, key=key[:40],
        defaults={"workspace_id": client.workspace_id, "what": what, "due_on": due_on, "person": person},
    )  # fmt: skip
    if created:
        activity.record("created", row, by, details={"for": person, "due": due_on})
    return row


@retried
@transaction.atomic
def done(row: FollowUp, by) -> bool:
    """Done once; False where it was done already."""
    now = timezone.now()
    if not FollowUp._base_manager.filter(pk=row.pk, done_at=None).update(done_at=now, done_by=by):
        return False
    row.refresh_from_db()
    activity.record("finished", row, by)
    return True


@retried
@transaction.atomic
def postpone(row: FollowUp, due_on: date, by) -> None:
    if not FollowUp._base_manager.filter(pk=row.pk, done_at=None).update(due_on=due_on):
        raise Refused(_("This is done already."), code="done")
    activity.record("changed", row, by, details={"due": [row.due_on, due_on]})
    row.refresh_from_db()


@retried
@transaction.atomic
def letter(client: Client, subject: str, text: str, *, key: str, by: User, contact: Contact | None = None) -> Entry:
    """Mail a client from their page. The answer goes to whoever wrote; what was written is kept as an entry."""
    _check_contact(client, contact)
    to = contact.email if contact else client.email
    if not to:
        raise Refused(
            _("%(name)s has no e-mail address.") % {"name": contact or client.name}, code="no-email", field="contact"
        )
    subject = " ".join(subject.split())[:200]
    if not subject:
        raise Refused(_("Say something here."), code="empty", field="subject")
    entry = note(client, f"{subject}\n\n{text.strip()}", kind=Entry.Kind.MAIL, key=key, by=by, contact=contact)
    outbox.post(
        LETTER, entry, key=f"letter:{entry.pk}", to=to, name=contact.name if contact else "", by=by,
        values={"subject": subject, "message": text.strip()}, reply_to=by.email,
    )  # fmt: skip
    return entry


def due(day: date, person: User | AnonymousUser | None = None):
    """Follow-ups that are due by `day` and not done, as a queryset; of one person, or of all."""
    rows = FollowUp.objects.filter(done_at=None, due_on__lte=day)
    return rows if person is None else rows.filter(person=person)


def overdue():
    return due(timezone.localdate())


def _check_contact(client: Client, contact: Contact | None) -> None:
    if contact is not None and contact.client_id != client.pk:
        raise Refused(_("This is somebody else’s contact."), code="contact", field="contact")
