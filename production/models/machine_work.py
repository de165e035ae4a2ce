from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.models import Lot
from machines.models import Machine, MachineJob
from production.models.operation import Run


class MachineWork(WorkspaceModel):
    """What a machine job was for: one row for each, made when it is first heard of. See docs/adr/0011.

    A run may take several (a plate after a plate, a print that failed and its repetition); a machine job belongs to
    one run. `good` and `scrap` are the operator's word about what lies on the plate, None until it is said.
    """

    class How(models.TextChoices):
        TOLD = "told", _("we told it to")
        STARTED = "started", _("was started on the floor")
        CODE = "code", _("by the number in its name")
        HASH = "hash", _("by the content of its file")
        NAME = "name", _("by the name of its file")
        PERSON = "person", _("somebody said so")

    machine_job = models.OneToOneField(MachineJob, models.CASCADE, primary_key=True, related_name="made")
    run = models.ForeignKey(Run, models.PROTECT, null=True, related_name="machine_works", verbose_name=_("run"))
    how = models.CharField(_("known"), max_length=8, choices=How.choices, blank=True)
    why = models.CharField(_("why it is not known"), max_length=300, blank=True)
    pieces = models.PositiveIntegerField(_("pieces"), default=0)  # as far as anybody can tell before looking
    good = models.PositiveIntegerField(_("good"), null=True)
    scrap = models.PositiveIntegerField(_("scrap"), null=True)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    said_at = models.DateTimeField(_("counted"), null=True)
    # Of what the run's line is made of, in its unit, and whether that was booked: see `production.used`.
    material_used = models.DecimalField(_("material used"), max_digits=14, decimal_places=3, default=0)
    booked_at = models.DateTimeField(_("booked"), null=True)

    class Meta:
        verbose_name = _("work of a machine")
        verbose_name_plural = _("work of machines")
        ordering = ["-machine_job"]
        constraints = [
            models.CheckConstraint(
                condition=Q(good=None, scrap=None) | Q(good__isnull=False, scrap__isnull=False),
                name="machine_work_counted_whole",
            ),
            models.CheckConstraint(condition=Q(booked_at=None) | Q(run__isnull=False), name="machine_work_booked_for"),
        ]
        indexes = [models.Index(fields=["run"], name="machine_work_of_run", condition=Q(run__isnull=False))]

    def __str__(self):
        return str(self.machine_job)

    @property
    def counted(self) -> int:
        return (self.good or 0) + (self.scrap or 0)


class LoadedSpool(WorkspaceModel):
    """Which spool lies in which slot of a machine, by a person's word or by the spool's own chip."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="spools", verbose_name=_("machine"))
    slot = models.CharField(_("slot"), max_length=12, blank=True)  # "" where the machine has but one
    lot = models.OneToOneField(Lot, models.CASCADE, related_name="loaded", verbose_name=_("spool"))
    since = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("loaded spool")
        verbose_name_plural = _("loaded spools")
        ordering = ["machine", "slot"]
        constraints = [models.UniqueConstraint(fields=["machine", "slot"], name="loaded_spool_one_in_a_slot")]

    def __str__(self):
        return f"{self.lot.code} ({self.slot or '–'})"


class SpoolTag(WorkspaceModel):
    """The chip in a spool, and the lot it was when a person last loaded it: the next machine that reads it knows."""

    tag = models.CharField(_("chip"), max_length=64)
    lot = models.ForeignKey(Lot, models.CASCADE, related_name="tags", verbose_name=_("spool"))

    class Meta:
        verbose_name = _("chip of a spool")
        verbose_name_plural = _("chips of spools")
        ordering = ["tag"]
        constraints = [models.UniqueConstraint(fields=["workspace", "tag"], name="spool_tag_once")]

    def __str__(self):
        return self.tag
