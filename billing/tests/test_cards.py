"""Card payments: the provider's messages are signed, taken once, in whatever order, and posted by the usual verbs."""

import json
import time
from collections import Counter
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Activity
from billing import cards, closing, invoices, payments, verifying
from billing.cards import signing
from billing.cards.contract import NotTheirs
from billing.cards.setting_up import secret_of
from billing.models import Invoice, Payment, PaymentAttempt, ProviderAccount, ProviderEvent
from billing.tests.ground import issued_invoice
from billing.views import card_hook
from laseros.core.errors import Refused
from laseros.tests.processes import run_together

pytestmark = pytest.mark.usefixtures("one_paper")
TOTAL = Decimal("427.80")


def test_only_who_has_the_secret_signs_and_only_for_five_minutes():
    body, at = b'{"id": "1"}', 1_764_460_800
    header = signing.sign(body, "s3cret", at)
    # As `openssl dgst -hmac` says.
    assert header == "t=1764460800,v1=0a9f8a9bc10b7b0787fc9b3cfd1dd94b582df30549e0d942181b942c298a2d39"
    for now in (at - 300, at, at + 300):
        signing.check(header, body, "s3cret", now)
    bad = [
        ("", body, "s3cret", at), ("t=1,v1=é", body, "s3cret", at), (header, body + b" ", "s3cret", at),
        (header, body, "other", at), (header, body, "", at), (signing.sign(body, "", at), body, "", at),
        (header, body, "s3cret", at + 301), (header, body, "s3cret", at - 301),
        (header.replace("0800", "0801"), body, "s3cret", at), (header.upper(), body, "s3cret", at),
    ]  # fmt: skip
    for row in bad:
        with pytest.raises(NotTheirs):
            signing.check(*row)


@pytest.fixture
def invoice(workspace, shop, office):
    """Issued before there is an account, whose secrets are others in each test."""
    with scope(workspace=workspace):
        return issued_invoice(shop, office)


@pytest.fixture
def account(invoice, workspace, settings):
    settings.SIMULATED_CARDS = True
    cache.clear()
    with scope(workspace=workspace):
        account = cards.new_account(ProviderAccount(workspace=workspace, kind="simulated", is_on=True))
        account.save()
        return account


def begun(invoice) -> PaymentAttempt:
    with scope(workspace=invoice.workspace):
        reference = cards.begin(invoice, "/portal/", "Thandi").split("/")[3]
        return PaymentAttempt.objects.get(reference=reference)


def said(attempt, what="paid", event="e1", **more) -> bytes:
    facts = {"id": event, "type": what, "reference": attempt.reference, "amount": str(attempt.amount)}
    return json.dumps({**facts, "currency": attempt.currency, **more}).encode()


def send(account, body, *, secret=None, at=None, header=None, **more) -> int:
    header = header or signing.sign(body, secret or secret_of(account), int(at or time.time()))
    door = reverse("pay:hook", args=[account.token])
    browser = Browser(enforce_csrf_checks=True)
    headers = {signing.HEADER: header}
    return browser.post(door, body, content_type="application/json", headers=headers, **more).status_code


def standing(invoice) -> tuple:
    with scope(workspace=invoice.workspace):
        row = Invoice.objects.get(pk=invoice.pk)
        assert list(verifying.wrong(invoice.workspace)) == []
        return row.state, row.paid, Payment.objects.count()


def events(invoice) -> list:
    with scope(workspace=invoice.workspace):
        return list(ProviderEvent.objects.order_by("id").values_list("kind", "state", "why"))


@pytest.mark.django_db
def test_a_signed_message_pays_the_invoice_once_and_completes_the_job(account, invoice):
    attempt = begun(invoice)
    for _turn in range(2):
        assert send(account, said(attempt)) == 200
    assert standing(invoice) == ("paid", TOTAL, 1)
    assert send(account, said(attempt, event="e2")) == 200  # said again under another name
    assert send(account, said(attempt, "failed", "e3")) == 200  # too late
    assert standing(invoice) == ("paid", TOTAL, 1)
    assert events(invoice) == [("paid", "applied", ""), ("paid", "left", "known"), ("failed", "left", "")]
    with scope(workspace=account.workspace):
        payment = Payment.objects.get()
        assert (payment.method, payment.reference) == ("card", attempt.reference)
        here = ZoneInfo(account.workspace.timezone)
        assert payment.received_on == timezone.localdate(timezone=here)  # the shop's day
        assert PaymentAttempt.objects.values_list("state", "payment").get() == ("paid", payment.pk)
        invoice.refresh_from_db()
        assert invoice.job.state == "completed"
        told = Activity.objects.filter(target_label=str(attempt)).order_by("id").values_list("verb", "actor_name")
        assert list(told) == [("started", "Thandi"), ("paid", "card")]


