"""Prices that include the tax: what the client pays is what was said, and the cent is in the net (docs/adr/0021)."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Activity, Workspace
from billing import einvoice, invoices, order_papers, payments, totals, verifying
from billing.accounting import datev, journal
from billing.accounting.accounts import Accounts
from billing.einvoice import checking, nets, said
from billing.models import BooksRules, Invoice, InvoiceLine, TaxRate, Treatment
from billing.tests.ground import make
from billing.tests.test_deposits import KEYS, refused
from billing.tests.test_documents import text_of
from crm.models import Address, Client
from laseros.core.money import tax_in, turned
from production import jobs
from production.models import Operation

pytestmark = pytest.mark.usefixtures("one_paper")
FILE = Path(__file__).with_name("datev") / "EXTF_Bruttopreise.csv"
D = Decimal
GROSS = SimpleNamespace(tax_included=True, discount_percent=D(0), discount_amount=D(0))


@pytest.fixture
def german(german, other_workspace):
    """A shop that tells private people prices with VAT, and a private person who buys there."""
    Workspace.objects.filter(pk=other_workspace.pk).update(prices_with_tax="private")
    other_workspace.refresh_from_db()
    TaxRate.objects.create(workspace=other_workspace, name="USt ermäßigt", percent=D(7))
    Client.objects.filter(pk=german.client.pk).update(kind="private")
    german.client.refresh_from_db()
    return german


def row(quantity, price, percent="19", **fields) -> SimpleNamespace:
    return SimpleNamespace(quantity=quantity, unit_price=D(price), tax_percent=D(percent), **fields)


def ordered(shop, *lines: dict, **order):
    """A job with gross prices, all of it made."""
    lines = [{"description": f"Part {number}", "tax_percent": D(19), **line} for number, line in enumerate(lines)]
    job = jobs.open_from(shop.client, key=f"gross:{next(KEYS)}", title="Order", lines=lines, contact=shop.contact,
                         tax_included=True, by=None, **order)  # fmt: skip
    Operation.objects.filter(job_line__job=job).delete()
    return make(job)


def drafted(shop, *lines: dict, **fields) -> Invoice:
    """A draft of its own with gross prices."""
    draft = Invoice.objects.create(
        workspace=shop.workspace, client=shop.client, currency="EUR", tax_included=True, **fields
    )
    rows = [InvoiceLine(**{"description": f"Part {n}", "quantity": 1, "tax_percent": D(19), **line})
            for n, line in enumerate(lines)]  # fmt: skip
    return invoices.change_lines(draft, rows, [], None)


def sums(document) -> tuple[Decimal, Decimal, Decimal]:
    return document.net, document.tax, document.total


def rates(document) -> dict[Decimal, tuple[Decimal, Decimal]]:
    """{percent: (net, tax)} as it was frozen."""
    return {D(each["percent"]): (D(each["net"]), D(each["tax"])) for each in document.frozen["vat"]}


# --- sums -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "net", "tax", "total"),
    [
        ([(10, "9.99", "19")], "83.95", "15.95", "99.90"),  # 15.9504
        ([(1, "0.01", "19")], "0.01", "0.00", "0.01"),  # 0.0016
        ([(1, "0.03", "19")], "0.03", "0.00", "0.03"),  # 0.0048
        ([(1, "0.04", "19")], "0.03", "0.01", "0.04"),  # 0.0064
        ([(2, "12.345", "19")], "20.75", "3.94", "24.69"),  # 3.9421
        ([(1, "12.345", "19"), (1, "12.345", "19")], "20.76", "3.94", "24.70"),  # rounded lines
        ([(1, "100", "19"), (1, "100", "7")], "177.49", "22.51", "200"),  # 15.9664, 6.5421
        ([(1, "100", "0")], "100", "0", "100"),
        ([(1, "115", "15")], "100", "15", "115"),
        ([(1, "9.99", "19")] * 500, "4197.48", "797.52", "4995.00"),  # 797.5210: once, and not 500 times 1.60
    ],
)
def test_tax_is_taken_out_of_the_rounded_sum_of_rounded_lines(lines, net, tax, total):
    found = totals.of([row(*line) for line in lines], "EUR", GROSS)
    assert sums(found) == (D(net), D(tax), D(total))
    assert found.before == found.said == found.total


def test_discounts_are_of_what_the_client_reads():
    lines = [row(10, "9.99"), row(1, "100", "7")]
    off = SimpleNamespace(tax_included=True, discount_percent=D(10), discount_amount=D(0))
    found = totals.of(lines, "EUR", off)
    assert found.discounts == {D(19): D("9.99"), D(7): D(10)}
    assert found.rates == {D(19): (D("75.55"), D("14.36")), D(7): (D("84.11"), D("5.89"))}  # 89.91, 90.00
    assert (found.total, found.before) == (D("179.91"), D("199.90"))
    free = SimpleNamespace(tax_included=True, discount_percent=D(100), discount_amount=D(0))
    assert sums(totals.of(lines, "EUR", free)) == (0, 0, 0)


RATES = st.sampled_from(["19", "7", "8.875", "0"])


@given(st.lists(st.tuples(st.integers(1, 5000), st.decimals(0, 5000, places=4), RATES), min_size=1, max_size=8))
def test_what_is_said_is_what_is_paid(lines):
    rows = [row(*line) for line in lines]
    found = totals.of(rows, "EUR", GROSS)
    assert found.total == sum(totals.amount_of(each, "EUR") for each in rows)
    assert found.net + found.tax == found.total
    assert all(net >= 0 and tax >= 0 for net, tax in found.rates.values())


# --- one invoice, by hand ---------------------------------------------------------------------------------------------


@pytest.mark.one_database  # what paper, books and file say of it
def test_two_rates_a_discount_and_a_deposit_to_the_cent(german, own_papers):
    """10 × 9.99 and 20.00 less 10 % at 19 %: 117.90; 3 × 4.995 at 7 %: 14.99. 10.00 off: 8.87 and 1.13.

    109.03 has 17.41 in it (17.4081), 13.86 has 0.91 (0.9067). A deposit of 30 % is 36.87: 32.71 with 5.22 (5.2226), and
    4.16 with 0.27 (0.2721).
    """
    job = ordered(
        german,
        {"quantity": 10, "unit_price": D("9.99")},
        {"quantity": 3, "unit_price": D("4.995"), "tax_percent": D(7)},
        {"quantity": 1, "unit_price": D(20), "discount_percent": D(10)},
        discount_amount=D(10),
    )
    assert job.quoted_total == D("104.57")
    deposit = invoices.issue(invoices.draft_deposit(job, None, percent=D(30)), None)
    assert sums(deposit) == (D("31.38"), D("5.49"), D("36.87"))
    assert rates(deposit) == {19: (D("27.49"), D("5.22")), 7: (D("3.89"), D("0.27"))}
    final = invoices.issue(invoices.draft_from(job, None), None)
    assert sums(final) == (D("73.19"), D("12.83"), D("86.02"))
    assert rates(final) == {19: (D("64.13"), D("12.19")), 7: (D("9.06"), D("0.64"))}
    assert [line.amount for line in final.lines.all()] == [D(x) for x in ("99.90", "14.99", "18", "-32.71", "-4.16")]
    deposit.refresh_from_db()
    assert (deposit.deducted, list(verifying.wrong(german.workspace))) == (D("36.87"), [])
    _paper_says(final)
    _books_say(german, deposit, final)
    _file_says(final)


def test_what_datev_reads_of_prices_with_tax_to_the_byte(german):
    """Revenue accounts compute the tax themselves, so what is posted is what the client pays at each rate: 3 × 9.99 at
    19 % and 3 × 4.995 at 7 % are 29.97 and 14.99; half of it as a deposit 14.99 and 7.49; a piece of each taken back
    9.99 and 5.00.
    """
    rules = BooksRules(consultant_number=29098, client_number=55003)
    with time_machine.travel(datetime(2026, 10, 5, 10, tzinfo=UTC), tick=False):
        job = ordered(
            german,
            {"quantity": 3, "unit_price": D("9.99")},
            {"quantity": 3, "unit_price": D("4.995"), "tax_percent": D(7)},
        )
        invoices.issue(invoices.draft_deposit(job, None, percent=D(50)), None)
        final = invoices.issue(invoices.draft_from(job, None), None)
        payments.receive(final, final.total, key="p", received_on=date.today())
        note = invoices.credit(final, None, "Bent")
        goods = list(note.lines.filter(deposit=None))
        for line in goods:
            line.quantity = 1
        invoices.issue(invoices.change_lines(note, goods, list(note.lines.exclude(deposit=None)), None), None)
        days = date(2026, 10, 1), date(2026, 10, 31)
        at = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
        content = datev.written(journal.of(german.workspace, *days), rules, *days, "EUR", at=at)
    assert content == FILE.read_bytes()


def _paper_says(final):
    words = text_of(final.pdf.read())
    for expected in ("inkl. MwSt.", "enthält 19 % MwSt.", "enthält 7 % MwSt.", "86,02", "12,19", "64,13", "73,19",
                     "Summe netto", "27,49", "5,22", "32,71"):  # fmt: skip
        assert expected in words, expected


def _books_say(shop, deposit, final):
    today, accounts = date.today(), Accounts(BooksRules())
    found = journal.of(shop.workspace, today, today)
    booked = [(each.number, each.contra, each.side, each.amount) for each in found]
    revenue = {percent: accounts.revenue("standard", D(percent)) for percent in (19, 7)}
    prepaid = {percent: accounts.prepaid("standard", D(percent)) for percent in (19, 7)}
    assert sorted(booked) == sorted([
        (deposit.number, prepaid[19], "S", D("32.71")), (deposit.number, prepaid[7], "S", D("4.16")),
        (final.number, revenue[19], "S", D("109.03")), (final.number, revenue[7], "S", D("13.86")),
        (final.number, prepaid[19], "H", D("32.71")), (final.number, prepaid[7], "H", D("4.16")),
    ])  # fmt: skip


def _file_says(final):
    """All of it without tax: 91.62 at 19 % with an allowance of 7.45 are 99.07, 12.95 at 7 % with 1.06 are 14.01."""
    facts = said.read(final, list(final.lines.all()))
    assert [(line.unit_price, line.net) for line in facts.lines] == [
        (D("8.394"), D("83.94")), (D("4.67"), D("14.01")), (D("16.81"), D("15.13")),
        (D("27.49"), D("-27.49")), (D("3.89"), D("-3.89")),
    ]  # fmt: skip
    assert [(each.amount, each.basis) for each in facts.allowances] == [
        (D("7.45"), D("99.07")),
        (D("1.06"), D("14.01")),
    ]
    assert facts.lines[2].allowance.amount == D("1.68")
    assert facts.lines_net - facts.off == facts.net == D("73.19")
    for name in ("xrechnung-cii", "xrechnung-ubl", "facturx-xml"):
        xml = einvoice.file_of(final, name)
        assert [str(each) for each in checking.failures(xml, xrechnung=einvoice.FORMATS[name].xrechnung)] == []


# --- credit notes -----------------------------------------------------------------------------------------------------


def _taken_back(invoice, pieces) -> list[Invoice]:
    """Credit notes over so many pieces of the first line each."""
    notes = []
    for quantity in pieces:
        note = invoices.credit(invoice, None, "Bent")
        line = note.lines.first()
        line.quantity = quantity
        note = invoices.change_lines(note, [line], list(note.lines.exclude(pk=line.pk)), None)
        notes.append(invoices.issue(note, None))
    return notes


@pytest.mark.parametrize("tax_included", [True, False])
@pytest.mark.parametrize(
    ("quantity", "price", "pieces"),
    [
        (1000, "0.0149", (333, 333, 334)),
        # Other figures, reckoned by the same verbs.
        *(pytest.param(*each, marks=pytest.mark.one_database) for each in (
            (2, "12.345", (1, 1)), (3, "33.335", (1, 1, 1)), (100, "0.005", (20,) * 5), (7, "9.99", (3, 3, 1)),
            (200, "0.005", (1,) * 3 + (197,)),
        )),
    ],
)  # fmt: skip
def test_credit_notes_piece_by_piece_are_the_invoice(german, quantity, price, pieces, tax_included):
    draft = drafted(german, {"quantity": quantity, "unit_price": D(price)})
    Invoice._base_manager.filter(pk=draft.pk).update(tax_included=tax_included)
    invoice = invoices.issue(Invoice.objects.get(pk=draft.pk), None)
    notes = _taken_back(invoice, pieces)
    invoice.refresh_from_db()
    assert {note.tax_included for note in notes} == {tax_included}
    for name in ("net", "tax", "total"):
        assert sum(getattr(note, name) for note in notes) == getattr(invoice, name), name
    assert sum(note.lines.get().amount for note in notes) == invoice.lines.get().amount
    assert all(note.lines.get().amount >= 0 and note.tax >= 0 and note.net >= 0 for note in notes)
    assert (invoice.state, list(verifying.wrong(german.workspace))) == ("credited", [])


def test_the_last_pieces_take_what_is_left_of_the_line(german):
    """2 × 12.345 are 24.69: one is 12.35, the other 12.34. Of another price nothing is left to take."""
    invoice = invoices.issue(drafted(german, {"quantity": 2, "unit_price": D("12.345")}), None)
    (first,) = _taken_back(invoice, (1,))
    note = invoices.credit(invoice, None, "Bent")
    line = note.lines.get()
    line.quantity = 1
    invoices.change_lines(note, [line], [], None)
    assert (first.total, line.amount, line.rounding) == (D("12.35"), D("12.34"), D("-0.01"))
    line.unit_price = D(12)
    invoices.change_lines(note, [line], [], None)
    assert (line.amount, line.rounding) == (D(12), 0)


def test_tax_of_thirds_is_the_tax_of_the_whole(german):
    """1.60 in each of three times 9.99 would be 4.80; in 29.97 there are 4.79 (4.7851)."""
    invoice = invoices.issue(drafted(german, {"quantity": 3, "unit_price": D("9.99")}), None)
    notes = _taken_back(invoice, (1, 1, 1))
    assert [sums(note) for note in notes] == [(D("8.39"), D("1.60"), D("9.99"))] * 2 + [
        (D("8.40"), D("1.59"), D("9.99"))
    ]


# --- deposits ---------------------------------------------------------------------------------------------------------


def test_deposits_of_thirds_leave_nothing_to_pay(german):
    """5.32 in each of three times 33.30 would be 15.96; in 99.90 there are 15.95. The client has paid all of it."""
    job = ordered(german, {"quantity": 10, "unit_price": D("9.99")})
    for _turn in range(3):
        deposit = invoices.issue(invoices.draft_deposit(job, None, amount=D("33.30")), None)
        assert sums(deposit) == (D("27.98"), D("5.32"), D("33.30"))
    final = invoices.issue(invoices.draft_from(job, None), None)
    assert (sums(final), final.state) == ((0, 0, 0), "paid")
    assert [(line.deposit_net, line.deposit_tax) for line in final.lines.exclude(deposit=None)] == [
        (D("27.98"), D("5.32")), (D("27.98"), D("5.32")), (D("27.99"), D("5.31")),
    ]  # fmt: skip
    assert invoices.open_deposits(job, "EUR") == []
    assert list(verifying.wrong(german.workspace)) == []


def test_the_price_stays_when_the_rate_changes_between_deposit_and_supply(german):
    job = ordered(german, {"quantity": 1, "unit_price": D(119)})
    deposit = invoices.issue(invoices.draft_deposit(job, None, percent=D(50)), None)
    assert sums(deposit) == (D(50), D("9.50"), D("59.50"))
    job.lines.update(tax_percent=D(7))
    final = invoices.issue(invoices.draft_from(job, None), None)
    assert rates(final) == {19: (D(-50), D("-9.50")), 7: (D("111.21"), D("7.79"))}
    assert (final.total, list(verifying.wrong(german.workspace))) == (D("59.50"), [])


# --- no tax to include ------------------------------------------------------------------------------------------------


def test_abroad_the_tax_leaves_the_price(german):
    job = ordered(german, {"quantity": 10, "unit_price": D("9.99")}, discount_amount=D("9.99"))
    Address.objects.update(country="CH", postcode="8001", city="Zürich")
    draft = invoices.draft_from(job, None)
    line = draft.lines.get()
    assert (draft.treatment, draft.tax_included, line.unit_price) == ("export", False, D("8.395"))
    assert (draft.discount_amount, draft.total) == (D("8.39"), D("75.56"))  # 83.95 less 8.39; in 89.91 there are 75.55
    paper = order_papers.write_for_job(job, "proforma", None)
    assert (paper.tax_included, paper.total) == (False, D("75.56"))
    deposit = invoices.draft_deposit
    refused("draft", deposit, job, None, percent=D(30))
    Invoice.objects.filter(pk=draft.pk).update(treatment="standard")
    draft.refresh_from_db()
    Address.objects.update(country="DE", postcode="04109", city="Leipzig")
    invoices.treat(draft, None)
    assert (draft.tax_included, draft.lines.get().unit_price, draft.total) == (True, D("9.99"), D("89.92"))


def test_a_small_business_gets_what_was_agreed(german, own_papers):
    job = ordered(german, {"quantity": 10, "unit_price": D("9.99")})
    Workspace.objects.update(small_business=True)
    german.workspace.refresh_from_db()
    job.workspace.refresh_from_db()
    draft = invoices.draft_from(job, None)
    assert (draft.treatment, sums(draft)) == ("small", (D("99.90"), 0, D("99.90")))
    words = text_of(invoices.issue(draft, None).pdf.read())
    assert "MwSt" not in words
    assert "§ 19 UStG" in words


# --- switching --------------------------------------------------------------------------------------------------------


def test_a_draft_is_switched_and_the_log_says_so(german, office):
    draft = drafted(german, {"quantity": 10, "unit_price": D("9.99")}, {"unit_price": D(107), "tax_percent": D(7)},
                    discount_amount=D("20.69"))  # fmt: skip
    assert draft.total == D("186.21")
    invoices.switch_prices(draft, None)
    assert (draft.tax_included, [line.unit_price for line in draft.lines.all()]) == (False, [D("8.395"), D(100)])
    # 20.69 are 9.99 and 10.70 with tax, 8.39 and 10.00 without: a cent more in sum, as the log says.
    assert (draft.discount_amount, sums(draft)) == (D("18.39"), (D("165.56"), D("20.66"), D("186.22")))
    told = Activity.objects.filter(verb="changed").latest("pk")
    assert told.details == {"prices include tax": [True, False]}
    invoices.switch_prices(draft, None)
    assert [line.unit_price for line in draft.lines.all()] == [D("9.99"), D(107)]
    issued = invoices.issue(draft, None)
    before = sums(issued)
    refused("state", invoices.switch_prices, issued, None)
    note = invoices.credit(issued, None, "Bent")
    refused("correction", invoices.switch_prices, note, None)
    issued.refresh_from_db()
    assert (issued.tax_included, sums(issued)) == (True, before)


def test_where_there_is_no_tax_none_is_put_in(german):
    draft = drafted(german, {"unit_price": D(119)})
    Invoice.objects.filter(pk=draft.pk).update(treatment=Treatment.EXPORT)
    draft.refresh_from_db()
    invoices.treat(draft, None)
    assert (draft.tax_included, draft.total) == (False, D(100))
    refused("treatment", invoices.switch_prices, draft, None)


def test_what_a_deposit_takes_off_stays_to_the_cent(german):
    job = ordered(german, {"quantity": 10, "unit_price": D("9.99")})
    deposit = invoices.issue(invoices.draft_deposit(job, None, percent=D(30)), None)
    draft = invoices.draft_from(job, None)
    invoices.switch_prices(draft, None)
    line = draft.lines.get(deposit=deposit)
    assert (line.unit_price, line.deposit_net, line.deposit_tax) == (D("25.18"), D("25.18"), D("4.79"))
    assert draft.total == D("69.93")
    final = invoices.issue(draft, None)
    payments.receive(final, final.total, key="p", received_on=date.today())
    assert list(verifying.wrong(german.workspace)) == []


@given(st.decimals(0, 9999, places=2), st.sampled_from([D(19), D(7), D(15), D("8.1")]))
def test_a_price_comes_back_to_the_cent(price, percent):
    assert turned(turned(price, percent, "EUR", False), percent, "EUR", True) == price
    assert tax_in(price, percent, "EUR") <= price


# --- electronic invoices ----------------------------------------------------------------------------------------------


@given(st.decimals(0, 10**6, places=2), st.lists(st.integers(0, 10**5), min_size=1, max_size=20))
def test_a_net_is_divided_to_the_cent(whole, weights):
    whole = whole if any(weights) else D(0)
    parts = nets.divided(whole, [D(weight) for weight in weights], "EUR")
    assert sum(parts) == whole
    assert all(
        abs(part - whole * weight / (sum(weights) or 1)) < D("0.01")
        for part, weight in zip(parts, weights, strict=True)
    )


@pytest.mark.parametrize(
    ("whole", "pieces", "price"),
    [
        ("83.94", 10, "8.394"),
        ("14.01", 3, "4.67"),
        ("0.00", 7, "0.00"),
        ("100.00", 3, "33.333"),
        ("0.01", 5000, "0.000002"),
    ],
)
def test_a_price_has_the_digits_it_takes(whole, pieces, price):
    assert nets.price_of(D(whole), pieces, "EUR") == D(price)
