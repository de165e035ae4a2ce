"""A German business writes German to its clients: dates, money and the page's language."""

import re
from datetime import UTC, date, datetime

import pytest

from accounts.models import User
from portal.tests.ground import give_pdf, let_in, link_to, new_contact, new_invoice, new_job, new_quote

pytestmark = [pytest.mark.one_database, pytest.mark.django_db]

LINES = [(3, "1234.50", "19"), (2, "15.90", "7")]


@pytest.fixture
def quote(far_buyer):
    return new_quote(far_buyer, lines=LINES, valid_until=date(2027, 3, 9))


def test_money_and_days_are_written_the_german_way(client, quote):
    answer = client.get(link_to(quote)[1])
    page = answer.content.decode()
    for words in ("1.234,50\xa0€", "3.703,50\xa0€", "703,67\xa0€", "2,23\xa0€", "4.441,20\xa0€", "9. März 2027"):
        assert words in page, words
    assert '<html lang="de-DE"' in page
    assert answer["Content-Language"] == "de"


def test_whatever_the_browser_asks_for_the_shop_speaks_its_language(client, quote):
    page = client.get(link_to(quote)[1], headers={"Accept-Language": "en"}).content.decode()
    assert '<html lang="de-DE"' in page


def test_invoices_and_jobs_too(client, far_buyer):
    invoice = client.get(link_to(new_invoice(far_buyer, lines=LINES, paid="441.20"))[1]).content.decode()
    assert "4.000,00\xa0€" in invoice
    assert re.search(r"\d{1,2}\. [A-Z][a-zä]+ 20\d\d", invoice)
    job = client.get(link_to(new_job(far_buyer))[1])
    assert job["Content-Language"] == "de"


def test_the_time_of_a_decision_is_the_shops_time(client, far_buyer):
    decided = datetime(2026, 7, 1, 22, 15, tzinfo=UTC)
    quote = new_quote(far_buyer, "accepted", decided_at=decided, decided_by="Jo")
    assert "2. Juli 2026, 00:15" in client.get(link_to(quote)[1]).content.decode()


def test_in_south_africa_it_is_written_differently(client, buyer):
    quote = new_quote(buyer, valid_until=date(2027, 3, 9))
    page = client.get(link_to(quote)[1]).content.decode()
    assert "09 March 2027" in page
    assert "R1\xa0419,68" in page
    assert '<html lang="en-ZA"' in page


def test_a_person_may_prefer_another_language(far_buyer, log_in):
    user = let_in(new_contact(far_buyer))
    User.objects.filter(pk=user.pk).update(language="en")
    user.refresh_from_db()
    answer = log_in(user).get("/portal/")
    assert answer["Content-Language"] == "en"
    assert '<html lang="en-DE"' in answer.content.decode()


def test_a_refusal_on_the_way_is_said_in_the_same_language(client, quote):
    """Also where there is no page: the answer to an unknown piece of a German link is German."""
    answer = client.get(f"{link_to(quote)[1]}quotes/{quote.pk}/drawings/999/")
    assert (answer.status_code, answer["Content-Language"]) == (404, "de")


def test_a_download_is_no_page(client, quote):
    give_pdf(quote)
    answer = client.get(f"{link_to(quote)[1]}quotes/{quote.pk}/pdf/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_no_is_said_in_the_language_of_the_shop_and_of_the_person(far_buyer, log_in):
    """Where a client has no business to be: the browser would like English."""
    user = let_in(new_contact(far_buyer))
    browser = log_in(user)
    answer = browser.get("/floor/", headers={"accept-language": "en"})
    assert (answer.status_code, answer.headers["Content-Language"]) == (403, "de")
    assert '<html lang="de' in answer.content.decode()
    User.objects.filter(pk=user.pk).update(language="en")
    assert browser.get("/floor/", headers={"accept-language": "de"}).headers["Content-Language"] == "en"
