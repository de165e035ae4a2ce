"""What the law wants on an invoice, at its limits: named when it is missing, and nothing is issued."""

import html
from datetime import date
from decimal import ROUND_DOWN, Decimal

import pytest
from django.urls import reverse
from django.utils import translation
from django_scopes import scope

from accounts.models import Workspace
from billing import invoices, law, taxes, totals
from billing.law import germany, limits, south_africa
from billing.models import Invoice, InvoiceLine, TaxRate, Treatment
from billing.tests.test_documents import text_of
from crm.models import Address, Client
from laseros.core.errors import Refused

# Which words the law wants of what is stored, whichever database stored it; that nothing is changed and no number drawn
# where they are missing is shown on both in `test_invoices.py`.
pytestmark = pytest.mark.one_database
THEIR_NUMBER = "the client's VAT number"
GERMAN_STREET = {"street": "Bahnhofstraße 1", "postcode": "04109", "city": "Leipzig", "country": "DE"}


@pytest.fixture
def german(other_workspace):
    with scope(workspace=other_workspace):
        yield other_workspace


def client_of(workspace, address=None, **fields) -> Client:
    client = Client.objects.create(
        workspace=workspace, code=f"CL-{Client.objects.count() + 1:04}", name="Buyer", **fields
    )
    if address:
        Address.objects.create(workspace=workspace, client=client, **address)
    return client


def draft(client, gross, percent="15", treatment=Treatment.STANDARD, supplied_on=None) -> Invoice:
    """A draft whose total, VAT included, is exactly `gross`."""
    workspace, percent = client.workspace, Decimal(percent)
    invoice = Invoice.objects.create(
        workspace=workspace, client=client, currency=workspace.currency, treatment=treatment, supplied_on=supplied_on
    )
    net = (Decimal(gross) / (1 + percent / 100)).quantize(Decimal("0.01"), rounding=ROUND_DOWN)
    lines = [InvoiceLine(description="Plate", quantity=1, unit_price=net, tax_percent=percent)]
    if rest := Decimal(gross) - totals.of(lines, workspace.currency).total:  # a cent that no net amount makes
        lines.append(InvoiceLine(description="Rounding", quantity=1, unit_price=rest, tax_percent=Decimal(0)))
    invoices.change_lines(invoice, lines, [], None)
    assert invoice.total == Decimal(gross)
    return invoice


def paper(invoice) -> law.Paper:
    lines = list(invoice.lines.all())
    return law.Paper(invoice, lines, totals.of(lines, invoice.currency), invoice.supplied_on or date(2026, 11, 1))


def refusal_of(invoice) -> str:
    with pytest.raises(Refused) as refusal:
        invoices.issue(invoice, None)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, str(invoice.pdf)) == ("draft", None, "")
    return str(refusal.value.reason)


# --- South Africa -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gross", "form"),
    [("50.00", "none"), ("50.01", "abridged"), ("5000.00", "abridged"), ("5000.01", "full")],
)
def test_south_africa_wants_more_the_more_it_is(scoped, gross, form):
    invoice = draft(client_of(scoped), gross)
    assert south_africa.form_of(paper(invoice)) == form
    if form == "full":
        assert refusal_of(invoice) == "An invoice must say more: the client's address is missing."
        place = {"street": "12 Umgeni Road", "postcode": "4001", "city": "Durban"}
        Address.objects.create(workspace=scoped, client=invoice.client, **place)
    words = text_of(invoices.issue(invoice, None).pdf.read())
    assert f"Tax invoice {invoice.number}" in words
    assert ("12 Umgeni Road" in words) is (form == "full")


@pytest.mark.parametrize("number", ["400000000", "5000000000", "40000000000", "4OOOOOOOOO"])
def test_a_south_african_vat_number_has_ten_digits_and_begins_with_4(scoped, number):
    Workspace.objects.update(vat_number=number)
    missing = "a VAT number of ours with ten digits that begins with 4"
    assert refusal_of(draft(client_of(scoped), "60")) == f"An invoice must say more: {missing} is missing."


