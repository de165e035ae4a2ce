"""The back office's pages about money, driven as people press them."""

import csv
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from billing import invoices, quotes
from billing.models import Invoice, Payment, PriceRules, Quote, QuoteLine, TaxRate
from billing.tests.ground import issued_invoice, late_invoice, made_job, make, new_enquiry, sent_quote
from crm.models import Client
from inventory.models import Item
from laseros.tests.ground import new_person

QUOTE_LIST, INVOICE_LIST, PAYMENT_LIST, QUOTE_PAGE = 2, 2, 4, 19
ROOMS = re.compile(r'FROM "(billing|production|inventory|machines|crm)_')
AMOUNTS = ("427,80", "372,00", "37,20", "55,80", "427.80", "372.00", "37.20", "55.80", "15,2893", "15,2893")


@pytest.fixture
def ground(workspace, shop, office):
    """ground(function) → its result inside the scope of the workspace, with the shop and the office."""

    def within(function, *arguments):
        with scope(workspace=workspace):
            return function(shop, office, *arguments)

    return within


@pytest.fixture
def enter(log_in, workspace):
    return lambda role: log_in(new_person(role, workspace, f"{role}.two@{workspace.slug}.example"))


def page(record, what="change"):
    return reverse(f"admin:billing_{record._meta.model_name}_{what}", args=[record.pk])


def press(client, record, verb, data=None):
    return client.post(reverse(f"admin:billing_{record._meta.model_name}_verb", args=[record.pk, verb]), data or {})


def said(response, client):
    page = client.get(response.headers["Location"]) if response.status_code == 302 else response
    return page.content.decode()


