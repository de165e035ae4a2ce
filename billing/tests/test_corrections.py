"""Credit notes and cancellations: the invoice stays, another document takes it back, and each knows the other."""

import re
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from billing import documents, invoices, payments, quotes, verifying
from billing.models import Invoice, InvoiceLine, Payment, Seal
from billing.tests.ground import issued_invoice, sent_quote
from billing.tests.test_documents import text_of
from laseros.core.errors import Refused
from production.models import JobLine

pytestmark = pytest.mark.usefixtures("scoped", "one_paper")


def pay(invoice, amount):
    return payments.receive(invoice, Decimal(amount), key=f"k{amount}", received_on=timezone.localdate())


def partial_credit(invoice, office, quantity=4):
    draft = invoices.credit(invoice, office, "Four were bent")
    line = draft.lines.get()
    line.quantity = quantity
    invoices.change_lines(draft, [line], [], office)
    return invoices.issue(draft, office)


def test_a_credit_note_takes_a_part_back_and_the_invoice_stays(shop, office, own_papers):
    invoice = issued_invoice(shop, office)
    draft = invoices.credit(invoice, office)
    assert invoices.credit(invoice, office) == draft
    with pytest.raises(Refused, match="the reason for the correction is missing"):
        invoices.issue(draft, office)
    Invoice._base_manager.filter(pk=draft.pk).update(reason="Four were bent")
    line = draft.lines.get()
    line.quantity = 4
    invoices.change_lines(draft, [line], [], office)
    note = invoices.issue(draft, office)
    invoice.refresh_from_db()
    year = timezone.localdate().year
    assert (note.number, note.kind, note.state, note.origin) == (f"CN-{year}-0001", "credit", "booked", invoice)
    assert (note.total, note.due_on, note.balance) == (Decimal("171.12"), None, 0)
    assert (invoice.state, invoice.total, invoice.credited) == ("issued", Decimal("427.80"), Decimal("171.12"))
    assert (invoice.balance, invoice.is_overdue) == (Decimal("256.68"), False)
    assert [seal.invoice for seal in Seal.objects.filter(quote=None)] == [invoice, note]
    words = text_of(note.pdf.read())
    for expected in (
        f"Tax credit note {note.number}",
        f"This takes back a part of invoice {invoice.number}",
        "Reason: Four were bent",
        "R171,12",
        "12 Umgeni Road" if shop.client.addresses.exists() else "Umgeni Pumps",
    ):
        assert expected in words, expected
    assert "Please pay by" not in words
    assert JobLine.objects.get().invoiced == 10
    assert Invoice.objects.aggregate(sum=Sum(invoices.TURNOVER))["sum"] == Decimal("223.20")


def test_what_is_left_is_what_can_be_paid_and_credited(shop, office):
    invoice = issued_invoice(shop, office)
    partial_credit(invoice, office)
    with pytest.raises(Refused) as refusal:
        pay(invoice, "256.69")
    assert refusal.value.code == "over-balance"
    pay(invoice, "256.68")
    invoice.refresh_from_db()
    assert (invoice.state, invoice.balance, invoice.surplus) == ("paid", 0, 0)
    with pytest.raises(Refused) as refusal:
        partial_credit(invoice, office, 7)
    assert (refusal.value.code, str(refusal.value.reason)) == (
        "over-credit", f"Only R256,68 of {invoice.number} is not credited yet."
    )  # fmt: skip
    assert Invoice.objects.filter(state="booked").count() == 1
    Invoice.objects.get(state="draft").lines.update(quantity=6)
    note = invoices.issue(Invoice.objects.get(state="draft"), office)
    invoice.refresh_from_db()
    assert note.number.endswith("0002")
    assert (invoice.state, invoice.surplus) == ("credited", Decimal("256.68"))


def test_a_credit_note_that_settles_the_last_invoice_completes_the_job(shop, office):
    invoice = issued_invoice(shop, office)
    pay(invoice, "256.68")
    assert invoice.job.state == "made"
    partial_credit(invoice, office)
    invoice.refresh_from_db()
    invoice.job.refresh_from_db()
    assert (invoice.state, invoice.balance, invoice.job.state) == ("paid", 0, "completed")


def test_a_draft_credit_note_is_no_draft_invoice(shop, office):
    job = quotes.accept(sent_quote(shop, office), name="Thandi")
    JobLine._base_manager.update(made_good=4)
    note = invoices.credit(invoices.issue(invoices.draft_from(job, office), office), office)
    JobLine._base_manager.update(made_good=10)
    draft = invoices.draft_from(job, office)
    assert (draft.kind, draft.lines.get().quantity, draft == note) == ("invoice", 6, False)


def test_a_cancellation_takes_everything_back_and_the_work_is_to_be_invoiced_again(shop, office):
    invoice = issued_invoice(shop, office)
    storno = invoices.cancel(invoice, office, "Wrong client")
    invoice.refresh_from_db()
    assert (storno.kind, storno.state, storno.total, storno.reason) == (
        "cancellation", "booked", invoice.total, "Wrong client"
    )  # fmt: skip
    assert (invoice.state, invoice.credited, invoice.balance) == ("reversed", invoice.total, 0)
    assert JobLine.objects.get().invoiced == 0
    again = invoices.issue(invoices.draft_from(invoice.job, office), office)
    assert again.number.endswith("0002")
    assert Invoice.objects.aggregate(sum=Sum(invoices.TURNOVER))["sum"] == Decimal("372")
    pay(again, "427.80")
    again.job.refresh_from_db()
    assert again.job.state == "completed"