@pytest.mark.django_db
def test_what_is_not_theirs_changes_nothing(account, invoice, settings, client):
    attempt = begun(invoice)
    body = said(attempt)
    assert send(account, body, secret="guessed") == 400
    assert send(account, body, header="t=1") == 400
    assert send(account, body, at=time.time() - 301) == 400
    for broken in (b"", b"[]", b"{", b"\xff", said(attempt, event="e\x00"), said(attempt, amount="1e3"),
                   said(attempt, amount=5), said(attempt, currency="rand"), b"[" * 60_000):  # fmt: skip
        assert send(account, broken) == 400, broken[:40]
    assert send(account, b" " * (64 * 1024 + 1)) == 413
    door = reverse("pay:hook", args=[account.token])
    assert client.get(door).status_code == 405
    assert client.post(reverse("pay:hook", args=["nobody"])).status_code == 404
    assert send(account, said(attempt, "customer.created")) == 200  # nothing about money
    settings.SIMULATED_CARDS = False
    assert send(account, body) == 404  # nobody pays a real shop with simulated money
    assert (standing(invoice), events(invoice)) == (("issued", 0, 0), [])


@pytest.mark.django_db
def test_too_many_messages_from_one_address_wait(account, monkeypatch):
    monkeypatch.setattr(card_hook, "PER_MINUTE", 3)
    answers = [send(account, b"{}", REMOTE_ADDR="203.0.113.9") for _n in range(5)]
    assert answers == [400, 400, 400, 429, 429]
    assert send(account, b"{}", REMOTE_ADDR="203.0.113.10") == 400


@pytest.mark.django_db
def test_what_does_not_fit_is_never_booked_blindly(account, invoice, office):
    attempt = begun(invoice)
    assert send(account, said(attempt, amount="427.79")) == 200
    assert send(account, said(attempt, event="e2", currency="EUR")) == 200
    assert send(account, said(attempt, event="e3", reference="nobody")) == 200
    found = [("paid", "matter", "amount"), ("paid", "matter", "currency"), ("paid", "left", "unknown")]
    assert (standing(invoice), events(invoice)) == (("issued", 0, 0), found)
    with scope(workspace=account.workspace):
        with pytest.raises(Refused) as refusal:  # nobody pays twice while it is looked at
            cards.begin(invoice, "/portal/")
        assert refusal.value.code == "unclear"
        assert (cards.offer(invoice).may_pay, cards.offer(invoice).is_unclear) == (False, True)
        for event in ProviderEvent.objects.filter(state="matter"):
            cards.settle(event, "Booked by hand", office)
        assert cards.offer(invoice).may_pay is True


@pytest.mark.django_db
def test_a_refund_before_its_payment_waits_and_then_both_are_booked(account, invoice):
    attempt = begun(invoice)
    assert send(account, said(attempt, "refunded", "r1")) == 200
    assert (standing(invoice), events(invoice)) == (("issued", 0, 0), [("refunded", "waiting", "")])
    assert send(account, said(attempt)) == 200
    assert send(account, said(attempt, "refunded", "r2")) == 200
    assert standing(invoice) == ("issued", 0, 2)  # paid, and taken back
    assert events(invoice) == [("refunded", "applied", ""), ("paid", "applied", ""), ("refunded", "left", "known")]


@pytest.mark.django_db
def test_tabs_share_an_attempt_and_more_than_is_owed_becomes_credit(account, invoice, shop):
    first = begun(invoice)
    assert begun(invoice) == first
    with scope(workspace=account.workspace):
        day = timezone.localdate() - timedelta(days=40)
        payments.receive(invoice, Decimal(27), key="bank", received_on=day)
        closing.close(account.workspace, timezone.localdate() - timedelta(days=1), None)  # up to yesterday
    second = begun(invoice)
    assert (second.amount, PaymentAttempt._base_manager.get(pk=first.pk).state) == (Decimal("400.80"), "superseded")
    for attempt, event in ((first, "e1"), (second, "e2")):  # both tabs are paid
        assert send(account, said(attempt, event=event)) == 200
    assert standing(invoice) == ("paid", TOTAL, 3)
    with scope(workspace=account.workspace):
        assert payments.credit_of(shop.client, "ZAR") == Decimal("427.80")
        assert cards.offer(Invoice.objects.get()).may_pay is False
        with pytest.raises(Refused):
            cards.begin(invoice, "/portal/")


