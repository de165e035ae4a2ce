"""Who gets in, and to what: links, contacts, staff, strangers."""

import pytest
from django.utils import timezone
from django_scopes import scope

from accounts.models import Workspace
from crm import clients, links
from crm.models import AccessLink, Contact
from laseros.tests.database import guards_off
from portal.tests.ground import (
    give_pdf,
    let_in,
    link_to,
    new_client,
    new_contact,
    new_invoice,
    new_job,
    new_quote,
    path_of,
)

pytestmark = pytest.mark.django_db


def documents(client):
    return new_quote(client), new_job(client), new_invoice(client)


def pages_of(client) -> list[str]:
    """Every address of one client's documents, as a contact has them."""
    quote, job, invoice = documents(client)
    give_pdf(quote)
    give_pdf(invoice)
    with scope(workspace=client.workspace):
        quote_line, job_line = quote.lines.get().pk, job.lines.get().pk
    return [
        f"/portal/quotes/{quote.pk}/",
        f"/portal/quotes/{quote.pk}/pdf/",
        f"/portal/quotes/{quote.pk}/accept/",
        f"/portal/quotes/{quote.pk}/decline/",
        f"/portal/quotes/{quote.pk}/drawings/{quote_line}/",
        f"/portal/jobs/{job.pk}/",
        f"/portal/jobs/{job.pk}/progress/",
        f"/portal/jobs/{job.pk}/drawings/{job_line}/",
        f"/portal/invoices/{invoice.pk}/",
        f"/portal/invoices/{invoice.pk}/pdf/",
    ]


OWN = [200, 200, 302, 302, 200, 200, 200, 200, 200, 200]
LISTS = ["/portal/", "/portal/quotes/", "/portal/jobs/", "/portal/invoices/"]


# --- links ------------------------------------------------------------------------------------------------------------


def test_a_link_shows_its_document_without_a_log_in(client, buyer):
    for document, words in zip(documents(buyer), ("What we offer", "How far it is", "What it is for"), strict=True):
        answer = client.get(link_to(document)[1])
        assert answer.status_code == 200
        assert words in answer.content.decode()
        assert document.number in answer.content.decode()


def test_a_link_opens_its_document_and_nothing_else(client, buyer):
    quote, job, invoice = documents(buyer)
    another = new_quote(buyer)
    for document in (quote, job, invoice):
        path = link_to(document)[1]
        others = [
            f"{path}quotes/{another.pk}/pdf/",
            f"{path}quotes/{another.pk}/accept/",
            f"{path}quotes/{another.pk}/drawings/1/",
        ]
        if document is not job:
            others.append(f"{path}jobs/{job.pk}/progress/")
        if document is not invoice:
            others.append(f"{path}invoices/{invoice.pk}/pdf/")
        if document is not quote:
            others.append(f"{path}quotes/{quote.pk}/accept/")
        for other in others:
            assert client.get(other).status_code == 404
            assert client.post(other, {"name": "X", "agree": "on"}).status_code in (404, 405)
    quote.refresh_from_db()
    assert quote.state == "sent"


def test_a_link_is_no_log_in(client, buyer):
    quote = new_quote(buyer)
    assert client.get(link_to(quote)[1]).status_code == 200
    for path in [*LISTS, f"/portal/quotes/{quote.pk}/"]:
        answer = client.get(path)
        assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")
    assert "_auth_user_id" not in client.session


def dead_links(client, buyer) -> dict[str, str]:
    """Every way a link can be no good, as a path."""
    quote = new_quote(buyer)
    link, path = link_to(quote)
    with scope(workspace=buyer.workspace):
        lasting = {"workspace": buyer.workspace, "client": buyer, "target_type": link.target_type}
        soon = timezone.now() + timezone.timedelta(days=1)
        expired = AccessLink.objects.create(target_id=quote.pk, expires_at=timezone.now(), **lasting)
        revoked = AccessLink.objects.create(target_id=quote.pk, expires_at=soon, revoked_at=timezone.now(), **lasting)
    return {
        "expired": path_of(expired),
        "revoked": path_of(revoked),
        "forged": "/portal/link/forged/",
        "tampered": path[:-3] + ("aa/" if path[-3] != "a" else "bb/"),
        "cut": path[: len(path) // 2] + "/",
    }


def test_every_dead_link_gets_the_same_calm_answer(client, buyer):
    answers = {name: client.get(path) for name, path in dead_links(client, buyer).items()}
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 404)
    pages = {answer.content.replace(answer.wsgi_request.csp_nonce.encode(), b"") for answer in answers.values()}
    assert len({page.split(b"</head>")[1] for page in pages}) == 1
    assert "This link does not open anything" in pages.pop().decode()


