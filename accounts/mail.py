"""Mail: an outbox written with the business, delivered by the worker, each key once."""

from email.utils import formataddr, parseaddr

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext_noop

from accounts import activity, password_links, work
from accounts.models import OutgoingMail
from accounts.models.mail import LIFE


def post(
    workspace, key: str, to: str, template: str, context: dict, attachments=(), by=None, language: str = ""
) -> OutgoingMail:
    """Write a message to the outbox; a key that was written before is not written again.

    `template` is a folder under templates/emails/ with subject.txt, body.txt and body.html.
    `attachments` are dicts of path (in the file storage), name and type. `{{ password_link }}` in a template becomes
    the addressee's own link when the message leaves; the outbox never holds it. `language` is the addressee's, where
    it is not the workspace's.
    """
    with translation.override(language or workspace.language):
        context = {
            "workspace": workspace,
            "base_url": settings.BASE_URL,
            "password_link": password_links.PLACE,
            **context,
        }
        subject = " ".join(render_to_string(f"emails/{template}/subject.txt", context).split())
        text = render_to_string(f"emails/{template}/body.txt", context).strip() + "\n"
        html = render_to_string(f"emails/{template}/body.html", context)
    message, created = OutgoingMail.objects.get_or_create(
        workspace=workspace,
        key=key,
        defaults={"to": to, "subject": subject[:200], "text": text, "html": html, "attachments": list(attachments)},
    )
    if created:
        work.queue(deliver, workspace, message.pk, subject=message, by=by)
    return message


def send_again(message: OutgoingMail, by) -> None:
    """A person asks for a message that could not be sent to be tried again."""
    with transaction.atomic():
        LIFE.move(message, "wait", error="")
        activity.record("retried", message, by)
        work.queue(deliver, message.workspace, message.pk, subject=message, by=by)


@work.task(gettext_noop("send a message"))
def deliver(pk: int) -> None:
    message = OutgoingMail.objects.select_related("workspace").get(pk=pk)
    if message.state == "sent" or not LIFE.try_move(message, "take"):
        return
    try:
        _send(message)
    except Exception as error:
        LIFE.try_move(message, "fail", error=f"{type(error).__name__}: {error}"[:2000])
        raise
    LIFE.try_move(message, "deliver", sent_at=timezone.now(), error="")


def _sender(workspace) -> str:
    """The business by its name, at the address of the installation: that one may send, theirs is the reply-to."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((" ".join(workspace.name.split()), address))


def _send(message: OutgoingMail) -> None:
    workspace = message.workspace
    mail = EmailMultiAlternatives(
        message.subject,
        password_links.fill(message.text, message.to),
        from_email=_sender(workspace),
        to=[message.to],
        reply_to=[workspace.email] if workspace.email else None,
        headers={"Message-ID": f"<{workspace.slug}.{message.pk}@laseros>"},
    )
    mail.attach_alternative(password_links.fill(message.html, message.to), "text/html")
    for attachment in message.attachments:
        with default_storage.open(attachment["path"]) as handle:
            mail.attach(attachment["name"], handle.read(), attachment["type"])
    mail.send()
