import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.workspace import WorkspaceModel


def fresh_nonce() -> str:
    return secrets.token_urlsafe(16)


class CalendarFeed(WorkspaceModel):
    """The address under which one person's calendar reads what is due in one business."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person"))
    nonce = models.CharField(max_length=24, default=fresh_nonce)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "user"], condition=models.Q(revoked_at=None), name="calendar_feed_once"
            )
        ]

    def __str__(self):
        return str(self.user)
