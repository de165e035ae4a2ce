"""A quote in the back office, driven as people press it."""

import re
from decimal import Decimal

import pytest
from django.urls import reverse

from billing import quotes
from billing.models import Quote, QuoteLine
from billing.tests.ground import new_enquiry, sent_quote
from billing.tests.pages import own_queries, page, press, said
from inventory.models import Item
from laseros.tests.database import guards_off

QUOTE_PAGE = 19


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


def test_every_part_of_a_price_is_on_the_page(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    browser = enter("office")
    words = browser.get(page(quote)).content.decode()
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
    assert "look at the drawing" not in words
    line = quote.lines.get()
    line.breakdown["assumptions"].append({"key": "doubt", "text": "The file does not say its unit."})
    line.save()
    assert "look at the drawing" in browser.get(page(quote)).content.decode()


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


def test_a_line_is_made_one_that_the_client_may_take_or_leave(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    client = enter("office")
    for typed, kept, net in (
        ("optional", ("optional", ""), 0),
        ("A", ("alternative", "A"), 372),
        ("", ("counted", ""), 372),
    ):
        assert client.post(page(quote), line_form(quote, **{"lines-0-counts": typed})).status_code == 302
        quote.refresh_from_db()
        assert (quote.lines.values_list("role", "group").get(), quote.net) == (kept, Decimal(net))
    refused = client.post(page(quote), line_form(quote, **{"lines-0-counts": "Z"}))
    assert (refused.status_code, quote.lines.get().role) == (200, "counted")


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
    assert "why there is no price" in client.get(page(quote)).content.decode().lower()
    first, second = press(client, quote, "send"), press(client, quote, "send")
    assert (first.status_code, second.status_code) == (302, 302)
    assert "says what it said" in said(second, client)
    quote.refresh_from_db()
    assert quote.state == "sent"
    shown = client.get(page(quote)).content.decode()
    assert ["field-discount_percent" in shown, "field-deposit_percent" in shown] == [False, False]
    assert "why there is no price" not in shown.lower()  # each line has one
    with guards_off():
        Quote.objects.filter(pk=quote.pk).update(deposit_percent=30)
    assert "field-deposit_percent" in client.get(page(quote)).content.decode()


def test_the_office_answers_for_a_client_who_phoned(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    kinds = [("Brushed", "optional", ""), ("Painted", "alternative", "A"), ("Galvanised", "alternative", "A")]
    lines = [
        QuoteLine(description=name, unit_price=Decimal(10), position=9, role=role, group=group)
        for name, role, group in kinds
    ]
    quotes.change_lines(quote, lines, [], None)
    ground(lambda shop, office: quotes.send(quote, office))
    client = enter("office")
    assert press(client, quote, "accept", {"name": ""}).status_code == 200
    wish, either, other = lines
    answer = {"name": "Thandi Nkosi", f"take_{wish.pk}": "on", f"either_{either.pk}": other.pk}
    assert press(client, quote, "accept", {**answer, f"either_{either.pk}": wish.pk}).status_code == 200
    assert Quote.objects.get().state == "sent"
    assert press(client, quote, "accept", answer).status_code == 302
    quote.refresh_from_db()
    assert (quote.state, quote.decided_by) == ("accepted", "Thandi Nkosi")
    words = client.get(page(quote)).content.decode()
    assert "do/accept/" not in words
    assert "accepted" in words
    for shown in ("if wished · chosen", "either … or: A · not chosen", "either … or: A · chosen", "net, as ordered"):
        assert shown in words, shown
    assert list(quote.job.lines.values_list("description", flat=True)) == ["Base plate", "Brushed", "Galvanised"]


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


def test_a_quote_page_asks_as_often_for_three_lines_as_for_one(ground, enter, scoped):
    quote = ground(lambda shop, office: quotes.draw_up(new_enquiry(shop), office))
    client = enter("office")
    client.get(page(quote))
    assert own_queries(client, page(quote)) == QUOTE_PAGE
    lines = [QuoteLine(description=f"Line {n}", quantity=1, unit_price=Decimal(1), position=n) for n in (2, 3)]
    quotes.change_lines(quote, lines, [], None)
    assert own_queries(client, page(quote)) == QUOTE_PAGE


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
    assert quote.lines.get().unpriced == "No material has been chosen from stock."
    asked = reverse("admin:production_enquiry_change", args=[enquiry.pk])
    assert "No material has been chosen" in client.get(asked).content.decode()
    enquiry.lines.update(item=Item.objects.get(), quantity=10)
    change = client.get(asked).content.decode()
    assert "No material has been chosen" not in change  # that was said of the draft, before
    assert "can be priced" in change
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
