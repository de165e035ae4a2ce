"""What if: another quantity, margin, machine or way to charge, seen before it is stored and then stored as seen."""

from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from billing import costing, prices, totals
from billing.choices import Choices
from billing.costing import LinePrice
from billing.models import QuoteLine
from billing.price_book import PriceBook
from billing.quotes.drafting import hold_draft, put_price, total
from laseros.core.errors import Refused
from laseros.core.retry import retried


def tried(line: QuoteLine, quantity: int, choices: Choices, book: PriceBook | None = None) -> LinePrice:
    """The price the line would have; nothing is stored. `book` is what was read for the line already."""
    _calculable(line)
    tax = prices.tax_for(line.quote.tax_included, line.tax_percent)
    return costing.price(line.enquiry_line, quantity, choices, book, tax=tax)


def choose(line: QuoteLine, quantity: int, choices: Choices, by, *, seen: Decimal | None = None) -> QuoteLine:
    """Store a quantity and choices with the price they give.

    `seen` is the unit price the person looked at: another one is refused (code "moved"), as is a line that cannot be
    priced so (code "unpriced").
    """
    found = tried(line, quantity, choices)
    if found.unpriced:
        raise Refused(found.unpriced, code="unpriced")
    if seen is not None and seen != found.unit_price:
        raise Refused(_("The price has changed since you looked. Look at it again."), code="moved")
    return _store(line, quantity, choices, found, by)


@retried
@transaction.atomic
def _store(line: QuoteLine, quantity: int, choices: Choices, found: LinePrice, by) -> QuoteLine:
    quote = line.quote
    hold_draft(quote)
    fresh = QuoteLine.objects.select_related("quote").get(pk=line.pk)
    before = {"quantity": fresh.quantity, **fresh.choices}
    price, fresh.quantity, fresh.choices = fresh.unit_price, quantity, choices.stored()
    put_price(fresh, found)
    fresh.amount = totals.amount_of(fresh, quote.currency)
    fresh.save()
    total(quote)
    after = {"quantity": quantity, **fresh.choices}
    changed = activity.changes(_open(before), _open(after))
    money = {"unit_price": [price, fresh.unit_price]}
    if "margin" in changed:
        money["margin"] = changed.pop("margin")
    activity.record("changed", quote, by, details={"what": fresh.description, **changed}, money=money)
    return fresh


def _open(chosen: dict) -> dict:
    names = ("quantity", "mode", "machine", "gas", "margin", "operations")
    return {name: str(chosen[name]) if name in chosen else "" for name in names}


def _calculable(line: QuoteLine) -> None:
    if line.enquiry_line is None:
        raise Refused(_("This line was typed: there is nothing to calculate."), code="typed")
