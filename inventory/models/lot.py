from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from inventory.models.item import Item
from inventory.models.location import Location
from laseros.core.states import Life, Move

LOT = Life(
    {
        "free": _("in stock"),
        "reserved": _("reserved"),
        "quarantined": _("quarantined"),
        "used": _("used"),
        "scrapped": _("scrapped"),
    },
    [
        Move("reserve", ("free",), "reserved"),
        Move("release", ("reserved",), "free", _("Release")),
        Move("quarantine", ("free", "reserved"), "quarantined", _("Quarantine")),
        Move("clear", ("quarantined",), "free", _("Release from quarantine")),
        Move("use", ("free", "reserved", "quarantined"), "used"),
        Move("scrap", ("free", "quarantined"), "scrapped", _("Scrap")),
        # What was booked out of it came back, or turned out to be there.
        Move("return", ("used", "scrapped"), "free"),
    ],
)
IN_STOCK = ("free", "reserved", "quarantined")


class Lot(WorkspaceModel):
    """A part of an item's stock that can be told from the rest: a spool, a sheet with its heat, a remnant, a batch.

    `quantity` is what is left of it, in the item's unit (a remnant is a share of one sheet): the sum of its moves. The
    lots of an item add up to `Item.in_lots`; what is in no lot is loose. It lies at one location.
    """

    class Kind(models.TextChoices):
        REMNANT = "remnant", _("Remnant")
        SPOOL = "spool", _("Spool")
        SHEET = "sheet", _("Sheet")
        BATCH = "batch", pgettext_lazy("stock", "Batch")

    code = models.CharField(_("code"), max_length=40, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.REMNANT, editable=False)
    item = models.ForeignKey(Item, models.PROTECT, related_name="lots", verbose_name=_("item"))
    location = models.ForeignKey(Location, models.PROTECT, related_name="lots", verbose_name=_("location"))
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        editable=False,
        verbose_name=_("taken from"),
    )
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=0, editable=False)
    initial = models.DecimalField(_("at first"), max_digits=14, decimal_places=3, editable=False)
    reserved = models.DecimalField(_("reserved"), max_digits=14, decimal_places=3, default=0, editable=False)
    unit_cost = money_field(_("unit cost"), editable=False)
    # What it weighed when it came, and what of that is the empty spool.
    gross_g = models.DecimalField(_("gross g"), max_digits=9, decimal_places=1, null=True, blank=True)
    tare_g = models.DecimalField(_("empty spool g"), max_digits=9, decimal_places=1, null=True, blank=True)
    supplier_text = models.CharField(_("supplier"), max_length=120, blank=True)
    heat = models.CharField(_("heat number"), max_length=60, blank=True)
    certificate = models.FileField(_("certificate"), upload_to="certificates/", blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    dried_at = models.DateTimeField(_("dried"), null=True, blank=True, editable=False)
    # Whose it is, where it is not ours: "client:7" and what to call them. See docs/adr/0005.
    owner_key = models.CharField(max_length=60, blank=True, editable=False)
    owner_label = models.CharField(_("belongs to"), max_length=160, blank=True, editable=False)
    # Corners [[x, y], …] in mm, the lower left of its box at (0, 0); None for what has no shape.
    outline = models.JSONField(_("outline"), null=True, blank=True, editable=False)
    # The usable rectangle within the outline: [x0, y0, x1, y1] in mm.
    rectangle = models.JSONField(_("usable rectangle"), null=True, blank=True, editable=False)
    area_mm2 = models.FloatField(_("area mm²"), default=0, editable=False)
    place = models.CharField(_("place"), max_length=60, blank=True, help_text=_("Where exactly"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=LOT.choices, default=LOT.first, editable=False)
    reserved_for = models.CharField(_("reserved for"), max_length=160, blank=True, editable=False)
    quarantine_why = models.CharField(_("why in quarantine"), max_length=200, blank=True, editable=False)
    source = models.CharField(max_length=60, blank=True, editable=False)
    key = models.CharField(max_length=120, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    gone_at = models.DateTimeField(_("gone"), null=True, editable=False)

    class Meta:
        verbose_name = _("lot")
        verbose_name_plural = _("lots")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="lot_code_once"),
            models.UniqueConstraint(fields=["workspace", "key"], name="lot_key_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0, initial__gt=0), name="lot_not_negative"),
            models.CheckConstraint(
                condition=Q(reserved__gte=0, reserved__lte=F("quantity")), name="lot_reserved_is_there"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "state", "-id"], name="lot_by_state"),
            models.Index(fields=["item", "state"], name="lot_by_item"),
            models.Index(fields=["workspace", "owner_key"], name="lot_by_owner"),
        ]

    def __str__(self):
        return f"{self.code} {self.size}".strip()

    @property
    def size(self) -> str:
        """The usable rectangle in words; empty for what has no shape."""
        if not self.rectangle:
            return ""
        x0, y0, x1, y1 = self.rectangle
        return f"{x1 - x0:.0f} × {y1 - y0:.0f} mm"

    @property
    def cost(self) -> Decimal:
        """What is left of it is worth, at what it cost; nothing where it belongs to a client."""
        return Decimal(0) if self.owner_key else (self.unit_cost * self.quantity).quantize(Decimal("0.0001"))

    @property
    def available(self):
        return self.quantity - self.reserved if self.state == "free" else Decimal(0)

    @property
    def tells_amounts(self) -> bool:
        """Whether it can be divided on paper; a remnant has a shape."""
        return self.kind != Lot.Kind.REMNANT

    @property
    def percent(self) -> int:
        """What is left of it, of what it held at first: 0 to 100."""
        return min(100, round(100 * self.quantity / self.initial))


class Weighing(WorkspaceModel):
    """One reading of the scales for a lot; `move` is what it booked, None where the books said the same."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="weighings", verbose_name=_("lot"))
    gross_g = models.DecimalField(_("gross g"), max_digits=9, decimal_places=1)
    remaining_g = models.DecimalField(_("left g"), max_digits=9, decimal_places=1)
    move = models.ForeignKey("inventory.Move", models.PROTECT, null=True, related_name="+", verbose_name=_("move"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"))
    key = models.CharField(max_length=120)

    class Meta:
        verbose_name = _("weighing")
        verbose_name_plural = _("weighings")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="weighing_key_once")]

    def __str__(self):
        return f"{self.gross_g} g"
