"""A client decides: once, clearly, and kindly told when somebody was quicker."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity, OutgoingMail
from billing import quotes
from portal.tests.ground import let_in, link_to, new_quote

pytestmark = pytest.mark.django_db

YES = {"name": "Thandi Nkosi", "agree": "on"}
NO = {"name": "Thandi Nkosi", "reason": "Too late for our installation date."}


@pytest.fixture
def quote(buyer):
    return new_quote(buyer)


@pytest.fixture
def path(quote, contact):
    return link_to(quote, contact)[1]


def accept(client, quote, path, **data):
    return client.post(f"{path}quotes/{quote.pk}/accept/", {**YES, **data})


def decline(client, quote, path, **data):
    return client.post(f"{path}quotes/{quote.pk}/decline/", {**NO, **data})


def jobs_of(buyer) -> list:
    with scope(workspace=buyer.workspace):
        return list(buyer.jobs.all())


def told(buyer, *verbs) -> list[tuple]:
    with scope(workspace=buyer.workspace):
        rows = Activity.objects.filter(verb__in=verbs, target_type__model="quote").order_by("id")
        return list(rows.values_list("verb", "actor__email", "actor_name"))


def test_the_page_says_what_is_offered(client, quote, path):
    page = client.get(path).content.decode()
    for words in (
        quote.number,
        "Brackets for the pump house",
        "Bracket, mild steel 3 mm",
        "bracket-rev-c.dxf",
        "Mild steel 3 mm",
        "R123,45",
        "R1\xa0234,50",
        "VAT 15 %",
        "R185,18",
        "R1\xa0419,68",
        "Delivery ex works",
        "Edges deburred",
        "within 10 working days",
        "I accept the terms",
        'value="Thandi Nkosi"',
    ):
        assert words in page, words


def test_vat_is_shown_per_rate(client, buyer):
    quote = new_quote(buyer, lines=[(10, "100.00", "15"), (1, "50.00", "0"), (3, "7.10", "15")])
    page = client.get(link_to(quote)[1]).content.decode()
    for words in ("VAT 15 %", "on R1\xa0021,30", "R153,20", "VAT 0 %", "on R50,00", "R0,00", "R1\xa0224,50"):
        assert words in page, words


OFFERS = ((50, "99.50"), (200, "90.00"))


def test_prices_for_more_pieces_are_shown_and_only_hidden_ones_are_not(client, buyer):
    page = client.get(link_to(new_quote(buyer, offers=OFFERS))[1]).content.decode()
    for words in ("R99,50", "R4\xa0975,00", "R90,00", "R18\xa0000,00"):
        assert words in page, words
    assert 'type="radio"' not in page
    assert "R99,50" not in client.get(link_to(new_quote(buyer, offers=OFFERS, more_pieces="hide"))[1]).content.decode()


def test_the_client_chooses_a_quantity_sees_the_total_and_orders_that(client, buyer):
    quote = new_quote(buyer, offers=OFFERS, more_pieces="choose")
    path = link_to(quote)[1]
    with scope(workspace=buyer.workspace):
        field = f"pieces-{quote.lines.get().pk}"
    page = client.get(path, {field: 50}).content.decode()
    assert "you order for R5\xa0721,25 including tax" in page  # 50 × 99.50 × 1.15
    assert f'<input type="hidden" name="{field}" value="50">' in page
    assert "R1\xa0419,68" in client.get(path, {field: 51}).content.decode()  # not offered: as it was asked for
    accept(client, quote, path, **{field: "51"})
    assert jobs_of(buyer) == []
    accept(client, quote, path, **{field: "50"})
    (job,) = jobs_of(buyer)
    with scope(workspace=buyer.workspace):
        assert job.lines.values_list("quantity", "unit_price").get() == (50, Decimal("99.50"))
    page = client.get(path).content.decode()
    for words in ("Accepted. Thank you.", "50 × R99,50", "R5\xa0721,25"):
        assert words in page, words


def test_more_pieces_that_need_no_minimum_charge_are_ordered_without_it(client, buyer):
    charge = (1, "765.50", "15", {"breakdown": {"minimum_order": "2000"}})
    quote = new_quote(buyer, lines=[(10, "123.45", "15"), charge], offers=OFFERS, more_pieces="choose")
    path = link_to(quote)[1]
    with scope(workspace=buyer.workspace):
        line = quote.lines.first()
    page = client.get(path, {f"pieces-{line.pk}": 50}).content.decode()
    fields = dict(re.findall(r'<input type="hidden" name="(pieces-\d+)" value="(\d+)">', page))
    assert fields == {f"pieces-{line.pk}": "50"}
    accept(client, quote, path, **fields)
    (job,) = jobs_of(buyer)
    with scope(workspace=buyer.workspace):
        assert job.lines.values_list("quantity", "unit_price").get() == (50, Decimal("99.50"))


def test_the_client_takes_or_leaves_lines_sees_the_total_and_orders_that(client, buyer):
    if_wished, one_of = {"role": "optional", "description": "Deburred by hand"}, {"role": "alternative", "group": "A"}
    lines = [(1, "100.00", "15"), (2, "40.00", "15", if_wished), (1, "60.00", "15", one_of), (1, "30.00", "15", one_of)]
    quote = new_quote(buyer, lines=lines)
    path = link_to(quote)[1]
    with scope(workspace=buyer.workspace):
        counted, wish, either, other = quote.lines.all()
    page = client.get(path).content.decode()
    for words in ("Either (A)", "or (A)", "If you wish", "you order for R184,00 including tax"):  # (100 + 60) × 1.15
        assert words in page, words
    page = client.get(path, {"take": wish.pk, "take-A": other.pk}).content.decode()
    assert "you order for R241,50 including tax" in page  # (100 + 80 + 30) × 1.15
    assert f'name="take-A" value="{other.pk}" checked' in page
    picked = re.findall(r'<input type="hidden" name="(take)" value="(\d+)">', page)
    assert picked == [("take", str(other.pk)), ("take", str(wish.pk))]
    for wrong, words in (
        ({}, "Please choose exactly one"),
        ({"take": [either.pk, other.pk]}, "Please choose exactly one"),
        ({"take": [either.pk, counted.pk]}, "is not part of this offer"),
        ({"take": [either.pk, "x"]}, "is not part of this offer"),
    ):
        assert words in client.post(f"{path}quotes/{quote.pk}/accept/", {**YES, **wrong}, follow=True).content.decode()
        assert jobs_of(buyer) == []
    accept(client, quote, path, take=[other.pk, wish.pk])
    (job,) = jobs_of(buyer)
    with scope(workspace=buyer.workspace):
        assert list(job.lines.values_list("quantity", "unit_price")) == [(1, 100), (2, 40), (1, 30)]
        told = Activity.objects.get(verb="accepted", target_type__model="quote").details
    assert "Deburred by hand" in told["chosen"]
    page = client.get(path).content.decode()
    for words in ("Either (A): not chosen", "or (A): chosen", "If you wish: chosen", "R241,50"):
        assert words in page, words
    changed = client.post(f"{path}quotes/{quote.pk}/accept/", {**YES, "take": either.pk}, follow=True)
    assert "accepted already, with another choice" in changed.content.decode()
    assert jobs_of(buyer) == [job]


@pytest.mark.every_database
def test_accepting_makes_the_job_once(client, buyer, quote, path):
    answer = accept(client, quote, path)
    assert (answer.status_code, answer.url) == (302, path)
    quote.refresh_from_db()
    (job,) = jobs_of(buyer)
    assert (quote.state, quote.decided_by, quote.job, quote.decided_from) == (
        "accepted",
        "Thandi Nkosi",
        job,
        "127.0.0.1",
    )
    assert told(buyer, "accepted") == [("accepted", None, "Thandi Nkosi")]
    page = client.get(path).content.decode()
    assert "Accepted. Thank you." in page
    assert "By Thandi Nkosi on" in page
    assert job.number in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize("times", [2, 5])
def test_pressing_again_changes_nothing(client, buyer, quote, path, times):
    answers = [accept(client, quote, path, name=f"Name {n}") for n in range(times)]
    assert [answer.url for answer in answers] == [path] * times
    quote.refresh_from_db()
    assert len(jobs_of(buyer)) == 1
    assert quote.decided_by == "Name 0"
    assert told(buyer, "accepted") == [("accepted", None, "Name 0")]
    page = client.get(path).content.decode()
    assert "notice-error" not in page
    assert jobs_of(buyer)[0].number in page


def test_two_tabs_two_browsers_one_job(buyer, contact, quote, path, log_in):
    """Both pages were open before; the second press finds the job that is there."""
    phone, desk = Browser(), log_in(let_in(contact))
    own = f"/portal/quotes/{quote.pk}/"
    assert "Accept and order" in phone.get(path).content.decode()
    assert "Accept and order" in desk.get(own).content.decode()
    accept(phone, quote, path)
    answer = desk.post(f"{own}accept/", YES)
    assert (answer.status_code, answer.url) == (302, own)
    assert len(jobs_of(buyer)) == 1
    page = desk.get(own).content.decode()
    assert "Accepted. Thank you." in page
    assert f"/portal/jobs/{jobs_of(buyer)[0].pk}/" in page


def test_a_contact_accepts_under_their_own_account(buyer, contact, quote, log_in):
    user = let_in(contact)
    log_in(user).post(f"/portal/quotes/{quote.pk}/accept/", YES)
    assert told(buyer, "accepted") == [("accepted", user.email, "Thandi Nkosi")]


def test_after_withdrawal_nothing_is_ordered(client, buyer, quote, path, office):
    client.get(path)
    with scope(workspace=buyer.workspace):
        quotes.withdraw(quote, office)
    answer = accept(client, quote, path)
    assert answer.url == path
    page = client.get(path).content.decode()
    assert "This offer has been withdrawn. Please ask us for a new one." in page
    assert "We have withdrawn this quote." in page
    assert "Accept and order" not in page
    quote.refresh_from_db()
    assert (quote.state, quote.decided_by, jobs_of(buyer)) == ("withdrawn", "", [])


def test_after_its_date_nothing_is_ordered(client, buyer):
    late = new_quote(buyer, valid_until=timezone.localdate() - timedelta(days=1))
    path = link_to(late)[1]
    page = client.get(path).content.decode()
    assert "This quote has expired." in page
    assert "Accept and order" not in page
    accept(client, late, path)
    page = client.get(path).content.decode()
    assert "This offer was valid until" in page
    late.refresh_from_db()
    assert (late.state, late.decided_by, jobs_of(buyer)) == ("sent", "", [])


def test_the_last_day_counts_in_the_shops_own_time(client, far_buyer):
    """At 23:30 in Berlin it is still that day, though London is an hour behind and Auckland half a day ahead."""
    import time_machine

    quote = new_quote(far_buyer, valid_until=date(2026, 12, 1))
    path = link_to(quote)[1]
    with time_machine.travel("2026-12-01T22:30:00Z", tick=False):
        assert 'name="agree"' in client.get(path).content.decode()
    with time_machine.travel("2026-12-01T23:30:00Z", tick=False):
        assert 'name="agree"' not in client.get(path).content.decode()


def test_declining_takes_a_reason(client, buyer, quote, path):
    answer = decline(client, quote, path)
    assert (answer.status_code, answer.url) == (302, path)
    quote.refresh_from_db()
    assert (quote.state, quote.decided_by, quote.decline_reason, quote.job) == (
        "declined",
        "Thandi Nkosi",
        "Too late for our installation date.",
        None,
    )
    page = client.get(path).content.decode()
    assert "You declined this quote." in page
    assert "Too late for our installation date." in page
    assert told(buyer, "declined") == [("declined", None, "Thandi Nkosi")]


def test_what_is_declined_is_not_accepted_by_an_old_page(client, buyer, quote, path):
    decline(client, quote, path)
    accept(client, quote, path)
    assert "This offer has been declined. Please ask us for a new one." in client.get(path).content.decode()
    quote.refresh_from_db()
    assert (quote.state, jobs_of(buyer)) == ("declined", [])


def test_what_is_accepted_is_not_declined_by_an_old_page(client, buyer, quote, path):
    accept(client, quote, path)
    decline(client, quote, path)
    assert "This offer has been accepted already." in client.get(path).content.decode()
    quote.refresh_from_db()
    assert (quote.state, quote.decline_reason, len(jobs_of(buyer))) == ("accepted", "", 1)


@pytest.mark.parametrize(
    ("verb", "data", "words"),
    [
        ("accept", {"name": "Thandi"}, "Please tick this box if you want to order."),
        ("accept", {"agree": "on"}, "This field is required."),
        ("accept", {"name": "   ", "agree": "on"}, "This field is required."),
        ("accept", {"name": "x" * 121, "agree": "on"}, "at most 120 characters"),
        ("accept", {"name": "a\x00b", "agree": "on"}, "Null characters are not allowed."),
        ("decline", {"name": "Thandi", "reason": ""}, "This field is required."),
        ("decline", {"name": "", "reason": "no"}, "This field is required."),
        ("decline", {"name": "Thandi", "reason": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_is_missing_is_said_and_nothing_decided(client, buyer, quote, path, verb, data, words):
    answer = client.post(f"{path}quotes/{quote.pk}/{verb}/", data)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert ('portal-decline" open' in page) is (verb == "decline")
    quote.refresh_from_db()
    assert (quote.state, jobs_of(buyer)) == ("sent", [])


def test_what_was_typed_stays_and_is_text(client, quote, path):
    page = client.post(f"{path}quotes/{quote.pk}/decline/", {"name": "<b>Bo</b>", "reason": ""}).content.decode()
    assert "&lt;b&gt;Bo&lt;/b&gt;" in page
    decline(client, quote, path, name="<b>Bo</b>", reason="<script>alert(1)</script>")
    page = client.get(path).content.decode()
    assert "<script>alert" not in page
    assert "<b>Bo" not in page


def test_the_address_of_an_answer_leads_to_the_page(client, quote, path):
    for verb in ("accept", "decline"):
        answer = client.get(f"{path}quotes/{quote.pk}/{verb}/")
        assert (answer.status_code, answer.url) == (302, path)
    quote.refresh_from_db()
    assert quote.state == "sent"


def test_only_our_own_page_may_answer(quote, path, buyer):
    """A form on another site has no token: nothing is ordered by it."""
    strict = Browser(enforce_csrf_checks=True)
    assert accept(strict, quote, path).status_code == 403
    page = strict.get(path).content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    assert jobs_of(buyer) == []
    assert accept(strict, quote, path, csrfmiddlewaretoken=token).status_code == 302
    assert len(jobs_of(buyer)) == 1


def test_an_address_from_outside_is_not_believed(client, quote, path):
    """Whoever writes X-Forwarded-For writes what they like."""
    client.post(
        f"{path}quotes/{quote.pk}/accept/", YES, HTTP_X_FORWARDED_FOR="198.51.100.77", REMOTE_ADDR="203.0.113.9"
    )
    quote.refresh_from_db()
    assert quote.decided_from == "203.0.113.9"


def test_the_office_that_tries_a_link_decides_under_its_own_name(quote, path, buyer, office, log_in):
    accept(log_in(office), quote, path)
    assert told(buyer, "accepted") == [("accepted", office.email, "Office")]


def test_a_link_shows_how_far_the_order_is(client, quote, path, buyer):
    accept(client, quote, path)
    page = client.get(path).content.decode()
    assert "confirmed" in page
    assert "0 of 10 made" in page


def test_from_the_mail_to_the_job(client, shop, office, run_work):
    """The office sends, the worker makes the PDF and the mail, the client follows the link in it and orders."""
    quote = new_quote(shop.client, "draft", valid_until=None, contact=shop.contact)
    with scope(workspace=shop.workspace):
        quotes.send(quote, office)
    run_work()
    with scope(workspace=shop.workspace):
        mail = OutgoingMail.objects.get(to="thandi@umgeni.example")
    path = re.search(r"https?://[^/]+(/portal/link/\S+)", mail.text)[1]
    page = client.get(path).content.decode()
    assert 'value="Thandi Nkosi"' in page
    assert "Download as PDF" in page
    pdf = client.get(f"{path}quotes/{quote.pk}/pdf/")
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert pdf["Content-Disposition"] == f'attachment; filename="{quote.number}.pdf"'
    assert accept(client, quote, path).url == path
    (job,) = jobs_of(shop.client)
    assert (job.client, job.contact, job.quoted_total) == (shop.client, shop.contact, Decimal("1234.5000"))
    assert job.number in client.get(path).content.decode()
