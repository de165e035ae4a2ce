"""Documents as PDF and the mail that carries them: the right words, codes that can be scanned, once."""

import email
import hashlib
import io
import re
import socket
from datetime import timedelta
from decimal import Decimal
from email import policy
from pathlib import Path

import pytest
import zxingcpp
from aiosmtpd.controller import Controller
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from accounts.documents import letterhead
from accounts.documents.pictures import bank_transfer, drawing
from accounts.models import BackgroundTask, OutgoingMail, Workspace
from billing import documents, invoices, payments, quotes, tasks
from billing.models import Invoice, Quote
from billing.tests.ground import add_line, issued_invoice, made_job, new_enquiry, sent_quote, with_address
from crm import links
from production.models import Measurement

pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("scoped")]
NBSP = "\xa0"


def text_of(content: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return " ".join(" ".join(pages).replace(NBSP, " ").split())


def codes_in(content: bytes) -> list[str]:
    images = [image.image for page in PdfReader(io.BytesIO(content)).pages for image in page.images]
    found = (zxingcpp.read_barcodes(image.convert("L")) for image in images)
    return [code.text for codes in found for code in codes]


@pytest.fixture(autouse=True)
def _mail_as_files(settings):
    """The test runner would keep mail in memory; the demo writes files."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def sent_files(settings) -> list[email.message.EmailMessage]:
    folder = Path(settings.EMAIL_FILE_PATH)
    paths = sorted(folder.iterdir()) if folder.exists() else []
    mails = (mail for path in paths for mail in path.read_bytes().split(b"\n" + b"-" * 79 + b"\n") if mail.strip())
    return [email.message_from_bytes(mail, policy=policy.default) for mail in mails]  # those of a second share a file


def opened_by(address: str):
    """The record behind a link in a mail or a code: its token carries the time, so two of them differ in letters."""
    token = re.search(r"/portal/link/([^/]+)/", address)[1]
    return links.open_token(token).target


@pytest.fixture
def branded(workspace):
    fields = {
        "legal_name": "Cutters (Pty) Ltd",
        "registration_number": "2014/123456/07",
        "bank_details": "First Example Bank\nAccount 62 5550 1420",
        "quote_terms": "Payment 30 days from invoice.",
    }
    Workspace.objects.filter(pk=workspace.pk).update(**fields)
    workspace.refresh_from_db()
    return workspace


def test_the_quote_says_what_it_must(branded, shop, office):
    with_address(shop)
    quote = sent_quote(shop, office)
    content = documents.quote_pdf(quote)
    words = text_of(content)
    for expected in (
        "Cutters (Pty) Ltd",
        "1 Test Road",
        "2014/123456/07",
        "4000000000",
        "First Example Bank",
        "Umgeni Pumps",
        "Thandi Nkosi",
        "12 Umgeni Road",
        quote.number,
        "Pump base plates",
        "Base plate",
        "Mild steel 3 mm",
        "R37,20",
        "R372,00",
        "VAT 15 %",
        "R55,80",
        "R427,80",
        "Within 10 working days",
        "Payment 30 days from invoice.",
        "Scan to accept on the phone",
        "Page 1 / 1",
    ):
        assert expected in words, expected
    (code,) = codes_in(content)
    assert opened_by(code) == quote


def test_the_quote_says_what_may_be_taken_or_left_and_what_its_total_is_of(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    for said, kind in (
        ("Deburring", {"role": "optional"}),
        ("Painted", {"role": "alternative", "group": "A"}),
        ("Galvanised", {"role": "alternative", "group": "A"}),
    ):
        add_line(quote, description=said, position=5, unit_price=Decimal("28"), **kind)
    words = text_of(documents.quote_pdf(Quote.objects.get(pk=quote.pk)))
    total = "The total is without optional lines and with the first of the alternatives."
    for expected in ("Either (A)", "or (A)", "If you wish", "(R28,00)", "R400,00", total):
        assert expected in words, expected
    assert words.index("Painted") < words.index("Galvanised") < words.index("Deburring")
    assert words.count("(R28,00)") == 2


def test_the_invoice_says_what_was_frozen_whatever_changes_later(branded, shop, office):
    with_address(shop)
    invoice = issued_invoice(shop, office)
    type(shop.client).objects.update(name="Renamed")
    Workspace.objects.update(address="Elsewhere", vat_number="1")
    words = text_of(documents.invoice_pdf(Invoice.objects.get(pk=invoice.pk)))
    for expected in (f"Tax invoice {invoice.number}", "Umgeni Pumps", "1 Test Road", "4000000000", "R427,80", "R55,80"):
        assert expected in words, expected
    assert "Renamed" not in words
    assert "Elsewhere" not in words


def test_in_german_with_euros_any_latin_name_and_a_code_for_the_banking_app(other_workspace, office):
    from django_scopes import scope

    from laseros.tests.ground import stock_shop

    with scope(workspace=other_workspace):
        bank = "Beispielbank\nIBAN: DE89 3704 0044 0532 0130 00\nBIC: COBADEFFXXX"
        Workspace.objects.filter(pk=other_workspace.pk).update(bank_details=bank, legal_name="Łódź ₹ ș Größe GmbH")
        other_workspace.refresh_from_db()
        shop = stock_shop(other_workspace)
        with_address(shop)
        invoice = issued_invoice(shop, None)
        content = documents.invoice_pdf(invoice)
        words = text_of(content)
        assert "Łódź ₹ ș Größe GmbH" in words
        assert "442,68 €" in words  # 372.00 and 19 %
        assert "Tax invoice" not in words
        assert codes_in(content) == [
            "BCD\n002\n1\nSCT\nCOBADEFFXXX\nŁódź ₹ ș Größe GmbH\nDE89370400440532013000\nEUR442.68\n\n\n"
            + invoice.number
        ]


def test_no_bank_code_without_a_valid_euro_account():
    seller = {"name": "X", "bank_details": "IBAN DE89 3704 0044 0532 0130 01"}
    assert bank_transfer(seller, Decimal(1), "EUR", "R") == ""
    seller["bank_details"] = "IBAN DE89 3704 0044 0532 0130 00"
    assert bank_transfer(seller, Decimal(1), "ZAR", "R") == ""
    assert bank_transfer(seller, Decimal("1.5"), "EUR", "R").split("\n")[6:8] == ["DE89370400440532013000", "EUR1.50"]


def test_the_drawing_of_a_line_is_beside_it(shop, office):
    preview = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 208 108"><style>@media(x){a{b:c}}</style>'
        '<path class="dxf-outer" fill="none" stroke="#17212b" stroke-width="2" d="M0 0H200V100H0Z"/></svg>'
    )
    Measurement.objects.all().delete()
    quote = quotes.draw_up(new_enquiry(shop), office)
    plain = documents.quote_pdf(quote)
    Measurement.objects.update(preview=preview)
    (page,) = PdfReader(io.BytesIO(documents.quote_pdf(quote))).pages
    assert len(page.get_contents().get_data()) > len(PdfReader(io.BytesIO(plain)).pages[0].get_contents().get_data())
    picture = drawing(preview)
    assert (picture["width"], picture["height"]) == ("16.0mm", "8.3mm")
    assert drawing("not a drawing") is None
    assert drawing(preview + " " * 100_000) is None


def test_an_invoice_for_somebody_without_an_address_is_made_and_not_mailed(shop, office, run_work, settings):
    type(shop.client).objects.update(email="")
    job = made_job(shop, office)
    type(shop.contact).objects.update(email="")
    shop.client.refresh_from_db()
    invoice = invoices.issue(invoices.draft_from(job, office), office)
    run_work()
    invoice.refresh_from_db()
    assert bool(invoice.pdf) is True
    assert [mail for mail in sent_files(settings) if "Invoice" in mail["Subject"]] == []


def test_many_lines_repeat_the_head_and_count_the_pages(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    from billing.models import QuoteLine

    lines = [
        QuoteLine(description=f"Part {n} " + "long " * 12, quantity=1, unit_price=Decimal("1.50"), position=n + 2)
        for n in range(60)
    ]
    word = "Donaudampfschifffahrtselektrizitäten" * 3
    lines[3].description, lines[3].unit_price = word, Decimal("12.345")
    quotes.change_lines(quote, lines, [], office)
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(documents.quote_pdf(quote))).pages]
    assert (word in pages[0], word in pages[0].replace("\n", "")) == (False, True)  # broken where its column ends
    assert "R12,345" in pages[0]
    assert len(pages) >= 3
    with_lines = [page for page in pages if "Part " in page]
    assert all("Unit price" in page for page in with_lines)
    assert f"Page {len(pages)} / {len(pages)}" in pages[-1]
    assert "Draft: not valid" in pages[0]


def test_html_in_a_title_is_text(shop, office):
    quote = quotes.draw_up(new_enquiry(shop), office)
    add_line(quote, description='<img src="file:///etc/passwd"> & <b>bold</b>')
    assert '<img src="file:///etc/passwd"> & <b>bold</b>' in text_of(documents.quote_pdf(quote))


@pytest.mark.parametrize("content", [b"", b"not a picture", b"<svg/>"])
def test_a_logo_that_is_no_picture_leaves_the_name(shop, office, content):
    shop.workspace.logo.save("logo.png", ContentFile(content))
    assert "Cutters" in text_of(documents.quote_pdf(quotes.draw_up(new_enquiry(shop), office)))


def test_the_logo_is_on_it(shop, office):
    out = io.BytesIO()
    Image.new("RGBA", (300, 100), (200, 30, 30, 128)).save(out, "PNG")
    shop.workspace.logo.save("logo.png", ContentFile(out.getvalue()))
    content = documents.quote_pdf(quotes.draw_up(new_enquiry(shop), office))
    (image,) = PdfReader(io.BytesIO(content)).pages[0].images
    assert image.image.size == (300, 100)


# --- mail -------------------------------------------------------------------------------------------------------------


def test_a_sent_quote_arrives_once_with_its_pdf_and_link(shop, office, run_work, settings):
    quote = sent_quote(shop, office)
    assert Quote.objects.get().pdf.name == ""
    run_work()
    tasks.send_quote(quote.pk)  # the queue may deliver twice
    run_work()
    (mail,) = sent_files(settings)
    assert mail["To"] == "thandi@umgeni.example"
    assert mail["Subject"] == f"Quote {quote.number} from Cutters: Pump base plates"
    assert opened_by(mail.get_body(("plain",)).get_content()) == quote
    assert opened_by(mail.get_body(("html",)).get_content()) == quote
    (attachment,) = mail.iter_attachments()
    quote.refresh_from_db()
    content = attachment.get_content()
    assert (attachment.get_filename(), hashlib.sha256(content).hexdigest()) == (f"{quote.number}.pdf", quote.pdf_sha256)
    assert content == quote.pdf.read()
    assert [opened_by(code) for code in codes_in(content)] == [quote]


def test_a_quote_withdrawn_before_the_worker_came_is_not_sent(shop, office, run_work, settings):
    quotes.withdraw(sent_quote(shop, office), office)
    run_work()
    assert (sent_files(settings), OutgoingMail.objects.count()) == ([], 0)


def test_an_issued_invoice_arrives_with_its_pdf(shop, office, run_work, settings):
    invoice = issued_invoice(shop, office)
    run_work()
    mail = next(mail for mail in sent_files(settings) if "Invoice" in mail["Subject"])
    assert mail["To"] == "buyer@umgeni.example"
    assert opened_by(mail.get_body(("plain",)).get_content()) == invoice
    (attachment,) = mail.iter_attachments()
    assert "R427,80" in text_of(attachment.get_content())
    first = Invoice.objects.get()
    tasks.send_invoice(invoice.pk)
    assert Invoice.objects.get().pdf.name == first.pdf.name


def test_over_smtp_it_arrives_once(shop, office, run_work, settings):
    caught = []

    class Catcher:
        async def handle_DATA(self, server, session, envelope):
            caught.append((envelope.rcpt_tos, email.message_from_bytes(envelope.content, policy=policy.default)))
            return "250 OK"

    controller = Controller(Catcher(), hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
        sent_quote(shop, office)
        run_work()
        run_work()
    finally:
        controller.stop()
    ((to, mail),) = caught
    assert to == ["thandi@umgeni.example"]
    assert [part.get_content_type() for part in mail.iter_attachments()] == ["application/pdf"]


def test_a_mail_server_that_is_away_leaves_the_quote_sent_and_the_message_waiting(shop, office, run_work, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    quote = sent_quote(shop, office)
    run_work()
    quote.refresh_from_db()
    assert (quote.state, bool(quote.pdf)) == ("sent", True)
    message = OutgoingMail.objects.get()
    assert (message.state, message.tries, message.handed_at) == ("waiting", 1, None)
    assert "ConnectionRefusedError" in message.error
    assert not BackgroundTask.objects.exclude(state="done").exists()


def test_an_invitation_leads_to_a_password(shop, office, run_work, settings):
    from crm import clients

    clients.invite(shop.contact, office)
    run_work()
    (mail,) = sent_files(settings)
    assert mail["To"] == "thandi@umgeni.example"
    assert f"{settings.BASE_URL}/accounts/password/reset/key/" in mail.get_body(("plain",)).get_content()
    assert f'href="{settings.BASE_URL}/accounts/password/reset/key/' in mail.get_body(("html",)).get_content()


def test_the_office_hears_of_a_decision(shop, office, run_work, settings):
    quote = sent_quote(shop, office)
    quotes.decline(quote, name="Thandi Nkosi", reason="Too <dear>")
    run_work()
    mail = next(mail for mail in sent_files(settings) if "declined" in mail["Subject"])
    assert mail["To"] == "office@cutters.example"
    assert "Too <dear>" in mail.get_body(("plain",)).get_content()
    assert "Too &lt;dear&gt;" in mail.get_body(("html",)).get_content()


def test_a_paid_invoice_in_the_past_is_not_rendered_again(shop, office, run_work):
    invoice = issued_invoice(shop, office)
    run_work()
    before = Invoice.objects.values_list("pdf", "pdf_sha256").get()
    payments.receive(invoice, Decimal("427.80"), key="k", received_on=timezone.localdate() - timedelta(days=0))
    documents.keep(Invoice.objects.get(), lambda: b"another")
    assert Invoice.objects.values_list("pdf", "pdf_sha256").get() == before


def test_a_preview_says_how_long_the_quote_would_be_valid(shop, office):
    draft = quotes.draw_up(new_enquiry(shop), office)
    assert draft.valid_until is None
    day = letterhead.day(timezone.localdate() + timedelta(days=30), shop.workspace.locale)
    assert day in text_of(documents.quote_pdf(draft))