@pytest.mark.parametrize("first", ["cancel", "credit", "draft", "correction", "not issued"])
def test_taken_back_twice_is_refused_and_nothing_is_drawn(shop, office, first):
    invoice = issued_invoice(shop, office)
    target, code = invoice, "state"
    if first == "cancel":
        invoices.cancel(invoice, office, "Wrong")
    elif first == "credit":
        partial_credit(invoice, office)
    elif first == "draft":
        invoices.credit(invoice, office)
        code = "draft"
    elif first == "correction":
        target = invoices.cancel(invoice, office, "Wrong")
    else:
        target = Invoice.objects.create(workspace=shop.workspace, client=shop.client, currency="ZAR")
    before = (Seal.objects.count(), Invoice.objects.count(), JobLine.objects.get().invoiced)
    with pytest.raises(Refused) as refusal:
        invoices.cancel(Invoice.objects.get(pk=target.pk), office, "Again")
    assert refusal.value.code == code
    assert (Seal.objects.count(), Invoice.objects.count(), JobLine.objects.get().invoiced) == before


def test_a_cancellation_without_a_reason_leaves_nothing_behind(shop, office):
    invoice = issued_invoice(shop, office)
    with pytest.raises(Refused, match="reason for the correction"):
        invoices.cancel(invoice, office, " ")
    invoice.refresh_from_db()
    assert (invoice.state, Seal.objects.filter(quote=None).count()) == ("issued", 1)
    assert set(Invoice.objects.values_list("state", flat=True)) == {"issued", "cancelled"}
    assert invoices.cancel(invoice, office, "Wrong").number.endswith("0001")


@pytest.mark.every_database
def test_what_was_paid_too_much_is_paid_back_once_and_no_more(shop, office, log_in):
    invoice = issued_invoice(shop, office)
    pay(invoice, "427.80")
    partial_credit(invoice, office)
    invoice.refresh_from_db()
    assert (invoice.state, invoice.surplus, invoice.balance) == ("paid", Decimal("171.12"), 0)
    facts = {"paid_on": timezone.localdate(), "method": "transfer"}
    for amount, code in (("171.13", "over-refund"), ("0", "amount"), ("1.001", "precision")):
        with pytest.raises(Refused) as refusal:
            payments.refund(invoice, Decimal(amount), key="back", **facts)
        assert refusal.value.code == code
    first = payments.refund(invoice, Decimal("100"), key="back", reference="R1", by=office, **facts)
    assert payments.refund(invoice, Decimal("100"), key="back", **facts) == first
    assert (first.kind, first.amount, Payment.objects.count()) == ("refund", Decimal(100), 2)
    invoice.refresh_from_db()
    assert (invoice.paid, invoice.surplus) == (Decimal("327.80"), Decimal("71.12"))
    browser = log_in(office)
    url = reverse("admin:billing_invoice_verb", args=[invoice.pk, "refund"])
    form = browser.get(url)
    assert "R71,12" in form.content.decode()
    values = {"amount": "71.12", "paid_on": "2026-01-02", "method": "transfer", "reference": ""}
    once = re.search(r'name="once" value="([^"]+)"', form.content.decode())[1]
    assert browser.post(url, {**values, "once": once}).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.surplus, invoice.balance, invoice.state) == (0, 0, "paid")
    assert list(verifying.wrong(shop.workspace)) == []
    page = browser.get(reverse("admin:billing_invoice_change", args=[invoice.pk])).content.decode()
    assert "Record what was paid back" not in page
    assert "−R100,00" in page


def test_in_the_back_office_both_show_where_they_came_from_and_led_to(shop, office, log_in):
    invoice = issued_invoice(shop, office)
    browser = log_in(office)

    def page(record):
        return reverse("admin:billing_invoice_change", args=[record.pk])

    def verb(record, name):
        return reverse("admin:billing_invoice_verb", args=[record.pk, name])

    draft_at = browser.post(verb(invoice, "credit")).headers["Location"]
    draft = Invoice.objects.get(state="draft")
    assert draft_at == page(draft)
    html = browser.get(draft_at).content.decode()
    assert f'href="{page(invoice)}"' in html
    assert "Issue and send" in html
    assert 'name="reason"' in html
    assert browser.post(verb(draft, "discard")).status_code == 302
    assert 'name="reason"' in browser.get(verb(invoice, "cancel")).content.decode()
    answer = browser.post(verb(invoice, "cancel"), {"reason": "Wrong client"})
    storno = Invoice.objects.get(kind="cancellation")
    assert answer.headers["Location"] == page(storno)
    assert f'href="{page(storno)}"' in browser.get(page(invoice)).content.decode()
    html = browser.get(page(storno)).content.decode()
    assert f'href="{page(invoice)}"' in html
    assert "Record a payment" not in html
    assert documents.file_name(storno) == f"{storno.number}.pdf"
    assert InvoiceLine.objects.filter(invoice=storno).count() == 1
