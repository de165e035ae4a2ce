"""`manage.py check_ledger` finds what does not add up, and only that."""

import pytest
from django.core.management import CommandError, call_command

from inventory import ledger, lots
from inventory.models import Balance, Item, Lot, Move, Reservation
from laseros.tests.ground import stock_shop

pytestmark = pytest.mark.usefixtures("scoped")


def test_right_books_are_called_right(shop, other_workspace, capsys):
    promise = ledger.reserve(shop.sheet, 4, key="a", label="JB-1")
    ledger.use(promise, "2.5", key="run")
    ledger.release(ledger.reserve(shop.sheet, 1, key="b", label="JB-2"))
    call_command("check_ledger")
    assert capsys.readouterr().out == "cutters: right\nprinters: right\n"


def spoil(model, pk, **fields):
    model._base_manager.filter(pk=pk).update(**fields)


WRONG = {
    "balance": "{code}: moves add up to 10.000, the balance says 11.000\n"
    "cutters: {code}: locations add up to 10.000, the balance says 11.000",
    "move": "{code}: moves add up to 9.000, the balance says 10.000\n"
    "cutters: {code} at Store: moves add up to 9.000, the balance says 10.000",
    "worth": "{code}: moves are worth 18400.0000, the value says 18500.0000",
    "reserved": "{code}: open reservations add up to 4.000, reserved is 3.000",
    "promise": "{code}: open reservations add up to 5.000, reserved is 4.000",
    "place": "{code}: locations add up to 9.000, the balance says 10.000\n"
    "cutters: {code} at Store: moves add up to 10.000, the balance says 9.000",
    "lot": "{code}: lots in stock add up to 0.500, in lots is 1.000\n"
    "cutters: {code} at Store: lots add up to 0.500, in lots is 1.000\n"
    "cutters: SH-0001: moves add up to 1.000, the lot says 0.500",
}


@pytest.mark.parametrize("spoilt", WRONG)
def test_wrong_books_are_named_and_the_exit_is_one(shop, spoilt):
    promise = ledger.reserve(shop.sheet, 4, key="a", label="JB-1")
    if spoilt == "balance":
        spoil(Item, shop.sheet.pk, on_hand=11)
    elif spoilt == "move":
        spoil(Move, Move.objects.get().pk, quantity=9)
    elif spoilt == "worth":
        spoil(Move, Move.objects.get().pk, value=18400)
    elif spoilt == "reserved":
        spoil(Item, shop.sheet.pk, reserved=3)
    elif spoilt == "place":
        spoil(Balance, shop.sheet.balances.get().pk, quantity=9)
    elif spoilt == "lot":
        lot = lots.receive(shop.sheet, 1, key="in", by=None, kind="sheet", heat="H1")
        spoil(Lot, lot.pk, quantity="0.5")
    else:
        spoil(Reservation, promise.pk, held=5, quantity=5)
    with pytest.raises(CommandError) as failure:
        call_command("check_ledger")
    assert failure.value.returncode == 1
    assert str(failure.value) == f"cutters: {WRONG[spoilt].format(code=shop.sheet.code)}"


def test_one_workspace_alone(shop, other_workspace, capsys):
    from django_scopes import scope

    with scope(workspace=other_workspace):
        theirs = stock_shop(other_workspace)
    spoil(Item, theirs.sheet.pk, on_hand=11)
    call_command("check_ledger", workspace="cutters")
    assert capsys.readouterr().out == "cutters: right\n"
    with pytest.raises(CommandError, match="printers"):
        call_command("check_ledger", workspace="printers")
    with pytest.raises(CommandError, match="there is no workspace"):
        call_command("check_ledger", workspace="nowhere")


def test_the_database_itself_refuses_what_is_below_zero(shop):
    from django.db import IntegrityError, transaction

    for fields in ({"on_hand": -1}, {"reserved": 11}, {"reserved": -1}, {"owned": 11}, {"quarantined": -1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil(Item, shop.sheet.pk, **fields)
    for fields in ({"quantity": -1}, {"in_lots": 11}):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil(Balance, shop.sheet.balances.get().pk, **fields)
    lot = lots.receive(shop.sheet, 1, key="in", by=None, kind="sheet")
    for fields in ({"quantity": -1}, {"reserved": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            spoil(Lot, lot.pk, **fields)
