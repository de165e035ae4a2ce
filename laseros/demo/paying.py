"""Clients of the demonstration pay online, with cards that are none: one has paid, one has got a part back, and one
card was refused."""

from decimal import Decimal

from django.utils import timezone

from billing import cards
from billing.cards.contract import Said, What
from billing.models import BankLine, Invoice, PaymentAttempt, ProviderAccount
from laseros.demo.ground import Business

# What the provider says of each payment, one message after the other: what, and the share of the amount.
STORIES = (
    ((What.PAID, 1),),
    ((What.FAILED, 1), (What.PAID, 1), (What.REFUNDED, Decimal("0.1"))),
    ((What.FAILED, 1),),
)


def set_up(workspace) -> ProviderAccount:
    account = cards.new_account(ProviderAccount(workspace=workspace, kind="simulated", is_on=True))
    account.save()
    return account


def make(business: Business) -> None:
    """Of the newest invoices those that no line of the bank is about; where these are too few, overdue ones as well."""
    account, today = ProviderAccount.objects.get(), timezone.localdate()
    rows = Invoice.objects.filter(state="issued").order_by("-issued_on", "-pk").select_related("client")
    at_the_bank = {*BankLine.objects.values_list("name", flat=True)}
    open_ones = [row for row in rows if row.client.name not in at_the_bank]
    open_ones.sort(key=lambda row: row.due_on < today)
    for invoice, story in zip(open_ones, STORIES, strict=False):
        pay(account, invoice, story)


def pay(account: ProviderAccount, invoice: Invoice, story=STORIES[0]) -> None:
    """A client's attempts, each ended by the provider's message; a refund is of the one before."""
    attempt = None
    for number, (what, share) in enumerate(story, start=1):
        if attempt is None or attempt.state == "failed":
            attempt = PaymentAttempt.objects.create(
                workspace=account.workspace, invoice=invoice, amount=invoice.balance, currency=invoice.currency,
                provider=account.kind,
            )  # fmt: skip
        amount = (attempt.amount * share).quantize(Decimal("0.01"))
        said = Said(f"demo-{invoice.pk}-{number}", what, attempt.reference, amount, invoice.currency)
        cards.take(account, said)
        attempt.refresh_from_db()
