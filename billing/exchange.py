"""What a document's currency is worth in the books on a day."""

from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from billing.models import ExchangeRate
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.templatetags.laseros import day as shown

ONE = Decimal(1)
HOLDS = timedelta(days=7)


def on(workspace, currency: str, day: date) -> Decimal:
    """The rate of that day, or the last one before it within a week. Raises `Refused` where there is none."""
    if currency == workspace.currency:
        return ONE
    rows = ExchangeRate.objects.filter(currency=currency, day__lte=day, day__gt=day - HOLDS)
    rate = rows.order_by("-day").values_list("rate", flat=True).first()
    if rate is None:
        raise Refused(
            _("There is no exchange rate for %(currency)s of %(day)s or the week before it. Enter one first.")
            % {"currency": currency, "day": shown(day)},
            code="rate-missing",
        )
    return rate


def in_books(amount: Decimal, rate: Decimal, workspace) -> Decimal:
    return cents(amount * rate, workspace.currency)


def gain(amount: Decimal, paid_at: Decimal, owed_at: Decimal, workspace) -> Decimal:
    """What the books gain because the money came at another rate than the invoice was written at."""
    return in_books(amount, paid_at, workspace) - in_books(amount, owed_at, workspace)


def latest(workspace, currency: str) -> Decimal | None:
    """The last rate that was ever entered, however old: for looking, not for booking. None where there is none."""
    if currency == workspace.currency:
        return ONE
    rows = ExchangeRate.objects.filter(currency=currency, day__lte=timezone.localdate())
    return rows.order_by("-day").values_list("rate", flat=True).first()
