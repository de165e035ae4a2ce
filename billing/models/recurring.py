import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.discount import Discounted, one_discount
from accounts.models.workspace import TaxField, money_field
from billing.models.invoice import Invoice
from billing.states import RECURRING
from crm.models import Client

PLACES = ("month", "next_month", "year", "from", "until")
PLACE = re.compile(r"\{(\w*)\}")


def known_places(text: str) -> None:
    """Refuse a text with a place that nothing fills in."""
    unknown = [name for name in PLACE.findall(text) if name not in PLACES]
    if unknown or "{" in PLACE.sub("", text) or "}" in PLACE.sub("", text):
        words = _("Only these places can be filled in: %(places)s")
        raise ValidationError(words, code="place", params={"places": " ".join(f"{{{name}}}" for name in PLACES)})


class RecurringInvoice(WorkspaceModel):
    """An invoice that comes again: what is on it, how often, and when the next one is due."""

    class Unit(models.TextChoices):
        MONTH = "month", _("months")
        WEEK = "week", _("weeks")

    class Then(models.TextChoices):
        DRAFT = "draft", _("make a draft to be looked at")
        ISSUE = "issue", _("issue it and mail it")

    client = models.ForeignKey(Client, models.PROTECT, related_name="recurring_invoices", verbose_name=_("client"))
    title = models.CharField(_("title"), max_length=120)
    state = models.CharField(
        _("state"), max_length=10, choices=RECURRING.choices, default=RECURRING.first, editable=False
    )
    every = models.PositiveSmallIntegerField(
        pgettext_lazy("recurring", "every"), default=1, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    unit = models.CharField(pgettext_lazy("recurring", "unit"), max_length=5, choices=Unit.choices, default=Unit.MONTH)
    starts_on = models.DateField(
        _("first on"), help_text=_("Its day of the month stays, or the last one of a shorter month")
    )
    ends_on = models.DateField(_("last at most on"), null=True, blank=True)
    count = models.PositiveSmallIntegerField(
        _("how many at most"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    tax_included = models.BooleanField(_("prices include tax"), default=False, editable=False)
    then = models.CharField(_("when it is due"), max_length=5, choices=Then.choices, default=Then.DRAFT)
    note = models.TextField(_("note to the client"), blank=True, validators=[known_places])
    turns = models.PositiveIntegerField(_("so far"), default=0, editable=False)  # made or skipped
    next_on = models.DateField(_("next"), null=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("recurring invoice")
        verbose_name_plural = _("recurring invoices")
        ordering = ["next_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(every__gte=1, every__lte=60), name="recurring_invoice_every"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="recurring_invoice_ends",
                violation_error_message=_("The last one cannot be before the first."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["workspace", "next_on"], name="recurring_by_day"),
            models.Index(fields=["client"], name="recurring_of_client"),
        ]

    def __str__(self):
        return self.title


class RecurringLine(Discounted, WorkspaceModel):
    recurring = models.ForeignKey(RecurringInvoice, models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    description = models.CharField(
        _("description"), max_length=160, validators=[known_places],
        help_text=_("{month} {year} {from} {until} are filled in"),
    )  # fmt: skip
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    unit_price = money_field(_("unit price"))
    tax_percent = TaxField(_("tax %"))

    class Meta:
        verbose_name = _("line of a recurring invoice")
        verbose_name_plural = _("lines of recurring invoices")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="recurring_line_of_something"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="recurring_line_price_not_negative"),
            one_discount("recurring_line"),
        ]

    def __str__(self):
        return self.description


class RecurringTurn(WorkspaceModel):
    """One time a recurring invoice was due: what became of it. A day has one."""

    recurring = models.ForeignKey(RecurringInvoice, models.CASCADE, related_name="made")
    due_on = models.DateField(_("due"))
    invoice = models.OneToOneField(
        Invoice, models.PROTECT, null=True, related_name="recurring_turn", verbose_name=_("invoice")
    )
    problem = models.CharField(_("why not"), max_length=500, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("turn of a recurring invoice")
        verbose_name_plural = _("turns of recurring invoices")
        ordering = ["-due_on"]
        constraints = [models.UniqueConstraint(fields=["recurring", "due_on"], name="recurring_turn_once")]

    def __str__(self):
        return f"{self.recurring} {self.due_on}"
