"""Taking a payment back, in place of changing or deleting it: what it had settled is open again."""

from datetime import date

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import Allocation, BankLine, Invoice, Payment
from billing.payments import settling
from billing.states import BANK_LINE
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents
from laseros.core.retry import retried


def may_be_reversed(payment: Payment) -> bool:
    return payment.kind != Payment.Kind.REVERSAL and not hasattr(payment, "reversal")


@retried
@transaction.atomic
def reverse(payment: Payment, *, day: date, reason: str, by=None) -> Payment:
    """Book the opposite of a payment, a refund or a write-off. Raises `Refused` for one that was taken back before."""
    if not reason.strip():
        raise Refused(_("Say why it is taken back."), code="reason", field="reason")
    _in_order(payment)
    payment = Payment.objects.select_for_update(of=("self",)).select_related("client").get(pk=payment.pk)
    if not may_be_reversed(payment):
        raise Refused(_("%(payment)s was taken back before.") % {"payment": payment}, code="reversed")
    settling.check(payment.amount, payment.currency, f"reversal:{payment.pk}", day, payment.method)
    if day < payment.received_on:
        raise Refused(_("It cannot be taken back before it was booked."), code="too-early", field="day")
    back = settling.written(
        payment.client, Payment.Kind.REVERSAL, payment.amount, payment.currency, key=f"reversal:{payment.pk}", day=day,
        by=by, method=payment.method, reference=reason.strip()[:120], rate=payment.rate, reverses=payment,
    )  # fmt: skip
    _open_again(payment, back, day, by)
    credits = _give_credit_back(payment, day)
    _open_bank_line(payment)
    activity.record("taken back", payment, by, details={"payment": back.number, "why": back.reference},
                    money={"amount": payment.amount})  # fmt: skip
    settling.seal(by, back, *credits)
    return back


def _in_order(payment: Payment) -> None:
    """Hold the invoices first, as everybody who books does."""
    pks = Allocation.objects.filter(payment=payment).exclude(invoice=None).values_list("invoice", flat=True)
    list(Invoice.objects.select_for_update().filter(pk__in=sorted(set(pks))).order_by("pk").values_list("pk"))


def _open_again(payment: Payment, back: Payment, day: date, by) -> None:
    given = Allocation.objects.filter(payment=payment).exclude(invoice=None).values("invoice")
    settled = ZERO
    for row in given.annotate(sum=Sum("amount")).exclude(sum=0).order_by("invoice"):
        invoice = settling.held(Invoice(pk=row["invoice"]))
        if row["sum"] < 0:
            settling.raise_paid_back(invoice, -row["sum"])
        elif not settling.lower_paid(invoice, row["sum"]):
            raise Refused(
                _("A part of it was paid back on %(invoice)s: take that back first.") % {"invoice": invoice},
                code="refunded",
            )
        settling.allocate(back, invoice, -row["sum"], day)
        settled += row["sum"]
        money = {"amount": -row["sum"], "balance": cents(invoice.balance, invoice.currency)}
        activity.record("taken back", invoice, by, details={"payment": payment.number}, money=money)
    if payment.kind == Payment.Kind.RECEIVED and not settling.use_up(payment, payment.amount - settled):
        raise Refused(
            _("A part of %(payment)s was paid back: take that back first.") % {"payment": payment}, code="refunded"
        )


def _give_credit_back(payment: Payment, day: date) -> list[Payment]:
    """A refund of credit taken back: the credit is there again. Answers whose it is."""
    parts = list(Allocation.objects.filter(refund=payment).select_related("payment"))
    for part in parts:
        settling.give_back(part.payment, part.amount)
        Allocation.objects.create(
            workspace=part.workspace, payment=part.payment, refund=payment, amount=-part.amount, gain=-part.gain,
            booked_on=day,
        )  # fmt: skip
    return [part.payment for part in parts]


def _open_bank_line(payment: Payment) -> None:
    """The line of the bank it was booked from waits again."""
    line = BankLine.objects.filter(payment=payment).first()
    if line is not None:
        BANK_LINE.move(line, "reopen", payment=None)
