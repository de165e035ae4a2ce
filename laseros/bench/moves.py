"""Moves per second of `ledger.post` beside a bare loop that does the same INSERT and UPDATE in one transaction."""

import os
import struct
import time
from decimal import Decimal

import psycopg
from django.db import connection
from django_scopes import scope

from accounts.models import Workspace
from inventory import ledger, stock
from inventory.models import Item
from laseros.bench.storm import let_go

MANY = 200
_INSERT = """
INSERT INTO inventory_move
  (workspace_id, item_id, location_id, kind, quantity, unit_cost, value, key, reason, source, at)
VALUES (%s, %s, %s, 'usage', %s, 3, -3, %s, '', '', now())
"""
_UPDATE = "UPDATE inventory_item SET on_hand = on_hand + %s WHERE id = %s AND on_hand - reserved >= %s"


def ground(workspace: Workspace) -> list[Item]:
    """Many items with more than enough of each."""
    with scope(workspace=workspace):
        items = []
        for number in range(MANY):
            item = stock.register(Item(workspace=workspace, name=f"Bench {number}", category="other", unit="pcs"), None)
            ledger.post(item, 900_000_000, "opening", key=f"bench:{item.pk}", unit_cost=3)
            items.append(item)
        return items


def measure(workspace: Workspace, seconds: float, processes: int) -> dict[str, dict[str, float]]:
    """{"one item" or "many items": {"ledger": moves per second, "bare": the same}}, the two in turn."""
    items = ground(workspace)
    found = {}
    for label, among in (("one item", items[:1]), ("many items", items)):
        rates = {"ledger": 0.0, "bare": 0.0}
        for part in range(4):  # in turn, so that a busy moment hits both
            for name, loop in (("ledger", _ledger), ("bare", _bare)):
                rates[name] += _together(loop, workspace, among, seconds / 4, processes, f"{label}:{part}") / 4
        found[label] = rates
    return found


def _together(loop, workspace, items, seconds: float, processes: int, tag: str) -> float:
    let_go()
    go_in, go = os.pipe()
    ready_in, ready = os.pipe()
    answers_in, answers = os.pipe()
    children = []
    for number in range(processes):
        child = os.fork()
        if not child:
            os.close(go)
            try:
                count = loop(workspace, items, seconds, f"{tag}:{loop.__name__}:{number}", ready, go_in)
                os.write(answers, struct.pack("d", count))
                os._exit(0)
            except BaseException:
                import traceback

                traceback.print_exc()
                os._exit(1)
        children.append(child)
    for end in (ready, answers, go_in):
        os.close(end)  # so that a child that falls is not waited for
    for _child in children:
        os.read(ready_in, 1)
    os.close(go)
    said = b"".join(iter(lambda: os.read(answers_in, 65536), b""))
    ended = [os.waitpid(child, 0)[1] for child in children]
    os.close(ready_in)
    os.close(answers_in)
    if any(ended):
        raise RuntimeError(f"a process of {tag} ended with {max(ended)}")
    return sum(struct.unpack(f"{processes}d", said))


def _ledger(workspace, items, seconds: float, name: str, ready: int, go: int) -> float:
    with scope(workspace=workspace):
        connection.ensure_connection()
        os.write(ready, b"r")
        os.read(go, 1)
        count, begun = 0, time.perf_counter()
        while (passed := time.perf_counter() - begun) < seconds:
            ledger.post(items[count % len(items)], -1, "usage", key=f"{name}:{count}")
            count += 1
        return count / passed


def _bare(workspace, items, seconds: float, name: str, ready: int, go: int) -> float:
    conf = connection.settings_dict
    link = psycopg.connect(
        host=conf["HOST"] or None, port=conf["PORT"] or None, user=conf["USER"] or None,
        password=conf["PASSWORD"] or None, dbname=conf["NAME"],
    )  # fmt: skip
    keys = [(item.pk, item.default_location_id) for item in items]
    os.write(ready, b"r")
    os.read(go, 1)
    count, begun = 0, time.perf_counter()
    with link.cursor() as cursor:
        while (passed := time.perf_counter() - begun) < seconds:
            pk, place = keys[count % len(keys)]
            quantity = Decimal(-1)
            cursor.execute(_INSERT, (workspace.pk, pk, place, quantity, f"{name}:{count}"))
            cursor.execute(_UPDATE, (quantity, pk, -quantity))
            link.commit()
            count += 1
    return count / passed
