from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.fields import GenericForeignKey
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.messages import MessageHook
from accounts.models.workspace import WorkspaceModel
from laseros.core.states import Life, Move

KEEP_TRYING = timedelta(days=2)

LIFE = Life(
    {
        "waiting": _("waiting"),
        "held": _("for the daily digest"),
        "sending": _("sending"),
        "handing": _("being handed over"),
        "sent": _("sent"),
        "bundled": _("sent in a digest"),
        "unclear": _("nobody knows whether it arrived"),
        "failed": _("failed"),
        "withdrawn": _("not sent, it was taken back"),
    },
    [
        # "sending" counts as a source: a worker that died before it handed anything over is taken over by the next.
        Move("take", ("waiting", "sending"), "sending"),
        # Once: whoever makes this move, and nobody else, gives the message to the server.
        Move("hand", ("sending",), "handing"),
        Move("deliver", ("handing",), "sent"),
        Move("wait", ("sending",), "waiting"),
        Move("fail", ("sending",), "failed"),
        # The server has said no: it did not take it.
        Move("wait_refused", ("handing",), "waiting"),
        Move("fail_refused", ("handing",), "failed"),
        Move("lose", ("handing",), "unclear"),
        Move("withdraw", ("waiting", "held"), "withdrawn"),
        Move("bundle", ("held",), "bundled"),
        Move("again", ("failed", "unclear", "sent"), "waiting", _("Send again")),
        Move("arrived", ("unclear",), "sent", _("It has arrived")),
    ],
)


def until_given_up():
    return timezone.now() + KEEP_TRYING


class OutgoingMail(WorkspaceModel):
    """A message written in the transaction of what it tells about, sent after it by the worker. See docs/adr/0014."""

    key = models.CharField(max_length=120)
    kind = models.CharField(_("occasion"), max_length=40, blank=True)
    hook = models.ForeignKey(
        MessageHook, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("chat or SMS")
    )
    to = models.CharField(pgettext_lazy("mail", "to"), max_length=254)
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("person")
    )
    reply_to = models.EmailField(_("answers go to"), blank=True)
    about_type = models.ForeignKey(ContentType, models.PROTECT, null=True, blank=True, related_name="+")
    about_id = models.PositiveBigIntegerField(null=True, blank=True)
    about = GenericForeignKey("about_type", "about_id")
    language = models.CharField(max_length=8, blank=True)
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(blank=True)
    # [{"path": storage path, "name": file name, "type": media type}]
    attachments = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LIFE.choices, default=LIFE.first)
    error = models.TextField(_("what went wrong"), blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    due_at = models.DateTimeField(_("not before"), default=timezone.now)
    until = models.DateTimeField(default=until_given_up, editable=False)
    handed_at = models.DateTimeField(null=True, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="mail_once")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="mail_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="mail_by_state"),
            models.Index(fields=["about_type", "about_id"], name="mail_by_about"),
            # What the worker looks for every minute, among a hundred thousand that were sent.
            models.Index(
                fields=["due_at"],
                name="mail_open",
                condition=models.Q(state__in=("waiting", "held", "sending", "handing")),
            ),
        ]

    def __str__(self):
        return f"{self.subject} → {self.to}"
