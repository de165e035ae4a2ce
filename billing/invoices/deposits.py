"""Deposits: an invoice before the work, with its tax, and the later one that is less by it, to the cent.

A line with a `deposit` takes off what that invoice said at one rate: its net counts against the invoice, and so does
exactly the tax that was charged (`totals.of`). So deposits and final invoice together are what the order costs.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import activity
from accounts.documents.letterhead import day
from billing import law, totals
from billing.invoices.drafting import currency_of, hold_draft, total
from billing.models import Invoice, InvoiceLine, Kind, Treatment
from billing.models.quote import Quote
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents
from laseros.core.retry import retried
from production.models import Job

HUNDRED = Decimal(100)
STANDING = ("issued", "partly_paid", "paid")


@retried
@transaction.atomic
def draft_deposit(job: Job, by, *, percent: Decimal | None = None, amount: Decimal | None = None) -> Invoice:
    """A draft of a deposit invoice: a share of the order, or an amount without tax, divided over its rates.

    Raises `Refused`: "draft" while the job has another draft, "deposit" for nothing, or more than the order costs.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.invoices.filter(state="draft", kind=Kind.INVOICE).exists():
        raise Refused(_("There is a draft invoice for this job: issue or discard it first."), code="draft")
    currency = currency_of(job)
    order = _order(job, currency)
    treatment = law.proposed(job.workspace, job.client)
    if treatment != Treatment.STANDARD:
        order = {ZERO: sum(order.values(), ZERO)}
    parts = shares(order, currency, percent=percent, amount=amount)
    wanted = sum(parts.values(), ZERO)
    before = sum((row.net for row in job.invoices.filter(is_deposit=True, state__in=STANDING)), ZERO)
    if wanted <= 0 or wanted + before > sum(order.values(), ZERO):
        raise Refused(_("A deposit is more than nothing, and all of them no more than the order costs."),
                      code="deposit", field="percent" if percent else "amount")  # fmt: skip
    invoice = Invoice.objects.create(
        workspace=job.workspace,
        client=job.client,
        job=job,
        is_deposit=True,
        currency=currency,
        treatment=treatment,
        supplied_on=timezone.localdate(),
        created_by=by if getattr(by, "pk", None) else None,
    )
    with translation.override(job.workspace.language):
        words = _words(job, percent)
    for position, (rate, net) in enumerate(parts.items(), start=1):
        InvoiceLine.objects.create(
            workspace=job.workspace, invoice=invoice, position=position, description=words, quantity=1, unit_price=net,
            tax_percent=rate, net=net,
        )  # fmt: skip
    total(invoice)
    activity.record("created", invoice, by, details={"job": job.number}, money={"total": invoice.total})
    return invoice


def shares(
    order: dict[Decimal, Decimal], currency: str, *, percent: Decimal | None = None, amount: Decimal | None = None
) -> dict[Decimal, Decimal]:
    """{rate: net} of a deposit on an order of {rate: net}: what is left by rounding goes to the last rate."""
    whole = sum(order.values(), ZERO)
    wanted = cents(whole * percent / HUNDRED, currency) if percent is not None else cents(amount or ZERO, currency)
    found, left = {}, wanted
    rates = [rate for rate, net in sorted(order.items(), reverse=True) if net]
    for rate in rates[:-1]:
        found[rate] = cents(wanted * order[rate] / whole, currency)
        left -= found[rate]
    if rates:
        found[rates[-1]] = left
    return {rate: net for rate, net in found.items() if net}


def _order(job: Job, currency: str) -> dict[Decimal, Decimal]:
    """{rate: net} of everything that was ordered."""
    lines = list(job.lines.filter(parent=None))
    return {rate: net for rate, (net, _tax) in totals.of(lines, currency, job).rates.items()}


def _words(job: Job, percent: Decimal | None) -> str:
    if percent is None:
        return _("Deposit on order %(job)s") % {"job": job.number}
    return _("Deposit of %(percent)s %% on order %(job)s") % {"percent": f"{percent.normalize():f}", "job": job.number}


def terms_of(job: Job) -> dict[str, Decimal | None]:
    """What the quote behind a job says about a deposit, for the form."""
    quote = Quote.objects.filter(job=job).first()
    if quote is None:
        return {"percent": None, "amount": None}
    return {"percent": quote.deposit_percent, "amount": quote.deposit_amount}


# --- taken off --------------------------------------------------------------------------------------------------------


