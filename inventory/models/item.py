import math
from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import npgettext

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from laseros.core.templatetags.laseros import number

HEX = RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour like #1d5fbf"))
MORE_THAN_NOTHING = MinValueValidator(Decimal("0.001"))
# SQLite counts in binary: a difference is rounded before it is compared.
USABLE = Round(F("on_hand") - F("owned") - F("quarantined"), precision=3)


def value_field(label, **options):
    """Worth of an amount of stock: the sum of many moves, to a ten-thousandth."""
    return models.DecimalField(label, max_digits=20, decimal_places=4, default=Decimal(0), editable=False, **options)


class Material(WorkspaceModel):
    """What stuff is: mild steel, PLA."""

    class Kind(models.TextChoices):
        SHEET = "sheet", _("Sheet")
        FILAMENT = "filament", _("Filament")
        OTHER = "other", _("Other")

    code = models.CharField(_("code"), max_length=12, help_text=_("Part of item and product numbers, like MS or PLA"))
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SHEET)
    density_kg_m3 = models.DecimalField(
        _("density kg/m³"), max_digits=9, decimal_places=2, validators=[MinValueValidator(0)]
    )

    class Meta:
        verbose_name = _("material")
        verbose_name_plural = _("materials")
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "code"], name="material_code_once")]

    def __str__(self):
        return self.name