def own_queries(client, url) -> int:
    """Queries to the rooms' tables; what every page of the back office asks besides is counted where that is built."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    statements = [query["sql"] for query in captured.captured_queries]
    return sum(bool(ROOMS.search(sql)) and 'FROM "accounts_workspace"' not in sql for sql in statements)


def line_form(quote, **changes):
    """What the browser posts for a quote of one line."""
    line = quote.lines.get()
    data = {
        "title": quote.title,
        "contact": quote.contact_id or "",
        "valid_until": "",
        "delivery_days": "10",
        "more_pieces": "show",
        "note": "",
        "terms": "",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "1",
        "lines-MIN_NUM_FORMS": "0",
        "lines-MAX_NUM_FORMS": "1000",
        "lines-0-id": line.pk,
        "lines-0-quote": quote.pk,
        "lines-0-position": line.position,
        "lines-0-description": line.description,
        "lines-0-quantity": line.quantity,
        "lines-0-unit_price": line.unit_price,
        "lines-0-tax_percent": "15.00",
    }
    return {**data, **changes}


# --- quotes -----------------------------------------------------------------------------------------------------------


def test_every_part_of_a_price_is_on_the_page(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    words = enter("office").get(page(quote)).content.decode()
    for expected in (
        "Base plate",
        "0,008264 sheet × 1\xa0850,00",
        "13,27 s × 900,00 per hour",
        "15,2893",
        "version 1",
        "plate.dxf",
        "30 % of the price",
    ):
        assert expected in words, expected
    for verb in ("send", "price-again", "duplicate", "withdraw"):
        assert f"do/{verb}/" in words
    assert "do/accept/" not in words


def test_a_line_is_edited_and_the_sums_follow(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    client = enter("office")
    response = client.post(page(quote), line_form(quote, **{"lines-0-unit_price": "40.00", "title": "Plates"}))
    assert response.status_code == 302
    quote.refresh_from_db()
    assert (quote.title, quote.net, quote.total) == ("Plates", Decimal(400), Decimal(460))
    assert "This price was typed. Calculated it would be R37.20 each." in client.get(
        page(quote)
    ).content.decode().replace("R37,20", "R37.20")
    assert press(client, quote, "price-all").status_code == 302
    assert Quote.objects.values_list("net", flat=True).get() == Decimal(372)


def test_what_one_page_stored_is_not_undone_by_another(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    client = enter("office")
    seen = re.search(r'name="seen" value="(\w+)"', client.get(page(quote)).content.decode())[1]
    first, second = (line_form(quote, seen=seen, **{name: value}) for name, value in
                     (("lines-0-quantity", 20), ("lines-0-unit_price", "99")))  # fmt: skip
    assert client.post(page(quote), first).status_code == 302
    answer = client.post(page(quote), second)
    assert "Somebody changed this meanwhile" in answer.content.decode()
    line = quote.lines.get()
    assert (line.quantity, line.unit_price) == (20, Decimal("33.63"))


def test_a_stale_page_cannot_change_what_was_sent(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    form = line_form(quote, **{"lines-0-unit_price": "1.00", "title": "Cheap"})
    ground(lambda shop, office: quotes.send(quote, office))
    client = enter("office")
    assert "Nothing was stored." in client.post(page(quote), form, follow=True).content.decode()
    quote.refresh_from_db()
    assert (quote.title, quote.net, quote.lines.get().unit_price) == (
        "Pump base plates",
        Decimal(372),
        Decimal("37.20"),
    )


def test_sent_with_one_press_however_often(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    client = enter("office")
    first, second = press(client, quote, "send"), press(client, quote, "send")
    assert (first.status_code, second.status_code) == (302, 302)
    assert "says what it said" in said(second, client)
    quote.refresh_from_db()
    assert quote.state == "sent"
    shown = client.get(page(quote)).content.decode()
    assert ["field-discount_percent" in shown, "field-deposit_percent" in shown] == [False, False]
    Quote.objects.filter(pk=quote.pk).update(deposit_percent=30)
    assert "field-deposit_percent" in client.get(page(quote)).content.decode()


def test_the_office_answers_for_a_client_who_phoned(ground, enter, scoped):
    quote = ground(sent_quote)
    client = enter("office")
    assert press(client, quote, "accept", {"name": ""}).status_code == 200
    assert Quote.objects.get().state == "sent"
    assert press(client, quote, "accept", {"name": "Thandi Nkosi"}).status_code == 302
    quote.refresh_from_db()
    assert (quote.state, quote.decided_by) == ("accepted", "Thandi Nkosi")
    words = client.get(page(quote)).content.decode()
    assert "do/accept/" not in words
    assert "accepted" in words


def test_a_quote_for_somebody_who_asked_for_nothing(shop, enter, scoped):
    client = enter("office")
    data = {
        "client": shop.client.pk,
        "title": "Consulting",
        "delivery_days": "5",
        "more_pieces": "show",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-position": "1",
        "lines-0-description": "Two hours",
        "lines-0-quantity": "2",
        "lines-0-unit_price": "300",
        "lines-0-tax_percent": "15.00",
    }
    assert client.post(reverse("admin:billing_quote_add"), data).status_code == 302
    quote = Quote.objects.get()
    assert (quote.number[:3], quote.total, quote.currency) == ("QT-", Decimal(690), "ZAR")


# --- invoices and payments --------------------------------------------------------------------------------------------


def test_from_draft_to_paid_in_the_back_office(ground, enter, scoped):
    job = ground(made_job)
    invoice = invoices.draft_from(job, None)
    client = enter("office")
    assert press(client, invoice, "issue").status_code == 302
    invoice.refresh_from_db()
    assert invoice.state == "issued"
    form = client.get(reverse("admin:billing_invoice_verb", args=[invoice.pk, "receive"])).context["form"]
    once = form["once"].value()
    data = {"once": once, "amount": "100.00", "received_on": f"{timezone.localdate()}", "method": "transfer"}
    for _click in range(2):
        assert press(client, invoice, "receive", data).status_code == 302
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (1, Decimal(100))
    too_much = press(client, invoice, "receive", {**data, "once": "another", "amount": "500"})
    assert too_much.status_code == 409
    assert "327,80" in too_much.content.decode()
    rest = client.get(reverse("admin:billing_invoice_verb", args=[invoice.pk, "receive"])).context["form"]
    assert rest["amount"].value() == Decimal("327.80")
    press(client, invoice, "receive", {**data, "once": rest["once"].value(), "amount": "327.80"})
    assert Invoice.objects.get().state == "paid"
    job.refresh_from_db()
    assert job.state == "completed"
    words = client.get(page(invoice)).content.decode()
    assert "do/receive/" not in words
    assert "PY-" in words


def test_going_back_and_sending_a_payment_again_asks_first(ground, enter, scoped):
    """The browser's Back shows what was typed, under a fresh key."""
    invoice = ground(issued_invoice)
    client = enter("office")
    url = reverse("admin:billing_invoice_verb", args=[invoice.pk, "receive"])
    data = {"amount": "100.00", "received_on": f"{timezone.localdate()}", "method": "transfer"}
    press(client, invoice, "receive", {**data, "once": "first"})
    assert "again" not in client.get(url).context["form"].fields
    asked = press(client, invoice, "receive", {**data, "once": "second", "reference": "statement 8"})
    words = asked.content.decode()
    assert asked.status_code == 409
    assert f"as payment {Payment.objects.get()}. Book it a second time?" in words
    assert 'value="statement 8"' in words
    box = re.search(r'<input type="checkbox" name="again"[^>]*>', words)[0]
    assert not re.search(r" checked[ >]", box)
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (1, Decimal(100))
    again = {**data, "once": asked.context["form"]["once"].value(), "again": "on"}
    for _click in range(2):
        assert press(client, invoice, "receive", again).status_code == 302
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (2, Decimal(200))


