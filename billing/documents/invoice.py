"""The invoice on paper: names, addresses and tax from what was frozen when it was issued."""

from decimal import Decimal

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day, letterhead, rows, vat
from billing import law
from billing.corrected import sums_of
from billing.discounts import whole_discount
from billing.facts import frozen_facts, link
from billing.models import DeliveryLine, Invoice, InvoiceLine
from crm import links
from laseros.core.money import show


def invoice_pdf(invoice: Invoice, lines: list[InvoiceLine] | None = None) -> bytes:
    """The paper of an invoice or of what takes one back. One with a number says only what was frozen."""
    lines = list(invoice.lines.all()) if lines is None else lines
    _name_deliveries(lines, invoice.workspace)
    _name_rounding(lines, invoice)
    found = sums_of(invoice, lines)
    facts = invoice.frozen or frozen_facts(invoice, found.rates, found.discounts)
    locale = facts["locale"]
    address = links.url(link(invoice)) if invoice.number else ""
    transfer = ""
    if invoice.number and not invoice.is_correction:
        transfer = pictures.bank_transfer(facts["seller"], invoice.total, invoice.currency, invoice.number)
    with translation.override(facts["language"]):
        heading = _heading(invoice, lines, facts["seller"]["country"])
        statement = facts.get("statement", "")
    context = {
        "heading": heading,
        "statement": statement,
        "origin": invoice.origin,
        "origin_day": day(invoice.origin.issued_on, locale) if invoice.origin else "",
        **letterhead(invoice.workspace, facts["seller"], facts["buyer"]),
        "invoice": invoice,
        "job": invoice.job,
        "date": day(invoice.issued_on or timezone.localdate(), locale),
        "supplied_on": "" if invoice.is_deposit else day(invoice.supplied_on, locale),
        "deposits": _deposits(lines, locale),
        "due_on": day(invoice.due_on, locale),
        "rows": rows(lines, invoice.currency),
        **whole_discount(invoice, found),
        "tax_included": found.contains_tax,
        "found": invoice,
        "vat": vat(facts["vat"]),
        "tax_state": facts.get("sales_tax", {}).get("state", ""),
        "currency": invoice.currency,
        "rate": _rate(facts),
        "several_rates": len(facts["vat"]) > 1,
        "link": address,
        "to_pay": bool(transfer),
        "qr": pictures.qr(transfer or address) if address else "",
        "draft": invoice.number is None,
    }
    return pdf.render("billing/invoice.html", context, facts["language"])


def _rate(facts: dict) -> dict | None:
    """What one unit is worth in our own currency, and the tax in it, where the document is in another."""
    if "rate" not in facts:
        return None
    return {name: Decimal(value) if name != "currency" else value for name, value in facts["rate"].items()}


def _name_deliveries(lines: list[InvoiceLine], workspace) -> None:
    """Under each line of a delivery its number and day, where it was delivered under that number."""
    keys = [line.delivery_line_id for line in lines if line.delivery_line_id]
    if not keys:
        return
    rows = {row.pk: row.delivery for row in DeliveryLine.objects.filter(pk__in=keys).select_related("delivery")}
    with translation.override(workspace.language):
        for line in lines:
            if delivery := rows.get(line.delivery_line_id):
                words = _("Delivery %(number)s of %(day)s")
                line.detail = words % {"number": delivery.number, "day": day(delivery.shipped_on, workspace.locale)}


def _name_rounding(lines: list[InvoiceLine], invoice: Invoice) -> None:
    """Why a line is a cent off its pieces times their price."""
    for line in lines:
        if line.rounding:
            with translation.override(invoice.workspace.language):
                words = _("with %(amount)s of rounding, so that all parts are the whole")
                said = words % {"amount": show(line.rounding, invoice.currency, invoice.workspace.locale)}
            line.detail = ". ".join(filter(None, (getattr(line, "detail", ""), said)))


def _heading(invoice: Invoice, lines: list[InvoiceLine], country: str) -> str:
    """South Africa wants its own words over every invoice with VAT, a deposit or not."""
    usual = law.heading(country, invoice.kind, invoice.tax)
    if invoice.is_correction:
        return usual
    if invoice.is_deposit:
        return _("%(invoice)s for a deposit") % {"invoice": usual} if country == "ZA" else _("Deposit invoice")
    return _("Final invoice") if country != "ZA" and any(line.deposit_id for line in lines) else usual


def _deposits(lines: list[InvoiceLine], locale: str) -> list[dict]:
    """What was taken off, invoice by invoice and rate by rate, with its tax."""
    off = [line for line in lines if line.deposit_id]
    rows = {row.pk: row for row in Invoice.objects.filter(pk__in=[line.deposit_id for line in off])} if off else {}
    return [
        {
            "number": rows[line.deposit_id].number,
            "day": day(rows[line.deposit_id].issued_on, locale),
            "percent": line.tax_percent,
            "net": line.deposit_net,
            "tax": line.deposit_tax,
            "total": line.deposit_total,
        }
        for line in off
    ]
