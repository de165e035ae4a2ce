"""What it does to the books that a card payment, or a part of one, went back to the card."""

from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing import payments
from billing.models import Invoice, Payment, PaymentAttempt
from billing.payments import settling
from billing.states import PAYMENT_ATTEMPT
from laseros.core.errors import Refused
from laseros.core.money import ZERO

PLACES = Decimal("0.0001")


def give_back(attempt: PaymentAttempt, amount: Decimal, key: str, by) -> None:
    """Of a credit note or a credit it is a refund; otherwise so much of the invoice is open again, and all of a payment
    is taken back.

    The caller holds the invoice and then the attempt, which has to be paid.
    """
    invoice = settling.held(Invoice(pk=attempt.invoice_id))
    payment = Payment.objects.get(pk=attempt.payment_id)
    today = timezone.localdate()
    facts = {"key": key, "paid_on": today, "method": Payment.Method.CARD, "by": by, "reference": attempt.reference}
    if not payments.may_be_reversed(payment):
        raise Refused(_("%(payment)s was taken back before.") % {"payment": payment}, code="reversed")
    if invoice.surplus >= amount:
        payments.refund(invoice, amount, **facts)
    elif payment.unused >= amount:
        payments.refund_credit(payment, amount, **facts)
    elif amount == attempt.amount:
        payments.reverse(payment, day=today, reason=_("Paid back to the card"), by=by)
    else:
        _check_settles(payment, invoice, attempt.refunded + amount)
        payments.refund(invoice, amount, opens=True, **facts)
    _count(attempt, amount)
    activity.record("refunded", attempt, by, details={"payment": payment.number}, money={"amount": amount})


def _check_settles(payment: Payment, invoice: Invoice, amount: Decimal) -> None:
    """A part that opens an invoice again has settled that one."""
    given = payment.allocations.filter(invoice=invoice).aggregate(sum=Sum("amount"))["sum"] or ZERO
    if given < amount:
        raise Refused(
            _("Not so much of it settles %(invoice)s: pay back what is credit by itself.") % {"invoice": invoice},
            code="over-refund",
        )


def _count(attempt: PaymentAttempt, amount: Decimal) -> None:
    attempt.refunded = (attempt.refunded + amount).quantize(PLACES)
    if attempt.left:
        PaymentAttempt.objects.filter(pk=attempt.pk).update(refunded=attempt.refunded)
    else:
        PAYMENT_ATTEMPT.move(attempt, "refund", refunded=attempt.refunded)
