from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.models.payment import Payment
from billing.states import BANK_LINE
from laseros.core.templatetags.laseros import day


class BankStatement(WorkspaceModel):
    """One file of a bank that was read in. `mapping` is which of its columns was what, for the next of its kind."""

    name = models.CharField(_("file"), max_length=200)
    account = models.CharField(_("account"), max_length=60)
    currency = models.CharField(_("currency"), max_length=3)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    lines_new = models.PositiveIntegerField(_("new lines"), default=0)
    lines_known = models.PositiveIntegerField(_("lines known before"), default=0)
    sha256 = models.CharField(max_length=64)
    mapping = models.JSONField(default=dict)
    imported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    imported_at = models.DateTimeField(_("read in"), default=timezone.now)

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="bank_statement_by_workspace")]

    def __str__(self):
        return f"{self.account} {day(self.from_on)} – {day(self.until_on)}"


class BankLine(WorkspaceModel):
    """Money that came to or left a bank account, once per natural key: the bank's own reference, or what it says."""

    statement = models.ForeignKey(BankStatement, models.PROTECT, related_name="lines", verbose_name=_("bank statement"))
    key = models.CharField(max_length=64)
    day = models.DateField(_("day"))
    amount = money_field(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    name = models.CharField(pgettext_lazy("bank", "from or to"), max_length=160, blank=True)
    iban = models.CharField(_("account number"), max_length=40, blank=True)
    text = models.CharField(pgettext_lazy("bank", "what for"), max_length=500, blank=True)
    reference = models.CharField(_("reference"), max_length=120, blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=BANK_LINE.choices, default=BANK_LINE.first, editable=False
    )
    payment = models.OneToOneField(
        Payment, models.PROTECT, null=True, related_name="bank_line", verbose_name=_("payment")
    )
    bookings = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(_("why not"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("bank line")
        verbose_name_plural = _("bank lines")
        ordering = ["-day", "-id"]
        indexes = [
            models.Index(fields=["workspace", "state", "-day", "-id"], name="bank_line_by_state"),
            models.Index(fields=["workspace", "-day", "-id"], name="bank_line_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "key"], name="bank_line_once"),
            models.CheckConstraint(condition=~models.Q(amount=0), name="bank_line_of_something"),
            models.CheckConstraint(
                condition=models.Q(state="booked", payment__isnull=False)
                | (~models.Q(state="booked") & models.Q(payment__isnull=True)),
                name="bank_line_booked_as_something",
            ),
        ]

    def __str__(self):
        return f"{day(self.day)} {self.name}".strip()
