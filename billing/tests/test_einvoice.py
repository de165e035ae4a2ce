"""Electronic invoices pass the official schemas and rules, say what the paper says, and name what is missing."""

import io
import os
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from pypdf import PdfReader

from accounts.models import Workspace
from billing import einvoice, invoices, totals
from billing.einvoice import archival, checking, formats, said
from billing.law.treatments import CATEGORIES
from billing.models import Invoice, InvoiceLine, Seal, Treatment
from billing.tests.ground import BANK, issued_invoice, made_job
from crm.models import Address, Client
from laseros.core.errors import Refused
from laseros.core.money import cents

# What the file says of a stored document, and what the rules say of the file: whichever database stored it.
pytestmark = [pytest.mark.one_database, pytest.mark.usefixtures("one_paper")]

XMLS = [name for name, form in einvoice.FORMATS.items() if not form.pdf]


@pytest.fixture
def shop(german):
    german.client.addresses.update(street="Bahnhofstraße 1\nHof 2")
    return german


def values(xml: bytes, name: str) -> list[str]:
    return [node.text for node in etree.fromstring(xml).iter(f"{{*}}{name}")]


def wrong(xml: bytes, name: str) -> list[str]:
    return [str(each) for each in checking.failures(xml, xrechnung=einvoice.FORMATS[name].xrechnung)]


# --- one document, four files -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", XMLS)
@pytest.mark.parametrize("kind", ["invoice", "cancellation"])
def test_an_invoice_and_what_takes_it_back_pass_every_rule(shop, name, kind):
    invoice = issued_invoice(shop)
    document = invoices.cancel(invoice, None, "Falscher Kunde") if kind == "cancellation" else invoice
    xml = einvoice.file_of(document, name)
    assert wrong(xml, name) == []
    text = xml.decode()
    for expected in (
        document.number,
        "DE123456789",
        "Teststraße 1",
        "04177",
        "Bahnhofstraße 1",
        "442.68",
        "70.68",
        "H87",
    ):
        assert expected in text, expected
    assert ("380" in text, "381" in text) == (kind == "invoice", kind == "cancellation")
    if kind == "cancellation":
        assert invoice.number in text
        assert "Falscher Kunde" in text


def test_the_hybrid_is_the_stored_pdf_with_the_xml_inside(shop, own_papers):
    invoice = issued_invoice(shop)
    pdf = einvoice.file_of(invoice, "facturx-pdf")
    reader = PdfReader(io.BytesIO(pdf))
    (inside,) = reader.attachments["factur-x.xml"]
    assert inside == einvoice.file_of(invoice, "facturx-xml")
    assert wrong(inside, "facturx-xml") == []
    assert invoice.number in reader.pages[0].extract_text()
    assert list(archival.lacking(pdf)) == []
    with invoice.pdf.open("rb") as stored:
        assert list(archival.lacking(stored.read()))[:1] == ["no colour profile"]  # it is not blind


def test_issuing_stores_what_the_client_wants_and_mails_it(shop, run_work, mailoutbox):
    Client.objects.update(invoice_format="xrechnung-ubl", buyer_reference="991-33333TEST-33")
    shop.client.refresh_from_db()
    invoice = issued_invoice(shop)
    xml = invoice.xml.read()
    assert wrong(xml, "xrechnung-ubl") == []
    assert values(xml, "BuyerReference") == ["991-33333TEST-33"]
    assert invoice.xml_sha256 in Seal.objects.get(invoice=invoice).content
    run_work()
    (mail,) = (mail for mail in mailoutbox if mail.subject == f"Rechnung {invoice.number} von Printers")
    assert [part.filename for part in mail.attachments] == [f"{invoice.number}.pdf", f"{invoice.number}.xml"]
    assert mail.attachments[1].content == xml
    Client.objects.update(invoice_format="facturx-pdf")
    assert formats.holds_xml(issued_invoice(shop).pdf.read())


@pytest.mark.parametrize(
    ("treatment", "country", "theirs"),
    [("intra", "AT", "ATU12345678"), ("reverse", "AT", "ATU12345678"), ("export", "CH", ""), ("small", "DE", "")],
)
def test_without_vat_the_reason_is_in_it(shop, treatment, country, theirs):
    Client.objects.update(vat_number=theirs)
    Address.objects.update(country=country)
    draft = invoices.draft_from(made_job(shop), None)
    Invoice.objects.filter(pk=draft.pk).update(treatment=treatment)
    draft.refresh_from_db()
    invoice = invoices.issue(invoices.treat(draft, None), None)
    for name in XMLS:
        xml = einvoice.file_of(invoice, name)
        assert wrong(xml, name) == []
        assert invoice.frozen["statement"] in xml.decode()
        assert CATEGORIES[Treatment(treatment)][0] in values(xml, "CategoryCode") + values(xml, "ID")


