from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.models.invoice import Invoice
from crm.models import Client


class Payment(WorkspaceModel):
    """Money received or paid back, once per key, and what it was for."""

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CARD = "card", _("Card")
        CASH = "cash", _("Cash")
        OTHER = "other", _("Other")

    class Kind(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("payment", "Received")
        REFUND = "refund", _("Paid back")

    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.RECEIVED)
    number = models.CharField(_("number"), max_length=30)
    client = models.ForeignKey(Client, models.PROTECT, related_name="payments", verbose_name=_("client"))
    amount = money_field(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    received_on = models.DateField(_("received"))
    method = models.CharField(_("how"), max_length=10, choices=Method.choices, default=Method.TRANSFER)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    key = models.CharField(max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="payment_by_workspace")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="payment_key_once"),
            models.UniqueConstraint(fields=["workspace", "number"], name="payment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
        ]
        permissions = [("receive_payment", "Can record payments")]

    def __str__(self):
        return self.number

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a payment is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a payment is never deleted")


class Allocation(WorkspaceModel):
    """The part of a payment that settles one invoice."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations", verbose_name=_("payment"))
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations", verbose_name=_("invoice"))
    amount = money_field(_("amount"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="allocation_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="allocation_of_something"),
        ]

    def __str__(self):
        return f"{self.payment} → {self.invoice}"
