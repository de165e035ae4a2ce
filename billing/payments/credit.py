"""A client's credit: what they paid and no invoice has used yet. Used on the next, kept, or paid back."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts import activity
from billing import exchange
from billing.models import Allocation, Invoice, Payment
from billing.payments import settling
from billing.states import OWED
from crm.families import family, living
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, show
from laseros.core.retry import retried


def credit_of(client, currency: str) -> Decimal:
    rows = Payment.objects.filter(client__in=family(client), currency=currency, unused__gt=0)
    return rows.aggregate(sum=Sum("unused"))["sum"] or ZERO


@retried
@transaction.atomic
def use_credit(invoice: Invoice, by=None) -> Decimal:
    """Settle as much of the invoice as the client's credit reaches, the oldest first. Answers how much that was."""
    invoice = settling.held(invoice)
    if invoice.state not in OWED:
        raise Refused(_("Nothing is owed on %(invoice)s any more.") % {"invoice": invoice}, code="state")
    used, today, touched = ZERO, timezone.localdate(), []
    payments = Payment.objects.filter(
        client__in=family(living(invoice.client)), currency=invoice.currency, unused__gt=0
    )
    for payment in payments.order_by("id").select_for_update():
        part = min(cents(payment.unused, invoice.currency), cents(invoice.balance, invoice.currency))
        if not part:
            break
        if not settling.use_up(payment, part):
            continue  # another page used it meanwhile
        settling.raise_paid(invoice, part)
        settling.allocate(payment, invoice, part, today)
        touched.append(payment)
        used += part
    if not used:
        raise Refused(_("%(client)s has no credit.") % {"client": invoice.client}, code="no-credit")
    balance = cents(invoice.balance, invoice.currency)
    activity.record(
        "paid", invoice, by, details={"by": pgettext("money", "credit")}, money={"amount": used, "balance": balance}
    )
    if invoice.job_id:
        settling.complete_if_settled(invoice.job)
    settling.seal(by, *touched)
    return used


@retried
@transaction.atomic
def keep_surplus(invoice: Invoice, by=None) -> Decimal:
    """What was paid beyond what is owed after credit notes becomes the client's credit."""
    invoice = settling.held(invoice)
    left = surplus = cents(invoice.surplus, invoice.currency)
    touched = []
    given = Allocation.objects.filter(invoice=invoice, payment__kind=Payment.Kind.RECEIVED, payment__reversal=None)
    sums = given.values("payment").annotate(sum=Sum("amount")).filter(sum__gt=0).order_by("-payment")
    for row in sums:
        part = min(left, row["sum"])
        if not part:
            break
        payment = Payment.objects.select_for_update().get(pk=row["payment"])
        if not settling.lower_paid(invoice, part):
            break
        settling.give_back(payment, part)
        settling.allocate(payment, invoice, -part, timezone.localdate())
        touched.append(payment)
        left -= part
    if left or not surplus:
        raise Refused(_("Nothing was paid too much on %(invoice)s.") % {"invoice": invoice}, code="no-surplus")
    activity.record("kept", invoice, by, details={"what": pgettext("money", "credit")}, money={"amount": surplus})
    settling.seal(by, *touched)
    return surplus


@retried
@transaction.atomic
def refund_credit(payment: Payment, amount: Decimal, *, key: str, paid_on: date, method: str, reference="", by=None):
    """Pay back of a payment what no invoice has used. The same key again answers the same refund."""
    settling.check(amount, payment.currency, key, paid_on, method)
    payment = Payment.objects.select_for_update(of=("self",)).select_related("client").get(pk=payment.pk)
    there = Payment.objects.filter(key=key).first()
    if there is not None:
        return settling.same(there, amount)
    if not settling.use_up(payment, amount):
        left = show(payment.unused, payment.currency, payment.workspace.locale)
        raise Refused(
            _("Only %(left)s of %(payment)s is not used yet.") % {"left": left, "payment": payment}, code="over-refund"
        )
    rate = exchange.on(payment.workspace, payment.currency, paid_on)
    refund = settling.written(
        payment.client, Payment.Kind.REFUND, amount, payment.currency, key=key, day=paid_on, by=by, method=method,
        reference=reference[:120], rate=rate,
    )  # fmt: skip
    Allocation.objects.create(
        workspace=payment.workspace, payment=payment, refund=refund, amount=amount, booked_on=paid_on,
        gain=exchange.gain(amount, payment.rate, rate, payment.workspace),
    )  # fmt: skip
    activity.record("refunded", payment, by, details={"payment": refund.number}, money={"amount": amount})
    settling.seal(by, refund, payment)
    return refund
