"""The daily digest: what somebody wanted to hear of once a day, in one message."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_scopes import scope, scopes_disabled

from accounts import work
from accounts.models import OutgoingMail, User, Workspace
from accounts.models.mail import LIFE
from accounts.outbox import sending, wording

MOST = 100


def bundle_due() -> int:
    """Write the digests whose hour has come; how many."""
    now = timezone.now()
    with scopes_disabled():
        rows = OutgoingMail.objects.filter(state="held", due_at__lte=now, reader__isnull=False)
        waiting = list(rows.order_by().values_list("workspace", "reader").distinct())
    for workspace_id, reader_id in waiting:
        workspace = Workspace.objects.get(pk=workspace_id)
        with scope(workspace=workspace):
            _bundle(workspace, User.objects.get(pk=reader_id), now)
    return len(waiting)


@transaction.atomic
def _bundle(workspace: Workspace, reader: User, now) -> None:
    held = OutgoingMail.objects.filter(state="held", reader=reader, due_at__lte=now).order_by("id")
    rows = [message for message in held[:MOST] if LIFE.try_move(message, "bundle", sent_at=now)]
    if not rows:
        return
    language = rows[-1].language or workspace.language
    with translation.override(language):
        subject = ngettext("%(count)s message from %(business)s", "%(count)s messages from %(business)s", len(rows)) % {
            "count": len(rows),
            "business": workspace.name,
        }
        greeting = _("Hello %(name)s,") % {"name": reader.get_short_name()}
        values = {"greeting": greeting, "all": "\n".join(message.subject for message in rows)}
        body = "{greeting}\n\n- {all}"
        for number, message in enumerate(rows):
            values[f"text_{number}"] = message.text.strip()
            body += f"\n\n> {{text_{number}}}"
        written = wording.laid_out(workspace, language, subject, body, values, signed=False)
    digest = OutgoingMail.objects.create(
        workspace=workspace, key=f"digest:{reader.pk}:{rows[0].pk}", kind="digest", to=reader.email, reader=reader,
        language=language, subject=subject[:200], text=written.text, html=written.html,
    )  # fmt: skip
    work.queue(sending.deliver, workspace, digest.pk, subject=digest)