def test_dead_links_decide_nothing(client, buyer):
    for path in dead_links(client, buyer).values():
        assert client.post(f"{path}quotes/1/accept/", {"name": "X", "agree": "on"}).status_code == 404
    with scope(workspace=buyer.workspace):
        assert set(buyer.quotes.values_list("state", flat=True)) == {"sent"}
        assert buyer.jobs.count() == 0


def test_a_link_that_dies_closes_every_page_under_it(client, buyer):
    quote = new_quote(buyer)
    give_pdf(quote)
    _link, path = link_to(quote)
    with scope(workspace=buyer.workspace):
        line = quote.lines.get().pk
        under = [path, f"{path}quotes/{quote.pk}/pdf/", f"{path}quotes/{quote.pk}/drawings/{line}/"]
        assert [client.get(page).status_code for page in under] == [200, 200, 200]
        links.revoke(quote)
    assert [client.get(page).status_code for page in under] == [404, 404, 404]


def test_a_link_to_a_draft_shows_nothing(client, buyer):
    for document in (new_quote(buyer, "draft"), new_invoice(buyer, "draft")):
        assert client.get(link_to(document)[1]).status_code == 404


def test_a_link_to_something_else_shows_nothing(client, buyer, contact):
    with scope(workspace=buyer.workspace):
        link = links.make(contact, buyer)
    assert client.get(path_of(link)).status_code == 404


def test_a_link_whose_document_changed_hands_shows_nothing(client, buyer, other_buyer):
    quote = new_quote(buyer)
    _link, path = link_to(quote)
    with scope(workspace=buyer.workspace), guards_off():
        type(quote).objects.filter(pk=quote.pk).update(client=other_buyer)
    assert client.get(path).status_code == 404


def test_a_business_that_switched_its_portal_off_has_none(client, buyer, contact, log_in):
    quote = new_quote(buyer)
    _link, path = link_to(quote)
    user = let_in(contact)
    Workspace.objects.filter(pk=buyer.workspace_id).update(modules=["laser"])
    assert client.get(path).status_code == 404
    assert log_in(user).get("/portal/").status_code == 403


def test_a_link_of_another_business_opens_in_that_business(client, far_buyer, office, log_in):
    """Staff of one shop who follow a client link of another see that document and none of their own shop."""
    quote = new_quote(far_buyer, title="Gehäuse")
    page = log_in(office).get(link_to(quote)[1]).content.decode()
    assert "Gehäuse" in page
    assert "Printers" in page
    assert "Cutters" not in page


def test_pages_are_kept_out_of_caches_and_search_engines(client, buyer, buyer_logged_in):
    for path in (link_to(new_quote(buyer))[1], "/portal/", "/portal/link/x/", "/portal/jobs/77/"):
        answer = buyer_logged_in.get(path)
        assert "no-store" in answer["Cache-Control"]
        assert "private" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex, nofollow"
        assert answer["Referrer-Policy"] == "same-origin"


# --- contacts ---------------------------------------------------------------------------------------------------------


def test_a_contact_sees_their_own_documents(buyer, buyer_logged_in):
    assert [buyer_logged_in.get(path).status_code for path in pages_of(buyer)] == OWN
    assert [buyer_logged_in.get(path).status_code for path in LISTS] == [200, 200, 200, 200]


@pytest.mark.parametrize("whose", ["other_buyer", "far_buyer"])
def test_what_belongs_to_others_is_not_there(request, whose, buyer_logged_in):
    for path in pages_of(request.getfixturevalue(whose)):
        answer = buyer_logged_in.get(path)
        assert answer.status_code == 404, path
        assert "This page is not here" in answer.content.decode()


