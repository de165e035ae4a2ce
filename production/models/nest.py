from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from inventory.models import Item, Lot, Material
from machines.models import Machine
from production.models import clamps
from production.models.design_file import DesignFile
from production.models.enquiry import Enquiry, EnquiryLine
from production.models.job import Priority
from production.states import NEST, NEST_SHEET

MOST_SECONDS = 300
MOST_MARGIN = 200


class Nest(WorkspaceModel):
    """Parts to be laid out on sheets of one material: the question, and how far its search is. `NestSheet` answers."""

    class Turning(models.TextChoices):
        QUARTERS = "quarters", _("in quarter turns")
        GRAIN = "grain", _("along the grain: 0° and 180°")
        NONE = "none", _("not at all")
        EIGHTHS = "eighths", _("in steps of 45°")

    number = models.CharField(_("number"), max_length=30, editable=False)
    material = models.ForeignKey(Material, models.PROTECT, related_name="+", verbose_name=_("material"))
    thickness_mm = models.DecimalField(_("thickness mm"), max_digits=7, decimal_places=2)
    item = models.ForeignKey(
        Item, models.PROTECT, null=True, blank=True, related_name="nests", verbose_name=_("only on this sheet")
    )
    machine = models.ForeignKey(Machine, models.PROTECT, related_name="nests", verbose_name=_("machine"))
    # For the price of an enquiry: such a nest is never cut.
    enquiry = models.ForeignKey(
        Enquiry, models.PROTECT, null=True, blank=True, editable=False, related_name="nests", verbose_name=_("enquiry")
    )
    gap_mm = models.DecimalField(
        _("gap between parts mm"), max_digits=6, decimal_places=2, default=5,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_MARGIN)],
    )  # fmt: skip
    margin_mm = models.DecimalField(
        _("margin of the sheet mm"), max_digits=6, decimal_places=2, default=10,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_MARGIN)],
    )  # fmt: skip
    turning = models.CharField(
        _("parts may be turned"), max_length=10, choices=Turning.choices, default=Turning.QUARTERS
    )
    clamps = clamps.field()
    use_remnants = models.BooleanField(_("remnants first"), default=True)
    only_stock = models.BooleanField(_("only sheets that are in stock"), default=True)
    seconds = models.PositiveSmallIntegerField(
        _("time to search, s"), default=60, validators=[MinValueValidator(5), MaxValueValidator(MOST_SECONDS)]
    )
    state = models.CharField(_("state"), max_length=10, choices=NEST.choices, default=NEST.first, editable=False)
    # The search: a share of its time, seconds spent in it, and what a page compares to know that it is out of date.
    progress = models.FloatField(_("progress"), default=0, editable=False)
    spent_s = models.FloatField(_("searched for, s"), default=0, editable=False)
    # Counts the searches asked for: one that is not the latest any more stores nothing.
    attempt = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    reason = models.CharField(_("why it failed"), max_length=300, blank=True, editable=False)
    utilisation = models.FloatField(_("utilisation"), default=0, editable=False)
    # {"part's pk": {"count": 3, "why": "…"}} of what found no place.
    unplaced = models.JSONField(_("without a place"), default=dict, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("made by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)
    approved_at = models.DateTimeField(_("approved"), null=True, editable=False)
    done_at = models.DateTimeField(_("done"), null=True, editable=False)

    class Meta:
        verbose_name = _("nest")
        verbose_name_plural = _("nests")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "number"], name="nest_number_once")]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="nest_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="nest_by_state"),
        ]

    def __str__(self):
        return self.number


