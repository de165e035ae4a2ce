"""Work off the request: making the PDF of a document that left the house, and mailing it."""

import zoneinfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django_scopes import scope

from accounts import mail, work
from accounts.models import Workspace
from billing import documents
from billing.models import Delivery, Invoice, Quote
from crm import links
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
        context = {"quote": quote, "client": quote.client, "contact": quote.contact, "link": links.url(link(quote))}
        _post(quote, address_of(quote), "quote", context)


@work.task(_("send an invoice"))
def send_invoice(pk: int) -> None:
    from billing.invoices import address_of, link

    invoice = Invoice.objects.select_related("workspace", "client", "job__contact").get(pk=pk)
    documents.keep(invoice, lambda: documents.invoice_pdf(invoice))
    to = address_of(invoice)
    if not to:
        return  # nobody to mail it to: the PDF is there to be printed, and the office was told
    with transaction.atomic():
        context = {"invoice": invoice, "client": invoice.client, "link": links.url(link(invoice))}
        _post(
            invoice, to, "invoice", context, xml=invoice.client.invoice_format in (InvoiceFormat.CII, InvoiceFormat.UBL)
        )


@work.task(_("keep a delivery note"))
def keep_delivery_note(pk: int) -> None:
    """Store the note of a delivery as it left the house, with its print."""
    delivery = Delivery.objects.select_related("workspace", "client", "job__contact").get(pk=pk)
    if delivery.shipped_on is not None:
        documents.keep(delivery, lambda: documents.delivery_pdf(delivery))


def _post(document, to: str, template: str, context: dict, xml: bool = False) -> None:
    """`xml`: the electronic invoice goes with it."""
    name = documents.file_name(document)
    attachments = [{"path": document.pdf.name, "name": name, "type": "application/pdf"}]
    if xml and document.xml:
        name = f"{name.removesuffix('.pdf')}.xml"
        attachments.append({"path": document.xml.name, "name": name, "type": "application/xml"})
    mail.post(document.workspace, f"{template}:{document.pk}", to, template, context, attachments=attachments)


def expire_quotes() -> dict[str, int]:
    """Close what ran out by each business's own clock: how many, by its short name. Runs every night."""
    from billing import quotes

    closed = {}
    for workspace in Workspace.objects.filter(is_active=True):
        with scope(workspace=workspace), timezone.override(zoneinfo.ZoneInfo(workspace.timezone)):
            closed[workspace.slug] = quotes.expire_due()
    return closed
