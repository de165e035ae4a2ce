"""What a hostile accountant tries: cents of halves, credit notes in thirds, odd currencies, months closed too early.

Expected sums are worked out by hand, in whole units of the smallest coin, and never by the code that is tested.
"""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Workspace
from accounts.outbox import occasions, wording
from billing import closing, einvoice, invoices, payments, totals, verifying
from billing.accounting import journal
from billing.einvoice import checking
from billing.models import ExchangeRate, Invoice, InvoiceLine, Quote, RecurringInvoice
from billing.tests.ground import issued_invoice, made_job
from crm.models import Client
from laseros.core.errors import Refused

D = Decimal
PLACES = {"EUR": 2, "JPY": 0, "KWD": 3}


def half_up(amount: Fraction, places: int) -> Fraction:
    """By whole coins: the half goes up."""
    scale = 10**places
    return Fraction((amount * scale * 2 + 1).__floor__() // 2, scale)


LINES = st.lists(
    st.tuples(
        st.integers(1, 999), st.decimals(0, 9999, places=4), st.sampled_from([D(19), D(7), D("8.875"), D(0)]),
        st.one_of(st.just(D(0)), st.decimals(0, 100, places=2)),
    ),
    min_size=1, max_size=8,
)  # fmt: skip


@given(lines=LINES, currency=st.sampled_from(sorted(PLACES)))
def test_tax_is_that_of_the_rounded_sum_of_rounded_lines(lines, currency):
    places, nets = PLACES[currency], {}
    for quantity, price, percent, off in lines:
        gross = half_up(quantity * Fraction(price), places)
        net = gross - half_up(gross * Fraction(off) / 100, places)
        nets[percent] = nets.get(percent, 0) + net
    taxes = {percent: half_up(net * Fraction(percent) / 100, places) for percent, net in nets.items()}
    rows = [
        SimpleNamespace(quantity=quantity, unit_price=price, tax_percent=percent, discount_percent=off,
                        discount_amount=D(0))
        for quantity, price, percent, off in lines
    ]  # fmt: skip
    found = totals.of(rows, currency)
    assert {percent: (Fraction(net), Fraction(tax)) for percent, (net, tax) in found.rates.items()} == {
        percent: (nets[percent], taxes[percent]) for percent in nets
    }
    assert Fraction(found.total) == sum(nets.values()) + sum(taxes.values())


@pytest.mark.parametrize(
    ("quantity", "price", "percent", "currency", "net", "tax"),
    [
        (3, "0.335", "19", "EUR", "1.01", "0.19"),  # 1.005 goes up; 0.1919
        (1, "0.10", "15", "ZAR", "0.10", "0.02"),  # 0.015 goes up
        (1, "0.10", "5", "EUR", "0.10", "0.01"),  # 0.005 goes up
        (7, "71.5", "10", "JPY", "501", "50"),  # 500.5 goes up; 50.1
        (1, "5", "10", "JPY", "5", "1"),  # 0.5 goes up
        (1, "0.0005", "5", "KWD", "0.001", "0.000"),  # 0.0005 goes up; 0.00005
        (3, "33.3335", "5", "KWD", "100.001", "5.000"),  # 100.0005; 5.00005
    ],
)  # fmt: skip
def test_halves_go_up_in_whatever_coin(quantity, price, percent, currency, net, tax):
    line = SimpleNamespace(quantity=quantity, unit_price=D(price), tax_percent=D(percent))
    found = totals.of([line], currency)
    assert (found.net, found.tax, found.total) == (D(net), D(tax), D(net) + D(tax))


def bill(shop, *rows, **facts) -> Invoice:
    """Issued, of lines (quantity, price, percent)."""
    draft = Invoice.objects.create(workspace=shop.workspace, client=shop.client, currency="EUR", **facts)
    lines = [
        InvoiceLine(description=f"Part {number}", quantity=quantity, unit_price=D(price), tax_percent=D(percent),
                    position=number)
        for number, (quantity, price, percent) in enumerate(rows)
    ]  # fmt: skip
    return invoices.issue(invoices.change_lines(draft, lines, [], None), None)


def note_of(invoice, number) -> Invoice:
    """A credit note over one line alone, issued."""
    note = invoices.credit(invoice, None, "Bent")
    rows = list(note.lines.all())
    invoices.change_lines(note, [], [row for row in rows if row.description != f"Part {number}"], None)
    return invoices.issue(note, None)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("prices", "whole", "taxes"),
    [
        # 19 % of 100.05 is 19.0095; of each 33.35 it is 6.3365: three times 6.34 were a cent too much.
        (["33.35"] * 3, "19.01", ["6.34", "6.34", "6.33"]),
        # Of 99.99 it is 18.9981; of each 33.33 it is 6.3327: three times 6.33 were a cent too little.
        (["33.33"] * 3, "19.00", ["6.33", "6.33", "6.34"]),
        # Of 0.12 it is 0.0228; of each 0.03 it is 0.0057: four cents of tax, where there were two.
        (["0.03"] * 4, "0.02", ["0.01", "0.01", "0.00", "0.00"]),
    ],
)  # fmt: skip
def test_credit_notes_of_thirds_take_back_the_invoice_to_the_cent_of_its_tax(german, prices, whole, taxes):
    invoice = bill(german, *((1, price, "19") for price in prices))
    assert invoice.tax == D(whole)
    notes = [note_of(invoice, number) for number in range(len(prices))]
    invoice.refresh_from_db()
    assert [f"{note.tax:.2f}" for note in notes] == taxes
    assert (invoice.state, invoice.balance, invoice.credited) == ("credited", 0, invoice.total)
    for note in notes:
        assert checking.failures(einvoice.file_of(note, "xrechnung-cii"), xrechnung=True) == []
    booked = journal.of(german.workspace, invoice.issued_on, invoice.issued_on)
    assert sum(each.amount if each.side == "S" else -each.amount for each in booked) == 0
    assert list(verifying.wrong(german.workspace)) == []


