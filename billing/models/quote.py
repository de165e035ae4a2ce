from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.discount import Discounted, one_discount
from accounts.models.workspace import TaxField, money_field
from billing.models.rules import MorePieces
from billing.states import QUOTE
from crm.models import Client, Contact
from inventory.models import Item
from production.models import DesignFile, Enquiry, EnquiryLine, Job, Product


class Quote(Discounted, WorkspaceModel):
    """An offer. Draft lines may be edited; once sent, it says what it said."""

    number = models.CharField(_("number"), max_length=30, editable=False)
    enquiry = models.ForeignKey(
        Enquiry, models.PROTECT, null=True, blank=True, editable=False, related_name="quotes", verbose_name=_("enquiry")
    )
    # The offer that this one is another version of.
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="revisions", verbose_name=_("replaces")
    )
    client = models.ForeignKey(Client, models.PROTECT, related_name="quotes", verbose_name=_("client"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    title = models.CharField(_("title"), max_length=160)
    state = models.CharField(_("state"), max_length=10, choices=QUOTE.choices, default=QUOTE.first, editable=False)
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    tax_included = models.BooleanField(_("prices include tax"), default=False, editable=False)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    delivery_days = models.PositiveSmallIntegerField(_("delivery within (working days)"), default=10)
    deposit_percent = models.DecimalField(
        _("deposit %"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Of the order, to be paid before the work begins"),
    )  # fmt: skip
    deposit_amount = money_field(
        _("or deposit amount"), null=True, blank=True, default=None, validators=[MinValueValidator(0)]
    )
    note = models.TextField(_("note to the client"), blank=True)
    terms = models.TextField(_("terms"), blank=True)
    more_pieces = models.CharField(
        _("prices for more pieces"), max_length=6, choices=MorePieces.choices, default=MorePieces.SHOW,
        help_text=_("What the client sees of the quantity breaks, on paper and in the portal"),
    )  # fmt: skip
    to_price = models.PositiveIntegerField(default=0, editable=False)  # lines that the worker has still to price
    net = money_field(_("net"), editable=False)
    tax = money_field(_("tax"), editable=False)
    total = money_field(_("total"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=120, blank=True, editable=False)
    decided_from = models.GenericIPAddressField(null=True, editable=False)
    decline_reason = models.CharField(_("why not"), max_length=500, blank=True, editable=False)
    job = models.OneToOneField(
        Job, models.PROTECT, null=True, editable=False, related_name="quote", verbose_name=_("job")
    )
    frozen = models.JSONField(default=dict, editable=False)  # who, to whom and which tax, as it was sent
    pdf = models.FileField(upload_to="documents/", blank=True, editable=False, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("quote")
        verbose_name_plural = _("quotes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="quote_number_once"),
            one_discount("quote"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="quote_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="quote_by_state"),
            # What a client may see, counted and leafed through without reading a single quote.
            models.Index(
                fields=["workspace", "client", "-id"], name="quote_of_client", condition=Q(sent_at__isnull=False)
            ),
            models.Index(fields=["client", "state"], name="quote_of_client_by_state"),
            models.Index(fields=["workspace", "sent_at"], name="quote_by_day"),
        ]
        permissions = [("send_quote", "Can send and withdraw quotes")]

    def __str__(self):
        return f"{self.number} {self.title}"


class LineRole(models.TextChoices):
    """How a line of an offer comes into its total."""

    COUNTED = "counted", _("in the total")
    OPTIONAL = "optional", _("if wished")
    ALTERNATIVE = "alternative", _("either … or")


class QuoteLine(Discounted, WorkspaceModel):
    quote = models.ForeignKey(Quote, models.CASCADE, related_name="lines", verbose_name=_("quote"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    enquiry_line = models.ForeignKey(
        EnquiryLine, models.PROTECT, null=True, blank=True, editable=False, related_name="quote_lines"
    )
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = money_field(_("unit price"))
    tax_percent = TaxField(_("tax %"))
    amount = money_field(pgettext_lazy("money", "amount"), editable=False)  # in the quote's prices, less its discount
    # What was chosen for this line instead of the rules': mode, machine, gas, margin, operations (billing.choices).
    choices = models.JSONField(default=dict, editable=False)
    # How the price came about, as billing.pricing wrote it, with the versions of the tables used.
    breakdown = models.JSONField(default=dict, editable=False)
    material_each = models.DecimalField(max_digits=14, decimal_places=6, default=0, editable=False)
    seconds_each = models.FloatField(default=0, editable=False)
    # What it is made from, as it was priced: what is accepted is made so, whatever the product has become since.
    design_file = models.ForeignKey(DesignFile, models.PROTECT, null=True, editable=False, related_name="+")
    item = models.ForeignKey(Item, models.PROTECT, null=True, editable=False, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, editable=False, related_name="+")
    revision = models.PositiveSmallIntegerField(null=True, editable=False)
    recipe = models.JSONField(default=dict, editable=False)
    role = models.CharField(_("in the total"), max_length=11, choices=LineRole.choices, default=LineRole.COUNTED)
    # Of the alternatives with one letter exactly one counts.
    group = models.CharField(_("group of alternatives"), max_length=8, blank=True)
    # How many the client took of the quantities that were offered; None for the one that was asked for, 0 for none.
    ordered = models.PositiveIntegerField(_("ordered"), null=True, editable=False)
    ordered_price = money_field(_("ordered at"), null=True, default=None, editable=False)
    # Why there is no price yet, in words; empty when there is one.
    unpriced = models.CharField(_("why there is no price"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("quote line")
        verbose_name_plural = _("quote lines")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="quote_line_of_something"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="quote_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(role=LineRole.ALTERNATIVE) & ~Q(group="")
                | Q(role__in=[LineRole.COUNTED, LineRole.OPTIONAL], group=""),
                name="quote_line_alternative_of_a_group",
            ),
            one_discount("quote_line"),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.description}"
