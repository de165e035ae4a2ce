"""What is noted when a client looks, and what they get to look at: drawings as pictures, PDFs as downloads."""

import pytest
from django_scopes import scope, scopes_disabled

from accounts.models import Activity
from crm.models import AccessLink
from portal.tests.ground import SVG, give_pdf, let_in, link_to, new_invoice, new_quote

pytestmark = pytest.mark.django_db


def opened(workspace) -> list[tuple]:
    with scope(workspace=workspace):
        rows = Activity.objects.filter(verb="opened").order_by("id")
        return list(rows.values_list("actor__email", "actor_name", "target_label"))


def test_what_was_opened_by_whom_is_noted_once(client, buyer, contact, log_in):
    quote = new_quote(buyer)
    link, path = link_to(quote, contact)
    for _again in range(3):
        client.get(path)
        client.head(path)
    assert opened(buyer.workspace) == [(None, "Thandi Nkosi", str(quote))]
    with scopes_disabled():
        assert AccessLink.objects.get(pk=link.pk).opened_at is not None
    user = let_in(contact)
    log_in(user).get(f"/portal/quotes/{quote.pk}/")
    # The same person, now with an account: one story, still one line within the hour.
    assert opened(buyer.workspace) == [(None, "Thandi Nkosi", str(quote))]


def test_a_link_without_a_contact_is_noted_under_the_client(client, buyer):
    client.get(link_to(new_invoice(buyer))[1])
    assert [row[1] for row in opened(buyer.workspace)] == ["Umgeni Pumps"]


def test_looking_at_what_is_not_there_is_not_noted(client, buyer, buyer_logged_in, other_buyer):
    buyer_logged_in.get(f"/portal/quotes/{new_quote(other_buyer).pk}/")
    buyer_logged_in.get("/portal/link/x/")
    assert opened(buyer.workspace) == []


def test_a_drawing_is_a_picture_and_nothing_else(client, buyer):
    quote = new_quote(buyer)
    with scope(workspace=buyer.workspace):
        line = quote.lines.get().pk
    answer = client.get(f"{link_to(quote)[1]}quotes/{quote.pk}/drawings/{line}/")
    assert answer.content.decode() == SVG
    assert answer["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_line_without_a_drawing_has_no_picture(client, buyer):
    quote = new_quote(buyer)
    with scope(workspace=buyer.workspace):
        line = quote.lines.get()
        line.enquiry_line.design_file.measurement.delete()
    path = link_to(quote)[1]
    assert client.get(f"{path}quotes/{quote.pk}/drawings/{line.pk}/").status_code == 404
    assert "data-drawing-window target" not in client.get(path).content.decode()


@pytest.mark.parametrize("make", [new_quote, new_invoice])
def test_the_pdf_is_a_download_once_it_is_there(client, buyer, make):
    document = make(buyer)
    kind = "quotes" if make is new_quote else "invoices"
    path = link_to(document)[1]
    assert "The PDF is being prepared." in client.get(path).content.decode()
    early = client.get(f"{path}{kind}/{document.pk}/pdf/")
    assert (early.status_code, early.url) == (302, path)
    give_pdf(document)
    answer = client.get(f"{path}{kind}/{document.pk}/pdf/")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 what the client gets"
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="{document.number}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("make", [new_quote, new_invoice])
def test_a_page_that_waits_for_its_pdf_fetches_that_piece_only(client, buyer, make):
    document = make(buyer)
    path = link_to(document)[1]
    piece = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "The PDF is being prepared." in piece
    assert "data-poll" in piece
    assert "<html" not in piece
    give_pdf(document)
    piece = client.get(path, headers={"HX-Request": "true"}).content.decode()
    assert "Download as PDF" in piece
    assert "data-poll" not in piece
    assert opened(buyer.workspace) == []


def test_a_pdf_whose_file_is_gone_is_not_an_accident(client, buyer):
    quote = new_quote(buyer)
    give_pdf(quote)
    quote.pdf.storage.delete(quote.pdf.name)
    path = link_to(quote)[1]
    assert client.get(f"{path}quotes/{quote.pk}/pdf/").url == path


def test_only_looking_is_looking(client, buyer):
    path = link_to(new_quote(buyer))[1]
    assert [client.post(path).status_code, client.put(path).status_code, client.delete(path).status_code] == [405] * 3
