from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.states import INVOICE, OWED
from crm.models import Client
from production.models import Job, JobLine


def refuse_when_issued(invoice_pk: int | None) -> None:
    """The last fence before the database: verbs say no in words long before this."""
    if invoice_pk and Invoice._base_manager.filter(pk=invoice_pk).exclude(number=None).exists():
        raise TypeError("an issued invoice is never changed")


class Invoice(WorkspaceModel):
    """What a client owes. A draft has no number; issued, it is frozen and only another document corrects it."""

    number = models.CharField(_("number"), max_length=30, null=True, blank=True, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="invoices", verbose_name=_("client"))
    job = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, editable=False, related_name="invoices", verbose_name=_("job")
    )
    state = models.CharField(_("state"), max_length=12, choices=INVOICE.choices, default=INVOICE.first, editable=False)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    note = models.TextField(_("note to the client"), blank=True)
    issued_on = models.DateField(_("date"), null=True, editable=False)
    supplied_on = models.DateField(_("date of supply"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, editable=False)
    net = money_field(_("net"), editable=False)
    tax = money_field(_("tax"), editable=False)
    total = money_field(_("total"), editable=False)
    paid = money_field(_("paid"), editable=False)
    # Names, addresses, tax numbers and tax per rate as they were when it was issued.
    frozen = models.JSONField(default=dict, editable=False)
    pdf = models.FileField(upload_to="documents/", blank=True, editable=False, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now, editable=False)
    issued_at = models.DateTimeField(_("issued"), null=True, editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(paid__gte=0, paid__lte=F("total")), name="invoice_paid_within"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"), number__isnull=True)
                | (Q(number__isnull=False) & ~Q(state="draft")),
                name="invoice_numbered_when_issued",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="invoice_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="invoice_by_state"),
            # What a client may see, counted and leafed through without reading a single invoice.
            models.Index(
                fields=["workspace", "client", "-id"], name="invoice_of_client", condition=Q(number__isnull=False)
            ),
            models.Index(fields=["client", "state"], name="invoice_of_client_by_state"),
            models.Index(fields=["workspace", "issued_on"], name="invoice_by_day"),
        ]
        permissions = [("issue_invoice", "Can issue invoices")]

    def __str__(self):
        return self.number or str(_("draft invoice"))

    def save(self, *args, **kwargs):
        refuse_when_issued(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        refuse_when_issued(self.pk)
        return super().delete(*args, **kwargs)

    @property
    def balance(self):
        return self.total - self.paid

    @property
    def is_overdue(self) -> bool:
        return self.state in OWED and self.due_on is not None and self.due_on < timezone.localdate()


class InvoiceLine(WorkspaceModel):
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    job_line = models.ForeignKey(
        JobLine, models.PROTECT, null=True, blank=True, editable=False, related_name="invoice_lines"
    )
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = money_field(_("unit price"))
    tax_percent = models.DecimalField(_("tax %"), max_digits=5, decimal_places=2, default=0)
    net = money_field(_("net"), editable=False)

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="invoice_line_of_something"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="invoice_line_price_not_negative"),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.description}"

    def save(self, *args, **kwargs):
        refuse_when_issued(self.invoice_id)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        refuse_when_issued(self.invoice_id)
        return super().delete(*args, **kwargs)
