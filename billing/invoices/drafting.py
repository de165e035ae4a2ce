"""A draft: made from what was made or to take something back, edited, thrown away."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from billing import law, totals
from billing.models import Invoice, InvoiceLine, Treatment
from billing.states import INVOICE
from billing.taxes import usual_tax
from laseros.core.errors import Refused
from laseros.core.money import ZERO
from laseros.core.retry import retried
from production.models import Job


@retried
@transaction.atomic
def draft_from(job: Job, by) -> Invoice:
    """A draft of what is made and not invoiced yet; a job that has a draft answers that one."""
    job = Job.objects.select_for_update().get(pk=job.pk)  # two presses at once make one draft
    there = job.invoices.filter(state="draft").first()
    if there is not None:
        return there
    lines = [line for line in job.lines.all() if line.to_invoice]
    if not lines:
        raise Refused(_("Nothing of this job is made and not yet invoiced."), code="nothing-made")
    workspace = job.workspace
    invoice = Invoice.objects.create(
        workspace=workspace,
        client=job.client,
        job=job,
        currency=_currency(job),
        treatment=law.proposed(workspace, job.client),
        supplied_on=timezone.localdate(job.made_at) if job.made_at else timezone.localdate(),
        created_by=by if getattr(by, "pk", None) else None,
    )
    for position, line in enumerate(lines, start=1):
        row = InvoiceLine(
            workspace=workspace,
            invoice=invoice,
            position=position,
            job_line=line,
            description=line.description,
            quantity=line.to_invoice,
            unit_price=line.unit_price,
            tax_percent=line.tax_percent if invoice.treatment == Treatment.STANDARD else ZERO,
        )
        row.net = totals.net_of(row, invoice.currency)
        row.save()
    total(invoice)
    activity.record("created", invoice, by, details={"job": job.number}, money={"total": invoice.total})
    return invoice


@retried
@transaction.atomic
def change_lines(invoice: Invoice, changed: list[InvoiceLine], removed: list[InvoiceLine], by) -> Invoice:
    """Store edited, new and removed lines of a draft."""
    hold_draft(invoice)
    before = invoice.total
    for line in removed:
        line.delete()
    for line in changed:
        line.workspace, line.invoice = invoice.workspace, invoice
        if invoice.treatment != Treatment.STANDARD:
            line.tax_percent = ZERO
        line.net = totals.net_of(line, invoice.currency)
        line.save()
    total(invoice)
    activity.record("changed", invoice, by, details={"what": "lines"}, money={"total": [before, invoice.total]})
    return invoice


@retried
@transaction.atomic
def treat(invoice: Invoice, by) -> Invoice:
    """Bring a draft's lines in line with the VAT chosen for it: none on all, or the usual where none was."""
    hold_draft(invoice)
    lines = InvoiceLine._base_manager.filter(invoice=invoice)
    if invoice.treatment == Treatment.STANDARD:
        lines.filter(tax_percent=0).update(tax_percent=usual_tax())
    else:
        lines.update(tax_percent=0)
    before = invoice.total
    total(invoice)
    activity.record("changed", invoice, by, details={"what": "lines"}, money={"total": [before, invoice.total]})
    return invoice


def total(invoice: Invoice) -> totals.Totals:
    """Sum a draft's lines up and store the sums."""
    found = totals.of(invoice.lines.all(), invoice.currency)
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


def _currency(job: Job) -> str:
    quote = getattr(job, "quote", None)
    return quote.currency if quote else job.workspace.currency
