from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from crm.models.client import Client


class NotDuplicate(WorkspaceModel):
    """Somebody looked: these two have something in common and are two clients all the same. The older stands first."""

    first = models.ForeignKey(Client, models.CASCADE, related_name="+", verbose_name=_("client"))
    second = models.ForeignKey(Client, models.CASCADE, related_name="+", verbose_name=_("client"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("pair that is two clients")
        verbose_name_plural = _("pairs that are two clients")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="not_duplicate_older_first"),
        ]

    def __str__(self):
        return f"{self.first} / {self.second}"
