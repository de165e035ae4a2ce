"""The quote on paper, with a code to scan that opens its page on the phone."""

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.documents import pdf, pictures
from accounts.documents.letterhead import day, letterhead, rows
from billing import totals
from billing.discounts import whole_discount
from billing.models import Quote
from billing.models.rules import MorePieces
from crm import links
from laseros.core.money import cents, figures, show

MOST_PICTURES = 60


def quote_pdf(quote: Quote) -> bytes:
    from billing.invoices import frozen_facts
    from billing.quotes import offers, options
    from billing.quotes.sending import link, until

    workspace = quote.workspace
    read = quote.lines.select_related("item__material", "design_file__measurement", "product").defer("recipe")
    with translation.override(workspace.language):
        lines = options.arranged(read)
        total_is = options.total_is(lines)
    counted = options.proposed(lines)
    for number, line in enumerate(lines):
        with translation.override(workspace.language):
            line.detail = _material(line)
        line.picture = _picture(line) if number < MOST_PICTURES else None
        line.offers = offers.of(line, quote)[1:]
        line.counts = line in counted
    found = totals.of(counted, quote.currency, quote)
    facts = quote.frozen or frozen_facts(quote, found.rates)
    address = links.url(link(quote)) if quote.state != "draft" else ""
    context = {
        **letterhead(workspace, facts["seller"], facts["buyer"]),
        "quote": quote,
        "contact": quote.contact,
        "date": day(timezone.localdate(quote.sent_at) if quote.sent_at else timezone.localdate(), workspace.locale),
        "valid_until": day(until(quote), workspace.locale),
        "rows": rows(lines, quote.currency),
        **whole_discount(quote, found),
        "tax_included": found.contains_tax,
        "with_pictures": any(line.picture for line in lines),
        "with_offers": any(line.offers for line in lines),
        "may_choose": quote.more_pieces == MorePieces.CHOOSE,
        "found": found,
        "total_is": total_is,
        "vat": [{"percent": percent, "net": net, "tax": tax} for percent, (net, tax) in found.rates.items()],
        "tax_state": facts.get("sales_tax", {}).get("state", ""),
        "currency": quote.currency,
        "deposit": _deposit(quote, found),
        "statement": facts["statement"],
        "several_rates": len(found.rates) > 1,
        "link": address,
        "qr": pictures.qr(address) if address else "",
        "draft": quote.state == "draft",
    }
    return pdf.render("billing/quote.html", context, workspace.language)


def _deposit(quote: Quote, found: totals.Totals) -> str:
    """What is to be paid before the work begins, in words; in the quote's prices."""
    workspace = quote.workspace
    with translation.override(workspace.language):
        if quote.deposit_percent:
            share = cents(found.said * quote.deposit_percent / 100, quote.currency)
            words = _("%(percent)s %% of the order, %(amount)s without tax, before the work begins.")
            if found.tax_included:
                words = _("%(percent)s %% of the order, %(amount)s, before the work begins.")
            return words % {
                "percent": figures(quote.deposit_percent, workspace.locale),
                "amount": show(share, quote.currency, workspace.locale),
            }
        if quote.deposit_amount:
            words = _("%(amount)s without tax, before the work begins.")
            if found.tax_included:
                words = _("%(amount)s, before the work begins.")
            return words % {"amount": show(quote.deposit_amount, quote.currency, workspace.locale)}
    return ""


def _picture(line) -> dict | None:
    measurement = getattr(line.design_file, "measurement", None)
    return pictures.drawing(measurement.preview) if measurement and measurement.preview else None


def _material(line) -> str:
    """What a line is made of, as the client reads it; which drawing and, of a product, which revision."""
    parts, item = [], line.item
    if item is not None and item.material is not None:
        thickness = f" {item.thickness_mm.normalize():f} mm" if item.thickness_mm else ""
        parts.append(f"{item.material.name}{thickness}{f', {item.colour}' if item.colour else ''}")
    if line.design_file is not None and line.design_file.name != line.description:
        parts.append(line.design_file.name)
    if line.product is not None and line.revision:
        parts.append(_("%(sku)s revision %(number)s") % {"sku": line.product.sku, "number": line.revision})
    return " · ".join(parts)