class Item(WorkspaceModel):
    """Something kept in stock. `on_hand` is the sum of its moves and only the ledger changes it."""

    class Category(models.TextChoices):
        SHEET = "sheet", _("Sheet metal")
        FILAMENT = "filament", _("Filament")
        PART = "part", _("Parts")
        GAS = "gas", _("Gas")
        CONSUMABLE = "consumable", _("Consumables")
        TOOL = "tool", _("Tools")
        OTHER = "other", _("Other")

    class Unit(models.TextChoices):
        SHEET = "sheet", _("sheets")
        PIECE = "pcs", _("pcs")
        GRAM = "g", _("g")
        KILOGRAM = "kg", _("kg")
        METRE = "m", _("m")
        SQUARE_METRE = "m2", _("m²")
        BOTTLE = "bottle", _("bottles")

    class Grain(models.TextChoices):
        LENGTH = "length", _("along the length")
        WIDTH = "width", _("along the width")

    code = models.CharField(_("code"), max_length=40, editable=False)
    name = models.CharField(_("name"), max_length=160)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices, default=Category.SHEET)
    unit = models.CharField(_("unit"), max_length=8, choices=Unit.choices, default=Unit.SHEET)
    material = models.ForeignKey(
        Material, models.PROTECT, null=True, blank=True, related_name="items", verbose_name=_("material")
    )
    thickness_mm = models.DecimalField(_("thickness mm"), max_digits=7, decimal_places=2, null=True, blank=True)
    width_mm = models.DecimalField(_("sheet width mm"), max_digits=8, decimal_places=1, null=True, blank=True)
    height_mm = models.DecimalField(_("sheet height mm"), max_digits=8, decimal_places=1, null=True, blank=True)
    grade = models.CharField(
        _("grade"), max_length=40, blank=True, help_text=_("As on the certificate: S235JR, 1.4301")
    )
    grain = models.CharField(_("grain"), max_length=6, choices=Grain.choices, blank=True)
    brand = models.CharField(_("brand"), max_length=60, blank=True)
    colour = models.CharField(_("colour"), max_length=40, blank=True)
    colour_hex = models.CharField(_("colour code"), max_length=7, blank=True, validators=[HEX])
    # Of several colours on one spool, all of them: ["#ff0000", …]; `colour_hex` is the first.
    colours = models.JSONField(_("colours"), default=list, blank=True)
    density = models.DecimalField(
        _("density g/cm³"), max_digits=6, decimal_places=3, null=True, blank=True, validators=[MORE_THAN_NOTHING],
        help_text=_("Empty: the material's"),
    )  # fmt: skip
    diameter_mm = models.DecimalField(
        _("diameter mm"), max_digits=4, decimal_places=2, null=True, blank=True, validators=[MORE_THAN_NOTHING]
    )
    nozzle_min_c = models.PositiveSmallIntegerField(_("nozzle from °C"), null=True, blank=True)
    nozzle_max_c = models.PositiveSmallIntegerField(_("nozzle to °C"), null=True, blank=True)
    bed_min_c = models.PositiveSmallIntegerField(_("bed from °C"), null=True, blank=True)
    bed_max_c = models.PositiveSmallIntegerField(_("bed to °C"), null=True, blank=True)
    pack_size = models.DecimalField(
        _("pack size"), max_digits=14, decimal_places=3, null=True, blank=True, validators=[MORE_THAN_NOTHING],
        help_text=_("What one pack, spool or bundle holds, in the item's unit"),
    )  # fmt: skip
    picture = models.FileField(_("picture"), upload_to="items/", blank=True, help_text=_("PNG or JPEG"))
    default_location = models.ForeignKey(
        "inventory.Location", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("usual place")
    )
    price = money_field(_("price per unit"), help_text=_("What one unit costs us"))
    is_offered = models.BooleanField(
        _("offered to clients"), default=False, help_text=_("They may choose it for drawings they upload in the portal")
    )
    minimum = models.DecimalField(_("minimum"), max_digits=14, decimal_places=3, default=0)
    target = models.DecimalField(
        _("target stock"), max_digits=14, decimal_places=3, default=0, help_text=_("Up to here is bought")
    )
    on_hand = models.DecimalField(_("on hand"), max_digits=14, decimal_places=3, default=0, editable=False)
    reserved = models.DecimalField(_("reserved"), max_digits=14, decimal_places=3, default=0, editable=False)
    # Of what is on hand: what lies in lots, what belongs to clients, what of ours must not be used. See `Lot`.
    in_lots = models.DecimalField(_("in lots"), max_digits=14, decimal_places=3, default=0, editable=False)
    owned = models.DecimalField(_("of clients"), max_digits=14, decimal_places=3, default=0, editable=False)
    quarantined = models.DecimalField(_("quarantined"), max_digits=14, decimal_places=3, default=0, editable=False)
    # What ours is worth at moving average: the sum of `Move.value`. `last_value` is what the last move was worth;
    # one UPDATE writes it together with `value` and hands it back.
    value = value_field(_("value"))
    last_value = value_field("")
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="item_code_once"),
            models.CheckConstraint(condition=Q(on_hand__gte=0), name="item_on_hand_not_negative"),
            models.CheckConstraint(condition=Q(reserved__gte=0), name="item_reserved_not_negative"),
            models.CheckConstraint(condition=Q(owned__gte=0, quarantined__gte=0), name="item_barred_not_negative"),
            models.CheckConstraint(condition=Q(reserved__lte=USABLE), name="item_reserved_is_there"),
            models.CheckConstraint(condition=Q(in_lots__gte=0), name="item_in_lots_not_negative"),
            models.CheckConstraint(condition=Q(in_lots__lte=F("on_hand")), name="item_in_lots_is_there"),
            models.CheckConstraint(condition=Q(value__gte=0), name="item_value_not_negative"),
        ]
        indexes = [models.Index(fields=["workspace", "category", "code"], name="item_by_category")]
        permissions = [
            ("post_move", "Can book stock in and out"),
            ("promise_short", "Can accept an order without its material"),
        ]

    def __str__(self):
        return f"{self.code} {self.name}"

    @property
    def usable(self):
        """What is ours and may be used, promised or not."""
        return self.on_hand - self.owned - self.quarantined

    @property
    def available(self):
        return self.usable - self.reserved

    @property
    def loose(self):
        """What is in no lot: whole sheets, and what nobody gave a shape or number."""
        return self.on_hand - self.in_lots

    @property
    def average_cost(self) -> Decimal:
        """What one unit of ours is worth in the books; its price while there is none."""
        own = self.on_hand - self.owned
        return (self.value / own).quantize(Decimal("0.0001")) if own > 0 else self.price

    def unit_of(self, quantity) -> str:
        """The unit's word beside a quantity: a sheet, two sheets."""
        count = 1 if abs(Decimal(quantity)) == 1 else 2
        if self.unit == self.Unit.SHEET:
            return npgettext("unit", "sheet", "sheets", count)
        if self.unit == self.Unit.BOTTLE:
            return npgettext("unit", "bottle", "bottles", count)
        if self.unit == self.Unit.PIECE:
            return npgettext("unit", "pc", "pcs", count)
        return str(self.get_unit_display())

    def amount(self, quantity, space: str = " ") -> str:
        """A quantity with its unit, as the reader writes numbers: "1 sheet", "2.5 kg"."""
        return f"{number(quantity)}{space}{self.unit_of(quantity)}"

    @property
    def swatches(self) -> list[str]:
        """Every colour of it as #rrggbb, for what is drawn beside its name."""
        return list(self.colours) or ([self.colour_hex] if self.colour_hex else [])

    @property
    def grams_per_metre(self) -> Decimal | None:
        """Of filament; None where diameter or density is not known."""
        density = self.density or (self.material.density_kg_m3 / 1000 if self.material_id else None)
        if not density or not self.diameter_mm:
            return None
        radius_cm = self.diameter_mm / 20
        return Decimal(math.pi) * radius_cm * radius_cm * 100 * density