# --- what is missing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda: Workspace.objects.update(phone=""), "our phone number"),
        (lambda: Workspace.objects.update(email=""), "our e-mail address"),
        (lambda: Workspace.objects.update(address="Teststraße 1"), "our postcode and town"),
        (lambda: Workspace.objects.update(address="04177 Leipzig"), "our street"),
        (lambda: Workspace.objects.update(bank_details="Beispielbank"), "the IBAN in our bank details"),
        (lambda: Client.objects.update(email=""), "the client's e-mail address"),
        (lambda: Address.objects.update(postcode=""), "the client's postcode"),
    ],
)
def test_a_field_that_xrechnung_wants_is_named_before_anything_is_issued(shop, spoil, says):
    Client.objects.update(invoice_format="xrechnung-cii")
    draft = invoices.draft_from(made_job(shop), None)
    spoil()
    with pytest.raises(Refused) as refusal:
        invoices.issue(draft, None)
    assert refusal.value.code == "einvoice-missing"
    assert says in str(refusal.value.reason)
    draft.refresh_from_db()
    assert (draft.state, draft.number, Seal.objects.filter(quote=None).count()) == ("draft", None, 0)
    Client.objects.update(invoice_format="pdf")
    assert invoices.issue(draft, None).number.endswith("0001")


@pytest.mark.parametrize(
    ("cut", "rule"),
    [
        ("BuyerReference", "BR-DE-15"),
        ("SpecifiedTradeSettlementPaymentMeans", "BR-DE-1"),
        ("DefinedTradeContact", "BR-DE-2"),
        ("PostcodeCode", "BR-DE-4"),
        ("TelephoneUniversalCommunication", "BR-DE-6"),
        ("SpecifiedTaxRegistration", "BR-S-02"),
        ("DueDateDateTime", ""),
        ("GrandTotalAmount", "schema"),
        ("CountryID", "schema"),
    ],
)
def test_the_official_rules_miss_what_is_cut_out(shop, cut, rule):
    tree = etree.fromstring(einvoice.file_of(issued_invoice(shop), "xrechnung-cii"))
    node = next(tree.iter(f"{{*}}{cut}"))
    node.getparent().remove(node)
    codes = {failure.code for failure in checking.failures(etree.tostring(tree), xrechnung=True)}
    assert rule in codes if rule else codes == set()


def test_a_wrong_sum_and_a_number_without_its_country_are_found(shop):
    xml = einvoice.file_of(issued_invoice(shop), "xrechnung-ubl")
    broken = xml.replace(b">442.68<", b">442.69<")
    assert "BR-CO-15" in {failure.code for failure in checking.failures(broken, xrechnung=True)}
    outside = xml.replace(b"DE123456789", b"123456789")
    assert "BR-CO-09" in {failure.code for failure in checking.failures(outside, xrechnung=True)}


# --- any document -----------------------------------------------------------------------------------------------------

# `make einvoices` draws hundreds.
EXAMPLES = int(os.environ.get("EINVOICES", "15"))

# A share, or an amount as a part of what there is.
OFF = st.tuples(st.sampled_from(["", "", "percent", "amount"]), st.decimals(0, 1, places=4))
LINES = st.lists(
    st.tuples(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), min_size=1, max_size=40),
        st.integers(1, 5000),
        st.decimals(0, 5000, places=4),
        st.sampled_from(["19", "7", "8.875", "0"]),
        OFF,
    ),
    min_size=1,
    max_size=6,
)
SELLER = {
    "name": "Fadenwerk 3D-Druck GmbH", "address": "Lindenhof 7\n04177 Leipzig", "country": "DE",
    "vat_number": "DE312345678",
    "tax_number": "232/123/12345", "registration_number": "HRB 1", "email": "office@fadenwerk.example",
    "phone": "+49 341 555 0107", "bank_details": BANK,
}  # fmt: skip
BUYER = {
    "code": "CL-0001", "name": "Krüger & Söhne", "street": "Ring 1", "postcode": "1010", "city": "Wien",
    "country": "AT",
    "vat_number": "ATU12345678", "reference": "", "email": "k@example.com",
}  # fmt: skip


