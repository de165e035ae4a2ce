"""Deposits: an invoice before the work, with its tax, and the later one that is less by it, to the cent.

A line with a `deposit` takes off what that invoice said at one rate: its net counts against the invoice, and so does
exactly the tax that was charged (`totals.of`), whether the prices of either include it or not. So deposits and final
invoice together are what the order costs. Where the rate has changed meanwhile, the deposit stands on the final invoice
at its own, as § 14 (5) UStG wants it, and the work at the new one. A deposit with VAT and a final invoice without (or
the other way round) contradict each other: one of them is wrong in law, so it is refused in words and nothing is left
out silently.
"""

from collections.abc import Iterable
from decimal import Decimal
from types import SimpleNamespace

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Round
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts import activity
from accounts.documents.letterhead import day
from billing import discounts, law, prices, totals
from billing.invoices import parts
from billing.invoices.drafting import currency_of, hold_draft, row_of, total
from billing.models import Invoice, InvoiceLine, Kind, Treatment
from billing.models.quote import Quote
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, figures
from laseros.core.retry import retried
from production.models import Job

HUNDRED = Decimal(100)
STANDING = ("issued", "partly_paid", "paid")
_OFF_THE_SUM = Decimal(-1)  # beside the rates: what deposits at other rates have taken of all


