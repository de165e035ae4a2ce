from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from inventory.models import Item, Material


class Product(WorkspaceModel):
    """What we make again and again."""

    sku = models.CharField(_("SKU"), max_length=40, editable=False)
    name = models.CharField(_("name"), max_length=160)
    # An assembly has none of its own: its recipe names what goes into it.
    material = models.ForeignKey(
        Material, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("material")
    )
    thickness_mm = models.DecimalField(_("thickness mm"), max_digits=7, decimal_places=2, null=True, blank=True)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="products", verbose_name=_("made from")
    )
    design_file = models.ForeignKey(
        "production.DesignFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="products",
        verbose_name=_("drawing"),
    )
    revision = models.PositiveSmallIntegerField(_("revision"), default=1, editable=False)
    grams_each = models.DecimalField(_("grams each"), max_digits=10, decimal_places=2, null=True, blank=True)
    minutes_each = models.DecimalField(_("minutes each"), max_digits=10, decimal_places=2, null=True, blank=True)
    price = money_field(_("price"), null=True, blank=True, default=None)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="product_by_workspace")]
        constraints = [models.UniqueConstraint(fields=["workspace", "sku"], name="product_sku_once")]

    def __str__(self):
        return f"{self.sku} {self.name}"


class ProductRevision(WorkspaceModel):
    """A drawing a product was made by, from a day on. What was ordered before keeps the drawing it was ordered with."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="revisions", verbose_name=_("product"))
    number = models.PositiveSmallIntegerField(_("revision"))
    design_file = models.ForeignKey(
        "production.DesignFile", models.PROTECT, null=True, related_name="+", verbose_name=_("drawing")
    )
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["product", "number"], name="revision_once")]

    def __str__(self):
        return f"{self.product_id} {self.number}"


class ProductPicture(WorkspaceModel):
    """A photograph of a product, drawn anew as PNG from what was uploaded."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="pictures", verbose_name=_("product"))
    content = models.FileField(upload_to="pictures/", max_length=200)
    caption = models.CharField(_("caption"), max_length=120, blank=True)
    at = models.DateTimeField(_("since"), default=timezone.now)

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["id"]

    def __str__(self):
        return self.caption or str(self.pk)


class Component(WorkspaceModel):
    """One line of a recipe: so much of a stock item, or so many of another product, goes into one piece."""

    class Measure(models.TextChoices):
        UNIT = "unit", _("in its stock unit")
        PIECE = "pcs", _("pieces")
        AREA = "m2", _("m²")
        GRAM = "g", _("g")
        MILLIMETRE = "mm", _("mm")

    product = models.ForeignKey(Product, models.CASCADE, related_name="components", verbose_name=_("product"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="used_in", verbose_name=_("from stock")
    )
    part = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="used_in", verbose_name=_("or a product")
    )
    amount = models.DecimalField(_("amount for one"), max_digits=14, decimal_places=4)
    measure = models.CharField(_("measured in"), max_length=5, choices=Measure.choices, default=Measure.UNIT)
    waste_percent = models.DecimalField(_("waste %"), max_digits=5, decimal_places=2, default=0)

    class Meta:
        verbose_name = _("component")
        verbose_name_plural = _("what goes into it")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="component_of_something"),
            models.CheckConstraint(condition=Q(waste_percent__gte=0), name="component_waste_not_negative"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, part__isnull=True) | Q(item__isnull=True, part__isnull=False),
                name="component_one_thing",
            ),
        ]

    def __str__(self):
        return f"{self.amount.normalize():f} × {self.item or self.part}"


class Step(WorkspaceModel):
    """One operation of a recipe: on a kind of machine, or by hand."""

    class Kind(models.TextChoices):
        LASER = "laser", _("Laser")
        PRINTER = "printer", _("3D printer")
        HAND = "hand", _("by hand")

    class Starts(models.TextChoices):
        FLOW = "flow", _("as pieces come from the step before")
        ALL = "all", _("when the step before is done")
        ANY = "any", _("at any time")

    product = models.ForeignKey(Product, models.CASCADE, related_name="steps", verbose_name=_("product"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    name = models.CharField(_("what is done"), max_length=80)
    kind = models.CharField(_("on"), max_length=10, choices=Kind.choices, default=Kind.LASER)
    seconds = models.FloatField(
        _("seconds each"), null=True, blank=True, help_text=_("Empty on a laser: worked out from the drawing")
    )
    starts = models.CharField(_("may start"), max_length=4, choices=Starts.choices, default=Starts.FLOW)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("how it is made")
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(seconds__isnull=True) | Q(seconds__gte=0), name="step_time")]

    def __str__(self):
        return self.name
