"""Closed months: nothing is dated into them, by verb or by SQL; opened again only by right and with a reason."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from billing import closing, invoices, payments
from billing.models import Invoice, Payment, PeriodClose
from billing.tests.ground import issued_invoice, made_job
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")
D = Decimal


def test_nothing_is_dated_into_closed_books(workspace, shop, office):
    invoice = issued_invoice(shop, office)
    yesterday = timezone.localdate() - timedelta(days=1)
    early = payments.receive(invoice, D(10), key="early", received_on=yesterday)
    closing.close(workspace, yesterday, office)
    assert closing.closed_until() == yesterday
    facts = {"key": "k", "received_on": yesterday}
    for deed in (
        lambda: payments.receive(invoice, D(20), **facts),
        lambda: payments.take(shop.client, D(20), [], currency="ZAR", **facts),
        lambda: payments.write_off(invoice, D(1), key="w", day=yesterday, reason="difference", explanation="x"),
        lambda: payments.reverse(early, day=yesterday, reason="Bounced"),
    ):
        with pytest.raises(Refused) as refusal:
            deed()
        assert refusal.value.code == "closed"
    assert Payment.objects.count() == 1
    payments.reverse(early, day=timezone.localdate(), reason="Bounced")
    with pytest.raises(Refused, match="Only what is over"):
        closing.close(workspace, timezone.localdate(), office)
    with pytest.raises(Refused, match="already"):
        closing.close(workspace, yesterday, office)


def test_an_invoice_is_not_issued_into_closed_books(workspace, shop, office):
    """The clock went back, or the close was made in another zone."""
    draft = invoices.draft_from(made_job(shop, office), office)
    PeriodClose.objects.create(workspace=workspace, until_on=timezone.localdate())
    with pytest.raises(Refused, match="The books are closed"):
        invoices.issue(draft, office)
    assert Invoice.objects.get().number is None


def test_plain_sql_is_refused_too(workspace, shop, office):
    invoice = issued_invoice(shop, office)
    payments.receive(invoice, D(10), key="k", received_on=timezone.localdate())
    draft = invoices.draft_from(made_job(shop, office), office)
    PeriodClose.objects.create(workspace=workspace, until_on=timezone.localdate())
    copied = "workspace_id, kind, client_id, amount, unused, currency, rate, method, reason, reference, created_at"
    columns = [field.column for field in Invoice._meta.concrete_fields]
    names = ", ".join(f'"{name}"' for name in columns if name not in ("id", "number", "issued_on"))
    with connection.cursor() as cursor:
        for sql, values in (
            (f"INSERT INTO billing_payment ({copied}, number, key, received_on) SELECT {copied}, 'X', 'x', %s"
             " FROM billing_payment", [timezone.localdate()]),
            ("UPDATE billing_invoice SET number = 'X', state = 'issued', issued_on = %s WHERE id = %s",
             [timezone.localdate(), draft.pk]),
            (f"INSERT INTO billing_invoice ({names}, number, issued_on) SELECT {names}, 'X', issued_on"
             " FROM billing_invoice WHERE id = %s", [invoice.pk]),
        ):  # fmt: skip
            with pytest.raises(Exception, match="the books are closed"), transaction.atomic():
                cursor.execute(sql, values)
        for sql in ("UPDATE billing_periodclose SET until_on = '2020-01-01'", "DELETE FROM billing_periodclose"):
            with pytest.raises(Exception, match="never changed"), transaction.atomic():
                cursor.execute(sql)
        cursor.execute("UPDATE billing_invoice SET paid = 11 WHERE id = %s", [invoice.pk])  # what moves still moves


def test_opened_again_with_a_reason(workspace, office):
    day = timezone.localdate() - timedelta(days=40)
    with pytest.raises(Refused, match="No month is closed yet"):
        closing.reopen(workspace, None, "why not", office)
    closing.close(workspace, day, office)
    for until, reason, code in ((None, " ", "reason"), (day, "x", "open")):
        with pytest.raises(Refused) as refusal:
            closing.reopen(workspace, until, reason, office)
        assert refusal.value.code == code
    closing.reopen(workspace, day - timedelta(days=31), "The bank was wrong", office)
    assert closing.closed_until() == day - timedelta(days=31)
    closing.reopen(workspace, None, "All of it", office)
    assert (closing.closed_until(), PeriodClose.objects.count()) == (None, 3)
    with pytest.raises(TypeError):
        PeriodClose.objects.first().delete()
