"""The overview and the lists: what needs the client, found again, in constantly many queries."""

import re
from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone
from django_scopes import scope

from inventory import lots, stock
from inventory.models import Item
from portal.tests.ground import give_pdf, let_in, link_to, new_client, new_invoice, new_job, new_quote
from production import client_material

pytestmark = pytest.mark.django_db

STATES = ("approved", "in_progress", "on_hold", "made", "completed", "cancelled")


def main_of(answer) -> str:
    return answer.content.decode().split("<main")[1].split("</main>")[0]


def test_the_overview_says_what_needs_you(buyer, buyer_logged_in):
    open_quote = new_quote(buyer)
    new_quote(buyer, title="PAST", valid_until=timezone.localdate() - timedelta(days=1))
    for state in ("declined", "withdrawn", "expired"):
        new_quote(buyer, state, title="PAST")
    owed = new_invoice(buyer, paid="500")
    paid = new_invoice(buyer, paid="1419.68")
    page = main_of(buyer_logged_in.get("/portal/"))
    assert "Hello Thandi Nkosi" in page
    assert f"Decide on quote {open_quote.number}" in page
    assert f"Pay invoice {owed.number}" in page
    assert "R919,68" in page
    assert "PAST" not in page
    assert paid.number not in page


def test_the_overview_shows_what_is_being_made(buyer, buyer_logged_in):
    for state in STATES:
        new_job(buyer, state, title=f"Job {state}")
    page = main_of(buyer_logged_in.get("/portal/"))
    assert [state for state in STATES if f"Job {state}" in page] == ["approved", "in_progress", "on_hold", "made"]
    assert 'max="10" value="3"' in page


def test_nothing_to_do_is_said_calmly(buyer_logged_in):
    page = main_of(buyer_logged_in.get("/portal/"))
    assert "Nothing is waiting for you." in page
    assert "Nothing is being made for you at the moment." in page


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("quotes", "No quotes yet"),
        ("jobs", "No jobs yet"),
        ("invoices", "No invoices yet"),
        ("material", "Nothing of yours is here"),
    ],
)
def test_an_empty_list_says_what_will_be_there(buyer_logged_in, path, words):
    assert words in main_of(buyer_logged_in.get(f"/portal/{path}/"))


def test_what_the_client_left_with_us_is_seen_by_him_alone(buyer, buyer_logged_in):
    assert "Nothing of yours is here" in main_of(buyer_logged_in.get("/portal/material/"))
    assert "Your material with us" not in main_of(buyer_logged_in.get("/portal/"))
    leave(new_client(buyer.workspace, name="Somebody else"), 2)
    sheet = leave(buyer, 1)
    with scope(workspace=buyer.workspace):
        gone = client_material.receive(buyer, sheet, 2, key="gone", by=None, kind="sheet", heat="H-2")
        lots.use_up(gone, key="used", by=None)
    assert "Your material with us" in main_of(buyer_logged_in.get("/portal/"))
    page = main_of(buyer_logged_in.get("/portal/material/"))
    assert [words in page for words in ("3 sheets left", "heat H-1", "used up")] == [True] * 3
    assert page.count("portal-task-text") == 2


def titles(page, names) -> list[str]:
    return [name for name in names if name in page]


@pytest.mark.every_database
def test_jobs_are_found_by_state_number_and_title(buyer, other_buyer, buyer_logged_in):
    new_job(buyer, "completed", title="Gussets")
    running = new_job(buyer, "in_progress", title="Brackets")
    new_job(other_buyer, "completed", title="Gussets of others")
    names = ["Gussets", "Brackets", "of others"]

    def found(query):
        return titles(main_of(buyer_logged_in.get(f"/portal/jobs/?{query}")), names)

    assert found("") == ["Gussets", "Brackets"]
    assert found("state=completed") == ["Gussets"]
    assert found("text=brack") == ["Brackets"]
    assert found(f"text={running.number.lower()}") == ["Brackets"]
    assert found("state=completed&text=brack") == []
    assert "No job fits" in main_of(buyer_logged_in.get("/portal/jobs/?state=completed&text=brack"))
    assert found("state=nonsense") == ["Gussets", "Brackets"]
    assert found("text=%00") == ["Gussets", "Brackets"]


def numbers(browser, path, query) -> set[str]:
    return set(re.findall(r"(?:QT|INV)-[\w-]*\d", main_of(browser.get(f"/portal/{path}/?{query}"))))


