"""Reminders in three steps: what the law and the settings allow, proposed by night, each step sent once; statements."""

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from babel.dates import format_date
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import OutgoingMail
from billing import payments, reminding, statements
from billing.documents.statement import statement_pdf
from billing.law import lateness
from billing.models import AccountStatement, BooksRules, Reminder, ReminderHold, rules_of
from billing.tasks import propose_reminders
from billing.tests.ground import issued_invoice, late_invoice
from billing.tests.test_documents import text_of
from crm import links
from laseros.core.errors import Refused
from laseros.tests.processes import run_together

pytestmark = pytest.mark.usefixtures("one_paper")
D = Decimal


@pytest.fixture(autouse=True)
def noon():
    """Late in the evening it is tomorrow already where the business is."""
    with time_machine.travel(timezone.now().replace(hour=12), tick=True):
        yield


@pytest.mark.parametrize(
    ("business", "expected"),
    [
        # 1000 € from 1 June 2024 to 31 January 2025 at the base rates of three half years.
        (True, [("12.62", 30, "10.37"), ("12.37", 184, "62.36"), ("11.27", 31, "9.57")]),
        (False, [("8.62", 30, "7.08"), ("8.37", 184, "42.19"), ("7.27", 31, "6.17")]),
    ],
)
def test_interest_of_the_german_law_by_half_years(business, expected):
    found = lateness.by_law(D(1000), date(2024, 5, 31), date(2025, 1, 31), business, "EUR", None)
    assert [(f"{each.percent}", each.days, f"{each.amount}") for each in found] == expected


def test_what_the_law_allows_of_flat_sums_fees_and_terms():
    day = date(2026, 3, 1)
    assert lateness.flat("DE", True, "EUR", day) == 40
    assert (lateness.flat("DE", False, "EUR", day), lateness.flat("ZA", True, "ZAR", day)) == (0, 0)
    assert [lateness.fee_allowed("DE", step) for step in (1, 2, 3)] == [False, True, True]
    (one,) = lateness.by_terms(D(1000), date(2026, 1, 1), date(2026, 1, 31), D(24), "ZAR")
    assert (one.days, one.amount) == (30, D("19.73"))
    assert lateness.by_law(D(1000), date(2026, 1, 1), date(2026, 1, 1), True, "EUR", None) == []
    (own,) = lateness.by_law(D(1000), date(2026, 8, 1), date(2026, 8, 11), True, "EUR", D("2.00"))
    assert own.percent == 11


def test_rules_beyond_the_law_are_refused(scoped, workspace):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError, match="24 % a year at most"):
        BooksRules(workspace=workspace, interest="terms", interest_percent=D(25)).full_clean()
    with pytest.raises(ValidationError, match="no rate of the law"):
        BooksRules(workspace=workspace, interest="law").full_clean()
    BooksRules(workspace=workspace, interest="terms", interest_percent=D(24)).full_clean()
    assert rules_of(workspace).interest == "none"


