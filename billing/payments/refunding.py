"""Money paid back: never more than is theirs."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils.translation import gettext as _

from accounts import activity
from billing import exchange
from billing.models import Invoice, Payment
from billing.payments import settling
from laseros.core.errors import Refused
from laseros.core.money import show
from laseros.core.retry import retried


@retried
@transaction.atomic
def refund(
    invoice: Invoice, amount: Decimal, *, key: str, paid_on: date, method: str, reference: str = "",
    opens: bool = False, by=None,
):  # fmt: skip
    """Book money that was paid back, at most what was paid beyond what is owed after credit notes; `opens`: or more,
    and so much is owed again.

    The same key again answers the same payment.
    """
    settling.check(amount, invoice.currency, key, paid_on, method)
    invoice = settling.held(invoice)
    there = Payment.objects.filter(key=key).first()
    if there is not None:
        return settling.same(there, amount, invoice)
    left = Round(F("paid") - amount, precision=4)
    kept = Round(left + F("credited"), precision=4)
    rows = Invoice._base_manager.filter(pk=invoice.pk, paid__gte=amount)
    if not (rows if opens else rows.filter(total__lte=kept)).update(paid=left):
        owed = show(invoice.surplus, invoice.currency, invoice.workspace.locale)
        raise Refused(
            _("Only %(amount)s of %(invoice)s was paid too much.") % {"amount": owed, "invoice": invoice.number},
            code="over-refund",
        )
    settling.settle(invoice)
    payment = settling.written(
        invoice.client, Payment.Kind.REFUND, amount, invoice.currency, key=key, day=paid_on, by=by, method=method,
        reference=reference[:120], rate=exchange.on(invoice.workspace, invoice.currency, paid_on),
    )  # fmt: skip
    settling.allocate(payment, invoice, -amount, paid_on)
    details, money = {"payment": payment.number}, {"amount": amount}
    activity.record("refunded", invoice, by, details=details, money=money)
    settling.seal(by, payment)
    return payment