@pytest.mark.parametrize(
    "other", [{"amount": "100.01"}, {"received_on": f"{timezone.localdate() - timedelta(days=1)}"}]
)
def test_another_amount_or_day_is_another_payment(ground, enter, scoped, other):
    invoice = ground(issued_invoice)
    client = enter("office")
    data = {"amount": "100.00", "received_on": f"{timezone.localdate()}", "method": "transfer"}
    for once, more in (("first", {}), ("second", other)):
        assert press(client, invoice, "receive", {**data, "once": once, **more}).status_code == 302
    assert Payment.objects.count() == 2


@pytest.mark.parametrize("amount", ["NaN", "-5", "0", "1.005", "12345678901234567", "x"])
def test_impossible_amounts_are_said_no_to(ground, enter, scoped, amount):
    invoice = ground(issued_invoice)
    data = {"once": "o", "amount": amount, "received_on": f"{timezone.localdate()}", "method": "transfer"}
    response = press(enter("office"), invoice, "receive", data)
    assert response.status_code in (200, 409)
    assert (Payment.objects.count(), Invoice.objects.get().paid) == (0, 0)


def test_an_issued_invoice_has_no_form(ground, enter, scoped):
    invoice = ground(issued_invoice)
    client = enter("admin")
    words = client.get(page(invoice)).content.decode()
    assert 'name="note"' not in words
    assert 'name="lines-0-unit_price"' not in words
    assert "takes the tax off all lines" not in words  # what to type helps nobody who reads
    answer = client.post(page(invoice), {"note": "changed"}, follow=True)
    assert "Nothing was stored." in answer.content.decode()
    assert Invoice.objects.get().note == ""
    assert client.post(reverse("admin:billing_invoice_delete", args=[invoice.pk]), {"post": "yes"}).status_code == 403


# --- money is a permission --------------------------------------------------------------------------------------------


