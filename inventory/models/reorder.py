from decimal import Decimal

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.models.item import Item
from inventory.models.supplier import SupplierItem

DAYS = [MaxValueValidator(365)]


class ReorderRules(WorkspaceModel):
    """How far ahead this business buys, and who hears of what runs low. One row, made when it is first changed."""

    safety_days = models.PositiveSmallIntegerField(
        _("safety (days)"), default=7, validators=DAYS, help_text=_("A delivery may be so late, and nothing stops")
    )
    cover_days = models.PositiveSmallIntegerField(
        _("an order lasts (days)"), default=30, validators=DAYS, help_text=_("So long lasts what is bought at once")
    )

    class Meta:
        verbose_name = _("reorder rules")
        verbose_name_plural = _("reorder rules")
        constraints = [models.UniqueConstraint(fields=["workspace"], name="reorder_rules_once")]

    def __str__(self):
        return f"{self.safety_days} + {self.cover_days}"


class Need(WorkspaceModel):
    """What an item, or all filament of one material, colour and brand, needs: worked out at night, or when asked.

    Quantities are in the item's unit, `use_30` and `use_90` for one day. `inventory.reorder` says how they come about.
    """

    key = models.CharField(max_length=120, editable=False)
    # The one that is bought; of filament that comes on several spools, the one that is sold by somebody.
    item = models.ForeignKey(Item, models.CASCADE, related_name="needs", verbose_name=_("item"))
    label = models.CharField(_("what"), max_length=200)
    members = models.JSONField(default=list, editable=False)  # the items that count together
    use_30 = models.DecimalField(_("use a day, 30 days"), max_digits=16, decimal_places=6, default=0)
    use_90 = models.DecimalField(_("use a day, 90 days"), max_digits=16, decimal_places=6, default=0)
    lead_days = models.PositiveSmallIntegerField(_("delivery (days)"), default=0)
    safety_days = models.PositiveSmallIntegerField(_("safety (days)"), default=0)
    cover_days = models.PositiveSmallIntegerField(_("an order lasts (days)"), default=0)
    minimum = models.DecimalField(_("minimum"), max_digits=14, decimal_places=3, default=0)
    target = models.DecimalField(_("target stock"), max_digits=14, decimal_places=3, default=0)
    reorder_at = models.DecimalField(_("order at"), max_digits=16, decimal_places=3, default=0)
    available = models.DecimalField(_("free"), max_digits=14, decimal_places=3, default=0)
    on_order = models.DecimalField(_("on order"), max_digits=14, decimal_places=3, default=0)
    expected_on = models.DateField(_("expected on"), null=True)
    days_left = models.DecimalField(_("lasts (days)"), max_digits=9, decimal_places=1, null=True)
    source = models.ForeignKey(
        SupplierItem, models.SET_NULL, null=True, related_name="+", verbose_name=_("bought from")
    )
    packs = models.PositiveIntegerField(_("packs"), default=0)
    suggested = models.DecimalField(_("to buy"), max_digits=16, decimal_places=3, default=0)
    is_low = models.BooleanField(_("low"), default=False)
    told_at = models.DateTimeField(null=True, editable=False)  # when the readers were mailed about it
    worked_out_at = models.DateTimeField(_("worked out"), default=timezone.now)

    class Meta:
        verbose_name = _("item to buy")
        verbose_name_plural = _("items to buy")
        ordering = ["-is_low", models.F("days_left").asc(nulls_last=True), "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="need_key_once")]
        indexes = [models.Index(fields=["workspace", "-id"], name="need_low", condition=Q(is_low=True))]

    def __str__(self):
        return self.label

    @property
    def daily(self) -> Decimal:
        """What is reckoned with: the larger of the two."""
        return max(self.use_30, self.use_90)

    @property
    def too_late(self) -> bool:
        """It will be used up before a delivery could be here."""
        return self.is_low and self.days_left is not None and self.days_left < self.lead_days
