"""Quotes, orders and what comes again with prices that include the tax: the round price is the client's."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import Activity, Workspace
from billing import invoices, online, order_papers, quotes, recurring, staleness
from billing.choices import Choices
from billing.models import Invoice, InvoiceLine, PriceRules, QuantityBreak, RecurringInvoice, RecurringLine
from billing.tests.ground import add_line, make, new_enquiry, sent_quote
from billing.tests.test_deposits import refused
from billing.tests.test_documents import text_of
from billing.tests.test_gross import german as german
from crm.models import Address, Client
from inventory.models import Item
from laseros.core.money import cents
from laseros.tests.ground import new_person
from portal.tests.test_uploads import stand
from production import job_templates
from production.models import Enquiry, Product

D = Decimal


def drawn(shop, *lines: dict):
    return quotes.draw_up(new_enquiry(shop, *lines), None)


def sums(document):
    document.refresh_from_db()
    return document.net, document.tax, document.total


# --- for whom ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "kind", "exception", "included"),
    [("never", "private", "", False), ("private", "private", "", True), ("private", "business", "", False),
     ("all", "business", "", True), ("never", "business", "yes", True), ("all", "private", "no", False)],
)  # fmt: skip
def test_the_business_says_for_whom_and_a_client_is_the_exception(german, setting, kind, exception, included):
    Workspace.objects.update(prices_with_tax=setting)
    german.workspace.refresh_from_db()
    Client.objects.update(kind=kind, prices_with_tax=exception)
    german.client.refresh_from_db()
    assert drawn(german).tax_included is included


def test_in_the_united_states_it_is_refused(make_workspace):
    shop = make_workspace("plates", country="US", currency="USD")
    with pytest.raises(IntegrityError), transaction.atomic():
        Workspace.objects.filter(pk=shop.pk).update(prices_with_tax="all")
    shop.prices_with_tax = "all"
    with pytest.raises(ValidationError, match="added to prices"):
        shop.full_clean()
    assert Client(workspace=shop, prices_with_tax="yes").has_prices_with_tax is False


# --- calculated prices ------------------------------------------------------------------------------------------------


def test_the_tax_is_the_last_step_before_the_price_is_rounded(german):
    """37.1967 without tax, 44.2641 with: 44.26, and 44.50 where prices are halves."""
    quote = drawn(german)
    line = quote.lines.get()
    assert (line.unit_price, line.amount, sums(quote)) == (D("44.26"), D("442.60"),
                                                          (D("371.93"), D("70.67"), D("442.60")))  # fmt: skip
    steps = line.breakdown["steps"]
    assert [step["key"] for step in steps[-3:]] == ["minimum", "tax", "rounding"]
    assert steps[-2]["each"] == "7.0674"
    assert sum(D(step["each"]) for step in steps) == line.unit_price
    assert sum(D(step["total"]) for step in steps) == line.amount
    assert line.breakdown["margin_percent"] == "30.00"  # of 371.93, which cost 260.37
    PriceRules.objects.update(round_to=D("0.50"))
    assert quotes.reprice(quote).lines.get().unit_price == D("44.50")
    assert staleness.of(quote) == {}


def test_more_pieces_minima_and_what_if_follow(german, office):
    rules = PriceRules.objects.get()
    QuantityBreak.objects.create(workspace=german.workspace, rules=rules, pieces=50, percent=5)
    quote = drawn(german)
    line = quote.lines.get()
    assert [(offer.quantity, offer.unit_price) for offer in quotes.offers_of(line, quote)] == [
        (10, D("44.26")), (50, D("35.59")),  # 29.9083
    ]  # fmt: skip
    tried = quotes.tried(line, 20, Choices(mode="sheet", margin=D(50)))
    assert tried.unit_price == D("237.96")  # 199.968
    quotes.choose(line, 20, Choices(mode="sheet", margin=D(50)), office, seen=tried.unit_price)
    assert quote.lines.get().amount == D("4759.20")
    quotes.choose(quote.lines.get(), 10, Choices(), office)
    PriceRules.objects.update(minimum_order=500)
    quotes.total(quote)
    assert sums(quote) == (D(500), D(95), D(595))
    PriceRules.objects.update(minimum_order=0, minimum_line=1000)
    assert quotes.reprice(quote).lines.get().unit_price == D(119)


def test_a_list_price_has_its_tax_put_on_to_the_cent(german):
    product = Product.objects.create(workspace=german.workspace, sku="P-1", name="Hook", price=D("8.395"))
    quote = drawn(german, {"product": product, "design_file": None, "item": None, "quantity": 10})
    line = quote.lines.get()
    assert (line.unit_price, line.breakdown["tax_percent"], sums(quote)[2]) == (D("9.99"), "19.00", D("99.90"))


# --- switching --------------------------------------------------------------------------------------------------------


def test_a_draft_is_switched_calculated_lines_anew_and_typed_ones_converted(german, office):
    quote = drawn(german)
    add_line(quote, unit_price=D("11.90"), tax_percent=D(19))
    quote.deposit_amount = D("119")
    quote.save(update_fields=["deposit_amount"])
    assert sums(quote)[2] == D("454.50")
    quotes.switch_prices(quote, office)
    plate, typed = quote.lines.all()
    assert (plate.unit_price, typed.unit_price, typed.breakdown["by_hand"]) == (D("37.20"), D(10), "10.0000")
    assert (quote.tax_included, sums(quote), quote.deposit_amount) == (False, (D(382), D("72.58"), D("454.58")),
                                                                       D(100))  # fmt: skip
    told = Activity.objects.filter(verb="changed").latest("pk")
    assert (told.details, told.actor) == ({"prices include tax": [True, False]}, office)
    quotes.switch_prices(quote, office)
    assert [line.unit_price for line in quote.lines.all()] == [D("44.26"), D("11.90")]
    sent = quotes.send(quote, office)
    before = sums(sent)
    refused("state", quotes.switch_prices, sent, office)
    assert (sent.tax_included, sums(sent)) == (True, before)


def test_a_client_who_moves_abroad_gets_prices_without_tax(german, office):
    quote = drawn(german)
    Address.objects.update(country="CH")
    quotes.total(quote)
    assert (quote.tax_included, quote.lines.get().unit_price, sums(quote)) == (False, D("37.20"), (D(372), 0, D(372)))
    refused("treatment", quotes.switch_prices, quote, office)


# --- from the quote to the invoice ------------------------------------------------------------------------------------


def test_what_was_offered_is_ordered_confirmed_and_invoiced(german, office):
    quote = sent_quote(german, office, {"quantity": 10})
    words = text_of(quote.pdf.read()) if quote.pdf else ""
    job = make(quotes.accept(quote, name="Bernd"))
    assert (job.tax_included, job.quoted_total) == (True, D("371.93"))
    paper = order_papers.write_for_job(job, "confirmation", office)
    assert (paper.tax_included, paper.net, paper.total) == (True, D("371.93"), D("442.60"))
    Workspace.objects.update(prices_with_tax="never")
    invoice = invoices.issue(invoices.draft_from(job, office), office)
    assert (invoice.tax_included, sums(invoice)) == (True, (D("371.93"), D("70.67"), D("442.60")))
    assert "inkl. MwSt." in text_of(invoice.pdf.read())
    assert not words or "inkl. MwSt." in words


def test_orders_in_the_portal_cost_what_is_shown(german, office):
    Item.objects.update(is_offered=True)
    german.sheet.refresh_from_db()
    Workspace.objects.update(portal_orders="all")
    german.workspace.refresh_from_db()
    basket = stand(german)
    found = online.look(basket)
    price = found.parts[0].price.unit_price
    Client.objects.update(prices_with_tax="no")
    trade = online.look(Enquiry.objects.get(pk=basket.pk))
    Client.objects.update(prices_with_tax="")
    assert trade.seen != found.seen
    net = D(trade.parts[0].price.breakdown["cost_total"]) / 7  # for each of ten, with a margin of 30 %
    assert (trade.parts[0].price.unit_price, price) == (cents(net, "EUR"), cents(net * D("1.19"), "EUR"))
    assert (found.sums.contains_tax, found.sums.total, found.sums.net) == (
        True,
        10 * price,
        cents(10 * price / D("1.19"), "EUR"),
    )
    basket.workspace.portal_order_limit = found.sums.net - D("0.01")  # without tax
    assert len(online.why_not(online.look(basket))) == 1
    basket.workspace.portal_order_limit = found.sums.net
    assert online.why_not(online.look(basket)) == []
    job = online.order(basket, None, seen=found.seen, name="Bernd")
    assert (job.tax_included, job.quoted_total) == (True, found.sums.net)
    again = online.look(stand(german))
    assert (again.parts[0].before_price, again.parts[0].dearer) == (price, 0)


def test_a_template_is_for_whomever(german, office):
    job = make(quotes.accept(sent_quote(german, office, {"quantity": 10}), name="Bernd"))
    template = job_templates.keep(job, "Plates", office)
    assert template.lines.get().unit_price == D("37.1933")
    private = job_templates.open_job(template, german.client, key="1", despite="x", by=office)
    assert (private.tax_included, private.lines.get().unit_price, private.quoted_total) == (
        True,
        D("44.26"),
        D("371.93"),
    )
    Client.objects.update(kind="business")
    german.client.refresh_from_db()
    trade = job_templates.open_job(template, german.client, key="2", despite="x", by=office)
    assert (trade.tax_included, trade.lines.get().unit_price, trade.quoted_total) == (False, D("37.1933"), D("371.93"))


def test_what_comes_again_has_the_prices_it_was_written_with(german, office):
    row = RecurringInvoice(workspace=german.workspace, client=german.client, title="Rent", starts_on="2999-01-01")
    row.starts_on = Activity.objects.latest("pk").at.date()
    recurring.begin(row, office)
    RecurringLine.objects.create(workspace=german.workspace, recurring=row, description="Rent", quantity=1,
                                 unit_price=D(119), tax_percent=D(19), discount_amount=D("11.90"))  # fmt: skip
    Workspace.objects.update(prices_with_tax="never")
    made = recurring.make(RecurringInvoice.objects.get())
    assert (made.tax_included, sums(made)) == (True, (D(90), D("17.10"), D("107.10")))
    recurring.switch_prices(row, office)
    line = row.lines.get()
    assert (row.tax_included, line.unit_price, line.discount_amount) == (False, D(100), D(10))
    made.refresh_from_db()
    assert made.tax_included is True


# --- screens ----------------------------------------------------------------------------------------------------------


def test_the_office_sets_it_and_switches_drafts(german, log_in):
    manager = new_person("manager", german.workspace)
    browser = log_in(manager)
    quote = drawn(german)
    page = browser.get(reverse("admin:billing_quote_change", args=[quote.pk])).content.decode()
    for words in ("Einzelpreis mit Steuer", "Rabatt mit Steuer", "inkl. MwSt.", "Enthaltene Steuer", "19 % auf"):
        assert words in page, words
    answer = browser.post(f"/admin/billing/quote/{quote.pk}/do/prices/", follow=True)
    said = answer.content.decode().replace("\xa0", " ")
    assert "Die Summe war 442,60 € und ist 442,68 €." in said
    quote.refresh_from_db()
    assert quote.tax_included is False
    draft = Invoice.objects.create(workspace=german.workspace, client=german.client, currency="EUR")
    line = InvoiceLine(description="x", quantity=1, unit_price=D(100), tax_percent=D(19))
    invoices.change_lines(draft, [line], [], None)
    browser.post(f"/admin/billing/invoice/{draft.pk}/do/prices/")
    assert sums(draft) == (D(100), D(19), D(119))
    assert draft.lines.get().unit_price == D(119)
    page = browser.get(reverse("admin:crm_client_change", args=[german.client.pk])).content.decode()
    assert 'name="prices_with_tax"' in page


def test_a_line_keeps_its_rate_when_its_draft_is_stored(german, log_in):
    """Its rate is chosen in the list: what no option stands for would be stored as the first one."""
    draft = Invoice.objects.create(workspace=german.workspace, client=german.client, currency="EUR")
    line = InvoiceLine(description="Book", quantity=1, unit_price=D(107), tax_percent=D(7))
    invoices.change_lines(draft, [line], [], None)
    browser = log_in(new_person("office", german.workspace))
    page = browser.get(reverse("admin:billing_invoice_change", args=[draft.pk])).content.decode()
    assert page.count('<option value="7.00" selected>') == 1


def test_in_the_united_states_no_page_speaks_of_it(make_workspace, log_in):
    shop = make_workspace("plates", country="US", currency="USD")
    browser = log_in(new_person("admin", shop))
    page = browser.get(reverse("admin:accounts_workspace_change", args=[shop.pk])).content.decode()
    assert "prices_with_tax" not in page
    assert "prices_with_tax" not in browser.get(reverse("admin:crm_client_add")).content.decode()


def test_the_setting_stands_on_the_page_of_the_business(german, log_in):
    browser = log_in(new_person("admin", german.workspace))
    page = browser.get(reverse("admin:accounts_workspace_change", args=[german.workspace.pk])).content.decode()
    assert '<option value="private" selected>' in page
