"""How far a client may go: what they owe and what is being made for them, beside the limit the office has set."""

from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from billing import ageing, exchange
from crm.families import family
from crm.models import Client
from laseros.core.money import ZERO, cents, show
from production.models import JobLine
from production.states import OPEN_JOB


def owed(client: Client) -> Decimal:
    """In the books' currency: what is open on invoices, less their credit, and what is ordered and not invoiced."""
    ordered = JobLine.objects.filter(job__client__in=family(client), job__state__in=(*OPEN_JOB, "made"), parent=None)
    value = ordered.aggregate(sum=Sum((F("quantity") - F("invoiced")) * F("unit_price") * (1 + F("tax_percent") / 100)))
    open_work = cents(Decimal(value["sum"] or 0), client.workspace.currency)
    return sum((row.books for row in ageing.rows_of(client=client)), ZERO) + open_work


def warning(client: Client, more: Decimal = ZERO) -> str:
    """A sentence where the limit is passed, with `more` on top; nothing where there is none or it holds."""
    if client.credit_limit is None:
        return ""
    together = owed(client) + more
    if together <= client.credit_limit:
        return ""
    currency, locale = client.workspace.currency, client.workspace.locale
    return _("%(client)s would owe %(owed)s with this; their credit limit is %(limit)s.") % {
        "client": client.name,
        "owed": show(together, currency, locale),
        "limit": show(client.credit_limit, currency, locale),
    }


def of_quote(quote) -> str:
    """Counted on top as long as it is not a job already."""
    if quote is None or quote.state not in ("draft", "sent"):
        return ""
    client = quote.client
    if client.credit_limit is None or quote.currency != client.workspace.currency:
        return ""
    return warning(client, exchange.in_books(quote.total, exchange.ONE, client.workspace))


def of_job(job) -> str:
    if job is None or job.state not in (*OPEN_JOB, "made"):
        return ""
    return warning(job.client)
