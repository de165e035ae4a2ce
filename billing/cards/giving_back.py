"""What it does to the books that a card payment went back to the card."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing import payments
from billing.models import Invoice, Payment, PaymentAttempt
from billing.payments import settling
from billing.states import PAYMENT_ATTEMPT
from laseros.core.errors import Refused


def give_back(attempt: PaymentAttempt, by) -> None:
    """Of a credit note or a credit it is a refund; otherwise the payment is taken back and the invoice is open again.

    The caller holds the invoice and then the attempt, which has to be paid.
    """
    invoice = settling.held(Invoice(pk=attempt.invoice_id))
    payment = Payment.objects.get(pk=attempt.payment_id)
    today = timezone.localdate()
    facts = {"key": f"card:{attempt.pk}:back", "paid_on": today, "method": Payment.Method.CARD, "by": by}
    if not payments.may_be_reversed(payment):
        raise Refused(_("%(payment)s was taken back before.") % {"payment": payment}, code="reversed")
    if invoice.surplus >= attempt.amount:
        payments.refund(invoice, attempt.amount, reference=attempt.reference, **facts)
    elif payment.unused >= attempt.amount:
        payments.refund_credit(payment, attempt.amount, reference=attempt.reference, **facts)
    else:
        payments.reverse(payment, day=today, reason=_("Paid back to the card"), by=by)
    PAYMENT_ATTEMPT.move(attempt, "refund")
    activity.record("refunded", attempt, by, details={"payment": payment.number}, money={"amount": attempt.amount})
