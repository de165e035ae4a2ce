from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.scanning import registry
from inventory.scanning.registry import Kind
from laseros.core.states import Life, Move

SCAN = Life(
    {
        # Only inside the transaction that takes it.
        "arriving": _("arriving"),
        "done": _("done"),
        "conflict": _("needs a person"),
        "settled": _("settled"),
        "dropped": _("dropped"),
        "undone": _("taken back"),
    },
    [
        Move("do", ("arriving",), "done"),
        Move("refuse", ("arriving",), "conflict"),
        Move("settle", ("conflict",), "settled", _("Do it now")),
        Move("drop", ("conflict",), "dropped", _("Drop it")),
        Move("undo", ("done", "settled"), "undone"),
    ],
)


class ScanEvent(WorkspaceModel):
    """One thing somebody did with a scanner: its id makes it happen once, its result is told to whoever sends it again.

    A device without a network keeps its events and sends them later, so `at` (when it was done, by our clock) and
    `received_at` may be hours apart. What could not be done by then waits in the state "conflict" for a person.
    """

    Kind = Kind

    key = models.CharField(max_length=64, editable=False)
    kind = models.CharField(_("what"), max_length=8, choices=registry.kinds, editable=False)
    code = models.CharField(_("scanned"), max_length=300, editable=False)
    # What was typed, as the device sent it: {"gross_g": "812"}, {"place": "R2-S1"}, {"count": 3, "quantity": "12"}.
    data = models.JSONField(default=dict, editable=False)
    # What came of it, for the device and for taking it back; never an amount of money.
    result = models.JSONField(default=dict, editable=False)
    reason = models.CharField(_("why not"), max_length=500, blank=True, editable=False)
    why = models.CharField(max_length=40, blank=True, editable=False)
    lot = models.ForeignKey(
        "inventory.Lot", models.PROTECT, null=True, related_name="scans", editable=False, verbose_name=_("lot")
    )
    state = models.CharField(_("state"), max_length=10, choices=SCAN.choices, default=SCAN.first, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), editable=False)
    said_at = models.DateTimeField(_("by the device's clock"), editable=False)
    received_at = models.DateTimeField(_("arrived"), default=timezone.now, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("decided by"),
    )
    settled_at = models.DateTimeField(_("decided"), null=True, editable=False)

    class Meta:
        verbose_name = _("scan")
        verbose_name_plural = _("scans")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="scan_event_once")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="scan_event_by_workspace"),
            models.Index(fields=["workspace", "by", "-id"], name="scan_event_conflicts", condition=Q(state="conflict")),
        ]
        permissions = [("scan_stock", "Can weigh, move and count on the shop floor")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.code}"

    @property
    def booking_key(self) -> str:
        """Under which what it booked stands in the ledger."""
        return f"scan:{self.key}"
