"""An order that is invoiced in parts comes to what was ordered, to the cent; the last pieces carry what is left."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Workspace
from billing import deliveries, einvoice, invoices, totals, verifying
from billing.einvoice import checking, said
from billing.models import InvoiceLine
from billing.tests.test_deposits import KEYS, refused
from billing.tests.test_documents import text_of
from production import jobs
from production.models import JobLine, Operation
from production.states import JOB

pytestmark = pytest.mark.usefixtures("one_paper")
D = Decimal


def ordered(shop, quantity: int, price: str, tax_included: bool = False, **line):
    line = {"description": "Part", "quantity": quantity, "unit_price": D(price), "tax_percent": D(19), **line}
    job = jobs.open_from(shop.client, key=f"parts:{next(KEYS)}", title="Order", lines=[line], contact=shop.contact,
                         tax_included=tax_included, by=None)  # fmt: skip
    Operation.objects.filter(job_line__job=job).delete()
    return job


def made(job, pieces: int):
    """So many more of the first line."""
    line = job.lines.get()
    JobLine._base_manager.filter(pk=line.pk).update(made_good=line.made_good + pieces)
    if line.made_good + pieces == line.quantity:
        JOB.move(job, "make")
    return invoices.draft_from(job, None)


def in_parts(job, pieces):
    return [invoices.issue(made(job, number), None) for number in pieces]


def amounts(rows) -> list[Decimal]:
    return [row.lines.get(deposit=None).amount for row in rows]


@pytest.mark.parametrize("tax_included", [True, False])
@pytest.mark.parametrize(
    ("quantity", "price", "pieces", "expected"),
    [
        (1000, "0.0149", (333, 333, 334), "4.96 4.96 4.98"),  # 14.90
        # Other figures, reckoned by the same verbs.
        *(pytest.param(*each, marks=pytest.mark.one_database) for each in (
            (2, "12.345", (1, 1), "12.35 12.34"),  # 24.69
            (3, "33.335", (1, 1, 1), "33.34 33.34 33.33"),  # 100.01, rounded up
            (4, "0.0125", (1, 1, 1, 1), "0.01 0.01 0.01 0.02"),  # 0.05
            (200, "0.005", (1, 1, 1, 197), "0.01 0.01 0.01 0.97"),  # 1.00
            (7, "9.99", (3, 3, 1), "29.97 29.97 9.99"),
        )),
    ],
)  # fmt: skip
def test_the_last_part_carries_the_cents(german, quantity, price, pieces, expected, tax_included):
    job = ordered(german, quantity, price, tax_included)
    rows = in_parts(job, pieces)
    assert amounts(rows) == [D(amount) for amount in expected.split()]
    assert sum(amounts(rows)) == totals.of(job.lines.all(), "EUR", job).said
    assert sum(row.total if tax_included else row.net for row in rows) == sum(amounts(rows))
    assert list(verifying.wrong(german.workspace)) == []


def test_none_takes_more_than_was_ordered(german):
    """Four times half a cent are two cents: after two parts of a cent nothing is left, and nothing is no invoice."""
    job = ordered(german, 4, "0.005")
    assert amounts(in_parts(job, (1, 1))) == [D("0.01"), D("0.01")]
    draft = made(job, 1)
    assert (draft.net, draft.lines.get().rounding) == (0, D("-0.01"))
    assert "waits for the next invoice" in refused("zero", invoices.issue, draft, None)


def test_a_share_off_the_line_is_rounded_apart_too(german):
    """3 × 1.11 less 15 % are 3.33 less 0.50: 2.83. One is 1.11 less 0.17: 0.94, and the last has a cent more."""
    rows = in_parts(ordered(german, 3, "1.11", discount_percent=D(15)), (1, 1, 1))
    assert amounts(rows) == [D("0.94"), D("0.94"), D("0.95")]


def test_what_somebody_typed_is_what_they_meant(german):
    job = ordered(german, 2, "12.345")
    in_parts(job, (1,))
    draft = made(job, 1)
    line = draft.lines.get()
    assert (line.amount, line.rounding) == (D("12.34"), D("-0.01"))
    line.unit_price = D("12.35")
    invoices.change_lines(draft, [line], [], None)
    assert (draft.lines.get().amount, draft.lines.get().rounding, draft.net) == (D("12.35"), 0, D("12.35"))
    line.unit_price = D("12.345")
    invoices.change_lines(draft, [line], [], None)
    assert (draft.lines.get().amount, draft.net) == (D("12.34"), D("12.34"))


def test_after_a_part_at_another_price_nothing_is_carried(german):
    job = ordered(german, 2, "12.345")
    draft = made(job, 1)
    line = draft.lines.get()
    line.unit_price = D(12)
    invoices.issue(invoices.change_lines(draft, [line], [], None), None)
    assert amounts([made(job, 1)]) == [D("12.35")]


def test_in_other_prices_and_back(german):
    job = ordered(german, 2, "12.345", tax_included=True)
    in_parts(job, (1,))
    draft = made(job, 1)
    invoices.switch_prices(draft, None)
    line = draft.lines.get()
    assert (line.unit_price, line.amount, line.rounding) == (D("10.3739"), D("10.37"), 0)
    invoices.switch_prices(draft, None)
    line = draft.lines.get()
    assert (line.unit_price, line.amount) == (D("12.34"), D("12.34"))  # a price that people pay, in whole cents


def test_cancelled_it_is_invoiced_again_to_the_cent(german):
    job = ordered(german, 2, "12.345")
    first, last = in_parts(job, (1, 1))
    taken = invoices.cancel(first, None, "Wrong")
    assert (taken.net, amounts([last])) == (D("12.35"), [D("12.34")])
    again = invoices.issue(invoices.draft_from(job, None), None)
    assert amounts([again]) == [D("12.35")]
    assert invoices.cancel(last, None, "Wrong").net == D("12.34")
    assert list(verifying.wrong(german.workspace)) == []


def test_a_deposit_on_what_is_left_is_all_of_it(german):
    job = ordered(german, 2, "12.345")
    in_parts(job, (1,))
    deposit = invoices.issue(invoices.draft_deposit(job, None, percent=D(100)), None)
    assert deposit.net == D("12.34")
    final = invoices.issue(made(job, 1), None)
    assert (final.net, final.tax, final.total, final.state) == (0, 0, 0, "paid")


def test_each_delivery_is_a_part(german, office):
    Workspace.objects.update(invoices_delivered=True, checks_deliveries=False)
    german.workspace.refresh_from_db()
    job = ordered(german, 3, "33.335")
    JobLine._base_manager.filter(job=job).update(made_good=3)
    JOB.move(job, "make")
    job.workspace.refresh_from_db()
    for _each in range(3):
        delivery = deliveries.draft_from(job, office)
        line = delivery.lines.get()
        line.quantity = 1
        deliveries.change_lines(delivery, [line], [], office)
        deliveries.ship(deliveries.pack(delivery, office), office)
    draft = invoices.draft_from(job, office)
    assert list(draft.lines.values_list("amount", "rounding")) == [
        (D("33.34"), 0), (D("33.34"), 0), (D("33.33"), D("-0.01")),
    ]  # fmt: skip
    assert draft.net == D("100.01")


def test_paper_page_and_file_say_why(german, person, log_in, own_papers):
    job = ordered(german, 2, "12.345")
    in_parts(job, (1,))
    draft = made(job, 1)
    browser = log_in(person("office", german.workspace))
    page = browser.get(reverse("admin:billing_invoice_change", args=[draft.pk])).content.decode()
    assert "mit -0,01\xa0€ Rundung, damit alle Teile das Ganze sind" in page
    final = invoices.issue(draft, None)
    assert "mit -0,01 € Rundung, damit alle Teile das Ganze sind" in text_of(final.pdf.read()).replace("\xa0", " ")
    (line,) = said.read(final, list(final.lines.all())).lines
    assert (line.unit_price, line.net) == (D("12.34"), D("12.34"))
    for name in ("xrechnung-cii", "xrechnung-ubl", "facturx-xml"):
        xml = einvoice.file_of(final, name)
        assert [str(each) for each in checking.failures(xml, xrechnung=einvoice.FORMATS[name].xrechnung)] == []
    assert InvoiceLine.objects.get(invoice=final).rounding == D("-0.01")