class NestPart(WorkspaceModel):
    """So many pieces of one part of one drawing, and for whom they are."""

    nest = models.ForeignKey(Nest, models.CASCADE, related_name="parts", verbose_name=_("nest"))
    operation = models.ForeignKey(
        "production.Operation", models.PROTECT, null=True, blank=True, editable=False, related_name="nest_parts",
        verbose_name=_("operation"),
    )  # fmt: skip
    enquiry_line = models.ForeignKey(
        EnquiryLine, models.SET_NULL, null=True, blank=True, editable=False, related_name="nest_parts",
        verbose_name=_("part asked for"),
    )  # fmt: skip
    design_file = models.ForeignKey(DesignFile, models.PROTECT, related_name="nest_parts", verbose_name=_("drawing"))
    # Which of the drawing's parts, counted from 0, as its measurement lists them.
    part_index = models.PositiveSmallIntegerField(default=0, editable=False)
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    # Empty: as the nest says.
    turning = models.CharField(_("may be turned"), max_length=10, choices=Nest.Turning.choices, blank=True)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    due_on = models.DateField(_("due"), null=True, blank=True)
    # What it covers with its holes filled, mm²: by this a sheet's cost is shared.
    area_mm2 = models.FloatField(default=0, editable=False)

    class Meta:
        verbose_name = _("part to be nested")
        verbose_name_plural = _("parts to be nested")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="nest_part_of_something")]
        indexes = [models.Index(fields=["operation"], name="nest_part_by_operation")]

    def __str__(self):
        return f"{self.quantity} × {self.description}"


class NestSheet(WorkspaceModel):
    """One layout, to be cut `repeats` times: on sheets of `item`, or on the one remnant `lot`.

    `placements` are dicts of part (pk of a `NestPart`), x_mm, y_mm, angle_deg, in_hole: the part's own coordinates,
    the lower left of its box at (0, 0), turned counter-clockwise about that point and then moved. `outline` are the
    corners of a sheet that is no rectangle. `remnant` is None or a dict of outline, rectangle [x0, y0, x1, y1] and
    area_mm2. Lengths in mm, times in seconds of one sheet, utilisation 0…1 of the sheet's area.
    """

    nest = models.ForeignKey(Nest, models.CASCADE, related_name="sheets", verbose_name=_("nest"))
    position = models.PositiveSmallIntegerField(_("sheet"))
    item = models.ForeignKey(Item, models.PROTECT, related_name="+", verbose_name=_("sheet from stock"))
    lot = models.ForeignKey(
        Lot, models.PROTECT, null=True, blank=True, related_name="nest_sheets", verbose_name=_("remnant")
    )
    repeats = models.PositiveIntegerField(_("times"), default=1)
    cut = models.PositiveIntegerField(_("cut"), default=0)
    width_mm = models.FloatField(_("width mm"))
    height_mm = models.FloatField(_("height mm"))
    outline = models.JSONField(null=True)
    placements = models.JSONField(default=list)
    utilisation = models.FloatField(_("utilisation"), default=0)
    cut_length_mm = models.FloatField(_("cut length mm"), default=0)
    pierces = models.PositiveIntegerField(_("pierces"), default=0)
    seconds = models.FloatField(_("cut time, s"), null=True)
    remnant = models.JSONField(null=True)
    # What one sheet takes of the item beyond what is promised to the operations on it, while it is in the queue.
    extra = models.DecimalField(max_digits=14, decimal_places=3, default=0)
    # A locked sheet stays as it is when the rest is searched for again.
    locked = models.BooleanField(_("locked"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=NEST_SHEET.choices, default=NEST_SHEET.first, editable=False
    )

    class Meta:
        verbose_name = _("sheet of a nest")
        verbose_name_plural = _("sheets of nests")
        ordering = ["nest", "position"]
        constraints = [
            models.UniqueConstraint(fields=["nest", "position"], name="nest_sheet_place_once"),
            models.CheckConstraint(condition=Q(repeats__gt=0, cut__lte=F("repeats")), name="nest_sheet_cut_within"),
        ]

    def __str__(self):
        return _t("Sheet %(position)s of %(nest)s") % {"position": self.position, "nest": self.nest.number}

    @property
    def left(self) -> int:
        return self.repeats - self.cut

    def counts(self) -> dict[int, int]:
        """Pieces of each part on one such sheet: {pk of the part: pieces}."""
        found: dict[int, int] = {}
        for placement in self.placements:
            found[placement["part"]] = found.get(placement["part"], 0) + 1
        return found