@pytest.mark.parametrize("whose", ["other_buyer", "far_buyer"])
def test_nobody_decides_for_others(request, whose, buyer_logged_in):
    quote = new_quote(request.getfixturevalue(whose))
    data = {"name": "Thandi", "agree": "on", "reason": "no"}
    assert buyer_logged_in.post(f"/portal/quotes/{quote.pk}/accept/", data).status_code == 404
    assert buyer_logged_in.post(f"/portal/quotes/{quote.pk}/decline/", data).status_code == 404
    quote.refresh_from_db()
    assert (quote.state, quote.decided_by, quote.job) == ("sent", "", None)


def test_not_yours_and_not_there_are_one_answer(other_buyer, buyer_logged_in):
    quote = new_quote(other_buyer)

    def body(path):
        return buyer_logged_in.get(path).content.decode().split("<main")[1].split("</main>")[0]

    assert body(f"/portal/quotes/{quote.pk}/") == body("/portal/quotes/987654/")
    assert buyer_logged_in.get("/portal/quotes/99999999999999999999999999/").status_code == 404


def test_a_drawing_belongs_to_its_document(buyer, other_buyer, buyer_logged_in):
    """A line's picture is not found under another document, not even one's own."""
    mine, another, theirs = new_quote(buyer), new_quote(buyer), new_quote(other_buyer)
    with scope(workspace=buyer.workspace):
        foreign, own = theirs.lines.get().pk, another.lines.get().pk
    for line in (foreign, own):
        assert buyer_logged_in.get(f"/portal/quotes/{mine.pk}/drawings/{line}/").status_code == 404


def test_drafts_are_nobodys_business(buyer, buyer_logged_in):
    drafts = [
        new_quote(buyer, "draft", title="DRAFT-QUOTE"),
        new_quote(buyer, "withdrawn", sent_at=None, title="DRAFT-QUOTE"),
    ]
    invoice = new_invoice(buyer, "draft", note="DRAFT-INVOICE")
    paths = [f"/portal/quotes/{draft.pk}/" for draft in drafts] + [f"/portal/invoices/{invoice.pk}/"]
    for path in paths:
        assert buyer_logged_in.get(path).status_code == 404
        assert buyer_logged_in.get(f"{path}pdf/").status_code == 404
    for path in LISTS:
        assert "DRAFT-" not in buyer_logged_in.get(path).content.decode()


def test_strangers_are_asked_to_log_in(client, buyer):
    for path in [*LISTS, *pages_of(buyer)]:
        answer = client.get(path)
        assert (answer.status_code, answer.url) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("role", ["admin", "manager", "office", "operator", "viewer", "superuser"])
def test_staff_are_nobodys_contact(role, person, workspace, buyer, log_in):
    """Not even with every permission in the book: what is asked for is this client, object by object."""
    staff = log_in(person(role, None if role == "superuser" else workspace))
    for path in [*LISTS, *pages_of(buyer)]:
        answer = staff.get(path)
        assert answer.status_code == 403
        assert "This is where clients look" in answer.content.decode()
        assert 'href="/"' in answer.content.decode()


def test_a_contact_who_was_shut_out_is_out(buyer, contact, log_in):
    user = let_in(contact)
    visitor = log_in(user)
    assert visitor.get("/portal/").status_code == 200
    with scope(workspace=buyer.workspace):
        clients.shut_out(contact, None)
    assert visitor.get("/portal/").status_code == 403


def test_a_contact_who_was_deleted_is_out(buyer, contact, log_in):
    """The permission alone opens nothing: whoever removes the contact has closed the door."""
    visitor = log_in(let_in(contact))
    with scope(workspace=buyer.workspace):
        Contact.objects.filter(pk=contact.pk).delete()
    assert visitor.get("/portal/").status_code == 403


def test_a_contact_without_the_permission_is_out(buyer, contact, person, log_in):
    user = person("viewer", None, "x@umgeni.example")
    with scope(workspace=buyer.workspace):
        Contact.objects.filter(pk=contact.pk).update(user=user)
    assert log_in(user).get("/portal/").status_code == 403


def test_a_closed_business_is_closed_to_its_clients(buyer, contact, log_in):
    visitor = log_in(let_in(contact))
    Workspace.objects.filter(pk=buyer.workspace_id).update(is_active=False)
    assert visitor.get("/portal/").status_code == 403


