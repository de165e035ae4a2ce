import secrets

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.models.invoice import Invoice
from billing.models.payment import Payment
from billing.states import CARD_EVENT, PAYMENT_ATTEMPT


def new_token() -> str:
    """Nobody guesses it: it stands in addresses that are open to everybody."""
    return secrets.token_urlsafe(24)


class ProviderAccount(WorkspaceModel):
    """Through whom the clients of a business pay online. What signs its messages is sealed."""

    class Kind(models.TextChoices):
        MANUAL = "manual", _("Nobody: clients pay as the invoice says")
        SIMULATED = "simulated", _("Simulated: no money moves")

    kind = models.CharField(_("provider"), max_length=12, choices=Kind.choices, default=Kind.MANUAL)
    is_on = models.BooleanField(
        _("clients may pay online"), default=False, help_text=_("“Pay now” stands on every open invoice in the portal")
    )
    token = models.CharField(max_length=40, unique=True, default=new_token, editable=False)
    sealed = models.TextField(blank=True, editable=False)

    class Meta:
        verbose_name = _("card provider")
        verbose_name_plural = _("card provider")
        constraints = [models.UniqueConstraint(fields=["workspace"], name="provider_account_once")]

    def __str__(self):
        return str(self.get_kind_display())


class PaymentAttempt(WorkspaceModel):
    """A client on the way to pay what was left of an invoice, under a reference of its own."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="attempts", verbose_name=_("invoice"))
    amount = money_field(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    reference = models.CharField(_("reference"), max_length=40, unique=True, default=new_token)
    provider = models.CharField(_("provider"), max_length=12, choices=ProviderAccount.Kind.choices)
    state = models.CharField(
        _("state"), max_length=10, choices=PAYMENT_ATTEMPT.choices, default=PAYMENT_ATTEMPT.first, editable=False
    )
    payment = models.OneToOneField(
        Payment, models.PROTECT, null=True, related_name="attempt", verbose_name=_("payment")
    )
    refunded = money_field(_("paid back of it"), editable=False)
    created_at = models.DateTimeField(pgettext_lazy("card", "begun"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("card payment")
        verbose_name_plural = _("card payments")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="attempt_by_workspace")]
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(state="opened"), name="attempt_open_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="attempt_of_something"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("amount")), name="attempt_refunded_within"
            ),
            models.CheckConstraint(
                condition=Q(state__in=("paid", "refunded"), payment__isnull=False)
                | (~Q(state__in=("paid", "refunded")) & Q(payment__isnull=True)),
                name="attempt_paid_by_something",
            ),
        ]

    def __str__(self):
        return f"{self.invoice.number} / {self.reference[:8]}"

    @property
    def left(self):
        """What of it has not gone back to the card."""
        return self.amount - self.refunded


class ProviderEvent(WorkspaceModel):
    """A message of a provider, once for the name it gave it, and what became of it."""

    class Kind(models.TextChoices):
        PAID = "paid", pgettext_lazy("card", "paid")
        FAILED = "failed", pgettext_lazy("card", "did not go through")
        REFUNDED = "refunded", pgettext_lazy("card", "paid back")

    class Why(models.TextChoices):
        """Why nothing was booked by itself."""

        UNKNOWN = "unknown", _("nobody knows the reference")
        KNOWN = "known", _("it was booked before")
        AMOUNT = "amount", _("another amount than the one that was asked for")
        CURRENCY = "currency", _("another currency than the one that was asked for")
        REFUSED = "refused", _("the books refuse it")

    attempt = models.ForeignKey(
        PaymentAttempt, models.PROTECT, null=True, related_name="events", verbose_name=_("card payment")
    )
    provider = models.CharField(_("provider"), max_length=12, choices=ProviderAccount.Kind.choices)
    event_id = models.CharField(_("number of the message"), max_length=100)
    kind = models.CharField(_("what"), max_length=10, choices=Kind.choices)
    reference = models.CharField(_("reference"), max_length=100)
    amount = money_field(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    state = models.CharField(
        _("state"), max_length=8, choices=CARD_EVENT.choices, default=CARD_EVENT.first, editable=False
    )
    why = models.CharField(_("why not"), max_length=10, choices=Why.choices, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("provider’s message")
        verbose_name_plural = _("provider’s messages")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "state", "-id"], name="provider_event_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "provider", "event_id"], name="provider_event_once")
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.event_id}"
