from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from inventory.models.item import Item
from inventory.models.supplier import SMALLEST, Supplier, SupplierItem
from laseros.core.states import Life, Move

PURCHASE = Life(
    {
        "draft": _("draft"),
        "sent": pgettext_lazy("purchase order", "ordered"),
        "partly_received": _("partly received"),
        "received": _("received"),
        "cancelled": pgettext_lazy("purchase order", "cancelled"),
    },
    [
        Move("send", ("draft",), "sent", _("Send")),
        Move("receive_part", ("sent", "partly_received"), "partly_received"),
        Move("receive_all", ("sent", "partly_received"), "received"),
        Move("close", ("partly_received",), "received", _("Nothing more is coming")),
        Move("cancel", ("draft", "sent"), "cancelled", _("Cancel")),
    ],
)
EXPECTED = ("sent", "partly_received")


class PurchaseOrder(WorkspaceModel):
    """What we order from a supplier. Lines may be edited in a draft; once sent, it says what it said."""

    number = models.CharField(_("number"), max_length=30, editable=False)
    supplier = models.ForeignKey(Supplier, models.PROTECT, related_name="orders", verbose_name=_("supplier"))
    state = models.CharField(
        _("state"), max_length=16, choices=PURCHASE.choices, default=PURCHASE.first, editable=False
    )
    currency = models.CharField(_("currency"), max_length=3, editable=False)
    rate = models.DecimalField(
        _("exchange rate"), max_digits=16, decimal_places=6, default=1, validators=[MinValueValidator(SMALLEST)],
        help_text=_("What one unit of the supplier's currency costs in ours; 1 where both are the same"),
    )  # fmt: skip
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    reference = models.CharField(
        _("their reference"), max_length=60, blank=True, help_text=_("Offer or confirmation number of the supplier")
    )
    note = models.TextField(_("note to the supplier"), blank=True)
    reason = models.CharField(_("why it was ended"), max_length=200, blank=True, editable=False)
    net = money_field(_("net"), editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    pdf = models.FileField(upload_to="documents/", blank=True, editable=False, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("purchase order")
        verbose_name_plural = _("purchase orders")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="purchase_number_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="purchase_rate_positive"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="purchase_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="purchase_by_state"),
            models.Index(fields=["supplier", "state"], name="purchase_of_supplier"),
        ]
        permissions = [
            ("send_purchaseorder", "Can send and cancel purchase orders"),
            ("receive_purchaseorder", "Can receive what was ordered"),
        ]

    def __str__(self):
        return f"{self.number} {self.supplier.name}"


class PurchaseLine(WorkspaceModel):
    """One item of an order, in packs. What was agreed is frozen here: a supplier's list may change afterwards.

    `quantity`, `received`, `rejected` and `returned` are in the item's unit.
    """

    order = models.ForeignKey(PurchaseOrder, models.CASCADE, related_name="lines", verbose_name=_("purchase order"))
    position = models.PositiveSmallIntegerField(_("position"), default=1, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="purchase_lines", verbose_name=_("item"))
    supplier_item = models.ForeignKey(
        SupplierItem, models.SET_NULL, null=True, blank=True, editable=False, related_name="+"
    )
    sku = models.CharField(_("their number"), max_length=60, blank=True)
    packs = models.PositiveIntegerField(_("packs"), default=1, validators=[MinValueValidator(1)])
    pack_size = models.DecimalField(
        _("in a pack"), max_digits=14, decimal_places=3, default=1, validators=[MinValueValidator(SMALLEST)]
    )
    unit_price = money_field(_("price per pack"), validators=[MinValueValidator(0)])
    # Typed prices stay; the others follow the breaks when the number of packs changes.
    typed_price = models.BooleanField(default=False, editable=False)
    expected_on = models.DateField(_("expected on"), null=True, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=0, editable=False)
    received = models.DecimalField(_("received"), max_digits=14, decimal_places=3, default=0, editable=False)
    rejected = models.DecimalField(_("rejected"), max_digits=14, decimal_places=3, default=0, editable=False)
    net = money_field(_("net"), editable=False)
    # What put it there, once: a press of a button on the board, on an item, on a job. Empty for one made by hand.
    key = models.CharField(max_length=120, blank=True, editable=False)

    class Meta:
        verbose_name = _("line of a purchase order")
        verbose_name_plural = _("lines of purchase orders")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], condition=~Q(key=""), name="purchase_line_key_once"),
            models.CheckConstraint(condition=Q(packs__gt=0), name="purchase_line_of_something"),
            models.CheckConstraint(condition=Q(pack_size__gt=0), name="purchase_line_pack_of_something"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="purchase_line_price_not_negative"),
            models.CheckConstraint(
                condition=Q(received__gte=0, rejected__gte=0), name="purchase_line_received_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.packs} × {self.item}"

    @property
    def outstanding(self) -> Decimal:
        """What is still to come, in the item's unit."""
        return max(self.quantity - self.received, Decimal(0))


class Receipt(WorkspaceModel):
    """One arrival of goods for an order: what came, when, who took it in. Each key once."""

    order = models.ForeignKey(PurchaseOrder, models.PROTECT, related_name="receipts", verbose_name=_("purchase order"))
    key = models.CharField(max_length=120, editable=False)
    delivery_note = models.CharField(_("delivery note"), max_length=60, blank=True)
    received_on = models.DateField(_("received on"), default=timezone.localdate)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("goods received")
        verbose_name_plural = _("goods received")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="receipt_key_once")]
        indexes = [models.Index(fields=["workspace", "-id"], name="receipt_by_workspace")]

    def __str__(self):
        return f"{self.order.number} {self.received_on:%Y-%m-%d}"


ARRIVED = Life(
    {"stocked": _("in stock"), "aside": _("set aside"), "returned": _("sent back")},
    [Move("return", ("stocked", "aside"), "returned", _("Send back"))],
)


class ReceiptLine(WorkspaceModel):
    """What came of one line: taken into stock, or set aside because it is wrong or damaged."""

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="lines")
    line = models.ForeignKey(PurchaseLine, models.PROTECT, related_name="arrivals", verbose_name=_("line"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    returned = models.DecimalField(_("sent back"), max_digits=14, decimal_places=3, default=0)
    pack_price = money_field(_("price per pack"))
    heat = models.CharField(_("heat or batch"), max_length=60, blank=True)
    certificate = models.FileField(_("certificate"), upload_to="certificates/", blank=True, max_length=200)
    # More than was ordered, or why it was set aside or sent back.
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    over = models.DecimalField(_("more than ordered"), max_digits=14, decimal_places=3, default=0)
    state = models.CharField(_("state"), max_length=10, choices=ARRIVED.choices, default=ARRIVED.first)

    class Meta:
        verbose_name = _("line of goods received")
        verbose_name_plural = _("lines of goods received")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="receipt_line_of_something"),
            models.CheckConstraint(
                condition=Q(returned__gte=0, returned__lte=models.F("quantity")), name="receipt_line_returned_within"
            ),
        ]

    def __str__(self):
        return f"{self.quantity.normalize():f} × {self.line.item}"
