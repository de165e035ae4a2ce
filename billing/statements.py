"""A client's account: what was brought forward, every document and payment of a while, what is open at its end."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, work
from billing import ageing, chain
from billing.models import AccountStatement, Invoice, Kind, Payment
from crm import links
from crm.families import family, living
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.money import ZERO
from laseros.core.retry import retried

MOST_ENTRIES = 2000
LINK_DAYS = 90
# What a payment does to what a client owes.
LESS = (Payment.Kind.RECEIVED, Payment.Kind.WRITE_OFF)


@dataclass(frozen=True)
class Entry:
    """One line: what it is, and what it adds to what the client owes."""

    day: date
    what: str
    number: str
    amount: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Account:
    client: Client
    currency: str
    from_on: date
    until_on: date
    opening: Decimal
    entries: list[Entry]
    open_items: list[Invoice]  # at its end, `left` on each
    buckets: list[Decimal]

    @property
    def closing(self) -> Decimal:
        return self.entries[-1].balance if self.entries else self.opening


def account_of(client: Client, currency: str, from_on: date, until_on: date) -> Account:
    """Raises `Refused` for a while that ends before it begins, or one with too much in it for a letter."""
    if until_on < from_on:
        raise Refused(_("The last day lies before the first."), code="days", field="until_on")
    day_before = from_on - timedelta(days=1)
    opening = sum((amount for _d, _k, _w, _n, amount in _all(client, currency, None, day_before)), ZERO)
    found = sorted(_all(client, currency, from_on, until_on))
    if len(found) > MOST_ENTRIES:
        raise Refused(_("That is too much for one statement: choose a shorter while."), code="too-long")
    entries, balance = [], opening
    for day, _order, what, number, amount in found:
        balance += amount
        entries.append(Entry(day, what, number, amount, balance))
    items = [row for row in ageing.open_items(until_on, client) if row.currency == currency]
    items.sort(key=lambda row: (row.due_on or until_on, row.pk))
    buckets = [ZERO] * len(ageing.BUCKETS)
    for row in items:
        if row.left > 0:
            buckets[ageing.bucket_of(row.due_on, until_on)] += row.left
    return Account(client, currency, from_on, until_on, opening, entries, items, buckets)


def _all(client: Client, currency: str, from_on: date | None, until_on: date) -> Iterable[tuple]:
    """(day, order within it, what, number, amount) of all that moved the account."""
    documents = Invoice.objects.filter(
        client__in=family(client), currency=currency, number__isnull=False, issued_on__lte=until_on
    )
    payments = Payment.objects.filter(client__in=family(client), currency=currency, received_on__lte=until_on)
    if from_on is not None:
        documents, payments = documents.filter(issued_on__gte=from_on), payments.filter(received_on__gte=from_on)
    for row in documents.only("kind", "number", "total", "issued_on", "workspace"):
        sign = 1 if row.kind == Kind.INVOICE else -1
        yield row.issued_on, 0, row.get_kind_display(), row.number, sign * row.total
    for row in payments.select_related("reverses"):
        yield row.received_on, 1, row.get_kind_display(), row.number, _signed(row)


def _signed(payment: Payment) -> Decimal:
    if payment.kind == Payment.Kind.REVERSAL:
        return -_signed(payment.reverses)
    return -payment.amount if payment.kind in LESS else payment.amount


def currencies_of(client: Client) -> list[str]:
    """Those there is anything in, ours first; ours where there is nothing."""
    own = client.workspace.currency
    invoices = Invoice.objects.filter(client__in=family(client), number__isnull=False)
    payments = Payment.objects.filter(client__in=family(client))
    rows = [row.order_by().values_list("currency", flat=True) for row in (invoices, payments)]
    found = set(rows[0].union(rows[1])) or {own}
    return sorted(found, key=lambda code: (code != own, code))


def balance_of(client: Client, currency: str) -> Decimal:
    """What the client owes now, less what is theirs."""
    items = ageing.open_items(client=client).filter(currency=currency).aggregate(sum=Sum("left"))["sum"] or ZERO
    theirs = ageing.unused(client=client).filter(currency=currency).aggregate(sum=Sum("left"))["sum"] or ZERO
    return Decimal(items) - Decimal(theirs)


def send(client: Client, currency: str, from_on: date, until_on: date, by, *, key: str = "") -> AccountStatement:
    """Keep a statement and mail it with a link; the worker makes its PDF and mails it. The same key: the same one."""
    if not client.email:
        raise Refused(_("%(client)s has no e-mail address.") % {"client": client.name}, code="no-address")
    return _write(client, currency, from_on, until_on, by, key, client.email)


def prepare(client: Client, currency: str, from_on: date, until_on: date, by, *, key: str = "") -> AccountStatement:
    """Keep a statement to be printed; the worker makes its PDF. The same key again answers the same one."""
    return _write(client, currency, from_on, until_on, by, key, "")


@retried
@transaction.atomic
def _write(client: Client, currency: str, from_on: date, until_on: date, by, key: str, to: str) -> AccountStatement:
    from billing.documents.statement import frozen_of
    from billing.tasks import send_statement

    Client.objects.select_for_update().get(pk=client.pk)  # two presses come one after the other
    there = AccountStatement.objects.filter(key=key).first() if key else None
    if there is not None:
        return there
    account = account_of(client, currency, from_on, min(until_on, timezone.localdate()))
    row = AccountStatement(
        workspace=client.workspace, client=client, currency=currency, from_on=from_on, until_on=account.until_on,
        balance=account.closing, by=by if getattr(by, "pk", None) else None, mailed_to=to, frozen=frozen_of(account),
    )  # fmt: skip
    row.key = key or row.key
    row.save()
    chain.seal(row, by)
    details = {"what": _("statement of account"), **({"to": to} if to else {})}
    activity.record("sent" if to else "printed", client, by, details=details, money={"balance": account.closing})
    work.queue(send_statement, client.workspace, row.pk, subject=row, by=by)
    return row


def link(statement: AccountStatement):
    return links.make(statement, living(statement.client), days=LINK_DAYS)
