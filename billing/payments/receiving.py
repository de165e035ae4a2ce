"""Money received: each key once, for one invoice or several; what is beyond them is the client's credit."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity, outbox
from billing import exchange
from billing.facts import address_of, contact_of, link
from billing.models import Allocation, Invoice, Kind, Payment
from billing.occasions import PAID
from billing.payments import settling
from billing.states import OWED
from crm import links
from crm.families import family, living
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, show
from laseros.core.retry import retried

# What is due first is paid first.
OPEN_FIRST = (F("due_on").asc(nulls_last=True), "id")


def open_of(client, currency: str):
    """The invoices a client has still to pay in a currency, the first to be paid first."""
    return Invoice.objects.filter(
        client__in=family(client), currency=currency, state__in=OWED, kind=Kind.INVOICE
    ).order_by(*OPEN_FIRST)


def receive(
    invoice: Invoice,
    amount: Decimal,
    *,
    key: str,
    received_on: date,
    method: str = Payment.Method.TRANSFER,
    reference: str = "",
    again: bool = False,
    keep: bool = False,
    by=None,
) -> Payment:
    """Book money for one invoice. The same key again answers the same payment.

    The same amount on the same day under another key is refused ("again"), unless whoever books it says with `again`
    that it is another payment: a form that was sent, left and sent once more has a key of its own. More than is owed
    is refused ("over-balance"), unless `keep` says that the rest is the client's credit.
    """
    return take(
        invoice.client, amount, [invoice], key=key, received_on=received_on, method=method, reference=reference,
        again=again, keep=keep, currency=invoice.currency, by=by,
    )  # fmt: skip


@retried
@transaction.atomic
def take(
    client,
    amount: Decimal,
    invoices: Sequence[Invoice],
    *,
    key: str,
    received_on: date,
    currency: str,
    method: str = Payment.Method.TRANSFER,
    reference: str = "",
    again: bool = True,
    keep: bool = True,
    by=None,
) -> Payment:
    """Book money of a client for these invoices, in this order; without any it is a credit. See `receive`."""
    settling.check(amount, currency, key, received_on, method)
    there = Payment.objects.filter(key=key).first()
    if there is not None:
        return settling.same(there, amount, invoices[0] if invoices else None)
    # Held in the order of their keys, so that two who want the same never wait for each other.
    rows = {row.pk: settling.held(row) for row in sorted(invoices, key=lambda row: row.pk)}
    there = Payment.objects.filter(key=key).first()  # booked by whoever held them before
    if there is not None:
        return settling.same(there, amount, invoices[0] if invoices else None)
    held = [rows[row.pk] for row in invoices]
    _check_owner(client, currency, held)
    if not again:
        for invoice in held:
            _ask_about_second(invoice, amount, received_on)
    parts, rest = _parts(held, amount, keep)
    payment = settling.written(
        client, Payment.Kind.RECEIVED, amount, currency, key=key, day=received_on, by=by, unused=rest, method=method,
        reference=reference[:120], rate=exchange.on(client.workspace, currency, received_on),
    )  # fmt: skip
    for invoice, part in parts:
        settling.raise_paid(invoice, part)
        settling.allocate(payment, invoice, part, received_on)
        _tell(payment, invoice, part, by)
        _thank(invoice, payment, part, by)
    if rest:
        activity.record("received", payment, by, money={"amount": amount, "credit": rest})
    for job in {invoice.job_id: invoice.job for invoice, _part in parts if invoice.job_id}.values():
        settling.complete_if_settled(job)
    settling.seal(by, payment)
    return payment


def _check_owner(client, currency: str, invoices: list[Invoice]) -> None:
    for invoice in invoices:
        if living(invoice.client).pk != living(client).pk:
            raise Refused(
                _("%(invoice)s is not an invoice of %(client)s.") % {"invoice": invoice, "client": client},
                code="other-client",
            )
        if invoice.currency != currency:
            raise Refused(
                _("%(invoice)s is in %(own)s and cannot be paid in %(other)s: book what the bank made of it.")
                % {"invoice": invoice, "own": invoice.currency, "other": currency},
                code="other-currency",
            )


def _parts(invoices: list[Invoice], amount: Decimal, keep: bool) -> tuple[list[tuple[Invoice, Decimal]], Decimal]:
    """What of the amount each invoice gets, in order, and what is left. One alone gets all of it, or is refused."""
    if len(invoices) == 1 and (not keep or not invoices[0].balance):
        return [(invoices[0], amount)], ZERO  # whoever raises `paid` says why that is too much
    parts, rest = [], amount
    for invoice in invoices:
        part = min(rest, cents(invoice.balance, invoice.currency)) if invoice.state in OWED else ZERO
        if part:
            parts.append((invoice, part))
            rest -= part
    return parts, rest


def _tell(payment: Payment, invoice: Invoice, part: Decimal, by) -> None:
    activity.record(
        "paid",
        invoice,
        by,
        details={"payment": payment.number, "received": payment.received_on},
        money={"amount": part, "balance": cents(invoice.balance, invoice.currency)},
    )


def _thank(invoice: Invoice, payment: Payment, part: Decimal, by) -> None:
    """Businesses that want it say that money has come in."""
    if PAID.name in invoice.workspace.silent_occasions:
        return
    contact = contact_of(invoice)
    amount = show(part, invoice.currency, invoice.workspace.locale)
    outbox.post(
        PAID, invoice, key=f"paid:{payment.pk}:{invoice.pk}", to=address_of(invoice), link=links.url(link(invoice)),
        name=contact.name if contact else "", values={"amount": amount}, reader=contact.user if contact else None,
        phone=contact.phone if contact else living(invoice.client).phone, by=by,
    )  # fmt: skip


def _ask_about_second(invoice: Invoice, amount: Decimal, received_on: date) -> None:
    alike = Allocation.objects.filter(
        invoice=invoice, amount=amount, payment__received_on=received_on, payment__reversal=None
    )
    there = alike.select_related("payment").order_by("id").last()
    if there is not None:
        raise Refused(
            _("%(amount)s of that day are booked on %(invoice)s already, as payment %(number)s. Book it a second time?")
            % {
                "amount": show(amount, invoice.currency, invoice.workspace.locale),
                "invoice": invoice.number,
                "number": there.payment.number,
            },
            code="again",
        )
