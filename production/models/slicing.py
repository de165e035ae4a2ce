from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models.design_file import DesignFile


class Slicing(WorkspaceModel):
    """What a sliced file says a print takes, or why it could not be read. What it does not say stays empty."""

    design_file = models.OneToOneField(DesignFile, models.CASCADE, related_name="slicing", primary_key=True)
    slicer = models.CharField(_("slicer"), max_length=80, blank=True)
    seconds = models.PositiveIntegerField(_("print time, s"), null=True)
    grams = models.FloatField(_("filament g"), null=True)
    metres = models.FloatField(_("filament m"), null=True)
    # As `machines.gcode.Sliced.as_dict` gives it: plates, tools, layers, nozzle, printer.
    facts = models.JSONField(default=dict)
    picture = models.FileField(upload_to="sliced/", blank=True, max_length=200)  # PNG, made anew by us
    reason = models.CharField(_("why it could not be read"), max_length=500, blank=True)
    read_at = models.DateTimeField(_("read"), auto_now=True)

    class Meta:
        verbose_name = _("sliced file")
        verbose_name_plural = _("sliced files")

    def __str__(self):
        return self.slicer or str(self.design_file_id)
