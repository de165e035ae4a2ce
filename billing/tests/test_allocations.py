"""What money is for: several invoices, more than is owed, credit, write-off, taken back; and never twice."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Activity
from billing import ageing, credit_limit, invoices, payments, verifying
from billing.models import Allocation, ExchangeRate, Invoice, Payment, Quote
from billing.tests.ground import issued_invoice, late_invoice, made_job, sent_quote
from laseros.core.errors import Refused
from laseros.tests.database import guards_off
from production.models import Job

pytestmark = pytest.mark.usefixtures("scoped", "one_paper")
D = Decimal
WHOLE = D("427.80")


def take(client, amount, rows, key="k1", **more):
    facts = {"key": key, "received_on": timezone.localdate(), "currency": "ZAR", **more}
    return payments.take(client, D(amount), rows, **facts)


def standing(invoice):
    return Invoice.objects.values_list("state", "paid").get(pk=invoice.pk)


def sound(workspace):
    assert list(verifying.wrong(workspace)) == []


def two(shop, office):
    return issued_invoice(shop, office), issued_invoice(shop, office)


def test_one_payment_over_two_invoices_settles_the_first_to_be_due_and_keeps_the_rest(workspace, shop, office):
    first, second = two(shop, office)
    payment = take(shop.client, "500", [first, second], by=office)
    assert (standing(first), standing(second)) == (("paid", WHOLE), ("partly_paid", D("72.20")))
    take(shop.client, "400", [second], key="k2")
    assert standing(second) == ("paid", WHOLE)
    assert (payment.unused, payments.credit_of(shop.client, "ZAR")) == (0, D("44.40"))
    third = issued_invoice(shop, office)
    assert payments.use_credit(third, office) == D("44.40")
    assert (standing(third), payments.credit_of(shop.client, "ZAR")) == (("partly_paid", D("44.40")), 0)
    with pytest.raises(Refused, match="no credit"):
        payments.use_credit(third, office)
    sound(workspace)


def test_too_much_is_asked_about_and_then_the_clients(shop, office):
    invoice = issued_invoice(shop, office)
    with pytest.raises(Refused) as refusal:
        payments.receive(invoice, D("430"), key="k", received_on=timezone.localdate())
    assert (refusal.value.code, Payment.objects.count()) == ("over-balance", 0)
    payment = payments.receive(invoice, D("430"), key="k", received_on=timezone.localdate(), keep=True)
    assert (standing(invoice), payment.unused) == (("paid", WHOLE), D("2.20"))
    for wanted, code in (("2.21", "over-refund"), ("2.20", None)):
        facts = {"key": f"r{wanted}", "paid_on": timezone.localdate(), "method": "transfer"}
        if code:
            with pytest.raises(Refused) as refusal:
                payments.refund_credit(payment, D(wanted), **facts)
            assert refusal.value.code == code
        else:
            back = payments.refund_credit(payment, D(wanted), **facts)
    assert payments.credit_of(shop.client, "ZAR") == 0
    with pytest.raises(Refused, match="paid back: take that back first"):
        payments.reverse(payment, day=timezone.localdate(), reason="Bounced")
    payments.reverse(back, day=timezone.localdate(), reason="Never arrived")
    assert payments.credit_of(shop.client, "ZAR") == D("2.20")
    sound(shop.workspace)


def test_taken_back_it_is_owed_again_and_nothing_is_gone(workspace, shop, office):
    first, second = two(shop, office)
    payment = take(shop.client, "900", [first, second])
    assert payment.unused == D("44.40")
    back = payments.reverse(payment, day=timezone.localdate(), reason="Bounced", by=office)
    assert (standing(first), standing(second)) == (("issued", 0), ("issued", 0))
    assert (payments.credit_of(shop.client, "ZAR"), Payment.objects.count(), back.reverses) == (0, 2, payment)
    for deed in (payment, back):
        with pytest.raises(Refused, match="taken back before"):
            payments.reverse(deed, day=timezone.localdate(), reason="Again")
    assert Activity.objects.filter(verb="taken back").count() == 3
    again = take(shop.client, "900", [first, second], key="k2", again=False)
    assert again.number.endswith("0003")
    sound(workspace)


def test_written_off_with_a_reason_and_taken_back(workspace, shop, office):
    invoice = issued_invoice(shop, office)
    take(shop.client, "427.75", [invoice])
    facts = {"key": "w", "day": timezone.localdate(), "reason": "difference"}
    with pytest.raises(Refused, match="why nobody"):
        payments.write_off(invoice, D("0.05"), explanation=" ", **facts)
    with pytest.raises(Refused, match="Only"):
        payments.write_off(invoice, D("0.06"), explanation="Bank fees", **facts)
    row = payments.write_off(invoice, D("0.05"), explanation="Bank fees", by=office, **facts)
    assert (standing(invoice), Job.objects.get().state) == (("paid", WHOLE), "completed")
    assert payments.write_off(invoice, D("0.05"), explanation="Bank fees", **facts) == row
    payments.reverse(row, day=timezone.localdate(), reason="They paid it")
    assert standing(invoice) == ("partly_paid", D("427.75"))
    sound(workspace)


def test_after_a_credit_note_the_surplus_is_kept_and_used(workspace, shop, office):
    paid, other = two(shop, office)
    take(shop.client, WHOLE, [paid])
    invoices.cancel(paid, office, "Bent")
    paid.refresh_from_db()
    assert payments.keep_surplus(paid, office) == WHOLE
    assert (standing(paid), payments.credit_of(shop.client, "ZAR")) == (("reversed", 0), WHOLE)
    with pytest.raises(Refused, match="Nothing was paid too much"):
        payments.keep_surplus(paid, office)
    assert payments.use_credit(other) == WHOLE
    assert standing(other) == ("paid", WHOLE)
    sound(workspace)


def test_somebody_elses_and_another_currencys_invoice_is_refused(shop, office):
    from crm.models import Client

    invoice = issued_invoice(shop, office)
    stranger = Client.objects.create(workspace=shop.workspace, code="CL-9", name="Other")
    with pytest.raises(Refused, match="is not an invoice of"):
        take(stranger, "10", [invoice])
    with pytest.raises(Refused, match="cannot be paid in EUR"):
        take(shop.client, "10", [invoice], currency="EUR")
    with pytest.raises(Refused, match="no exchange rate"):
        take(shop.client, "10", [], currency="EUR")
    assert (Payment.objects.count(), standing(invoice)) == (0, ("issued", 0))


def test_another_currency_has_the_rate_of_the_day_and_gains_or_loses_by_it(workspace, shop, office):
    today = timezone.localdate()
    ExchangeRate.objects.create(workspace=workspace, currency="USD", day=today - timedelta(days=3), rate=D("18.50"))
    draft = invoices.draft_from(made_job(shop, office), office)  # 427.80
    invoices.change_currency(draft, "USD", office)
    invoice = invoices.issue(Invoice.objects.get(pk=draft.pk), office)
    line = invoice.lines.get()
    assert (line.unit_price, invoice.total, invoice.rate) == (D("2.0108"), D("23.13"), D("18.5"))
    assert invoice.frozen["rate"] == {"rate": "18.5", "currency": "ZAR", "tax": "55.87"}
    ExchangeRate.objects.create(workspace=workspace, currency="USD", day=today, rate=D("18.00"))
    payment = take(shop.client, "23.13", [invoice], currency="USD")
    part = Allocation.objects.get()
    assert (payment.rate, part.gain) == (D(18), D("-11.57"))  # 427.91 owed, 416.34 came
    payments.reverse(payment, day=today, reason="Bounced")
    assert sum(Allocation.objects.values_list("gain", flat=True)) == 0
    sound(workspace)


def test_open_items_by_age_of_today_and_of_a_day_before(workspace, shop, office, django_assert_num_queries):
    late, new = late_invoice(shop, office), issued_invoice(shop, office)
    today = timezone.localdate()
    take(shop.client, "27.80", [late])
    take(shop.client, "5", [], key="k2")
    with django_assert_num_queries(2):
        (row,) = ageing.rows_of()
    assert row.buckets == [WHOLE, 0, D(400), 0, 0]  # due 60 days ago
    assert (row.credit, row.balance, row.books) == (5, D("822.80"), D("822.80"))
    (row,) = ageing.rows_of(today - timedelta(days=1))
    assert (row.buckets, row.credit) == ([0, 0, WHOLE, 0, 0], 0)
    assert ageing.rows_of(today - timedelta(days=200)) == []
    payments.reverse(Payment.objects.get(key="k1"), day=today, reason="Bounced")
    (row,) = ageing.rows_of()
    assert (row.owed, new.total) == (2 * WHOLE, WHOLE)
    assert [ageing.bucket_of(today, today + timedelta(days=n)) for n in (0, 1, 30, 31, 60, 61, 90, 91)] == [
        0, 1, 1, 2, 2, 3, 3, 4]  # fmt: skip


def test_the_credit_limit_warns_at_quote_and_job(shop, office, client):
    issued_invoice(shop, office)
    quote = sent_quote(shop, office)
    shop.client.credit_limit = D(2000)
    shop.client.save()
    assert credit_limit.of_quote(quote) == ""
    shop.client.credit_limit = D(800)
    shop.client.save()
    quote.refresh_from_db()
    quote.client.refresh_from_db()
    assert "R855,60" in credit_limit.of_quote(quote).replace("\xa0", "")
    client.force_login(office)
    page = client.get(reverse("admin:billing_quote_change", args=[quote.pk])).content.decode()
    assert "their credit limit is" in page


def test_the_credit_limit_counts_deposits_once_and_other_currencies_at_their_rate(workspace, shop, office):
    shop.client.credit_limit = D(1)
    shop.client.save()
    job = made_job(shop, office)  # 427.80 with tax
    assert credit_limit.owed(shop.client) == (WHOLE, {})
    deposit = invoices.issue(invoices.draft_deposit(job, office, amount=D(100)), office)  # 115.00 with tax
    assert credit_limit.owed(shop.client) == (WHOLE, {})  # 115.00 open, 312.80 to come
    payments.receive(deposit, D(115), key="d", received_on=timezone.localdate())
    assert credit_limit.owed(shop.client) == (D("312.80"), {})
    with guards_off():
        Quote._base_manager.filter(job=job).update(currency="USD")
    assert credit_limit.owed(shop.client) == (0, {"USD": WHOLE})  # the deposit was in ours
    assert "no exchange rate: " in credit_limit.warning(shop.client)
    ExchangeRate.objects.create(workspace=workspace, currency="USD", rate=D("18.50"))
    assert credit_limit.owed(shop.client) == (D("7914.30"), {})
    assert "R7914,30" in credit_limit.of_job(Job.objects.get()).replace("\xa0", "").replace(" ", "")


def test_pages_book_over_several_and_ask_before_too_much(shop, office, client):
    first, second = two(shop, office)
    client.force_login(office)
    do = reverse("admin:crm_client_verb", args=[shop.client.pk, "payment"])
    page = client.get(do).content.decode()
    assert first.number in page
    assert second.number in page
    today = f"{timezone.localdate():%Y-%m-%d}"
    data = {"once": "a", "amount": "800", "received_on": today, "method": "transfer", "currency": "ZAR"}
    assert client.post(do, {**data, "invoices": [first.pk, second.pk]}).status_code == 302
    assert (standing(first)[0], standing(second)) == ("paid", ("partly_paid", D("372.20")))
    one = reverse("admin:billing_invoice_verb", args=[second.pk, "receive"])
    asked = client.post(one, {"once": "b", "amount": "100", "received_on": today, "method": "cash"})
    assert (asked.status_code, "the rest is the client" in asked.content.decode()) == (409, True)
    sure = client.post(one, {"once": "b", "amount": "100", "received_on": today, "method": "cash", "keep": "on"})
    assert (sure.status_code, standing(second)[0]) == (302, "paid")
    payment = Payment.objects.get(key="office:b")
    page = client.get(reverse("admin:billing_payment_change", args=[payment.pk])).content.decode()
    assert "44,40" in page
    back = reverse("admin:billing_payment_verb", args=[payment.pk, "reverse"])
    assert client.post(back, {"day": today, "reason": "Wrong client"}).status_code == 302
    assert standing(second) == ("partly_paid", D("372.20"))
    ages = client.get(reverse("admin:billing_invoice_ageing")).content.decode()
    assert "55,60" in ages
    assert "not due" in ages
    file = client.get(reverse("admin:billing_invoice_ageing_export", args=["csv"])).content.decode()
    assert file.splitlines()[1].startswith(f"{shop.client.code},{shop.client.name},ZAR,55.60")


SUMS = st.lists(st.tuples(st.integers(0, 2), st.integers(1, 60_000)), min_size=1, max_size=8)


@pytest.fixture
def three(shop, office):
    return [issued_invoice(shop, office) for _n in range(3)]


def test_whatever_is_paid_and_taken_back_every_cent_is_somewhere(shop, office, three):
    """For any payments over any invoices: paid + credit is what came, and nothing is paid beyond what is owed."""
    from django.db import transaction

    @settings(max_examples=6, deadline=None)
    @given(SUMS, st.sets(st.integers(0, 7)))
    def hold(sums, back):
        with transaction.atomic():
            booked = []
            for number, (first, amount) in enumerate(sums):
                rows = [Invoice.objects.get(pk=row.pk) for row in three[first:]]
                open_rows = [row for row in rows if row.balance]
                booked.append(take(shop.client, D(amount) / 100, open_rows, key=f"h{number}"))
            for place in sorted(back):
                if place < len(booked):
                    payments.reverse(booked[place], day=timezone.localdate(), reason="x")
            came = sum(D(amount) / 100 for place, (_f, amount) in enumerate(sums) if place not in back)
            rows = list(Invoice.objects.all())
            assert sum(row.paid for row in rows) + payments.credit_of(shop.client, "ZAR") == came
            assert all(0 <= row.paid <= row.total for row in rows)
            assert {row.state for row in rows if row.paid == row.total} <= {"paid"}
            assert all(row.paid == sum(row.allocations.values_list("amount", flat=True)) for row in rows)
            transaction.set_rollback(True)

    hold()


def test_nobody_changes_an_allocation_by_sql(shop, office):
    from django.db import transaction

    payment = take(shop.client, "430", [issued_invoice(shop, office)])
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_payment SET unused = 1 WHERE id = %s", [payment.pk])  # credit is used up
        for sql in ("UPDATE billing_allocation SET amount = 1", "DELETE FROM billing_allocation",
                    "UPDATE billing_payment SET rate = 2", "DELETE FROM billing_payment"):  # fmt: skip
            with pytest.raises(Exception, match="never changed"), transaction.atomic():
                cursor.execute(sql)
    assert any("unused is 1" in sentence for sentence in verifying.wrong(shop.workspace))
