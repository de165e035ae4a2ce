"""Verbs about invoices: drafted from what was made, issued under the next number, frozen from then on."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering, work
from accounts.models import Workspace
from billing import totals
from billing.models import Invoice, InvoiceLine
from billing.states import INVOICE
from billing.tasks import send_invoice
from crm import links
from crm.models import Client
from laseros.core.errors import Refused
from laseros.core.locales import town_line
from laseros.core.retry import retried
from production import milestones
from production.models import Event, Job, JobLine

LINK_DAYS = 400


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
            tax_percent=line.tax_percent,
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
        line.net = totals.net_of(line, invoice.currency)
        line.save()
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
def issue(invoice: Invoice, by) -> Invoice:
    """Check, number, freeze: all or nothing. The PDF is made and mailed by the worker."""
    hold_draft(invoice)
    invoice.refresh_from_db()
    # Our own name and number as they stand at this moment, not as they were when the page was opened.
    invoice.workspace = Workspace.objects.get(pk=invoice.workspace_id)
    found = total(invoice)
    lines = list(invoice.lines.select_related("job_line"))
    _check_ready(invoice, lines, found)
    _count_as_invoiced(lines)
    if (
        invoice.job is not None
        and not JobLine.objects.filter(job=invoice.job, parent=None, invoiced__lt=F("quantity")).exists()
    ):
        milestones.happened(invoice.job, Event.INVOICED, by)
    today = timezone.localdate()
    days = invoice.client.payment_days
    invoice.issued_on = today
    invoice.supplied_on = invoice.supplied_on or today
    invoice.due_on = today + timedelta(days=invoice.workspace.payment_days if days is None else days)
    INVOICE.move(
        invoice,
        "issue",
        number=numbering.draw(invoice.workspace, "invoice", day=today),
        issued_on=invoice.issued_on,
        supplied_on=invoice.supplied_on,
        due_on=invoice.due_on,
        issued_at=timezone.now(),
        frozen=frozen_facts(invoice, found.rates),
    )
    details = {"due": invoice.due_on, "to": address_of(invoice) or _("by hand")}
    activity.record("issued", invoice, by, details=details, money={"total": invoice.total})
    work.queue(send_invoice, invoice.workspace, invoice.pk, subject=invoice, by=by)
    return invoice


@retried
@transaction.atomic
def discard(invoice: Invoice, by) -> Invoice:
    """Throw a draft away. It never had a number, so none is missing."""
    INVOICE.move(invoice, "cancel")
    activity.record("cancelled", invoice, by)
    return invoice


def frozen_facts(document, rates: Mapping[Decimal, tuple[Decimal, Decimal]]) -> dict:
    """Who, to whom and which tax, as it is now: what an issued document goes on saying.

    `rates`: percent → (net, tax).
    """
    workspace, client = document.workspace, document.client
    return {
        "seller": {
            "name": workspace.printed_name,
            "address": workspace.address,
            "country": workspace.country,
            "vat_number": workspace.vat_number,
            "registration_number": workspace.registration_number,
            "email": workspace.email,
            "phone": workspace.phone,
            "bank_details": workspace.bank_details,
        },
        "buyer": {
            "code": client.code,
            "name": client.name,
            "address": address_lines(client),
            "vat_number": client.vat_number,
            "email": client.email,
        },
        "language": workspace.language,
        "locale": workspace.locale,
        "vat": [
            {"percent": f"{percent:f}", "net": f"{net:f}", "tax": f"{tax:f}"} for percent, (net, tax) in rates.items()
        ],
    }


def address_lines(client: Client) -> list[str]:
    """The client's address for invoices as it is printed, or whichever there is."""
    rows = sorted(client.addresses.all(), key=lambda row: (row.kind != "invoice", row.pk))
    if not rows:
        return []
    address = rows[0]
    country = address.country if address.country != client.workspace.country else ""
    town = town_line(address.postcode, address.city, address.country or client.workspace.country)
    parts = (*address.street.splitlines(), town, country)
    return [part for part in parts if part]


def link(invoice: Invoice):
    return links.make(invoice, invoice.client, _contact(invoice), days=LINK_DAYS)


def address_of(invoice: Invoice) -> str:
    """Where mail about it goes: to the client's own address, otherwise to the contact who ordered."""
    contact = _contact(invoice)
    return invoice.client.email or (contact.email if contact else "")


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


def _contact(invoice: Invoice):
    return invoice.job.contact if invoice.job else None


def _currency(job: Job) -> str:
    quote = getattr(job, "quote", None)
    return quote.currency if quote else job.workspace.currency


def _check_ready(invoice: Invoice, lines: list[InvoiceLine], found: totals.Totals) -> None:
    workspace = invoice.workspace
    if not lines:
        raise Refused(_("There is nothing on this invoice yet."), code="no-lines")
    if not found.total:
        raise Refused(_("There is nothing to pay on this invoice."), code="zero")
    missing = [
        label
        for label, value in (
            (_("our name"), workspace.printed_name),
            (_("our address"), workspace.address),
            (_("our VAT number"), workspace.vat_number or not found.tax),
            (_("the client's name"), invoice.client.name),
        )
        if not value
    ]
    if missing:
        raise Refused(
            _("An invoice must say more: %(missing)s is missing.") % {"missing": ", ".join(missing)}, code="missing"
        )


def _count_as_invoiced(lines: list[InvoiceLine]) -> None:
    """Never more than is made: each job line takes its pieces or the whole invoice is refused."""
    for line in sorted(lines, key=lambda line: line.job_line_id or 0):
        if line.job_line is None:
            continue
        rows = JobLine._base_manager.filter(
            pk=line.job_line_id, invoiced__lte=Least(F("made_good"), F("quantity")) - line.quantity
        )
        if not rows.update(invoiced=F("invoiced") + line.quantity):
            there = JobLine._base_manager.get(pk=line.job_line_id)
            raise Refused(
                _("“%(line)s”: only %(number)s are made and not yet invoiced.")
                % {"line": line.description, "number": there.to_invoice},
                code="more-than-made",
            )
