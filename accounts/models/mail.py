from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.workspace import WorkspaceModel
from laseros.core.states import Life, Move

LIFE = Life(
    {"waiting": _("waiting"), "sending": _("sending"), "sent": _("sent"), "failed": _("failed")},
    [
        # "sending" counts as a source: a worker that died in between is taken over by the next try.
        Move("take", ("waiting", "sending", "failed"), "sending"),
        Move("deliver", ("sending",), "sent"),
        Move("fail", ("sending",), "failed"),
        Move("wait", ("failed",), "waiting", _("Send again")),
    ],
)


class OutgoingMail(WorkspaceModel):
    """A message written in the transaction of what it tells about, sent after it by the worker."""

    key = models.CharField(max_length=120)
    to = models.EmailField(pgettext_lazy("mail", "to"))
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"))
    html = models.TextField(blank=True)
    # [{"path": storage path, "name": file name, "type": media type}]
    attachments = models.JSONField(default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=LIFE.choices, default=LIFE.first)
    error = models.TextField(_("what went wrong"), blank=True)
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="mail_once")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="mail_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="mail_by_state"),
        ]

    def __str__(self):
        return f"{self.subject} → {self.to}"