# --- several clients --------------------------------------------------------------------------------------------------


@pytest.fixture
def buys_in_two_shops(contact, far_buyer, log_in):
    user = let_in(contact)
    assert let_in(new_contact(far_buyer)) == user
    return log_in(user)


def test_a_person_may_buy_in_two_shops(buys_in_two_shops, buyer, far_buyer):
    new_quote(buyer, title="From the cutters")
    new_quote(far_buyer, title="Vom Drucker")
    page = buys_in_two_shops.get("/portal/quotes/").content.decode()
    assert ("From the cutters" in page, "Vom Drucker" in page) == (True, False)
    answer = buys_in_two_shops.post("/portal/client/", {"client": far_buyer.pk})
    assert (answer.status_code, answer.url) == (302, "/portal/")
    page = buys_in_two_shops.get("/portal/quotes/").content.decode()
    assert ("From the cutters" in page, "Vom Drucker" in page) == (False, True)
    assert "Printers" in page


@pytest.mark.parametrize("wanted", ["other", "", "x", "999999", "-1"])
def test_nobody_switches_to_somebody_elses_client(buys_in_two_shops, other_buyer, buyer, wanted):
    new_quote(buyer, title="From the cutters")
    wanted = other_buyer.pk if wanted == "other" else wanted
    assert buys_in_two_shops.post("/portal/client/", {"client": wanted}).status_code == 404
    assert "From the cutters" in buys_in_two_shops.get("/portal/quotes/").content.decode()


def test_a_choice_that_was_taken_away_falls_back(buys_in_two_shops, far_buyer, buyer):
    buys_in_two_shops.post("/portal/client/", {"client": far_buyer.pk})
    with scope(workspace=far_buyer.workspace):
        clients.shut_out(far_buyer.contacts.get(), None)
    page = buys_in_two_shops.get("/portal/").content.decode()
    assert buyer.name in page
    assert "Switch client" not in page


def test_one_client_needs_no_switch(buyer_logged_in):
    assert "Switch client" not in buyer_logged_in.get("/portal/").content.decode()


def test_two_clients_of_one_shop_stay_apart(contact, other_buyer, buyer, log_in):
    user = let_in(contact)
    let_in(new_contact(other_buyer))
    quote = new_quote(buyer)
    visitor = log_in(user)
    visitor.post("/portal/client/", {"client": other_buyer.pk})
    assert visitor.get(f"/portal/quotes/{quote.pk}/").status_code == 404
    visitor.post("/portal/client/", {"client": buyer.pk})
    assert visitor.get(f"/portal/quotes/{quote.pk}/").status_code == 200


def test_a_member_of_staff_can_be_a_client_elsewhere(office, far_buyer, log_in):
    """They work in one business and buy in another: the portal shows where they buy, in its own clothes."""
    with scope(workspace=far_buyer.workspace):
        contact = Contact.objects.create(
            workspace=far_buyer.workspace, client=far_buyer, name="Office", email=office.email
        )
    assert let_in(contact) == office
    page = log_in(office).get("/portal/").content.decode()
    assert far_buyer.name in page
    assert "Printers" in page


def test_another_client_of_the_same_name_is_another(workspace, contact, log_in):
    namesake = new_client(workspace)
    quote = new_quote(namesake)
    assert log_in(let_in(contact)).get(f"/portal/quotes/{quote.pk}/").status_code == 404


@pytest.mark.parametrize("role", ["superuser", "admin", "manager"])
def test_no_role_stands_in_for_the_permission(role, person, workspace, buyer, contact, log_in):
    """Their roles allow everything in the rooms; for this client nobody gave them leave."""
    user = person(role, None if role == "superuser" else workspace)
    with scope(workspace=workspace):
        Contact.objects.filter(pk=contact.pk).update(user=user)
    assert log_in(user).get("/portal/").status_code == 403


def test_colleagues_are_not_taken_for_each_other(buyer, contact, log_in):
    earlier = let_in(new_contact(buyer, "Aaron First", "aaron@umgeni.example"))
    later = let_in(contact)
    assert "Hello Thandi Nkosi" in log_in(later).get("/portal/").content.decode()
    assert "Hello Aaron First" in log_in(earlier).get("/portal/").content.decode()
