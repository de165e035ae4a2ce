"""How the account package behaves here: people are invited, and no request waits for a mail server."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMessage
from django.db import transaction
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
        transaction.on_commit(lambda: _hand_over(message))


def _hand_over(message: EmailMessage) -> None:
    from django_q.tasks import async_task

    async_task("accounts.adapters.send_now", message.subject, message.body, message.from_email, message.to)


def send_now(subject: str, body: str, sender: str, to: list[str]) -> None:
    """The worker's part."""
    EmailMessage(subject, body, sender, to).send()
