"""What stock is worth on a day, what it does over a while, and what any order of bookings makes of it."""

from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory import ledger, lots, stock, trace, turnover, valuation
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Move
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def screws(workspace):
    return stock.register(Item(workspace=workspace, name="Screw", category="part", unit="pcs", price=2), None)


def at(days_ago: int) -> datetime:
    return timezone.now() - timedelta(days=days_ago)


@pytest.fixture
def history(screws):
    """10 at 1, 10 at 3, 5 used, 10 at 4: 25 are left."""
    for key, quantity, kind, cost, days in (
        ("a", 10, "purchase", 1, 40), ("b", 10, "purchase", 3, 30), ("c", -5, "usage", None, 20),
        ("d", 10, "purchase", 4, 10),
    ):  # fmt: skip
        ledger.post(screws, quantity, kind, key=key, unit_cost=cost, at=at(days))
    return screws


def worth(method: str, days_ago: int) -> dict:
    rows = valuation.on(timezone.localdate() - timedelta(days=days_ago), method)
    return {row.item.name: (row.quantity, row.value) for row in rows}


def test_average_and_fifo_on_any_day(history, shop):
    assert worth("average", 50) == {}
    assert worth("average", 25) == worth("fifo", 25) == {"Screw": (20, 40)}
    assert worth("average", 15) == {"Screw": (15, 30)}
    assert worth("fifo", 15) == {"Screw": (15, 35)}  # the five used were of the first ones
    now = worth("average", 0)
    assert now == {"Screw": (25, 70), shop.sheet.name: (10, 18500)}
    assert worth("fifo", 0)["Screw"] == (25, 75)
    assert Item.objects.get(pk=history.pk).average_cost == Decimal("2.8000")


def test_what_a_client_owns_and_what_is_carried_is_worth_nothing(history):
    lot = lots.receive(history, 7, key="o", by=None, kind="batch", owner_key="client:1", owner_label="Umgeni")
    own = lots.receive(history, 5, key="p", by=None, kind="batch", unit_cost=2)
    lots.split(own, 2, key="s", by=None)
    assert worth("average", 0)["Screw"] == (30, 80)
    assert worth("fifo", 0)["Screw"] == (30, 85)
    ledger.post(history, -7, "usage", key="q", lot=lot, for_owner="client:1")
    assert worth("average", 0)["Screw"] == (30, 80)


def test_the_last_of_it_takes_all_that_is_left_of_the_value(screws):
    ledger.post(screws, 3, "purchase", key="a", unit_cost=Decimal("0.3333"))
    for number in range(3):
        ledger.post(screws, -1, "usage", key=f"u{number}")
    item = Item.objects.get(pk=screws.pk)
    assert (item.on_hand, item.value, wrong(screws.workspace)) == (0, 0, [])
    ledger.reverse(Move.objects.get(key="u2"), key="undo")
    assert Item.objects.get(pk=screws.pk).value == -Move.objects.get(key="u2").value == Decimal("0.3333")


def test_what_stock_does_over_a_while(history, django_assert_num_queries):
    ledger.post(history, -1, "waste", key="w", at=at(2))
    with django_assert_num_queries(2):
        (row,) = [row for row in turnover.over(30) if row.item.pk == history.pk]
    assert (row.used, row.used_value, row.wasted_value, row.bought_value) == (6, Decimal("12.8"), Decimal("2.8"), 40)
    assert (row.value_before, row.value, row.days_left) == (40, Decimal("67.2"), 120)
    assert row.turns == (row.used_value * 365 / 30 / ((row.value_before + row.value) / 2)).quantize(Decimal("0.1"))
    assert sum(bar.used for bar in turnover.by_time(30)) == Decimal("12.8")
    assert sum(bar.bought for bar in turnover.by_time(365)) == 80


def test_the_pages_show_it_to_who_may_see_money(history, office, log_in, person, workspace):
    browser = log_in(office)
    page = browser.get("/admin/inventory/item/value/?method=fifo")
    assert page.context["total"] == 75
    assert browser.get("/admin/inventory/item/value/?on=2001-99-99&method=x").context["method"] == "average"
    csv = browser.get("/admin/inventory/item/value/csv/?method=fifo").content.decode("utf-8-sig")
    assert csv.splitlines()[1] == f"{history.code},Screw,Parts,25.000,pcs,3.0000,75.0000"
    assert browser.get("/admin/inventory/item/value/pdf/").status_code == 404
    report = browser.get("/admin/inventory/item/report/?days=90")
    assert (report.context["bought"], report.context["used"]) == (80, 10)
    assert browser.get("/admin/inventory/item/report/xlsx/?days=90").content[:2] == b"PK"
    viewer = log_in(person("viewer", workspace))
    for page in ("value/", "value/csv/", "report/", "report/xlsx/"):
        assert viewer.get(f"/admin/inventory/item/{page}").status_code == 403
    shown = viewer.get(f"/admin/inventory/item/{history.pk}/change/").content.decode()
    assert "70,00" not in shown.replace(".", ",")


