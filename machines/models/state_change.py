from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from machines.models.machine import STATE_CHOICES, Machine


class StateChange(WorkspaceModel):
    """One change of a machine's state, once. Append-only: durations and outcomes are counted from these rows."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="changes", verbose_name=_("machine"))
    at = models.DateTimeField(_("when"))
    before = models.CharField(_("from"), max_length=12, choices=STATE_CHOICES)
    after = models.CharField(_("to"), max_length=12, choices=STATE_CHOICES)
    job_key = models.CharField(max_length=160, blank=True)
    job_name = models.CharField(_("job"), max_length=200, blank=True)
    progress = models.FloatField(_("progress"), null=True, blank=True)
    message = models.CharField(_("message"), max_length=300, blank=True)
    version = models.PositiveBigIntegerField()

    class Meta:
        verbose_name = _("state change")
        verbose_name_plural = _("state changes")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="state_change_by_workspace")]
        constraints = [models.UniqueConstraint(fields=["machine", "version"], name="state_change_once")]

    def __str__(self):
        return f"{self.machine_id}: {self.before} → {self.after}"
