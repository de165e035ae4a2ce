"""Verbs about clients: taking one in, inviting a contact to the portal, archiving."""

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts import activity, numbering, outbox, password_links
from accounts.models import User
from crm.families import check_living
from crm.models import Client, Contact
from crm.occasions import CONTACT_KNOWN, CONTACT_NEW
from laseros.core.errors import Refused
from laseros.core.retry import retried

MOST_CONTACTS = 100  # at a client who lets them in by themselves


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
    check_living(contact.client)
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
def add_colleague(by_contact: Contact, by, *, name: str, email: str, sees_money: bool, may_order: bool) -> Contact:
    """Somebody at a client lets a colleague in. Raises `Refused`: "known", "too-many", "more", and as `invite`."""
    client = by_contact.client
    _check_manager(by_contact, sees_money=sees_money, may_order=may_order)
    Client._base_manager.filter(pk=client.pk).update(name=F("name"))  # two at once: the second sees the first
    if client.contacts.filter(email__iexact=email).exists():
        raise Refused(_("%(email)s is on your list already.") % {"email": email}, code="known")
    if client.contacts.count() >= MOST_CONTACTS:
        raise Refused(_("There are too many people on your list. Please write to us."), code="too-many")
    contact = Contact.objects.create(
        workspace_id=client.workspace_id, client=client, name=name[:120], email=email,
        sees_money=sees_money, may_order=may_order,
    )  # fmt: skip
    activity.record("created", contact, by)
    invite(contact, by)
    return contact


@retried
@transaction.atomic
def allow(
    by_contact: Contact, contact: Contact, by, *, sees_money: bool, may_order: bool, manages_people: bool
) -> None:
    """Somebody at a client says what a colleague may do in the portal; nobody says it of themselves."""
    rights = {"sees_money": sees_money, "may_order": may_order, "manages_people": manages_people}
    _check_manager(by_contact, sees_money=sees_money, may_order=may_order, of=contact)
    before = {name: getattr(contact, name) for name in rights}
    changed = activity.changes(before, rights)
    if not changed:
        return
    Contact._base_manager.filter(pk=contact.pk).update(**rights)
    for name, value in rights.items():
        setattr(contact, name, value)
    activity.record("changed", contact, by, details=changed)


def send_away(by_contact: Contact, contact: Contact, by) -> None:
    """Somebody at a client takes a colleague's log-in away."""
    _check_manager(by_contact, of=contact)
    shut_out(contact, by)


def _check_manager(by_contact: Contact, *, sees_money=False, may_order=False, of: Contact | None = None) -> None:
    if not by_contact.manages_people:
        raise Refused(_("You may not change this."), code="right")
    if of is not None and of.pk == by_contact.pk:
        raise Refused(_("Your own rights are changed by a colleague, or by us."), code="self")
    if (sees_money and not by_contact.sees_money) or (may_order and not by_contact.may_order):
        raise Refused(_("Nobody can give more than they may themselves."), code="more")


@retried
@transaction.atomic
def archive(client: Client, by) -> None:
    if Client.objects.filter(pk=client.pk, archived_at=None).update(archived_at=timezone.now()):
        activity.record("archived", client, by)


@retried
@transaction.atomic
def restore(client: Client, by) -> None:
    """Raises `Refused` ("merged") for one that was merged into another: that is for ever."""
    check_living(client)
    if Client.objects.filter(pk=client.pk).exclude(archived_at=None).update(archived_at=None):
        activity.record("restored", client, by)
