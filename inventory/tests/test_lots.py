"""Remnants: a share of a sheet that is still on hand. The sums stay true whatever happens to one."""

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import Activity
from inventory import ledger, lots, stock
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Lot, Move
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")

# 1225 × 1225 mm of a sheet of 2450 × 1225: half of it.
HALF = {"outline": [[0, 0], [1225, 0], [1225, 1225], [0, 1225]], "rectangle": [0, 0, 1225, 1225]}


def sums(shop):
    item = Item.objects.get(pk=shop.sheet.pk)
    assert wrong(shop.workspace) == []
    return item.on_hand, item.in_lots, item.loose


def test_a_kept_remnant_is_a_share_of_what_is_on_hand(shop, office):
    ledger.post(shop.sheet, "-0.5", "usage", key="run:1:use")
    lot = lots.keep(shop.sheet, **HALF, key="run:1", place="Rack 2", by=office)
    assert (lot.code, lot.quantity, lot.cost, lot.size) == ("RM-0001", Decimal("0.500"), Decimal(925), "1225 × 1225 mm")
    assert sums(shop) == (Decimal("9.500"), Decimal("0.500"), 9)
    assert lots.keep(shop.sheet, **HALF, key="run:1", by=office) == lot
    assert (Lot.objects.count(), Activity.objects.filter(verb="kept").count()) == (1, 1)


def test_one_that_the_books_do_not_hold_is_booked_in(shop, office):
    found = lots.keep(shop.sheet, **HALF, key="found", by=office, booked=False)
    assert sums(shop) == (Decimal("10.500"), Decimal("0.500"), 10)
    assert Move.objects.get(lot=found).quantity == Decimal("0.500")
    ledger.post(shop.sheet, "-9.8", "usage", key="a")  # 0.2 of loose stock is left
    lots.keep(shop.sheet, **HALF, key="cut", by=office)
    assert sums(shop) == (Decimal("1.000"), Decimal("1.000"), 0)


def test_what_is_cut_of_one_is_booked_out_of_it(shop, office):
    lot = lots.keep(shop.sheet, **HALF, key="a", by=office)
    lots.reserve(lot, "NS-1", office)
    with pytest.raises(Refused, match="reserved") as refusal:
        lots.reserve(lot, "NS-2", office)
    assert refusal.value.code == "state"
    ledger.post(shop.sheet, "-0.2", "usage", key="run:1", lot=lot)
    rest = lots.keep(shop.sheet, outline=[[0, 0], [600, 0], [600, 1225], [0, 1225]], rectangle=[0, 0, 600, 1225],
                     key="rest", by=office, parent=lot)  # fmt: skip
    lot.refresh_from_db()
    assert (lot.quantity, lot.state, rest.quantity, rest.parent) == (
        Decimal("0.055"),
        "reserved",
        Decimal("0.245"),
        lot,
    )
    ledger.post(shop.sheet, "-0.055", "usage", key="run:2", lot=lot)
    assert sums(shop) == (Decimal("9.745"), Decimal("0.245"), Decimal("9.500"))
    with pytest.raises(Refused):
        ledger.post(shop.sheet, "-0.055", "usage", key="run:3", lot=lot)
    lots.release(lot, office)
    lot.refresh_from_db()
    assert (lot.state, lot.initial, lot.gone_at is None) == ("used", Decimal("0.500"), False)


def test_a_scrapped_one_is_booked_out(shop, office):
    lot = lots.keep(shop.sheet, **HALF, key="a", by=office)
    lots.reserve(lot, "NS-1", office)
    with pytest.raises(Refused):
        lots.scrap(lot, office)
    lots.release(lot, office)
    lots.scrap(lot, office, why="bent")
    assert sums(shop) == (Decimal("9.500"), 0, Decimal("9.500"))
    move = Move.objects.get(kind="waste")
    assert (move.lot, move.reason) == (lot, "RM-0001 bent")


def test_what_lies_in_remnants_is_not_taken_for_anything_else(shop, office):
    lots.keep(shop.sheet, **HALF, key="a", by=office)
    with pytest.raises(Refused, match=r"9\.5 sheets besides what lies in remnants, 0\.3 missing") as refusal:
        ledger.post(shop.sheet, "-9.8", "usage", key="b")
    assert refusal.value.code == "short"
    shop.sheet.refresh_from_db()
    with pytest.raises(Refused):
        stock.count(shop.sheet, 0, seen=10, key="c", by=office)
    assert sums(shop) == (10, Decimal("0.500"), Decimal("9.500"))


@pytest.mark.parametrize(
    ("outline", "code"),
    [([[0, 0], [1, 0], [1, 1]], "small"), ([[0, 0], [9, 9]], "outline"), ([["x", 0]], "outline"), ([], "outline")],
)
def test_what_is_no_remnant_is_refused(shop, office, outline, code):
    with pytest.raises(Refused) as refusal:
        lots.keep(shop.sheet, outline=outline, rectangle=[0, 0, 1, 1], key="a", by=office)
    assert (refusal.value.code, Lot.objects.count(), sums(shop)) == (code, 0, (10, 0, 10))


def test_check_ledger_finds_a_share_that_is_missing(shop, office):
    lot = lots.keep(shop.sheet, **HALF, key="a", by=office)
    Lot._base_manager.filter(pk=lot.pk).update(quantity="0.4")
    with pytest.raises(CommandError, match=r"lots in stock add up to 0.400, in lots is 0.500"):
        call_command("check_ledger")
    for fields in ({"in_lots": -1}, {"in_lots": 11}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Item._base_manager.filter(pk=shop.sheet.pk).update(**fields)
