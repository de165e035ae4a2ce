"""Prices for more pieces: what is offered, what is taken of it, and what that orders."""

from decimal import Decimal

import pytest

from billing import quotes
from billing.models import PriceRules, QuantityBreak, QuoteLine
from billing.tests.ground import new_enquiry
from laseros.core.errors import Refused
from production.models import Job

pytestmark = pytest.mark.usefixtures("scoped")
D = Decimal


@pytest.fixture
def rules(shop):
    found = PriceRules.objects.get()
    found.more_pieces = "choose"
    found.save()
    for pieces, percent in ((5, 0), (50, 5), (200, 10)):
        QuantityBreak.objects.create(workspace=shop.workspace, rules=found, pieces=pieces, percent=percent)
    return found


def sent(shop, office, **line):
    return quotes.send(quotes.draw_up(new_enquiry(shop, {"quantity": 10, **line}), office), office)


def test_larger_quantities_are_offered_with_their_price(rules, shop, office):
    quote = sent(shop, office)
    found = [(offer.quantity, offer.unit_price, offer.amount) for offer in quotes.offers_of(quote.lines.get(), quote)]
    # cost without setup 21.0377; setup 50.00 for the line; margin ÷ 0.7, then 5 % and 10 % off
    assert found == [(10, D("37.20"), D("372.00")), (50, D("29.91"), D("1495.50")), (200, D("27.37"), D("5474.00"))]
    for shown, count in (("show", 3), ("hide", 0)):
        quote.more_pieces = shown
        assert len(quotes.offers_of(quote.lines.get(), quote)) == count


def test_a_typed_price_is_for_its_quantity_alone(rules, shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    line = quote.lines.get()
    line.unit_price = D(99)
    quotes.change_lines(quote, [line], [], office)
    assert quotes.offers_of(QuoteLine.objects.get(), quote) == []


def test_the_client_orders_another_quantity_of_those_offered(rules, shop, office):
    quote = sent(shop, office)
    line = quote.lines.get()
    job = quotes.accept(quote, name="Thandi", quantities={line.pk: 50})
    made = job.lines.get()
    assert (made.quantity, made.unit_price, made.material_each) == (50, D("29.91"), D("0.008264"))
    assert (job.quoted_total, made.operations.get().quantity) == (D("1495.50"), 50)
    line.refresh_from_db()
    assert (line.quantity, line.ordered, line.ordered_price, line.amount) == (10, 50, D("29.91"), D("372.00"))
    assert [row.amount for row in quotes.ordered(quote, [line])] == [D("1495.50")]
    assert quotes.duplicate(quote, office).lines.get().ordered is None


@pytest.mark.parametrize("quantity", [0, 7, 51, 10**9])
def test_what_is_not_offered_is_not_ordered(rules, shop, office, quantity):
    quote = sent(shop, office)
    line = quote.lines.get()
    with pytest.raises(Refused) as refusal:
        quotes.accept(quote, name="Thandi", quantities={line.pk: quantity})
    assert refusal.value.code == "quantity"
    quote.refresh_from_db()
    assert (quote.state, Job.objects.count(), quote.lines.get().ordered) == ("sent", 0, None)


def test_shown_only_there_is_nothing_to_choose(rules, shop, office):
    PriceRules.objects.update(more_pieces="show")
    quote = sent(shop, office)
    with pytest.raises(Refused) as refusal:
        quotes.accept(quote, name="Thandi", quantities={quote.lines.get().pk: 50})
    assert refusal.value.code == "quantity"


def test_a_larger_order_needs_less_to_reach_the_minimum(rules, shop, office):
    PriceRules.objects.update(minimum_order=D(1600))
    for wanted, expected in ((50, [(50, D("29.91")), (1, D("104.50"))]), (200, [(200, D("27.37"))])):
        quote = sent(shop, office)
        line, filling = quote.lines.all()
        assert filling.amount == D("1228.00")
        job = quotes.accept(quote, name="Thandi", quantities={line.pk: wanted})
        assert [(row.quantity, row.unit_price) for row in job.lines.all()] == expected
