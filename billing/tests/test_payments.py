"""Money that comes in: once, never too much; and the job that is completed by it."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Activity
from billing import ageing, invoices, payments, quotes
from billing.models import Allocation, Invoice, Payment
from billing.tests.ground import issued_invoice, late_invoice, made_job, make, sent_quote
from laseros.core.errors import Refused
from production import jobs, sub_jobs
from production.models import Job, JobLine

pytestmark = pytest.mark.usefixtures("scoped")


def pay(invoice, amount, key="k1", **more):
    facts = {"key": key, "received_on": timezone.localdate(), "reference": "statement 7", **more}
    return payments.receive(invoice, Decimal(amount), **facts)


def standing(invoice):
    return Invoice.objects.values_list("state", "paid").get(pk=invoice.pk)


def test_part_and_rest_settle_the_invoice_and_complete_the_job(shop, office):
    invoice = issued_invoice(shop, office)  # 427.80
    first = pay(invoice, "100.10", by=office)
    assert standing(invoice) == ("partly_paid", Decimal("100.10"))
    assert Job.objects.get().state == "made"
    second = pay(invoice, "327.70", key="k2")
    assert standing(invoice) == ("paid", Decimal("427.80"))
    job = Job.objects.get()
    assert (job.state, job.completed_at is None) == ("completed", False)
    year = timezone.localdate().year
    assert (first.number, second.number) == (f"PY-{year}-0001", f"PY-{year}-0002")
    assert sum(Allocation.objects.values_list("amount", flat=True)) == Decimal("427.80")
    told = Activity.objects.filter(verb="paid").earliest("id")
    assert (told.actor, told.money) == (office, {"amount": "100.10", "balance": "327.70"})


def test_cents_that_binary_fractions_do_not_know_still_settle(shop, office):
    """0.1 + 0.2 is not 0.3 for SQLite's own arithmetic."""
    quote = quotes.draw_up(sent_quote(shop, office).enquiry, office)
    line = quote.lines.get()
    line.quantity, line.unit_price, line.tax_percent = 1, Decimal("0.30"), Decimal(0)
    quotes.change_lines(quote, [line], [], office)
    job = make(quotes.accept(quotes.send(quote, office), name="Thandi"))
    invoice = invoices.issue(invoices.draft_from(job, office), office)
    for number, amount in enumerate(("0.10", "0.20")):
        pay(invoice, amount, key=f"k{number}")
    assert standing(invoice) == ("paid", Decimal("0.30"))


def three_dimes(shop, office):
    """An invoice of three pieces at 0.10."""
    quote = quotes.draw_up(sent_quote(shop, office).enquiry, office)
    line = quote.lines.get()
    line.quantity, line.unit_price, line.tax_percent = 3, Decimal("0.10"), Decimal(0)
    quotes.change_lines(quote, [line], [], office)
    job = make(quotes.accept(quotes.send(quote, office), name="Thandi"))
    return invoices.issue(invoices.draft_from(job, office), office)


def credited(invoice, office, pieces):
    draft = invoices.credit(invoice, office, "Bent")
    line = draft.lines.get()
    line.quantity = pieces
    invoices.change_lines(draft, [line], [], office)
    return invoices.issue(draft, office)


def test_what_a_credit_note_left_is_paid_and_nothing_stays_open(shop, office):
    """The same cents with a credit note: 0.1 + 0.2 is more than 0.3 for SQLite."""
    invoice = three_dimes(shop, office)
    credited(invoice, office, 2)
    pay(invoice, "0.10")
    assert standing(invoice) == ("paid", Decimal("0.10"))
    assert ageing.rows_of() == []
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert ageing.rows_of(timezone.localdate() - timedelta(days=1)) == []


def test_what_was_paid_too_much_is_paid_back_whatever_the_cents(shop, office):
    invoice = issued_invoice(shop, office)
    pay(invoice, "427.80")
    credited(invoice, office, 1)
    back = payments.refund(invoice, Decimal("42.78"), key="b", paid_on=timezone.localdate(), method="transfer")
    assert (back.amount, standing(invoice)[1]) == (Decimal("42.78"), Decimal("385.02"))


def test_the_same_key_is_booked_once(shop, office):
    invoice = issued_invoice(shop, office)
    assert pay(invoice, "100") == pay(invoice, "100")
    assert (Payment.objects.count(), standing(invoice)[1]) == (1, Decimal(100))
    with pytest.raises(Refused, match="booked already"):
        pay(invoice, "101")
    pay(invoice, "327.80", key="k2")
    assert pay(invoice, "327.80", key="k2").amount == Decimal("327.80")  # also after it was settled
    assert Payment.objects.count() == 2