@pytest.mark.django_db
def test_the_office_pays_back_once_as_the_books_have_it(account, invoice, office):
    attempt = begun(invoice)
    with scope(workspace=account.workspace):
        with pytest.raises(Refused) as refusal:
            cards.refund(attempt, office)
        assert refusal.value.code == "state"
    assert send(account, said(attempt)) == 200
    with scope(workspace=account.workspace):
        invoices.cancel(invoice, office, "Bent")
        cards.refund(attempt, office)
        with pytest.raises(Refused):
            cards.refund(attempt, office)
        assert Payment.objects.values_list("kind", "amount", "method").first() == ("refund", TOTAL, "card")
    assert send(account, said(attempt, "refunded", "r1")) == 200  # the provider confirms it
    assert standing(invoice)[1:] == (0, 2)


@pytest.mark.django_db
def test_parts_go_back_once_each_and_open_what_they_had_settled(account, invoice, office):
    """100.00 by the office, sent twice; then the provider says that 150.00 have gone back, and that all has."""
    attempt = begun(invoice)
    assert send(account, said(attempt)) == 200
    with scope(workspace=account.workspace):
        for _turn in range(2):
            cards.refund(attempt, office, Decimal(100), "form-1")
        for amount, code in (("327.81", "over-refund"), ("0", "amount"), ("-1", "amount"), ("0.001", "precision")):
            with pytest.raises(Refused) as refusal:
                cards.refund(attempt, office, Decimal(amount), "form-2")
            assert refusal.value.code == code
    assert standing(invoice) == ("partly_paid", TOTAL - 100, 2)
    assert send(account, said(attempt, "refunded", "r1", amount="100.00")) == 200  # the provider confirms it
    assert standing(invoice) == ("partly_paid", TOTAL - 100, 2)
    assert send(account, said(attempt, "refunded", "r2", amount="150.00")) == 200
    assert standing(invoice) == ("partly_paid", TOTAL - 150, 3)
    assert send(account, said(attempt, "refunded", "r3", amount="100.00")) == 200  # late
    assert send(account, said(attempt, "refunded", "r4", amount="500.00")) == 200
    with scope(workspace=account.workspace), timezone.override(account.workspace.timezone):
        row = PaymentAttempt.objects.get()
        assert (row.state, row.refunded, row.left) == ("paid", 150, TOTAL - 150)
        first = Payment.objects.get(kind="received")
        with pytest.raises(Refused, match="take that back first"):
            payments.reverse(first, day=timezone.localdate(), reason="Twice", by=office)
    assert send(account, said(attempt, "refunded", "r5")) == 200
    assert standing(invoice) == ("issued", 0, 4)
    assert events(invoice)[1:] == [
        ("refunded", "left", "known"), ("refunded", "applied", ""), ("refunded", "left", "known"),
        ("refunded", "matter", "amount"), ("refunded", "applied", ""),
    ]  # fmt: skip
    with scope(workspace=account.workspace):
        assert PaymentAttempt.objects.values_list("state", "refunded").get() == ("refunded", TOTAL)
        with pytest.raises(Refused):
            cards.refund(attempt, office, Decimal(1), "form-3")


@pytest.mark.django_db
def test_without_a_provider_nobody_pays_online(account, invoice, settings):
    with scope(workspace=account.workspace):
        assert cards.offer(invoice).may_pay is True
        settings.SIMULATED_CARDS = False
        assert cards.offer(invoice).may_pay is False
        settings.SIMULATED_CARDS = True
        ProviderAccount.objects.update(kind="manual")
        with pytest.raises(Refused) as refusal:
            cards.begin(invoice, "/portal/")
        assert (refusal.value.code, PaymentAttempt.objects.count()) == ("off", 0)
    assert send(account, b"{}") == 400


@pytest.mark.django_db
def test_the_secret_is_sealed_and_another_one_counts_at_once(account, office):
    with scope(workspace=account.workspace):
        cards.keep_secret(account, " whsec_12345 ", office)
        account.refresh_from_db()
        assert (secret_of(account), "12345" in account.sealed) == ("whsec_12345", False)
        cards.keep_secret(account, "", office)
        account.refresh_from_db()
        assert len(secret_of(account)) > 40
        assert not any("12345" in str(row.details) for row in Activity.objects.all())


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_eight_same_messages_at_once_are_one_payment(account, invoice):
    attempt = begun(invoice)
    arguments = [(account.workspace_id, attempt.reference, f"{TOTAL}", "e1")] * 8
    assert set(run_together("billing.tests.at_once:card_event", arguments)) == {"applied"}
    others = [(account.workspace_id, attempt.reference, f"{TOTAL}", f"n{number}") for number in range(8)]
    assert Counter(run_together("billing.tests.at_once:card_event", others)) == {"left": 8}
    assert standing(invoice) == ("paid", TOTAL, 1)
    with scope(workspace=account.workspace):
        assert ProviderEvent.objects.count() == 9
