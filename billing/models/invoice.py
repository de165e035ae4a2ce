from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.discount import Discounted, one_discount
from accounts.models.workspace import TaxField, money_field
from billing.models.rate import rate_field
from billing.states import INVOICE, OWED
from crm.models import Client
from laseros.core.money import ZERO
from production.models import Job, JobLine


def refuse_when_issued(invoice_pk: int | None) -> None:
    """The last fence before the database: verbs say no in words long before this."""
    if invoice_pk and Invoice._base_manager.filter(pk=invoice_pk).exclude(number=None).exists():
        raise TypeError("an issued invoice is never changed")


class Kind(models.TextChoices):
    """What an invoice, or a document that corrects one, is in law."""

    INVOICE = "invoice", _("Invoice")
    CREDIT = "credit", _("Credit note")
    CANCELLATION = "cancellation", pgettext_lazy("document", "Cancellation")


class Treatment(models.TextChoices):
    """Why there is tax on a document, or why there is none. `billing.law` says which a country knows."""

    STANDARD = "standard", _("Tax as on the lines")
    EXPORT = "export", _("Export: no tax")
    INTRA = "intra", _("To a business in another EU country: no VAT")
    REVERSE = "reverse", _("Reverse charge: the client owes the VAT")
    SMALL = "small", _("Small business: no VAT (§ 19 UStG)")
    NONE = "none", _("Not registered: no tax")
    EXEMPT = "exempt", _("Exemption certificate: no sales tax")
    OUTSIDE = "outside", _("To a state where we collect none: no sales tax")


class Invoice(Discounted, WorkspaceModel):
    """What a client owes. A draft has no number; issued, it is frozen and only another document corrects it.

    `Kind` says whether it is one, or takes one back: a credit note's sums are positive and count against its `origin`.
    `billing.guards` names what of an issued one may still move: its state, what is paid and credited of it.
    """

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.INVOICE, editable=False)
    number = models.CharField(_("number"), max_length=30, null=True, blank=True, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="invoices", verbose_name=_("client"))
    job = models.ForeignKey(
        Job, models.PROTECT, null=True, blank=True, editable=False, related_name="invoices", verbose_name=_("job")
    )
    state = models.CharField(_("state"), max_length=12, choices=INVOICE.choices, default=INVOICE.first, editable=False)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    rate = rate_field(_("rate"), editable=False)
    origin = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="corrections", verbose_name=_("corrects")
    )
    # Asked for before the work; a later invoice of the job is less by it (`billing.invoices.deposits`).
    is_deposit = models.BooleanField(_("deposit"), default=False, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    treatment = models.CharField(
        _("tax"), max_length=10, choices=Treatment.choices, default=Treatment.STANDARD,
        help_text=_("Anything but the first takes the tax off all lines and says why on the document"),
    )  # fmt: skip
    tax_included = models.BooleanField(_("prices include tax"), default=False, editable=False)
    note = models.TextField(_("note to the client"), blank=True)
    issued_on = models.DateField(_("date"), null=True, editable=False)
    supplied_on = models.DateField(_("date of supply"), null=True, blank=True)
    due_on = models.DateField(_("due"), null=True, editable=False)
    net = money_field(_("net"), editable=False)
    tax = money_field(_("tax"), editable=False)
    total = money_field(_("total"), editable=False)
    paid = money_field(_("paid"), editable=False)
    credited = money_field(_("credited"), editable=False)  # by credit notes, or all of it by a cancellation
    deducted = money_field(_("taken off later invoices"), editable=False)  # of a deposit
    # Names, addresses, tax numbers and tax per rate as they were when it was issued.
    frozen = models.JSONField(default=dict, editable=False)
    pdf = models.FileField(upload_to="documents/", blank=True, editable=False, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    xml = models.FileField(upload_to="documents/", blank=True, editable=False, max_length=200)
    xml_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now, editable=False)
    issued_at = models.DateTimeField(_("issued"), null=True, editable=False)
    # When the original went out; what is handed out after it says that it is a copy (`billing.copies`).
    original_at = models.DateTimeField(_("original given out"), null=True, editable=False)

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="invoice_number_once"),
            one_discount("invoice"),
            models.CheckConstraint(condition=Q(paid__gte=0, paid__lte=F("total")), name="invoice_paid_within"),
            models.CheckConstraint(
                condition=Q(credited__gte=0, credited__lte=F("total")), name="invoice_credited_within"
            ),
            models.CheckConstraint(
                condition=Q(deducted__gte=0, deducted__lte=F("total")), name="invoice_deducted_within"
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", origin__isnull=True) | (~Q(kind="invoice") & Q(origin__isnull=False)),
                name="invoice_correction_of_something",
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled"), number__isnull=True)
                | (Q(number__isnull=False, issued_on__isnull=False) & ~Q(state="draft")),
                name="invoice_numbered_when_issued",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="invoice_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="invoice_by_state"),
            models.Index(fields=["workspace", "state", "due_on"], name="invoice_by_due"),
            # What a client may see, counted and leafed through without reading a single invoice.
            models.Index(
                fields=["workspace", "client", "-id"], name="invoice_of_client", condition=Q(number__isnull=False)
            ),
            models.Index(fields=["client", "state"], name="invoice_of_client_by_state"),
            models.Index(fields=["workspace", "issued_on"], name="invoice_by_day"),
            # Nearly always empty: see `Payment`.
            models.Index(fields=["origin"], name="invoice_of_origin", condition=Q(origin__isnull=False)),
        ]
        permissions = [("issue_invoice", "Can issue invoices")]

    def __str__(self):
        if self.number:
            return self.number
        if self.kind != Kind.INVOICE:
            return str(_("draft credit note"))
        return str(_("draft deposit invoice") if self.is_deposit else _("draft invoice"))

    def save(self, *args, **kwargs):
        refuse_when_issued(self.pk)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        refuse_when_issued(self.pk)
        return super().delete(*args, **kwargs)

    @property
    def called(self) -> str:
        """What it is for a reader, who asks for a deposit invoice and not for a kind of invoice."""
        return str(_("Deposit invoice") if self.is_deposit else self.get_kind_display())

    @property
    def is_correction(self) -> bool:
        return self.kind != Kind.INVOICE

    @property
    def balance(self):
        """What the client has still to pay; nothing on a document that takes something back."""
        return ZERO if self.is_correction else max(self.total - self.paid - self.credited, ZERO)

    @property
    def surplus(self):
        """What the client has paid beyond what is owed after credit notes: theirs, to be paid back."""
        return ZERO if self.is_correction else max(self.paid + self.credited - self.total, ZERO)

    @property
    def is_overdue(self) -> bool:
        return self.state in OWED and self.due_on is not None and self.due_on < timezone.localdate()


