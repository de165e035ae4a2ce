"""What the processes of `test_at_once` do."""

import os
import signal

from django.db import connection
from django_scopes import scope

from accounts.models import Workspace
from inventory import ledger, lots
from inventory.models import Item, Lot, PurchaseOrder, Receipt
from inventory.tests.buying import came
from laseros.core.errors import Refused


def take(workspace_pk: int, item_pk: int, name: str, times: int) -> int:
    """Take one `times` times; every key is tried twice. Answers how often there was enough."""
    workspace = Workspace.objects.get(pk=workspace_pk)
    taken = 0
    with scope(workspace=workspace):
        item = Item.objects.get(pk=item_pk)
        for number in range(times):
            try:
                for _attempt in (1, 2):
                    ledger.post(item, -1, "usage", key=f"{name}:{number}")
            except Refused:
                continue
            taken += 1
    return taken


def take_same_keys(workspace_pk: int, item_pk: int, times: int) -> int:
    return take(workspace_pk, item_pk, "shared", times)


def promise(workspace_pk: int, lot_pk: int, name: str) -> str:
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        try:
            lots.reserve(Lot.objects.get(pk=lot_pk), name)
        except Refused as refusal:
            return refusal.code
        return name


def keep(workspace_pk: int, item_pk: int) -> int:
    square = {"outline": [[0, 0], [500, 0], [500, 500], [0, 500]], "rectangle": [0, 0, 500, 500]}
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        return lots.keep(Item.objects.get(pk=item_pk), **square, key="run:1", by=None).pk


def receive_and_be_killed(workspace_pk: int, order_pk: int) -> list[tuple[int, int]]:
    """Receive the two spools of an order, killed before the first thing it does to the database, then before the
    second, and so on, until it comes through. Answers [(receipts, lots) found after each time]."""
    with scope(workspace=Workspace.objects.get(pk=workspace_pk)):
        found, survived = [], False
        while not survived:
            connection.close()
            if connection.vendor == "postgresql":
                connection.close_pool()  # or the child would die in the middle of a connection of ours
            child = os.fork()
            if not child:
                _killed_before(len(found) + 1)
                came(PurchaseOrder.objects.get(pk=order_pk), 2000, key="one delivery")
                os._exit(0)
            survived = os.waitpid(child, 0)[1] == 0
            found.append((Receipt.objects.count(), Lot.objects.count()))
        came(PurchaseOrder.objects.get(pk=order_pk), 2000, key="one delivery")  # pressed again
        return [*found, (Receipt.objects.count(), Lot.objects.count())]


# Whoever dies before one of these leaves what he leaves who dies before what comes after it.
CHANGES_NOTHING = ("SELECT", "SAVEPOINT")


def _killed_before(number: int) -> None:
    """End this process with -9 when it is about to make its so-manieth statement that does something."""
    connection.ensure_connection()
    made = iter(range(1, number + 1))

    def count(execute, sql, *arguments):
        if not sql.lstrip().startswith(CHANGES_NOTHING) and next(made) == number:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, *arguments)

    connection.execute_wrappers.append(count)
