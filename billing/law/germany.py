"""§ 14 and § 14a UStG, and the small invoice of § 33 UStDV."""

from django.utils.translation import gettext as _

from billing.law import limits
from billing.law.paper import Paper, vat_number_fits
from billing.models import Kind, Treatment


def is_small(paper: Paper) -> bool:
    """Whether the short form will do: never where the client owes the tax or is in another EU country."""
    crossing = paper.invoice.treatment in (Treatment.INTRA, Treatment.REVERSE)
    return not crossing and paper.found.total <= limits.at(limits.SMALL_INVOICE_DE, paper.supplied_on)


def lacking(paper: Paper) -> list[str]:
    workspace, client, found = paper.workspace, paper.client, []
    if not (workspace.vat_number or workspace.tax_number) and not paper.found.tax:
        found.append(_("our tax number or VAT number"))
    if workspace.vat_number and not vat_number_fits(workspace.vat_number, "DE"):
        found.append(_("a VAT number of ours like DE123456789"))
    if workspace.small_business and paper.found.tax:
        found.append(_("the choice “Small business: no VAT” (§ 19 UStG), or no small business in the settings"))
    if not is_small(paper):
        found += paper.buyers_address()
    if paper.invoice.treatment == Treatment.INTRA:
        found += [] if workspace.vat_number else [_("our VAT number")]
    if paper.invoice.treatment in (Treatment.INTRA, Treatment.REVERSE) and not client.vat_number:
        found.append(_("the client's VAT number"))
    return found


def heading(kind: str, tax) -> str:
    return {
        Kind.INVOICE: _("Invoice"),
        Kind.CREDIT: _("Credit note"),
        Kind.CANCELLATION: _("Cancellation of an invoice"),
    }[kind]
