"""§ 19 UStG: how near a small business is to the turnover up to which it charges no VAT."""

from decimal import Decimal

import pytest
import time_machine

from billing.law import turnover
from billing.models import Invoice

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
