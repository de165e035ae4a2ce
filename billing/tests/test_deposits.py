"""Deposits: invoiced before the work, taken off afterwards with exactly their tax, and never twice."""

from decimal import Decimal
from io import BytesIO
from itertools import count as counting
from types import SimpleNamespace

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from billing import einvoice, invoices, payments, totals, verifying
from billing.accounting import journal
from billing.accounting.accounts import Accounts
from billing.documents import invoice_pdf
from billing.einvoice import checking
from billing.invoices import deposits
from billing.models import BooksRules, ExchangeRate, Invoice
from billing.tests.ground import made_job, make, with_address
from laseros.core.errors import Refused
from laseros.tests.database import guards_off
from production import jobs
from production.models import Job, JobLine, Operation

pytestmark = pytest.mark.usefixtures("scoped", "one_paper")
KEYS = counting()


@pytest.fixture
def german(german, other_workspace, person):
    return german, person("office", other_workspace)


@pytest.fixture
def job(scoped, shop):
    with_address(shop)
    return made_job(shop)


def ordered(shop, *lines: tuple[int, str, str]) -> Job:
    """A job with (pieces, unit price, rate) of each line, all of it made."""
    rows = [
        {
            "description": f"Part {number}",
            "quantity": pieces,
            "unit_price": Decimal(price),
            "tax_percent": Decimal(rate),
        }
        for number, (pieces, price, rate) in enumerate(lines)
    ]
    job = jobs.open_from(
        shop.client, key=f"order:{next(KEYS)}", title="Order", lines=rows, contact=shop.contact, by=None
    )
    Operation.objects.filter(job_line__job=job).delete()
    return make(job)


def refused(code: str, verb, *args, **kwargs) -> str:
    with pytest.raises(Refused) as refusal:
        verb(*args, **kwargs)
    assert refusal.value.code == code
    return str(refusal.value.reason)


def whole(job: Job) -> totals.Totals:
    return totals.of(job.lines.filter(parent=None), "ZAR" if job.workspace.country == "ZA" else "EUR")


def words(invoice: Invoice) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(invoice.pdf.open()).pages).split())


def test_a_deposit_and_what_is_left_are_what_the_order_costs(job, office, own_papers):
    found = whole(job)
    deposit = invoices.issue(invoices.draft_deposit(job, office, percent=Decimal(30)), office)
    assert (deposit.is_deposit, deposit.net) == (True, (found.net * Decimal("0.3")).quantize(Decimal("0.01")))
    assert "for a deposit" in words(deposit)
    assert JobLine.objects.get(job=job).invoiced == 0
    final = invoices.issue(invoices.draft_from(job, office), office)
    assert final.net + deposit.net == found.net
    assert final.tax + deposit.tax == found.tax
    text = words(final)
    assert f"Less deposit invoice {deposit.number}" in text
    assert "Deposits taken off" in text
    deposit.refresh_from_db()
    assert deposit.deducted == deposit.total
    assert list(verifying.wrong(job.workspace)) == []
    assert invoices.open_deposits(job, deposit.currency) == []
    # The deposit cannot be taken back while it is taken off; its final invoice can, and then it is free again.
    assert "cancel that one first" in refused("state", invoices.cancel, deposit, office, "Wrong")
    refused("over-credit", lambda: invoices.issue(_reasoned(invoices.credit(deposit, office)), office))
    invoices.discard(deposit.corrections.get(state="draft"), office)
    invoices.cancel(final, office, "Wrong")
    deposit.refresh_from_db()
    assert deposit.deducted == 0
    again = invoices.draft_from(job, office)
    assert again.lines.filter(deposit=deposit).count() == 1
    assert list(verifying.wrong(job.workspace)) == []


def _reasoned(draft: Invoice) -> Invoice:
    Invoice._base_manager.filter(pk=draft.pk).update(reason="Bent")
    return Invoice.objects.get(pk=draft.pk)


def test_deposits_are_no_more_than_the_order_and_one_draft_at_a_time(job, office):
    refused("deposit", invoices.draft_deposit, job, office, percent=Decimal(0))
    refused("deposit", invoices.draft_deposit, job, office, amount=whole(job).net + 1)
    first = invoices.draft_deposit(job, office, percent=Decimal(60))
    refused("draft", invoices.draft_deposit, job, office, percent=Decimal(10))
    invoices.issue(first, office)
    refused("deposit", invoices.draft_deposit, job, office, percent=Decimal(50))
    assert Invoice.objects.count() == 1


