"""What the processes of `test_at_once` do."""

from django_scopes import scope

from accounts.models import Workspace
from inventory import ledger, lots
from inventory.models import Item, Lot
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
