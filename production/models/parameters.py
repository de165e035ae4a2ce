from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.models import Material
from machines.models import Machine

OPTIONAL = ("power_w", "lead_in_mm", "lead_out_mm", "corner_mm", "micro_joints", "common_line_percent")


class CuttingParameter(WorkspaceModel):
    """How a machine cuts a material of one thickness with one gas at one power. It prices nothing until confirmed."""

    machine = models.ForeignKey(Machine, models.CASCADE, related_name="parameters", verbose_name=_("machine"))
    material = models.ForeignKey(Material, models.CASCADE, related_name="parameters", verbose_name=_("material"))
    thickness_mm = models.DecimalField(_("thickness mm"), max_digits=7, decimal_places=2)
    gas = models.CharField(_("gas"), max_length=20, default="N2")
    power_w = models.PositiveIntegerField(
        _("power W"), default=0, blank=True, help_text=_("Empty: the machine's full power")
    )
    gas_pressure_bar = models.DecimalField(_("pressure bar"), max_digits=6, decimal_places=2, default=0)
    nozzle_mm = models.DecimalField(_("nozzle mm"), max_digits=4, decimal_places=2, default=0)
    feed_mm_min = models.PositiveIntegerField(_("feed mm/min"))
    pierce_s = models.DecimalField(_("pierce s"), max_digits=6, decimal_places=2)
    kerf_mm = models.DecimalField(_("kerf mm"), max_digits=5, decimal_places=3, default=0)
    lead_in_mm = models.DecimalField(_("lead-in mm"), max_digits=5, decimal_places=2, default=0, blank=True)
    lead_out_mm = models.DecimalField(_("lead-out mm"), max_digits=5, decimal_places=2, default=0, blank=True)
    corner_mm = models.DecimalField(
        _("corner tolerance mm"), max_digits=5, decimal_places=3, default=0, blank=True,
        help_text=_("How far the path may leave a corner; 0: as the machine's page says"),
    )  # fmt: skip
    micro_joints = models.PositiveSmallIntegerField(
        _("micro-joints"), default=0, blank=True, help_text=_("Left in each outline, so that the part stays put")
    )
    common_line_percent = models.DecimalField(
        _("common line %"), max_digits=5, decimal_places=2, default=0, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("How much of the outlines is cut once for two parts"),
    )  # fmt: skip
    source = models.CharField(_("where the values come from"), max_length=200, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("by")
    )

    class Meta:
        verbose_name = _("cutting parameters")
        verbose_name_plural = _("cutting parameters")
        ordering = ["machine", "material", "thickness_mm"]
        constraints = [
            models.UniqueConstraint(
                fields=["machine", "material", "thickness_mm", "gas", "power_w"], name="parameters_once"
            ),
            models.CheckConstraint(condition=Q(feed_mm_min__gt=0), name="parameters_feed"),
        ]

    def __str__(self):
        return f"{self.machine}: {self.material} {self.thickness_mm.normalize():f} mm, {self.gas}"

    def clean(self):
        """What a form leaves empty is nothing of it."""
        super().clean()
        for name in OPTIONAL:
            if getattr(self, name) is None:
                setattr(self, name, 0)
