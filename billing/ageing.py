"""Who owes how much since when: open items of a day, by client, currency and age; what of it is worth in the books."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce, Round
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing import exchange
from billing.models import Allocation, Invoice, Kind, Payment
from billing.states import OWED
from crm.families import family, living
from crm.models import Client
from laseros.core.money import ZERO

# Days after the due day, each bucket up to its number.
EDGES = (0, 30, 60, 90)
BUCKETS = (_("not due"), _("1–30 days"), _("31–60 days"), _("61–90 days"), _("over 90 days"))
MONEY = DecimalField(max_digits=16, decimal_places=4)


@dataclass
class Row:
    """What one client owes in one currency. `books` is the balance at the rates of the invoices."""

    client: Client
    currency: str
    buckets: list[Decimal] = field(default_factory=lambda: [ZERO] * len(BUCKETS))
    credit: Decimal = ZERO
    books: Decimal = ZERO

    @property
    def owed(self) -> Decimal:
        return sum(self.buckets, ZERO)

    @property
    def balance(self) -> Decimal:
        """Less than nothing: theirs."""
        return self.owed - self.credit


def bucket_of(due_on: date | None, day: date) -> int:
    late = (day - due_on).days if due_on else 0
    return next((place for place, edge in enumerate(EDGES) if late <= edge), len(EDGES))


def open_items(day: date | None = None, client: Client | None = None):
    """Invoices with something open at the end of `day`, `left` on each: below nothing where too much was paid.

    Rounded, because SQLite adds in binary and would find a rest where there is none.
    """
    today = timezone.localdate()
    rows = Invoice.objects.filter(kind=Kind.INVOICE, number__isnull=False)
    if client is not None:
        rows = rows.filter(client__in=family(client))
    if day is None or day >= today:
        still = rows.filter(Q(state__in=OWED) | Q(total__lt=Round(F("paid") + F("credited"), precision=4)))
        return still.annotate(left=Round(F("total") - F("paid") - F("credited"), precision=4))
    paid = Allocation.objects.filter(invoice=OuterRef("pk"), booked_on__lte=day).order_by().values("invoice")
    taken = Invoice.objects.filter(origin=OuterRef("pk"), number__isnull=False, issued_on__lte=day).order_by()
    then = rows.filter(issued_on__lte=day).annotate(
        left=Round(
            F("total")
            - Coalesce(Subquery(paid.annotate(sum=Sum("amount")).values("sum"), output_field=MONEY), ZERO)
            - Coalesce(
                Subquery(taken.values("origin").annotate(sum=Sum("total")).values("sum"), output_field=MONEY), ZERO
            ),
            precision=4,
        )
    )
    return then.exclude(left=0)


def unused(day: date | None = None, client: Client | None = None):
    """Payments with something of them for no invoice at the end of `day`: `left` on each."""
    rows = Payment.objects.filter(kind=Payment.Kind.RECEIVED)
    if client is not None:
        rows = rows.filter(client__in=family(client))
    if day is None or day >= timezone.localdate():
        return rows.filter(unused__gt=0).annotate(left=F("unused"))
    used = Allocation.objects.filter(payment=OuterRef("pk"), booked_on__lte=day).order_by().values("payment")
    rows = rows.filter(received_on__lte=day).exclude(reversal__received_on__lte=day)
    given = Coalesce(Subquery(used.annotate(sum=Sum("amount")).values("sum"), output_field=MONEY), ZERO)
    return rows.annotate(left=Round(F("amount") - given, precision=4)).filter(left__gt=0)


def rows_of(day: date | None = None, client: Client | None = None) -> list[Row]:
    """One row for each client, with those merged into it, and currency; the largest debt first."""
    day = day or timezone.localdate()
    found: dict[tuple[int, str], Row] = {}

    def row(record) -> Row:
        owner = living(record.client)
        return found.setdefault((owner.pk, record.currency), Row(owner, record.currency))

    items = open_items(day, client).select_related("client__merged_into").defer("frozen", "note")
    for item in items:
        mine, left = row(item), Decimal(item.left)
        if left < 0:
            mine.credit -= left
        else:
            mine.buckets[bucket_of(item.due_on, day)] += left
        mine.books += exchange.in_books(left, item.rate, item.workspace)
    for payment in unused(day, client).select_related("client__merged_into"):
        mine = row(payment)
        mine.credit += payment.left
        mine.books -= exchange.in_books(payment.left, payment.rate, payment.workspace)
    return sorted(found.values(), key=lambda each: (-each.books, each.client.code, each.currency))


def sums(rows: list[Row]) -> Iterator[Row]:
    """A sum for each currency there is."""
    whole: dict[str, Row] = {}
    for row in rows:
        mine = whole.setdefault(row.currency, Row(None, row.currency))
        mine.buckets = [one + other for one, other in zip(mine.buckets, row.buckets, strict=True)]
        mine.credit += row.credit
        mine.books += row.books
    return iter(whole.values())
