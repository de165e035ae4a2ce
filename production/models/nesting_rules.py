from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel
from production.models import clamps
from production.models.nest import MOST_MARGIN, MOST_SECONDS, Nest

# (outer, inner, marks, sheet): layer names and colours of AutoCAD's index, as two kinds of shop have them.
PRESETS = {
    "plain": (_("CUT_OUTER, CUT_INNER, MARK, SHEET"), ("CUT_OUTER", "CUT_INNER", "MARK", "SHEET"), (1, 3, 5, 8)),
    "l-cut": (_("L-CUT and L-ETCH-TEXT"), ("L-CUT", "L-CUT", "L-ETCH-TEXT", "SHEET"), (1, 1, 5, 8)),
}


def layer_field(label, default: str):
    return models.CharField(
        label, max_length=60, default=default,
        validators=[RegexValidator(r"^[A-Za-z0-9 ._$#-]+$", _("Letters, digits, spaces and . _ - $ # only."))],
    )  # fmt: skip


def colour_field(default: int):
    return models.PositiveSmallIntegerField(
        _("colour"), default=default, validators=[MinValueValidator(1), MaxValueValidator(255)]
    )


class NestingRules(WorkspaceModel):
    """How this business nests, what it keeps of a sheet, and the layers its cutting program wants."""

    gap_mm = models.DecimalField(
        _("gap between parts mm"), max_digits=6, decimal_places=2, default=5,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_MARGIN)],
    )  # fmt: skip
    margin_mm = models.DecimalField(
        _("margin of the sheet mm"), max_digits=6, decimal_places=2, default=10,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_MARGIN)],
    )  # fmt: skip
    turning = models.CharField(
        _("parts may be turned"), max_length=10, choices=Nest.Turning.choices, default=Nest.Turning.QUARTERS
    )
    seconds = models.PositiveSmallIntegerField(
        _("time to search, s"), default=60, validators=[MinValueValidator(5), MaxValueValidator(MOST_SECONDS)]
    )
    clamps = clamps.field()
    remnant_short_mm = models.PositiveIntegerField(_("kept from, shorter side mm"), default=150)
    remnant_long_mm = models.PositiveIntegerField(_("kept from, longer side mm"), default=300)
    layer_outer = layer_field(_("layer of outlines"), "CUT_OUTER")
    colour_outer = colour_field(1)
    layer_inner = layer_field(_("layer of holes"), "CUT_INNER")
    colour_inner = colour_field(3)
    layer_mark = layer_field(_("layer of marks"), "MARK")
    colour_mark = colour_field(5)
    layer_sheet = layer_field(_("layer of the sheet"), "SHEET")
    colour_sheet = colour_field(8)
    draws_sheet = models.BooleanField(
        _("write the sheet's outline"), default=True, help_text=_("On its own layer; a machine must not cut it.")
    )
    labels_parts = models.BooleanField(
        _("mark parts with their number"), default=False,
        help_text=_("Text on the layer of marks, to be etched."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("nesting rules")
        verbose_name_plural = _("nesting rules")
        constraints = [models.UniqueConstraint(fields=["workspace"], name="nesting_rules_once")]

    def __str__(self):
        return str(NestingRules._meta.verbose_name)

    @classmethod
    def of(cls, workspace) -> "NestingRules":
        """The rules of a business; as they come where nobody wrote any."""
        return cls.objects.filter(workspace=workspace).first() or cls(workspace=workspace)

    def layers(self) -> dict[str, int]:
        """{layer: colour} for the writer; where two roles share a layer, the first one's colour holds."""
        found: dict[str, int] = {}
        for role in ("outer", "inner", "mark", "sheet"):
            if role != "sheet" or self.draws_sheet:
                found.setdefault(getattr(self, f"layer_{role}"), getattr(self, f"colour_{role}"))
        return found

    def use_preset(self, name: str) -> None:
        _label, layers, colours = PRESETS[name]
        for role, layer, colour in zip(("outer", "inner", "mark", "sheet"), layers, colours, strict=True):
            setattr(self, f"layer_{role}", layer)
            setattr(self, f"colour_{role}", colour)
