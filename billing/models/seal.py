from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from billing.models.invoice import Invoice


class Seal(WorkspaceModel):
    """What a document said when it was issued: one link of a business's chain, see `billing.chain`. Never changed."""

    position = models.PositiveIntegerField(_("position"))
    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="seal", verbose_name=_("document"))
    at = models.DateTimeField(_("when"))
    by = models.CharField(_("who"), max_length=160)
    content = models.TextField(_("content"))
    previous = models.CharField(_("link before"), max_length=64, blank=True)
    link = models.CharField(_("link"), max_length=64)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "position"], name="seal_position_once"),
            models.CheckConstraint(condition=Q(position__gt=0), name="seal_from_one"),
        ]

    def __str__(self):
        return f"{self.position}: {self.invoice}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a seal is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a seal is never deleted")
