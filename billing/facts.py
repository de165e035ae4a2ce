"""What an issued document goes on saying: names, addresses and tax as they were; who it goes to."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from django.db.models import Case, DecimalField, F, When
from django.utils import timezone, translation

from billing import law
from billing.law.paper import address_of as paper_address
from billing.law.paper import country_at
from billing.models import Invoice, Kind, Treatment
from crm import links
from crm.families import living
from crm.models import Address, Client
from laseros.core.locales import country_line, town_line
from laseros.core.money import cents, rate_text
from laseros.core.retry import retried
from laseros.core.tax_words import has_sales_tax

LINK_DAYS = 400
NOTHING: Mapping[Decimal, Decimal] = MappingProxyType({})
# What a document adds to the turnover: what takes something back counts against it.
TURNOVER = Case(When(kind=Kind.INVOICE, then=F("net")), default=-F("net"), output_field=DecimalField())


def frozen_facts(
    document, rates: Mapping[Decimal, tuple[Decimal, Decimal]], discounts: Mapping[Decimal, Decimal] = NOTHING
) -> dict:
    """Who, to whom and which tax, as it is now: what an issued document goes on saying.

    `rates`: percent → (net, tax); `discounts`: percent → what was taken off the whole there.
    """
    workspace, client = document.workspace, document.client
    treatment = getattr(document, "treatment", "") or treatment_of(document, rates)
    day = getattr(document, "supplied_on", None) or timezone.localdate()
    sales_tax = law.frozen_tax(document, treatment, day)
    return {
        "seller": {
            "name": workspace.printed_name,
            "address": workspace.address,
            "country": workspace.country,
            "vat_number": workspace.vat_number,
            "tax_number": workspace.tax_number,
            "registration_number": workspace.registration_number,
            "email": workspace.email,
            "phone": workspace.phone,
            "bank_details": workspace.bank_details,
        },
        "buyer": {
            "code": client.code,
            "name": client.name,
            **_where(client),
            "vat_number": client.vat_number,
            "reference": client.buyer_reference,
            "email": client.email,
        },
        **_in_our_currency(document),
        "language": workspace.language,
        "locale": workspace.locale,
        **sales_tax,
        "statement": _statement(workspace, treatment, sales_tax),
        "vat": vat_rows(rates),
        **_discounts(discounts),
    }


def vat_rows(rates: Mapping[Decimal, tuple[Decimal, Decimal]]) -> list[dict[str, str]]:
    return [
        {"percent": rate_text(percent), "net": f"{net:f}", "tax": f"{tax:f}"} for percent, (net, tax) in rates.items()
    ]


def _discounts(found: Mapping[Decimal, Decimal]) -> dict:
    rows = [{"percent": rate_text(percent), "amount": f"{amount:f}"} for percent, amount in found.items()]
    return {"discounts": rows} if rows else {}


def _in_our_currency(document) -> dict:
    """Tax authorities want the tax in the currency of the country, at the rate of the day."""
    workspace, rate = document.workspace, getattr(document, "rate", None)
    if rate is None or document.currency == workspace.currency:
        return {}
    tax = cents(document.tax * rate, workspace.currency)
    return {"rate": {"rate": f"{rate.normalize():f}", "currency": workspace.currency, "tax": f"{tax:f}"}}


def statement_of(document, rates: Mapping[Decimal, object]) -> str:
    """The sentence a document without tax must carry, in the language of the business; "" where there is tax."""
    treatment = getattr(document, "treatment", "") or treatment_of(document, rates)
    sales_tax = {} if treatment == Treatment.STANDARD else law.frozen_tax(document, treatment, timezone.localdate())
    return _statement(document.workspace, treatment, sales_tax)


def _statement(workspace, treatment: str, sales_tax: dict) -> str:
    with translation.override(workspace.language):
        return law.statement(treatment, workspace.country, sales_tax.get("sales_tax"))


def tax_state(document) -> str:
    """The state that a document's sales tax is of, for its words; "" where there is no such tax."""
    if not has_sales_tax(document.workspace.country):
        return ""
    frozen = getattr(document, "frozen", None) or law.frozen_tax(document, "", timezone.localdate())
    return frozen.get("sales_tax", {}).get("state", "")


def treatment_of(quote, rates: Mapping[Decimal, object]) -> str:
    """Why a quote carries no VAT, which nobody chose on it: as the invoice would be proposed."""
    plain = not rates or any(rates)
    return Treatment.STANDARD if plain else law.proposed(quote.workspace, quote.client)


def _where(client: Client) -> dict:
    """The client's address, looked up once: as it is printed, and its parts."""
    address = paper_address(client)
    return {
        "address": _as_printed(client, address),
        "street": address.street if address else "",
        "postcode": address.postcode if address else "",
        "city": address.city if address else "",
        "country": country_at(client, address),
    }


def address_lines(client: Client) -> list[str]:
    """The client's address for invoices as it is printed, or whichever there is."""
    return _as_printed(client, paper_address(client))


def _as_printed(client: Client, address: Address | None) -> list[str]:
    if address is None:
        return []
    country = country_line(address.country, client.workspace.country, client.workspace.language)
    town = town_line(address.postcode, address.city, address.country or client.workspace.country, address.state)
    parts = (*address.street.splitlines(), town, country)
    return [part for part in parts if part]


@retried
def link(invoice: Invoice):
    return links.make(invoice, living(invoice.client), contact_of(invoice), days=LINK_DAYS)


def address_of(invoice: Invoice) -> str:
    """Where mail about it goes: to the client's own address, otherwise to the contact who ordered."""
    contact = contact_of(invoice)
    return living(invoice.client).email or (contact.email if contact else "")


def contact_of(invoice: Invoice):
    return invoice.job.contact if invoice.job else None
