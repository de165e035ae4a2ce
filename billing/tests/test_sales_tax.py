"""Sales tax in the United States: by destination, to the cent, until a certificate exempts; and the plain table."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
import time_machine
from django.contrib.contenttypes.models import ContentType
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django_scopes import scope

from billing import invoices, law, quotes, taxes
from billing.accounting import journal
from billing.einvoice import said
from billing.facts import tax_state
from billing.law import united_states
from billing.models import Invoice, InvoiceLine, TaxRate, Treatment
from billing.tests.ground import add_line, make, new_enquiry
from billing.tests.test_documents import text_of
from billing.tests.test_golden import compare
from billing.tests.test_law import client_of, paper, refusal_of
from crm import certificates
from crm.certificates_admin import _keep
from crm.models import AccessLink, Address, ExemptionCertificate
from laseros.core import tax_words
from laseros.tests.ground import stock_shop

pytestmark = pytest.mark.one_database
TODAY = date(2026, 11, 27)
NOON = datetime(2026, 11, 27, 17, tzinfo=UTC)
BOSTON = {"street": "1 Main Street", "city": "Boston", "state": "MA", "postcode": "02110", "country": "US"}
DENVER = {"street": "9 Pine Street", "city": "Denver", "state": "CO", "postcode": "80202", "country": "US"}
AUSTIN = {"street": "5 Elm Street", "city": "Austin", "state": "TX", "postcode": "78701", "country": ""}


@pytest.fixture
def american(make_workspace):
    """Collects in Massachusetts, where the rate rises in 2027, and in Colorado, where Denver has a rate of its own."""
    workspace = make_workspace("yankee", country="US", currency="USD", vat_number="", timezone="America/New_York",
                               address="7 Mill Road\nSalem, MA 01970")  # fmt: skip
    with scope(workspace=workspace), time_machine.travel(NOON, tick=False):
        TaxRate.objects.all().delete()
        rows = [
            ("MA", "", "6.25", None), ("MA", "", "6.5", date(2027, 1, 1)),
            ("CO", "", "2.9", None), ("CO", "802", "8.81", None), ("CO", "80299", "4", None),
        ]  # fmt: skip
        for region, postcode, percent, since in rows:
            TaxRate.objects.create(workspace=workspace, name="Sales tax", region=region, postcode=postcode,
                                   percent=Decimal(percent), valid_from=since)  # fmt: skip
        yield workspace


NO_VAT_HERE = (
    "admin:crm_client_add", "admin:crm_client_import", "admin:crm_client_duplicates", "admin:inventory_supplier_add",
    "admin:billing_periodclose_month", "admin:billing_periodclose_procedure", "admin:billing_booksrules_add",
    "admin:billing_quote_add", "admin:billing_recurringinvoice_add", "admin:billing_invoice_ageing",
)  # fmt: skip


def drafted(client, price, quantity=1, supplied_on=TODAY) -> Invoice:
    invoice = Invoice.objects.create(
        workspace=client.workspace, client=client, currency="USD", supplied_on=supplied_on,
        treatment=law.proposed(client.workspace, client, supplied_on),
    )  # fmt: skip
    lines = [InvoiceLine(description="Bracket", quantity=quantity, unit_price=Decimal(price))]
    law.charge(lines, client, supplied_on)
    return invoices.change_lines(invoice, lines, [], None)


def certified(client, until, number="ST-4711", state="MA"):
    return ExemptionCertificate.objects.create(
        workspace=client.workspace, client=client, number=number, state=state, valid_until=until
    )


@pytest.mark.parametrize(
    ("place", "day", "price", "quantity", "sums"),
    [
        (BOSTON, TODAY, "19.99", 3, ("59.97", "3.75", "63.72")),  # 3.748125
        (BOSTON, date(2026, 12, 31), "0.40", 1, ("0.40", "0.03", "0.43")),  # 0.025
        (BOSTON, date(2027, 1, 1), "19.99", 3, ("59.97", "3.90", "63.87")),  # 6.5 %: 3.89805
        (DENVER, TODAY, "100", 1, ("100", "8.81", "108.81")),
        ({**DENVER, "postcode": "80299-1234"}, TODAY, "100", 1, ("100", "4.00", "104.00")),
        ({**DENVER, "postcode": "81001"}, TODAY, "100", 1, ("100", "2.90", "102.90")),
        (AUSTIN, TODAY, "100", 1, ("100", "0", "100")),
    ],
)
def test_the_rate_is_the_destination_s_on_the_day_of_supply(american, place, day, price, quantity, sums):
    client = client_of(american, place)
    invoice = drafted(client, price, quantity, day)
    assert (invoice.net, invoice.tax, invoice.total) == tuple(Decimal(each) for each in sums)
    assert law.wrong_rate(paper(invoice)) is None
    assert invoice.treatment == (Treatment.OUTSIDE if place is AUSTIN else Treatment.STANDARD)


def test_a_rate_with_thousandths_is_kept_and_said_as_it_is(american, person, log_in):
    """New York City: 8.875 %, half a cent up."""
    browser = log_in(person("manager", american))
    row = {"name": "Sales tax", "percent": "8.875", "region": "NY", "postcode": "100"}
    assert browser.post(reverse("admin:billing_taxrate_add"), row).status_code == 302
    rate = TaxRate.objects.get(region="NY")
    assert (rate.percent, str(rate)) == (Decimal("8.875"), "Sales tax (NY 100) 8.875 %")
    too_fine = browser.post(reverse("admin:billing_taxrate_add"), {**row, "postcode": "101", "percent": "8.8755"})
    assert "3 decimal places" in too_fine.content.decode()
    pages = [browser.get(reverse("admin:billing_taxrate_changelist")).content.decode()]
    pages.append(browser.get(reverse("admin:billing_taxrate_change", args=[rate.pk])).content.decode())
    assert ("8.875 %" in pages[0], "6.25 %" in pages[0], 'value="8.875"' in pages[1]) == (True, True, True)
    draft = drafted(client_of(american, {**BOSTON, "state": "NY", "city": "New York", "postcode": "10001"}), "4", 3)
    assert (draft.net, draft.tax, draft.total) == (12, Decimal("1.07"), Decimal("13.07"))  # 1.065
    page = browser.get(reverse("admin:billing_invoice_change", args=[draft.pk])).content.decode()
    assert re.search(r'<option value="8\.875"[^>]* selected', page)
    issued = invoices.issue(draft, None)
    assert issued.frozen["vat"] == [{"percent": "8.875", "net": "12.00", "tax": "1.07"}]
    assert "Sales tax (NY 8.875 %)" in text_of(issued.pdf.read())
    assert said.read(issued, list(issued.lines.all())).taxes[0].percent == Decimal("8.875")
    bookings = list(journal.of(american, date(2026, 11, 1), date(2026, 11, 30)))
    assert [(each.percent, each.amount) for each in bookings] == [(Decimal("8.875"), Decimal("13.07"))]


def test_goods_are_taxed_where_they_are_delivered_and_not_where_they_are_paid(american):
    client = client_of(american, DENVER)
    Address.objects.create(workspace=american, client=client, **{**BOSTON, "kind": "delivery"})
    assert drafted(client, "100").tax == Decimal("6.25")
    Address.objects.filter(kind="delivery").update(country="CA", state="")
    assert law.proposed(american, client) == Treatment.EXPORT


def test_without_a_state_nothing_is_issued_and_a_rate_of_elsewhere_is_refused(american):
    client = client_of(american, {**BOSTON, "state": ""})
    invoice = drafted(client, "100")
    assert "names no state" in united_states.of_document(invoice)
    assert refusal_of(invoice) == "An invoice must say more: the state in the client's address is missing."
    Address.objects.update(state="MA")
    InvoiceLine._base_manager.update(tax_percent=Decimal("8.81"))
    assert refusal_of(Invoice.objects.get()) == (
        "Sales tax (8.81 %) does not apply on Nov 27, 2026, the date of supply."
    )
    TaxRate.objects.create(workspace=american, name="By hand", percent=Decimal("8.81"))
    assert invoices.issue(Invoice.objects.get(), None).tax == Decimal("8.81")


def test_a_certificate_exempts_until_its_last_day_and_its_number_stays_on_the_paper(american):
    client = client_of(american, BOSTON)
    held = certified(client, date(2026, 12, 10))
    before = drafted(client, "100", supplied_on=date(2026, 12, 10))
    after = drafted(client, "100", supplied_on=date(2026, 12, 11))
    assert (before.treatment, before.tax) == (Treatment.EXEMPT, 0)
    assert (after.treatment, after.tax) == (Treatment.STANDARD, Decimal("6.25"))
    assert united_states.of_document(before) == "The exemption certificate ST-4711 runs out on Dec 10, 2026."
    over = "The exemption certificate ST-4711 ran out on Dec 10, 2026: sales tax is due."
    assert united_states.of_document(after) == over
    issued = invoices.issue(before, None)
    assert issued.frozen["sales_tax"] == {
        "state": "MA", "postcode": "02110",
        "certificate": {"number": "ST-4711", "state": "MA", "valid_until": "2026-12-10"},
    }  # fmt: skip
    words = text_of(issued.pdf.read())
    assert "Exempt from sales tax: certificate ST-4711 (MA)." in words
    assert "VAT" not in words
    # Taken back, it says the same, whatever has become of the certificate.
    ExemptionCertificate.objects.filter(pk=held.pk).update(valid_until=date(2026, 1, 1))
    invoice = invoices.cancel(issued, None, "Wrong plate")
    assert (invoice.treatment, invoice.tax, invoice.frozen["sales_tax"]) == ("exempt", 0, issued.frozen["sales_tax"])
    # Chosen by hand where none holds, it is refused.
    chosen = drafted(client, "100")
    Invoice.objects.filter(pk=chosen.pk).update(treatment=Treatment.EXEMPT)
    assert "an exemption certificate that is valid on the date of supply is missing" in refusal_of(
        Invoice.objects.get(pk=chosen.pk)
    )


def test_a_certificate_of_another_state_exempts_nothing(american):
    client = client_of(american, BOSTON)
    certified(client, None, state="CO")
    assert drafted(client, "100").tax == Decimal("6.25")


def test_a_correction_takes_the_origin_s_rate_back(american):
    client = client_of(american, BOSTON)
    issued = invoices.issue(drafted(client, "19.99", 3), None)
    TaxRate.objects.filter(region="MA").update(percent=9)
    Address.objects.update(state="CO", postcode="80202")
    taken = invoices.cancel(issued, None, "Wrong plate")
    assert (taken.net, taken.tax, taken.total) == (issued.net, issued.tax, issued.total)
    assert (tax_state(taken), taken.frozen["vat"]) == ("MA", issued.frozen["vat"])


def test_from_quote_to_invoice_the_rate_of_the_day_of_supply_is_charged(american):
    shop = stock_shop(american)
    Address.objects.create(workspace=american, client=shop.client, **BOSTON)
    with time_machine.travel(datetime(2026, 12, 28, 17, tzinfo=UTC), tick=False):
        quote = quotes.draw_up(new_enquiry(shop), None)
        add_line(quote, description="Delivery", unit_price=Decimal(20), tax_percent=Decimal(0))
        quote.refresh_from_db()
        plate = quote.lines.exclude(tax_percent=0).get()
        assert plate.tax_percent == Decimal("6.25")
        assert quote.tax == (plate.amount * Decimal("0.0625")).quantize(Decimal("0.01"))
        job = quotes.accept(quotes.send(quote, None), name="Sam")
    with time_machine.travel(datetime(2027, 1, 4, 17, tzinfo=UTC), tick=False):
        invoice = invoices.draft_from(make(job), None)
        assert [line.tax_percent for line in invoice.lines.all()] == [Decimal("6.5"), 0]
        issued = invoices.issue(invoice, None)
        assert issued.tax == (plate.amount * Decimal("0.065")).quantize(Decimal("0.01"))
        assert "Sales tax (MA 6.5 %) on" in text_of(issued.pdf.read())


def test_a_quote_follows_the_certificate_and_says_when_it_is_over(american):
    shop = stock_shop(american)
    Address.objects.create(workspace=american, client=shop.client, **BOSTON)
    held = certified(shop.client, date(2026, 12, 10))

    quote = quotes.draw_up(new_enquiry(shop), None)
    assert quote.tax == 0
    ExemptionCertificate.objects.filter(pk=held.pk).update(valid_until=date(2026, 11, 1))
    assert united_states.of_document(quote) == (
        "The exemption certificate ST-4711 ran out on Nov 1, 2026: sales tax is due."
        " Sales tax of MA (6.25 %) would be due, and no line carries it."
    )


def test_certificates_that_run_out_are_a_matter_until_another_follows(american):
    client = client_of(american, BOSTON)
    rows = [certified(client, date(2026, 12, day), f"C{day}", state) for day, state in ((27, "MA"), (28, "CO"))]
    assert list(certificates.expiring()) == [rows[0]]
    certified(client, date(2027, 12, 31), "NEW")
    assert list(certificates.expiring()) == []


def test_the_desk_keeps_table_and_certificates_and_no_page_says_vat(american, person, log_in):
    client = client_of(american, BOSTON)
    browser = log_in(person("manager", american))
    TaxRate.objects.all().delete()
    page = browser.get(reverse("admin:billing_taxrate_changelist")).content.decode()
    assert "A state without a row is one where you collect none." in page
    row = {"name": "Sales tax", "percent": "6.25", "region": "MA", "postcode": "021"}
    answer = browser.post(reverse("admin:billing_taxrate_add"), row)
    assert answer.status_code == 302
    assert str(TaxRate.objects.get()) == "Sales tax (MA 021) 6.25 %"
    again = browser.post(reverse("admin:billing_taxrate_add"), row).content.decode()
    assert "This place has a rate from this day already." in again
    assert (
        "Which state is this ZIP code in?"
        in browser.post(reverse("admin:billing_taxrate_add"), {**row, "region": ""}).content.decode()
    )
    assert TaxRate.objects.count() == 1
    new = {"client": client.pk, "number": "ST-4711", "state": "MA", "valid_until": "2026-12-10"}
    assert browser.post(reverse("admin:crm_exemptioncertificate_add"), new).status_code == 302
    held = ExemptionCertificate.objects.get()
    certificates_page = reverse("admin:crm_exemptioncertificate_change", args=[held.pk])
    _keep(None, held, SimpleUploadedFile("st.pdf", b"%PDF-1.7 exempt"))
    taken = browser.get(reverse("admin:crm_exemptioncertificate_paper", args=[held.pk]))
    assert b"".join(taken.streaming_content) == b"%PDF-1.7 exempt"
    quote = drafted(client, "100")
    pages = (
        certificates_page, reverse("admin:crm_client_change", args=[client.pk]),
        reverse("admin:billing_invoice_change", args=[quote.pk]), reverse("admin:billing_taxrate_changelist"),
        *map(reverse, NO_VAT_HERE),
    )  # fmt: skip
    for address in pages:
        answer = browser.get(address)
        words = answer.content.decode()
        assert answer.status_code == 200, address
        assert re.search(r".{60}\bVAT\b|>Postcode", words) is None, address
    assert "ZIP code" in browser.get(pages[1]).content.decode()


def test_another_day_of_supply_is_another_rate_and_ends_an_exemption(american, person):
    client = client_of(american, BOSTON)
    invoice = drafted(client, "100")
    invoice.supplied_on = date(2027, 1, 2)
    invoice.save()
    taxes.follow_the_day(invoice, None)
    assert invoice.tax == Decimal("6.50")
    certified(client, date(2027, 1, 31))
    taxes.follow_the_day(invoice, None)
    assert (invoice.treatment, invoice.tax) == (Treatment.EXEMPT, 0)
    invoice.supplied_on = date(2027, 2, 1)
    taxes.follow_the_day(invoice, None)
    assert (invoice.treatment, invoice.tax) == (Treatment.STANDARD, Decimal("6.50"))


def test_the_golden_american_invoice(american, settings):
    settings.SECRET_KEY, settings.BASE_URL = "golden-" * 10, "https://shop.example"
    client = client_of(american, BOSTON)
    invoice = drafted(client, "19.99", 3)
    address = AccessLink(pk=7007, nonce="golden", workspace=american, client=client, target_id=invoice.pk)
    address.target_type = ContentType.objects.get_for_model(Invoice)
    address.expires_at = datetime(2199, 1, 1, tzinfo=UTC)
    address.save()
    compare("us-ma", invoices.issue(invoice, None).pdf.read())


def test_where_no_law_is_written_down_the_table_decides_and_the_words_are_neutral(make_workspace):
    workspace = make_workspace("kangaroo", country="AU", currency="AUD", vat_number="", tax_number="51 824 753 556")
    with scope(workspace=workspace):
        TaxRate.objects.update(percent=10, name="GST", valid_from=date(2000, 7, 1))
        client = client_of(workspace, {"street": "1 Quay", "city": "Sydney", "country": "AU"})
        invoice = Invoice.objects.create(workspace=workspace, client=client, currency="AUD", supplied_on=TODAY,
                                         treatment=law.proposed(workspace, client))  # fmt: skip
        lines = [InvoiceLine(description="Sign", quantity=3, unit_price=Decimal("19.99"), tax_percent=Decimal(10))]
        invoices.change_lines(invoice, lines, [], None)
        early = SimpleNamespace(pk=invoice.pk)
        Invoice.objects.filter(pk=early.pk).update(supplied_on=date(2000, 6, 30))
        assert "Tax 10 % does not apply on 30 June 2000" in refusal_of(Invoice.objects.get(pk=early.pk))
        Invoice.objects.filter(pk=early.pk).update(supplied_on=TODAY)
        issued = invoices.issue(Invoice.objects.get(pk=early.pk), None)
        words = text_of(issued.pdf.read())
        assert (issued.tax, issued.total, "Tax 10 %" in words, "VAT" in words) == (6, Decimal("65.97"), True, False)
        assert law.statement(Treatment.NONE, "AU") == "We are not registered for tax: no tax is charged."
        assert [tax_words.word(country) for country in ("AU", "US", "ZA", "DE")] == ["Tax", "Sales tax", "VAT", "VAT"]
