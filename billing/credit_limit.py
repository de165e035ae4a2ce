"""How far a client may go: what they owe and what is being made for them, beside the limit the office has set."""

from decimal import Decimal

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from billing import ageing, exchange
from billing.invoices.deposits import STANDING, left_to_invoice
from billing.invoices.drafting import currency_of
from billing.models import Invoice
from crm.families import family, living
from crm.models import Client
from laseros.core.money import ZERO, cents, show
from production.models import Job
from production.states import OPEN_JOB

COUNTED = (*OPEN_JOB, "made")


def owed(client: Client) -> tuple[Decimal, dict[str, Decimal]]:
    """In the books' currency: what is open on invoices, less their credit, and what is ordered and not invoiced.

    Beside it {currency: amount} of work in currencies for which no exchange rate was ever entered.
    """
    books, unknown = sum((row.books for row in ageing.rows_of(client=client)), ZERO), {}
    for currency, amount in _work(client).items():
        if (worth := _in_books(amount, currency, client.workspace)) is not None:
            books += worth
        else:
            unknown[currency] = amount
    return books, unknown


def _work(client: Client) -> dict[str, Decimal]:
    """{currency: with tax} of what is ordered and not invoiced, job by job less its deposits: they are owed or paid."""
    jobs = Job.objects.filter(client__in=family(client), state__in=COUNTED).select_related("quote", "workspace")
    left = {}
    for job in jobs.prefetch_related("lines"):
        currency = currency_of(job)
        left[job.pk, currency] = left_to_invoice(job, currency)[0].total
    deposits = Invoice.objects.filter(
        client__in=family(client), is_deposit=True, state__in=STANDING, job__state__in=COUNTED
    )
    before = Sum(F("total") - F("deducted") - F("credited"))
    for job, currency, amount in deposits.order_by().values_list("job", "currency").annotate(sum=before):
        if (job, currency) in left:
            left[job, currency] = max(left[job, currency] - cents(Decimal(amount), currency), ZERO)
    found: dict[str, Decimal] = {}
    for (_job, currency), amount in left.items():
        if amount:
            found[currency] = found.get(currency, ZERO) + amount
    return found


def _in_books(amount: Decimal, currency: str, workspace) -> Decimal | None:
    rate = exchange.latest(workspace, currency)
    return None if rate is None else exchange.in_books(amount, rate, workspace)


def warning(client: Client, more: Decimal = ZERO, currency: str = "") -> str:
    """A sentence where the limit is passed, with `more` on top; nothing where there is none or it holds."""
    if client.credit_limit is None:
        return ""
    own, locale = client.workspace.currency, client.workspace.locale
    together, unknown = owed(client)
    if more and (worth := _in_books(more, currency or own, client.workspace)) is not None:
        together += worth
    elif more:
        unknown[currency] = unknown.get(currency, ZERO) + more
    said = []
    if together > client.credit_limit:
        said.append(_("%(client)s would owe %(owed)s with this; their credit limit is %(limit)s.") % {
            "client": client.name,
            "owed": show(together, own, locale),
            "limit": show(client.credit_limit, own, locale),
        })  # fmt: skip
    if unknown:
        amounts = ", ".join(show(amount, code, locale) for code, amount in sorted(unknown.items()))
        said.append(_("Not counted towards the credit limit, because there is no exchange rate: %(amounts)s.")
                    % {"amounts": amounts})  # fmt: skip
    return " ".join(said)


def of_quote(quote) -> str:
    """Counted on top as long as it is not a job already."""
    if quote is None or quote.state not in ("draft", "sent"):
        return ""
    return warning(living(quote.client), quote.total, quote.currency)


def of_job(job) -> str:
    if job is None or job.state not in COUNTED:
        return ""
    return warning(job.client)
