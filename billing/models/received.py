from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.models.bank import BankLine
from billing.states import RECEIVED, RECEIVED_OPEN
from inventory.models import PurchaseOrder
from laseros.core.templatetags.laseros import day


class ReceivedInvoice(WorkspaceModel):
    """An electronic invoice somebody sent us: the file as it came, and what was read in it. Neither ever changes.

    What moves is what we made of it: its `state` with who and why, the order it is for, and how much of it is `paid`.
    `owed` is less than nothing where it gives us something back.
    """

    file = models.FileField(upload_to="received/", editable=False, max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    number = models.CharField(_("number"), max_length=200, editable=False)
    seller = models.CharField(_("from"), max_length=200, editable=False)
    currency = models.CharField(_("currency"), max_length=3, blank=True, editable=False)
    net = money_field(_("net"), editable=False)
    tax = money_field(_("tax"), editable=False)
    total = money_field(_("total"), editable=False)
    owed = money_field(_("to pay"), editable=False)
    issued_on = models.DateField(_("date"), null=True, editable=False)
    due_on = models.DateField(_("due"), null=True, editable=False)
    facts = models.JSONField(default=dict, editable=False)  # as `billing.received.reading.read` answers
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+", verbose_name=_("who")
    )
    state = models.CharField(_("state"), max_length=8, choices=RECEIVED.choices, default=RECEIVED.first, editable=False)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    order = models.ForeignKey(
        PurchaseOrder, models.PROTECT, null=True, editable=False, related_name="received_invoices",
        verbose_name=_("purchase order"),
    )  # fmt: skip
    paid = money_field(_("paid"), editable=False)

    class Meta:
        verbose_name = _("received invoice")
        verbose_name_plural = _("received invoices")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="received_by_workspace"),
            models.Index(fields=["workspace", "state", "due_on"], name="received_by_due"),
            # Nearly always empty: see `Payment`.
            models.Index(fields=["order"], name="received_of_order", condition=Q(order__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "sha256"], name="received_once"),
            models.CheckConstraint(
                condition=Q(paid__gte=0, paid__lte=F("owed")) | Q(paid__lte=0, paid__gte=F("owed")),
                name="received_paid_within",
            ),
            models.CheckConstraint(
                condition=~Q(state="rejected") | (Q(paid=0) & ~Q(reason="")), name="received_rejected_for_a_reason"
            ),
        ]
        permissions = [("decide_receivedinvoice", "Can approve, reject and pay received invoices")]

    def __str__(self):
        return f"{self.number} · {self.seller}"

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a received invoice is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a received invoice is never deleted")

    @property
    def left(self):
        """What is still to be paid, or to come back to us (less than nothing)."""
        return self.owed - self.paid

    @property
    def is_overdue(self) -> bool:
        return self.state in RECEIVED_OPEN and self.due_on is not None and self.due_on < timezone.localdate()


class Settlement(WorkspaceModel):
    """A part of a received invoice that was paid: by a line of the bank, or by hand. Taken back, it is gone; the
    activity log says so."""

    invoice = models.ForeignKey(
        ReceivedInvoice, models.PROTECT, related_name="settlements", verbose_name=_("received invoice")
    )
    line = models.ForeignKey(
        BankLine, models.PROTECT, null=True, related_name="settlements", verbose_name=_("bank line")
    )
    amount = money_field(_("amount"))
    paid_on = models.DateField(_("day"))
    note = models.CharField(pgettext_lazy("settlement", "how"), max_length=120, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    at = models.DateTimeField(_("recorded"), default=timezone.now)

    class Meta:
        verbose_name = _("payment of a received invoice")
        verbose_name_plural = _("payments of received invoices")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="settlement_of_something"),
            models.UniqueConstraint(
                fields=["line", "invoice"], condition=Q(line__isnull=False), name="settlement_once_for_a_line"
            ),
        ]

    def __str__(self):
        return f"{day(self.paid_on)} {self.invoice}"