def test_a_viewer_sees_the_papers_and_no_amount(ground, enter, scoped):
    invoice = ground(issued_invoice)
    quote = Quote.objects.get()
    client = enter("viewer")
    urls = [
        page(quote),
        page(invoice),
        page(quote, "history"),
        page(invoice, "history"),
        reverse("admin:billing_quote_changelist"),
        reverse("admin:billing_invoice_changelist"),
        reverse("admin:billing_payment_changelist"),
        reverse("admin:billing_quote_export", args=["csv"]),
        reverse("admin:billing_invoice_export", args=["csv"]),
    ]
    for url in urls:
        response = client.get(url)
        assert response.status_code == 200, url
        words = b"".join(response).decode() if response.streaming else response.content.decode()
        if "/export/" in url:  # a second of 37 and the year 2026 beside it are no 37,20
            words = " | ".join(cell for row in csv.reader(words.splitlines()) for cell in row)
        assert [amount for amount in AMOUNTS if amount in words] == [], url
    for record in (quote, invoice):
        assert client.get(page(record, "pdf")).status_code == 403
    for record, verb in ((quote, "withdraw"), (invoice, "receive"), (quote, "duplicate")):
        assert press(client, record, verb).status_code == 403
    assert (Quote.objects.count(), Payment.objects.count()) == (1, 0)


def test_a_draft_is_read_with_its_rates_in_percent(ground, enter, scoped):
    draft = invoices.draft_from(ground(made_job), None)
    shown = enter("viewer").get(page(draft)).content.decode()
    assert ("15 %" in shown, "15.00" in shown) == (True, False)


def test_an_operator_has_no_such_pages(ground, enter, scoped):
    quote = ground(sent_quote)
    client = enter("operator")
    for url in (page(quote), page(quote, "pdf"), reverse("admin:billing_invoice_changelist")):
        assert client.get(url).status_code in (302, 403)


def test_another_business_finds_nothing(ground, log_in, other_workspace):
    quote = ground(sent_quote)
    client = log_in(new_person("admin", other_workspace))
    assert client.get(page(quote)).status_code in (302, 404)
    assert client.get(page(quote, "pdf")).status_code == 404
    assert press(client, quote, "withdraw").status_code == 404


# --- PDF --------------------------------------------------------------------------------------------------------------


def test_the_pdf_is_a_private_download(ground, enter, scoped, run_work):
    quote = ground(sent_quote)
    client = enter("office")
    early = client.get(page(quote, "pdf"))
    assert early.status_code == 302
    assert "being prepared" in said(early, client)
    run_work()
    response = client.get(page(quote, "pdf"))
    assert b"".join(response)[:5] == b"%PDF-"
    headers = {
        name: response.headers[name] for name in ("Content-Type", "Content-Disposition", "X-Content-Type-Options")
    }
    assert headers == {
        "Content-Type": "application/pdf",
        "Content-Disposition": f'attachment; filename="{quote.number}.pdf"',
        "X-Content-Type-Options": "nosniff",
    }


