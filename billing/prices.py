"""Prices with tax or without: which a document has, and how those of a draft are brought from the one to the other.

`tax_included` of a document says what its prices, discounts and lines' amounts are; see docs/adr/0021.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from billing import law, totals
from billing.models import Treatment
from crm.models import Client
from laseros.core import discounts, tax_words
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents, less_tax, plus_tax, turned

# Here the tax leaves the price. A small business, or one that is not registered, gets the price as it was agreed.
LEAVES = frozenset(
    (Treatment.EXPORT, Treatment.INTRA, Treatment.REVERSE, Treatment.EXEMPT, Treatment.OUTSIDE)
)  # fmt: skip


def include_tax(client: Client) -> bool:
    """Whether a new document for this client has prices that include the tax."""
    return client.has_prices_with_tax and law.proposed(client.workspace, client) not in LEAVES


def tax_for(tax_included: bool, percent: Decimal) -> Decimal:
    """The percent that a calculated price has to bear."""
    return percent if tax_included else ZERO


def amount_turned(amount: Decimal, percent: Decimal, currency: str, tax_included: bool) -> Decimal:
    """An amount brought to the other prices: whole cents either way."""
    return cents(plus_tax(amount, percent) if tax_included else less_tax(amount, percent), currency)


def told(before: bool, after: bool) -> dict:
    """What the log says of a document whose prices were brought to others."""
    return {} if before == after else {"prices include tax": [before, after]}


def check_may_switch(document, tax_included: bool) -> None:
    """Raises `Refused`: "country" where tax is added on top, "treatment" where there is none to include."""
    if not tax_included:
        return
    if not tax_words.may_include_tax(document.workspace.country):
        raise Refused(_("In the United States sales tax is added to prices."), code="country")
    treatment = getattr(document, "treatment", "") or law.proposed(document.workspace, document.client)
    if treatment in LEAVES:
        raise Refused(_("There is no tax on this document that a price could include."), code="treatment")


def turn(document, lines: Iterable, currency: str, tax_included: bool, counted: Iterable | None = None) -> None:
    """Bring a document and its lines to prices with tax or without, by the rate of each line. In memory.

    The discount on the whole is divided over the rates as the sums divide it; `counted` are the lines that these are
    of, where it is not all of them. What a deposit takes off stays to the
    cent.
    """
    lines = list(lines)
    whole = lines if counted is None else list(counted)
    document.discount_amount = _whole_discount(document, whole, currency, tax_included)
    for line in lines:
        if getattr(line, "deposit_id", None):
            line.unit_price += line.deposit_tax if tax_included else -line.deposit_tax
        else:
            turn_line(line, currency, tax_included)
        line.amount = totals.amount_of(line, currency)
    document.tax_included = tax_included


def turn_line(line, currency: str, tax_included: bool) -> None:
    """A line's price and its discount amount."""
    percent, is_free = line.tax_percent, line.discount_amount == discounts.before_discount(line, currency)
    line.unit_price = turned(line.unit_price, percent, currency, tax_included)
    line.discount_amount = amount_turned(line.discount_amount, percent, currency, tax_included)
    whole = discounts.before_discount(line, currency)
    # Rounded apart, a discount of all of a line may come to a cent more or less than the line.
    line.discount_amount = whole if is_free and line.discount_amount else min(line.discount_amount, whole)


def _whole_discount(document, lines: list, currency: str, tax_included: bool) -> Decimal:
    if not document.discount_amount:
        return document.discount_amount
    off = totals.of(lines, currency, document).discounts
    return sum((amount_turned(amount, percent, currency, tax_included) for percent, amount in off.items()), ZERO)
