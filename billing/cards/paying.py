"""A client begins to pay what is left of an invoice: one open attempt for each, whatever number of tabs."""

from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from billing.cards import providers
from billing.cards.contract import Wanted
from billing.cards.setting_up import secret_of
from billing.models import Invoice, PaymentAttempt, ProviderAccount, ProviderEvent
from billing.payments import settling
from billing.states import OWED, PAYMENT_ATTEMPT
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.retry import retried


@dataclass(frozen=True)
class Offer:
    """Whether an invoice can be paid online now, and what became of the last time."""

    may_pay: bool = False
    has_failed: bool = False
    is_unclear: bool = False  # money came that the office has to look at first


def offer(invoice: Invoice) -> Offer:
    """One query where nothing is paid online, three where it is."""
    if invoice.state not in OWED or not cents(invoice.balance, invoice.currency):
        return Offer()
    if providers.online(ProviderAccount.objects.filter(is_on=True).first()) is None:
        return Offer()
    unclear = is_unclear(invoice)
    last = invoice.attempts.order_by("-id").values_list("state", flat=True).first()
    return Offer(may_pay=not unclear, has_failed=last == "failed" and not unclear, is_unclear=unclear)


def is_unclear(invoice: Invoice) -> bool:
    return ProviderEvent.objects.filter(attempt__invoice=invoice, kind="paid", state="matter").exists()


@retried
@transaction.atomic
def begin(invoice: Invoice, back: str, by=None) -> str:
    """The address where what is left of the invoice is paid. An open attempt over the same amount is used again.

    One over another amount is superseded; when it is paid all the same, its money counts. Raises `Refused` ("state",
    "off", "unclear").
    """
    invoice = settling.held(invoice)
    amount = cents(invoice.balance, invoice.currency)
    if invoice.state not in OWED or not amount:
        raise Refused(_("Nothing is owed on %(invoice)s any more.") % {"invoice": invoice}, code="state")
    account = ProviderAccount.objects.filter(is_on=True).first()
    provider = providers.online(account)
    if provider is None:
        raise Refused(_("Invoices cannot be paid online at the moment."), code="off")
    if is_unclear(invoice):
        raise Refused(_("A payment for this invoice has come in and is being looked at."), code="unclear")
    attempt = _open(invoice, account, amount, by)
    wanted = Wanted(attempt.reference, amount, invoice.currency, invoice.number, back)
    return provider.page(wanted, secret_of(account))


def _open(invoice: Invoice, account: ProviderAccount, amount, by) -> PaymentAttempt:
    there = PaymentAttempt.objects.filter(invoice=invoice, state="opened").first()
    if there is not None:
        if (there.amount, there.currency, there.provider) == (amount, invoice.currency, account.kind):
            return there
        PAYMENT_ATTEMPT.move(there, "supersede")
    attempt = PaymentAttempt.objects.create(
        workspace=invoice.workspace, invoice=invoice, amount=amount, currency=invoice.currency, provider=account.kind
    )
    activity.record("started", attempt, by, details={"number": invoice.number}, money={"amount": amount})
    return attempt
