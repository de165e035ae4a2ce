"""What all that moves money shares: checks, the row itself, and what it does to an invoice and to a job."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import numbering
from billing import chain, closing, exchange
from billing.models import Allocation, Invoice, Kind, Payment, Reminder
from billing.states import INVOICE, OWED, REMINDER
from laseros.core.errors import Refused
from laseros.core.money import cents, show
from laseros.core.retry import retried
from production import job_tree, jobs
from production.models import Job


def check(amount, currency: str, key: str, day: date, method: str = Payment.Method.OTHER) -> None:
    if not key:
        raise ValueError("a payment needs a key")
    if not isinstance(amount, Decimal) or not amount.is_finite() or amount <= 0:
        raise Refused(_("The amount must be more than zero."), code="amount", field="amount")
    if amount >= Decimal(10) ** 12 or amount != cents(amount, currency):
        raise Refused(
            _("%(amount)s is not an amount that can be paid in %(currency)s.")
            % {"amount": amount, "currency": currency},
            code="precision",
            field="amount",
        )
    if day > timezone.localdate():
        raise Refused(_("The payment lies in the future."), code="future")
    closing.check_open(day)
    if method not in Payment.Method.values:
        raise Refused(_("There is no such way to pay."), code="method")


def held(invoice: Invoice) -> Invoice:
    """The invoice as it is now, kept so until the transaction ends."""
    return Invoice.objects.select_for_update(of=("self",)).select_related("workspace", "client").get(pk=invoice.pk)


def written(client, kind: str, amount: Decimal, currency: str, *, key: str, day: date, by, **facts) -> Payment:
    """The row of a payment, under the next number."""
    return Payment.objects.create(
        workspace=client.workspace,
        kind=kind,
        number=numbering.draw(client.workspace, "payment"),
        client=client,
        amount=amount,
        currency=currency,
        received_on=day,
        key=key,
        by=by if getattr(by, "pk", None) else None,
        **facts,
    )


def allocate(payment: Payment, invoice: Invoice, amount: Decimal, day: date) -> Allocation:
    """Give `amount` of a payment to an invoice, or take it from it; the invoice's `paid` has moved already."""
    workspace = invoice.workspace
    return Allocation.objects.create(
        workspace=workspace,
        payment=payment,
        invoice=invoice,
        amount=amount,
        gain=exchange.gain(amount, payment.rate, invoice.rate, workspace),
        booked_on=day,
    )


def seal(by, *payments: Payment) -> None:
    """Into the chain with them and with what they settle. Last of all in a verb: whoever seals holds the chain until
    it has committed, and everybody else who books or issues waits."""
    for payment in payments:
        if not payment.seals.exists():
            chain.seal(payment, by)
        for part in payment.allocations.filter(seals=None).order_by("pk"):
            chain.seal(part, by)


def raise_paid(invoice: Invoice, amount: Decimal) -> None:
    """More is paid, under the database's own check. Rounded there, because SQLite adds in binary."""
    paid = Round(F("paid") + amount, precision=4)
    settled = Round(F("paid") + amount + F("credited"), precision=4)
    rows = Invoice._base_manager.filter(pk=invoice.pk, state__in=OWED, total__gte=settled)
    if not rows.update(paid=paid):
        invoice.refresh_from_db(fields=["paid", "credited", "state"])
        raise Refused(_why_not(invoice), code="over-balance" if invoice.state in OWED else "state")
    settle(invoice)


def lower_paid(invoice: Invoice, amount: Decimal) -> bool:
    """Less is paid; answers False where so much was never paid."""
    left = Round(F("paid") - amount, precision=4)
    if not Invoice._base_manager.filter(pk=invoice.pk, paid__gte=amount).update(paid=left):
        return False
    settle(invoice)
    return True


def raise_paid_back(invoice: Invoice, amount: Decimal) -> None:
    """What had been paid back counts as paid again."""
    Invoice._base_manager.filter(pk=invoice.pk).update(paid=Round(F("paid") + amount, precision=4))
    settle(invoice)


def use_up(payment: Payment, amount: Decimal) -> bool:
    """Take from what of a payment is unused; answers False where less is left."""
    left = Round(F("unused") - amount, precision=4)
    return bool(Payment._base_manager.filter(pk=payment.pk, unused__gte=amount).update(unused=left))


def give_back(payment: Payment, amount: Decimal) -> None:
    Payment._base_manager.filter(pk=payment.pk).update(unused=Round(F("unused") + amount, precision=4))


def settle(invoice: Invoice) -> None:
    """Bring the state in line with what is paid; what was taken back by a document stays so."""
    invoice.refresh_from_db(fields=["paid", "credited", "state"])
    if invoice.state not in (*OWED, "paid"):
        return
    wanted = "partly_paid" if invoice.balance and invoice.paid else "issued" if invoice.balance else "paid"
    if invoice.state != wanted:
        INVOICE.move(invoice, {"partly_paid": "pay_part", "issued": "unpay", "paid": "pay"}[wanted])
        if wanted == "paid":
            remind_no_more(invoice)


def remind_no_more(invoice: Invoice) -> None:
    """Nothing is owed any more: what the night proposed to ask for is not to be sent."""
    for reminder in Reminder.objects.filter(invoice=invoice, state="proposed"):
        REMINDER.try_move(reminder, "drop")


def same(payment: Payment, amount: Decimal, invoice: Invoice | None = None) -> Payment:
    """The payment a key was used for before; refused where it was another one."""
    mine = invoice is None or payment.allocations.filter(invoice=invoice).exists()
    if payment.amount != amount or not mine:
        raise Refused(
            _("This was booked already, as payment %(number)s.") % {"number": payment.number}, code="key-used"
        )
    return payment


@retried
@transaction.atomic
def complete_if_settled(job: Job) -> bool:
    """Complete a job that is made with all its parts, invoiced and paid in full; otherwise leave it as it is.

    One without a price is complete when everything of it is delivered.
    """
    # Held until the end: the last payment and the last piece may arrive at the same moment.
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.state != "made" or unsettled(job):
        return False
    for line in job.lines.filter(parent=None):
        if (line.invoiced if line.is_charged else line.delivered) < line.quantity:
            return False
    if job_tree.open_below(job):
        return False  # asked again when the last of them is made
    jobs.complete(job)
    return True


def unsettled(job: Job) -> list[Invoice]:
    """Its invoices, drafts too, on which something is still to happen."""
    rows = job.invoices.filter(kind=Kind.INVOICE).exclude(state__in=("cancelled", "reversed", "paid", "credited"))
    return list(rows.order_by("pk"))


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
