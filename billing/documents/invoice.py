"""The invoice on paper: names, addresses and tax from what was frozen when it was issued."""

from django.utils import timezone

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day, letterhead, rows, vat
from billing import totals
from billing.models import Invoice
from crm import links


def invoice_pdf(invoice: Invoice) -> bytes:
    from billing.invoices import frozen_facts, link

    lines = list(invoice.lines.all())
    facts = invoice.frozen or frozen_facts(invoice, totals.of(lines, invoice.currency).rates)
    locale = facts["locale"]
    address = links.url(link(invoice)) if invoice.number else ""
    transfer = ""
    if invoice.number:
        transfer = pictures.bank_transfer(facts["seller"], invoice.total, invoice.currency, invoice.number)
    context = {
        **letterhead(invoice.workspace, facts["seller"], facts["buyer"]),
        "invoice": invoice,
        "job": invoice.job,
        "date": day(invoice.issued_on or timezone.localdate(), locale),
        "supplied_on": day(invoice.supplied_on, locale),
        "due_on": day(invoice.due_on, locale),
        "rows": rows(lines),
        "found": invoice,
        "vat": vat(facts["vat"]),
        "currency": invoice.currency,
        "several_rates": len(facts["vat"]) > 1,
        "link": address,
        "to_pay": bool(transfer),
        "qr": pictures.qr(transfer or address) if address else "",
        "draft": invoice.number is None,
        # South Africa wants these two words on it.
        "vat_invoice": invoice.workspace.country == "ZA" and invoice.tax > 0,
    }
    return pdf.render("billing/invoice.html", context, facts["language"])
