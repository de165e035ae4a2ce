from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from inventory.models.item import Item

SMALLEST = Decimal("0.001")


class Supplier(WorkspaceModel):
    """Who sells to us. `currency` and `language` are those of the orders we send."""

    code = models.CharField(_("code"), max_length=20, editable=False)
    name = models.CharField(_("name"), max_length=160)
    email = models.EmailField(_("e-mail for orders"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    website = models.CharField(_("website"), max_length=200, blank=True)
    address = models.TextField(_("address"), blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    customer_number = models.CharField(
        _("our customer number"), max_length=40, blank=True, help_text=_("The number we have there; on each order")
    )
    currency = models.CharField(_("currency"), max_length=3, blank=True, help_text=_("Empty: our own"))
    language = models.CharField(
        _("language of orders"),
        max_length=8,
        blank=True,
        choices=[("en", _("English")), ("de", _("German"))],
        help_text=_("Empty: that of the business"),
    )
    payment_days = models.PositiveSmallIntegerField(_("payment within (days)"), null=True, blank=True)
    terms = models.CharField(
        _("terms"), max_length=200, blank=True, help_text=_("Free delivery from 500, 2 % within 10 days …")
    )
    lead_days = models.PositiveSmallIntegerField(
        _("delivers within (days)"), null=True, blank=True, validators=[MaxValueValidator(730)],
        help_text=_("For what has no time of its own"),
    )  # fmt: skip
    minimum_order = money_field(_("minimum order"), validators=[MinValueValidator(0)])
    rating = models.PositiveSmallIntegerField(
        _("our rating"),
        null=True,
        blank=True,
        choices=[(stars, "★" * stars + "☆" * (5 - stars)) for stars in range(5, 0, -1)],
        help_text=_("How content we are; what was measured stands below"),
    )
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("supplier")
        verbose_name_plural = _("suppliers")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "code"], name="supplier_code_once")]
        indexes = [models.Index(fields=["workspace", "name", "id"], name="supplier_by_name")]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def pays_in(self) -> str:
        return self.currency or self.workspace.currency


class SupplierContact(WorkspaceModel):
    """A person at a supplier."""

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="contacts", verbose_name=_("supplier"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    role = models.CharField(_("position"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("contact at a supplier")
        verbose_name_plural = _("contacts at suppliers")
        ordering = ["name", "id"]

    def __str__(self):
        return self.name


class SupplierItem(WorkspaceModel):
    """An item as a supplier sells it: their number, how much is in a pack, what a pack costs, how long it takes.

    `pack_size` is in the item's unit: 1000 for a spool of a kilogram, 1 for a sheet, 100 for a box of screws.
    """

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="items", verbose_name=_("supplier"))
    item = models.ForeignKey(Item, models.CASCADE, related_name="suppliers", verbose_name=_("item"))
    sku = models.CharField(_("their number"), max_length=60, blank=True)
    barcode = models.CharField(_("barcode"), max_length=60, blank=True, help_text=_("What a scanner reads on the pack"))
    pack_size = models.DecimalField(
        _("in a pack"), max_digits=14, decimal_places=3, default=1, validators=[MinValueValidator(SMALLEST)],
        help_text=_("In the item's unit: 1000 for a spool of 1000 g"),
    )  # fmt: skip
    price = money_field(_("price per pack"), validators=[MinValueValidator(0)])
    minimum_packs = models.PositiveIntegerField(_("minimum packs"), default=1, validators=[MinValueValidator(1)])
    lead_days = models.PositiveSmallIntegerField(
        _("delivers within (days)"), null=True, blank=True, validators=[MaxValueValidator(730)],
        help_text=_("Empty: the supplier's"),
    )  # fmt: skip
    preferred = models.BooleanField(_("preferred"), default=False, help_text=_("Bought here first"))

    class Meta:
        verbose_name = _("supplier's item")
        verbose_name_plural = _("suppliers' items")
        ordering = ["-preferred", "id"]
        constraints = [
            models.UniqueConstraint(fields=["supplier", "item", "sku"], name="supplier_item_once"),
            models.CheckConstraint(condition=Q(pack_size__gt=0), name="supplier_item_pack_of_something"),
            models.CheckConstraint(condition=Q(price__gte=0), name="supplier_item_price_not_negative"),
        ]
        indexes = [models.Index(fields=["workspace", "-id"], name="supplier_item_by_workspace")]

    def __str__(self):
        return f"{self.sku or self.item.code} · {self.supplier.name}"


class PriceBreak(WorkspaceModel):
    """From so many packs on, a pack costs less."""

    supplier_item = models.ForeignKey(SupplierItem, models.CASCADE, related_name="breaks")
    packs = models.PositiveIntegerField(_("from packs"), validators=[MinValueValidator(2)])
    price = money_field(_("price per pack"), validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("price break")
        verbose_name_plural = _("price breaks")
        ordering = ["packs"]
        constraints = [
            models.UniqueConstraint(fields=["supplier_item", "packs"], name="price_break_once"),
            models.CheckConstraint(condition=Q(price__gte=0), name="price_break_not_negative"),
        ]

    def __str__(self):
        return f"{self.packs}+"
