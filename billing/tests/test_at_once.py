"""Eight processes at one quote, at one counter, at one balance."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django_scopes import scope

from accounts.models import OutgoingMail
from billing import closing, invoices, payments, verifying
from billing.models import Invoice, Payment, PeriodClose, Quote, Seal
from billing.tests.ground import issued_invoice, made_job, sent_quote
from laseros.tests.processes import run_together
from production.models import Job, JobLine, Operation

pytestmark = [
    pytest.mark.processes,
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("one_paper"),
]


def test_eight_processes_accept_one_quote_and_there_is_one_job(workspace, shop, office):
    with scope(workspace=workspace):
        quote = sent_quote(shop, office)
    arguments = [(workspace.pk, quote.pk, f"Person {number}") for number in range(8)]
    jobs = run_together("billing.tests.at_once:accept", arguments)
    assert len(set(jobs)) == 1
    with scope(workspace=workspace):
        quote = Quote.objects.get()
        assert (quote.state, quote.job_id) == ("accepted", jobs[0])
        assert (Job.objects.count(), JobLine.objects.count(), Operation.objects.count()) == (1, 1, 1)
        assert OutgoingMail.objects.filter(key=f"quote_accepted:{quote.pk}").count() == 1


@pytest.fixture
def shared_files(settings):
    """The processes store where this one looks."""
    settings.MEDIA_ROOT = settings.DATA_DIR / "files"


def test_eight_processes_issue_the_same_invoices_without_gap_or_double(workspace, shop, office, shared_files):
    with scope(workspace=workspace):
        drafts = [invoices.draft_from(made_job(shop, office), office).pk for _n in range(4)]
    # Two begin with each, and all come to all of them.
    issued = run_together("billing.tests.at_once:issue", [(workspace.pk, drafts, number % 4) for number in range(8)])
    year = timezone.localdate().year
    expected = [f"INV-{year}-{number:04}" for number in range(1, 5)]
    assert sorted(number for numbers in issued for number in numbers) == expected
    with scope(workspace=workspace):
        assert sorted(Invoice.objects.values_list("number", flat=True)) == expected
        assert set(JobLine.objects.values_list("invoiced", flat=True)) == {10}
        assert list(verifying.wrong(workspace)) == []


def test_processes_killed_while_they_issue_leave_no_gap_and_nothing_half_done(workspace, shop, office, shared_files):
    """Four of six are killed by SIGKILL: papers stored, number drawn, sealed, or all of it done but the commit."""
    with scope(workspace=workspace):
        drafts = [invoices.draft_from(made_job(shop, office), office).pk for _n in range(6)]
    arguments = [(workspace.pk, drafts, number) for number in range(6)]
    issued = run_together("billing.tests.at_once:issue_and_die", arguments, some_die=True)
    assert [numbers is None for numbers in issued] == [True] * 4 + [False] * 2
    year = timezone.localdate().year
    with scope(workspace=workspace):
        left = Invoice.objects.filter(number=None)
        for invoice in left:  # whoever comes after goes on where the others were
            invoices.issue(invoice, None)
        numbers = sorted(Invoice.objects.values_list("number", flat=True))
        assert numbers == [f"INV-{year}-{number:04}" for number in range(1, 7)]
        assert all(Invoice.objects.values_list("pdf", flat=True))
        assert Seal.objects.filter(quote=None).count() == 6
        assert list(verifying.wrong(workspace)) == []


def test_eight_processes_pay_and_never_more_than_is_owed(workspace, shop, office):
    with scope(workspace=workspace):
        invoice = issued_invoice(shop, office)  # 427.80: four times 100.00 and no more
    pay, year = "billing.tests.at_once:pay", timezone.localdate().year
    answers = run_together(pay, [(workspace.pk, invoice.pk, f"a{n}", "100.00", False) for n in range(8)])
    assert Counter(answers) == Counter([f"PY-{year}-0001", *["again"] * 7])  # one; the others are asked
    answers = run_together(pay, [(workspace.pk, invoice.pk, f"k{n}", "100.00", True) for n in range(8)])
    assert Counter(answers) == Counter([*(f"PY-{year}-{n:04}" for n in range(2, 5)), *["over-balance"] * 5])
    same = run_together(pay, [(workspace.pk, invoice.pk, "rest", "27.80", False)] * 8)
    assert set(same) == {f"PY-{year}-0005"}
    with scope(workspace=workspace):
        invoice = Invoice.objects.get()
        assert (invoice.state, invoice.paid) == ("paid", Decimal("427.80"))
        assert Payment.objects.count() == 5
        assert Job.objects.get().state == "completed"


def test_nothing_slips_into_books_that_are_being_closed(workspace, shop, office):
    """Two are booking when three close to different days: whoever closes waits for them, and each goes further."""
    with scope(workspace=workspace):
        invoice = issued_invoice(shop, office)
    today = timezone.localdate()
    days = [f"{today - timedelta(days=back)}" for back in (1, 2, 3)]
    arguments = [("post_slowly", workspace.pk, invoice.pk, days[2], number) for number in range(2)]
    arguments += [("close_books", workspace.pk, day) for day in days]
    said = run_together("billing.tests.at_once:one_of", arguments)
    with scope(workspace=workspace):
        rows = list(PeriodClose.objects.order_by("id").values_list("until_on", flat=True))
        assert rows == sorted(set(rows))
        assert f"{closing.closed_until()}" == days[0]
        booked = Payment.objects.count()
        assert booked == said[:2].count("done")
        assert [answer for answer in said[2:] if answer[0] == "done"] == [["done", booked]] * len(rows)
        assert {answer[0] for answer in said[2:]} <= {"done", "closed"}


def test_eight_processes_share_out_one_credit_and_take_one_payment_back(workspace, shop, office):
    """Nobody uses a cent twice, and nothing is settled twice, whatever the order in which they come."""
    with scope(workspace=workspace):
        rows = [issued_invoice(shop, office) for _n in range(2)]  # 855.60 together
        facts = {"received_on": date(2026, 1, 2), "currency": "ZAR"}
        payments.take(shop.client, Decimal(150), [], key="credit", **facts)
        payments.take(shop.client, Decimal(300), rows[:1], key="first", **facts)
    pks = [row.pk for row in rows]
    said = run_together("billing.tests.at_once:share", [(workspace.pk, shop.client.pk, pks, n) for n in range(8)])
    assert [each[1] for each in said] == ["done"] * 8
    assert Counter(each[2] for each in said) == Counter({"done": 1, "reversed": 7})
    with scope(workspace=workspace):
        paid = sum(Invoice.objects.values_list("paid", flat=True))
        assert paid + payments.credit_of(shop.client, "ZAR") == 950  # 150 and eight times 100
        assert list(verifying.wrong(workspace)) == []
