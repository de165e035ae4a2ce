"""Pages of the back office with numbers in them, in German and in English: what is shown is what is taken."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django_scopes import scope

from billing import quotes
from billing.models import Quote, TaxRate
from billing.tests.ground import add_line
from laseros.tests.permissions_doors import filled_form

pytestmark = pytest.mark.one_database
D = Decimal


@pytest.fixture
def desk(other_workspace, person, log_in):
    """desk("de") → the browser of a manager of a German business who reads that language."""

    def open_in(language):
        manager = person("manager", other_workspace)
        manager.language = language
        manager.save()
        return log_in(manager)

    with scope(workspace=other_workspace):
        yield open_in


@pytest.fixture
def quote(other_workspace, desk):
    from laseros.tests.ground import stock_shop

    shop = stock_shop(other_workspace)
    quote = quotes.open_draft(
        Quote(workspace=other_workspace, client=shop.client, contact=shop.contact, title="X"), None
    )
    return add_line(quote, description="Plate", quantity=2, unit_price=D("18.37"), tax_percent=D(19)).quote


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_rate_is_shown_and_stored_as_it_is_written(other_workspace, desk, language):
    rate = TaxRate.objects.create(workspace=other_workspace, name="NYC", percent="8.875")
    browser, page = desk(language), reverse("admin:billing_taxrate_change", args=[rate.pk])
    form = filled_form(browser.get(page).content.decode())
    assert form["percent"] == "8,875"  # as all figures of a German business
    for typed, stored in (("7,125", "7.125"), ("6.5", "6.5"), ("1.234", "6.5")):
        form = filled_form(browser.get(page).content.decode())
        browser.post(page, {**form, "percent": typed})
        rate.refresh_from_db()
        assert rate.percent == D(stored)
    refused = browser.post(page, {**form, "percent": "1.234"}).content.decode()
    assert ('value="1.234"' in refused, "1234" in refused) == (True, True)


def test_a_price_in_a_row_is_shown_and_typed_with_a_comma(desk, quote):
    browser, page = desk("de"), reverse("admin:billing_quote_change", args=[quote.pk])
    form = filled_form(browser.get(page).content.decode())
    (price,) = [name for name in form if name.endswith("-0-unit_price")]
    assert form[price] == "18,37"
    assert browser.post(page, {**form, price: "12,345"}).status_code == 302
    assert quote.lines.get().unit_price == D("12.345")
    form = filled_form(browser.get(page).content.decode())
    assert (form[price], browser.post(page, {**form, price: "1.234"}).status_code) == ("12,345", 200)
    assert quote.lines.get().unit_price == D("12.345")
    assert browser.post(page, {**form, price: "1.234,50"}).status_code == 302
    assert quote.lines.get().unit_price == D("1234.5")


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_number_that_is_only_shown_is_written_as_those_that_are_typed(other_workspace, person, log_in, language):
    """English in a country that writes a comma: Django knows the language alone."""
    from laseros.tests.ground import stock_shop

    viewer = person("viewer", other_workspace)
    viewer.language = language
    viewer.save()
    browser = log_in(viewer)
    with scope(workspace=other_workspace):
        sheet = stock_shop(other_workspace).sheet
    page = browser.get(reverse("admin:inventory_item_change", args=[sheet.pk])).content.decode()
    shown = page.split("field-thickness_mm")[1].split('<div class="readonly')[1].split(">")[1].split("<")[0]
    assert shown == "3,00"


def test_a_sentence_about_a_drawing_has_the_comma_of_the_business_in_english_too(other_workspace):
    from django.utils import translation

    from production import words

    with scope(workspace=other_workspace), translation.override("en"):
        assert (
            words.said("The contour is open: the ends are 0.2 mm apart.")
            == "The contour is open: the ends are 0,2 mm apart."
        )
        assert (
            words.said("This rectangle of 420.0 × 297.0 mm lies around everything. It may be the frame of the drawing.")
            == "This rectangle of 420,0 × 297,0 mm lies around everything. It may be the frame of the drawing."
        )
        assert words.said("No template knows 0.2 mm.") == "No template knows 0.2 mm."