def test_not_registered_there_is_no_vat_and_no_tax_invoice(make_workspace):
    workspace = make_workspace("small", vat_number="")
    with scope(workspace=workspace):
        client = client_of(workspace)
        assert law.proposed(workspace, client) == Treatment.NONE
        assert "our VAT number" in refusal_of(draft(client, "60"))
        words = text_of(invoices.issue(draft(client, "60", "0", Treatment.NONE), None).pdf.read())
        assert "We are not registered for VAT: no VAT is charged." in words
        assert "Tax invoice" not in words


def test_what_is_exported_is_zero_rated(scoped):
    client = client_of(scoped, {"street": "Samora Machel 5", "city": "Maputo", "country": "MZ"})
    assert law.proposed(scoped, client) == Treatment.EXPORT
    invoice = invoices.issue(draft(client, "6000", "0", Treatment.EXPORT), None)
    assert (invoice.tax, invoice.frozen["statement"]) == (0, "Zero-rated: exported goods.")
    assert "Zero-rated: exported goods." in text_of(invoice.pdf.read())


# --- Germany ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("gross", "small"), [("250.00", True), ("250.01", False)])
def test_up_to_250_euros_a_german_invoice_needs_no_buyer(german, gross, small):
    invoice = draft(client_of(german), gross, "19")
    assert germany.is_small(paper(invoice)) is small
    if not small:
        assert "the client's address" in refusal_of(invoice)
        Address.objects.create(workspace=german, client=invoice.client, **GERMAN_STREET)
    words = text_of(invoices.issue(invoice, None).pdf.read())
    for expected in (f"Rechnung {invoice.number}", "Leistungsdatum", "DE123456789", "19 %"):
        assert expected in words, expected


def test_before_2017_it_was_150_euros(german):
    invoice = draft(client_of(german), "200", "19", supplied_on=date(2016, 12, 31))
    assert germany.is_small(paper(invoice)) is False
    invoice.supplied_on = date(2017, 1, 1)
    assert germany.is_small(paper(invoice)) is True


@pytest.mark.parametrize(
    ("treatment", "country", "theirs", "says", "missing"),
    [
        (Treatment.INTRA, "AT", "ATU12345678", "Steuerfreie innergemeinschaftliche Lieferung", THEIR_NUMBER),
        (Treatment.REVERSE, "AT", "ATU12345678", "Steuerschuldnerschaft des Leistungsempfängers", THEIR_NUMBER),
        (Treatment.EXPORT, "CH", "", "Steuerfreie Ausfuhrlieferung", ""),
        (Treatment.SMALL, "DE", "", "Gemäß § 19 UStG wird keine Umsatzsteuer berechnet", ""),
    ],
)  # fmt: skip
def test_without_vat_a_german_invoice_says_why(german, treatment, country, theirs, says, missing):
    client = client_of(german, {**GERMAN_STREET, "country": country})
    invoice = draft(client, "300", "0", treatment)
    if missing:
        assert missing in refusal_of(invoice)
        Client.objects.filter(pk=client.pk).update(vat_number=theirs)
    invoice = invoices.issue(Invoice.objects.get(pk=invoice.pk), None)
    words = text_of(invoice.pdf.read())
    assert says in words
    assert theirs in words
    assert invoice.tax == 0


@pytest.mark.parametrize(
    ("country", "theirs", "expected"),
    [
        ("DE", "DE999999999", Treatment.STANDARD),
        ("AT", "ATU12345678", Treatment.INTRA),
        ("AT", "", Treatment.STANDARD),
        ("AT", "AT1", Treatment.STANDARD),
        ("CH", "CHE123456789", Treatment.EXPORT),
    ],
)
def test_the_treatment_is_proposed_from_the_client(german, country, theirs, expected):
    client = client_of(german, {**GERMAN_STREET, "country": country}, vat_number=theirs)
    assert law.proposed(german, client) == expected
    german.small_business = True
    assert law.proposed(german, client) == Treatment.SMALL


