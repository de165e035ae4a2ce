from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from crm.models.client import Client


class ExemptionCertificate(WorkspaceModel):
    """Why a client pays no sales tax in one state: they resell it, or the law exempts them."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="certificates", verbose_name=_("client"))
    number = models.CharField(_("number"), max_length=60)
    state = models.CharField(pgettext_lazy("address", "state"), max_length=2)
    valid_from = models.DateField(_("from"), null=True, blank=True, help_text=_("Empty: since ever"))
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty: until further"))
    file = models.FileField(_("certificate"), upload_to="exemptions/", blank=True, editable=False, max_length=200)

    class Meta:
        verbose_name = _("exemption certificate")
        verbose_name_plural = _("exemption certificates")
        ordering = ["valid_until", "id"]

    def __str__(self):
        return f"{self.state} {self.number}"

    def clean(self):
        super().clean()
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day lies before the first.")})

    def covers(self, day: date) -> bool:
        """Whether it held on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )
