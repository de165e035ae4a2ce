"""What billing adds to a client's timeline, and what the client has been worth."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import F, Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from billing.facts import TURNOVER
from billing.models import Delivery, Invoice, Payment, Quote, QuoteLine
from billing.states import OWED
from crm import insight, timeline
from crm.families import family
from crm.insight import Figure
from crm.timeline import Line, Source
from laseros.core.money import ZERO, less_tax, show


def _url(model: str, pk: int) -> str:
    return reverse(f"admin:billing_{model}_change", args=[pk])


def _quotes(pks: list[int]) -> dict[int, Line]:
    rows = Quote.objects.filter(pk__in=pks)
    return {
        row.pk: Line(f"{row.number} {row.title}", url=_url("quote", row.pk), amount=row.total, currency=row.currency)
        for row in rows
    }


def _decided(pks: list[int]) -> dict[int, Line]:
    rows = Quote.objects.filter(pk__in=pks)
    return {
        row.pk: Line(
            f"{row.number}: {row.get_state_display()}", row.decline_reason, _url("quote", row.pk), row.decided_by
        )
        for row in rows
    }


def _invoices(pks: list[int]) -> dict[int, Line]:
    rows = Invoice.objects.filter(pk__in=pks)
    return {
        row.pk: Line(
            f"{row.get_kind_display()} {row.number}", url=_url("invoice", row.pk), amount=row.total,
            currency=row.currency,
        )
        for row in rows
    }  # fmt: skip


def _payments(pks: list[int]) -> dict[int, Line]:
    rows = Payment.objects.filter(pk__in=pks)
    return {
        row.pk: Line(
            f"{row.get_kind_display()} {row.number}", row.reference, _url("payment", row.pk), amount=row.amount,
            currency=row.currency,
        )
        for row in rows
    }  # fmt: skip


def _deliveries(pks: list[int]) -> dict[int, Line]:
    rows = Delivery.objects.filter(pk__in=pks)
    return {row.pk: Line(row.number or "", row.received_by, _url("delivery", row.pk), amount=None) for row in rows}


def _figures(client) -> list[Figure]:
    """In each currency its own: sums of different money are no sum. What takes back counts against."""
    issued = Invoice.objects.filter(client__in=family(client), number__isnull=False)
    year = timezone.localdate() - timedelta(days=365)
    rows = issued.order_by().values("currency").annotate(
        all=Sum(TURNOVER),
        year=Sum(TURNOVER, filter=Q(issued_on__gt=year)),
        owed=Sum(F("total") - F("paid") - F("credited"), filter=Q(state__in=OWED)),
    ).order_by("currency")  # fmt: skip
    locale = client.workspace.locale
    figures = []
    for row in rows:
        figures += [
            Figure(label, show(row[name] or ZERO, row["currency"], locale), is_money=True)
            for name, label in (
                ("year", _("Revenue in twelve months, net")),
                ("all", _("Revenue in all, net")),
                ("owed", _("To be paid")),
            )
        ]
    return [*figures, *_margin(client, locale, year)]


# Parts of a price that are no cost.
NO_COST = {"margin", "discount", "minimum", "tax", "rounding"}


def _margin(client, locale: str, since) -> list[Figure]:
    """Of what was ordered in the quantity that was priced: its price less what it was reckoned to cost."""
    lines = QuoteLine.objects.filter(
        Q(ordered=None) | Q(ordered=F("quantity")), quote__client__in=family(client), quote__state="accepted",
        quote__decided_at__date__gt=since,
    ).values_list("quote__currency", "quantity", "unit_price", "breakdown", "tax_percent",
                  "quote__tax_included")  # fmt: skip
    found: dict[str, tuple[Decimal, Decimal]] = {}
    for currency, quantity, price, breakdown, percent, included in lines:
        steps = (breakdown or {}).get("steps")
        if steps:
            cost = sum((Decimal(step["each"]) for step in steps if step["key"] not in NO_COST), ZERO)
            net, costs = found.get(currency, (ZERO, ZERO))
            price = less_tax(price, percent) if included else price
            found[currency] = (net + price * quantity, costs + cost * quantity)
    return [
        Figure(
            _("Margin of what was ordered in twelve months"), show(net - costs, currency, locale), is_money=True,
            note=_t("%(percent)s %% of %(net)s, as it was reckoned")
            % {"percent": round(100 * (net - costs) / net), "net": show(net, currency, locale)},
        )
        for currency, (net, costs) in sorted(found.items())
        if net
    ]  # fmt: skip


for source in (
    Source(
        "quote", _("Quotes sent"), "request_quote", "billing.view_quote",
        lambda client: Quote.objects.filter(client__in=family(client)), "sent_at", _quotes,
    ),
    Source(
        "decision", _("Quotes decided"), "gavel", "billing.view_quote",
        lambda client: Quote.objects.filter(client__in=family(client), sent_at__isnull=False), "decided_at", _decided,
    ),
    Source(
        "delivery", _("Deliveries"), "local_shipping", "billing.view_delivery",
        lambda client: Delivery.objects.filter(client__in=family(client)), "shipped_at", _deliveries,
    ),
    Source(
        "invoice", _("Invoices"), "receipt_long", "billing.view_invoice",
        lambda client: Invoice.objects.filter(client__in=family(client)), "issued_at", _invoices,
    ),
    Source(
        "payment", _("Payments"), "payments", "billing.view_payment",
        lambda client: Payment.objects.filter(client__in=family(client)), "created_at", _payments,
    ),
):  # fmt: skip
    timeline.register(source)
insight.register("billing.view_invoice", _figures)
