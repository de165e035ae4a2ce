"""§ 19 UStG: how near a small business is to the limit of turnover; and by when the law wants an invoice."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine

from billing import invoices
from billing.law import timely, turnover
from billing.models import Invoice
from billing.tests.ground import made_job

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.mark.parametrize(
    ("before", "now", "more", "said"),
    [
        (0, 19_999, 0, ""),
        (0, 19_999, 1, "the limit of § 19 UStG is"),
        (25_000, 100_000, 0, "the limit of § 19 UStG is"),
        (25_000, 99_999, 2, "you have passed"),
        (25_001, 0, 0, "Last year's turnover was"),
    ],
)
def test_near_and_passed(workspace, shop, before, now, more, said):
    with time_machine.travel("2026-06-01T09:00:00Z", tick=False):
        for year, net in ((2025, before), (2026, now)):
            Invoice._base_manager.create(
                workspace=workspace, client=shop.client, currency=workspace.currency, number=f"INV-{year}-0001",
                state="issued", net=net, total=net, issued_on=f"{year}-05-01",
            )  # fmt: skip
        assert turnover.warning(workspace, Decimal(more)) == ""  # it charges VAT
        workspace.small_business, workspace.country = True, "DE"
        found = turnover.warning(workspace, Decimal(more))
        assert said in found if said else found == ""


@pytest.mark.parametrize(
    ("country", "treatment", "supplied", "last"),
    [
        ("ZA", "standard", "2026-10-01", "2026-10-22"),
        ("DE", "standard", "2026-08-31", "2027-02-28"),
        ("DE", "intra", "2026-12-31", "2027-01-15"),
        ("US", "standard", "2026-10-01", "None"),
    ],
)
def test_by_when_an_invoice_is_to_be_issued(country, treatment, supplied, last):
    assert f"{timely.last_day(country, treatment, date.fromisoformat(supplied))}" == last


def test_a_draft_and_the_month_end_say_that_it_is_time(workspace, shop, office):
    with time_machine.travel("2026-10-01T09:00:00Z", tick=False):
        draft = invoices.draft_from(made_job(shop, office), office)
    for today, said in (("10-14", ""), ("10-15", "until 22 Oct 2026."), ("10-22", "until 22 Oct 2026."),
                        ("10-23", "issue this one now")):  # fmt: skip
        with time_machine.travel(f"2026-{today}T09:00:00Z", tick=False):
            found = timely.of_invoice(draft)
            assert said in found if said else found == ""
            assert ("so long has waited: 1" in timely.waiting(workspace)) == (today == "10-23")
