"""What is on its way: for whoever asks what is there, or what to buy."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import F, Min, Sum
from django.db.models.functions import Coalesce, Round
from django.utils import timezone

from inventory.models import Item, PurchaseLine, PurchaseOrder
from inventory.models.purchase import EXPECTED

NOTHING = Decimal(0)


def on_order(items: Iterable[Item]) -> dict[int, tuple[Decimal, date | None]]:
    """{item id: (quantity in its unit, the next day some of it is expected)} of what was ordered and has not come yet.

    Items of which nothing is on order are not in it. One query.
    """
    rows = PurchaseLine.objects.filter(item__in=[item.pk for item in items], order__state__in=EXPECTED)
    rows = rows.filter(received__lt=F("quantity")).order_by().values("item")
    found = rows.annotate(
        coming=Sum(F("quantity") - F("received")), day=Min(Coalesce("expected_on", "order__expected_on"))
    )
    return {row["item"]: (_exact(row["coming"]), row["day"]) for row in found}


def in_drafts(items: Iterable[Item]) -> dict[int, Decimal]:
    """{item id: quantity} on orders that are not sent yet."""
    rows = PurchaseLine.objects.filter(item__in=[item.pk for item in items], order__state="draft")
    return {row["item"]: _exact(row["sum"]) for row in rows.order_by().values("item").annotate(sum=Sum("quantity"))}


def late():
    """Orders of which something should have been here, as a queryset."""
    return PurchaseOrder.objects.filter(state__in=EXPECTED, expected_on__lt=timezone.localdate())


def exact(amount):
    """A sum made by the database, to the thousandth."""
    return Round(amount, precision=3)


def _exact(amount) -> Decimal:
    """SQLite adds in binary."""
    return Decimal(str(amount)).quantize(Decimal("0.001"))
