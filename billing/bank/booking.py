"""A line of the bank booked as a payment, taken back, or left out. Each line once, whoever is quicker."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing import payments
from billing.bank.matching import Line, Open, Proposal, propose
from billing.models import BankLine, Invoice, Kind
from billing.received import paying
from billing.states import BANK_LINE, OWED
from crm.families import living
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.retry import retried

LAST_PAYERS = 5_000


@retried
@transaction.atomic
def book(line: BankLine, client: Client, invoices: Sequence[Invoice], by=None) -> BankLine:
    """Take the money for these invoices of a client, in this order; what is left over is their credit."""
    line = BankLine.objects.select_for_update().get(pk=line.pk)
    if line.amount <= 0:
        raise Refused(_("This money left the account: it is no payment of a client."), code="outgoing")
    if line.state != "open":
        BANK_LINE.move(line, "book")  # says how it stands
    payment = payments.take(
        client, cents(line.amount, line.currency), invoices, key=f"bank:{line.pk}:{line.bookings}", by=by,
        received_on=line.day, currency=line.currency, reference=line.text or line.reference, again=True, keep=True,
    )  # fmt: skip
    BANK_LINE.move(line, "book", payment=payment, bookings=F("bookings") + 1)
    line.refresh_from_db()
    activity.record("booked", line, by, details={"payment": payment.number}, money={"amount": line.amount})
    return line


def undo(line: BankLine, reason: str, by=None) -> BankLine:
    """Take the payment back, or what it paid of received invoices; the line waits again."""
    line = BankLine.objects.select_related("payment").get(pk=line.pk)
    if line.state == "settled":
        return paying.reopen(line, reason, by)
    if line.payment is None:
        raise Refused(_("%(line)s is not booked.") % {"line": line}, code="state")
    payments.reverse(line.payment, day=timezone.localdate(), reason=reason, by=by)
    line.refresh_from_db()
    return line


@retried
@transaction.atomic
def leave_out(line: BankLine, note: str, by=None) -> None:
    """Neither a payment of a client nor of a received invoice: rent, tax, wages."""
    BANK_LINE.move(line, "ignore", note=note[:200])
    activity.record("skipped", line, by, details={"why": note})


@retried
@transaction.atomic
def take_up(line: BankLine, by=None) -> None:
    """Left out by mistake."""
    if line.state in ("booked", "settled"):
        raise Refused(_("It is booked: take the payment back."), code="state")
    BANK_LINE.move(line, "reopen", note="")
    activity.record("reopened", line, by)


def proposals(lines: Iterable[BankLine]) -> dict[int, list[Proposal]]:
    """{line: what it may be for}. Two queries, however many lines there are."""
    items = [
        Open(
            row.pk, row.number, living(row.client).pk, row.client.code, row.client.name,
            cents(row.balance, row.currency), row.currency,
        )
        for row in Invoice.objects.filter(state__in=OWED, kind=Kind.INVOICE).select_related("client__merged_into")
        .order_by(*payments.OPEN_FIRST).defer("frozen", "note")
    ]  # fmt: skip
    known = _payers()
    return {
        line.pk: propose(Line(line.amount, line.currency, line.name, line.iban, line.text), items, known)
        for line in lines
    }


def _payers() -> dict[str, int]:
    """Bank account → the client whose payment came from it last."""
    rows = BankLine.objects.filter(state="booked").exclude(iban="").order_by("-id")
    whose = Coalesce("payment__client__merged_into", "payment__client")
    found = rows.values_list("iban", whose)[:LAST_PAYERS]
    return dict(reversed(list(found)))
