"""A draft: made from what was made or to take something back, edited, thrown away."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing import discounts, law, prices, totals
from billing.corrected import sums_of
from billing.invoices import parts
from billing.law import limits
from billing.models import Delivery, DeliveryLine, Invoice, InvoiceLine, Kind, Treatment
from billing.states import INVOICE
from billing.taxes import rate_on
from laseros.core.discounts import part_of
from laseros.core.errors import Refused
from laseros.core.money import ZERO
from laseros.core.retry import retried
from production.models import Job, JobLine


@retried
@transaction.atomic
def draft_from(job: Job, by, delivery: Delivery | None = None) -> Invoice:
    """A draft of what is made and not invoiced yet; a job that has a draft answers that one.

    Where the business invoices what is delivered: of all that has left the house, or of one `delivery`.
    """
    job = Job.objects.select_for_update().get(pk=job.pk)  # two presses at once make one draft
    there = job.invoices.filter(state="draft", kind=Kind.INVOICE).first()
    if there is not None:
        return there
    workspace = job.workspace
    by_delivery = delivery is not None or workspace.invoices_delivered
    rows = _delivered(job, delivery) if by_delivery else _made(job)
    if not rows:
        words = _("Nothing of this job is delivered and not yet invoiced.") if by_delivery else _(
            "Nothing of this job is made and not yet invoiced."
        )  # fmt: skip
        raise Refused(words, code="nothing-made")
    made_on = timezone.localdate(job.made_at) if job.made_at else timezone.localdate()
    supplied_on = max(row.delivery_line.delivery.shipped_on for row in rows) if by_delivery else made_on
    invoice = Invoice.objects.create(
        workspace=workspace,
        client=job.client,
        job=job,
        currency=currency_of(job),
        treatment=law.proposed(workspace, job.client, supplied_on),
        tax_included=job.tax_included,
        discount_percent=job.discount_percent,
        supplied_on=supplied_on,
        created_by=by if getattr(by, "pk", None) else None,
    )
    law.charge(rows, job.client, supplied_on)
    for position, row in enumerate(rows, start=1):
        row.workspace, row.invoice, row.position = workspace, invoice, position
    last = _is_last(job, rows)
    if job.discount_amount:
        invoice.discount_amount = discounts.of_order(job, rows, invoice.currency, last)
    _let_tax_leave(invoice, rows)
    for row in rows:
        if invoice.treatment != Treatment.STANDARD:
            row.tax_percent = ZERO
        row.amount = totals.amount_of(row, invoice.currency)
        row.save()
    invoice.save(update_fields=["discount_amount", "tax_included"])
    total(invoice)
    if last:
        from billing.invoices import deposits

        deposits.deduct(invoice, by, drafting=True)
    activity.record("created", invoice, by, details={"job": job.number}, money={"total": invoice.total})
    return invoice


def _let_tax_leave(invoice: Invoice, rows: list[InvoiceLine]) -> bool:
    """Bring prices with tax to those without, where the reason why there is none takes it out of the price."""
    leaves = invoice.tax_included and invoice.treatment in prices.LEAVES
    if leaves:
        prices.turn(invoice, rows, invoice.currency, tax_included=False)
    return leaves


def _is_last(job: Job, rows: list[InvoiceLine]) -> bool:
    """Whether nothing of the order is left to be invoiced after these lines."""
    now: dict[int, int] = {}
    for row in rows:
        now[row.job_line_id] = now.get(row.job_line_id, 0) + row.quantity
    return all(line.invoiced + now.get(line.pk, 0) >= line.quantity for line in job.lines.filter(parent=None))


def _made(job: Job) -> list[InvoiceLine]:
    currency = currency_of(job)
    return [row_of(line, line.invoiced, line.to_invoice, currency) for line in job.lines.all() if line.to_invoice]


def _delivered(job: Job, delivery: Delivery | None) -> list[InvoiceLine]:
    """What has left the house and stands on no invoice, a line for each delivery, at the rate of its day.

    What was invoiced as it was made counts first: nothing is invoiced twice when a business changes its way.
    """
    lines = {line.pk: max(min(line.delivered, line.quantity) - line.invoiced, 0) for line in job.lines.all()}
    gone = DeliveryLine.objects.filter(delivery__job=job, delivery__state__in=("shipped", "delivered"))
    gone = gone.filter(invoiced__lt=F("quantity")).select_related("delivery", "job_line")
    if delivery is not None:
        gone = gone.filter(delivery=delivery)
    found, currency = [], currency_of(job)
    before = {line.pk: line.invoiced for line in job.lines.all()}
    for line in gone.order_by("delivery__shipped_on", "delivery_id", "position", "pk"):
        pieces = min(line.quantity - line.invoiced, lines[line.job_line_id])
        if pieces <= 0:
            continue
        lines[line.job_line_id] -= pieces
        row = row_of(line.job_line, before[line.job_line_id], pieces, currency)
        before[line.job_line_id] += pieces
        row.delivery_line, row.description = line, line.description
        ordered = timezone.localdate(job.approved_at)
        row.tax_percent = limits.moved(job.workspace.country, row.tax_percent, ordered, line.delivery.shipped_on)
        found.append(row)
    return found


def row_of(line: JobLine, before: int, pieces: int, currency: str) -> InvoiceLine:
    """So many pieces of an order, after those that were invoiced before, with their part of the line's discount."""
    return InvoiceLine(
        job_line=line,
        description=line.description,
        quantity=pieces,
        unit_price=line.unit_price,
        tax_percent=line.tax_percent,
        discount_percent=line.discount_percent,
        discount_amount=part_of(line.discount_amount, before, pieces, line.quantity, currency),
    )


