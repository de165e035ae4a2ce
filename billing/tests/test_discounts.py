"""Discounts: typed in one place, the same on page, paper and XML, from the quote to the last invoice and back."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django_scopes import scope
from hypothesis import given
from hypothesis import strategies as st

from billing import documents, einvoice, invoices, order_papers, quotes
from billing.admin import line_form
from billing.einvoice import checking
from billing.models import Invoice, InvoiceLine, Quote
from billing.tests.ground import add_line, make, with_address
from billing.tests.test_documents import text_of
from billing.tests.test_einvoice import XMLS, values
from crm.models import Address
from laseros.core import discounts
from laseros.core.errors import Refused
from laseros.core.money import cents
from production.models import JobLine

pytestmark = pytest.mark.usefixtures("one_paper")
D = Decimal


def draft(shop, **whole) -> Quote:
    """Ten at 12.345 less 10 %, three at 20 less 7.00, one at 50 at 7 %; less what `whole` says."""
    quote = Quote(workspace=shop.workspace, client=shop.client, contact=shop.contact, title="Plates", **whole)
    quotes.open_draft(quote, None)
    plain = {"tax_percent": D(19)}
    add_line(quote, description="Plate", quantity=10, unit_price=D("12.345"), discount_percent=D(10), **plain)
    add_line(quote, description="Rod", quantity=3, unit_price=D(20), discount_amount=D(7), **plain)
    add_line(quote, description="Book", quantity=1, unit_price=D(50), tax_percent=D(7))
    quote.refresh_from_db()
    return quote


def sums(document) -> tuple:
    return document.net, document.tax, document.total


def made(job, *counts):
    for line, count in zip(job.lines.order_by("position", "pk"), counts, strict=True):
        JobLine._base_manager.filter(pk=line.pk).update(made_good=count)


# 10 × 12.345 = 123.45 − 12.35 (half up) = 111.10; 60 − 7 = 53; 50. Sum 214.10.
# Less 5 %: 8.21 (of 164.10, half up) at 19 %, 2.50 at 7 %. Net 155.89 + 47.50; VAT 29.62 + 3.33 (half up).
SHARE = (D("203.39"), D("32.95"), D("236.34"))


@pytest.mark.one_database
def test_what_is_taken_off_a_quote_is_taken_off_its_paper_job_and_invoice(german, own_papers):
    quote = draft(german, discount_percent=D(5))
    assert [line.amount for line in quote.lines.all()] == [D("111.10"), D(53), D(50)]
    assert sums(quote) == SHARE
    quotes.send(quote, None)
    paper = text_of(documents.quote_pdf(quote))
    for said in ("abzüglich 10 %: 12,35", "abzüglich 7,00", "Summe der Positionen 214,10", "Rabatt 5 % −10,71"):
        assert said in paper, said
    job = quotes.accept(quote, name="Thandi Nkosi")
    assert (job.quoted_total, job.discount_percent) == (D("203.39"), 5)
    confirmation = order_papers.write_for_job(job, "confirmation", None)
    assert sums(confirmation) == SHARE
    paper = text_of(documents_of(confirmation))
    assert "abzüglich 10 %: 12,35" in paper
    assert "Rabatt 5 % −10,71" in paper
    make(job)
    invoice = invoices.issue(invoices.draft_from(job, None), None)
    assert sums(invoice) == SHARE
    assert invoice.frozen["discounts"] == [
        {"percent": "19.00", "amount": "8.21"},
        {"percent": "7.00", "amount": "2.50"},
    ]
    paper = text_of(invoice.pdf.read())
    assert "abzüglich 10 %: 12,35" in paper
    assert "Rabatt 5 % −10,71" in paper
    back = invoices.cancel(invoice, None, "Falsch")
    assert sums(back) == SHARE
    for document in (invoice, back):
        for name in XMLS:
            xml = einvoice.file_of(document, name)
            assert checking.failures(xml, xrechnung=einvoice.FORMATS[name].xrechnung) == []
            off = values(xml, "ActualAmount") or values(xml, "Amount")
            assert {"12.35", "7.00", "8.21", "2.50"} <= {*off}, name
    invoices.draft_from(job, None)  # all of it is to be invoiced again


@pytest.mark.one_database
def test_an_amount_off_the_order_is_given_once_over_its_invoices(german):
    quote = draft(german, discount_amount=D(20))
    job = quotes.accept(quotes.send(quote, None), name="Thandi Nkosi")
    assert job.quoted_total == D("194.10")
    found = []
    for counts in ((4, 1, 0), (10, 2, 0), (10, 3, 1)):
        made(job, *counts)
        job.refresh_from_db()
        found.append(invoices.issue(invoices.draft_from(job, None), None))
    rods = [line.discount_amount for row in found for line in row.lines.all() if line.description == "Rod"]
    assert rods == [D("2.33"), D("2.34"), D("2.33")]
    assert sum(rods) == 7
    assert sum(row.discount_amount for row in found) == 20
    assert sum(row.net for row in found) == D("194.10") + sum(rounding(row) for row in found)
    with pytest.raises(Refused, match="Nothing of this job"):
        invoices.draft_from(job, None)


@pytest.mark.one_database
def test_what_is_cut_down_keeps_its_part_of_the_discounts(german):
    job = quotes.accept(quotes.send(draft(german, discount_amount=D(20)), None), name="Thandi Nkosi")
    made(job, 10, 3, 1)
    job.refresh_from_db()
    invoice = invoices.draft_from(job, None)
    rod = invoice.lines.get(description="Rod")
    rod.quantity = 2
    invoices.change_lines(invoice, [rod], [], None)
    assert (rod.discount_amount, rod.amount) == (D("4.67"), D("35.33"))  # 7.00 was for three
    rod.quantity = 3
    rod.discount_amount = D(7)
    invoices.change_lines(invoice, [rod], [], None)
    invoice = invoices.issue(invoice, None)
    assert invoice.net == D("194.10")
    note = invoices.credit(invoice, None, "Rods bent")
    plate, rod, book = note.lines.all()
    rod.quantity = 1
    invoices.change_lines(note, [rod], [plate, book], None)
    assert (rod.discount_amount, note.discount_amount) == (D("2.33"), D("1.65"))  # 20 × 17.67 ÷ 214.10
    note.discount_amount = D(2)
    note.save(update_fields=["discount_amount"])
    rod.unit_price = D(18)
    invoices.change_lines(note, [rod], [], None)
    assert (note.discount_amount, note.net) == (D(2), D("13.67"))  # what somebody typed stays


@pytest.mark.one_database
def test_credit_notes_of_parts_take_back_the_discount_to_the_cent(german):
    """10.00 off three lines of 33.00: 3.33, 3.33 and with the last what is left, 3.34."""
    client = german.client
    bill = Invoice.objects.create(workspace=german.workspace, client=client, currency="EUR", discount_amount=D(10))
    lines = [InvoiceLine(description=f"Part {n}", quantity=1, unit_price=D(33), tax_percent=D(0)) for n in range(3)]
    bill = invoices.issue(invoices.change_lines(bill, lines, [], None), None)
    taken = []
    for number in range(3):
        note = invoices.credit(bill, None, "Bent")
        rows = list(note.lines.all())
        note = invoices.change_lines(note, [], [row for row in rows if row.description != f"Part {number}"], None)
        taken.append(invoices.issue(note, None).discount_amount)
    bill.refresh_from_db()
    assert (taken, bill.credited, bill.state) == ([D("3.33"), D("3.33"), D("3.34")], D(89), "credited")


@pytest.mark.one_database
def test_credit_notes_of_pieces_take_back_a_lines_discount_to_the_cent(german):
    """7.00 off three rods at 20, beside three others of that name: 2.33, 2.33, 2.34, and of the others nothing."""
    client = german.client
    bill = Invoice.objects.create(workspace=german.workspace, client=client, currency="EUR")
    rod = {"description": "Rod", "quantity": 3, "unit_price": D(20), "tax_percent": D(0)}
    lines = [InvoiceLine(**rod, discount_amount=D(7), position=1), InvoiceLine(**rod, position=2)]
    bill = invoices.issue(invoices.change_lines(bill, lines, [], None), None)
    taken = []
    for _turn in range(3):
        note = invoices.credit(bill, None, "Bent")
        less, plain = note.lines.all()
        for quantity in (2, 1):  # thought of another count first
            less.quantity = quantity
            invoices.change_lines(note, [less], [plain] if quantity == 2 else [], None)
        assert note.total == 20 - less.discount_amount
        invoices.issue(note, None)
        taken.append(less.discount_amount)
    bill.refresh_from_db()
    assert (taken, bill.credited, bill.balance) == ([D("2.33"), D("2.33"), D("2.34")], D(53), D(60))


def rounding(invoice) -> Decimal:
    """What a share of a line that is invoiced in parts is rounded by more than once."""
    plate = next((line for line in invoice.lines.all() if line.description == "Plate"), None)
    return cents(plate.amount - D("11.11") * plate.quantity, "EUR") if plate else D(0)


@pytest.mark.one_database
def test_it_is_typed_as_a_share_or_an_amount_and_seen_by_who_may_see_prices(shop, person, log_in):
    with scope(workspace=shop.workspace):
        with_address(shop)
        quote = draft(shop)
        line = quote.lines.first()
        browser = log_in(person("office", shop.workspace))
        url = reverse("admin:billing_quote_change", args=[quote.pk])

        def store(discount, **whole):
            page = browser.get(url).context["adminform"].form
            rows = list(quote.lines.all())
            data = {"title": "Plates", "client": quote.client_id, "contact": quote.contact_id,
                    "seen": page["seen"].value(),
                    "delivery_days": 10, "more_pieces": "show", "discount_percent": "", "discount_amount": "",
                    "lines-TOTAL_FORMS": len(rows), "lines-INITIAL_FORMS": len(rows), **whole}  # fmt: skip
            for number, row in enumerate(rows):
                typed = discount if row.pk == line.pk else line_form.written(row)
                data |= {f"lines-{number}-{name}": value for name, value in {
                    "id": row.pk, "quote": quote.pk, "position": row.position, "description": row.description,
                    "quantity": row.quantity, "unit_price": f"{row.unit_price:f}", "discount": typed,
                    "tax_percent": f"{row.tax_percent:.2f}"}.items()}  # fmt: skip
            answer = browser.post(url, data)
            line.refresh_from_db()
            quote.refresh_from_db()
            return answer

        assert store("12.50").status_code == 302
        assert (line.discount_percent, line.discount_amount, line.amount) == (0, D("12.50"), D("110.95"))
        assert quote.net == D("213.95")
        assert store("12.5 %", discount_amount="13.95").status_code == 302
        assert (line.discount_percent, line.discount_amount, line.amount) == (D("12.5"), 0, D("108.02"))
        assert quote.net == D("197.07")
        for wrong in ("-1", "101 %", "cheap", "1 % 2", "0.001 %"):
            assert store(wrong).status_code == 200, wrong
            assert line.discount_percent == D("12.5")
        both = store("12.5 %", discount_amount="1", discount_percent="1")
        assert "A discount is a share or an amount, not both." in both.content.decode()
        assert store("200", discount_percent="0", discount_amount="0").status_code == 302
        with pytest.raises(Refused) as refusal:  # the sum is nothing, and it does not leave the house
            quotes.send(quote, None)
        assert refusal.value.code == "discount"
        assert store("", discount_amount="500").status_code == 302
        with pytest.raises(Refused, match="more than the lines come to"):
            quotes.send(quote, None)
        page = log_in(person("viewer", shop.workspace)).get(url)
        assert page.status_code in (200, 403)
        assert "lines-0-discount" not in page.content.decode()
        assert "500.00" not in page.content.decode()


@pytest.mark.one_database
def test_a_client_abroad_finds_no_vat_on_the_quote_whatever_was_typed(shop):
    with scope(workspace=shop.workspace):
        with_address(shop)
        quote = draft(shop)
        assert quote.tax == D("34.68")
        Address.objects.update(country="NA")
        quotes.send(Quote.objects.get(pk=quote.pk), None)
        quote.refresh_from_db()
        assert (quote.tax, quote.total) == (0, D("214.10"))
        job = make(quotes.accept(quote, name="Thandi Nkosi"))
        assert invoices.draft_from(job, None).total == D("214.10")
        assert Invoice.objects.get().treatment == "export"


RATES = st.dictionaries(
    st.sampled_from([D(19), D(7), D(0), D("5.5")]), st.decimals(0, 5000, places=2), min_size=1, max_size=4
)


@given(nets=RATES, share=st.decimals(0, 1, places=4), percent=st.decimals(0, 100, places=2))
def test_a_discount_is_divided_to_the_cent_and_never_more_than_there_is(nets, share, percent):
    whole = sum(nets.values())
    amount = cents(whole * share, "EUR")
    if whole:
        parts = discounts.divided(nets, amount, "EUR")
        assert sum(parts.values(), D(0)) == amount
        assert all(0 <= part <= nets[rate] for rate, part in parts.items())
    for of in (Off(percent, D(0)), Off(D(0), whole + 1)):
        parts = discounts.by_rate(nets, of, "EUR")
        assert all(0 <= part <= nets[rate] for rate, part in parts.items())
    pieces = [discounts.part_of(amount, before, 1, 7, "EUR") for before in range(7)]
    assert sum(pieces) == amount
    assert min(pieces) >= 0


class Off:
    def __init__(self, percent, amount):
        self.discount_percent, self.discount_amount = percent, amount


def documents_of(paper) -> bytes:
    from billing.documents.order_paper import order_paper_pdf

    return order_paper_pdf(paper)
