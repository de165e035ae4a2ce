"""Messages of a provider taken in: each once, in whatever order they come; what does not fit waits for the office.

The payment counts on the day its message comes, which is never in closed books.
"""

import logging

from django.db import transaction
from django.utils import timezone

from accounts import activity
from billing import payments
from billing.cards.contract import Said
from billing.cards.giving_back import give_back
from billing.models import Invoice, Payment, PaymentAttempt, ProviderAccount, ProviderEvent
from billing.payments import settling
from billing.states import CARD_EVENT, OWED, PAYMENT_ATTEMPT
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.retry import retried

log = logging.getLogger(__name__)
BY = "card"
Why = ProviderEvent.Why


@retried
@transaction.atomic
def take(account: ProviderAccount, said: Said) -> ProviderEvent:
    """Do what a message says. The same message again answers what was kept of it and does nothing."""
    facts = {"kind": said.what.value, "reference": said.reference, "amount": said.amount, "currency": said.currency}
    event, is_new = ProviderEvent.objects.get_or_create(
        workspace=account.workspace, provider=account.kind, event_id=said.id, defaults=facts
    )
    if not is_new:
        return event
    attempt = PaymentAttempt.objects.filter(reference=said.reference).first()
    if attempt is None:
        log.warning("a payment provider wrote about a reference nobody knows: event %s", said.id)
        CARD_EVENT.move(event, "leave", why=Why.UNKNOWN)
        return event
    settling.held(Invoice(pk=attempt.invoice_id))  # first, as everybody who books does
    attempt = PaymentAttempt.objects.select_for_update().get(pk=attempt.pk)
    ProviderEvent.objects.filter(pk=event.pk).update(attempt=attempt)
    event.attempt = attempt
    _do(event, attempt)
    return event


@retried
@transaction.atomic
def settle(event: ProviderEvent, note: str, by=None) -> None:
    """The office has dealt with it."""
    CARD_EVENT.move(event, "settle", note=note[:300])
    activity.record("settled", event, by, details={"why": note})


def _do(event: ProviderEvent, attempt: PaymentAttempt) -> None:
    """Inside the transaction that holds the attempt. A refusal of the books undoes nothing but the booking."""
    if event.kind == "failed":
        done = PAYMENT_ATTEMPT.try_move(attempt, "fail")
        if done:
            activity.record("failed", attempt, BY, money={"amount": attempt.amount})
        CARD_EVENT.move(event, "apply" if done else "leave")
        return
    if _is_known(event, attempt):
        CARD_EVENT.move(event, "leave", why=Why.KNOWN)
    elif event.currency != attempt.currency:
        _ask(event, Why.CURRENCY)
    elif event.amount > attempt.amount or (event.kind == "paid" and event.amount != attempt.amount):
        _ask(event, Why.AMOUNT)
    elif event.kind == "paid":
        _paid(event, attempt)
    elif attempt.state == "paid":
        _refunded(event, attempt)
    # A refund before its payment waits for it.


def _is_known(event: ProviderEvent, attempt: PaymentAttempt) -> bool:
    """A refund says how much has gone back altogether; what we know of is no news."""
    if event.kind == "paid":
        return attempt.state in ("paid", "refunded")
    return attempt.state == "refunded" or event.amount <= attempt.refunded


def _paid(event: ProviderEvent, attempt: PaymentAttempt) -> None:
    try:
        with transaction.atomic():
            payment = _post(attempt)
    except Refused as refusal:
        _ask(event, Why.REFUSED, str(refusal.reason))
        return
    PAYMENT_ATTEMPT.move(attempt, "pay", payment=payment)
    CARD_EVENT.move(event, "apply")
    activity.record("paid", attempt, BY, details={"payment": payment.number}, money={"amount": attempt.amount})
    for waiting in ProviderEvent.objects.filter(attempt=attempt, kind="refunded", state="waiting").order_by("id"):
        _do(waiting, attempt)


def _post(attempt: PaymentAttempt) -> Payment:
    """What the invoice does not owe any more is the client's credit."""
    invoice = settling.held(Invoice(pk=attempt.invoice_id))
    is_owed = invoice.state in OWED and cents(invoice.balance, invoice.currency)
    return payments.take(
        invoice.client, attempt.amount, [invoice] if is_owed else [], key=f"card:{attempt.pk}", keep=True, by=BY,
        received_on=timezone.localdate(), currency=attempt.currency, method=Payment.Method.CARD,
        reference=attempt.reference,
    )  # fmt: skip


def _refunded(event: ProviderEvent, attempt: PaymentAttempt) -> None:
    try:
        with transaction.atomic():
            more = event.amount - attempt.refunded
            give_back(attempt, more, f"card:{attempt.pk}:back:{attempt.refunded}", BY)
    except Refused as refusal:
        _ask(event, Why.REFUSED, str(refusal.reason))
        return
    CARD_EVENT.move(event, "apply")


def _ask(event: ProviderEvent, why: str, note: str = "") -> None:
    CARD_EVENT.move(event, "ask", why=why, note=note[:300])
    activity.record("held", event, BY, details={"why": event.get_why_display()}, money={"amount": event.amount})
