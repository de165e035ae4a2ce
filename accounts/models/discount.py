from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.workspace import money_field


class Discounted(models.Model):
    """Less than its price by a share, or by an amount in the prices of its document: see `laseros.core.discounts`."""

    discount_percent = models.DecimalField(
        _("discount %"), max_digits=5, decimal_places=2, default=0, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )  # fmt: skip
    discount_amount = money_field(_("or discount amount"), blank=True, validators=[MinValueValidator(0)])

    class Meta:
        abstract = True


def one_discount(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(discount_percent__gte=0, discount_percent__lte=100, discount_amount=0)
        | Q(discount_percent=0, discount_amount__gte=0),
        name=f"{name}_one_discount",
        violation_error_message=_("A discount is a share or an amount, not both."),
    )
