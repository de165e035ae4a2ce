from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from accounts.models.workspace import money_field
from crm.models import Client


class Interest(models.TextChoices):
    """What a client who pays late owes beside the invoice."""

    NONE = "none", _("none")
    LAW = "law", _("what the law gives (Germany: § 288 BGB)")
    TERMS = "terms", _("what your terms say")


class Chart(models.TextChoices):
    SKR03 = "03", "SKR03"
    SKR04 = "04", "SKR04"


class BooksRules(WorkspaceModel):
    """How this business keeps its books: one row. Nothing is claimed until somebody says so."""

    remind_after = models.PositiveSmallIntegerField(
        _("first reminder after (days)"), default=7, help_text=_("After the day the invoice was due")
    )
    remind_again = models.PositiveSmallIntegerField(_("the second after another (days)"), default=10)
    remind_last = models.PositiveSmallIntegerField(_("the third after another (days)"), default=10)
    pay_within = models.PositiveSmallIntegerField(
        _("to be paid within (days)"), default=7, validators=[MinValueValidator(1)],
        help_text=_("The new day named on a reminder"),
    )  # fmt: skip
    fee_second = money_field(_("fee of the second reminder"), validators=[MinValueValidator(0)])
    fee_third = money_field(_("fee of the third reminder"), validators=[MinValueValidator(0)])
    interest = models.CharField(_("interest"), max_length=5, choices=Interest.choices, default=Interest.NONE)
    interest_percent = models.DecimalField(
        _("interest a year % (your terms)"), max_digits=5, decimal_places=2, default=0,
        validators=[MinValueValidator(0), MaxValueValidator(60)],
    )  # fmt: skip
    base_rate = models.DecimalField(
        _("base rate %"), max_digits=5, decimal_places=2, null=True, blank=True,
        help_text=_("Empty: the one we know, see § 247 BGB. It changes on 1 January and 1 July."),
    )  # fmt: skip
    chart = models.CharField(_("chart of accounts"), max_length=2, choices=Chart.choices, default=Chart.SKR04)
    consultant_number = models.PositiveIntegerField(
        _("number of the accountant"), null=True, blank=True, validators=[MinValueValidator(1001),
                                                                          MaxValueValidator(9_999_999)],
        help_text=_("DATEV: Beraternummer"),
    )  # fmt: skip
    client_number = models.PositiveIntegerField(
        _("our number with the accountant"), null=True, blank=True, validators=[MinValueValidator(1),
                                                                                MaxValueValidator(99_999)],
        help_text=_("DATEV: Mandantennummer"),
    )  # fmt: skip
    year_begins = models.PositiveSmallIntegerField(
        _("first month of the business year"), default=1, validators=[MinValueValidator(1), MaxValueValidator(12)]
    )
    account_length = models.PositiveSmallIntegerField(
        _("digits of an account"), default=4, validators=[MinValueValidator(4), MaxValueValidator(8)],
        help_text=_("Accounts of clients have one more"),
    )  # fmt: skip
    first_debtor = models.PositiveIntegerField(
        _("first number of a client"),
        default=10_000,
        help_text=_("The client CL-0007 gets this number plus 7, or the next that is free"),
    )
    # Only what differs from the chart: {"revenue:standard:19": "8400", "bank": "1200"}.
    accounts = models.JSONField(_("accounts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("rules of the books")
        verbose_name_plural = _("rules of the books")
        constraints = [models.UniqueConstraint(fields=["workspace"], name="books_rules_once")]

    def __str__(self):
        return str(_("rules of the books"))

    def clean(self):
        super().clean()
        from billing.law import lateness

        most = lateness.most_interest(self.workspace.country)
        if self.interest == Interest.TERMS and most is not None and self.interest_percent > most:
            raise ValidationError(
                {"interest_percent": _("The law allows %(most)s %% a year at most.") % {"most": f"{most:f}"}}
            )
        if self.interest == Interest.LAW and not lateness.has_law(self.workspace.country):
            raise ValidationError({"interest": _("For your country no rate of the law is written down here.")})


class Debtor(WorkspaceModel):
    """A client's place among the accounts of clients, given when they are first booked on and never to another."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="debtor", verbose_name=_("client"))
    place = models.PositiveIntegerField(_("number"))

    class Meta:
        verbose_name = _("client’s account")
        verbose_name_plural = _("clients’ accounts")
        constraints = [models.UniqueConstraint(fields=["workspace", "place"], name="debtor_place_once")]

    def __str__(self):
        return f"{self.client.code}: {self.place}"


def rules_of(workspace) -> BooksRules:
    """The rules of a business; the usual ones where nobody has said anything. Not stored by looking."""
    return BooksRules.objects.filter(workspace=workspace).first() or BooksRules(workspace=workspace)
