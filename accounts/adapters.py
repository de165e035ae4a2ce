"""How the account package behaves here: people are invited, and no request waits for a mail server."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django_scopes import scope

from accounts import activity, workspaces


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


def send_now(subject: str, body: str, sender: str, to: list[str], html: str) -> None:
    """The worker's part."""
    message = EmailMultiAlternatives(subject, body, sender, to)
    message.attach_alternative(html, "text/html")
    message.send()
