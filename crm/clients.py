"""Verbs about clients: taking one in, inviting a contact to the portal, archiving."""

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts import activity, numbering, outbox, password_links
from accounts.models import User
from crm.models import Client, Contact
from crm.occasions import CONTACT_KNOWN, CONTACT_NEW
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
@transaction.atomic
def register(client: Client, by) -> Client:
    """Store a new client under the next number."""
    client.code = numbering.draw(client.workspace, "client")
    client.save()
    activity.record("created", client, by)
    return client


@retried
@transaction.atomic
def invite(contact: Contact, by) -> User:
    """Give a contact a log-in to the portal for their client, and mail them how to set a password."""
    if not contact.email:
        raise Refused(_("%(name)s has no e-mail address.") % {"name": contact.name}, code="no-email")
    user = User.objects.filter(email__iexact=contact.email).first()
    if user is None:
        user = User.objects.create_user(contact.email, None, name=contact.name)
    elif not user.is_active:
        raise Refused(_("This account was closed by those who run the installation."), code="closed")
    Contact.objects.filter(pk=contact.pk).update(user=user)
    contact.user = user
    assign_perm("crm.act_for_client", user, contact.client)
    line = activity.record("invited", contact, by, details={"e-mail": contact.email})
    # Each invitation is a message of its own, with a link that works: the line in the log makes its key.
    outbox.post(
        CONTACT_KNOWN if user.has_usable_password() else CONTACT_NEW, contact, key=f"invite:{line.pk}", to=user.email,
        name=contact.name, link=settings.BASE_URL.rstrip("/") + reverse("portal:home"),
        values={"password_link": password_links.PLACE}, language=user.language, phone=contact.phone, by=by,
    )  # fmt: skip
    return user


@retried
@transaction.atomic
def shut_out(contact: Contact, by) -> None:
    """Take a contact's log-in to this client away, and end the links they were sent."""
    contact.links.filter(revoked_at=None).update(revoked_at=timezone.now())
    if contact.user is None:
        return
    remove_perm("crm.act_for_client", contact.user, contact.client)
    Contact.objects.filter(pk=contact.pk).update(user=None)
    contact.user = None
    activity.record("withdrawn", contact, by)


@retried
@transaction.atomic
def archive(client: Client, by) -> None:
    if Client.objects.filter(pk=client.pk, archived_at=None).update(archived_at=timezone.now()):
        activity.record("archived", client, by)


@retried
@transaction.atomic
def restore(client: Client, by) -> None:
    if Client.objects.filter(pk=client.pk).exclude(archived_at=None).update(archived_at=None):
        activity.record("restored", client, by)
