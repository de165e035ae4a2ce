"""Reminders, months closed, invoices received, the bank and cards."""

from datetime import date
from decimal import Decimal

from django.core.files.base import ContentFile
from django.utils import timezone

from billing import cards, documents, invoices, payments, reminding, statements
from billing.bank import booking
from billing.documents.statement import frozen_of
from billing.models import (
    AccountStatement,
    Archive,
    BankLine,
    BankStatement,
    BooksRules,
    PaymentAttempt,
    PeriodClose,
    ProviderAccount,
    ProviderEvent,
    ReceivedInvoice,
    RecurringInvoice,
    Reminder,
)
from billing.received import paying
from crm import links
from laseros.tests.permissions_ground.work import a_made_job


def lay_reminded(world) -> None:
    shop, day = world.shop, timezone.localdate()
    world.books_rules = BooksRules.objects.create(workspace=shop.workspace)
    job = a_made_job(world)
    world.held_invoice = invoices.issue(invoices.draft_from(job, None), None)
    reminding.hold(world.held_invoice, "dispute", "Bent")
    world.recurring, world.paused_recurring = (
        RecurringInvoice.objects.create(
            workspace=shop.workspace, client=shop.client, title=title, starts_on=day, next_on=day, state=state
        )
        for title, state in (("Rent", "running"), ("Service", "paused"))
    )
    world.reminder = Reminder.objects.create(workspace=shop.workspace, invoice=world.invoice, step=2)
    world.sent_reminder = Reminder.objects.create(
        workspace=shop.workspace, invoice=world.invoice, step=1, state="sent", sent_on=day, pay_by=day
    )
    world.account_statement = AccountStatement.objects.create(
        workspace=shop.workspace, client=shop.client, currency="ZAR", from_on=day, until_on=day,
        frozen=frozen_of(statements.account_of(shop.client, "ZAR", day, day)),
    )  # fmt: skip
    for paper in (world.sent_reminder, world.account_statement):
        documents.keep(paper, lambda: b"%PDF-1.7 kept")
    world.link_statement = links.token(links.make(world.account_statement, shop.client))


def lay_closed(world) -> None:
    shop, day = world.shop, date(2000, 1, 31)
    world.period_close = PeriodClose.objects.create(workspace=shop.workspace, until_on=day)
    world.archive = Archive.objects.create(workspace=shop.workspace, from_on=day, until_on=day)
    world.archive.file.save("a.zip", ContentFile(b"PK"))
    world.received_invoice, world.approved_received, world.rejected_received, world.paid_received = (
        _received(shop, state, **facts)
        for state, facts in (
            ("to_check", {}), ("approved", {}), ("rejected", {"reason": "Bent"}), ("approved", {}),
        )
    )  # fmt: skip
    world.part_received = _received(shop, "approved")
    paying.pay(world.part_received, Decimal(2), day)
    paying.pay(world.paid_received, Decimal(5), day)


def _received(shop, state: str, **facts) -> ReceivedInvoice:
    row = ReceivedInvoice(
        workspace=shop.workspace, sha256=f"{ReceivedInvoice.objects.count():064}", currency="ZAR",
        number=f"R-{ReceivedInvoice.objects.count()}", seller="Steel Merchants", total=5, owed=5, state=state,
        facts={"syntax": "ubl", "pdf": False, "credit": False, "lines": []}, **facts,
    )  # fmt: skip
    row.file.save("r.xml", ContentFile(b"<Invoice/>"), save=False)
    row.save()
    return row


def lay_bank(world) -> None:
    shop = world.shop
    day = timezone.localdate()
    world.bank_statement = BankStatement.objects.create(
        workspace=shop.workspace, name="n.csv", account="Giro", currency="ZAR", from_on=day, until_on=day
    )
    world.bank_line, world.booked_line, world.rent_line, world.outgoing_line = (
        BankLine.objects.create(
            workspace=shop.workspace, statement=world.bank_statement, key=f"{n}", day=day, amount=amount, currency="ZAR"
        )
        for n, amount in enumerate((5, 5, 5, -5))
    )
    booking.book(world.booked_line, shop.client, [], None)
    booking.leave_out(world.rent_line, "Rent", None)


def lay_cards(world) -> None:
    """An account, a payment by card, and a message that somebody has to look at."""
    workspace = world.shop.workspace
    world.card_account = cards.new_account(ProviderAccount(workspace=workspace, kind="simulated", is_on=True))
    world.card_account.save()
    paid = payments.take(
        world.shop.client, Decimal(3), [], key="card:0", received_on=timezone.localdate(), currency=workspace.currency
    )
    world.card_attempt = PaymentAttempt.objects.create(
        workspace=workspace, invoice=world.invoice, amount=3, currency=workspace.currency, provider="simulated",
        state="paid", payment=paid,
    )  # fmt: skip
    world.card_event = ProviderEvent.objects.create(
        workspace=workspace, attempt=world.card_attempt, provider="simulated", event_id="e", kind="refunded",
        reference=world.card_attempt.reference, amount=4, currency=workspace.currency, state="matter", why="amount",
    )  # fmt: skip
    world.provider_token, world.card_reference = world.card_account.token, world.card_attempt.reference