@retried
@transaction.atomic
def change_lines(invoice: Invoice, changed: list[InvoiceLine], removed: list[InvoiceLine], by) -> Invoice:
    """Store edited, new and removed lines of a draft."""
    hold_draft(invoice)
    before, was = invoice.total, {line.pk: line for line in invoice.lines.all()}
    # A credit note's discount goes on following its lines until somebody types another.
    follows = invoice.origin_id and invoice.discount_amount
    follows = follows and invoice.discount_amount == discounts.of_correction(invoice, was.values())
    for line in removed:
        line.delete()
    for line in changed:
        if line.deposit_id is not None:
            raise Refused(
                _("A deposit is taken off as it was invoiced: leave its line as it is, or remove it."), code="deposit"
            )
        line.workspace, line.invoice = invoice.workspace, invoice
        if invoice.treatment != Treatment.STANDARD:
            line.tax_percent = ZERO
        discounts.follow_pieces(line, was.get(line.pk), invoice.currency)
        line.amount = totals.amount_of(line, invoice.currency)
        line.save()
    if follows:
        invoice.discount_amount = discounts.of_correction(invoice, invoice.lines.all())
        invoice.save(update_fields=["discount_amount"])
    return _counted(invoice, "lines", before, by)


@retried
@transaction.atomic
def recount(invoice: Invoice, by) -> Invoice:
    """Sum a draft up again after its discount was changed."""
    hold_draft(invoice)
    return _counted(invoice, "discount", invoice.total, by)


def _counted(invoice: Invoice, what: str, before, by) -> Invoice:
    from billing.invoices import deposits

    rows = list(invoice.lines.all())
    if deposits.overdrawn(rows, totals.of(rows, invoice.currency, invoice)):
        deposits.deduct(invoice, by)  # less is left to take them off: as much as there is room for
    total(invoice)
    activity.record("changed", invoice, by, details={"what": what}, money={"total": [before, invoice.total]})
    return invoice


