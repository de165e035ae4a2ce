"""The occasions of this room: a contact gets into the portal."""

from django.utils.translation import gettext_lazy as _

from accounts import outbox
from accounts.outbox.occasions import CLIENT

PLACES = {"client": _("name of the client"), "password_link": _("their own link to choose a password")}


def _of_contact(contact) -> dict[str, str]:
    return {"client": contact.client.name}


CONTACT_NEW = outbox.register(
    outbox.Occasion(
        "contact_new", _("A contact is invited to the portal"), CLIENT, "crm.Contact", PLACES, _of_contact, always=True
    )
)
CONTACT_KNOWN = outbox.register(
    outbox.Occasion(
        "contact_known", _("A contact with an account is let into the portal"), CLIENT, "crm.Contact",
        {"client": PLACES["client"]}, _of_contact, always=True,
    )
)  # fmt: skip


def _of_entry(entry) -> dict[str, str]:
    subject, _line, text = entry.text.partition("\n")
    return {"client": entry.client.name, "sender": str(entry.by or ""), "subject": subject, "message": text.strip()}


LETTER = outbox.register(
    outbox.Occasion(
        "letter", _("Somebody writes to a client from their page"), CLIENT, "crm.Entry",
        {"client": PLACES["client"], "sender": _("who writes"), "subject": _("subject"),
         "message": _("what was written")},
        _of_entry, always=True,
    )
)  # fmt: skip
