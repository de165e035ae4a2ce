from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models.job import Job
from production.models.operation import Operation
from production.states import LABOUR


class LabourTime(WorkspaceModel):
    """A stretch of one person's time for a job, perhaps for one piece of work of it. One clock runs for a person."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="labour_times", verbose_name=_("person")
    )
    job = models.ForeignKey(Job, models.CASCADE, related_name="labour_times", verbose_name=_("job"))
    operation = models.ForeignKey(
        Operation, models.SET_NULL, null=True, blank=True, related_name="labour_times", verbose_name=_("operation")
    )
    state = models.CharField(_("state"), max_length=8, choices=LABOUR.choices, default=LABOUR.first, editable=False)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(_("paused for"), default=0)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    seconds = models.PositiveIntegerField(_("seconds worked"), default=0)  # once it is stopped
    station = models.CharField(_("tablet"), max_length=80, blank=True)
    corrected = models.BooleanField(_("corrected"), default=False)

    class Meta:
        verbose_name = _("working time")
        verbose_name_plural = _("working times")
        ordering = ["-started_at", "-id"]
        permissions = [("correct_labourtime", "Can correct the working times of others")]
        constraints = [
            models.UniqueConstraint(
                fields=["workspace", "person"], condition=Q(state__in=("running", "paused")), name="labour_one_clock"
            ),
            models.CheckConstraint(
                condition=Q(stopped_at=None) | Q(stopped_at__gte=F("started_at")), name="labour_ends_after_it_began"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-started_at"], name="labour_by_day"),
            models.Index(fields=["job", "state"], name="labour_of_job"),
        ]

    def __str__(self):
        return f"{self.person}, {self.job.number}"

    @property
    def worked(self) -> int:
        """Seconds until now, or until it was stopped."""
        if self.state == "stopped":
            return self.seconds
        until = self.paused_at or timezone.now()
        return max(0, round((until - self.started_at).total_seconds()) - self.paused_seconds)
