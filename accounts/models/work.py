from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models.workspace import WorkspaceModel
from laseros.core.states import Life, Move

LIFE = Life(
    {
        "waiting": _("waiting"),
        "running": _("running"),
        "done": _("done"),
        "failed": _("failed"),
    },
    [
        # A worker that died left the task running: whoever gets it next takes it over.
        Move("take", ("waiting", "running"), "running"),
        Move("finish", ("running",), "done"),
        Move("wait", ("running",), "waiting"),
        Move("give_up", ("running", "waiting"), "failed"),
        Move("retry", ("failed",), "waiting", _("Try again")),
    ],
)


class BackgroundTask(WorkspaceModel):
    """A piece of work off the request: what waits, runs, is done or has failed, and why."""

    name = models.CharField(_("task"), max_length=120)
    subject = models.CharField(_("about"), max_length=200, blank=True)
    arguments = models.JSONField(default=list)
    state = models.CharField(_("state"), max_length=10, choices=LIFE.choices, default=LIFE.first)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    error = models.TextField(_("what went wrong"), blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    queued_at = models.DateTimeField(_("queued"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    class Meta:
        verbose_name = _("background task")
        verbose_name_plural = _("background tasks")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="work_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="work_by_state"),
        ]

    def __str__(self):
        return f"{gettext(self.name)} {self.subject}".strip()
