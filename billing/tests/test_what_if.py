"""Choices for a line, prices that grew old, extra operations, the minimum of an order."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django_scopes import scope

from billing import quotes, staleness
from billing.choices import Choices
from billing.models import ExtraOperation, PriceRules, QuantityBreak, Quote, QuoteLine
from billing.tests.ground import measured_drawing, new_enquiry
from laseros.core.errors import Refused
from production import parameters
from production.models import DesignFile, EnquiryLine, Measurement


@pytest.fixture
def quote(shop, office):
    with scope(workspace=shop.workspace):
        return quotes.draw_up(new_enquiry(shop), office)


def line_of(quote) -> QuoteLine:
    return quote.lines.select_related("quote__client", "enquiry_line").get(enquiry_line__isnull=False)


@pytest.mark.usefixtures("scoped")
def test_what_is_tried_is_not_stored_and_what_is_chosen_stays(quote, shop, office):
    before = line_of(quote)
    whole = Choices(mode="sheet", margin=Decimal(50))
    tried = quotes.tried(before, 20, whole)
    # a sheet of 1850 for 20 plates: 92.50 · cutting 3.3173 · setup 50 ÷ 20 · handling 1.6667 = 99.984, ÷ 0.5
    assert tried.unit_price == Decimal("199.97")
    assert (line_of(quote).unit_price, line_of(quote).choices) == (before.unit_price, {})
    quotes.choose(before, 20, whole, office, seen=tried.unit_price)
    line = line_of(quote)
    assert (line.quantity, line.unit_price, line.choices) == (20, tried.unit_price, {"mode": "sheet", "margin": "50"})
    quotes.reprice(quote, office)
    assert line_of(quote).unit_price == tried.unit_price


@pytest.mark.usefixtures("scoped")
def test_a_price_that_moved_since_it_was_seen_is_refused(quote, office):
    with pytest.raises(Refused, match="changed since you looked") as refusal:
        quotes.choose(line_of(quote), 20, Choices(), office, seen=Decimal("1.00"))
    assert refusal.value.code == "moved"
    assert line_of(quote).quantity == 10


@pytest.mark.usefixtures("scoped")
def test_a_sent_quote_is_not_chosen_about(quote, office):
    line = line_of(quote)
    quotes.send(quote, office)
    with pytest.raises(Refused, match="says what it said"):
        quotes.choose(line, 20, Choices(), office)
    assert line_of(quote).quantity == 10


@pytest.mark.usefixtures("scoped")
def test_a_price_says_what_changed_behind_it(quote, shop, office, manager):
    assert staleness.of(quote) == {}
    line = line_of(quote)
    row = shop.parameters
    row.feed_mm_min = 4000
    parameters.change(row, office)
    assert staleness.of(quote) == {line.pk: ["The cutting parameters have changed."]}
    parameters.confirm(row, manager)
    PriceRules.objects.update(version=7)
    type(shop.sheet).objects.filter(pk=shop.sheet.pk).update(price=1900)
    type(shop.laser).objects.filter(pk=shop.laser.pk).update(hourly_rate=950)
    other = measured_drawing(shop, quote.enquiry, "plate-2.dxf")
    EnquiryLine.objects.filter(pk=line.enquiry_line_id).update(design_file=other)
    type(quote.client).objects.filter(pk=quote.client_id).update(discount_percent=3)
    assert staleness.of(quote) == {
        line.pk: [
            "The drawing is another one now: plate-2.dxf.",
            "The price rules have changed.",
            "The cutting parameters have changed.",
            "X3 costs or moves otherwise now.",
            f"{shop.sheet} has another price now.",
            "The client's discount has changed.",
        ]
    }
    quotes.reprice(quote, office)
    assert staleness.of(quote) == {}


@pytest.mark.usefixtures("scoped")
def test_extra_operations_are_proposed_from_the_drawing(quote, shop, office):
    fold = ExtraOperation.objects.create(
        workspace=shop.workspace, name="Fold", unit="bend", rate=12, setup=40, proposed="bends"
    )
    ExtraOperation.objects.create(workspace=shop.workspace, name="Deburr", unit="m", rate=5, proposed="always")
    drawing = DesignFile.objects.get()
    Measurement.objects.filter(design_file=drawing).update(findings={"bends": 3})
    quotes.reprice(quote, office)
    steps = {step["name"]: step for step in line_of(quote).breakdown["steps"] if step["name"]}
    assert steps["Fold"]["each"] == "40.0000"  # 3 × 12 + 40 ÷ 10
    assert steps["Deburr"]["each"] == "3.5000"  # 0.7 m × 5
    quotes.choose(line_of(quote), 10, Choices(operations={fold.pk: Decimal(0)}), office)
    assert [step["name"] for step in line_of(quote).breakdown["steps"] if step["name"]] == ["Deburr"]


@pytest.mark.usefixtures("scoped")
def test_an_order_below_the_minimum_is_filled_up(quote, shop, office):
    PriceRules.objects.update(minimum_order=500)
    quotes.total(quote)
    filling = quote.lines.get(enquiry_line=None)
    assert (filling.description, filling.amount, quote.net) == ("Minimum order charge", Decimal(128), Decimal(500))
    Quote.objects.filter(pk=quote.pk).update(discount_percent=10)
    quote.refresh_from_db()
    quotes.total(quote)  # what a person takes off the whole is taken off, and not filled up again
    assert (quote.lines.get(enquiry_line=None).amount, quote.net) == (Decimal(128), Decimal(450))
    Quote.objects.filter(pk=quote.pk).update(discount_percent=0)
    quote.refresh_from_db()
    quotes.choose(line_of(quote), 40, Choices(), office)
    quote.refresh_from_db()
    assert quote.lines.count() == 1
    assert quote.net > 500


@pytest.mark.usefixtures("scoped")
def test_quantity_breaks_are_offered_with_the_price(quote, shop, office):
    rules = PriceRules.objects.get()
    for pieces, percent in ((10, 5), (50, 12)):
        QuantityBreak.objects.create(workspace=shop.workspace, rules=rules, pieces=pieces, percent=percent)
    quotes.reprice(quote, office)
    line = line_of(quote)
    assert line.unit_price == Decimal("35.34")  # 37.1967 less 5 %
    assert [row["quantity"] for row in line.breakdown["offers"]] == ["50"]


def test_the_page_shows_the_new_price_before_anything_is_stored(quote, shop, office, operator, client):
    with scope(workspace=shop.workspace):
        line = line_of(quote)
    url = reverse("admin:billing_quote_what_if", args=[quote.pk, line.pk])
    client.force_login(office)
    shown = client.get(url).content.decode()
    assert "R37,20" in shown.replace("\xa0", "").replace(" ", "")
    asked = {"quantity": 20, "margin": 50, "mode": "sheet"}
    part = client.get(url, asked, headers={"X-Part": "price"}).content.decode()
    assert "199,97" in part
    assert "<html" not in part
    wrong = client.get(url, {"quantity": 0, "margin": 120}, headers={"X-Part": "price"}).content.decode()
    assert "99" in wrong
    with scope(workspace=shop.workspace):
        assert line_of(quote).quantity == 10
    assert client.post(url, {**asked, "seen": "199.9700"}).status_code == 302
    with scope(workspace=shop.workspace):
        assert line_of(quote).unit_price == Decimal("199.97")
    client.force_login(operator)
    assert client.get(url).status_code in (302, 403)
