from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models.job import Job


class JobMessage(WorkspaceModel):
    """What the client or the shop said about a job, or what the shop noted for itself."""

    class Side(models.TextChoices):
        CLIENT = "client", _("client")
        SHOP = "shop", _("shop")

    job = models.ForeignKey(Job, models.CASCADE, related_name="messages", verbose_name=_("job"))
    side = models.CharField(_("from"), max_length=6, choices=Side.choices)
    is_internal = models.BooleanField(_("note for us, the client does not see it"), default=False)
    text = models.TextField(_("text"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    by_name = models.CharField(_("who"), max_length=160)
    at = models.DateTimeField(_("when"), default=timezone.now)
    seen_at = models.DateTimeField(_("seen"), null=True, editable=False)  # by the other side
    key = models.CharField(max_length=40, editable=False)

    class Meta:
        verbose_name = _("message on a job")
        verbose_name_plural = _("messages on jobs")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job", "key"], name="job_message_once")]
        indexes = [
            models.Index(
                fields=["job", "side"], name="job_message_unseen", condition=models.Q(seen_at=None, is_internal=False)
            )
        ]

    def __str__(self):
        return f"{self.by_name}: {self.text[:60]}"


class JobMessageFile(WorkspaceModel):
    """Something sent along: a picture drawn anew, or a file that is only ever handed out to be saved."""

    message = models.ForeignKey(JobMessage, models.CASCADE, related_name="files", verbose_name=_("message"))
    name = models.CharField(_("name"), max_length=140)
    is_picture = models.BooleanField(default=False)
    content = models.FileField(upload_to="conversations/", max_length=200)
    size = models.PositiveBigIntegerField(_("size"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]

    def __str__(self):
        return self.name
