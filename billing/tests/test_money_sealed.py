"""Money, what it settles and closed months are links of the chain; what was done to them, or to a guard, is named."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing import closing, guards, invoices, payments, verifying
from billing.models import Allocation, Invoice, Payment, PeriodClose, Seal
from billing.tests.ground import issued_invoice
from laseros.tests.database import guards_off

pytestmark = pytest.mark.usefixtures("scoped")
D = Decimal


@pytest.fixture
def booked(workspace, shop, office) -> Payment:
    """500.00 for an invoice of 427.80, and a closed month."""
    today = timezone.localdate()
    invoice = issued_invoice(shop, office)
    payment = payments.receive(invoice, D(500), key="k", received_on=today, keep=True, by=office)
    closing.close(workspace, today - timedelta(days=40), office)
    assert list(verifying.wrong(workspace)) == []
    return payment


def sealed() -> list:
    return [seal.document for seal in Seal.objects.filter(quote=None)]


def test_each_movement_of_money_is_sealed_with_what_it_settles(workspace, shop, office, booked):
    first, today = Invoice.objects.get(), timezone.localdate()
    assert sealed() == [first, booked, booked.allocations.get(), PeriodClose.objects.get()]
    second = issued_invoice(shop, office)
    payments.use_credit(second, office)
    used = Allocation.objects.latest("pk")
    assert (used.amount, sealed()[5:]) == (D("72.20"), [used])
    extra = payments.take(shop.client, D(30), [], key="x", currency="ZAR", received_on=today, by=office)
    refund = payments.refund_credit(extra, D(10), key="r", paid_on=today, method="transfer", by=office)
    back = payments.reverse(refund, day=today, reason="Bounced", by=office)
    credit = list(extra.allocations.order_by("pk"))
    assert sealed()[6:] == [extra, refund, credit[0], back, credit[1]]
    off = payments.write_off(second, D(1), key="w", day=today, reason="difference", explanation="x", by=office)
    note = invoices.issue(invoices.credit(first, office, "Returned"), office)
    assert payments.keep_surplus(first, office) == D("427.80")
    closing.reopen(workspace, None, "The bank was wrong", office)
    kept = Allocation.objects.latest("pk")
    assert sealed()[11:] == [off, off.allocations.get(), note, kept, PeriodClose.objects.latest("pk")]
    assert Seal.objects.filter(payment=booked).get().by == str(office)
    assert list(verifying.wrong(workspace)) == []


@pytest.mark.parametrize(
    ("deed", "names"),
    [
        ("UPDATE billing_payment SET amount = 501", "{pay} (payment {pk}): amount was '500.0000' and is '501.0000'"),
        ("UPDATE billing_payment SET reference = 'X'", "{pay} (payment {pk}): reference was '' and is 'X'"),
        ("UPDATE billing_allocation SET amount = 400",
         "{pay} → {inv} (allocation {part}): amount was '427.8000' and is '400.0000'"),
        ("UPDATE billing_allocation SET booked_on = '2020-01-01'",
         "{pay} → {inv} (allocation {part}): booked_on was '{today}' and is '2020-01-01'"),
        ("DELETE FROM billing_seal WHERE position = 4", "{pay} → {inv} (allocation {part}): it was never sealed"),
        ("UPDATE billing_periodclose SET until_on = '2020-01-01'",
         "2020-01-01 (closed month {month}): until_on was '{until}' and is '2020-01-01'"),
        ("INSERT INTO billing_periodclose (workspace_id, reason, at) SELECT workspace_id, 'X', at"
         " FROM billing_periodclose", "nothing closed (closed month {next}): it was never sealed"),
        ("DELETE FROM billing_seal WHERE position = 5", "chain: link 5 to 5 are missing at its end"),
        ("UPDATE billing_invoice SET state = 'reversed'",
         "{inv} (invoice {invoice}): state is 'reversed' and should be 'paid'"),
        ("UPDATE billing_invoice SET state = 'issued'",
         "{inv} (invoice {invoice}): state is 'issued' and should be 'paid'"),
    ],
)  # fmt: skip
def test_with_triggers_off_a_changed_cell_of_money_is_named(workspace, booked, deed, names):
    part, month, invoice = booked.allocations.get(), PeriodClose.objects.get(), Invoice.objects.get()
    with guards_off(), connection.cursor() as cursor:
        cursor.execute(deed)
    told = {"pay": booked.number, "pk": booked.pk, "inv": invoice.number, "invoice": invoice.pk, "part": part.pk}
    last = PeriodClose.objects.latest("pk").pk
    told |= {"month": month.pk, "until": month.until_on, "next": last, "today": timezone.localdate()}
    assert names.format(**told) in list(verifying.wrong(workspace))


def test_a_payment_whose_state_and_sums_fit_but_was_never_booked_is_named(workspace, booked):
    columns = [field.column for field in Payment._meta.concrete_fields]
    names = ", ".join(f'"{name}"' for name in columns if name not in ("id", "number", "key"))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO billing_payment ({names}, number, key) SELECT {names}, 'PY-X', 'x' FROM billing_payment"
        )
    new = Payment.objects.get(number="PY-X")
    assert f"PY-X (payment {new.pk}): it was never sealed" in list(verifying.wrong(workspace))


# How each database puts a row in the place of another that has the same number or key.
INSTEAD = {
    "sqlite": ("OR REPLACE ", ""),
    "postgresql": ("", " ON CONFLICT (workspace_id, {unique}) DO UPDATE SET amount = 1"),
}


@pytest.mark.parametrize("unique", ["key", "number"])
def test_nor_is_a_payment_replaced_by_another_that_is_in_its_place(booked, unique):
    columns = [field.column for field in Payment._meta.concrete_fields]
    other = "number" if unique == "key" else "key"
    names = ", ".join(f'"{name}"' for name in columns if name not in ("id", other))
    replace, conflict = INSTEAD[connection.vendor]
    deed = (
        f"INSERT {replace}INTO billing_payment ({names}, {other}) SELECT {names}, 'X' FROM billing_payment WHERE true"
    )
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed + conflict.format(unique=unique))


# A guard put in the place of another that lets everything pass.
EMPTIED = {
    "sqlite": (
        "documents_stay_payment_update",
        "DROP TRIGGER documents_stay_payment_update",
        "CREATE TRIGGER documents_stay_payment_update BEFORE UPDATE ON billing_payment WHEN 0 BEGIN SELECT 1; END",
    ),
    "postgresql": (
        "documents_stay_refuse",
        "CREATE OR REPLACE FUNCTION documents_stay_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RETURN NEW; END $$",
    ),
}
TURNED = {
    "sqlite": EMPTIED["sqlite"],
    "postgresql": (
        "documents_stay_payment_update",
        "CREATE OR REPLACE TRIGGER documents_stay_payment_update BEFORE UPDATE ON billing_payment FOR EACH ROW"
        " WHEN (false) EXECUTE FUNCTION documents_stay_refuse()",
    ),
}


@pytest.mark.parametrize("said", [EMPTIED, TURNED])
def test_a_guard_replaced_by_an_empty_one_is_named_and_laid_anew(booked, said):
    name, *deeds = said[connection.vendor]
    assert guards.missing() == []
    with connection.cursor() as cursor:
        for deed in deeds:
            cursor.execute(deed)
        cursor.execute("UPDATE billing_payment SET reference = 'let through'")
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert guards.missing() == [name]
    guards.lay()
    assert guards.missing() == []
    with pytest.raises(IntegrityError, match=guards.REFUSAL), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_payment SET reference = 'no more'")