def take_off(record, kind: str, share: Decimal, whole: Decimal) -> None:
    record.discount_percent = (share * 100).quantize(Decimal("0.01")) if kind == "percent" else Decimal(0)
    record.discount_amount = cents(whole * share, "EUR") if kind == "amount" else Decimal(0)


@settings(max_examples=EXAMPLES)
@given(
    lines=LINES, treatment=st.sampled_from(list(Treatment)), credit=st.booleans(), note=st.text(max_size=30), off=OFF,
    currency=st.sampled_from(["EUR", "USD", "CHF", "JPY"]), tax_included=st.booleans(),
)  # fmt: skip
def test_whatever_is_sold_at_whatever_rate_passes_every_rule(
    lines, treatment, credit, note, off, currency, tax_included
):  # fmt: skip
    rows = [
        InvoiceLine(
            description=text.strip() or "Teil", quantity=quantity, unit_price=price,
            tax_percent=Decimal(percent) if treatment == Treatment.STANDARD else Decimal(0),
        )
        for text, quantity, price, percent, _off in lines
    ]  # fmt: skip
    for row, (*_said, each) in zip(rows, lines, strict=True):
        take_off(row, *each, row.quantity * row.unit_price)
        row.amount = totals.amount_of(row, currency)
        row.description = row.description if row.description.isprintable() else "Teil"
    whole = Invoice(tax_included=tax_included)
    take_off(whole, *off, sum(row.amount for row in rows))
    found = totals.of(rows, currency, whole)
    vat = [{"percent": str(rate), "net": str(net), "tax": str(tax)} for rate, (net, tax) in found.rates.items()]
    frozen = {"seller": SELLER, "buyer": BUYER, "language": "de", "locale": "de_DE", "vat": vat,
              "discounts": [{"percent": str(rate), "amount": str(part)} for rate, part in found.discounts.items()],
              "statement": "" if treatment == Treatment.STANDARD else "Ohne Umsatzsteuer."}  # fmt: skip
    day = date(2026, 11, 29)
    invoice = Invoice(
        number="RE-2026-0001", kind="credit" if credit else "invoice", treatment=treatment, currency=currency,
        tax_included=tax_included,
        note=note, issued_on=day, supplied_on=day, due_on=None if credit else day,
        net=found.net, tax=found.tax, total=found.total,
        discount_percent=whole.discount_percent, discount_amount=whole.discount_amount,
        frozen=frozen, reason="Rückgabe" if credit else "",
    )  # fmt: skip
    facts = said.read(invoice, rows)
    for name in ("xrechnung-cii", "xrechnung-ubl", "facturx-xml"):
        if treatment == Treatment.NONE and name != "facturx-xml":
            continue  # XRechnung wants a tax number of everybody
        assert wrong(einvoice.FORMATS[name].xml(facts), name) == []


# --- doors ------------------------------------------------------------------------------------------------------------


def test_the_command_writes_it_or_says_why_not(shop, tmp_path):
    invoice = issued_invoice(shop)
    for name in einvoice.FORMATS:
        out = tmp_path / name
        call_command("einvoice", invoice.number, workspace="printers", format=name, out=str(out), stdout=io.StringIO())
        content = out.read_bytes()
        assert content.startswith(b"%PDF-") if name == "facturx-pdf" else wrong(content, name) == []
    for number, workspace, why in (("X", "printers", "no issued invoice"), (invoice.number, "nobody", "no business")):
        with pytest.raises(CommandError, match=why):
            call_command("einvoice", number, workspace=workspace, format="facturx-xml", out=str(tmp_path / "x"))
    Workspace.objects.update(phone="")
    late = issued_invoice(shop)
    with pytest.raises(CommandError, match="our phone number is missing"):
        call_command("einvoice", late.number, workspace="printers", format="xrechnung-cii", out=str(tmp_path / "x"))
    assert not (tmp_path / "x").exists()


def test_the_page_of_an_invoice_has_the_buttons(shop, person, log_in):
    invoice, browser = issued_invoice(shop), log_in(person("office", shop.workspace))
    page = browser.get(reverse("admin:billing_invoice_change", args=[invoice.pk])).content.decode()
    for name in einvoice.FORMATS:
        url = reverse("admin:billing_invoice_einvoice", args=[invoice.pk, name])
        assert f'href="{url}"' in page
        answer = browser.get(url)
        kind = "application/pdf" if name == "facturx-pdf" else "application/xml"
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert invoice.number in answer.headers["Content-Disposition"]
    assert browser.get(reverse("admin:billing_invoice_einvoice", args=[invoice.pk, "word"])).status_code == 404
