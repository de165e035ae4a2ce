"""Erasing a person, as they may ask for it: what tax and trade law keep stays, everything else is blanked.

Kept: documents as they were issued (the names on them are frozen and sealed), the money booked for them, the letters
that carried them, who accepted an order, and the log of what was done. Blanked: how the person is called and reached,
their log-in and links, every other message to them, and what the log said of their record. Art. 17 (3) b GDPR,
§ 147 AO, § 257 HGB; POPIA section 24 and VAT Act section 55.
"""

from collections.abc import Callable, Iterable

from allauth.account.models import EmailAddress
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django_scopes import scopes_disabled

from accounts import activity
from accounts.models import Activity, Membership, OutgoingMail, User
from accounts.models.mail import LIFE
from crm import clients
from crm.models import Client, Contact
from laseros.core.errors import Refused
from laseros.core.retry import retried

# Rooms above say here what keeps a client from being erased, and blank what they know of a contact.
HOLDS: list[Callable[[Client], Iterable[str]]] = []
ALSO: list[Callable[[Contact], None]] = []


@retried
@transaction.atomic
def erase_contact(contact: Contact, by, *, why: str) -> None:
    """Blank a person at a client. Their record stays under no name, since documents refer to it."""
    user = contact.user
    clients.shut_out(contact, by)
    for blank in ALSO:
        blank(contact)
    _blank_messages(contact)
    nobody = {"email": "", "phone": "", "role": "", "sees_money": False, "may_order": False, "manages_people": False}
    _blank(contact, by, why, name=_nobody(contact.workspace), **nobody)
    if user is not None:
        _close(user)


@retried
@transaction.atomic
def erase_client(client: Client, by, *, why: str) -> None:
    """Blank a private person who bought from us, and whoever was written to for them.

    Raises `Refused`: "business" for one that is no person, "archived" before it is archived, "open" while something is
    still to be done or paid.
    """
    client = Client.objects.select_for_update().get(pk=client.pk)
    if client.kind != Client.Kind.PRIVATE:
        raise Refused(_("A business is no person: erase the contacts who ask for it."), code="business")
    if client.archived_at is None:
        raise Refused(_("Archive this client first."), code="archived")
    if reasons := [reason for hold in HOLDS for reason in hold(client)]:
        raise Refused(_("Something is still open: %(what)s.") % {"what": "; ".join(reasons)}, code="open")
    for contact in client.contacts.all():
        erase_contact(contact, by, why=why)
    _blank_messages(client)
    client.addresses.all().delete()
    client.tags.clear()
    nothing = dict.fromkeys(("email", "phone", "vat_number", "buyer_reference", "notes"), "")
    _blank(client, by, why, name=_nobody(client.workspace), **nothing)


def _nobody(workspace) -> str:
    with translation.override(workspace.language):
        return _("erased person")


def _blank(record, by, why: str, **values) -> None:
    type(record)._base_manager.filter(pk=record.pk).update(**values)
    record.refresh_from_db()
    kind = ContentType.objects.get_for_model(record)
    Activity.objects.filter(target_type=kind, target_id=record.pk).update(target_label=str(record)[:200], details={})
    activity.record("erased", record, by, details={"why": why})


def _blank_messages(record) -> None:
    """Messages to their address but the letters that carried a document; what waits is not sent any more."""
    if not record.email:
        return
    for message in OutgoingMail.objects.filter(to__iexact=record.email, attachments=[]):
        LIFE.try_move(message, "withdraw")
        OutgoingMail.objects.filter(pk=message.pk).update(to="", subject="", text="", html="")


def _close(user: User) -> None:
    """The account of somebody who is nobody's contact any more and works nowhere here."""
    with scopes_disabled():
        needed = user.is_superuser or Membership._base_manager.filter(user=user).exists()
        needed = needed or Contact._base_manager.filter(user=user).exists()
    if needed:
        return
    EmailAddress.objects.filter(user=user).delete()
    user.name, user.email, user.is_active = "", f"erased-{user.pk}@erased.invalid", False
    user.set_unusable_password()
    user.save(update_fields=["name", "email", "is_active", "password"])
