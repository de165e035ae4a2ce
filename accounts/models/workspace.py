from decimal import Decimal
from functools import cache

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.utils.encoding import force_str
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _
from django_scopes import ScopedManager, get_scope

from laseros.core.locales import locale_of
from laseros.core.money import rate_text

MODULES = {
    "laser": _("Laser cutting"),
    "printing": _("3D printing"),
    "portal": _("Client portal"),
}


class PortalOrders(models.TextChoices):
    """What a client may do by themselves with a drawing they upload."""

    OFF = "off", _("no uploads")
    ASK = "ask", _("see the price and ask for a quote")
    TERMS = "terms", _("order, for clients with payment terms or a credit of their own")
    ALL = "all", _("order, for every client")


class PricesWithTax(models.TextChoices):
    """For whom a business quotes and invoices prices that include the tax: see docs/adr/0021."""

    NEVER = "never", _("nobody: tax is added to all prices")
    PRIVATE = "private", _("private clients")
    ALL = "all", _("all clients")


def all_modules() -> list[str]:
    return list(MODULES)


def silent_at_first() -> list[str]:
    """Most shops let the bank say that money has come in, and the parcel that it is there."""
    return ["paid", "arrived"]


class Workspace(models.Model):
    """One business. Everything it owns carries it, and nothing of it is visible in another."""

    slug = models.SlugField(_("short name"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    legal_name = models.CharField(_("legal name"), max_length=200, blank=True)
    logo = models.FileField(_("logo"), upload_to="logos/", blank=True, help_text=_("PNG or JPEG, shown on documents"))
    colour = models.CharField(
        _("colour"),
        max_length=7,
        default="#1d5fbf",
        validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour like #1d5fbf"))],
    )
    address = models.TextField(_("address"), blank=True)
    country = models.CharField(_("country"), max_length=2, default="ZA")
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    vat_number = models.CharField(_("VAT number"), max_length=40, blank=True)
    tax_number = models.CharField(
        _("tax number"),
        max_length=40,
        blank=True,
        help_text=_("Where there is no VAT number, and beside it in Germany"),
    )
    small_business = models.BooleanField(
        _("small business without VAT"), default=False, help_text=_("§ 19 UStG: invoices carry no VAT and say so")
    )
    prices_with_tax = models.CharField(
        _("prices include tax for"), max_length=7, choices=PricesWithTax.choices, default=PricesWithTax.NEVER,
        help_text=_("Of new quotes, jobs and invoices; a client may be an exception, and a draft can be switched"),
    )  # fmt: skip
    registration_number = models.CharField(_("registration number"), max_length=60, blank=True)
    bank_details = models.TextField(_("bank details"), blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="ZAR")
    language = models.CharField(
        _("language"), max_length=8, default="en", choices=[("en", _("English")), ("de", _("German"))]
    )
    timezone = models.CharField(_("timezone"), max_length=60, default="Africa/Johannesburg")
    number_formats = models.JSONField(
        _("number formats"), default=dict, blank=True, help_text=_("Only what differs from the usual formats")
    )
    modules = models.JSONField(_("modules"), default=all_modules, blank=True)
    portal_orders = models.CharField(
        _("drawings uploaded by clients"), max_length=5, choices=PortalOrders.choices, default=PortalOrders.OFF
    )
    portal_order_limit = models.DecimalField(
        _("orders up to (without tax)"), max_digits=16, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(0)], help_text=_("What is more can only be asked for; empty: no limit"),
    )  # fmt: skip
    portal_uploads = models.PositiveSmallIntegerField(
        _("files a client may upload in a day"), default=60, validators=[MinValueValidator(1), MaxValueValidator(1000)]
    )
    home_assistant = models.BooleanField(
        _("show the machines in Home Assistant"), default=False,
        help_text=_("Over the MQTT broker of the installation (MQTT_URL): to look at, not to control."),
    )  # fmt: skip
    takes_at_once = models.BooleanField(
        _("take material out of stock at once"),
        default=False,
        help_text=_("When a job is approved. Otherwise it is reserved and booked out as it is used."),
    )
    checks_deliveries = models.BooleanField(
        _("a second person checks deliveries"),
        default=True,
        help_text=_("Nothing is shipped before somebody else than the packer has ticked every line."),
    )
    invoices_delivered = models.BooleanField(
        _("invoice what is delivered"),
        default=False,
        help_text=_("Otherwise what is made is invoiced, delivered or not."),
    )
    quote_terms = models.TextField(_("terms on quotes"), blank=True)
    quote_valid_days = models.PositiveSmallIntegerField(_("quotes are valid for (days)"), default=30)
    payment_days = models.PositiveSmallIntegerField(_("payment within (days)"), default=30)
    silent_occasions = models.JSONField(default=silent_at_first, blank=True, editable=False)  # nobody is told of them
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("since"), default=now, editable=False)

    class Meta:
        verbose_name = _("business")
        verbose_name_plural = _("businesses")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(country="US") | models.Q(prices_with_tax="never"), name="workspace_tax_on_top",
                violation_error_message=_("In the United States sales tax is added to prices."),
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.name

    @property
    def locale(self) -> str:
        return locale_of(self.language, self.country)

    @property
    def printed_name(self) -> str:
        return self.legal_name or self.name


class _InScope(ForwardManyToOneDescriptor):
    """A record of the business that is open need not ask the database which business it is of."""

    def get_object(self, instance):
        workspace = get_scope().get("workspace")
        if isinstance(workspace, Workspace) and workspace.pk == instance.workspace_id:
            return workspace
        return super().get_object(instance)


class WorkspaceKey(models.ForeignKey):
    """To the business a record belongs to: in an open scope it costs no query, so no list has to fetch it along."""

    forward_related_accessor_class = _InScope

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs


class WorkspaceModel(models.Model):
    """A record that belongs to one business. Its manager raises outside a scope: see docs/adr/0002."""

    # No index of its own: a workspace alone is half of a table, and a planner without statistics would take it first.
    # Each table names the indexes it is looked through by; they begin with the workspace where a list does.
    workspace = WorkspaceKey(
        Workspace, models.PROTECT, related_name="+", editable=False, db_index=False, verbose_name=_("workspace")
    )

    objects = ScopedManager(workspace="workspace")

    class Meta:
        abstract = True

    def _get_FIELD_display(self, field):
        """What `get_…_display` asks. Django's own says every label anew each time."""
        value = getattr(self, field.attname)
        return force_str(_labels(field).get(value, value), strings_only=True)


@cache
def _labels(field) -> dict:
    return dict(field.flatchoices)


def money_field(label, **options):
    """Twelve digits before the point, four after: unit prices need more than the currency's own two."""
    options.setdefault("default", Decimal(0))
    return models.DecimalField(label, max_digits=16, decimal_places=4, **options)


class TaxField(models.DecimalField):
    """A rate of tax in percent, with thousandths where a place has them (New York's 8.875 %): read back as 15.00 and
    8.875, since 15,000 is fifteen thousand to some."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{"max_digits": 6, "decimal_places": 3, "default": 0} | kwargs)

    def deconstruct(self):
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DecimalField", args, kwargs

    def from_db_value(self, value, expression, connection):
        return None if value is None else Decimal(rate_text(value))
