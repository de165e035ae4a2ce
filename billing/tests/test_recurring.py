"""Recurring invoices: each day once, also late and by two at once; paused, skipped, ended; what stops them is told."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Workspace
from billing import recurring, tasks
from billing.models import Invoice, RecurringInvoice, RecurringLine, RecurringTurn
from billing.models.recurring import known_places
from billing.tests.ground import with_address
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped", "one_paper")
D = Decimal


@pytest.fixture
def clock():
    """Noon of 31 January 2027, and on."""
    with time_machine.travel("2027-01-31T12:00:00+00:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def monthly(clock, shop):
    with_address(shop)
    return schedule(shop)


def schedule(shop, **fields) -> RecurringInvoice:
    fields = {"title": "Rent of the press", "starts_on": timezone.localdate(), "note": "Until {until}", **fields}
    row = RecurringInvoice(workspace=shop.workspace, client=shop.client, **fields)
    recurring.begin(row, None)
    RecurringLine.objects.create(
        workspace=shop.workspace, recurring=row, description="Rent {month} {year}", quantity=2, unit_price=D(500),
        tax_percent=D(15), discount_percent=D(10),
    )  # fmt: skip
    return row


def days(row) -> list[str]:
    return [f"{turn.due_on:%d.%m.}" for turn in row.made.order_by("due_on")]


def test_each_day_is_drafted_once_however_late_and_by_however_many(monthly, clock, run_work):
    stale = RecurringInvoice.objects.get(pk=monthly.pk)
    assert tasks.make_recurring() == {"cutters": 1}
    assert recurring.make(stale) is None  # another worker that had read it before
    assert tasks.make_recurring() == {"cutters": 0}
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.net, invoice.tax, invoice.supplied_on) == ("draft", 900, 135, date(2027, 1, 31))
    assert (invoice.lines.get().description, invoice.note) == ("Rent January 2027", "Until 27 Feb 2027")
    run_work()
    assert [message.subject for message in mail.outbox] == ["Draft invoice for Umgeni Pumps: Rent of the press"]
    clock.move_to("2027-04-05T12:00:00+00:00")  # the worker was off for two months
    assert tasks.make_recurring() == {"cutters": 2}
    monthly.refresh_from_db()
    assert days(monthly) == ["31.01.", "28.02.", "31.03."]
    assert (monthly.turns, monthly.next_on) == (3, date(2027, 4, 30))
    assert [line.description for line in Invoice.objects.order_by("pk").last().lines.all()] == ["Rent March 2027"]


def test_it_is_paused_skipped_changed_and_ends(monthly, clock, shop, office):
    recurring.skip(monthly, office)
    assert monthly.next_on == date(2027, 2, 28)
    recurring.pause(monthly, office)
    clock.move_to("2027-03-15T12:00:00+00:00")
    assert tasks.make_recurring() == {"cutters": 0}
    recurring.resume(monthly, office)
    assert monthly.next_on == date(2027, 3, 31)  # what was due meanwhile is not made up for
    with pytest.raises(Refused):
        recurring.resume(monthly, office)
    RecurringInvoice.objects.filter(pk=monthly.pk).update(every=2, count=4)
    assert recurring.replan(monthly, office).next_on == date(2027, 3, 31)
    clock.move_to("2028-01-01T12:00:00+00:00")
    assert tasks.make_recurring() == {"cutters": 2}
    monthly.refresh_from_db()
    assert (monthly.state, monthly.next_on, monthly.turns) == ("ended", None, 4)
    with pytest.raises(Refused, match="no next one"):
        recurring.skip(monthly, office)
    RecurringInvoice.objects.filter(pk=monthly.pk).update(count=None)
    assert recurring.replan(monthly, office).state == "running"
    with pytest.raises(Refused, match="past"):
        schedule(shop, starts_on=date(2027, 12, 31))
    weekly = schedule(shop, unit="week", every=2, ends_on=date(2028, 1, 20))
    clock.move_to("2028-02-02T12:00:00+00:00")
    tasks.make_recurring()
    assert days(weekly) == ["01.01.", "15.01."]
    with pytest.raises(ValidationError):
        known_places("Rent {moon}")


def test_another_rhythm_goes_on_where_the_last_one_stopped(monthly, clock, office):
    with transaction.atomic(), pytest.raises(Refused, match="past"):  # a year's invoices in one night
        RecurringInvoice.objects.filter(pk=monthly.pk).update(starts_on=date(2026, 1, 31))
        recurring.replan(monthly, office)
    RecurringInvoice.objects.filter(pk=monthly.pk).update(starts_on=date(2027, 1, 31))
    clock.move_to("2027-05-31T12:00:00+00:00")
    assert tasks.make_recurring() == {"cutters": 5}
    for fields, day in (
        ({"every": 3}, "2027-07-31"),  # its quarters begin where it began: January, April, July
        ({"every": 1, "count": 6}, "2027-07-31"),  # not June, which July's was planned instead of
        ({"unit": "week", "every": 2, "count": None}, "2027-08-01"),
        ({"unit": "month", "every": 12, "count": 5}, None),
    ):
        RecurringInvoice.objects.filter(pk=monthly.pk).update(**fields)
        row = recurring.replan(monthly, office)
        assert (row.turns, row.next_on and f"{row.next_on}") == (5, day)
    assert row.state == "ended"


def test_nothing_falls_due_behind_us_and_nothing_for_whom_we_left(monthly, clock, shop, office):
    """Otherwise a slip at its first day or its rhythm is a night of invoices, mailed where it issues them itself."""
    RecurringInvoice.objects.filter(pk=monthly.pk).update(starts_on=date(2020, 1, 1))
    with pytest.raises(Refused, match="past"):
        recurring.replan(monthly, office)
    RecurringInvoice.objects.filter(pk=monthly.pk).update(starts_on=date(2027, 1, 31))
    assert tasks.make_recurring() == {"cutters": 1}
    clock.move_to("2027-03-25T12:00:00+00:00")
    assert tasks.make_recurring() == {"cutters": 1}
    RecurringInvoice.objects.filter(pk=monthly.pk).update(unit="week")
    assert recurring.replan(monthly, office).next_on == date(2027, 4, 4)  # not the Sundays since the last one
    type(shop.client).objects.update(archived_at=timezone.now())
    clock.move_to("2027-04-25T12:00:00+00:00")
    assert tasks.make_recurring() == {"cutters": 0}
    monthly.refresh_from_db()
    assert (monthly.state, Invoice.objects.count()) == ("paused", 2)


def test_one_that_issues_itself_is_mailed_or_says_what_is_missing(monthly, clock, run_work):
    RecurringInvoice.objects.update(then="issue")
    tasks.make_recurring()
    run_work()
    invoice = Invoice.objects.get()
    assert (invoice.state, invoice.number, invoice.total) == ("issued", "INV-2027-0001", 1035)
    assert [message.subject for message in mail.outbox] == ["Invoice INV-2027-0001 from Cutters"]
    Workspace.objects.update(address="")
    clock.move_to("2027-03-01T12:00:00+00:00")
    tasks.make_recurring()
    run_work()
    turn = RecurringTurn.objects.first()
    assert turn.problem == "An invoice must say more: our address is missing."
    assert (turn.invoice.state, turn.invoice.number) == ("draft", None)
    assert mail.outbox[-1].subject == "Not issued: Rent of the press for Umgeni Pumps"
    assert turn.problem in mail.outbox[-1].body


@pytest.mark.one_database
def test_the_office_plans_one_on_its_page_and_finds_it_from_the_client(clock, shop, office, log_in):
    browser = log_in(office)
    url = reverse("admin:billing_recurringinvoice_add")
    data = {"title": "Maintenance", "client": shop.client.pk, "every": "3", "unit": "month", "starts_on": "2027-02-01",
            "ends_on": "", "count": "", "then": "draft", "note": "", "lines-TOTAL_FORMS": "1",
            "lines-INITIAL_FORMS": "0", "lines-0-position": "1", "lines-0-quantity": "1", "lines-0-unit_price": "80",
            "lines-0-discount": "5", "lines-0-tax_percent": "15.00"}  # fmt: skip
    assert "Tax is added to the prices, unless the client" in browser.get(url).content.decode()
    refused = browser.post(url, data | {"lines-0-description": "{moon}"})
    assert "Only these places can be filled in" in refused.content.decode()
    answer = browser.post(url, data | {"lines-0-description": "Maintenance {from} to {until}"})
    assert answer.status_code == 302
    row = RecurringInvoice.objects.get()
    assert (row.next_on, row.lines.get().discount_amount) == (date(2027, 2, 1), 5)
    clock.move_to("2027-02-01T12:00:00+00:00")
    tasks.make_recurring()
    invoice = Invoice.objects.get()
    assert invoice.lines.get().description == "Maintenance 01 Feb 2027 to 30 Apr 2027"
    page = browser.get(reverse("admin:billing_recurringinvoice_change", args=[row.pk])).content.decode()
    assert reverse("admin:billing_invoice_change", args=[invoice.pk]) in page
    page = browser.get(reverse("admin:billing_invoice_change", args=[invoice.pk])).content.decode()
    assert reverse("admin:billing_recurringinvoice_change", args=[row.pk]) in page
    page = browser.get(reverse("admin:crm_client_change", args=[shop.client.pk])).content.decode()
    assert f"{reverse('admin:billing_recurringinvoice_changelist')}?client__id__exact={shop.client.pk}" in page


@pytest.mark.parametrize(
    ("every", "unit", "language", "said"),
    [(1, "month", "en", "every month"), (3, "month", "en", "every 3 months"), (1, "week", "en", "every week"),
     (1, "month", "de", "jeden Monat"), (2, "week", "de", "alle 2 Wochen")],
)  # fmt: skip
def test_the_list_says_how_often_as_people_do(monthly, office, log_in, every, unit, language, said):
    office.language = language
    office.save()
    RecurringInvoice.objects.filter(pk=monthly.pk).update(every=every, unit=unit)
    page = log_in(office).get(reverse("admin:billing_recurringinvoice_changelist")).content.decode()
    assert f">{said}<" in page
