from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from billing.models.reminding import new_key


class PeriodClose(WorkspaceModel):
    """The books up to a day are closed: nothing is issued, paid or taken back on a day before. Reopened by another row.

    The newest row counts. Rows are never changed or deleted.
    """

    until_on = models.DateField(_("closed until"), null=True, help_text=_("Empty: nothing is closed"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(pgettext_lazy("period", "when"), default=timezone.now)

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="period_close_newest")]
        constraints = [
            models.CheckConstraint(condition=~Q(until_on=None) | ~Q(reason=""), name="period_reopened_for_a_reason")
        ]
        permissions = [("close_period", "Can close months"), ("reopen_period", "Can open closed months again")]

    def __str__(self):
        return f"{self.until_on}" if self.until_on else str(_("nothing closed"))

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a period close is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a period close is never deleted")


class Archive(WorkspaceModel):
    """A ZIP with the papers of a while, made by the worker."""

    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    total = models.PositiveIntegerField(_("documents"), default=0)
    done = models.PositiveIntegerField(_("of them in it"), default=0)
    file = models.FileField(upload_to="archives/", blank=True, max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    key = models.CharField(max_length=60, default=new_key)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("asked for"), default=timezone.now)
    made_at = models.DateTimeField(_("made"), null=True)

    class Meta:
        verbose_name = _("archive")
        verbose_name_plural = _("archives")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="archive_by_workspace")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="archive_key_once"),
            models.UniqueConstraint(
                fields=["workspace", "from_on", "until_on"], condition=Q(file=""), name="archive_one_at_a_time"
            ),
        ]

    def __str__(self):
        return f"{self.from_on} – {self.until_on}"
