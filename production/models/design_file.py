from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models.enquiry import Enquiry
from production.states import DESIGN_FILE

KINDS = [
    ("dxf", "DXF"),
    ("svg", "SVG"),
    ("stl", "STL"),
    ("3mf", "3MF"),
    ("gcode", "G-code"),
    ("pdf", "PDF"),
    ("image", _("picture")),
    ("other", _("other")),
]


def stored_name(design_file, filename: str) -> str:
    """Under the workspace, by hash, with no name a client chose: what users upload never names a path."""
    return f"{design_file.workspace_id}/drawings/{design_file.sha256[:2]}/{design_file.sha256}.bin"


class DesignFile(WorkspaceModel):
    """A file a client or the office gave us, kept as it came."""

    enquiry = models.ForeignKey(
        Enquiry, models.PROTECT, null=True, blank=True, related_name="files", verbose_name=_("enquiry")
    )
    name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS)
    content = models.FileField(upload_to=stored_name, max_length=200)
    is_there_already = False  # the answer to the same file given once more
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(max_length=64)
    state = models.CharField(
        _("state"), max_length=12, choices=DESIGN_FILE.choices, default=DESIGN_FILE.first, editable=False
    )
    reason = models.CharField(_("why it could not be read"), max_length=500, blank=True)
    # What a person said about the file; the file itself is never altered.
    unit = models.CharField(
        _("unit"), max_length=4, blank=True, choices=[("mm", "mm"), ("cm", "cm"), ("in", _("inch"))]
    )
    roles = models.JSONField(default=list, blank=True, editable=False)  # [{"layer": name, "role": one of LayerRole}]
    # A mended version is a file of its own beside the one it was made from, and says what changed: see dxf.mending.
    mended_from = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="mended", verbose_name=_("made from")
    )
    mends = models.JSONField(default=list, blank=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("drawing")
        verbose_name_plural = _("drawings")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="drawing_by_workspace"),
            models.Index(fields=["workspace", "sha256"], name="drawing_by_hash"),
            models.Index(fields=["workspace", "state", "-id"], name="drawing_by_state"),
        ]

    def __str__(self):
        return self.name


class Measurement(WorkspaceModel):
    """What the engine found in a drawing. Lengths in mm, areas in mm²; made anew when the engine changes."""

    design_file = models.OneToOneField(DesignFile, models.CASCADE, related_name="measurement", primary_key=True)
    engine = models.CharField(max_length=20)
    units = models.CharField(_("units"), max_length=20)
    units_sure = models.BooleanField(default=True)
    mm_per_unit = models.FloatField()
    width_mm = models.FloatField(_("width mm"))
    height_mm = models.FloatField(_("height mm"))
    cut_length_mm = models.FloatField(_("cut length mm"))
    engrave_length_mm = models.FloatField(_("engraved length mm"), default=0)
    bend_length_mm = models.FloatField(_("bend length mm"), default=0)
    pierces = models.PositiveIntegerField(_("pierces"))
    closed_contours = models.PositiveIntegerField(_("closed contours"))
    open_chains = models.PositiveIntegerField(_("open contours"))
    outer_contours = models.PositiveIntegerField(_("outer contours"))
    net_area_mm2 = models.FloatField(_("area mm²"))
    gross_area_mm2 = models.FloatField(_("area with holes filled mm²"))
    # {"defects": [...], "warnings": [...], "parts": [...], "layers": [...]}
    findings = models.JSONField(default=dict)
    preview = models.TextField(blank=True)  # SVG drawn by us from the measured contours
    contours = models.FileField(upload_to="contours/", blank=True, max_length=200)  # gzipped JSON: contours and marks
    measured_at = models.DateTimeField(_("measured"), auto_now=True)

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")

    def __str__(self):
        return f"{self.width_mm:.1f} × {self.height_mm:.1f} mm"
