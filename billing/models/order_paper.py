from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.models.quote import Quote
from crm.models import Client
from production.models import Job


class OrderPaper(WorkspaceModel):
    """What goes with an order and is no invoice: its confirmation, or a pro forma. It says what it said."""

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("Order confirmation")
        PROFORMA = "proforma", _("Pro forma invoice")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    number = models.CharField(_("number"), max_length=30)
    client = models.ForeignKey(Client, models.PROTECT, related_name="order_papers", verbose_name=_("client"))
    job = models.ForeignKey(Job, models.PROTECT, null=True, related_name="order_papers", verbose_name=_("job"))
    quote = models.ForeignKey(Quote, models.PROTECT, null=True, related_name="order_papers", verbose_name=_("quote"))
    currency = models.CharField(_("currency"), max_length=3)
    tax_included = models.BooleanField(_("prices include tax"), default=False)
    net = money_field(_("net"))
    tax = money_field(_("tax"))
    total = money_field(_("total"))
    # Names, addresses, lines and tax per rate as they were when it was written.
    frozen = models.JSONField(default=dict)
    pdf = models.FileField(upload_to="documents/", blank=True, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now)

    class Meta:
        verbose_name = _("order paper")
        verbose_name_plural = _("order papers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="order_paper_number_once"),
            models.CheckConstraint(
                condition=Q(job__isnull=False) | Q(quote__isnull=False), name="order_paper_of_something"
            ),
        ]
        indexes = [models.Index(fields=["workspace", "-id"], name="order_paper_by_workspace")]

    def __str__(self):
        return self.number

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("an order paper is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("an order paper is never deleted")
