"""Why a document carries no VAT: which reason fits a client, and the sentence it has to say."""

from django.utils.translation import gettext as _

from billing.law.paper import country_of, vat_number_fits
from billing.models import Treatment
from crm.models import Client

EU = frozenset(("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT",
                "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"))  # fmt: skip
# VAT categories of EN 16931 (UNTDID 5305) and the codes of why (VATEX), for electronic invoices.
CATEGORIES = {
    Treatment.EXPORT: ("G", "VATEX-EU-G"),
    Treatment.INTRA: ("K", "VATEX-EU-IC"),
    Treatment.REVERSE: ("AE", "VATEX-EU-AE"),
    Treatment.SMALL: ("E", ""),
    Treatment.NONE: ("O", "VATEX-EU-O"),
}


def proposed(workspace, client: Client) -> str:
    """The treatment that our settings, the client's address and VAT number suggest. A person may choose another."""
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


def statement(treatment: str, country: str) -> str:
    """What a document with this treatment must say, in the language that is on; nothing where there is VAT."""
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
        return _("We are not registered for VAT: no VAT is charged.")
    return ""
