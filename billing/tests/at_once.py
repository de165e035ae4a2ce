"""What the processes of `test_at_once` do."""

import os
import signal
import time
from contextlib import suppress
from datetime import date
from decimal import Decimal

from django.db import transaction
from django_scopes import scope

from accounts.models import Workspace
from billing import closing, invoices, payments, quotes
from billing.bank import booking
from billing.models import BankLine, Invoice, Payment, Quote
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.retry import retried
from laseros.tests.typesetting import one_paper


class Stop(Exception):
    pass


def accept(workspace_pk: int, quote_pk: int, name: str) -> int:
    with _inside(workspace_pk):
        return quotes.accept(Quote.objects.get(pk=quote_pk), name=name).pk


def issue(workspace_pk: int, invoice_pks: list[int], mine: int) -> list[str]:
    """Issue the invoices given, trying each first in a transaction that breaks off and must leave no gap.

    The others of the shared list are tried too: somebody else's are refused.
    """
    numbers = []
    with _inside(workspace_pk), one_paper():
        for pk in invoice_pks[mine:] + invoice_pks[:mine]:
            invoice = Invoice.objects.get(pk=pk)
            with suppress(Stop, Refused):
                _break_off(invoice)
            try:
                numbers.append(invoices.issue(invoice, None).number)
            except Refused:
                continue
    return numbers


def issue_and_die(workspace_pk: int, invoice_pks: list[int], mine: int) -> list[str]:
    """Issue one of one's own; the first processes are killed by themselves in the middle of it, each elsewhere.

    Nobody takes another's, so that each comes to the place where it dies.
    """
    places = ("store", "move", "seal", "queue")
    if mine < len(places):
        _die_when(places[mine])
    return issue(workspace_pk, invoice_pks[mine : mine + 1], 0)


def _die_when(deed: str) -> None:
    """SIGKILL when this process has just done `deed` for the second time: nothing is cleaned up, as in a power cut.

    The first time is the attempt that breaks off.
    """
    from accounts import work
    from billing import chain
    from billing.documents import papers
    from billing.states import INVOICE

    owner = {"store": papers, "move": INVOICE, "seal": chain, "queue": work}[deed]
    original, calls = getattr(owner, deed), []

    def done(*args, **kwargs):
        answer = original(*args, **kwargs)
        calls.append(deed)
        if len(calls) == 2:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    setattr(owner, deed, done)


@retried
def _break_off(invoice: Invoice) -> None:
    with transaction.atomic():
        invoices.issue(invoice, None)
        raise Stop


def pay(workspace_pk: int, invoice_pk: int, key: str, amount: str, again: bool) -> str:
    """The number of the payment, or the code of the refusal; `again`: it is known that there is one like it."""
    with _inside(workspace_pk):
        invoice = Invoice.objects.get(pk=invoice_pk)
        try:
            payment = payments.receive(invoice, Decimal(amount), key=key, received_on=date(2026, 1, 2), again=again)
        except Refused as refusal:
            return refusal.code
        return payment.number


def share(workspace_pk: int, client_pk: int, invoice_pks: list[int], mine: int) -> list[str]:
    """What three deeds at once answer: the credit used, money over all invoices, one payment taken back."""
    said = []
    with _inside(workspace_pk):
        client = Client.objects.get(pk=client_pk)
        rows = list(Invoice.objects.filter(pk__in=invoice_pks).order_by("-pk" if mine % 2 else "pk"))
        day = date(2026, 1, 2)
        for deed in (
            lambda: payments.use_credit(rows[0]),
            lambda: payments.take(client, Decimal(100), rows, key=f"s{mine}", received_on=day, currency="ZAR"),
            lambda: payments.reverse(Payment.objects.get(key="first"), day=day, reason="Bounced"),
        ):
            try:
                deed()
                said.append("done")
            except Refused as refusal:
                said.append(refusal.code)
    return said


def post_slowly(workspace_pk: int, invoice_pk: int, day: str, mine: int) -> str:
    """Book a cent on that day and commit a good while later; "done", or the code of the refusal."""
    with _inside(workspace_pk):
        try:
            with transaction.atomic():
                facts = {"key": f"slow{mine}", "received_on": date.fromisoformat(day), "again": True}
                payments.receive(Invoice.objects.get(pk=invoice_pk), Decimal("0.01"), **facts)
                time.sleep(1)
        except Refused as refusal:
            return refusal.code
        return "done"


def close_books(workspace_pk: int, until: str) -> list:
    """How many payments of that day there are in the moment the books are closed; or why they are not."""
    with _inside(workspace_pk):
        time.sleep(0.3)
        try:
            with transaction.atomic():
                closing.close(Workspace.objects.get(pk=workspace_pk), date.fromisoformat(until), None)
                time.sleep(0.3)
        except Refused as refusal:
            return [refusal.code]
        return ["done", Payment.objects.filter(received_on__lte=until).count()]


def one_of(deed: str, *arguments):
    """Different deeds at one moment: each by its name here."""
    return globals()[deed](*arguments)


def _inside(workspace_pk: int):
    return scope(workspace=Workspace.objects.get(pk=workspace_pk))


def book_line(workspace_pk: int, line_pk: int, invoice_pks: list[int]) -> str:
    with _inside(workspace_pk):
        line = BankLine.objects.get(pk=line_pk)
        rows = [Invoice.objects.get(pk=pk) for pk in invoice_pks]
        try:
            return booking.book(line, rows[0].client, rows).state
        except Refused as refusal:
            return refusal.code


def remind(workspace_pk: int, reminder_pk: int) -> int:
    """How many were sent."""
    from billing import reminding
    from billing.models import Reminder

    with _inside(workspace_pk):
        reminding.propose(Workspace.objects.get(pk=workspace_pk))
        return len(reminding.send([Reminder.objects.get(pk=reminder_pk)], None)[0])


def card_event(workspace_pk: int, reference: str, amount: str, event: str) -> str:
    """How the message of a provider stands after it was taken."""
    from billing import cards
    from billing.cards.contract import Said, What
    from billing.models import ProviderAccount

    with _inside(workspace_pk):
        said = Said(event, What.PAID, reference, Decimal(amount), "ZAR")
        return cards.take(ProviderAccount.objects.get(), said).state