def test_all_of_it_paid_before_leaves_nothing_to_pay(job, office):
    deposit = invoices.issue(invoices.draft_deposit(job, office, percent=Decimal(100)), office)
    payments.receive(deposit, deposit.total, key="all", received_on=deposit.issued_on)
    job.refresh_from_db()
    assert job.state == "made"  # nothing of the work itself is invoiced yet
    final = invoices.issue(invoices.draft_from(job, office), office)
    assert (final.total, final.tax, final.state, final.balance) == (0, 0, "paid", 0)
    booked = journal.of(job.workspace, final.issued_on, final.issued_on)
    debtor, said = Accounts(BooksRules()).debtor(job.client), []
    for row in booked:
        said.append((row.number, row.account, row.side, row.contra, row.amount))
    assert said == [
        (deposit.number, "1800", "S", debtor, deposit.total),
        (deposit.number, debtor, "S", "3250", deposit.total),  # received, and not earned yet
        (final.number, debtor, "H", "3250", deposit.total),
        (final.number, debtor, "S", "4200", deposit.total),
    ]


def test_a_deposit_is_a_share_of_what_is_not_invoiced_yet(job, office):
    JobLine._base_manager.filter(job=job).update(made_good=4)
    part = invoices.issue(invoices.draft_from(job, office), office)
    left = whole(job).net - part.net
    deposit = invoices.draft_deposit(job, office, percent=Decimal(50))
    assert deposit.net == (left / 2).quantize(Decimal("0.01"))
    assert deposit.lines.get().description == f"Deposit of 50 % on what is left of order {job.number}"
    invoices.issue(deposit, office)
    refused("deposit", invoices.draft_deposit, job, office, amount=left - deposit.net + Decimal("0.01"))
    assert invoices.draft_deposit(job, office, amount=left - deposit.net).net == left - deposit.net


@pytest.mark.one_database  # what paper, books and file say of it
def test_at_a_rate_that_is_gone_a_deposit_is_taken_off_at_its_own(german, own_papers):
    """Paid for at 19 %, supplied at 7 %: the final invoice says both, and the books are even."""
    shop, office = german
    job = ordered(shop, (10, "100", "19"), (1, "50", "7"))
    deposit = invoices.issue(invoices.draft_deposit(job, office, amount=Decimal("105")), office)
    assert [(line.unit_price, line.tax_percent) for line in deposit.lines.all()] == [(100, 19), (5, 7)]
    JobLine._base_manager.filter(job=job).update(tax_percent=7)
    draft = invoices.draft_from(job, office)
    assert (draft.net, draft.tax, draft.total) == (Decimal("945"), Decimal("54.15"), Decimal("999.15"))
    final = invoices.issue(draft, office)
    assert [tuple(map(Decimal, (row["percent"], row["net"], row["tax"]))) for row in final.frozen["vat"]] == [
        (19, -100, -19), (7, Decimal("1045"), Decimal("73.15"))
    ]  # fmt: skip
    text = words(final)
    assert "abzüglich" in text.lower() or deposit.number in text
    for name in ("xrechnung-cii", "xrechnung-ubl"):
        assert checking.failures(einvoice.written(final, name), xrechnung=True) == []
    booked = [row for row in journal.of(shop.workspace, final.issued_on, final.issued_on) if row.number == final.number]
    assert [(row.side, row.contra, row.amount) for row in booked] == [
        ("H", "3260", Decimal("5.35")), ("H", "3272", Decimal("119.00")), ("S", "4300", Decimal("1123.50"))
    ]  # fmt: skip
    deposit.refresh_from_db()
    assert deposit.deducted == deposit.total
    assert list(verifying.wrong(shop.workspace)) == []


def test_a_deposit_whose_vat_contradicts_the_invoice_is_refused_in_words(german):
    shop, office = german
    job = ordered(shop, (10, "100", "19"))
    deposit = invoices.issue(invoices.draft_deposit(job, office, percent=Decimal(30)), office)
    draft = invoices.draft_from(job, office)
    Invoice._base_manager.filter(pk=draft.pk).update(treatment="export")
    draft.refresh_from_db()
    invoices.treat(draft, office)
    said = refused("treatment", invoices.deduct, draft, office)
    assert deposit.number in said
    assert refused("treatment", invoices.issue, draft, office) == said
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.total, draft.lines.count()) == ("draft", None, Decimal(1000), 1)
    invoices.cancel(deposit, office, "Export")  # as the sentence says
    assert invoices.issue(draft, office).total == 1000


