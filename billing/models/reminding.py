import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from billing.models.invoice import Invoice
from billing.states import REMINDER
from crm.models import Client


def new_key() -> str:
    """For what nobody asked for by a key of their own."""
    return secrets.token_urlsafe(12)


class Reminder(WorkspaceModel):
    """One step of asking for money that is late: proposed by night, looked at, sent. Each step of an invoice once."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="reminders", verbose_name=_("invoice"))
    step = models.PositiveSmallIntegerField(pgettext_lazy("reminder", "step"))
    state = models.CharField(_("state"), max_length=8, choices=REMINDER.choices, default=REMINDER.first, editable=False)
    proposed_on = models.DateField(_("proposed"), default=timezone.localdate)
    sent_on = models.DateField(_("sent"), null=True)
    pay_by = models.DateField(_("to be paid by"), null=True)
    open = money_field(_("open"))
    fee = money_field(_("fee"))
    flat = money_field(_("flat sum of the law"))
    interest = money_field(_("interest"))
    # How the interest came about and who it went to, as it was when it was sent.
    frozen = models.JSONField(default=dict)
    pdf = models.FileField(upload_to="documents/", blank=True, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "state", "-id"], name="reminder_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["invoice", "step"], condition=~Q(state="dropped"), name="reminder_step_once"
            ),
            models.CheckConstraint(condition=Q(step__gte=1, step__lte=3), name="reminder_of_three_steps"),
        ]
        permissions = [("send_reminder", "Can send reminders")]

    def __str__(self):
        return f"{self.invoice.number} / {self.step}"

    @property
    def number(self) -> str:
        """As its file is called."""
        return f"{self.invoice.number}-{self.step}"

    @property
    def extra(self):
        """What is asked for beside the invoice."""
        return self.fee + self.flat + self.interest

    @property
    def asked(self):
        """All that is asked for."""
        return self.open + self.extra


class ReminderHold(WorkspaceModel):
    """Why an invoice is not to be reminded of: it is disputed, or its payment is promised until a day."""

    class Kind(models.TextChoices):
        DISPUTE = "dispute", _("disputed")
        PROMISE = "promise", _("payment promised")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="holds", verbose_name=_("invoice"))
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    until = models.DateField(_("until"), null=True)
    note = models.CharField(_("note"), max_length=300)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(pgettext_lazy("hold", "since"), default=timezone.now)
    lifted_at = models.DateTimeField(_("lifted"), null=True)

    class Meta:
        verbose_name = _("stop of reminders")
        verbose_name_plural = _("stops of reminders")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(lifted_at=None), name="reminder_hold_once"),
            models.CheckConstraint(condition=Q(kind="dispute") | Q(until__isnull=False), name="promise_has_a_day"),
        ]

    def __str__(self):
        return f"{self.invoice.number}: {self.get_kind_display()}"


class AccountStatement(WorkspaceModel):
    """A statement of account as it was mailed to a client or printed: what stands in it is frozen with it."""

    client = models.ForeignKey(Client, models.PROTECT, related_name="account_statements", verbose_name=_("client"))
    currency = models.CharField(_("currency"), max_length=3)
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until"))
    balance = money_field(pgettext_lazy("money", "balance"))
    mailed_to = models.CharField(_("mailed to"), max_length=254, blank=True, help_text=_("Empty: printed"))
    # Names, addresses, entries and open items as they were when it was made.
    frozen = models.JSONField(default=dict)
    key = models.CharField(max_length=60, default=new_key)
    pdf = models.FileField(upload_to="documents/", blank=True, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("who")
    )
    created_at = models.DateTimeField(_("made"), default=timezone.now)

    class Meta:
        verbose_name = _("statement of account")
        verbose_name_plural = _("statements of account")
        ordering = ["-id"]
        indexes = [models.Index(fields=["workspace", "-id"], name="account_statement_by_workspace")]
        constraints = [models.UniqueConstraint(fields=["workspace", "key"], name="account_statement_key_once")]

    def __str__(self):
        return f"{self.client.code} {self.from_on} – {self.until_on}"

    @property
    def number(self) -> str:
        """As its file is called."""
        return f"{self.client.code}-{self.until_on}"
