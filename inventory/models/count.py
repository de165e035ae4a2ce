from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.models.item import Item
from laseros.core.states import Life, Move

STOCK_COUNT = Life(
    {"open": _("being counted"), "posted": _("booked"), "cancelled": _("cancelled")},
    [
        Move("post", ("open",), "posted", _("Book the differences")),
        Move("cancel", ("open",), "cancelled", _("Cancel")),
    ],
)


class StockCount(WorkspaceModel):
    """Going round and counting what is there, at one place with all in it, of one category, or of everything."""

    number = models.CharField(_("number"), max_length=40, editable=False)
    location = models.ForeignKey(
        "inventory.Location", models.PROTECT, null=True, blank=True, related_name="counts", verbose_name=_("location"),
        help_text=_("With everything in it. Empty: everywhere"),
    )  # fmt: skip
    category = models.CharField(
        _("category"), max_length=12, choices=Item.Category.choices, blank=True, help_text=_("Empty: all of them")
    )
    blind = models.BooleanField(
        _("blind"), default=True, help_text=_("Whoever counts does not see what the books expect")
    )
    # For what somebody counts in passing, without a list.
    spot = models.BooleanField(_("in passing"), default=False, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=STOCK_COUNT.choices, default=STOCK_COUNT.first, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("begun"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    class Meta:
        verbose_name = _("stock count")
        verbose_name_plural = _("stock counts")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="stock_count_number_once")]
        indexes = [models.Index(fields=["workspace", "state", "-id"], name="stock_count_by_state")]

    def __str__(self):
        return self.number


class CountLine(WorkspaceModel):
    """One lot, or what lies loose of an item at one place. `counted` is the latest of its entries; None: not yet.

    The books go on meanwhile: what they say is worked out for the moment of counting, see `inventory.counting`.
    """

    count = models.ForeignKey(StockCount, models.CASCADE, related_name="lines", verbose_name=_("stock count"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("item"))
    lot = models.ForeignKey("inventory.Lot", models.PROTECT, null=True, related_name="+", verbose_name=_("lot"))
    location = models.ForeignKey("inventory.Location", models.PROTECT, related_name="+", verbose_name=_("location"))
    expected = models.DecimalField(_("expected"), max_digits=14, decimal_places=3)
    counted = models.DecimalField(_("counted"), max_digits=14, decimal_places=3, null=True)
    counted_at = models.DateTimeField(_("when"), null=True)
    counted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("who")
    )
    found = models.BooleanField(_("was not on the list"), default=False)
    # Asked for a second time by whoever looked at the differences; what was counted before is kept in the entries.
    again = models.BooleanField(_("count again"), default=False)
    # Two people found different amounts; cleared by a recount.
    disputed = models.BooleanField(_("two counts differ"), default=False)
    booked = models.DecimalField(_("difference booked"), max_digits=14, decimal_places=3, null=True)

    class Meta:
        verbose_name = _("line of a stock count")
        verbose_name_plural = _("lines of stock counts")
        ordering = ["location__path", "item__code", "lot__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["count", "lot"], condition=Q(lot__isnull=False), name="count_line_lot_once"
            ),
            models.UniqueConstraint(
                fields=["count", "item", "location"], condition=Q(lot__isnull=True), name="count_line_loose_once"
            ),
            models.CheckConstraint(
                condition=Q(counted__isnull=True) | Q(counted__gte=0), name="count_line_not_negative"
            ),
        ]

    def __str__(self):
        return f"{self.lot.code if self.lot_id else self.item.code}"


class CountEntry(WorkspaceModel):
    """What one person said of one line, once per key. Kept when it is taken back or counted again."""

    line = models.ForeignKey(CountLine, models.CASCADE, related_name="entries", verbose_name=_("line"))
    quantity = models.DecimalField(_("counted"), max_digits=14, decimal_places=3)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"))
    key = models.CharField(max_length=120)
    # Taken back by who said it, or out of date because the line was to be counted again.
    void = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("entry of a stock count")
        verbose_name_plural = _("entries of stock counts")
        ordering = ["at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="count_entry_once"),
            models.CheckConstraint(condition=Q(quantity__gte=0), name="count_entry_not_negative"),
        ]

    def __str__(self):
        return f"{self.quantity}"
