"""What the law wants to stand on an invoice, country by country, and says about its tax.

`lacking` answers in words what is missing, one sentence part a field; `proposed` which treatment a client's address,
number and certificates suggest; `statement` the sentence a document without tax must carry; `charge` puts the rate of
the day of supply on its lines where the law knows one by the place; `choices` which treatments a country knows.
"""

from datetime import date

from billing.law import germany, south_africa, united_states
from billing.law.paper import Paper, country_of, vat_number_fits
from billing.law.treatments import choices, proposed, statement
from laseros.core.tax_words import has_sales_tax

__all__ = ["Paper", "charge", "choices", "country_of", "frozen_tax", "heading", "lacking", "proposed", "statement",
           "vat_number_fits", "wrong_rate"]  # fmt: skip

BY_COUNTRY = {"DE": germany, "ZA": south_africa, "US": united_states}


def lacking(paper: Paper) -> list[str]:
    """Every field that must be there and is not, in the words of the form it is filled in on."""
    country = BY_COUNTRY.get(paper.workspace.country)
    return [*paper.lacking(), *(country.lacking(paper) if country else [])]


def heading(paper_country: str, kind: str, tax) -> str:
    """The words over the document: South Africa wants "Tax invoice" where there is VAT."""
    country = BY_COUNTRY.get(paper_country)
    return country.heading(kind, tax) if country else germany.heading(kind, tax)


def wrong_rate(paper: Paper):
    """A rate on a line that was not in force on the day of supply, or None."""
    own = united_states if has_sales_tax(paper.workspace.country) else None
    return own.wrong_rate(paper) if own else paper.wrong_rate()


def charge(lines, client, day: date) -> None:
    """Where tax follows the place: put its rate on lines that are not stored yet. Elsewhere they stay as they are."""
    if has_sales_tax(client.workspace.country):
        united_states.charge(lines, client, day)


def frozen_tax(document, treatment: str, day: date) -> dict:
    """What of place and certificate stays with a document, under "sales_tax"; nothing elsewhere.

    A correction says what its origin said.
    """
    if not has_sales_tax(document.workspace.country):
        return {}
    origin = getattr(document, "origin", None)
    if origin is not None and "sales_tax" in origin.frozen:
        return {"sales_tax": origin.frozen["sales_tax"]}
    return {"sales_tax": united_states.frozen(document.client, day, treatment)}
