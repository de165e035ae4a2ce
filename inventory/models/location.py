from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel


class Location(WorkspaceModel):
    """A place where stock lies: a room, a rack in it, a shelf of that. `inventory.locations` stores one."""

    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("lies in")
    )
    code = models.CharField(_("code"), max_length=24, help_text=_("Short, as on its label: R2-S1"))
    name = models.CharField(_("name"), max_length=80)
    # "Store / Rack 2 / Shelf 1", written whenever it or one above it is stored.
    path = models.CharField(_("place"), max_length=400, editable=False)
    # Where stock goes that nobody names a place for. Each business has one.
    is_store = models.BooleanField(_("the store"), default=False, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("location")
        verbose_name_plural = _("locations")
        ordering = ["path"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "code"], name="location_code_once"),
            models.UniqueConstraint(fields=["workspace"], condition=Q(is_store=True), name="location_one_store"),
        ]
        indexes = [models.Index(fields=["workspace", "path"], name="location_by_path")]

    def __str__(self):
        return self.path or self.name


class Balance(WorkspaceModel):
    """How much of an item lies at one location; `in_lots` of it in lots of their own. Only the ledger changes it."""

    item = models.ForeignKey("inventory.Item", models.PROTECT, related_name="balances", verbose_name=_("item"))
    location = models.ForeignKey(Location, models.PROTECT, related_name="balances", verbose_name=_("location"))
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, default=0)
    in_lots = models.DecimalField(_("in lots"), max_digits=14, decimal_places=3, default=0)

    class Meta:
        verbose_name = _("balance")
        verbose_name_plural = _("balances")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "location"], name="balance_once"),
            models.CheckConstraint(condition=Q(in_lots__gte=0), name="balance_in_lots_not_negative"),
            models.CheckConstraint(condition=Q(quantity__gte=F("in_lots")), name="balance_not_negative"),
        ]

    def __str__(self):
        return f"{self.quantity} {self.location_id}"

    @property
    def loose(self):
        return self.quantity - self.in_lots