@pytest.mark.one_database
def test_a_credit_note_over_what_is_paid_leaves_a_surplus_and_not_a_debt(german):
    invoice = bill(german, (1, "100", "19"), (1, "50", "7"))  # 119.00 + 53.50
    payments.receive(invoice, D(150), key="k", received_on=invoice.issued_on)
    note_of(invoice, 0)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.balance, invoice.surplus) == ("paid", 0, D("96.50"))  # 150 − 53.50
    with pytest.raises(Refused, match="Only"):
        payments.refund(invoice, D("96.51"), key="r", paid_on=invoice.issued_on, method="transfer")
    payments.refund(invoice, D("96.50"), key="r", paid_on=invoice.issued_on, method="transfer")
    invoice.refresh_from_db()
    assert (invoice.paid, invoice.surplus, invoice.balance) == (D("53.50"), 0, 0)


@pytest.mark.one_database
def test_yen_has_no_cents_and_dinar_has_thousandths(german):
    day = timezone.localdate()
    for currency, rate in (("JPY", "0.0061"), ("KWD", "2.98")):
        ExchangeRate.objects.create(workspace=german.workspace, currency=currency, day=day, rate=D(rate))
    yen, dinar = (
        Invoice.objects.create(workspace=german.workspace, client=german.client, currency=currency)
        for currency in ("JPY", "KWD")
    )
    line = {"description": "Part", "quantity": 3, "tax_percent": D(19)}
    yen = invoices.change_lines(yen, [InvoiceLine(unit_price=D("333.5"), **line)], [], None)
    dinar = invoices.change_lines(dinar, [InvoiceLine(unit_price=D("0.3335"), **line)], [], None)
    yen, dinar = invoices.issue(yen, None), invoices.issue(dinar, None)
    assert (yen.net, yen.tax, yen.total) == (1001, 190, 1191)  # 1000.5 goes up; 190.19
    assert (dinar.net, dinar.tax, dinar.total) == (D("1.001"), D("0.190"), D("1.191"))  # 1.0005; 0.19019
    assert yen.frozen["rate"]["tax"] == "1.16"  # 190 × 0.0061 = 1.159
    assert dinar.frozen["rate"]["tax"] == "0.57"  # 0.190 × 2.98 = 0.5662
    with pytest.raises(Refused) as refusal:
        payments.receive(yen, D("1190.5"), key="y", received_on=day)
    assert refusal.value.code == "precision"
    payments.receive(yen, D(1191), key="y", received_on=day)
    payments.receive(dinar, D("1.191"), key="d", received_on=day)
    for invoice in (yen, dinar):
        invoice.refresh_from_db()
        assert (invoice.state, invoice.balance) == ("paid", 0)


