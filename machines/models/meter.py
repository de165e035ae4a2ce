from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from machines.models.machine import Machine


class Meter(WorkspaceModel):
    """An energy meter beside a machine: how it is reached, what it said last, and what was counted."""

    class Guess(models.TextChoices):
        IDLE = "idle", _("idle")
        CUTTING = "cutting", _("working")

    machine = models.OneToOneField(Machine, models.CASCADE, primary_key=True, related_name="meter")
    options = models.JSONField(_("connection settings"), default=dict)
    sealed = models.TextField(blank=True, default="")
    idle_w = models.PositiveIntegerField(_("idle up to W"), default=200)
    cutting_w = models.PositiveIntegerField(_("working from W"), default=1000)
    power_w = models.FloatField(_("power W"), null=True, blank=True)
    counter_kwh = models.FloatField(null=True, blank=True)  # as the meter says; it may go back
    total_kwh = models.FloatField(_("counted kWh"), default=0)  # by us; it never does
    guess = models.CharField(_("guess"), max_length=8, choices=Guess.choices, blank=True)
    heard_at = models.DateTimeField(_("last heard"), null=True, blank=True)
    sampled_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(_("why not"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("energy meter")
        verbose_name_plural = _("energy meters")
        constraints = [models.CheckConstraint(condition=Q(cutting_w__gt=F("idle_w")), name="meter_guesses_in_order")]

    def __str__(self):
        return f"{self.machine_id}"