class InvoiceLine(Discounted, WorkspaceModel):
    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines", verbose_name=_("invoice"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    job_line = models.ForeignKey(
        JobLine, models.PROTECT, null=True, blank=True, editable=False, related_name="invoice_lines"
    )
    # Where what is delivered is invoiced: the pieces of one delivery.
    delivery_line = models.ForeignKey(
        "billing.DeliveryLine", models.PROTECT, null=True, blank=True, editable=False, related_name="invoice_lines"
    )
    # What this line takes off: of a deposit invoice what it said at one rate, in the prices of this invoice, and
    # exactly the tax that was on it: `deposit_net`, `deposit_total`.
    deposit = models.ForeignKey(
        Invoice, models.PROTECT, null=True, blank=True, editable=False, related_name="deductions"
    )
    deposit_tax = money_field(_("tax of the deposit"), null=True, blank=True, default=None, editable=False)
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = money_field(_("unit price"))
    tax_percent = TaxField(_("tax %"))
    # A cent more or less: of a credit note's line, what the notes before it have left of the invoice's.
    rounding = money_field(_("rounding"), editable=False)
    # In the prices of the invoice, with tax or without, less its discount.
    amount = money_field(pgettext_lazy("money", "amount"), editable=False)

    class Meta:
        verbose_name = _("invoice line")
        verbose_name_plural = _("invoice lines")
        ordering = ["position", "id"]
        indexes = [
            models.Index(fields=["deposit"], name="invoice_line_of_deposit", condition=Q(deposit__isnull=False)),
            models.Index(
                fields=["delivery_line"], name="invoice_line_of_delivery", condition=Q(delivery_line__isnull=False)
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="invoice_line_of_something"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="invoice_line_price_not_negative"),
            one_discount("invoice_line"),
            models.CheckConstraint(
                condition=Q(deposit__isnull=True, deposit_tax__isnull=True)
                | Q(deposit__isnull=False, deposit_tax__gte=0),
                name="invoice_line_deposit_with_tax",
            ),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.description}"

    @property
    def deposit_net(self):
        return self.unit_price - self.deposit_tax if self.invoice.tax_included else self.unit_price

    @property
    def deposit_total(self):
        return self.unit_price if self.invoice.tax_included else self.unit_price + self.deposit_tax

    def save(self, *args, **kwargs):
        refuse_when_issued(self.invoice_id)
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        refuse_when_issued(self.invoice_id)
        return super().delete(*args, **kwargs)
