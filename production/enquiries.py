"""Verbs about enquiries: taking one in, closing it as lost, opening it again."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity, numbering
from crm.families import check_living
from crm.models import Client, Contact
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production.models import Enquiry
from production.states import ENQUIRY


@retried
@transaction.atomic
def take(enquiry: Enquiry, by) -> Enquiry:
    """Store a new enquiry under the next number."""
    check(enquiry)
    enquiry.contact = enquiry.contact or only_contact(enquiry.client)
    enquiry.number = numbering.draw(enquiry.workspace, "enquiry")
    enquiry.created_by = by if getattr(by, "pk", None) else None
    enquiry.save()
    activity.record("created", enquiry, by)
    return enquiry


def only_contact(client: Client) -> Contact | None:
    """Whoever has one person to talk to talks to that one."""
    contacts = list(client.contacts.all()[:2])
    return contacts[0] if len(contacts) == 1 else None


def check(enquiry: Enquiry) -> None:
    """Raises `Refused` when client and contact do not belong together, or the client was merged into another."""
    check_living(enquiry.client)
    if enquiry.contact is not None and enquiry.contact.client_id != enquiry.client_id:
        raise Refused(
            _("%(contact)s is no contact of %(client)s.") % {"contact": enquiry.contact, "client": enquiry.client},
            code="contact",
            field="contact",
        )


@retried
@transaction.atomic
def lose(enquiry: Enquiry, by, *, why: str = "") -> None:
    """Close an enquiry that led to nothing."""
    ENQUIRY.move(enquiry, "lose")
    activity.record("lost", enquiry, by, details={"why": why} if why else None)


@retried
@transaction.atomic
def reopen(enquiry: Enquiry, by) -> None:
    ENQUIRY.move(enquiry, "reopen")
    activity.record("reopened", enquiry, by)
