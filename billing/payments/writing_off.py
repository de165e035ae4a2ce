"""What nobody will pay any more: a difference of cents, a discount, a debt gone bad. Named, and by right."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from billing.models import Invoice, Payment
from billing.payments import settling
from laseros.core.errors import Refused
from laseros.core.money import cents
from laseros.core.retry import retried


@retried
@transaction.atomic
def write_off(
    invoice: Invoice, amount: Decimal, *, key: str, day: date, reason: str, explanation: str, by=None
) -> Payment:
    """Settle a part of what is owed without money. The same key again answers the same write-off."""
    settling.check(amount, invoice.currency, key, day)
    if reason not in Payment.Reason.values or not explanation.strip():
        raise Refused(_("Say why nobody will pay this."), code="reason", field="explanation")
    invoice = settling.held(invoice)
    there = Payment.objects.filter(key=key).first()
    if there is not None:
        return settling.same(there, amount, invoice)
    settling.raise_paid(invoice, amount)
    payment = settling.written(
        invoice.client, Payment.Kind.WRITE_OFF, amount, invoice.currency, key=key, day=day, by=by, reason=reason,
        method=Payment.Method.OTHER, reference=explanation.strip()[:120], rate=invoice.rate,
    )  # fmt: skip
    settling.allocate(payment, invoice, amount, day)
    activity.record(
        "written off",
        invoice,
        by,
        details={"payment": payment.number, "reason": payment.get_reason_display(), "why": payment.reference},
        money={"amount": amount, "balance": cents(invoice.balance, invoice.currency)},
    )
    if invoice.job_id:
        settling.complete_if_settled(invoice.job)
    settling.seal(by, payment)
    return payment
