from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from crm.models import Client, Contact
from inventory.models import Item
from production.models.milestone_template import MilestoneTemplate
from production.states import ENQUIRY


class Origin(models.TextChoices):
    """Who wrote an enquiry down."""

    OFFICE = "office", _("the office")
    PORTAL = "portal", _("the client, in the portal")


class Enquiry(WorkspaceModel):
    """What a client asks for, before there is a price: drawings, material, quantities."""

    number = models.CharField(_("number"), max_length=30, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="enquiries", verbose_name=_("client"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="enquiries", verbose_name=_("contact")
    )
    title = models.CharField(_("title"), max_length=160)
    note = models.TextField(_("note"), blank=True)
    wanted_by = models.DateField(_("wanted by"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=ENQUIRY.choices, default=ENQUIRY.first, editable=False)
    milestones = models.ForeignKey(
        MilestoneTemplate,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("milestones of the job"),
        help_text=_("Empty: the standard ones."),
    )
    origin = models.CharField(
        _("came from"), max_length=6, choices=Origin.choices, default=Origin.OFFICE, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("taken by"),
    )
    created_at = models.DateTimeField(_("received"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("enquiry")
        verbose_name_plural = _("enquiries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="enquiry_number_once"),
            # What somebody at a client is putting together: one thing at a time.
            models.UniqueConstraint(fields=["contact"], condition=Q(state="basket"), name="enquiry_one_basket"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="enquiry_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="enquiry_by_state"),
            models.Index(fields=["client", "-id"], name="enquiry_of_client", condition=Q(origin="portal")),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"


class EnquiryLine(WorkspaceModel):
    """One part asked for: a drawing (or a description) in a stock material, so many times."""

    enquiry = models.ForeignKey(Enquiry, models.CASCADE, related_name="lines", verbose_name=_("enquiry"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    design_file = models.ForeignKey(
        "production.DesignFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="enquiry_lines",
        verbose_name=_("drawing"),
    )
    product = models.ForeignKey(
        "production.Product", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("product")
    )
    description = models.CharField(_("description"), max_length=200)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("material from stock")
    )
    quantity = models.PositiveIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    # For prints, until the slicer's file says it: what one piece takes.
    grams_each = models.DecimalField(_("grams each"), max_digits=10, decimal_places=2, null=True, blank=True)
    minutes_each = models.DecimalField(_("minutes each"), max_digits=10, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("part asked for")
        verbose_name_plural = _("parts asked for")
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="enquiry_line_of_something")]

    def __str__(self):
        return f"{self.quantity} × {self.description}"
