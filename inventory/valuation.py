"""What our stock is worth on any day: at moving average, or first in, first out. Clients' material is worth nothing.

Both are worked out from the ledger. At average a value is the sum of what moves were worth; by FIFO what is left is
what came in last, so the newest receipts are gone through until they cover it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from inventory.ledger.amounts import CENT_OF_CENT, STEP
from inventory.models import Item, Move

METHODS = {"average": _("Moving average"), "fifo": _("First in, first out")}
OURS = Q(lot=None) | Q(lot__owner_key="")
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Row:
    """An item with what there was of it in its unit, and what that was worth."""

    item: Item
    quantity: Decimal
    value: Decimal

    @property
    def unit_cost(self) -> Decimal:
        return (self.value / self.quantity).quantize(CENT_OF_CENT) if self.quantity else NOTHING


def end_of(day: date) -> datetime:
    """The first moment after a day, in the reader's timezone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def on(day: date, method: str = "average") -> list[Row]:
    """One row for each item of which something of ours was there at the end of a day, by code."""
    until = end_of(day)
    sums = (
        Move.objects.filter(OURS, at__lt=until)
        .order_by()
        .values("item")
        .annotate(quantity=Sum("quantity"), worth=Coalesce(Sum("value"), NOTHING))
    )
    there = {row["item"]: (_exact(row["quantity"], STEP), _exact(row["worth"], CENT_OF_CENT)) for row in sums}
    there = {pk: pair for pk, pair in there.items() if pair[0] > 0}
    if method == "fifo":
        values = _newest(until, {pk: quantity for pk, (quantity, _worth) in there.items()})
        there = {pk: (quantity, values[pk]) for pk, (quantity, _worth) in there.items()}
    items = Item.objects.filter(pk__in=there).select_related("material", "workspace").order_by("code", "pk")
    return [Row(item, *there[item.pk]) for item in items]


def _newest(until: datetime, left: dict[int, Decimal]) -> dict[int, Decimal]:
    """{item: what the newest receipts that cover what is left of it cost}."""
    values = dict.fromkeys(left, NOTHING)
    last = dict.fromkeys(left, NOTHING)  # cost of the oldest receipt there is, for what none covers
    rows = Move.objects.filter(OURS, at__lt=until, quantity__gt=0, item__in=left).exclude(kind=Move.Kind.TRANSFER)
    left = dict(left)
    for item, quantity, unit_cost in (
        rows.order_by("item", "-at", "-id").values_list("item", "quantity", "unit_cost").iterator()
    ):
        last[item] = unit_cost
        if left[item] > 0:
            taken = min(quantity, left[item])
            values[item] += taken * unit_cost
            left[item] -= taken
    return {pk: (value + max(left[pk], NOTHING) * last[pk]).quantize(CENT_OF_CENT) for pk, value in values.items()}


def total(rows: list[Row]) -> Decimal:
    return sum((row.value for row in rows), NOTHING)


def value_now() -> Decimal:
    """What all of it is worth now, at average: one query."""
    return Item.objects.aggregate(sum=Coalesce(Sum("value"), NOTHING))["sum"]


def _exact(amount, step: Decimal) -> Decimal:
    """SQLite adds in binary."""
    return Decimal(str(amount)).quantize(step)