@retried
@transaction.atomic
def treat(invoice: Invoice, by) -> Invoice:
    """Bring a draft's lines in line with the VAT chosen for it: none on all, or the usual where none was."""
    hold_draft(invoice)
    lines = InvoiceLine._base_manager.filter(invoice=invoice)
    lines.exclude(deposit=None).delete()  # they stand at the rates of their deposits: taken off again by the button
    before, included = invoice.total, invoice.tax_included
    if invoice.treatment == Treatment.STANDARD:
        day, had_none = invoice.supplied_on or timezone.localdate(), not lines.exclude(tax_percent=0).exists()
        lines.filter(tax_percent=0).update(tax_percent=rate_on(invoice.client, day))
        rows = list(lines)
        if had_none and not included and prices.include_tax(invoice.client):
            prices.turn(invoice, rows, invoice.currency, tax_included=True)
            _store_turned(invoice, rows)
    else:
        rows = list(lines)
        if _let_tax_leave(invoice, rows):
            _store_turned(invoice, rows)
        lines.update(tax_percent=0)
    total(invoice)
    details = {"what": "lines"} | prices.told(included, invoice.tax_included)
    activity.record("changed", invoice, by, details=details, money={"total": [before, invoice.total]})
    return invoice


@retried
@transaction.atomic
def switch_prices(invoice: Invoice, by) -> Invoice:
    """Bring a draft's prices to ones with tax, or to ones without. Raises `Refused` where it may not be, or for what
    takes an invoice back: it has that one's prices."""
    hold_draft(invoice)
    invoice.refresh_from_db()
    if invoice.is_correction:
        raise Refused(_("What takes something back has the prices of its invoice."), code="correction")
    included = not invoice.tax_included
    prices.check_may_switch(invoice, included)
    before, rows = invoice.total, list(invoice.lines.all())
    prices.turn(invoice, rows, invoice.currency, included)
    _store_turned(invoice, rows)
    from billing.invoices import deposits

    if deposits.overdrawn(rows, totals.of(rows, invoice.currency, invoice)):
        deposits.deduct(invoice, by)
    total(invoice)
    details = prices.told(not included, included)
    activity.record("changed", invoice, by, details=details, money={"total": [before, invoice.total]})
    return invoice


def _store_turned(invoice: Invoice, rows: list[InvoiceLine]) -> None:
    invoice.save(update_fields=["discount_amount", "tax_included"])
    InvoiceLine._base_manager.bulk_update(rows, ["unit_price", "discount_amount", "amount"], batch_size=200)


def total(invoice: Invoice) -> totals.Totals:
    """Sum a draft's lines up and store the sums."""
    rows = list(invoice.lines.select_related("job_line"))
    if not invoice.origin_id and (other := parts.carry(rows, invoice)):
        InvoiceLine._base_manager.bulk_update(other, ["rounding", "amount"], batch_size=200)
    found = sums_of(invoice, rows)
    sums = {"net": found.net, "tax": found.tax, "total": found.total}
    Invoice._base_manager.filter(pk=invoice.pk, state="draft").update(**sums)
    for name, amount in sums.items():
        setattr(invoice, name, amount)
    return found


@retried
@transaction.atomic
def discard(invoice: Invoice, by) -> Invoice:
    """Throw a draft away. It never had a number, so none is missing."""
    INVOICE.move(invoice, "cancel")
    activity.record("cancelled", invoice, by)
    return invoice


def hold_draft(invoice: Invoice) -> None:
    """Refuse unless the invoice is a draft now, and keep it one until the transaction ends."""
    if not Invoice._base_manager.filter(pk=invoice.pk, state="draft").update(note=F("note")):
        now = Invoice._base_manager.values_list("state", flat=True).get(pk=invoice.pk)
        raise Refused(
            _("%(invoice)s is %(state)s and cannot be changed any more.")
            % {"invoice": invoice, "state": INVOICE.labels[now]},
            code="state",
            state=now,
        )


def currency_of(job: Job) -> str:
    quote = getattr(job, "quote", None)
    return quote.currency if quote else job.workspace.currency
