"""Why a document carries no tax: which reason fits a client, and the sentence it has to say."""

from datetime import date

from django.utils.translation import gettext as _

from billing.law import united_states
from billing.law.paper import country_of, vat_number_fits
from billing.models import Treatment
from crm.models import Client
from laseros.core.tax_words import EU, VAT, has_sales_tax

__all__ = ["CATEGORIES", "EU", "choices", "proposed", "statement"]

SALES = (Treatment.STANDARD, Treatment.EXEMPT, Treatment.OUTSIDE, Treatment.EXPORT)
# VAT categories of EN 16931 (UNTDID 5305) and the codes of why (VATEX), for electronic invoices.
CATEGORIES = {
    Treatment.EXPORT: ("G", "VATEX-EU-G"),
    Treatment.INTRA: ("K", "VATEX-EU-IC"),
    Treatment.REVERSE: ("AE", "VATEX-EU-AE"),
    Treatment.SMALL: ("E", ""),
    Treatment.NONE: ("O", "VATEX-EU-O"),
    Treatment.EXEMPT: ("E", ""),
    Treatment.OUTSIDE: ("E", ""),
}


def choices(country: str) -> list[tuple[str, str]]:
    """(value, words) of the treatments that a business there may choose between."""
    sales = has_sales_tax(country)
    ours = SALES if sales else [row for row in Treatment if row not in (Treatment.EXEMPT, Treatment.OUTSIDE)]
    return [(row.value, row.label) for row in ours]


def proposed(workspace, client: Client, day: date | None = None) -> str:
    """The treatment that our settings, the client's address and VAT number suggest. A person may choose another.

    `day`: of supply, where certificates and rates by place are looked at; otherwise today.
    """
    if has_sales_tax(workspace.country):
        return united_states.proposed(client, day)
    if workspace.small_business:
        return Treatment.SMALL
    if not (workspace.vat_number or workspace.tax_number):
        return Treatment.NONE
    theirs = country_of(client)
    if theirs == workspace.country:
        return Treatment.STANDARD
    if workspace.country in EU and theirs in EU:
        business = client.vat_number and vat_number_fits(client.vat_number, theirs)
        return Treatment.INTRA if business else Treatment.STANDARD
    return Treatment.EXPORT


def statement(treatment: str, country: str, sales_tax: dict | None = None) -> str:
    """What a document with this treatment must say, in the language that is on; nothing where there is tax."""
    if has_sales_tax(country):
        return united_states.statement(treatment, sales_tax or {})
    german = country == "DE"
    if treatment == Treatment.EXPORT:
        if german:
            return _("Tax-free export delivery (§ 4 no. 1a UStG).")
        return _("Zero-rated: exported goods.")
    if treatment == Treatment.INTRA:
        return (
            _("Tax-free intra-community delivery (§ 4 no. 1b UStG).")
            if german
            else _("Tax-free delivery within the EU.")
        )
    if treatment == Treatment.REVERSE:
        return _("Reverse charge: the recipient owes the VAT.")
    if treatment == Treatment.SMALL:
        return _("No VAT is charged, according to § 19 UStG (small business).")
    if treatment == Treatment.NONE:
        if country not in VAT:
            return _("We are not registered for tax: no tax is charged.")
        return _("We are not registered for VAT: no VAT is charged.")
    return ""
