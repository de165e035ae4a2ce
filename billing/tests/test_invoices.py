"""Invoices: from what is made, checked, numbered without gaps, frozen."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Activity, Workspace
from billing import invoices, quotes
from billing.models import Invoice, InvoiceLine, TaxRate
from billing.tests.ground import add_line, issued_invoice, made_job, new_enquiry, sent_quote, with_address
from laseros.core.errors import Refused
from production.models import JobLine

pytestmark = pytest.mark.usefixtures("scoped")


def year():
    return timezone.localdate().year


def numbers():
    return list(Invoice.objects.exclude(number=None).order_by("id").values_list("number", flat=True))


def test_a_draft_takes_what_is_made_and_not_yet_invoiced(shop, office):
    job = quotes.accept(sent_quote(shop, office), name="Thandi")
    with pytest.raises(Refused, match="Nothing of this job is made"):
        invoices.draft_from(job, office)
    assert Invoice.objects.count() == 0
    JobLine._base_manager.update(made_good=4)
    first = invoices.draft_from(job, office)
    assert invoices.draft_from(job, office) == first
    line = first.lines.get()
    assert (line.quantity, line.unit_price, line.amount) == (4, Decimal("37.20"), Decimal("148.80"))
    assert (first.net, first.tax, first.total) == (Decimal("148.80"), Decimal("22.32"), Decimal("171.12"))
    invoices.issue(first, office)
    JobLine._base_manager.update(made_good=13)  # three more than ordered: nobody pays for those
    second = invoices.draft_from(job, office)
    assert second.lines.get().quantity == 6
    invoices.issue(second, office)
    assert JobLine.objects.get().invoiced == 10
    with pytest.raises(Refused, match="Nothing of this job is made"):
        invoices.draft_from(job, office)
    assert numbers() == [f"INV-{year()}-0001", f"INV-{year()}-0002"]


def test_issuing_freezes_names_addresses_and_tax(shop, office):
    with_address(shop)
    invoice = issued_invoice(shop, office)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == ("issued", f"INV-{year()}-0001")
    today = timezone.localdate()
    assert (invoice.issued_on, invoice.due_on) == (today, today + timedelta(days=30))
    assert invoice.frozen == {
        "seller": {
            "name": "Cutters",
            "address": "1 Test Road\nTestville",
            "country": "ZA",
            "vat_number": "4000000000",
            "tax_number": "",
            "registration_number": "",
            "email": "office@cutters.example",
            "phone": "",
            "bank_details": "",
        },
        "buyer": {
            "code": "CL-0001",
            "name": "Umgeni Pumps",
            "address": ["12 Umgeni Road", "Durban 4001"],
            "street": "12 Umgeni Road",
            "postcode": "4001",
            "city": "Durban",
            "country": "ZA",
            "vat_number": "",
            "reference": "",
            "email": "buyer@umgeni.example",
        },
        "language": "en",
        "locale": "en_ZA",
        "statement": "",
        "vat": [{"percent": "15.00", "net": "372.00", "tax": "55.80"}],
    }
    assert Activity.objects.get(verb="issued").money == {"total": "427.80"}


def test_the_client_may_have_longer_to_pay(shop, office):
    type(shop.client).objects.update(payment_days=7)
    assert issued_invoice(shop, office).due_on == timezone.localdate() + timedelta(days=7)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda invoice: InvoiceLine._base_manager.all().delete(), "no-lines"),
        (lambda invoice: InvoiceLine._base_manager.update(unit_price=0), "zero"),
        (lambda invoice: Workspace.objects.update(address=""), "missing"),
        (lambda invoice: Workspace.objects.update(vat_number=""), "missing"),
        (lambda invoice: InvoiceLine._base_manager.update(quantity=11), "more-than-made"),
    ],
)
def test_what_the_law_or_the_floor_misses_is_refused_and_no_number_is_lost(shop, office, spoil, code):
    invoice = invoices.draft_from(made_job(shop, office), office)
    before = (invoice.net, invoice.tax, invoice.total)
    kept = Workspace.objects.values("address", "vat_number").get()
    spoil(invoice)
    with pytest.raises(Refused) as refusal:
        invoices.issue(Invoice.objects.get(pk=invoice.pk), office)
    assert refusal.value.code == code
    invoice.refresh_from_db()
    assert (invoice.state, invoice.number, invoice.issued_on) == ("draft", None, None)
    assert (invoice.net, invoice.tax, invoice.total) == before
    assert JobLine.objects.get().invoiced == 0
    Workspace.objects.update(**kept)
    invoices.discard(invoice, office)
    assert invoices.issue(invoices.draft_from(invoice.job, office), office).number == f"INV-{year()}-0001"


def test_without_tax_no_tax_number_is_needed(shop, office):
    Workspace.objects.update(vat_number="")
    invoice = invoices.draft_from(made_job(shop, office), office)
    line = invoice.lines.get()
    line.tax_percent = Decimal(0)
    invoices.change_lines(invoice, [line], [], office)
    assert invoices.issue(Invoice.objects.get(pk=invoice.pk), office).total == Decimal("372.00")


def test_two_rates_are_rounded_each_on_its_own_sum(shop, office):
    TaxRate.objects.create(workspace=shop.workspace, name="Reduced", percent=Decimal(7))
    quote = quotes.draw_up(new_enquiry(shop), office)
    add_line(quote, unit_price=Decimal("0.05"), quantity=1, tax_percent=Decimal(7), description="Sticker")
    add_line(quote, unit_price=Decimal("0.05"), quantity=1, tax_percent=Decimal(7), description="Sticker")
    job = quotes.accept(quotes.send(quote, office), name="Thandi")
    JobLine._base_manager.filter(quantity=10).update(made_good=10)
    JobLine._base_manager.filter(quantity=1).update(made_good=1)
    invoice = invoices.issue(invoices.draft_from(job, office), office)
    assert invoice.frozen["vat"] == [
        {"percent": "15.00", "net": "372.00", "tax": "55.80"},
        {"percent": "7.00", "net": "0.10", "tax": "0.01"},
    ]
    assert (invoice.net, invoice.tax, invoice.total) == (Decimal("372.10"), Decimal("55.81"), Decimal("427.91"))


def test_issued_twice_or_from_two_pages_there_is_one_number(shop, office):
    invoice = invoices.draft_from(made_job(shop, office), office)
    stale = Invoice.objects.get(pk=invoice.pk)
    invoices.issue(invoice, office)
    for verb in (
        lambda: invoices.issue(stale, office),
        lambda: invoices.discard(stale, office),
        lambda: invoices.change_lines(stale, [], list(stale.lines.all()), office),
    ):
        with pytest.raises(Refused) as refusal:
            verb()
        assert refusal.value.code == "state"
    assert (numbers(), JobLine.objects.get().invoiced, invoice.lines.count()) == ([f"INV-{year()}-0001"], 10, 1)


def test_an_issued_invoice_cannot_be_saved_or_deleted(shop, office):
    invoice = issued_invoice(shop, office)
    line = invoice.lines.get()
    for deed in (invoice.save, invoice.delete, line.save, line.delete, lambda: InvoiceLine(invoice=invoice).save()):
        with pytest.raises(TypeError, match="never changed"):
            deed()
    for numberless in ({"number": None}, {"paid": Decimal("427.81")}, {"paid": -1}, {"state": "draft"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Invoice._base_manager.filter(pk=invoice.pk).update(**numberless)


def test_numbers_have_no_gap_after_a_rollback(shop, office):
    invoice = invoices.draft_from(made_job(shop, office), office)
    with pytest.raises(RuntimeError), transaction.atomic():
        invoices.issue(Invoice.objects.get(pk=invoice.pk), office)
        raise RuntimeError("the power went")
    assert numbers() == []
    assert JobLine.objects.get().invoiced == 0
    assert invoices.issue(Invoice.objects.get(pk=invoice.pk), office).number == f"INV-{year()}-0001"


def test_a_discarded_draft_leaves_the_work_to_be_invoiced(shop, office):
    job = made_job(shop, office)
    invoices.discard(invoices.draft_from(job, office), office)
    assert invoices.draft_from(job, office).lines.get().quantity == 10
    assert Invoice.objects.filter(state="cancelled").count() == 1


@pytest.mark.parametrize(
    ("country", "line"), [("", "Durban 4001"), ("ZA", "Durban 4001"), ("GB", "Durban 4001"), ("DE", "4001 Durban")]
)
def test_a_postcode_stands_where_the_country_puts_it(shop, country, line):
    with_address(shop)
    shop.client.addresses.update(country=country)
    assert invoices.address_lines(shop.client)[1] == line
    abroad = {"GB": ["UNITED KINGDOM"], "DE": ["GERMANY"]}.get(country, [])
    assert invoices.address_lines(shop.client)[2:] == abroad
    assert line in str(shop.client.addresses.get())
