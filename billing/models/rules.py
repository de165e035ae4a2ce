from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from accounts.models.workspace import TaxField, money_field
from laseros.core.templatetags.laseros import number


def percent_field(label, **options):
    options.setdefault("default", 0)
    return models.DecimalField(
        label, max_digits=5, decimal_places=2, validators=[MinValueValidator(0), MaxValueValidator(99)], **options
    )


class TaxRate(WorkspaceModel):
    name = models.CharField(_("name"), max_length=60)
    percent = TaxField(_("percent"), validators=[MinValueValidator(0), MaxValueValidator(99)])
    is_default = models.BooleanField(_("usual rate"), default=False)
    valid_from = models.DateField(_("from"), null=True, blank=True, help_text=_("Empty: since ever"))
    valid_until = models.DateField(_("until"), null=True, blank=True, help_text=_("The last day; empty: until further"))
    # Where sales are taxed by the state they go to; the longest beginning of a ZIP code counts.
    region = models.CharField(
        pgettext_lazy("address", "state"), max_length=2, blank=True,
        help_text=_("Sales tax is charged where it goes to. Empty: only for choosing it on a line"),
    )  # fmt: skip
    postcode = models.CharField(
        _("ZIP code begins with"), max_length=5, blank=True, validators=[RegexValidator("^[0-9]*$", _("Digits only."))],
        help_text=_("Its first digits, for a place with a rate of its own; empty: the whole state"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("tax rate")
        verbose_name_plural = _("tax rates")
        ordering = ["-is_default", "-percent"]
        constraints = [
            models.UniqueConstraint(fields=["workspace"], condition=Q(is_default=True), name="tax_one_usual_rate")
        ]

    def __str__(self):
        where = f" ({self.region} {self.postcode}".rstrip() + ")" if self.region else ""
        return f"{self.name}{where} {number(self.percent)} %"

    def clean(self):
        super().clean()
        if self.postcode and not self.region:
            raise ValidationError({"region": _("Which state is this ZIP code in?")})
        alike = TaxRate.objects.filter(region=self.region, postcode=self.postcode, valid_from=self.valid_from)
        if self.region and alike.exclude(pk=self.pk).exists():
            raise ValidationError({"valid_from": _("This place has a rate from this day already.")})
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day lies before the first.")})

    def covers(self, day: date) -> bool:
        """Whether it applied to what was supplied on `day`."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class MorePieces(models.TextChoices):
    """What a client sees of the prices for more pieces than were asked for."""

    HIDE = "hide", _("not shown")
    SHOW = "show", _("shown")
    CHOOSE = "choose", _("shown, and the client may choose")


class PriceRules(WorkspaceModel):
    """How this business turns cost into a price. Every quote line keeps the version it was priced with."""

    class Way(models.TextChoices):
        MARGIN = "margin", _("margin: percent of the price")
        MARKUP = "markup", _("markup: percent on the cost")

    class Material(models.TextChoices):
        SHARE = "share", _("share of a full sheet")
        SHEET = "sheet", _("whole sheets")
        BOUNDS = "bounds", _("the strip that is cut off")
        NET = "net", _("the parts' own area")

    labour_hour = money_field(_("labour per hour"))
    setup_minutes = models.DecimalField(_("setup minutes per part"), max_digits=7, decimal_places=2, default=0)
    handling_seconds = models.DecimalField(_("handling seconds per piece"), max_digits=7, decimal_places=2, default=0)
    material_mode = models.CharField(
        _("material is charged by"), max_length=10, choices=Material.choices, default=Material.SHARE
    )
    waste_percent = percent_field(_("waste on material %"))
    remnant_percent = models.DecimalField(
        _("credit for remnants %"), max_digits=5, decimal_places=2, default=0,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
        help_text=_("Of the value of what is left, where whole sheets are charged"),
    )  # fmt: skip
    price_by = models.CharField(_("price by"), max_length=10, choices=Way.choices, default=Way.MARGIN)
    margin_percent = percent_field(_("margin or markup %"))
    minimum_line = money_field(_("minimum per line"))
    minimum_order = money_field(
        _("minimum per order"),
        help_text=_("Before a discount on the whole, which is taken off what fills an order up too"),
    )
    round_to = money_field(
        _("round unit prices to"), help_text=_("0.05 or 1, for example; 0: to the currency's smallest coin")
    )
    round_up = models.BooleanField(_("always up"), default=False)
    energy_kwh = money_field(_("energy per kWh"))
    machine_kw = models.DecimalField(_("machine kW"), max_digits=7, decimal_places=2, default=0)
    gas_m3 = money_field(_("gas per m³"), help_text=_("Where no price of its own stands below"))
    more_pieces = models.CharField(
        _("prices for more pieces"), max_length=6, choices=MorePieces.choices, default=MorePieces.SHOW,
        help_text=_("What a client sees of the quantity breaks; each quote may say otherwise"),
    )  # fmt: skip
    overhead_percent = percent_field(_("overhead on machine time and labour of products %"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("price rules")
        verbose_name_plural = _("price rules")
        constraints = [models.UniqueConstraint(fields=["workspace"], name="price_rules_once")]

    def __str__(self):
        return str(PriceRules._meta.verbose_name)


class QuantityBreak(WorkspaceModel):
    """From so many pieces a line costs so many percent less."""

    rules = models.ForeignKey(PriceRules, models.CASCADE, related_name="breaks", editable=False)
    pieces = models.PositiveIntegerField(_("from pieces"), validators=[MinValueValidator(2)])
    percent = percent_field(_("percent off"))

    class Meta:
        verbose_name = _("quantity break")
        verbose_name_plural = _("quantity breaks")
        ordering = ["pieces"]
        constraints = [models.UniqueConstraint(fields=["rules", "pieces"], name="quantity_break_once")]

    def __str__(self):
        return f"{self.pieces}: {number(self.percent)} %"


class GasPrice(WorkspaceModel):
    """What a cubic metre of one gas costs."""

    rules = models.ForeignKey(PriceRules, models.CASCADE, related_name="gases", editable=False)
    gas = models.CharField(_("gas"), max_length=20)
    price_m3 = money_field(_("price per m³"))

    class Meta:
        verbose_name = _("gas price")
        verbose_name_plural = _("gas prices")
        ordering = ["gas"]
        constraints = [models.UniqueConstraint(fields=["rules", "gas"], name="gas_price_once")]

    def __str__(self):
        return self.gas


class ExtraOperation(WorkspaceModel):
    """Work beside the machine: folding, tapping, coating. Proposed from the drawing, priced by the unit."""

    class Unit(models.TextChoices):
        BEND = "bend", _("bend")
        HOLE = "hole", _("hole")
        PIECE = "piece", _("piece")
        METRE = "m", _("metre of edge")
        AREA = "m2", _("square metre, both sides")

    class Proposed(models.TextChoices):
        NEVER = "never", _("only when chosen")
        BENDS = "bends", _("for each bend line")
        HOLES = "holes", _("for round holes of these diameters")
        ALWAYS = "always", _("for every cut part")

    name = models.CharField(_("name"), max_length=60)
    unit = models.CharField(_("counted in"), max_length=6, choices=Unit.choices, default=Unit.PIECE)
    rate = money_field(_("cost of one"))
    setup = money_field(_("setup, once for the line"))
    proposed = models.CharField(_("proposed"), max_length=8, choices=Proposed.choices, default=Proposed.NEVER)
    diameters = models.CharField(
        _("diameters mm"), max_length=120, blank=True,
        help_text=_("4.2 5.0 6.8, for example: the drills of M5, M6 and M8"),
    )  # fmt: skip
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("extra operation")
        verbose_name_plural = _("extra operations")
        ordering = ["position", "name"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="extra_operation_once")]

    def __str__(self):
        return self.name

    def clean(self):
        """Bends are counted for what bend lines propose, holes for what holes do; diameters are numbers."""
        super().clean()
        counted = {self.Proposed.BENDS: self.Unit.BEND, self.Proposed.HOLES: self.Unit.HOLE}.get(self.proposed)
        if counted and self.unit not in (counted, self.Unit.PIECE):
            raise ValidationError({"unit": _("What is proposed so is counted in that, or in pieces.")})
        try:
            sizes = self.sizes()
        except ArithmeticError:
            raise ValidationError({"diameters": _("Write numbers with spaces between them.")}) from None
        if self.proposed == self.Proposed.HOLES and not sizes:
            raise ValidationError({"diameters": _("Which diameters?")})

    def sizes(self) -> list[Decimal]:
        """The diameters in mm. Raises `ArithmeticError` for what is no number."""
        return [Decimal(word.replace(",", ".")) for word in self.diameters.replace(";", " ").split()]