def test_a_small_business_charges_no_vat(german):
    Workspace.objects.filter(pk=german.pk).update(small_business=True)
    assert "Small business" in refusal_of(draft(client_of(german), "100", "19"))


def test_choosing_no_vat_takes_it_off_the_lines_and_choosing_it_again_puts_it_back(german):
    invoice = draft(client_of(german), "119", "19")
    Invoice.objects.filter(pk=invoice.pk).update(treatment=Treatment.REVERSE)
    invoice.refresh_from_db()
    invoices.treat(invoice, None)
    assert (invoice.tax, invoice.total) == (0, Decimal(100))
    invoice.treatment = Treatment.STANDARD
    invoices.treat(invoice, None)
    assert (invoice.tax, invoice.total) == (Decimal(19), Decimal(119))


# --- rates by date ----------------------------------------------------------------------------------------------------


def test_the_date_of_supply_decides_which_rate_there_was(german):
    TaxRate.objects.filter(percent=19).update(valid_from=date(2021, 1, 1))
    TaxRate.objects.create(workspace=german, name="Old", percent=16, valid_from=date(2020, 7, 1),
                           valid_until=date(2020, 12, 31))  # fmt: skip
    client = client_of(german, GERMAN_STREET)
    assert "VAT 19 % does not apply on 31 Dec 2020" in refusal_of(
        draft(client, "119", "19", supplied_on=date(2020, 12, 31))
    )
    assert "VAT 16 % does not apply on 1 Jan 2021" in refusal_of(
        draft(client, "116", "16", supplied_on=date(2021, 1, 1))
    )
    assert invoices.issue(draft(client, "116", "16", supplied_on=date(2020, 12, 31)), None).total == 116
    assert invoices.issue(draft(client, "119", "19", supplied_on=date(2021, 1, 1)), None).total == 119
    assert "VAT 8 % does not apply" in refusal_of(draft(client, "108", "8", supplied_on=date(2021, 1, 1)))


@pytest.mark.parametrize(
    ("country", "day", "rates"),
    [
        ("ZA", date(2018, 3, 31), (Decimal(14),)),
        ("ZA", date(2018, 4, 1), (Decimal(15),)),
        ("DE", date(2020, 6, 30), (Decimal(19), Decimal(7))),
        ("DE", date(2020, 7, 1), (Decimal(16), Decimal(5))),
        ("DE", date(2021, 1, 1), (Decimal(19), Decimal(7))),
        ("US", date(2021, 1, 1), ()),
    ],
)
def test_the_law_s_own_rates_by_day(country, day, rates):
    assert limits.rates(country, day) == rates


def test_a_draft_is_looked_at_anew_when_its_client_has_moved(german, person, log_in):
    """Made for Zürich without tax; then the client moves to Bonn: the page says so, and a button mends it."""
    client = client_of(german, {"street": "See 1", "city": "Zürich", "postcode": "8001", "country": "CH"})
    invoice = draft(client, "119", "0", Treatment.EXPORT)
    invoices.treat(invoice, None)
    assert (taxes.doubt(invoice), taxes.suggested(invoice), invoice.tax) == ("", "", 0)
    Address.objects.update(country="DE", city="Bonn", postcode="53111")
    invoice = Invoice.objects.get()
    browser = log_in(person("office", german))
    page = reverse("admin:billing_invoice_change", args=[invoice.pk])
    sentence = "What is known of the client now says: Tax as on the lines. “Tax anew” brings the lines in line with it."
    assert taxes.doubt(invoice) == sentence
    with translation.override("de"):
        assert taxes.doubt(invoice) in html.unescape(browser.get(page).content.decode())
    assert browser.post(page.replace("/change/", "/do/tax/")).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.treatment, invoice.net, invoice.tax) == (Treatment.STANDARD, 119, Decimal("22.61"))
    with pytest.raises(Refused) as refusal:
        taxes.follow_the_client(invoice, None)
    assert refusal.value.code == "fits"
    Invoice.objects.update(treatment=Treatment.REVERSE)  # chosen, and nothing to doubt
    assert taxes.doubt(Invoice.objects.get()) == ""