def test_deposits_in_the_books_of_another_currency(scoped, workspace, shop, office):
    """Earned at the rate of the day it was received; the account of deposits is even, the client's as they owe."""
    ExchangeRate.objects.create(workspace=workspace, currency="USD", rate=Decimal(18))
    with_address(shop)
    job = made_job(shop)
    draft = invoices.draft_deposit(job, office, percent=Decimal(50))
    deposit = invoices.issue(invoices.change_currency(draft, "USD", office), office)
    ExchangeRate.objects.update(rate=Decimal(20))
    draft = invoices.change_currency(invoices.draft_from(job, office), "USD", office)
    final = invoices.issue(invoices.deduct(draft, office), office)
    booked = journal.of(workspace, final.issued_on, final.issued_on)
    prepaid = sum(row.booked if row.side == "H" else -row.booked for row in booked if row.contra == "3250")
    owed = sum(row.booked if row.side == "S" else -row.booked for row in booked)
    earned = sum(row.booked for row in booked if row.contra == "4200")
    assert (prepaid, deposit.rate, final.rate) == (0, 18, 20)
    assert owed == deposit.total * 18 + final.total * 20 == earned


def test_a_deposit_stays_until_the_last_part_of_the_order(job, office):
    deposit = invoices.issue(invoices.draft_deposit(job, office, amount=Decimal(100)), office)
    JobLine._base_manager.filter(job=job).update(made_good=4)
    part = invoices.draft_from(job, office)
    assert not part.lines.exclude(deposit=None).exists()
    invoices.deduct(part, office)  # the office may take it off sooner
    line = part.lines.get(deposit=deposit)
    line.unit_price += 1
    refused("deposit", invoices.change_lines, part, [line], [], office)
    invoices.change_lines(part, [], [line], office)
    invoices.issue(part, office)
    JobLine._base_manager.filter(job=job).update(made_good=10)
    assert invoices.draft_from(job, office).lines.filter(deposit=deposit).exists()


def test_no_more_is_taken_off_than_there_is_to_pay(job, office):
    invoices.issue(invoices.draft_deposit(job, office, percent=Decimal(90)), office)
    draft = invoices.draft_from(job, office)
    line = draft.lines.get(deposit=None)
    line.quantity = 1
    invoices.change_lines(draft, [line], [], office)
    assert invoices.issue(draft, office).total == 0
    left = invoices.open_deposits(job, draft.currency)[0]
    assert 0 < left.deducted < left.total


def test_taken_off_elsewhere_meanwhile(job, office):
    deposit = invoices.issue(invoices.draft_deposit(job, office, percent=Decimal(20)), office)
    draft = invoices.draft_from(job, office)
    Invoice._base_manager.filter(pk=deposit.pk).update(deducted=deposit.total)
    refused("deducted", invoices.issue, draft, office)
    draft.refresh_from_db()
    assert (draft.state, draft.number) == ("draft", None)


def test_the_office_asks_for_what_the_quote_says(job, office, log_in):
    quote = job.quote
    with guards_off():
        type(quote)._base_manager.filter(pk=quote.pk).update(deposit_percent=25)
    browser = log_in(office)
    ask = reverse("admin:production_job_verb", args=[job.pk, "deposit"])
    assert 'value="25,00"' in browser.get(ask).content.decode()
    assert "Either a percentage or an amount." in browser.post(ask, {"percent": "25", "amount": "5"}).content.decode()
    page = browser.post(ask, {"percent": "25"}, follow=True).content.decode()
    assert "Deposit of 25 % on order" in page


def test_the_button_is_there_only_where_it_will_work_and_the_draft_says_what_it_is(job, office, log_in):
    browser, page = log_in(office), reverse("admin:production_job_change", args=[job.pk])
    button = reverse("admin:production_job_verb", args=[job.pk, "deposit"]).removesuffix("/").rpartition("/do/")[2]

    def is_offered():
        return f"do/{button}/" in browser.get(page).content.decode()

    assert is_offered()
    draft = invoices.draft_deposit(job, office, percent=Decimal(10))
    assert not is_offered()  # it would be refused: issue or discard that one first
    shown = browser.get(reverse("admin:billing_invoice_change", args=[draft.pk])).content.decode()
    assert (str(draft), "draft deposit invoice" in shown, "Deposit invoice" in shown) == (
        "draft deposit invoice", True, True,
    )  # fmt: skip
    invoices.discard(draft, office)
    assert is_offered()
    JobLine._base_manager.filter(job=job).update(unit_price=0)  # the office agreed a price for the whole above it
    assert not is_offered()