@pytest.mark.every_database
def test_three_steps_each_once_and_what_stops_them(scoped, workspace, shop, office, run_work, client):
    invoice = late_invoice(shop, office)  # due 60 days ago
    issued_invoice(shop, office)
    rules = BooksRules.objects.create(
        workspace=workspace, fee_second=D(50), fee_third=D(75), interest="terms", interest_percent=D(12)
    )
    assert propose_reminders() == {workspace.slug: 1}
    assert propose_reminders() == {workspace.slug: 0}
    (first,) = reminding.waiting()
    assert (first.invoice, first.step, first.asked) == (invoice, 1, D("427.80"))  # the first only reminds
    client.force_login(office)
    page = client.get(reverse("admin:billing_reminder_look")).content.decode()
    assert invoice.number in page
    data = {"reminder": [first.pk]}
    for _press in range(2):
        assert client.post(reverse("admin:billing_reminder_look"), data).status_code == 302
    sent, refused = reminding.send([first], office)
    assert (sent, len(refused)) == ([], 1)
    run_work()
    mail = OutgoingMail.objects.get(key=f"reminder:{first.pk}")
    first.refresh_from_db()
    assert (first.state, bool(first.pdf), len(mail.attachments)) == ("sent", True, 1)
    assert client.get(reverse("admin:billing_reminder_pdf", args=[first.pk])).status_code == 200
    assert reminding.propose(workspace) == 0  # ten days have not gone by
    rules.remind_again = rules.remind_last = 0
    rules.save()
    assert reminding.propose(workspace) == 1
    second = Reminder.objects.get(state="proposed")
    # 427.80 × 12 % × 60 / 365
    assert (second.step, second.fee, second.interest, second.asked) == (2, 50, D("8.44"), D("486.24"))
    reminding.hold(invoice, "dispute", "Two plates are bent", by=office)
    assert Reminder.objects.get(pk=second.pk).state == "dropped"
    assert reminding.propose(workspace) == 0
    reminding.hold(invoice, "promise", "Pays on Friday", timezone.localdate() + timedelta(days=3), office)
    assert (ReminderHold.objects.filter(lifted_at=None).count(), reminding.propose(workspace)) == (1, 0)
    reminding.lift(invoice, office)
    assert reminding.propose(workspace) == 1
    second = Reminder.objects.get(state="proposed")
    ReminderHold.objects.create(workspace=workspace, invoice=invoice, kind="dispute", note="meanwhile")
    assert reminding.send([second], office)[1] == [f"Reminders of {invoice.number} are stopped."]
    reminding.lift(invoice, office)
    assert len(reminding.send([second], office)[0]) == 1
    assert reminding.propose(workspace) == 1
    payments.receive(invoice, D("427.80"), key="k", received_on=timezone.localdate())
    assert (reminding.propose(workspace), Reminder.objects.filter(state="proposed").count()) == (0, 0)
    for kind, until in (("promise", None), ("dispute", None)):
        with pytest.raises(Refused):
            reminding.hold(invoice, kind, "late", until)


def test_a_promise_that_is_over_stops_nothing_and_another_can_be_noted(scoped, workspace, shop, office, client):
    invoice = late_invoice(shop, office)
    ReminderHold.objects.create(
        workspace=workspace, invoice=invoice, kind="promise", note="x", until=timezone.localdate() - timedelta(days=1)
    )
    client.force_login(office)
    page = client.get(reverse("admin:billing_invoice_change", args=[invoice.pk])).content.decode()
    assert ("Stop reminders" in page, "Remind again" in page) == (True, False)


def test_who_has_an_address_of_their_contact_is_not_to_be_printed(scoped, workspace, shop, office, client):
    late_invoice(shop, office)
    shop.client.email = ""
    shop.client.save()
    reminding.propose(workspace)
    client.force_login(office)
    data = {"reminder": [Reminder.objects.get().pk]}
    page = client.post(reverse("admin:billing_reminder_look"), data, follow=True).content.decode()
    assert "1 reminder is on its way." in page
    assert "to be printed" not in page


def test_what_is_paid_of_it_meanwhile_is_not_asked_for(scoped, workspace, shop, office, log_in, run_work):
    """Looked at it says what the reminder will say: not what was owed in the night it was proposed."""
    invoice, settled = (late_invoice(shop, office) for _each in range(2))
    reminding.propose(workspace)
    day = timezone.localdate()
    payments.receive(invoice, D("400"), key="part", received_on=day)
    payments.receive(settled, D("427.80"), key="all", received_on=day)
    assert Reminder.objects.get(invoice=settled).state == "dropped"  # what is paid waits for no night
    Reminder.objects.filter(invoice=settled).update(state="proposed")  # as it was found before
    browser, look = log_in(office), reverse("admin:billing_reminder_look")
    first = Reminder.objects.get(invoice=invoice)
    for page in (look, reverse("admin:billing_reminder_change", args=[first.pk]),
                 reverse("admin:billing_reminder_changelist")):  # fmt: skip
        shown = browser.get(page).content.decode()
        assert ("R27,80" in shown, f"{invoice.number}" in shown) == (True, True), page
    table = browser.get(reverse("admin:billing_reminder_export", args=["csv"])).content.decode()
    assert (",27.80," in table, ",427.80," in table) == (True, False)
    assert Reminder.objects.get(pk=first.pk).open == D("427.80")  # looking changes nothing
    said = browser.post(look, {"again": "1"}, follow=True).content.decode()
    assert "No other invoice is late enough to be reminded of." in said
    assert "1 proposal was dropped: it is paid, or its reminders are stopped." in said
    assert (Reminder.objects.get(pk=first.pk).open, Reminder.objects.get(invoice=settled).state) == (
        D("27.80"),
        "dropped",
    )
    reminding.send([first], office)
    run_work()
    mail = OutgoingMail.objects.get(key=f"reminder:{first.pk}")
    first.refresh_from_db()
    assert "Still to be paid: R27,80" in mail.text.replace("\xa0", "")
    assert f"To be paid by: {format_date(first.pay_by, 'long', locale=workspace.locale)}" in mail.text
    late_invoice(shop, office)
    assert "1 more invoice is to be reminded of." in browser.post(look, {"again": "1"}, follow=True).content.decode()