def test_a_draft_can_be_looked_at_and_is_not_kept(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    response = enter("office").get(page(quote, "pdf"))
    assert response.content[:5] == b"%PDF-"
    assert Quote.objects.get().pdf.name == ""


# --- rates and rules --------------------------------------------------------------------------------------------------


def test_a_change_of_the_price_rules_is_a_new_version(workspace, enter, scoped):
    rules = PriceRules.objects.get()
    client = enter("manager")
    assert client.get(reverse("admin:billing_pricerules_changelist")).headers["Location"] == page(rules)
    names = ("labour_hour", "setup_minutes", "handling_seconds", "waste_percent", "margin_percent", "minimum_line",
             "energy_kwh", "machine_kw", "gas_m3", "material_mode", "remnant_percent", "price_by", "minimum_order",
             "round_to", "more_pieces", "overhead_percent")  # fmt: skip
    form = {name: getattr(rules, name) for name in names}
    for rows in ("breaks", "gases"):
        form |= {f"{rows}-TOTAL_FORMS": "0", f"{rows}-INITIAL_FORMS": "0"}
    client.post(page(rules), form)
    assert PriceRules.objects.get().version == 1
    client.post(page(rules), {**form, "more_pieces": "choose"})  # what clients see of the prices changes no price
    rules.refresh_from_db()
    assert (rules.version, rules.more_pieces) == (1, "choose")
    client.post(page(rules), {**form, "margin_percent": "35"})
    rules.refresh_from_db()
    assert (rules.version, rules.margin_percent) == (2, Decimal(35))
    one_break = {"breaks-TOTAL_FORMS": "1", "breaks-0-pieces": "10", "breaks-0-percent": "5"}
    client.post(page(rules), {**form, "margin_percent": "35", **one_break})
    rules.refresh_from_db()
    assert (rules.version, rules.breaks.get().pieces) == (3, 10)


def test_another_usual_tax_rate_takes_the_place_of_the_old(workspace, enter, scoped):
    client = enter("manager")
    assert client.post(reverse("admin:billing_taxrate_add"), {"name": "Reduced", "percent": "7"}).status_code == 302
    reduced = TaxRate.objects.get(name="Reduced")
    assert reduced.is_default is False
    press(client, reduced, "usual")
    assert list(TaxRate.objects.filter(is_default=True).values_list("name", flat=True)) == ["Reduced"]


def test_the_first_tax_rate_is_the_usual_one(workspace, enter, scoped):
    TaxRate.objects.all().delete()
    enter("manager").post(reverse("admin:billing_taxrate_add"), {"name": "VAT", "percent": "15"})
    assert TaxRate.objects.get().is_default is True


# --- lists ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["quote", "invoice", "payment"])
def test_lists_ask_as_often_for_three_rows_as_for_one(ground, enter, scoped, shop, model, django_assert_num_queries):
    from billing import payments

    def another(number):
        if number:
            shop.client = _another_client(shop, number)
        invoice = ground(issued_invoice)
        payments.receive(invoice, Decimal(10), key=f"k{number}", received_on=timezone.localdate())

    url = reverse(f"admin:billing_{model}_changelist")
    another(0)
    client = enter("office")
    client.get(url)
    count = {"quote": QUOTE_LIST, "invoice": INVOICE_LIST, "payment": PAYMENT_LIST}[model]
    assert own_queries(client, url) == count
    another(1)
    another(2)
    assert own_queries(client, url) == count
    response = client.get(url)
    assert len(response.context["cl"].result_list) == 3


def _another_client(shop, number):
    from crm import clients

    return clients.register(Client(workspace=shop.workspace, name=f"Client {number}", email="c@example.com"), None)


def test_a_quote_page_asks_as_often_for_three_lines_as_for_one(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    client = enter("office")
    client.get(page(quote))
    assert own_queries(client, page(quote)) == QUOTE_PAGE
    lines = [QuoteLine(description=f"Line {n}", quantity=1, unit_price=Decimal(1), position=n) for n in (2, 3)]
    quotes.change_lines(quote, lines, [], None)
    assert own_queries(client, page(quote)) == QUOTE_PAGE


@pytest.mark.every_database
def test_late_is_said_on_the_list(ground, enter, scoped):
    invoice = ground(late_invoice)
    client = enter("office")
    assert "overdue" in client.get(reverse("admin:billing_invoice_changelist")).content.decode()
    assert "overdue" in client.get(page(invoice)).content.decode()


def test_the_rooms_below_have_the_buttons(ground, enter, scoped):
    enquiry = ground(lambda shop, office: new_enquiry(shop))
    client = enter("office")
    url = reverse("admin:production_enquiry_verb", args=[enquiry.pk, "quote"])
    first, second = client.post(url), client.post(url)
    quote = Quote.objects.get()
    assert first.headers["Location"] == second.headers["Location"] == page(quote)
    job = make(quotes.accept(quotes.send(quote, None), name="Thandi"))
    url = reverse("admin:production_job_verb", args=[job.pk, "invoice"])
    response = client.post(url)
    assert response.headers["Location"] == page(Invoice.objects.get())


def test_a_part_that_stands_on_a_quote_is_kept_and_the_reader_is_told_which(ground, enter, scoped, shop):
    enquiry = ground(lambda shop, office: new_enquiry(shop, {"design_file": None, "quantity": 10}))
    quote = ground(lambda shop, office: quotes.draw_up(enquiry, office))
    row = enquiry.lines.get()
    typed = {
        "client": shop.client.pk, "contact": "", "title": "Typed", "note": "", "wanted_by": "",
        "lines-TOTAL_FORMS": 1, "lines-INITIAL_FORMS": 1, "lines-0-id": row.pk, "lines-0-enquiry": enquiry.pk,
        "lines-0-position": 1, "lines-0-description": "<b>Base</b>", "lines-0-item": "", "lines-0-quantity": 10,
        "lines-0-grams_each": "", "lines-0-minutes_each": "", "lines-0-product": "", "lines-0-DELETE": "on",
    }  # fmt: skip
    url = reverse("admin:production_enquiry_change", args=[enquiry.pk])
    client = enter("office")
    answer = client.post(url, typed)
    link = f'<a href="{page(quote)}">{quote}</a>'
    words = f"“10 × &lt;b&gt;Base&lt;/b&gt;” cannot be removed, because it stands on {link}."
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert words in shown
    assert "protected related objects" not in shown
    assert enquiry.lines.get() == row
    quote.lines.all().delete()
    assert client.post(url, typed).status_code == 302
    assert not enquiry.lines.exists()


def test_a_draft_made_too_early_is_brought_up_to_date_by_one_button(ground, enter, scoped):
    enquiry = ground(lambda shop, office: new_enquiry(shop, {"item": None}))
    client = enter("office")
    client.post(reverse("admin:production_enquiry_verb", args=[enquiry.pk, "quote"]))
    quote = Quote.objects.get()
    assert quote.lines.get().unpriced
    enquiry.lines.update(item=Item.objects.get(), quantity=10)
    change = client.get(reverse("admin:production_enquiry_change", args=[enquiry.pk])).content.decode()
    assert ("do/follow/" in change, "do/quote/" in change) == (True, False)
    response = client.post(reverse("admin:production_enquiry_verb", args=[enquiry.pk, "follow"]))
    assert response.headers["Location"] == page(quote)
    line = quote.lines.get()
    assert (line.quantity, line.unit_price, line.unpriced) == (10, Decimal("37.20"), "")


def test_an_old_tab_is_told_that_the_quote_is_sent(ground, enter, scoped):
    quote = ground(lambda shop, office: sent_quote(shop, office))
    answer = enter("office").post(page(quote), {"title": "Something else"}, follow=True)
    assert answer.redirect_chain == [(page(quote), 302)]
    assert "can no longer be edited. Nothing was stored." in answer.content.decode()
    assert Quote.objects.get().title == quote.title
    assert enter("viewer").post(page(quote), {"title": "Something else"}).status_code == 403


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"unit_price": "-5"}, "greater than or equal to 0."),
        ({"quantity": "0"}, "greater than or equal to 1."),
        ({"quantity": "2147483648"}, "less than or equal to 2147483647."),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_words(ground, enter, scoped, typed, words):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    line = quote.lines.get()
    sent = {"title": quote.title, "delivery_days": "10", "more_pieces": "show"}
    sent |= {"lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "1"}
    facts = {"id": line.pk, "quote": quote.pk, "position": 1, "description": "x", "quantity": 1, "unit_price": "1",
             "tax_percent": "15.00", **typed}  # fmt: skip
    answer = enter("office").post(page(quote), sent | {f"lines-0-{name}": value for name, value in facts.items()})
    shown = answer.content.decode()
    assert words in shown
    assert "Constraint" not in shown
    assert quote.lines.get().description == line.description
