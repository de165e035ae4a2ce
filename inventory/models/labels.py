from decimal import Decimal

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel


class LabelSize(WorkspaceModel):
    """A size of label this business prints on, and by how much its printer misses. The last one used is the usual."""

    name = models.CharField(_("size"), max_length=20)  # of `inventory.labels.formats.FORMATS`
    right_mm = models.DecimalField(_("move right, mm"), max_digits=4, decimal_places=1, default=Decimal(0))
    down_mm = models.DecimalField(_("move down, mm"), max_digits=4, decimal_places=1, default=Decimal(0))
    used_at = models.DateTimeField(_("last used"), default=timezone.now)

    class Meta:
        verbose_name = _("label size")
        verbose_name_plural = _("label sizes")
        ordering = ["-used_at", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="label_size_once")]

    def __str__(self):
        return self.name
