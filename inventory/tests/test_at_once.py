"""Eight processes at one item: no loss, no double, never below zero."""

from decimal import Decimal

import pytest
from django.db.models import Sum
from django_scopes import scope

from inventory import ledger, stock
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Lot, Move
from inventory.tests.buying import new_supplier, sells, sent
from laseros.bench import storm
from laseros.tests.processes import run_together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
DO = "inventory.tests.at_once:"


def test_eight_processes_take_what_is_there_and_no_more(shop):
    with scope(workspace=shop.workspace):
        ledger.post(shop.sheet, 20, "purchase", key="more")  # 30 on hand, 48 wanted
    taken = run_together(DO + "take", [(shop.workspace.pk, shop.sheet.pk, f"p{number}", 6) for number in range(8)])
    assert sum(taken) == 30
    with scope(workspace=shop.workspace):
        assert Item.objects.get(pk=shop.sheet.pk).on_hand == Decimal(0)
        assert Move.objects.filter(item=shop.sheet).aggregate(sum=Sum("quantity"))["sum"] == Decimal(0)
        assert Move.objects.filter(item=shop.sheet, kind="usage").count() == 30


def test_eight_processes_with_the_same_keys_post_each_once(shop):
    answers = run_together(DO + "take_same_keys", [(shop.workspace.pk, shop.sheet.pk, 6)] * 8)
    assert answers == [6] * 8
    with scope(workspace=shop.workspace):
        assert Item.objects.get(pk=shop.sheet.pk).on_hand == Decimal(4)
        assert Move.objects.filter(item=shop.sheet, kind="usage").count() == 6


def test_a_remnant_is_kept_once_and_promised_to_one(shop):
    assert len(set(run_together(DO + "keep", [(shop.workspace.pk, shop.sheet.pk)] * 6))) == 1
    with scope(workspace=shop.workspace):
        lot = Lot.objects.get()
    answers = run_together(DO + "promise", [(shop.workspace.pk, lot.pk, f"NS-{number}") for number in range(6)])
    with scope(workspace=shop.workspace):
        lot.refresh_from_db()
        assert sorted(answers) == sorted([lot.reserved_for, *["state"] * 5])
        assert (lot.state, wrong(shop.workspace)) == ("reserved", [])


def test_killed_anywhere_while_goods_come_in_they_come_in_once_or_not_at_all(shop):
    with scope(workspace=shop.workspace):
        pla = Item(workspace=shop.workspace, name="PLA", category="filament", unit="g", diameter_mm=Decimal("1.75"))
        stock.register(pla, None)
        order = sent(sells(new_supplier(shop.workspace), pla, pack_size=1000), packs=2)
    (found,) = run_together(DO + "receive_and_be_killed", [(shop.workspace.pk, order.pk)])
    assert len(found) > 30  # so many things there were to do
    nothing, all_of_it = [0, 0], [1, 2]
    done = found.index(all_of_it)
    assert found == [nothing] * done + [all_of_it] * (len(found) - done)
    with scope(workspace=shop.workspace):
        order.refresh_from_db()
        pla.refresh_from_db()
        assert (order.state, pla.on_hand, wrong(shop.workspace)) == ("received", 2000, [])


def test_after_a_storm_with_some_killed_the_books_are_right(workspace):
    """Two seconds of what `make storm` does for a minute."""
    storm.ground(workspace)
    (outcome,) = run_together("laseros.bench.storm:storm", [(workspace.pk, 2, 8, 6)])
    assert outcome["wrong"] == []
    assert outcome["killed"] == 12
    assert outcome["done"] > 20
