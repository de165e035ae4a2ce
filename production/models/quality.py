from decimal import Decimal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.models import Item
from machines.models import Machine
from production.models.job import Job, JobLine
from production.models.operation import Operation, Run
from production.models.product import Product
from production.states import CHECK_RESULT, NON_CONFORMANCE


def _size(label, **more):
    return models.DecimalField(label, max_digits=12, decimal_places=4, null=True, blank=True, **more)


class Check(WorkspaceModel):
    """What is looked at on pieces, and how often. A measure has limits, in `unit`."""

    class Kind(models.TextChoices):
        MEASURE = "measure", _("measure")
        YES_NO = "yes_no", _("yes or no")
        PHOTO = "photo", _("photograph")

    class Often(models.TextChoices):
        FIRST = "first", _("first piece of each run")
        EACH = "each", _("each piece")
        EVERY = "every", _("one in so many")
        ONCE = "once", _("once, before the last piece is done")

    position = models.PositiveSmallIntegerField(_("position"), default=1)
    name = models.CharField(_("what is checked"), max_length=80)
    kind = models.CharField(_("kind of check"), max_length=8, choices=Kind.choices, default=Kind.MEASURE)
    nominal = _size(_("nominal"))
    tolerance = _size(_("tolerance ±"), validators=[MinValueValidator(0)])
    minimum = _size(_("at least"))
    maximum = _size(_("at most"))
    unit = models.CharField(_("unit"), max_length=10, blank=True, default="mm")
    how_often = models.CharField(_("how often"), max_length=6, choices=Often.choices, default=Often.FIRST)
    every = models.PositiveIntegerField(_("one in"), null=True, blank=True, validators=[MinValueValidator(1)])
    is_required = models.BooleanField(_("has to be done"), default=True)

    class Meta:
        abstract = True

    def __str__(self):
        return self.name

    @property
    def low(self) -> Decimal | None:
        """The smallest value that is good; None for any."""
        if self.minimum is not None or self.nominal is None or self.tolerance is None:
            return self.minimum
        return self.nominal - self.tolerance

    @property
    def high(self) -> Decimal | None:
        if self.maximum is not None or self.nominal is None or self.tolerance is None:
            return self.maximum
        return self.nominal + self.tolerance

    def clean(self):
        super().clean()
        wrong = {}
        low, high = self.low, self.high
        if self.kind == self.Kind.MEASURE and low is None and high is None:
            wrong["nominal"] = _t("Say between which sizes it is good: nominal and tolerance, or limits.")
        if self.kind == self.Kind.MEASURE and low is not None and high is not None and low > high:
            wrong["minimum"] = _t("That is more than what it is at most.")
        if self.how_often == self.Often.EVERY and not self.every:
            wrong["every"] = _t("Say one in how many.")
        if wrong:
            raise ValidationError(wrong)

    def within(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class ProductCheck(Check):
    """Part of a product's recipe: every job line of it gets a copy."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="checks", verbose_name=_("product"))
    step = models.PositiveSmallIntegerField(
        _("after step"), null=True, blank=True, help_text=_("Number of the step; empty: the last one")
    )

    class Meta:
        verbose_name = _("check of a product")
        verbose_name_plural = _("what is checked")
        ordering = ["position", "id"]


class LineCheck(Check):
    """A check of one piece of work of a job: copied from its product, or added by the office."""

    job_line = models.ForeignKey(JobLine, models.CASCADE, related_name="checks", verbose_name=_("job line"))
    of_product = models.BooleanField(_("of the product"), default=False, editable=False)

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["job_line", "position", "id"], name="check_of_line")]


class CheckResult(WorkspaceModel):
    """What somebody found: a value, yes or no, or a photograph. Never changed, at most taken back."""

    line_check = models.ForeignKey(LineCheck, models.PROTECT, related_name="results", verbose_name=_("check"))
    operation = models.ForeignKey(Operation, models.SET_NULL, null=True, related_name="+", verbose_name=_("operation"))
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="check_results", verbose_name=_("run"))
    value = models.DecimalField(_("value"), max_digits=12, decimal_places=4, null=True)
    photo = models.FileField(_("photograph"), upload_to="checks/", max_length=200, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=CHECK_RESULT.choices, default=CHECK_RESULT.first)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=timezone.now)
    station = models.CharField(_("tablet"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("result of a check")
        verbose_name_plural = _("results of checks")
        ordering = ["id"]
        indexes = [models.Index(fields=["line_check", "state", "id"], name="result_of_check")]

    def __str__(self):
        return f"{self.line_check_id} {self.at:%Y-%m-%d %H:%M}"


class NonConformance(WorkspaceModel):
    """Pieces that are not as they should be: what is wrong with them, and what becomes of them."""

    class Reason(models.TextChoices):
        SIZE = "size", _("Wrong size")
        BURR = "burr", _("Burr or dross")
        THROUGH = "through", _("Not cut through")
        PRINT = "print", _("Print failed")
        SURFACE = "surface", _("Scratched or bent")
        MATERIAL = "material", _("Wrong material")
        OTHER = "other", _("Other")

    number = models.CharField(_("number"), max_length=30, editable=False)
    job = models.ForeignKey(Job, models.PROTECT, related_name="non_conformances", verbose_name=_("job"))
    job_line = models.ForeignKey(JobLine, models.PROTECT, related_name="non_conformances", verbose_name=_("job line"))
    operation = models.ForeignKey(
        Operation, models.SET_NULL, null=True, related_name="non_conformances", verbose_name=_("operation")
    )
    run = models.ForeignKey(Run, models.SET_NULL, null=True, related_name="non_conformances", verbose_name=_("run"))
    result = models.OneToOneField(
        CheckResult, models.PROTECT, null=True, related_name="non_conformance", verbose_name=_("result")
    )
    # As they were, so that a report needs no long way round.
    machine = models.ForeignKey(Machine, models.PROTECT, null=True, related_name="+", verbose_name=_("machine"))
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="+", verbose_name=_("product"))
    item = models.ForeignKey(Item, models.PROTECT, null=True, related_name="+", verbose_name=_("material"))
    pieces = models.PositiveIntegerField(_("pieces"), default=1)
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices, default=Reason.OTHER)
    note = models.CharField(_("what is wrong"), max_length=300, blank=True)
    photo = models.FileField(_("photograph"), upload_to="checks/", max_length=200, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=NON_CONFORMANCE.choices, default=NON_CONFORMANCE.first, editable=False
    )
    found_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("found by")
    )
    found_at = models.DateTimeField(_("found"), default=timezone.now)
    station = models.CharField(_("tablet"), max_length=80, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    why = models.CharField(_("why so"), max_length=300, blank=True)
    # They had been counted as good, and were taken off.
    uncounted = models.BooleanField(default=False, editable=False)

    class Meta:
        verbose_name = _("non-conformance")
        verbose_name_plural = _("non-conformances")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="non_conformance_once"),
            models.CheckConstraint(condition=Q(pieces__gt=0), name="non_conformance_of_something"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="non_conf_by_workspace"),
            models.Index(fields=["workspace", "found_at"], name="non_conf_by_day"),
            models.Index(fields=["workspace"], name="non_conf_open", condition=Q(state="open")),
            models.Index(fields=["job_line", "state"], name="non_conf_of_line"),
        ]
        permissions = [("accept_nonconformance", "Can let pieces be used as they are")]

    def __str__(self):
        return self.number
