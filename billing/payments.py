"""Money received: each key once, never more than is owed; paid back: never more than is theirs."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering, outbox
from billing.facts import address_of, contact_of, link
from billing.models import Allocation, Invoice, Kind, Payment
from billing.occasions import PAID
from billing.states import INVOICE, OWED
from crm import links
from laseros.core.errors import Refused
from laseros.core.money import cents, show
from laseros.core.retry import retried
from production import jobs
from production.models import Job


@retried
@transaction.atomic
def receive(
    invoice: Invoice,
    amount: Decimal,
    *,
    key: str,
    received_on: date,
    method: str = Payment.Method.TRANSFER,
    reference: str = "",
    again: bool = False,
    by=None,
) -> Payment:
    """Book money against one invoice. The same key again answers the same payment.

    The same amount on the same day under another key is refused ("again"), unless whoever books it says with `again`
    that it is another payment: a form that was sent, left and sent once more has a key of its own.
    """
    _check(invoice, amount, key, received_on, method)
    invoice = Invoice.objects.select_for_update().select_related("workspace", "client").get(pk=invoice.pk)
    there = Payment.objects.filter(key=key).first()
    if there is not None:
        return _same(there, invoice, amount)
    if not again:
        _ask_about_second(invoice, amount, received_on)
    _take(invoice, amount)
    payment = _book(invoice, amount, Payment.Kind.RECEIVED, key, received_on, method, reference, by)
    INVOICE.move(invoice, "pay_part" if invoice.balance else "pay")
    activity.record(
        "paid",
        invoice,
        by,
        details={"payment": payment.number, "received": received_on},
        money={"amount": amount, "balance": cents(invoice.balance, invoice.currency)},
    )
    _thank(invoice, payment, by)
    if invoice.job_id:
        complete_if_settled(invoice.job)
    return payment


def _thank(invoice: Invoice, payment: Payment, by) -> None:
    """Businesses that want it say that money has come in."""
    if PAID.name in invoice.workspace.silent_occasions:
        return
    contact = contact_of(invoice)
    amount = show(payment.amount, invoice.currency, invoice.workspace.locale)
    outbox.post(
        PAID, invoice, key=f"paid:{payment.pk}", to=address_of(invoice), name=contact.name if contact else "",
        link=links.url(link(invoice)), values={"amount": amount},
        reader=contact.user if contact else None, phone=contact.phone if contact else invoice.client.phone, by=by,
    )  # fmt: skip


@retried
@transaction.atomic
def refund(invoice: Invoice, amount: Decimal, *, key: str, paid_on: date, method: str, reference: str = "", by=None):
    """Book money that was paid back, at most what was paid beyond what is owed after credit notes.

    The same key again answers the same payment.
    """
    _check(invoice, amount, key, paid_on, method)
    invoice = Invoice.objects.select_for_update().select_related("workspace", "client").get(pk=invoice.pk)
    there = Payment.objects.filter(key=key).first()
    if there is not None:
        return _same(there, invoice, amount)
    left = Round(F("paid") - amount, precision=4)
    rows = Invoice._base_manager.filter(pk=invoice.pk, paid__gte=amount, total__lte=left + F("credited"))
    if not rows.update(paid=left):
        owed = show(invoice.surplus, invoice.currency, invoice.workspace.locale)
        raise Refused(
            _("Only %(amount)s of %(invoice)s was paid too much.") % {"amount": owed, "invoice": invoice.number},
            code="over-refund",
        )
    invoice.refresh_from_db(fields=["paid"])
    payment = _book(invoice, amount, Payment.Kind.REFUND, key, paid_on, method, reference, by)
    details, money = {"payment": payment.number}, {"amount": amount}
    activity.record("refunded", invoice, by, details=details, money=money)
    return payment


def _book(
    invoice: Invoice, amount: Decimal, kind: str, key: str, day: date, method: str, reference: str, by
) -> Payment:
    payment = Payment.objects.create(
        workspace=invoice.workspace,
        kind=kind,
        number=numbering.draw(invoice.workspace, "payment"),
        client=invoice.client,
        amount=amount,
        currency=invoice.currency,
        received_on=day,
        method=method,
        reference=reference[:120],
        key=key,
        by=by if getattr(by, "pk", None) else None,
    )
    Allocation.objects.create(workspace=invoice.workspace, payment=payment, invoice=invoice, amount=amount)
    return payment


@retried
@transaction.atomic
def complete_if_settled(job: Job) -> bool:
    """Complete a job that is made, invoiced and paid in full; otherwise leave it as it is."""
    # Held until the end: the last payment and the last piece may arrive at the same moment.
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state != "made" or any(line.to_invoice for line in job.lines.all()):
        return False
    standing = job.invoices.filter(kind=Kind.INVOICE).exclude(state__in=("cancelled", "reversed"))
    states = set(standing.values_list("state", flat=True))
    if not states or states - {"paid", "credited"}:
        return False
    jobs.complete(job)
    return True


def _check(invoice: Invoice, amount, key: str, received_on: date, method: str) -> None:
    if not key:
        raise ValueError("a payment needs a key")
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount <= 0:
        raise Refused(_("The amount must be more than zero."), code="amount")
    if amount >= Decimal(10) ** 12 or amount != cents(amount, invoice.currency):
        raise Refused(
            _("%(amount)s is not an amount that can be paid in %(currency)s.")
            % {"amount": amount, "currency": invoice.currency},
            code="precision",
        )
    if received_on > timezone.localdate():
        raise Refused(_("The payment lies in the future."), code="future")
    if method not in Payment.Method.values:
        raise Refused(_("There is no such way to pay."), code="method")


def _same(payment: Payment, invoice: Invoice, amount: Decimal) -> Payment:
    if payment.amount != amount or not payment.allocations.filter(invoice=invoice).exists():
        raise Refused(
            _("This was booked already, as payment %(number)s.") % {"number": payment.number}, code="key-used"
        )
    return payment


def _ask_about_second(invoice: Invoice, amount: Decimal, received_on: date) -> None:
    alike = Allocation.objects.filter(invoice=invoice, amount=amount, payment__received_on=received_on)
    there = alike.select_related("payment").order_by("id").last()
    if there is not None:
        raise Refused(
            _("%(amount)s of that day are booked on %(invoice)s already, as payment %(number)s. Book it a second time?")
            % {
                "amount": show(amount, invoice.currency, invoice.workspace.locale),
                "invoice": invoice.number,
                "number": there.payment.number,
            },
            code="again",
        )


def _take(invoice: Invoice, amount: Decimal) -> None:
    """Raise what is paid, under the database's own check. Rounded there, because SQLite adds in binary."""
    paid = Round(F("paid") + amount, precision=4)
    rows = Invoice._base_manager.filter(pk=invoice.pk, state__in=OWED, total__gte=paid + F("credited"))
    if not rows.update(paid=paid):
        raise Refused(_why_not(invoice), code="over-balance" if invoice.state in OWED else "state")
    invoice.refresh_from_db(fields=["paid"])


def _why_not(invoice: Invoice) -> str:
    if invoice.state in OWED:
        locale = invoice.workspace.locale
        return _("Only %(balance)s of %(invoice)s is still to be paid.") % {
            "balance": show(invoice.balance, invoice.currency, locale),
            "invoice": invoice.number,
        }
    if invoice.is_correction or invoice.state in ("reversed", "credited"):
        return _("Nothing is owed on %(invoice)s any more.") % {"invoice": invoice.number}
    if invoice.state == "paid":
        return _("%(invoice)s is paid already.") % {"invoice": invoice.number}
    return _("This invoice has not been issued, so nothing is owed on it.")
