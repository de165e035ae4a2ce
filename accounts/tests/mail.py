"""A mail server that catches what is sent, and a message to send."""

import email
from email import policy

from accounts import outbox
from accounts.models import OutgoingMail
from crm.occasions import CONTACT_KNOWN


class Catcher:
    """A mail server that keeps what it gets; `answer` says what it says to it."""

    def __init__(self, answer=lambda envelope: "250 OK"):
        self.caught, self.answer = [], answer

    async def handle_DATA(self, server, session, envelope):
        self.caught.append(email.message_from_bytes(envelope.content, policy=policy.default))
        return self.answer(envelope)


def post(contact, key="k", **options):
    return outbox.post(
        CONTACT_KNOWN, contact, key=key, to=contact.email, name=contact.name, link="https://x.example/", **options
    )


def state(message) -> str:
    return OutgoingMail.objects.values_list("state", flat=True).get(pk=message.pk)
