"""Work off the request: making the PDF of a document that left the house, and mailing it."""

import zoneinfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_noop as _
from django_scopes import scope

from accounts import outbox, work
from accounts.models import Workspace
from billing import copies, documents
from billing.models import AccountStatement, Delivery, Invoice, OrderPaper, Quote, Reminder
from billing.occasions import INVOICE, ORDER_PAPER, ORDERED, QUOTE, STATEMENT
from crm import links
from crm.families import living
from crm.models import InvoiceFormat


@work.task(_("send a quote"))
def send_quote(pk: int) -> None:
    """Make the PDF once and mail it with the client's link. Withdrawn meanwhile, nothing is sent."""
    from billing.quotes import link
    from billing.quotes.sending import address_of

    quote = Quote.objects.select_related("workspace", "client", "contact").get(pk=pk)
    if quote.state not in ("sent", "accepted"):
        return
    documents.keep(quote, lambda: documents.quote_pdf(quote))
    with transaction.atomic():
        _post(QUOTE, quote, address_of(quote), links.url(link(quote)), quote.contact)


@work.task(_("confirm an order"))
def confirm_order(pk: int) -> None:
    """What a client ordered by themselves, in writing: the PDF, and a link to follow the job."""
    from billing.quotes.sending import address_of

    quote = Quote.objects.select_related("workspace", "client", "contact", "job").get(pk=pk)
    if quote.job is None:
        return
    documents.keep(quote, lambda: documents.quote_pdf(quote))
    with transaction.atomic():
        page = links.url(links.make(quote.job, quote.client, quote.contact))
        _post(ORDERED, quote, address_of(quote), page, quote.contact)


@work.task(_("send an invoice"))
def send_invoice(pk: int) -> None:
    from billing.invoices import address_of, link

    invoice = Invoice.objects.select_related("workspace", "client", "job__contact").get(pk=pk)
    documents.keep(invoice, lambda: documents.invoice_pdf(invoice))
    to = address_of(invoice)
    if not to:
        return  # nobody to mail it to: the PDF is there to be printed, and the office was told
    with transaction.atomic():
        wants_xml = invoice.client.invoice_format in (InvoiceFormat.CII, InvoiceFormat.UBL)
        _post(INVOICE, invoice, to, links.url(link(invoice)), xml=wants_xml)


@work.task(_("send an order paper"))
def send_order_paper(pk: int) -> None:
    """Make its PDF once and mail it; without an address it is there to be printed."""
    from billing.documents.order_paper import order_paper_pdf, page_of

    paper = OrderPaper.objects.select_related("workspace", "client", "job__contact", "quote__contact").get(pk=pk)
    documents.keep(paper, lambda: order_paper_pdf(paper))
    contact = (paper.job or paper.quote).contact
    to = (contact.email if contact else "") or living(paper.client).email
    if to:
        with transaction.atomic():
            _post(ORDER_PAPER, paper, to, page_of(paper), contact)


@work.task(_("keep a delivery note"))
def keep_delivery_note(pk: int) -> None:
    """Store the note of a delivery as it left the house, with its print."""
    delivery = Delivery.objects.select_related("workspace", "client", "job__contact").get(pk=pk)
    if delivery.shipped_on is not None:
        documents.keep(delivery, lambda: documents.delivery_pdf(delivery))


@work.task(_("send a reminder"))
def send_reminder(pk: int) -> None:
    """Make its PDF once and mail it; without an address it is there to be printed."""
    from billing.documents.reminder import heading
    from billing.reminding.mailing import mail_reminder

    rows = Reminder.objects.select_related("workspace", "invoice__client", "invoice__job__contact")
    reminder = rows.get(pk=pk)
    invoice = reminder.invoice
    documents.keep(reminder, lambda: documents.reminder_pdf(reminder))
    with translation.override(reminder.workspace.language):
        level = heading(reminder.step)
    attachment = {"path": reminder.pdf.name, "name": documents.file_name(reminder), "type": "application/pdf"}
    mail_reminder(
        invoice, key=f"reminder:{reminder.pk}", level=level, fee=reminder.asked - reminder.open,
        pay_by=reminder.pay_by, attachments=[attachment], by=reminder.by,
    )  # fmt: skip


@work.task(_("make a statement of account"))
def send_statement(pk: int) -> None:
    """Make its PDF once and mail it where it was to be mailed."""
    from billing import statements
    from billing.documents.statement import kept_pdf

    row = AccountStatement.objects.select_related("workspace", "client").get(pk=pk)
    documents.keep(row, lambda: kept_pdf(row))
    if row.mailed_to:
        with transaction.atomic():
            _post(STATEMENT, row, row.mailed_to, links.url(statements.link(row)))


def _post(occasion: outbox.Occasion, document, to: str, link: str, contact=None, xml: bool = False) -> None:
    """`xml`: the electronic invoice goes with it."""
    name = documents.file_name(document)
    attachments = [{"path": document.pdf.name, "name": name, "type": "application/pdf"}]
    if isinstance(document, Invoice) and copies.marks(document):
        attachments[0]["paper"] = ["tax invoice", document.pk]
    if xml and document.xml:
        name = f"{name.removesuffix('.pdf')}.xml"
        attachments.append({"path": document.xml.name, "name": name, "type": "application/xml"})
    outbox.post(
        occasion, document, key=f"{occasion.name}:{document.pk}", to=to, name=contact.name if contact else "",
        link=link, attachments=attachments, phone=contact.phone if contact else living(document.client).phone,
    )  # fmt: skip


def expire_quotes() -> dict[str, int]:
    """Close what ran out by each business's own clock: how many, by its short name. Runs every night."""
    from billing import quotes

    closed = {}
    for workspace in Workspace.objects.filter(is_active=True):
        with scope(workspace=workspace), timezone.override(zoneinfo.ZoneInfo(workspace.timezone)):
            closed[workspace.slug] = quotes.expire_due()
    return closed


def propose_reminders() -> dict[str, int]:
    """Which invoices are to be reminded of, in every business by its own clock: how many, by its short name."""
    from billing import reminding

    found = {}
    for workspace in Workspace.objects.filter(is_active=True):
        with scope(workspace=workspace), timezone.override(zoneinfo.ZoneInfo(workspace.timezone)):
            found[workspace.slug] = reminding.propose(workspace)
    return found


def make_recurring() -> dict[str, int]:
    """Draft the recurring invoices that are due, by each business's own clock: how many, by its short name."""
    from billing import recurring

    found = {}
    for workspace in Workspace.objects.filter(is_active=True):
        zone = timezone.override(zoneinfo.ZoneInfo(workspace.timezone))
        with scope(workspace=workspace), zone, translation.override(workspace.language):
            found[workspace.slug] = recurring.make_due()
    return found


def sweep_papers() -> dict[str, int]:
    """Delete papers that a killed process left behind: how many of each business, by its short name. Every night."""
    from billing.documents.sweeping import sweep

    found = {}
    for workspace in Workspace.objects.all():
        with scope(workspace=workspace):
            found[workspace.slug] = sweep(workspace)
    return found
