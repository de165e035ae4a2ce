from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import WorkspaceModel
from billing.carriers import CHOICES
from billing.states import DELIVERY
from crm.models import Client
from production.models import Job, JobLine

ON_THE_WAY_OUT = ("draft", "packed", "checked")


class Delivery(WorkspaceModel):
    """What leaves the house for a client at one time, with its note. Once shipped it says what it said.

    It has its number from when it is packed, because number and address stand on the parcels.
    """

    number = models.CharField(_("number"), max_length=30, null=True, blank=True, editable=False)
    client = models.ForeignKey(Client, models.PROTECT, related_name="deliveries", verbose_name=_("client"))
    job = models.ForeignKey(Job, models.PROTECT, editable=False, related_name="deliveries", verbose_name=_("job"))
    state = models.CharField(
        _("state"), max_length=10, choices=DELIVERY.choices, default=DELIVERY.first, editable=False
    )
    recipient = models.CharField(_("recipient"), max_length=160)
    address = models.TextField(_("delivery address"), help_text=_("As it is printed, the town on the last line"))
    planned_on = models.DateField(_("to leave on"), null=True, blank=True)
    note = models.TextField(_("note to the client"), blank=True)
    # Of the way: may still be filled in when it is under way.
    carrier = models.CharField(_("carrier"), max_length=20, choices=CHOICES, blank=True)
    tracking = models.CharField(_("tracking number"), max_length=80, blank=True)
    tracking_page = models.URLField(
        _("tracking link"), blank=True, help_text=_("Empty: made from the carrier and the number")
    )
    packed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("packed by"),
    )  # fmt: skip
    packed_at = models.DateTimeField(_("packed"), null=True, editable=False)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("checked by"),
    )  # fmt: skip
    checked_at = models.DateTimeField(_("checked"), null=True, editable=False)
    shipped_on = models.DateField(_("shipped"), null=True, editable=False)
    shipped_at = models.DateTimeField(null=True, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), null=True, editable=False)
    received_by = models.CharField(_("taken by"), max_length=120, blank=True, editable=False)
    proof = models.FileField(_("proof of delivery"), upload_to="proofs/", blank=True, editable=False, max_length=200)
    reason = models.CharField(_("reason"), max_length=300, blank=True, editable=False)
    # Names and addresses as they were when it was shipped.
    frozen = models.JSONField(default=dict, editable=False)
    pdf = models.FileField(upload_to="documents/", blank=True, editable=False, max_length=200)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(pgettext_lazy("document", "made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "number"], name="delivery_number_once"),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "cancelled")) | Q(number__isnull=False),
                name="delivery_numbered_when_packed",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(packed_by__isnull=True) | ~Q(checked_by=F("packed_by")),
                name="delivery_checked_by_another",
            ),
        ]
        indexes = [
            models.Index(fields=["workspace", "-id"], name="delivery_by_workspace"),
            models.Index(fields=["workspace", "state", "-id"], name="delivery_by_state"),
            # What a client may see: what has left the house.
            models.Index(
                fields=["workspace", "client", "-id"], name="delivery_of_client", condition=Q(shipped_on__isnull=False)
            ),
            models.Index(fields=["job", "state"], name="delivery_of_job"),
        ]
        permissions = [
            ("pack_delivery", "Can pack and check deliveries"),
            ("ship_delivery", "Can ship, confirm and cancel deliveries"),
        ]

    def __str__(self):
        return self.number or str(_("draft delivery"))

    @property
    def pieces(self) -> int:
        return sum(line.quantity for line in self.lines.all())


class DeliveryLine(WorkspaceModel):
    """So many pieces of one line of the job."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="lines", verbose_name=_("delivery"))
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    job_line = models.ForeignKey(
        JobLine, models.PROTECT, related_name="delivery_lines", verbose_name=_("line of the job")
    )
    description = models.CharField(_("description"), max_length=200)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    invoiced = models.PositiveIntegerField(_("invoiced"), default=0, editable=False)
    is_packed = models.BooleanField(_("packed"), default=False, editable=False)
    is_checked = models.BooleanField(_("checked"), default=False, editable=False)

    class Meta:
        verbose_name = _("delivery line")
        verbose_name_plural = _("delivery lines")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="delivery_line_of_something"),
            models.CheckConstraint(condition=Q(invoiced__lte=F("quantity")), name="delivery_line_invoiced_once"),
            models.UniqueConstraint(fields=["delivery", "job_line"], name="delivery_line_once"),
        ]

    def __str__(self):
        return f"{self.quantity} × {self.description}"


class Parcel(WorkspaceModel):
    """One package of a delivery, as the carrier weighs and measures it."""

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="parcels", verbose_name=_("delivery"))
    position = models.PositiveSmallIntegerField(_("parcel"), default=1)
    weight_kg = models.DecimalField(
        _("weight kg"), max_digits=8, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)],
    )  # fmt: skip
    length_cm = models.PositiveSmallIntegerField(_("length cm"), null=True, blank=True)
    width_cm = models.PositiveSmallIntegerField(_("width cm"), null=True, blank=True)
    height_cm = models.PositiveSmallIntegerField(_("height cm"), null=True, blank=True)
    tracking = models.CharField(
        _("tracking number"), max_length=80, blank=True, help_text=_("Where each parcel has its own")
    )

    class Meta:
        verbose_name = _("parcel")
        verbose_name_plural = _("parcels")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight_kg__isnull=True) | Q(weight_kg__gte=0), name="delivery_parcel_weight"
            )
        ]

    def __str__(self):
        return str(self.position)

    @property
    def size(self) -> str:
        sides = (self.length_cm, self.width_cm, self.height_cm)
        return " × ".join(str(side) for side in sides) + " cm" if all(sides) else ""