def test_more_than_the_balance_is_refused_and_says_what_is_left(shop, office):
    invoice = issued_invoice(shop, office)
    pay(invoice, "400")
    with pytest.raises(Refused) as refusal:
        pay(invoice, "27.81", key="k2")
    assert refusal.value.code == "over-balance"
    assert "27,80" in str(refusal.value.reason)
    assert (standing(invoice), Payment.objects.count()) == (("partly_paid", Decimal(400)), 1)
    pay(invoice, "27.80", key="k3")
    with pytest.raises(Refused, match="is paid already"):
        pay(invoice, "0.01", key="k4")


@pytest.mark.parametrize(
    ("amount", "code"),
    [("0", "amount"), ("-1", "amount"), ("NaN", "amount"), ("Infinity", "amount"), ("1.001", "precision"),
     ("1E+13", "precision")],
)  # fmt: skip
def test_no_such_amounts(shop, office, amount, code):
    invoice = issued_invoice(shop, office)
    with pytest.raises(Refused) as refusal:
        pay(invoice, amount)
    assert refusal.value.code == code
    assert (standing(invoice), Payment.objects.count()) == (("issued", 0), 0)


def test_a_float_a_future_date_and_an_unknown_way_are_refused(shop, office):
    invoice = issued_invoice(shop, office)
    with pytest.raises(Refused):
        payments.receive(invoice, 10.0, key="k", received_on=timezone.localdate())
    with pytest.raises(Refused, match="future"):
        pay(invoice, "10", received_on=timezone.localdate() + timedelta(days=1))
    with pytest.raises(Refused, match="no such way"):
        pay(invoice, "10", method="barter")
    assert Payment.objects.count() == 0


def test_nothing_is_owed_on_a_draft_or_a_discarded_one(shop, office):
    draft = invoices.draft_from(made_job(shop, office), office)
    with pytest.raises(Refused, match="has not been issued"):
        pay(draft, "10")
    invoices.discard(draft, office)
    with pytest.raises(Refused, match="has not been issued"):
        pay(draft, "10")
    assert Payment.objects.count() == 0


def test_a_job_with_another_open_invoice_is_not_completed(shop, office):
    job = quotes.accept(sent_quote(shop, office), name="Thandi")
    JobLine._base_manager.update(made_good=4)
    first = invoices.issue(invoices.draft_from(job, office), office)
    make(job)
    pay(first, "171.12")
    assert Job.objects.get().state == "made"  # six pieces are not invoiced yet
    second = invoices.issue(invoices.draft_from(job, office), office)
    assert Job.objects.get().state == "made"
    pay(second, "256.68", key="k2")
    assert Job.objects.get().state == "completed"


def test_paid_before_the_last_piece_was_made(shop, office, django_capture_on_commit_callbacks):
    """The floor's last piece completes the job when everything was paid before."""
    from production.signals import job_made

    job = quotes.accept(sent_quote(shop, office), name="Thandi")
    JobLine._base_manager.update(made_good=10)
    invoice = invoices.issue(invoices.draft_from(job, office), office)
    pay(invoice, "427.80")
    assert Job.objects.get().state == "approved"
    make(job)
    job_made.send_robust(sender=Job, job=job)
    job_made.send_robust(sender=Job, job=job)
    assert Job.objects.get().state == "completed"
    assert Activity.objects.filter(verb="completed").count() == 1


@pytest.mark.parametrize("end", ["made", "cancelled", "taken out"])
def test_a_paid_whole_is_completed_when_its_last_part_no_longer_waits(
    shop, office, end, django_capture_on_commit_callbacks
):
    invoice = issued_invoice(shop, office)
    part = sub_jobs.open_new(invoice.job, key="x", title="Feet", by=office)
    pay(invoice, "427.80")  # booked, and not undone by what is still to be made
    assert standing(invoice) == ("paid", Decimal("427.80"))
    assert Job.objects.get(pk=invoice.job_id).state == "made"
    with django_capture_on_commit_callbacks(execute=True):
        if end == "made":
            jobs.made_by_hand(part, office)
        elif end == "cancelled":
            jobs.cancel(part, office)
        else:
            sub_jobs.take_out(part, office)
    after = {"made": "completed", "cancelled": "cancelled", "taken out": "approved"}[end]
    assert dict(Job.objects.values_list("pk", "state")) == {invoice.job_id: "completed", part.pk: after}


def test_overdue_is_read_from_the_date(shop, office):
    assert issued_invoice(shop, office).is_overdue is False
    invoice = late_invoice(shop, office)
    assert invoice.is_overdue is True
    pay(invoice, "427.80")
    invoice.refresh_from_db()
    assert invoice.is_overdue is False


def test_a_payment_is_never_changed(shop, office):
    payment = pay(issued_invoice(shop, office), "10")
    for deed in (payment.save, payment.delete):
        with pytest.raises(TypeError, match="never"):
            deed()
