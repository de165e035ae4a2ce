"""A draft in another currency: its prices at the rate of the day, until it is issued at that day's."""

from decimal import ROUND_HALF_UP

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing import exchange, totals
from billing.invoices.drafting import hold_draft, total
from billing.models import Invoice
from laseros.core.errors import Refused
from laseros.core.money import FINE, cents
from laseros.core.retry import retried


@retried
@transaction.atomic
def change_currency(invoice: Invoice, currency: str, by) -> Invoice:
    """Write a draft's prices in `currency`. Raises `Refused` where there is no rate of today."""
    hold_draft(invoice)
    invoice = Invoice.objects.get(pk=invoice.pk)
    if invoice.is_correction:
        raise Refused(_("What takes something back is in the currency of its invoice."), code="correction")
    today = timezone.localdate()
    factor = exchange.on(invoice.workspace, invoice.currency, today) / exchange.on(invoice.workspace, currency, today)
    before, invoice.currency = invoice.currency, currency
    Invoice._base_manager.filter(pk=invoice.pk, state="draft").update(currency=currency)
    invoice.lines.exclude(deposit=None).delete()  # what was invoiced in another currency is not taken off in this one
    invoice.discount_amount = cents(invoice.discount_amount * factor, currency)
    Invoice._base_manager.filter(pk=invoice.pk, state="draft").update(discount_amount=invoice.discount_amount)
    for line in invoice.lines.all():
        line.discount_amount = cents(line.discount_amount * factor, currency)
        line.unit_price = (line.unit_price * factor).quantize(FINE, rounding=ROUND_HALF_UP)
        line.amount = totals.amount_of(line, currency)
        line.save()
    total(invoice)
    activity.record("changed", invoice, by, details={"currency": [before, currency]}, money={"total": invoice.total})
    return invoice
