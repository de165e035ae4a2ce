"""Verbs about tax rates: which one is the usual, and which one a client's papers carry."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing import law
from billing.law import united_states
from billing.models import Invoice, QuoteLine, TaxRate, Treatment
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.money import ZERO
from laseros.core.retry import retried
from laseros.core.tax_words import has_sales_tax


@retried
@transaction.atomic
def make_usual(rate: TaxRate, by) -> None:
    """New quote lines carry this rate from now on; the one before steps aside."""
    TaxRate.objects.filter(is_default=True).exclude(pk=rate.pk).update(is_default=False)
    if TaxRate.objects.filter(pk=rate.pk, is_default=False).update(is_default=True):
        activity.record("changed", rate, by, details={"usual rate": [False, True]})
    rate.is_default = True


def usual_tax():
    return TaxRate.objects.filter(is_default=True).values_list("percent", flat=True).first() or ZERO


def follow_the_law(quote) -> None:
    """Take the tax off a draft's lines where the law proposes none for its client now: addresses change.

    Where the rate is the destination's, lines that carry another one follow it; one of the table without a place stays.
    """
    taxed = QuoteLine._base_manager.filter(quote=quote).exclude(tax_percent=0)
    if law.proposed(quote.workspace, quote.client) != Treatment.STANDARD:
        taxed.update(tax_percent=0)
    elif has_sales_tax(quote.workspace.country):
        free = TaxRate.objects.filter(region="").values("percent")
        taxed.exclude(tax_percent__in=free).update(tax_percent=rate_on(quote.client, timezone.localdate()))


def rate_for(client: Client):
    """The usual rate, or none where the law proposes no VAT for this client: a quote says what the invoice will say."""
    if law.proposed(client.workspace, client) != Treatment.STANDARD:
        return ZERO
    return rate_on(client, timezone.localdate())


def rate_on(client: Client, day: date):
    """What a taxed line carries: the usual rate, or that of the place on the day of supply."""
    if not has_sales_tax(client.workspace.country):
        return usual_tax()
    return united_states.rate_at(united_states.destination(client), day) or ZERO


@retried
@transaction.atomic
def follow_the_day(invoice: Invoice, by) -> None:
    """A draft's day of supply was changed: where rates go by place and certificates by day, both are looked at anew.

    Somebody who chose that it is exported goes on having chosen it.
    """
    if not has_sales_tax(invoice.workspace.country) or invoice.is_correction:
        return
    from billing.invoices import drafting

    day = invoice.supplied_on or timezone.localdate()
    if invoice.treatment in (Treatment.STANDARD, Treatment.EXEMPT, Treatment.OUTSIDE):
        treatment = law.proposed(invoice.workspace, invoice.client, day)
        if treatment != invoice.treatment:
            invoice.treatment = treatment
            invoice.save(update_fields=["treatment"])
            drafting.treat(invoice, by)
            return
    if invoice.treatment == Treatment.STANDARD:
        lines = list(invoice.lines.filter(deposit=None))
        law.charge(lines, invoice.client, day)
        drafting.change_lines(invoice, lines, [], by)


def suggested(invoice: Invoice) -> str:
    """The treatment that a draft would get if it were made now, where it has another; "" where it fits.

    Addresses, VAT numbers and our settings change after it was made. That the client owes the tax is only ever chosen.
    """
    if invoice.state != "draft" or invoice.is_correction or invoice.treatment == Treatment.REVERSE:
        return ""
    now = law.proposed(invoice.workspace, invoice.client, invoice.supplied_on)
    return "" if now == invoice.treatment else now


def doubt(invoice: Invoice | None) -> str:
    """Above a draft whose tax no longer fits its client."""
    now = suggested(invoice) if invoice is not None else ""
    words = _("What is known of the client now says: %(tax)s. “Tax anew” brings the lines in line with it.")
    return words % {"tax": Treatment(now).label} if now else ""


@retried
@transaction.atomic
def follow_the_client(invoice: Invoice, by) -> None:
    """Bring a draft in line with what address, VAT number and settings say now."""
    now = suggested(invoice)
    if not now:
        raise Refused(_("The tax fits already."), code="fits")
    from billing.invoices import drafting

    drafting.hold_draft(invoice)
    invoice.treatment = now
    invoice.save(update_fields=["treatment"])
    drafting.treat(invoice, by)
