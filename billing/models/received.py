from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field


class ReceivedInvoice(WorkspaceModel):
    """An electronic invoice somebody sent us: the file as it came, and what was read in it. Never changed."""

    file = models.FileField(upload_to="received/", editable=False, max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    number = models.CharField(_("number"), max_length=200, editable=False)
    seller = models.CharField(_("from"), max_length=200, editable=False)
    currency = models.CharField(_("currency"), max_length=3, blank=True, editable=False)
    net = money_field(_("net"), editable=False)
    tax = money_field(_("tax"), editable=False)
    total = money_field(_("total"), editable=False)
    issued_on = models.DateField(_("date"), null=True, editable=False)
    due_on = models.DateField(_("due"), null=True, editable=False)
    facts = models.JSONField(default=dict, editable=False)  # as `billing.received.reading.read` answers
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("who")
    )

    class Meta:
        verbose_name = _("received invoice")
        verbose_name_plural = _("received invoices")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="received_by_workspace")]
        constraints = [models.UniqueConstraint(fields=["workspace", "sha256"], name="received_once")]

    def __str__(self):
        return f"{self.number} · {self.seller}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a received invoice is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a received invoice is never deleted")