def test_a_share_is_written_as_the_business_writes_figures(german):
    shop, office = german
    draft = invoices.draft_deposit(ordered(shop, (1, "67.20", "19")), office, percent=Decimal("30.5"))
    assert draft.lines.get().description.startswith("Anzahlung von 30,5 % auf Auftrag")
    assert (draft.net, draft.tax, draft.total) == (Decimal("20.50"), Decimal("3.90"), Decimal("24.40"))


def test_a_draft_without_a_day_or_a_bank_has_no_empty_heading(scoped, job, office, own_papers):
    draft = invoices.draft_from(job, office)

    def said():
        pages = PdfReader(BytesIO(invoice_pdf(Invoice.objects.get(pk=draft.pk)))).pages
        return " ".join(page.extract_text() for page in pages).split()

    assert (scoped.bank_details, "Payment" in said()) == ("", False)
    scoped.bank_details = "Bank 1"
    scoped.save()
    assert "Payment" in said()


# --- every mixture ----------------------------------------------------------------------------------------------------

PRICES = st.decimals("0.01", "9999.99", places=2)
LINES = st.lists(st.tuples(st.integers(1, 40), PRICES, st.sampled_from(["19", "7"])), min_size=1, max_size=5)


@pytest.mark.one_database  # sums and what the file says of them
@given(order=LINES, percents=st.lists(st.decimals("1", "45", places=2), min_size=1, max_size=2))
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_order_with_any_deposits_adds_up_and_is_valid(german, order, percents):
    """To the cent, and by the official rules, in both syntaxes."""
    shop, office = german
    job = ordered(shop, *[(pieces, str(price), rate) for pieces, price, rate in order])
    found, paid = whole(job), []
    for percent in percents:
        if found.net * percent > 1:  # of a cent there is no share
            paid.append(invoices.issue(invoices.draft_deposit(job, office, percent=percent), office))
    final = invoices.issue(invoices.draft_from(job, office), office)
    assert final.net + sum(row.net for row in paid) == found.net
    assert final.tax + sum(row.tax for row in paid) == found.tax
    for document in (*paid, final):
        for name in ("xrechnung-cii", "xrechnung-ubl"):
            assert checking.failures(einvoice.written(document, name), xrechnung=True) == []
    taken = invoices.cancel(final, office, "Wrong")
    assert taken.total == final.total
    assert checking.failures(einvoice.written(taken, "xrechnung-ubl"), xrechnung=True) == []


@given(order=LINES, percents=st.lists(st.decimals("0.5", "49", places=2), min_size=1, max_size=2))
def test_nothing_is_lost_by_rounding(order, percents):
    """Deposits and what is left of any order are its net and its tax, rate by rate."""
    lines = [line_of(pieces, price, Decimal(rate)) for pieces, price, rate in order]
    found, off = totals.of(lines, "EUR"), []
    for percent in percents:
        nets = {rate: net for rate, (net, _tax) in found.rates.items()}
        parts = deposits.shares(nets, "EUR", percent=percent)
        charged = totals.of([line_of(1, net, rate) for rate, net in parts.items()], "EUR")
        off += [line_of(1, net, rate, deposit_id=1, deposit_tax=tax) for rate, (net, tax) in charged.rates.items()]
    left = totals.of([*lines, *off], "EUR")
    for rate, (net, tax) in found.rates.items():
        mine = [line for line in off if line.tax_percent == rate]
        assert left.rates[rate][0] + sum(line.unit_price for line in mine) == net
        assert left.rates[rate][1] + sum(line.deposit_tax for line in mine) == tax
        assert abs(left.rates[rate][1] - left.rates[rate][0] * rate / 100) < Decimal("0.04")  # BR-CO-17 allows one


def line_of(pieces: int, price: Decimal, rate: Decimal, deposit_id=None, deposit_tax=None) -> SimpleNamespace:
    return SimpleNamespace(
        quantity=pieces, unit_price=price, tax_percent=rate, deposit_id=deposit_id, deposit_tax=deposit_tax
    )


@given(
    order=st.dictionaries(st.sampled_from([Decimal(19), Decimal(7), Decimal(0)]), PRICES, min_size=1),
    percent=st.decimals("0.01", "100", places=2),
)
def test_shares_are_the_whole_and_none_is_less_than_nothing(order, percent):
    parts = deposits.shares(order, "EUR", percent=percent)
    whole = sum(order.values())
    assert sum(parts.values()) == (whole * percent / 100).quantize(Decimal("0.01"), rounding="ROUND_HALF_UP")
    assert all(net > 0 for net in parts.values())
