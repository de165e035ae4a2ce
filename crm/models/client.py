from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from crm.models.tag import Tag
from laseros.core import tax_words
from laseros.core.locales import town_line


class InvoiceFormat(models.TextChoices):
    """How a client wants to be invoiced; the values are those of `manage.py einvoice --format`."""

    PDF = "pdf", _("PDF")
    HYBRID = "facturx-pdf", _("PDF with XML inside (ZUGFeRD, Factur-X)")
    CII = "xrechnung-cii", _("XRechnung (CII)")
    UBL = "xrechnung-ubl", _("XRechnung (UBL)")


class Client(WorkspaceModel):
    """Who buys from us: a business or a private person."""

    class Kind(models.TextChoices):
        BUSINESS = "business", _("Business")
        PRIVATE = "private", _("Private")

    code = models.CharField(_("code"), max_length=20, editable=False)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.BUSINESS)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    payment_days = models.PositiveSmallIntegerField(
        _("payment within (days)"), null=True, blank=True, help_text=_("Empty: that of the business")
    )
    buyer_reference = models.CharField(
        _("buyer reference"),
        max_length=60,
        blank=True,
        help_text=_("Leitweg-ID of a public client, or what they ask for"),
    )
    invoice_format = models.CharField(
        _("invoices as"), max_length=14, choices=InvoiceFormat.choices, default=InvoiceFormat.PDF
    )
    discount_percent = models.DecimalField(
        _("discount %"),
        max_digits=5,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    prices_with_tax = models.CharField(
        _("prices include tax"), max_length=3, choices=[("yes", _("yes")), ("no", _("no"))], blank=True,
        help_text=_("Empty: as the workspace says"),
    )  # fmt: skip
    credit_limit = money_field(
        _("credit limit"), default=None, null=True, blank=True, validators=[MinValueValidator(0)],
        help_text=_("What they may owe with what is being made; quotes and jobs warn beyond it. Empty: none"),
    )  # fmt: skip
    notes = models.TextField(_("notes"), blank=True)
    tags = models.ManyToManyField(Tag, blank=True, related_name="clients", verbose_name=_("tags"))
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    # A duplicate that was merged: see docs/adr/0020. `takes_in` says so on the other side, so that nobody asks in vain.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="merged",
        verbose_name=_("merged into"),
    )  # fmt: skip
    takes_in = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="client_code_once"),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(archived_at__isnull=False, takes_in=False), name="client_merged_once"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | ~Q(merged_into=F("id")), name="client_merged_into_another"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="client_by_workspace"),
            models.Index(fields=["workspace", "name"], name="client_by_name"),
        ]
        permissions = [
            ("act_for_client", "Can see and decide for this client in the portal"),
            ("merge_client", "Can merge duplicates of clients"),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def has_prices_with_tax(self) -> bool:
        """Whether new documents for them say prices that include the tax."""
        workspace = self.workspace
        if not tax_words.may_include_tax(workspace.country):
            return False
        if self.prices_with_tax:
            return self.prices_with_tax == "yes"
        return workspace.prices_with_tax == "all" or (
            workspace.prices_with_tax == "private" and self.kind == self.Kind.PRIVATE
        )

    @property
    def short_code(self) -> str:
        """The code as it stands inside other numbers: CL0001."""
        return self.code.replace("-", "")


class Contact(WorkspaceModel):
    """A person at a client. With `user` they can log in to the portal."""

    client = models.ForeignKey(Client, models.CASCADE, related_name="contacts", verbose_name=_("client"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    role = models.CharField(_("position"), max_length=80, blank=True)
    # What they may do in the portal. Whoever may order has to see what it costs.
    sees_money = models.BooleanField(_("sees prices, quotes and invoices"), default=True)
    may_order = models.BooleanField(_("may order and accept"), default=True)
    manages_people = models.BooleanField(
        _("manages their colleagues"),
        default=False,
        help_text=_("Invites people of this client and says what they may"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="contacts",
        editable=False,
        verbose_name=_("log-in"),
    )

    class Meta:
        verbose_name = _("contact")
        verbose_name_plural = _("contacts")
        ordering = ["name"]
        indexes = [models.Index(fields=["workspace", "name"], name="contact_by_name")]
        constraints = [
            models.UniqueConstraint(
                fields=["client", "user"], condition=Q(user__isnull=False), name="contact_log_in_once"
            )
        ]

    def __str__(self):
        return self.name


class Address(WorkspaceModel):
    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        DELIVERY = "delivery", _("Delivery")

    client = models.ForeignKey(Client, models.CASCADE, related_name="addresses", verbose_name=_("client"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.INVOICE)
    street = models.CharField(_("street"), max_length=200)
    postcode = models.CharField(_("postcode"), max_length=20, blank=True)
    city = models.CharField(_("city"), max_length=120)
    # Two letters, where the tax on a sale is the state's: in the United States.
    state = models.CharField(pgettext_lazy("address", "state"), max_length=2, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)

    class Meta:
        verbose_name = _("address")
        verbose_name_plural = _("addresses")
        ordering = ["id"]

    def __str__(self):
        town = town_line(self.postcode, self.city, self.country or self.workspace.country, self.state)
        return ", ".join(part for part in (self.street, town, self.country) if part)
