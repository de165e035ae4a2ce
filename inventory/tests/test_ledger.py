from decimal import Decimal

import pytest

from inventory import ledger
from inventory.models import Item, Move
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")


def balance(item):
    there = Item.objects.get(pk=item.pk)
    return there.on_hand, there.reserved


def test_a_key_posts_once(shop):
    first = ledger.post(shop.sheet, -2, "usage", key="run:1")
    again = ledger.post(shop.sheet, -2, "usage", key="run:1")
    assert first.pk == again.pk
    assert balance(shop.sheet) == (Decimal(8), Decimal(0))


def test_never_below_what_is_reserved(shop):
    ledger.reserve(shop.sheet, 9, key="job:1", label="JB-1")
    with pytest.raises(Refused) as refusal:
        ledger.post(shop.sheet, -2, "usage", key="run:1")
    assert refusal.value.code == "short"
    assert refusal.value.details["missing"] == "1.000"
    assert balance(shop.sheet) == (Decimal(10), Decimal(9))
    assert Move.objects.filter(key="run:1").count() == 0


def test_using_a_reservation_takes_the_promise_with_it(shop):
    promise = ledger.reserve(shop.sheet, 3, key="job:1", label="JB-1")
    ledger.use(promise, 2, key="run:1")
    ledger.use(promise, 2, key="run:1")
    assert balance(shop.sheet) == (Decimal(8), Decimal(1))
    ledger.use(promise, 2, key="run:2")  # one more than promised: the rest comes from what is free
    assert balance(shop.sheet) == (Decimal(6), Decimal(0))
    ledger.release(promise)
    assert balance(shop.sheet) == (Decimal(6), Decimal(0))


def test_a_release_gives_back_what_is_left_and_only_once(shop):
    promise = ledger.reserve(shop.sheet, 3, key="job:1", label="JB-1")
    ledger.use(promise, 1, key="run:1")
    ledger.release(promise)
    ledger.release(promise)
    assert balance(shop.sheet) == (Decimal(9), Decimal(0))


@pytest.mark.parametrize("quantity", ["nan", "inf", "1e30", "x", None, 0, "0.0001"])
def test_nonsense_is_refused_and_nothing_changes(shop, quantity):
    moves = Move.objects.count()
    with pytest.raises(Refused):
        ledger.post(shop.sheet, quantity, "adjustment", key="odd")
    assert Move.objects.count() == moves
    assert balance(shop.sheet) == (Decimal(10), Decimal(0))


def test_thousandths_add_up_whatever_the_database_counts_in(shop):
    """In binary 1 - 0.9 - 0.1 is below zero, and ten tenths are less than one."""
    promise = ledger.reserve(shop.sheet, 1, key="r", label="JB-1")
    ledger.use(promise, Decimal("0.9"), key="u")
    ledger.release(promise)
    tenths = [ledger.reserve(shop.sheet, Decimal("0.1"), key=f"r{n}", label="JB-2") for n in range(91)]
    with pytest.raises(Refused):
        ledger.reserve(shop.sheet, Decimal("0.001"), key="one too many", label="JB-3")
    for n, tenth in enumerate(tenths):
        ledger.use(tenth, Decimal("0.1"), key=f"u{n}")
        ledger.release(tenth)
    shop.sheet.refresh_from_db()
    assert (shop.sheet.on_hand, shop.sheet.reserved) == (0, 0)
