"""Money in the demo: what the bank brought yesterday, who is reminded of what, and how far the books are closed."""

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from billing import chain, closing, reminding
from billing.bank import importing
from billing.documents.reminder import frozen_of
from billing.models import BooksRules, Invoice, Reminder, rules_of
from billing.states import REMINDER
from laseros.core.money import cents
from laseros.demo import inbox
from laseros.demo.ground import Business

SENT_AGO = 12  # days: by the usual rules the second step of it is due
HEADER = ["Date", "Amount", "Payer", "IBAN", "Description"]
# (account, what the bank says of an invoice it names, other lines: amount, from or to, what for)
LASER = (
    "62 5550 1420", "Payment {number}",
    ((-18500, "Prospecton Properties", "Rent workshop 14"), (950, "Cash deposit", "Offcuts")),
)  # fmt: skip
PRINTER = (
    "DE89 3704 0044 0532 0130 00", "Rechnung {number}",
    ((-1180, "Lindenhof Immobilien", "Miete Lindenhof 7"), (35, "M. Sommer", "Danke!")),
)  # fmt: skip


def make(business: Business) -> None:
    today = timezone.localdate()
    if not business.is_laser:  # whose accountant works with DATEV
        BooksRules.objects.create(workspace=business.workspace, consultant_number=1001, client_number=204)
    _bank(business, _working_day(today - dt.timedelta(days=1)))
    _remind(business, _working_day(today - dt.timedelta(days=SENT_AGO)))
    last_month = today.replace(day=1) - dt.timedelta(days=1)
    closing.close(business.workspace, last_month.replace(day=1) - dt.timedelta(days=1), business.people["manager"])


def _working_day(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(day.weekday() - 4, 0))


def _bank(business: Business, day: dt.date) -> None:
    """A statement nobody has looked at: an invoice with its number, one without, one in part, a supplier's, rent,
    a riddle."""
    account, says, others = LASER if business.is_laser else PRINTER
    rows = Invoice.objects.filter(state="issued", issued_on__lt=day).select_related("client").order_by("-issued_on")
    texts = (says, "", says)
    lines = [
        (cents(row.total * share, row.currency), row.client.name, text.format(number=row.number))
        for row, text, share in zip(rows[:3], texts, (1, 1, Decimal("0.5")), strict=False)
    ]
    if bought := inbox.make(business):
        lines.append((-cents(bought.left, bought.currency), bought.seller, bought.number))
    cells = [[f"{day}", f"{amount:.2f}", name, "", text] for amount, name, text in (*lines, *others)]
    table = {"header": HEADER, "rows": list(enumerate(cells, start=2))}
    (found,) = importing.understood(business.workspace, {"table": table}, account)
    importing.store(business.workspace, f"bank-{day}.csv", repr(cells).encode(), found, business.people["office"])


def _remind(business: Business, sent_on: dt.date) -> None:
    """The night's proposals; one of the oldest debts was reminded of before, so its second step is among them."""
    reminding.propose(business.workspace)
    rules, office = rules_of(business.workspace), business.people["office"]
    late = reminding.waiting().filter(invoice__due_on__lt=sent_on - dt.timedelta(days=rules.remind_after))
    first = late.first()
    if first is None:
        return
    claim = reminding.claim_of(first.invoice, 1, rules, sent_on)
    with transaction.atomic():
        Reminder.objects.filter(pk=first.pk).update(proposed_on=sent_on)
        REMINDER.move(
            first, "send", sent_on=sent_on, pay_by=sent_on + dt.timedelta(days=rules.pay_within), by=office,
            frozen=frozen_of(first.invoice, claim), open=claim.open, fee=claim.fee, flat=claim.flat,
            interest=claim.interest,
        )  # fmt: skip
        chain.seal(first, office)
    reminding.propose(business.workspace)
