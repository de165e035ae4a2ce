"""Many processes at one stock, some of them killed in the middle: what the books say afterwards has to be right.

Each process does, again and again, one of the things people do to stock, chosen by its name and the number of the deed.
Whoever is killed is followed by one of the same name that begins a few deeds earlier: those are said a second time.
"""

import mmap
import os
import random
import signal
import struct
import time
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import connection, connections
from django_scopes import scope

from accounts.models import Workspace
from inventory import ledger, locations, lots, stock
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Location, Lot, Move, Reservation
from laseros.core.errors import Refused

AGAIN = 3  # deeds of the one before that are said again


@dataclass
class Outcome:
    """`done` and `refused` deeds, processes `killed`; what went `wrong`, as sentences: none, or the books lie."""

    done: int = 0
    refused: int = 0
    killed: int = 0
    moves: int = 0
    wrong: list[str] = field(default_factory=list)


def ground(workspace: Workspace) -> None:
    """Three items, one of them in spools, and three places."""
    with scope(workspace=workspace):
        for number in range(2):
            locations.store(Location(workspace=workspace, code=f"S{number}", name=f"Shelf {number}"), None)
        for number in range(3):
            unit = "g" if number == 2 else "pcs"
            item = stock.register(
                Item(workspace=workspace, name=f"Storm {number}", category="other", unit=unit, price=3), None
            )
            ledger.post(item, 500, "opening", key=f"storm:{item.pk}")
            for spool in range(3 if number == 2 else 0):
                lots.receive(item, 300, key=f"storm:{item.pk}:{spool}", by=None, kind="spool", tare_g=200)


def storm(workspace_pk: int, seconds: float, processes: int = 16, kills_per_second: float = 2) -> dict:
    """Let it blow for a while; answers an `Outcome` as a dict."""
    let_go()
    counts = mmap.mmap(-1, 24 * processes)  # deeds begun, done, refused; shared with the children
    over = mmap.mmap(-1, 1)  # by the parent's word, so that a busy machine has its deeds and its dead all the same
    children = {_start(workspace_pk, name, counts, over): name for name in range(processes)}
    outcome, chance = Outcome(), random.Random(7)  # noqa: S311
    for _victim in range(max(int(seconds * kills_per_second), 1)):
        time.sleep(1 / kills_per_second)
        victim = chance.choice(list(children))
        name = children.pop(victim)
        os.kill(victim, signal.SIGKILL)
        os.waitpid(victim, 0)
        outcome.killed += 1
        children[_start(workspace_pk, name, counts, over)] = name
    over[0] = 1
    for child in children:
        _pid, status = os.waitpid(child, 0)
        if status:
            outcome.wrong.append(f"process {children[child]} ended with {status}")
    for name in range(processes):
        _begun, done, refused = struct.unpack_from("QQQ", counts, 24 * name)
        outcome.done += done
        outcome.refused += refused
    workspace = Workspace.objects.get(pk=workspace_pk)
    with scope(workspace=workspace):
        outcome.wrong += wrong(workspace)
        keys = Counter(Move.objects.values_list("key", flat=True))
        outcome.moves = sum(keys.values())
        outcome.wrong += [f"{key} was posted {times} times" for key, times in keys.items() if times > 1]
    return vars(outcome)


def let_go() -> None:
    """Leave the database before forking: a connection, or a pool of them, belongs to one process."""
    connections.close_all()
    if connection.vendor == "postgresql":
        connection.close_pool()


def _start(workspace_pk: int, name: int, counts, over) -> int:
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        _work(workspace_pk, name, counts, over)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _work(workspace_pk: int, name: int, counts, over) -> None:
    workspace = Workspace.objects.get(pk=workspace_pk)
    begun, done, refused = struct.unpack_from("QQQ", counts, 24 * name)
    number = max(begun - AGAIN, 0)
    with scope(workspace=workspace):
        items = list(Item.objects.filter(name__startswith="Storm").select_related("workspace").order_by("pk"))
        places = list(Location.objects.order_by("pk"))
        while not over[0]:
            struct.pack_into("Q", counts, 24 * name, number + 1)
            try:
                _deed(random.Random(f"{name}:{number}"), f"{name}:{number}", items, places)  # noqa: S311
                done += 1
            except Refused:
                refused += 1
            struct.pack_into("QQ", counts, 24 * name + 8, done, refused)
            number += 1


def _deed(chance: random.Random, key: str, items, places) -> None:
    item = chance.choice(items)
    amount = Decimal(chance.randint(1, 80_000)) / 1000
    what = chance.choice(("take", "take", "return", "reserve", "use", "release", "carry", "lot"))
    if what == "take":
        ledger.post(item, -amount, "usage", key=key)
    elif what == "return":
        ledger.post(item, amount / 2, "return", key=key, location=chance.choice(places))
    elif what == "reserve":
        waits = chance.random() < 0.3
        ledger.reserve(
            item, amount, key=key, label=key, despite="storm" if waits else "", priority=chance.randint(0, 2)
        )
    elif what in ("use", "release"):
        promise = Reservation.objects.filter(item=item, state="active").select_related("item").order_by("?").first()
        if promise is not None and what == "use":
            ledger.use(promise, min(amount, promise.quantity), key=key)
        elif promise is not None:
            ledger.release(promise)
    elif what == "carry":
        source, target = chance.sample(places, 2)
        ledger.transfer(item, amount, source_location=source, target_location=target, key=key, by=None)
    else:
        _lot(chance, key, items[-1], places, amount)


def _lot(chance: random.Random, key: str, item, places, amount) -> None:
    rows = list(Lot.objects.filter(item=item, state__in=("free", "quarantined")).select_related("item").order_by("pk"))
    what = chance.choice(("receive", "weigh", "split", "merge", "move", "bar", "use up"))
    if what == "receive" or not rows:
        lots.receive(item, amount * 2, key=key, by=None, kind="spool", tare_g=200)
        return
    lot = chance.choice(rows)
    if what == "weigh":
        lots.weigh(lot, 200 + chance.randint(0, 300), key=key, by=None)
    elif what == "split":
        lots.split(lot, amount, key=key, by=None)
    elif what == "merge":
        lots.merge([lot, chance.choice(rows)], key=key, by=None)
    elif what == "move":
        lots.move(lot, chance.choice(places), key=key, by=None)
    elif what == "use up":
        lots.use_up(lot, key=key, by=None)
    elif lot.state == "quarantined":
        lots.release_quarantine(lot, None)
    else:
        lots.quarantine(lot, "storm", None)
