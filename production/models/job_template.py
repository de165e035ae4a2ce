from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from accounts.models.workspace import TaxField, money_field
from inventory.models import Item
from production.models.design_file import DesignFile
from production.models.job import Priority
from production.models.milestone_template import MilestoneTemplate
from production.models.product import Product


class JobTemplate(WorkspaceModel):
    """A job that comes again and again, for whomever: what a new one begins with."""

    name = models.CharField(_("name"), max_length=80)
    title = models.CharField(_("title of the job"), max_length=160)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    days = models.PositiveSmallIntegerField(
        _("due after days"), null=True, blank=True, help_text=_("From the day it is ordered; empty: no day")
    )
    milestones = models.ForeignKey(
        MilestoneTemplate, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("milestones"),
        help_text=_("Empty: the standard ones"),
    )  # fmt: skip
    note = models.TextField(_("note for the shop"), blank=True)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("job template")
        verbose_name_plural = _("job templates")
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="job_template_name_once")]

    def __str__(self):
        return self.name


class JobTemplateLine(WorkspaceModel):
    """One line of a job to come, with what one piece takes and what is checked of it beside its product's checks."""

    template = models.ForeignKey(JobTemplate, models.CASCADE, related_name="lines", verbose_name=_("job template"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    description = models.CharField(_("description"), max_length=200)
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    item = models.ForeignKey(Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("material"))
    design_file = models.ForeignKey(
        DesignFile, models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=_("drawing")
    )
    quantity = models.PositiveIntegerField(_("pieces"), default=1)
    unit_price = money_field(_("unit price"))
    tax_percent = TaxField(_("tax %"))
    material_each = models.DecimalField(_("material each"), max_digits=14, decimal_places=6, default=0)
    seconds_each = models.FloatField(_("seconds each"), default=0)
    # As `production.quality.planning.carried` writes them.
    checks = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("line of a job template")
        verbose_name_plural = _("lines")
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="job_template_line_of_something")]

    def __str__(self):
        return f"{self.quantity} × {self.description}"
