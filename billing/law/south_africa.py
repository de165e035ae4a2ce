"""VAT Act 89 of 1991, sections 20 and 21: no, abridged and full tax invoices, credit notes, zero rate for export."""

from django.utils.translation import gettext as _

from billing.law import limits
from billing.law.paper import Paper, country_of, vat_number_fits
from billing.models import Kind, Treatment


def form_of(paper: Paper) -> str:
    """ "none" up to R50, "abridged" up to R5 000, "full" above, VAT included."""
    if paper.found.total <= limits.at(limits.NO_TAX_INVOICE_ZA, paper.supplied_on):
        return "none"
    return "abridged" if paper.found.total <= limits.at(limits.ABRIDGED_ZA, paper.supplied_on) else "full"


def lacking(paper: Paper) -> list[str]:
    workspace, found = paper.workspace, []
    charges = paper.plain and paper.found.tax
    if workspace.vat_number and not vat_number_fits(workspace.vat_number, "ZA"):
        found.append(_("a VAT number of ours with ten digits that begins with 4"))
    if not workspace.vat_number and paper.invoice.treatment == Treatment.EXPORT:
        found.append(_("our VAT number"))
    if form_of(paper) != "full" or not (charges or paper.invoice.treatment == Treatment.EXPORT):
        return found
    found += paper.buyers_address()
    theirs = paper.client.vat_number
    if theirs and country_of(paper.client) == "ZA" and not vat_number_fits(theirs, "ZA"):
        found.append(_("a VAT number of the client with ten digits that begins with 4"))
    return found


def heading(kind: str, tax) -> str:
    if kind == Kind.INVOICE:
        return _("Tax invoice") if tax else _("Invoice")
    return _("Tax credit note") if tax else _("Credit note")
