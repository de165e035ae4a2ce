"""What the law wants to stand on an invoice, country by country, and says about its tax.

`lacking` answers in words what is missing, one sentence part a field; `proposed` which VAT treatment a client's address
and number suggest; `statement` the sentence a document without VAT must carry.
"""

from billing.law import germany, south_africa
from billing.law.paper import Paper, country_of, vat_number_fits
from billing.law.treatments import proposed, statement

__all__ = ["Paper", "country_of", "heading", "lacking", "proposed", "statement", "vat_number_fits"]

BY_COUNTRY = {"DE": germany, "ZA": south_africa}


def lacking(paper: Paper) -> list[str]:
    """Every field that must be there and is not, in the words of the form it is filled in on."""
    country = BY_COUNTRY.get(paper.workspace.country)
    return [*paper.lacking(), *(country.lacking(paper) if country else [])]


def heading(paper_country: str, kind: str, tax) -> str:
    """The words over the document: South Africa wants "Tax invoice" where there is VAT."""
    country = BY_COUNTRY.get(paper_country)
    return country.heading(kind, tax) if country else germany.heading(kind, tax)