def test_a_trail_leads_from_lot_to_lot(screws, office, log_in):
    lot = lots.receive(screws, 10, key="a", by=office, kind="batch")
    part = lots.split(lot, 4, key="b", by=office)
    other = lots.receive(screws, 3, key="c", by=office, kind="batch")
    lots.merge([part, other], key="d", by=office)
    thing, before, after = trace.around(f"lot:{part.pk}")
    assert (thing.label, {found.label for found in before[0]}, after) == (part.code, {lot.code, other.code}, [])
    _thing, before, after = trace.around(f"lot:{lot.pk}")
    assert ([], [[part.code]]) == (before, [[found.label for found in step] for step in after])
    page = log_in(office).get(f"/admin/inventory/lot/trace/?of=lot:{lot.pk}").content.decode()
    assert part.code in page
    for name in ("lot:999999", "lot:x", "user:1", ""):
        assert log_in(office).get("/admin/inventory/lot/trace/", {"of": name}).status_code == 404


# --- any order --------------------------------------------------------------------------------------------------------

DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["in", "in", "out", "return", "split", "merge", "count", "undo", "lot"]),
        st.integers(1, 40_000),
        st.integers(0, 5),
    ),
    max_size=14,
)


class Model:
    """Quantity and value as somebody with a sheet of paper keeps them."""

    def __init__(self):
        self.quantity, self.value, self.booked = Decimal(0), Decimal(0), deque()

    def book(self, quantity: Decimal, value: Decimal | None) -> None:
        if value is None:
            value = -(self.value * -quantity / self.quantity).quantize(Decimal("0.0001"))
        if not self.quantity + quantity or self.value + value < 0:
            value = -self.value
        self.quantity += quantity
        self.value += value


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_any_order_of_bookings_keeps_quantity_and_value(screws, deeds):
    """Moves, splits, merges, counts and reversals: what the books say is what a simple model says."""
    from django.db import transaction

    with transaction.atomic():
        _live(screws, deeds)
        transaction.set_rollback(True)


def _live(item, deeds) -> None:
    model, moves, there = Model(), [], []
    for number, (what, thousandths, which) in enumerate(deeds):
        amount, key = Decimal(thousandths) / 1000, f"d{number}"
        try:
            _deed(item, model, moves, there, what, amount, which, key)
        except Refused:
            continue
    fresh = Item.objects.get(pk=item.pk)
    assert fresh.on_hand == model.quantity
    assert abs(fresh.value - model.value) <= Decimal("0.0001") * len(deeds)
    assert wrong(item.workspace) == []


def _deed(item, model, moves, there, what, amount, which, key) -> None:
    if what in ("in", "lot"):
        cost = Decimal(which) / 3
        if what == "lot":
            there.append(lots.receive(item, amount, key=key, by=None, kind="batch", unit_cost=cost))
            moves.append(Move.objects.get(lot=there[-1]))
        else:
            moves.append(ledger.post(item, amount, "purchase", key=key, unit_cost=cost))
        model.book(amount, (amount * moves[-1].unit_cost).quantize(Decimal("0.0001")))
    elif what == "out":
        taken = ledger.post(item, -amount, "usage", key=key)
        for move in Move.objects.filter(key__startswith=taken.key).order_by("id"):
            if move.key == key or move.key.startswith(f"{key}#"):
                model.book(move.quantity, None)
    elif what == "return":
        fresh = Item.objects.get(pk=item.pk)
        ledger.post(item, amount, "return", key=key)
        model.book(amount, (amount * fresh.average_cost).quantize(Decimal("0.0001")))
    elif what == "count":
        fresh = Item.objects.get(pk=item.pk)
        if amount > fresh.on_hand:
            stock.count(item, amount, seen=fresh.on_hand, key=key, by=None)
            model.book(
                amount - fresh.on_hand, ((amount - fresh.on_hand) * fresh.average_cost).quantize(Decimal("0.0001"))
            )
    elif what == "undo" and moves:
        move = moves[which % len(moves)]
        ledger.reverse(move, key=key)
        model.book(-move.quantity, -move.value)
    elif what == "split" and there:
        there.append(lots.split(there[which % len(there)], amount, key=key, by=None))
    elif what == "merge" and len(there) > 1:
        lots.merge([there[0], there[which % len(there)]], key=key, by=None)