@pytest.mark.every_database
def test_quotes_are_found_by_where_they_stand_number_and_title(buyer, other_buyer, buyer_logged_in):
    open_, past = new_quote(buyer), new_quote(buyer, valid_until=timezone.localdate() - timedelta(days=1))
    won = new_quote(buyer, "accepted", title="Gussets", valid_until=past.valid_until)
    new_quote(other_buyer, "accepted", title="Gussets of others")
    found = partial(numbers, buyer_logged_in, "quotes")
    assert found("") == {open_.number, past.number, won.number}
    assert [found(f"state={state}") for state in ("sent", "expired", "accepted")] == [
        {open_.number}, {past.number}, {won.number},
    ]  # fmt: skip
    assert (found("text=gusset"), found(f"text={past.number.lower()}")) == ({won.number}, {past.number})
    assert "No quote fits" in main_of(buyer_logged_in.get("/portal/quotes/?state=sent&text=gusset"))
    assert found("state=nonsense&text=%00") == {open_.number, past.number, won.number}


@pytest.mark.every_database
def test_invoices_are_found_by_where_they_stand_number_and_job(buyer, other_buyer, buyer_logged_in):
    job = new_job(buyer, title="Gussets")
    open_, late = new_invoice(buyer, job=job), new_invoice(buyer, due_in=-3)
    paid = new_invoice(buyer, paid=str(late.total))
    new_invoice(other_buyer)
    found = partial(numbers, buyer_logged_in, "invoices")
    assert found("") == {open_.number, late.number, paid.number}
    assert [found(f"state={state}") for state in ("issued", "overdue", "paid")] == [
        {open_.number}, {late.number}, {paid.number},
    ]  # fmt: skip
    assert (found("text=gussets"), found(f"text={late.number.lower()}")) == ({open_.number}, {late.number})
    assert found(f"text={job.number.lower()}") == {open_.number}
    assert "No invoice fits" in main_of(buyer_logged_in.get("/portal/invoices/?state=paid&text=gusset"))


@pytest.mark.every_database
@pytest.mark.parametrize(("path", "make"), [("quotes", new_quote), ("jobs", new_job), ("invoices", new_invoice)])
def test_twenty_on_a_page(buyer, buyer_logged_in, path, make):
    for _each in range(21):
        make(buyer)

    def rows(query=""):
        return main_of(buyer_logged_in.get(f"/portal/{path}/{query}")).count("portal-cover")

    assert (rows(), rows("?page=2")) == (20, 1)
    assert (rows("?page=99"), rows("?page=x"), rows("?page=-1")) == (1, 20, 1)
    assert "Page 1 of 2" in main_of(buyer_logged_in.get(f"/portal/{path}/"))


def fill(buyer, count):
    for _each in range(count):
        new_quote(buyer)
        new_job(buyer)
        new_invoice(buyer, paid="500")
    leave(buyer, count)


def leave(client, count):
    """So many sheets of a client's own."""
    workspace = client.workspace
    with scope(workspace=workspace):
        sheet = Item(workspace=workspace, name="Mild steel 3 mm", category="sheet", unit="sheet")
        sheet = stock.register(sheet, None)
        for number in range(count):
            client_material.receive(client, sheet, 3, key=f"{client.pk}:{number}", by=None, kind="sheet", heat="H-1")
    return sheet


# Session, person, memberships, clients with their workspaces, contact, and what the page itself needs.
QUERIES = {"/portal/": 12, "/portal/quotes/": 7, "/portal/jobs/": 8, "/portal/invoices/": 8, "/portal/material/": 7}


@pytest.mark.parametrize("path", QUERIES)
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_take_the_same_queries_for_one_row_and_three(
    buyer, contact, log_in, django_assert_num_queries, path, rows
):
    fill(buyer, rows)
    visitor = log_in(let_in(contact))
    visitor.get(path)
    with django_assert_num_queries(QUERIES[path]):
        page = visitor.get(path)
    row = "portal-task-text" if path == "/portal/material/" else "portal-cover"
    assert main_of(page).count(row) == (3 * rows if path == "/portal/" else rows)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("make", "queries"), [(new_quote, 5), (new_job, 11), (new_invoice, 6)])
def test_documents_take_the_same_queries_for_one_line_and_three(
    client, buyer, django_assert_num_queries, make, queries, rows
):
    line = (10, 3) if make is new_job else (10, "123.45", "15")
    document = make(buyer, lines=[line] * rows)
    if make is not new_job:
        give_pdf(document)
    path = link_to(document)[1]
    client.get(path)
    with django_assert_num_queries(queries):
        client.get(path)
