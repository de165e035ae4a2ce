"""Verbs about tax rates: which one is the usual, and which one a client's papers carry."""

from django.db import transaction

from accounts import activity
from billing import law
from billing.models import QuoteLine, TaxRate, Treatment
from crm.models import Client
from laseros.core.money import ZERO
from laseros.core.retry import retried


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
    """Take the tax off a draft's lines where the law proposes none for its client now: addresses change."""
    if law.proposed(quote.workspace, quote.client) != Treatment.STANDARD:
        QuoteLine._base_manager.filter(quote=quote).exclude(tax_percent=0).update(tax_percent=0)


def rate_for(client: Client):
    """The usual rate, or none where the law proposes no VAT for this client: a quote says what the invoice will say."""
    return usual_tax() if law.proposed(client.workspace, client) == Treatment.STANDARD else ZERO
