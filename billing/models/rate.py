from decimal import Decimal

from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import WorkspaceModel


def rate_field(label, **options):
    """What one unit of a document's currency is worth in the books."""
    options.setdefault("default", Decimal(1))
    return models.DecimalField(label, max_digits=18, decimal_places=8, **options)


class ExchangeRate(WorkspaceModel):
    """What one unit of a foreign currency was worth on a day. It holds until the next one, for a week at most."""

    currency = models.CharField(
        _("currency"), max_length=3, validators=[RegexValidator(r"^[A-Z]{3}$", _("Three capital letters, like USD"))]
    )
    day = models.DateField(_("day"), default=timezone.localdate)
    rate = rate_field(
        _("one is worth"), default=None, validators=[MinValueValidator(Decimal("0.00000001"))],
        help_text=_("In the currency of the business: 18.4215 where one dollar costs R 18.42"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        ordering = ["-day", "currency"]
        constraints = [
            models.UniqueConstraint(fields=["workspace", "currency", "day"], name="exchange_rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_of_something"),
        ]

    def __str__(self):
        return f"{self.currency} {self.day}"
