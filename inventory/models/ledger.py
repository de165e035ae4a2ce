from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from inventory.models.item import Item, value_field
from laseros.core.states import Life
from laseros.core.states import Move as StateMove


class Move(WorkspaceModel):
    """One line of the stock ledger: append-only, each key once."""

    class Kind(models.TextChoices):
        OPENING = "opening", _("Opening")
        PURCHASE = "purchase", _("Purchase")
        USAGE = "usage", _("Usage")
        ADJUSTMENT = "adjustment", _("Adjustment")
        RETURN = "return", _("Return")
        WASTE = "waste", pgettext_lazy("stock", "Waste")
        TRANSFER = "transfer", _("Transfer")
        COUNT = "count", _("Count")

    item = models.ForeignKey(Item, models.PROTECT, related_name="moves", verbose_name=_("item"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    unit_cost = money_field(_("unit cost"))
    # What the value of our stock changed by: nothing for a transfer, or for what belongs to a client.
    value = value_field(_("value"))
    lot = models.ForeignKey(
        "inventory.Lot", models.PROTECT, null=True, blank=True, related_name="moves", verbose_name=_("lot")
    )
    location = models.ForeignKey(
        "inventory.Location", models.PROTECT, related_name="moves", db_index=False, verbose_name=_("location")
    )
    # What it was booked for, as "run:12" or "po:7": see `inventory.trace`.
    source = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=120)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("stock move")
        verbose_name_plural = _("stock ledger")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="move_key_once"),
            models.CheckConstraint(condition=~Q(quantity=0), name="move_is_not_nothing"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="move_by_workspace"),
            models.Index(fields=["item", "-id"], name="move_by_item"),
            models.Index(fields=["workspace", "at"], name="move_by_time"),
            # Whole: SQLite cannot see that a value given as a parameter is not the empty one.
            models.Index(fields=["workspace", "source"], name="move_by_source"),
        ]

    def __str__(self):
        return f"{self.quantity:+} {self.item_id}"


RESERVATION = Life(
    {"active": _("reserved"), "used": _("used"), "released": _("released")},
    [
        StateMove("use_up", ("active",), "used"),
        StateMove("release", ("active",), "released", _("Release")),
    ],
)


class Reservation(WorkspaceModel):
    """An amount of an item wanted by somebody. `held` of it is promised from what is on hand; the rest waits for stock.

    Against a lot, the promise holds for that lot alone. Where `owner_key` is set, only that client's material will do.
    """

    item = models.ForeignKey(Item, models.PROTECT, related_name="reservations", verbose_name=_("item"))
    lot = models.ForeignKey(
        "inventory.Lot", models.PROTECT, null=True, blank=True, related_name="reservations", verbose_name=_("lot")
    )
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    used = models.DecimalField(_("used"), max_digits=14, decimal_places=3, default=0)
    held = models.DecimalField(_("still reserved"), max_digits=14, decimal_places=3, default=0)
    state = models.CharField(_("state"), max_length=10, choices=RESERVATION.choices, default=RESERVATION.first)
    key = models.CharField(max_length=120)
    label = models.CharField(_("for"), max_length=160)
    source = models.CharField(max_length=60, blank=True)
    owner_key = models.CharField(max_length=60, blank=True)
    # Who comes first when there is too little: the higher priority, the earlier date, the older promise.
    priority = models.SmallIntegerField(_("priority"), default=0)
    due_on = models.DateField(_("due"), null=True, blank=True)
    # Why it may wait for stock, where somebody said so.
    despite = models.CharField(_("accepted although short"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reservation")
        verbose_name_plural = _("reservations")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="reservation_key_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="reservation_of_something"),
            models.CheckConstraint(condition=Q(used__gte=0, used__lte=F("quantity")), name="reservation_used_within"),
            models.CheckConstraint(
                condition=Q(held__gte=0, held__lte=Round(F("quantity") - F("used"), precision=3)),
                name="reservation_held_within",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="reservation_by_workspace"),
            models.Index(fields=["item", "state"], name="reservation_by_item"),
        ]

    def __str__(self):
        return f"{Decimal(self.quantity).normalize():f} {self.label}"

    @property
    def open_quantity(self):
        """What is still promised from stock."""
        return self.held if self.state == "active" else Decimal(0)

    @property
    def waiting(self):
        """What is still wanted and not there."""
        return self.quantity - self.used - self.held if self.state == "active" else Decimal(0)