def open_deposits(job: Job, currency: str) -> list[Invoice]:
    """Deposit invoices of a job that stand, and of which something has not been taken off yet."""
    rows = job.invoices.filter(is_deposit=True, state__in=STANDING, currency=currency).order_by("issued_on", "pk")
    return [row for row in rows if row.total > row.deducted + row.credited]


@retried
@transaction.atomic
def deduct(invoice: Invoice, by) -> Invoice:
    """Take the deposits of its job off a draft, each at its rates; asked twice, they are taken off once.

    At each rate no more than the invoice comes to: what is left of a deposit waits for the next one.
    """
    hold_draft(invoice)
    if invoice.job is None or invoice.is_deposit or invoice.is_correction:
        return invoice
    invoice.lines.filter(deposit__isnull=False).delete()
    room = {rate: list(sums) for rate, sums in totals.of(invoice.lines.all(), invoice.currency, invoice).rates.items()}
    position = max(invoice.lines.values_list("position", flat=True), default=0)
    for deposit in open_deposits(invoice.job, invoice.currency):
        for rate, net, tax in _left_of(deposit):
            net, tax = _within(net, tax, *room.get(rate, (ZERO, ZERO)))
            if not net:
                continue
            room[rate] = [room[rate][0] - net, room[rate][1] - tax]
            position += 1
            InvoiceLine.objects.create(
                workspace=invoice.workspace, invoice=invoice, position=position, deposit=deposit, deposit_tax=tax,
                description=_named(deposit), quantity=1, unit_price=net, tax_percent=rate, net=-net,
            )  # fmt: skip
    total(invoice)
    return invoice


def _within(net: Decimal, tax: Decimal, most_net: Decimal, most_tax: Decimal) -> tuple[Decimal, Decimal]:
    """A whole deposit where there is room for it; otherwise all that there is room for."""
    return (net, tax) if net <= most_net and tax <= most_tax else (min(net, most_net), min(tax, most_tax))


def _left_of(deposit: Invoice) -> Iterable[tuple[Decimal, Decimal, Decimal]]:
    """(rate, net, tax) of a deposit that neither a credit note nor an issued invoice has taken off."""
    left = {Decimal(row["percent"]): [Decimal(row["net"]), Decimal(row["tax"])] for row in deposit.frozen["vat"]}
    for correction in deposit.corrections.exclude(number=None):
        for row in correction.frozen["vat"]:
            sums = left.setdefault(Decimal(row["percent"]), [ZERO, ZERO])
            sums[0] -= Decimal(row["net"])
            sums[1] -= Decimal(row["tax"])
    for line in deposit.deductions.filter(invoice__kind="invoice", invoice__state__in=(*STANDING, "credited")):
        sums = left.setdefault(line.tax_percent, [ZERO, ZERO])
        sums[0] -= line.unit_price
        sums[1] -= line.deposit_tax
    return [(rate, net, tax) for rate, (net, tax) in sorted(left.items(), reverse=True) if net > 0]


def _named(deposit: Invoice) -> str:
    workspace = deposit.workspace
    with translation.override(workspace.language):
        return _("Less deposit invoice %(number)s of %(day)s") % {
            "number": deposit.number, "day": day(deposit.issued_on, workspace.locale),
        }  # fmt: skip


def count(lines: list[InvoiceLine]) -> None:
    """Count what an invoice takes off of its deposits, in the transaction that issues it. Never more than is left."""
    for deposit, amount in sorted(_by_deposit(lines).items()):
        deducted = Round(F("deducted") + amount, precision=4)
        rows = Invoice._base_manager.filter(
            pk=deposit, state__in=STANDING, total__gte=Round(F("deducted") + F("credited") + amount, precision=4)
        )
        if not rows.update(deducted=deducted):
            raise Refused(
                _("A deposit was taken off elsewhere or taken back meanwhile: press “Deduct deposits” again."),
                code="deducted",
            )


def give_back(lines: list[InvoiceLine]) -> None:
    """What a cancelled invoice had taken off can be taken off again."""
    for deposit, amount in sorted(_by_deposit(lines).items()):
        Invoice._base_manager.filter(pk=deposit, deducted__gte=amount).update(
            deducted=Round(F("deducted") - amount, precision=4)
        )


def _by_deposit(lines: list[InvoiceLine]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for line in lines:
        if line.deposit_id is not None:
            found[line.deposit_id] = found.get(line.deposit_id, ZERO) + line.unit_price + line.deposit_tax
    return found


__all__ = ["count", "deduct", "draft_deposit", "give_back", "open_deposits", "shares", "terms_of"]