@pytest.mark.one_database
def test_what_is_paid_in_another_currency_closes_no_invoice(german):
    day = timezone.localdate()
    ExchangeRate.objects.create(workspace=german.workspace, currency="USD", day=day, rate=D("0.92"))
    invoice = bill(german, (1, "100", "19"))
    facts = {"currency": "USD", "received_on": day, "key": "u"}
    with pytest.raises(Refused, match="cannot be paid in USD"):
        payments.take(german.client, D("129.35"), [invoice], **facts)
    payments.take(german.client, D("129.35"), [], keep=True, **facts)  # 119.00 ÷ 0.92: theirs, until the bank says
    with pytest.raises(Refused):
        payments.use_credit(invoice)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.balance) == ("issued", 119)


@pytest.mark.usefixtures("scoped")
def test_a_month_is_closed_over_drafts_and_they_are_issued_on_an_open_day(workspace, shop, office):
    with time_machine.travel("2026-03-10T09:00:00Z", tick=False):
        draft = invoices.draft_from(made_job(shop, office), office)
    with time_machine.travel("2026-04-02T09:00:00Z", tick=False):
        closing.close(workspace, timezone.localdate() - timedelta(days=2), office)
        invoice = invoices.issue(draft, office)
    assert (f"{invoice.supplied_on}", f"{invoice.issued_on}") == ("2026-03-10", "2026-04-02")
    assert invoice.number.endswith("0001")
    assert list(verifying.wrong(workspace)) == []


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("scoped")
def test_ten_thousand_lines_are_refused_in_words_and_no_number_is_lost(workspace, shop, office):
    draft = invoices.draft_from(made_job(shop, office), office)
    row = {"workspace": workspace, "invoice": draft, "description": "x", "unit_price": 1, "amount": 1}
    InvoiceLine.objects.bulk_create([InvoiceLine(**row) for _n in range(10_000)], batch_size=2000)
    for issue in (invoices.issue, invoices.issue_soon):
        with pytest.raises(Refused, match="more than one document can carry: make several"):
            issue(draft, office)
    draft.refresh_from_db()
    assert (draft.state, draft.number, draft.pdf.name, draft.frozen) == ("draft", None, "", {})
    assert issued_invoice(shop, office).number.endswith("0001")


@pytest.mark.usefixtures("scoped")
@pytest.mark.parametrize("change", [{"quantity": -1}, {"quantity": 0}, {"unit_price": D(-1)}])
def test_less_than_nothing_is_no_line(shop, office, change):
    draft = invoices.draft_from(made_job(shop, office), office)
    line = draft.lines.get()
    for name, value in change.items():
        setattr(line, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        invoices.change_lines(draft, [line], [], office)
    draft.refresh_from_db()
    assert draft.total == D("427.80")


@pytest.mark.usefixtures("scoped")
def test_another_business_s_client_is_no_choice(shop, office, log_in, other_workspace):
    stranger = Client._base_manager.create(workspace=other_workspace, code="CL-0001", name="Stranger")
    browser = log_in(office)
    empty = {"title": "Theirs", "client": stranger.pk, "delivery_days": 10, "more_pieces": "show",
             "discount_percent": "0", "discount_amount": "0", "every": "1", "unit": "month", "then": "draft",
             "starts_on": "2027-02-01", "lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"}  # fmt: skip
    for name in ("billing_quote", "billing_recurringinvoice"):
        answer = browser.post(reverse(f"admin:{name}_add"), empty)
        assert (answer.status_code, "Stranger" in answer.content.decode()) == (200, False), name
        assert "client" in answer.context["adminform"].form.errors, name
    assert (Quote.objects.count(), RecurringInvoice.objects.count()) == (0, 0)
    assert Workspace.objects.count() == 2


@pytest.mark.parametrize(
    "place", ["{settings.SECRET_KEY}", "{number.__class__}", "{{ settings }}", "{% debug %}", "{workspace.tax_number}"]
)
def test_words_of_a_message_reach_nothing_but_what_is_listed(place):
    with pytest.raises(Refused) as refusal:
        wording.check(occasions.named("invoice"), "Invoice", f"Hello {place}")
    assert refusal.value.code in ("unknown-place", "brace")
    # And where one stands in the table all the same, nothing is looked up.
    secret = settings.SECRET_KEY
    assert secret not in wording.fill(place, {"number": "INV-1"})
