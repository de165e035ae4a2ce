from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.models.invoice import Invoice
from billing.models.rate import rate_field
from crm.models import Client


class Payment(WorkspaceModel):
    """Money that came or went, or that nobody will see any more: once per key, with what it was for.

    `unused` is what of it is for no invoice: the client's credit. It alone moves; all else is taken back by another.
    """

    class Method(models.TextChoices):
        TRANSFER = "transfer", _("Bank transfer")
        CARD = "card", _("Card")
        CASH = "cash", _("Cash")
        OTHER = "other", _("Other")

    class Kind(models.TextChoices):
        RECEIVED = "received", pgettext_lazy("payment", "Received")
        REFUND = "refund", _("Paid back")
        WRITE_OFF = "write_off", _("Written off")
        REVERSAL = "reversal", pgettext_lazy("payment", "Taken back")

    class Reason(models.TextChoices):
        """Why nobody will pay it."""

        DIFFERENCE = "difference", _("Small difference")
        DISCOUNT = "discount", _("Discount for paying early")
        BAD_DEBT = "bad_debt", _("Bad debt")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.RECEIVED)
    number = models.CharField(_("number"), max_length=30)
    client = models.ForeignKey(Client, models.PROTECT, related_name="payments", verbose_name=_("client"))
    amount = money_field(_("amount"))
    unused = money_field(pgettext_lazy("payment", "unused"), editable=False)
    currency = models.CharField(_("currency"), max_length=3)
    rate = rate_field(_("rate"))
    received_on = models.DateField(_("received"))
    method = models.CharField(_("how"), max_length=10, choices=Method.choices, default=Method.TRANSFER)
    reason = models.CharField(_("reason"), max_length=12, choices=Reason.choices, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, editable=False, related_name="reversal", verbose_name=_("takes back")
    )
    key = models.CharField(max_length=120)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="payment_by_workspace"),
            models.Index(fields=["workspace", "received_on"], name="payment_by_day"),
            # Of a column that is nearly always empty SQLite's statistics say that looking it up is of no use.
            models.Index(fields=["reverses"], name="payment_reversing", condition=Q(reverses__isnull=False)),
            # A client's credit, found without reading what was paid and used up.
            models.Index(fields=["client", "currency"], name="payment_unused", condition=Q(unused__gt=0)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="payment_key_once"),
            models.UniqueConstraint(fields=["workspace", "number"], name="payment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(condition=Q(unused__gte=0, unused__lte=F("amount")), name="payment_unused_within"),
            models.CheckConstraint(
                condition=Q(kind="reversal", reverses__isnull=False) | (~Q(kind="reversal") & Q(reverses__isnull=True)),
                name="payment_reversal_of_something",
            ),
            models.CheckConstraint(
                condition=(Q(kind="write_off") & ~Q(reason="")) | (~Q(kind="write_off") & Q(reason="")),
                name="payment_written_off_for_a_reason",
            ),
        ]
        permissions = [
            ("receive_payment", "Can record payments"),
            ("write_off", "Can write off what is owed"),
        ]

    def __str__(self):
        return self.number

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("a payment is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a payment is never deleted")


class Allocation(WorkspaceModel):
    """What a payment settles of one invoice, less than nothing where it opens it again; or what of a client's credit
    was paid back by `refund`. `gain` is what another day's rate made of it in the books."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="allocations", verbose_name=_("payment"))
    invoice = models.ForeignKey(
        Invoice, models.PROTECT, null=True, related_name="allocations", verbose_name=_("invoice")
    )
    refund = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="refunded", verbose_name=_("refund"))
    amount = money_field(_("amount"))
    gain = money_field(_("exchange gain"))
    booked_on = models.DateField(_("day"), default=timezone.localdate)

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="allocation_of_something"),
            models.CheckConstraint(
                condition=Q(invoice__isnull=False, refund__isnull=True) | Q(invoice__isnull=True, refund__isnull=False),
                name="allocation_to_one_thing",
            ),
        ]

    def __str__(self):
        return f"{self.payment} → {self.invoice or self.refund}"

    @property
    def size(self):
        """Without its sign, which a page sets before it as people write it."""
        return abs(self.amount)
