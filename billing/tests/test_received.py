"""Electronic invoices of others: read in whichever syntax, kept unchanged, each file once; nonsense is refused."""

import hashlib
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfWriter

from accounts.models import Activity
from billing import einvoice, invoices
from billing.models import ReceivedInvoice
from billing.received import deciding, keeping
from billing.tests.test_hostile import bill
from laseros.core.errors import Refused

pytestmark = pytest.mark.one_database
D = Decimal


def receive(shop, content: bytes, by=None) -> ReceivedInvoice:
    row = ReceivedInvoice(workspace=shop.workspace)
    return keeping.receive(row, SimpleUploadedFile("../../evil name.html", content), by)


@pytest.mark.parametrize("form", ["xrechnung-cii", "xrechnung-ubl", "facturx-xml", "facturx-pdf"])
def test_what_we_send_is_what_we_read(german, form):
    """Our own invoices, as the supplier's: 3 × 12.345 at 19 % is 37.04, and 50 at 7 %; 87.04 and 10.54 of tax."""
    sent = bill(german, (3, "12.345", "19"), (1, "50", "7"))
    content = einvoice.file_of(sent, form)
    row = receive(german, content)
    assert (row.number, row.seller, row.currency) == (sent.number, german.workspace.printed_name, "EUR")
    assert (row.net, row.tax, row.total) == (D("87.04"), D("10.54"), D("97.58"))
    assert (row.issued_on, row.due_on) == (sent.issued_on, sent.due_on)
    assert [(line["description"], line["quantity"], D(line["percent"])) for line in row.facts["lines"]] == [
        ("Part 0", "3", 19), ("Part 1", "1", 7),
    ]  # fmt: skip
    assert (row.facts["credit"], row.facts["pdf"]) == (False, form == "facturx-pdf")
    assert row.file.read() == content
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    with pytest.raises(Refused, match="is here already"):
        receive(german, content)
    assert Activity.objects.filter(verb="received").count() == ReceivedInvoice.objects.count() == 1


def test_a_credit_note_is_read_as_one(german):
    sent = bill(german, (1, "100", "19"))
    note = invoices.cancel(sent, None, "Wrong")
    for form in ("xrechnung-cii", "xrechnung-ubl"):
        row = receive(german, einvoice.file_of(note, form))
        assert (row.facts["credit"], row.total, row.owed) == (True, 119, -119)
        deciding.reject(row, "Only looked at")


def ubl(**changes) -> bytes:
    said = {"id": "R-1", "name": "Steel", "total": "119.00", "day": "2026-11-30", "more": "", **changes}
    return (
        '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">'
        "<ID>{id}</ID><IssueDate>{day}</IssueDate><DocumentCurrencyCode>EUR</DocumentCurrencyCode>"
        "<AccountingSupplierParty><Party><PartyName><Name>{name}</Name></PartyName></Party></AccountingSupplierParty>"
        "{more}<LegalMonetaryTotal><TaxInclusiveAmount>{total}</TaxInclusiveAmount></LegalMonetaryTotal></Invoice>"
    ).format(**said).encode()  # fmt: skip


def a_plain_pdf() -> bytes:
    paper, writer = io.BytesIO(), PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(paper)
    return paper.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (a_plain_pdf(), "not-an-invoice"), (ubl().replace(b"<ID>R", b"<ID>&#0;R"), "unreadable"),
        (b"<a>" * 300_000 + b"</a>" * 300_000, "not-an-invoice"),
        (b"", "unreadable"), (b"<Invoice>", "unreadable"), (b"\x89PNG", "unreadable"), (b"%PDF-1.7 x", "unreadable"),
        (b"<html/>", "not-an-invoice"), (ubl(id=""), "not-an-invoice"), (ubl(total="NaN"), "not-an-invoice"),
        (ubl(name=""), "not-an-invoice"),
        (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Invoice><ID>&a;</ID></Invoice>', "unreadable"),
        (b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><Invoice><ID>&b;</ID></Invoice>', "unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_invoice_is_refused_and_nothing_is_kept(german, content, code):
    with pytest.raises(Refused) as refusal:
        receive(german, content)
    assert (refusal.value.code, ReceivedInvoice.objects.count()) == (code, 0)


def test_odd_figures_and_days_are_left_out_and_the_file_is_kept(german):
    row = receive(german, ubl(day="2026-02-31", total="1e9", id="R-2").replace(b"1e9", b"999999999999.99"))
    assert (row.issued_on, row.total) == (None, D("999999999999.99"))
    assert receive(german, ubl(day="20261130")).issued_on == date(2026, 11, 30)
    for deed in (row.save, row.delete):
        with pytest.raises(TypeError, match="never"):
            deed()


def test_the_office_uploads_one_reads_it_and_takes_it_away_as_it_came(scoped, workspace, office, log_in, person):
    browser, add = log_in(office), reverse("admin:billing_receivedinvoice_add")
    content = ubl(name="<b>Steel</b>".replace("<", "&lt;"))
    refused = browser.post(add, {"upload": SimpleUploadedFile("x.xml", b"<html/>")})
    assert "This XML is no electronic invoice" in refused.content.decode()
    assert browser.post(add, {"upload": SimpleUploadedFile("x.xml", content)}).status_code == 302
    again = browser.post(add, {"upload": SimpleUploadedFile("y.xml", content)})
    assert "is here already" in again.content.decode()
    row = ReceivedInvoice.objects.get()
    page = reverse("admin:billing_receivedinvoice_change", args=[row.pk])
    shown = browser.get(page).content.decode()
    assert ("119,00" in shown, "&lt;b&gt;Steel" in shown, "<b>Steel" in shown) == (True, True, False)
    taken = browser.get(reverse("admin:billing_receivedinvoice_file", args=[row.pk]))
    assert taken["Content-Disposition"].startswith("attachment")
    assert b"".join(taken.streaming_content) == content
    shown = log_in(person("viewer", workspace)).get(page).content.decode()
    assert ("R-1" in shown, "119,00" in shown) == (True, False)
