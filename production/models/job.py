from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from accounts.models.discount import Discounted, one_discount
from accounts.models.workspace import TaxField, money_field
from crm.models import Client, Contact
from inventory.models import Item, Reservation
from production.models.design_file import DesignFile
from production.models.enquiry import Enquiry
from production.models.product import Product, Step
from production.states import JOB


class Priority(models.IntegerChoices):
    LOW = 1, _("low")
    NORMAL = 2, _("normal")
    HIGH = 3, _("high")
    URGENT = 4, _("urgent")


class Job(Discounted, WorkspaceModel):
    """The client's order, once approved. Its state follows from the work; only hold and cancel are a person's."""

    number = models.CharField(_("number"), max_length=40, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="jobs", verbose_name=_("client"))
    contact = models.ForeignKey(
        Contact, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("contact")
    )
    enquiry = models.ForeignKey(
        Enquiry, models.PROTECT, null=True, blank=True, editable=False, related_name="jobs", verbose_name=_("enquiry")
    )
    # The job it is a part of; who may be that says `production.job_tree`.
    parent = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="sub_jobs",
        verbose_name=_("part of"),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=160)
    state = models.CharField(_("state"), max_length=12, choices=JOB.choices, default=JOB.first, editable=False)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    due_on = models.DateField(_("due"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved"), editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    made_at = models.DateTimeField(_("made"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)
    tax_included = models.BooleanField(_("prices include tax"), default=False, editable=False)
    quoted_total = money_field(_("quoted, without tax"), editable=False)
    note = models.TextField(_("note for the shop"), blank=True)
    hold_reason = models.CharField(_("why it is on hold"), max_length=200, blank=True, editable=False)
    # Raised by every verb that changes the job: whoever watches it compares.
    version = models.PositiveIntegerField(default=0, editable=False)
    # The document that made this job, by its own key: the same one never makes a second.
    key = models.CharField(max_length=80, editable=False)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="job_number_once"),
            models.UniqueConstraint(fields=["workspace", "key"], name="job_made_once"),
            one_discount("job"),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="job_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="job_by_state"),
            models.Index(fields=["workspace", "state", "due_on"], name="job_by_due"),
            models.Index(fields=["workspace", "client", "-id"], name="job_of_client"),
            models.Index(fields=["client", "state"], name="job_of_client_by_state"),
            models.Index(fields=["completed_at"], name="job_by_end"),
            # Few are part of another: the key's own index is mostly of nothing, and SQLite does not use it.
            models.Index(fields=["parent"], name="job_of_parent", condition=Q(parent__isnull=False)),
        ]

    def __str__(self):
        return f"{self.number} {self.title}"

    @property
    def is_free(self) -> bool:
        """Without a price (a sample, a repair we owe, a part of another job), or all of it taken off: not invoiced."""
        return not self.quoted_total

    @property
    def is_free_part(self) -> bool:
        """Part of another job and without a price: it ends with the whole."""
        return self.parent_id is not None and self.is_free


class JobLine(Discounted, WorkspaceModel):
    """One position of a job, counting what became of it."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="lines", verbose_name=_("job"))
    # A line of a product with a recipe is made of lines: nothing of those is priced, delivered or invoiced.
    parent = models.ForeignKey("self", models.CASCADE, null=True, editable=False, related_name="parts")
    per_parent = models.PositiveIntegerField(default=1, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    description = models.CharField(_("description"), max_length=200)
    design_file = models.ForeignKey(
        DesignFile, models.PROTECT, null=True, blank=True, related_name="job_lines", verbose_name=_("drawing")
    )
    product = models.ForeignKey(
        Product, models.PROTECT, null=True, blank=True, related_name="job_lines", verbose_name=_("product")
    )
    # It came with the product, from another client: whoever ordered this gets the part and not its drawing.
    hides_drawing = models.BooleanField(default=False, editable=False)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("material from stock")
    )
    quantity = models.PositiveIntegerField(_("ordered"))
    made_good = models.PositiveIntegerField(_("made good"), default=0, editable=False)
    scrapped = models.PositiveIntegerField(_("scrapped"), default=0, editable=False)
    delivered = models.PositiveIntegerField(_("delivered"), default=0, editable=False)
    invoiced = models.PositiveIntegerField(_("invoiced"), default=0, editable=False)
    unit_price = money_field(_("unit price"))
    tax_percent = TaxField(_("tax %"))
    # What one piece takes of `item`, in its unit, and of the machine.
    material_each = models.DecimalField(_("material each"), max_digits=14, decimal_places=6, default=0)
    seconds_each = models.FloatField(_("seconds each"), default=0)
    # The kind of machine its recipe asks for, "hand" for none; empty: by its material, product or file.
    made_on = models.CharField(max_length=10, blank=True, editable=False)
    # Which step of its recipe it is, 0 for none: it follows the step before it, the first one the parts beside it.
    step = models.PositiveSmallIntegerField(default=0, editable=False)
    starts = models.CharField(max_length=4, default=Step.Starts.FLOW, editable=False)
    # Of its product, when it was ordered.
    revision = models.PositiveSmallIntegerField(_("revision"), null=True, editable=False)

    class Meta:
        verbose_name = _("job line")
        verbose_name_plural = _("job lines")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="job_line_of_something"),
            one_discount("job_line"),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.description}"

    @property
    def missing(self) -> int:
        return max(self.quantity - self.made_good, 0)

    @property
    def is_charged(self) -> bool:
        """Stands on an invoice: be it for nothing, where something else of the job costs."""
        return self.parent_id is None and not self.job.is_free

    @property
    def to_invoice(self) -> int:
        """Made, or where the business wants it so delivered, and not invoiced yet; never more than ordered."""
        if not self.is_charged:
            return 0
        there = self.delivered if self.workspace.invoices_delivered else self.made_good
        return max(min(there, self.quantity) - self.invoiced, 0)


class LineMaterial(WorkspaceModel):
    """What a line takes from stock beside what its operation cuts or prints: bought parts, a second material."""

    job_line = models.ForeignKey(JobLine, models.CASCADE, related_name="materials", verbose_name=_("job line"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("item"))
    each = models.DecimalField(_("for one"), max_digits=14, decimal_places=6)
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, related_name="+", verbose_name=_("reserved")
    )
    # Pieces of the line whose material is booked, and how often something was.
    booked = models.PositiveIntegerField(default=0)
    bookings = models.PositiveIntegerField(default=0)
    # All of it was booked when the job was approved, and not piece by piece.
    at_once = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("material of a job line")
        verbose_name_plural = _("materials of job lines")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["job_line", "item"], name="line_material_once")]

    def __str__(self):
        return f"{self.item}"