def test_a_statement_says_what_moved_the_account_and_is_mailed_with_a_link(
    scoped, workspace, shop, office, run_work, client, own_papers
):
    old, new = late_invoice(shop, office), issued_invoice(shop, office)
    today = timezone.localdate()
    payment = payments.take(shop.client, D(500), [old], key="k", received_on=today, currency="ZAR")
    payments.write_off(new, D("0.80"), key="w", day=today, reason="difference", explanation="Fees")
    account = statements.account_of(shop.client, "ZAR", today - timedelta(days=1), today)
    assert account.opening == D("427.80")
    assert [(entry.number, entry.amount) for entry in account.entries] == [
        (new.number, D("427.80")), (payment.number, -500), (payment.number[:-1] + "2", D("-0.80"))]  # fmt: skip
    assert account.closing == statements.balance_of(shop.client, "ZAR") == D("354.80")
    payments.reverse(payment, day=today, reason="Bounced")
    assert statements.account_of(shop.client, "ZAR", today, today).closing == D("854.80")
    with pytest.raises(Refused):
        statements.account_of(shop.client, "ZAR", today, today - timedelta(days=1))
    assert statement_pdf(account)[:5] == b"%PDF-"
    client.force_login(office)
    page = reverse("admin:billing_accountstatement_of", args=[shop.client.pk])
    assert "854,80" in client.get(page).content.decode()
    shop.client.email = ""
    shop.client.save()
    with pytest.raises(Refused, match="no e-mail"):
        statements.send(shop.client, "ZAR", today, today, office)
    shop.client.email = "buyer@umgeni.example"
    shop.client.save()
    for wrong in ({}, {"from_on": "yesterday", "until_on": f"{today}"}):
        assert client.post(page, wrong).status_code == 200
    assert not AccountStatement.objects.exists()
    asked = {"from_on": f"{today}", "until_on": f"{today}", "currency": "ZAR"}
    once = re.search(r'name="once" value="([^"]+)"', client.get(page).content.decode())[1]
    for _press in range(2):
        answer = client.post(page, {**asked, "mail": "1", "once": once})
    row = AccountStatement.objects.get()
    assert answer.url == reverse("admin:billing_accountstatement_change", args=[row.pk])
    piece = reverse("admin:billing_accountstatement_paper", args=[row.pk])
    assert 'hx-trigger="every 1s"' in client.get(answer.url).content.decode()
    payments.take(shop.client, D(1), [], key="late", received_on=today, currency="ZAR")  # not on it any more
    run_work()
    assert "hx-trigger" not in client.get(piece).content.decode()
    row.refresh_from_db()
    assert "854,80" in " ".join(text_of(row.pdf.read()).split())
    printed = [client.post(page, {**asked, "pdf": "1", "once": once}).url for _press in range(2)]
    assert len(set(printed)) == 1
    assert list(AccountStatement.objects.order_by("id").values_list("mailed_to", flat=True)) == [row.mailed_to, ""]
    run_work()
    assert OutgoingMail.objects.filter(key__startswith="statement:").count() == 1
    mail = OutgoingMail.objects.get(key=f"statement:{row.pk}")
    assert (row.balance, mail.to, bool(row.pdf)) == (D("854.80"), "buyer@umgeni.example", True)
    client.logout()
    token = links.token(statements.link(row))
    shown = client.get(reverse("portal:link", args=[token])).content.decode()
    assert "Brought forward" in shown
    assert client.get(reverse("portal:link_statement_pdf", args=[token, row.pk])).status_code == 200


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_eight_processes_send_one_step_once(workspace, shop, office):
    with scope(workspace=workspace):
        late_invoice(shop, office)
        reminding.propose(workspace)
        row = Reminder.objects.get()
    said = run_together("billing.tests.at_once:remind", [(workspace.pk, row.pk)] * 8)
    assert sorted(said) == [0] * 7 + [1]
