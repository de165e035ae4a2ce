"""How the account package behaves here: people are invited, and no request waits for a mail server."""

import smtplib
from contextlib import suppress
from datetime import timedelta

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django_scopes import scope

from accounts import activity, workspaces

WAITS = (1, 2, 5, 10, 30, 60, 120, 240, 480)  # minutes; then the link would be old, and whoever waits has asked again


class InvitedPeople(DefaultAccountAdapter):
    def is_open_for_signup(self, request):
        return False

    def login(self, request, user):
        """Written down once, in the business that opens."""
        super().login(request, user)
        workspace, _membership = workspaces.open_for(user, request.session.get(workspaces.SESSION_KEY))
        if workspace is not None:
            with scope(workspace=workspace):
                activity.record("logged in", workspace, user)

    def send_mail(self, template_prefix, email, context):
        """Rendered now, sent by the worker. It holds a secret link, so it is not written to a workspace's outbox."""
        request = allauth_context.request
        context = {"request": request, "email": email, "current_site": get_current_site(request), **context}
        message = self.render_mail(template_prefix, email, context)
        html = _as_html(message)
        transaction.on_commit(lambda: _hand_over(message, html))


def _as_html(message: EmailMessage) -> str:
    """The same words: paragraphs, and a line that is an address to press."""
    blocks = [
        {"text": text, "link": text if text.startswith(("http://", "https://")) else ""}
        for text in (part.strip() for part in message.body.split("\n\n"))
        if text
    ]
    context = {"subject": message.subject, "blocks": blocks, "language": get_language()}
    return render_to_string("emails/account.html", context)


def _hand_over(message: EmailMessage, html: str) -> None:
    from django_q.tasks import async_task

    async_task("accounts.adapters.send_now", message.subject, message.body, message.from_email, message.to, html)


def send_now(subject: str, body: str, sender: str, to: list[str], html: str, tries: int = 0) -> None:
    """The worker's part. A server that is away or says "later" is asked again; what it may have is not sent twice."""
    message = EmailMultiAlternatives(subject, body, sender, to, connection=get_connection(fail_silently=False))
    message.attach_alternative(html, "text/html")
    again = (subject, body, sender, to, html, tries + 1)
    try:
        message.connection.open()
    except (OSError, smtplib.SMTPException):
        if tries == len(WAITS):
            raise
        return _later(again)
    try:
        message.send()
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        if tries == len(WAITS) or not _is_for_later(error):
            raise
        _later(again)
    finally:
        with suppress(OSError, smtplib.SMTPException):
            message.connection.close()


def _is_for_later(error) -> bool:
    refused = getattr(error, "recipients", None)
    codes = [code for code, _words in refused.values()] if refused else [getattr(error, "smtp_code", 0)]
    return all(400 <= code < 500 for code in codes)


def _later(again: tuple) -> None:
    """Written to the queue's own schedule: it outlives the worker."""
    from django_q.models import Schedule

    next_run = timezone.now() + timedelta(minutes=WAITS[again[-1] - 1])
    Schedule.objects.create(
        func="accounts.adapters.send_now", args=repr(again), schedule_type=Schedule.ONCE, next_run=next_run
    )