@retried
@transaction.atomic
def draft_deposit(job: Job, by, *, percent: Decimal | None = None, amount: Decimal | None = None) -> Invoice:
    """A draft of a deposit invoice: a share of what of the order is not invoiced yet, or an amount, divided over its
    rates. Both are of the order's prices, with tax or without.

    Raises `Refused`: "draft" while the job has another draft, "deposit" for nothing, or more than is left of the order.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)
    if job.invoices.filter(state="draft", kind=Kind.INVOICE).exists():
        raise Refused(_("There is a draft invoice for this job: issue or discard it first."), code="draft")
    currency = currency_of(job)
    left, is_begun = left_to_invoice(job, currency)
    treatment = law.proposed(job.workspace, job.client)
    included = job.tax_included and treatment not in prices.LEAVES
    order = {rate: _said(net, tax, included) for rate, (net, tax) in left.rates.items()}
    if treatment != Treatment.STANDARD:
        order = {ZERO: sum(order.values(), ZERO)}
    parts = shares(order, currency, percent=percent, amount=amount)
    wanted = sum(parts.values(), ZERO)
    open_ones = open_deposits(job, currency)
    before = sum((_said(net, tax, included) for row in open_ones for _rate, net, tax in _left_of(row)), ZERO)
    if wanted <= 0 or wanted + before > sum(order.values(), ZERO):
        raise Refused(
            _("A deposit is more than nothing, and all of them no more than what of the order is not invoiced yet."),
            code="deposit", field="percent" if percent else "amount",
        )  # fmt: skip
    invoice = Invoice.objects.create(
        workspace=job.workspace,
        client=job.client,
        job=job,
        is_deposit=True,
        currency=currency,
        treatment=treatment,
        tax_included=included,
        supplied_on=timezone.localdate(),
        created_by=by if getattr(by, "pk", None) else None,
    )
    with translation.override(job.workspace.language):
        words = _words(job, percent, is_begun)
    lines = [
        InvoiceLine(workspace=job.workspace, invoice=invoice, position=position, description=words, quantity=1,
                    unit_price=part, tax_percent=rate, amount=part)
        for position, (rate, part) in enumerate(parts.items(), start=1)
    ]  # fmt: skip
    if treatment == Treatment.STANDARD:
        law.charge(lines, job.client, invoice.supplied_on)
    for line in lines:
        line.save()
    total(invoice)
    activity.record("created", invoice, by, details={"job": job.number}, money={"total": invoice.total})
    return invoice


def _said(net: Decimal, tax: Decimal, tax_included: bool) -> Decimal:
    return net + tax if tax_included else net


def shares(
    order: dict[Decimal, Decimal], currency: str, *, percent: Decimal | None = None, amount: Decimal | None = None
) -> dict[Decimal, Decimal]:
    """{rate: part} of a deposit on an order of {rate: sum}: what is left by rounding goes to the last rate."""
    whole = sum(order.values(), ZERO)
    wanted = cents(whole * percent / HUNDRED, currency) if percent is not None else cents(amount or ZERO, currency)
    found, left = {}, wanted
    rates = [rate for rate, part in sorted(order.items(), reverse=True) if part]
    for rate in rates[:-1]:
        found[rate] = cents(wanted * order[rate] / whole, currency)
        left -= found[rate]
    if rates:
        found[rates[-1]] = left
    return {rate: part for rate, part in found.items() if part}


def left_to_invoice(job: Job, currency: str) -> tuple[totals.Totals, bool]:
    """The sums of what was ordered and stands on no invoice yet, and whether anything was invoiced before."""
    lines = [each for each in job.lines.all() if each.parent_id is None]
    rows = [row_of(each, each.invoiced, each.quantity - each.invoiced, currency) for each in lines
            if each.quantity > each.invoiced]  # fmt: skip
    parts.carry(rows, SimpleNamespace(job=job, currency=currency, tax_included=job.tax_included))
    is_begun = any(each.invoiced for each in lines)
    rest = SimpleNamespace(
        discount_percent=job.discount_percent, discount_amount=ZERO, tax_included=job.tax_included
    )  # fmt: skip
    if job.discount_amount and rows:
        rest.discount_amount = discounts.of_order(job, rows, currency, last=True)
    return totals.of(rows, currency, rest), is_begun


def _words(job: Job, percent: Decimal | None, is_begun: bool) -> str:
    if percent is None:
        return _("Deposit on order %(job)s") % {"job": job.number}
    said = {"percent": figures(percent, job.workspace.locale), "job": job.number}
    if is_begun:
        return _("Deposit of %(percent)s %% on what is left of order %(job)s") % said
    return _("Deposit of %(percent)s %% on order %(job)s") % said


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
def deduct(invoice: Invoice, by, *, drafting: bool = False) -> Invoice:
    """Take the deposits of its job off a draft, each at its rates; asked twice, they are taken off once.

    At each rate no more than the invoice comes to: what is left of a deposit waits for the next one. Raises `Refused`
    with code "treatment" for one whose VAT contradicts the invoice's; `drafting` leaves saying so to whoever issues.
    """
    hold_draft(invoice)
    if invoice.job is None or invoice.is_deposit or invoice.is_correction:
        return invoice
    invoice.lines.filter(deposit__isnull=False).delete()
    rows = open_deposits(invoice.job, invoice.currency)
    fitting = [row for row in rows if row.treatment == invoice.treatment]
    if not drafting:
        _refuse_contradicting(invoice, rows)
    lines = list(invoice.lines.all())
    room = {rate: list(sums) for rate, sums in totals.of(lines, invoice.currency, invoice).rates.items()}
    taken = [
        (row, rate, *_within(net, tax, room[rate], invoice.tax_included))
        for row in fitting for rate, net, tax in _left_of(row) if rate in room
    ]  # fmt: skip
    later = _rates_to_come(invoice, lines)
    taken += [
        (row, rate, *_within_sum(net, tax, room, invoice.currency))
        for row in fitting for rate, net, tax in _left_of(row) if rate not in room and rate not in later
    ]  # fmt: skip
    position = max((line.position for line in lines), default=0)
    for row, rate, net, tax in taken:
        if net:
            position += 1
            off = _said(net, tax, invoice.tax_included)
            InvoiceLine.objects.create(
                workspace=invoice.workspace, invoice=invoice, position=position, deposit=row, deposit_tax=tax,
                description=_named(row), quantity=1, unit_price=off, tax_percent=rate, amount=-off,
            )  # fmt: skip
    total(invoice)
    return invoice


def _within(net: Decimal, tax: Decimal, room: list[Decimal], tax_included: bool) -> tuple[Decimal, Decimal]:
    """A whole deposit where there is room for it at its rate; otherwise all there is room for. The room shrinks.

    Rounded apart, the taxes of several deposits may come to a cent more than the tax of the order. Where prices include
    it the client owes nothing for that: the cent is in the net of what is taken off.
    """
    whole = net + tax
    if tax_included and whole <= sum(room):
        tax = min(max(tax, whole - room[0]), room[1])
        net = whole - tax
    elif net > room[0] or tax > room[1]:
        net, tax = min(net, room[0]), min(tax, room[1])
    room[0], room[1] = room[0] - net, room[1] - tax
    return net, tax


def _within_sum(
    net: Decimal, tax: Decimal, room: dict[Decimal, list[Decimal]], currency: str
) -> tuple[Decimal, Decimal]:
    """A deposit at a rate that no line has any more: off the sum, as far as that goes."""
    left = sum((sum(sums) for sums in room.values()), ZERO)
    if net + tax > left:
        share = cents(net * left / (net + tax), currency)
        net, tax = share, left - share
    there = room.setdefault(_OFF_THE_SUM, [ZERO, ZERO])
    there[0], there[1] = there[0] - net, there[1] - tax
    return net, tax


def _rates_to_come(invoice: Invoice, lines: list[InvoiceLine]) -> set[Decimal]:
    """Rates at which something of the order is left for a later invoice."""
    now: dict[int, int] = {}
    for line in lines:
        if line.job_line_id:
            now[line.job_line_id] = now.get(line.job_line_id, 0) + line.quantity
    rows = invoice.job.lines.filter(parent=None)
    return {row.tax_percent for row in rows if row.invoiced + now.get(row.pk, 0) < row.quantity}


def _refuse_contradicting(invoice: Invoice, rows: list[Invoice]) -> None:
    row = next((row for row in rows if row.treatment != invoice.treatment), None)
    if row is None:
        return
    raise Refused(
        _("Deposit invoice %(number)s says “%(its)s”, this invoice “%(ours)s”: one of them is wrong. Choose the same"
          " VAT here, or cancel the deposit invoice and issue it anew.")
        % {"number": row.number, "its": row.get_treatment_display(), "ours": invoice.get_treatment_display()},
        code="treatment", field="treatment",
    )  # fmt: skip


def check_last(invoice: Invoice, lines: list[InvoiceLine]) -> None:
    """Refuse the last invoice of an order while a deposit contradicts it and so is not on it."""
    if invoice.job is None or invoice.is_deposit or invoice.is_correction or _rates_to_come(invoice, lines):
        return
    _refuse_contradicting(invoice, open_deposits(invoice.job, invoice.currency))


def overdrawn(lines: Iterable[InvoiceLine], found: totals.Totals) -> bool:
    """Whether more deposit is taken off than there is to pay: of all, or at a rate that other lines have too."""
    own = {line.tax_percent for line in lines if not line.deposit_id}
    if found.total < 0:
        return True
    return any((net < 0 or tax < 0) and rate in own for rate, (net, tax) in found.rates.items())


def _left_of(deposit: Invoice) -> Iterable[tuple[Decimal, Decimal, Decimal]]:
    """(rate, net, tax) of a deposit that neither a credit note nor an issued invoice has taken off."""
    left = {Decimal(row["percent"]): [Decimal(row["net"]), Decimal(row["tax"])] for row in deposit.frozen["vat"]}
    for correction in deposit.corrections.exclude(number=None):
        for row in correction.frozen["vat"]:
            sums = left.setdefault(Decimal(row["percent"]), [ZERO, ZERO])
            sums[0] -= Decimal(row["net"])
            sums[1] -= Decimal(row["tax"])
    off = deposit.deductions.filter(invoice__kind="invoice", invoice__state__in=(*STANDING, "credited"))
    for line in off.select_related("invoice"):
        sums = left.setdefault(line.tax_percent, [ZERO, ZERO])
        sums[0] -= line.deposit_net
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
            found[line.deposit_id] = found.get(line.deposit_id, ZERO) + line.deposit_total
    return found


__all__ = [
    "check_last",
    "count",
    "deduct",
    "draft_deposit",
    "give_back",
    "left_to_invoice",
    "open_deposits",
    "overdrawn",
    "shares",
    "terms_of",
]
