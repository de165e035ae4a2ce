from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from laseros.core.drivers import Outcome
from machines.models.machine import Machine

OUTCOME_LABELS = {
    Outcome.FINISHED: _("finished"),
    Outcome.CANCELLED: _("cancelled"),
    Outcome.FAILED: _("failed"),
    Outcome.UNCLEAR: _("ended unseen"),
}


class MachineJob(WorkspaceModel):
    """A piece of work a machine did, once, whoever sent it: from its own word, not from what we saw of the link."""

    class Claim(models.TextChoices):
        OPEN = "open", _("whose is this?")
        OURS = "ours", _("of a job")
        NOBODYS = "nobodys", _("not for a job")

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="jobs", verbose_name=_("machine"))
    key = models.CharField(max_length=200)
    native_key = models.CharField(max_length=160, blank=True)  # the machine's own; "" where it numbers nothing
    name = models.CharField(_("work"), max_length=200, blank=True)
    file = models.CharField(_("file"), max_length=300, blank=True)
    started_at = models.DateTimeField(_("started"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(
        _("outcome"), max_length=10, blank=True, choices=[(each.value, label) for each, label in OUTCOME_LABELS.items()]
    )
    settled = models.BooleanField(default=False)  # a person has said how it ended
    why = models.CharField(_("reason"), max_length=300, blank=True)
    progress = models.FloatField(_("progress"), default=0)
    seen_from = models.FloatField(default=0)  # how far it was when it was first seen
    grams_planned = models.FloatField(null=True, blank=True)
    grams = models.FloatField(_("filament g"), null=True, blank=True)
    metres = models.FloatField(_("length m"), null=True, blank=True)  # of filament, or cut
    pierces = models.PositiveIntegerField(_("pierces"), null=True, blank=True)
    cut_seconds = models.FloatField(_("cutting time s"), null=True, blank=True)
    # From a report, after it was over: the operator's terminal stays the truth of the run.
    reported = models.BooleanField(_("from a report"), default=False)
    facts = models.JSONField(default=dict, blank=True)  # gas, material, thickness, parts, report, line
    kwh_before = models.FloatField(null=True, blank=True)
    kwh = models.FloatField(_("energy kWh"), null=True, blank=True)
    kwh_is_estimate = models.BooleanField(default=False)  # no meter was heard near its beginning or end
    is_counted = models.BooleanField(default=False)  # in the use of its machine
    # What fed it: {"slot": now, "from": progress since when, "shares": {slot: progress it fed}}.
    feeding = models.JSONField(default=dict, blank=True)
    claim = models.CharField(_("belongs"), max_length=8, choices=Claim.choices, default=Claim.OPEN)
    work = models.CharField(_("made for"), max_length=200, blank=True)  # in the words of whoever knows it
    picture = models.CharField(max_length=200, blank=True)  # of that, the address of a picture on these pages

    class Meta:
        verbose_name = _("machine job")
        verbose_name_plural = _("machine jobs")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["machine", "key"], name="machine_job_once"),
            models.UniqueConstraint(fields=["machine"], condition=Q(ended_at=None), name="machine_job_one_open"),
            models.CheckConstraint(
                condition=Q(ended_at=None, outcome="") | (Q(ended_at__isnull=False) & ~Q(outcome="")),
                name="machine_job_ends_somehow",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-started_at"], name="machine_job_by_workspace"),
            models.Index(fields=["machine", "-started_at"], name="machine_job_by_machine"),
        ]

    def __str__(self):
        return self.name or self.file or self.key

    @property
    def slots(self) -> dict[str, float]:
        """{slot: its part of what was used}, together 1; {"": 1} where the machine has no slots, or says nothing."""
        shares = {slot: share for slot, share in self.feeding.get("shares", {}).items() if share > 0}
        whole = sum(shares.values())
        return {slot: share / whole for slot, share in shares.items()} if whole else {self.feeding.get("slot", ""): 1.0}

    @property
    def parts(self) -> int | None:
        """Pieces by the machine's own count, where it told one."""
        counted = self.facts.get("parts")
        return round(counted) if isinstance(counted, int | float) else None

    @property
    def seconds(self) -> float | None:
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()


class Sample(WorkspaceModel):
    """Temperatures and power at one moment: for the chart. Thinned after a month, gone after a year."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="samples", verbose_name=_("machine"))
    at = models.DateTimeField()
    values = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("sample")
        verbose_name_plural = _("samples")
        ordering = ["at"]
        constraints = [models.UniqueConstraint(fields=["machine", "at"], name="sample_once")]
        indexes = [models.Index(fields=["at"], name="sample_by_time")]

    def __str__(self):
        return f"{self.machine_id} {self.at:%H:%M}"
