from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.models import Reservation
from machines.models import Machine
from production.models.job import JobLine, Priority
from production.models.nest import NestSheet
from production.states import ACTIVE_RUN, OPERATION, RUN


class Operation(WorkspaceModel):
    """A piece of work in a machine's queue: pieces of a job line, or a sheet of a nest with pieces of several.

    `quantity` and `good` count pieces of the line, or how often the sheet is cut.
    """

    job_line = models.ForeignKey(
        JobLine, models.CASCADE, null=True, blank=True, related_name="operations", verbose_name=_("job line")
    )
    sheet = models.OneToOneField(
        NestSheet, models.CASCADE, null=True, blank=True, related_name="operation", verbose_name=_("sheet")
    )
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="operations", verbose_name=_("machine"))
    state = models.CharField(
        _("state"), max_length=12, choices=OPERATION.choices, default=OPERATION.first, editable=False
    )
    position = models.PositiveIntegerField(_("place in the queue"), default=0)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    quantity = models.PositiveIntegerField(_("to make"))
    good = models.PositiveIntegerField(_("good"), default=0, editable=False)
    scrap = models.PositiveIntegerField(_("scrap"), default=0, editable=False)
    seconds_each = models.FloatField(_("seconds each"), default=0)
    reservation = models.ForeignKey(
        Reservation, models.PROTECT, null=True, blank=True, related_name="operations", verbose_name=_("material")
    )
    # Booked out for it when its job was approved, and not used by a run yet: `production.taking`.
    taken = models.DecimalField(_("taken"), max_digits=14, decimal_places=3, default=0, editable=False)
    created_at = models.DateTimeField(_("queued"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("operation")
        verbose_name_plural = _("operations")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="operation_of_something"),
            models.CheckConstraint(condition=Q(good__lte=F("quantity")), name="operation_good_within"),
            models.CheckConstraint(condition=Q(taken__gte=0), name="operation_taken_not_negative"),
            models.CheckConstraint(
                condition=Q(job_line__isnull=False, sheet=None) | Q(job_line=None, sheet__isnull=False),
                name="operation_of_a_line_or_a_sheet",
            ),
        ]
        indexes = [
            models.Index(fields=["machine", "state", "position"], name="operation_queue"),
            models.Index(fields=["workspace", "state", "reservation"], name="operation_by_state"),
        ]
        permissions = [("run_operation", "Can start and finish work on a machine")]

    def __str__(self):
        return f"{self.quantity} × {self.what}"

    @property
    def what(self) -> str:
        """What is made, in a few words."""
        return str(self.sheet) if self.sheet_id else self.job_line.description

    @property
    def reference(self) -> str:
        """The number it is known by: the job's, or the nest's."""
        return self.sheet.nest.number if self.sheet_id else self.job_line.job.number

    @property
    def item(self):
        """What it is cut or printed from; None where nobody said."""
        return self.sheet.item if self.sheet_id else self.job_line.item

    @property
    def left(self) -> int:
        return self.quantity - self.good

    @property
    def seconds_left(self) -> float:
        return self.left * self.seconds_each


class Run(WorkspaceModel):
    """One execution of an operation by an operator on a machine."""

    operation = models.ForeignKey(Operation, models.PROTECT, related_name="runs", verbose_name=_("operation"))
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="runs", verbose_name=_("machine"))
    operator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("operator")
    )
    station = models.CharField(_("tablet"), max_length=80, blank=True, editable=False)  # where it was begun
    state = models.CharField(_("state"), max_length=10, choices=RUN.choices, default=RUN.first, editable=False)
    quantity = models.PositiveIntegerField(_("planned"))
    started_at = models.DateTimeField(_("started"))
    paused_at = models.DateTimeField(_("paused"), null=True, blank=True)
    paused_seconds = models.PositiveIntegerField(_("paused for"), default=0)
    machine_done_at = models.DateTimeField(_("machine said done"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    estimated_seconds = models.FloatField(_("estimated"), default=0)
    good = models.PositiveIntegerField(_("good"), default=0)
    scrap = models.PositiveIntegerField(_("scrap"), default=0)
    material_used = models.DecimalField(_("material used"), max_digits=14, decimal_places=3, default=0)
    # Of it, what had left the stock before, when the job was approved.
    from_taken = models.DecimalField(max_digits=14, decimal_places=3, default=0, editable=False)
    kwh = models.FloatField(_("energy kWh"), null=True, blank=True)  # by the meter beside the machine
    kwh_is_estimate = models.BooleanField(default=False, editable=False)
    note = models.CharField(_("note"), max_length=300, blank=True)
    plates_sent = models.PositiveIntegerField(default=0, editable=False)  # how often its file was sent to be printed
    undone = models.PositiveSmallIntegerField(_("taken back"), default=0)  # how often

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["machine"], condition=Q(state__in=ACTIVE_RUN), name="run_one_per_machine"),
            models.UniqueConstraint(
                fields=["operation"], condition=Q(state__in=ACTIVE_RUN), name="run_one_per_operation"
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="run_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="run_by_state"),
            models.Index(fields=["operation", "-id"], name="run_by_operation"),
            # What runs on a machine now; of the index of "one at a time" SQLite does not see that it could be used.
            models.Index(fields=["machine", "state"], name="run_by_machine"),
        ]

    def __str__(self):
        return date_format(timezone.localtime(self.started_at), "SHORT_DATETIME_FORMAT")

    @classmethod
    def active_on(cls, machine) -> models.QuerySet:
        """What runs there now, at most one. In the order of its index: by key SQLite reads all the machine ever ran."""
        return cls.objects.filter(machine=machine, state__in=ACTIVE_RUN).order_by("state", "id")

    @property
    def job_key(self) -> str:
        """What the machine calls this piece of work."""
        return f"run-{self.pk}"

    @property
    def key_of_use(self) -> str:
        """Under which key the ledger has what it used: a new one each time its end was taken back."""
        return f"run:{self.pk}:again:{self.undone}:use" if self.undone else f"run:{self.pk}:use"

    @property
    def key_of_remnant(self) -> str:
        """Under which key the remnant of a sheet is kept."""
        return self.key_of_use.replace(":use", ":remnant")


class RunPart(WorkspaceModel):
    """What a run of a sheet makes of one operation: pieces planned, good and scrap, and its share of the sheet."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="parts", verbose_name=_("run"))
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="run_parts", verbose_name=_("operation"))
    quantity = models.PositiveIntegerField(_("planned"))
    good = models.PositiveIntegerField(_("good"), default=0)
    scrap = models.PositiveIntegerField(_("scrap"), default=0)
    area_mm2 = models.FloatField(default=0)
    material_used = models.DecimalField(_("material used"), max_digits=14, decimal_places=3, default=0)

    class Meta:
        verbose_name = _("pieces of a run")
        verbose_name_plural = _("pieces of runs")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["run", "operation"], name="run_part_once")]
        indexes = [models.Index(fields=["operation"], name="run_part_by_operation")]

    def __str__(self):
        return f"{self.quantity} × {self.operation_id}"
