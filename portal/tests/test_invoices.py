"""Invoices as the client sees them: what is owed, what was paid, where to pay."""

from zoneinfo import ZoneInfo

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from django_scopes import scope

from accounts.models import BackgroundTask, Workspace
from accounts.models.work import LIFE
from billing import printing, statements
from crm import links
from crm.models import Contact
from portal.tests.ground import link_to, new_invoice, new_quote, pay

pytestmark = pytest.mark.django_db


def page_of(client, invoice) -> str:
    return client.get(link_to(invoice)[1]).content.decode()


def test_an_invoice_says_what_is_to_pay_and_where(client, buyer):
    Workspace.objects.filter(pk=buyer.workspace_id).update(bank_details="Standard Bank\nAccount 012 345 678")
    invoice = new_invoice(buyer)
    page = page_of(client, invoice)
    for words in ("To pay", "R1\xa0419,68", "Account 012 345 678", "Reference", invoice.number, "VAT 15 %", "R185,18"):
        assert words in page, words
    assert "Received from you" not in page


def test_part_payments_are_listed_and_the_rest_is_to_pay(client, buyer):
    invoice = new_invoice(buyer, paid="500")
    page = page_of(client, invoice)
    for words in ("partly paid", "Received from you", "R500,00", "Bank transfer", "R919,68"):
        assert words in page, words
    pay(invoice, "919.68")
    page = page_of(client, invoice)
    for words in ("Paid in full", "R919,68", "Nothing is open on this invoice."):
        assert words in page, words
    assert "To pay" not in page


def test_late_is_said(client, buyer):
    invoice = new_invoice(buyer, due_in=-1)
    assert 'data-state="overdue"' in page_of(client, invoice)
    assert 'data-state="issued"' in page_of(client, new_invoice(buyer, due_in=0))


def test_a_paid_invoice_is_never_late(client, buyer):
    assert 'data-state="paid"' in page_of(client, new_invoice(buyer, due_in=-30, paid="1419.68"))


def test_the_account_is_the_one_on_the_paper(client, buyer):
    """A change of bank later does not make page and PDF disagree."""
    invoice = new_invoice(buyer, frozen={"seller": {"bank_details": "Old Bank 111"}})
    Workspace.objects.filter(pk=buyer.workspace_id).update(bank_details="New Bank 222")
    page = page_of(client, invoice)
    assert "Old Bank 111" in page
    assert "New Bank 222" not in page


@pytest.mark.every_database
def test_the_list_adds_up_what_is_open(buyer, other_buyer, buyer_logged_in):
    new_invoice(buyer, paid="1419.68")
    new_invoice(buyer, paid="500")
    new_invoice(buyer, lines=[(1, "100.00", "15")])
    new_invoice(buyer, "draft")
    new_invoice(other_buyer)
    page = buyer_logged_in.get("/portal/invoices/").content.decode()
    assert "<strong>R1\xa0034,68</strong>" in page
    assert "R919,68 open" in page


def test_an_account_is_shown_in_each_currency_there_is_something_in(buyer, buyer_logged_in):
    """One order in rand, one in euro: two accounts that are never added up; nothing in dollars."""
    rand, euro = new_invoice(buyer), new_invoice(buyer, currency="EUR")
    rand_page = buyer_logged_in.get("/portal/account/").content.decode()
    euro_page = buyer_logged_in.get("/portal/account/?currency=EUR").content.decode()
    assert [(rand.number in page, euro.number in page) for page in (rand_page, euro_page)] == [
        (True, False), (False, True)
    ]  # fmt: skip
    assert 'href="/portal/account/pdf/?currency=EUR"' in euro_page
    assert ['href="?currency=EUR"' in page and 'href="?currency=ZAR"' in page for page in (rand_page, euro_page)] == [
        True, True
    ]  # fmt: skip
    paper = buyer_logged_in.get("/portal/account/pdf/?currency=EUR")
    here = timezone.localdate(timezone=ZoneInfo(buyer.workspace.timezone))
    assert f"-EUR-{here}.pdf" in paper["Content-Disposition"]
    assert [buyer_logged_in.get(f"/portal/account/{page}?currency=USD").status_code for page in ("", "pdf/")] == [
        404
    ] * 2
    home = buyer_logged_in.get("/portal/").content.decode()
    assert ["/portal/account/?currency=EUR" in home, "/portal/account/?currency=ZAR" in home] == [True, True]


def test_who_sees_no_money_sees_no_account(buyer, contact, buyer_logged_in):
    new_invoice(buyer)
    with scope(workspace=buyer.workspace), timezone.override(buyer.workspace.timezone):
        day = timezone.localdate()
        sent = statements.prepare(buyer, "ZAR", day, day, None)
        sent.pdf.save("statement.pdf", ContentFile(b"%PDF-1.7 x"))
        by_link = links.make(sent, buyer, contact)
    pages = ["account/", "account/pdf/", f"statements/{sent.pk}/", f"statements/{sent.pk}/pdf/"]
    pages = [f"/portal/{page}" for page in pages] + [f"/{links.url(by_link).split('/', 3)[3]}"]
    assert [buyer_logged_in.get(page).status_code for page in pages] == [200] * 5
    new_invoice(buyer, lines=[(1, "100.00", "15")])
    now, then = (buyer_logged_in.get(page).content.decode() for page in (pages[0], pages[2]))
    assert "Open altogether: R1\xa0534,68" in now
    assert "Open altogether: R1\xa0419,68" in then  # what was sent goes on saying what its paper says
    with scope(workspace=buyer.workspace):
        Contact.objects.filter(pk=contact.pk).update(sees_money=False)
    assert [buyer_logged_in.get(page).status_code for page in pages] == [404] * 5


def test_two_currencies_are_not_added(buyer, buyer_logged_in):
    new_invoice(buyer)
    new_invoice(buyer, currency="EUR")
    page = buyer_logged_in.get("/portal/invoices/").content.decode()
    assert "<strong>€1\xa0419,68</strong>" in page
    assert page.count("Open altogether") == 2


@pytest.mark.parametrize("make", [new_quote, new_invoice])
def test_a_pdf_nobody_made_is_made_when_somebody_looks(client, buyer, run_work, make):
    """Brought in from elsewhere, a document has never been through our mail."""
    document = make(buyer)
    path = link_to(document)[1]
    for _look in range(3):
        assert "The PDF is being prepared." in client.get(path).content.decode()
    with scope(workspace=buyer.workspace):
        waiting = BackgroundTask.objects.filter(name=printing.make.task_name)
        assert [row.arguments for row in waiting] == [[document._meta.model_name, document.pk]]
    run_work()
    document.refresh_from_db()
    assert document.pdf.read(5) == b"%PDF-"
    assert "Download as PDF" in client.get(path).content.decode()


def test_a_pdf_that_could_not_be_made_waits_for_the_office(client, buyer):
    invoice = new_invoice(buyer)
    with scope(workspace=buyer.workspace):
        printing.ask_for(invoice, "Thandi")
        row = BackgroundTask.objects.get(name=printing.make.task_name)
        LIFE.move(row, "give_up", error="no room on the disk")
    client.get(link_to(invoice)[1])
    with scope(workspace=buyer.workspace):
        assert BackgroundTask.objects.filter(name=printing.make.task_name).count() == 1
