"""The lists of stock and buying at ten thousand moves and at a million, each beside a bare view in the same minutes."""

import statistics
import time

from django.db import connection
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone
from django_scopes import scope

from accounts.models import Membership, User, Workspace
from crm import clients
from crm.models import Client
from inventory import ledger, locations, lots, stock
from inventory.models import Item, Move
from laseros.bench.pages import REFERENCE
from production.models import Job

ITEMS, LOTS = 200, 300
SMALL, LARGE = 10_000, 1_000_000
WARM_UP = 2
MODELS = ("item", "lot", "move", "reservation", "location", "stockcount", "purchaseorder", "receipt", "supplier",
          "need", "scanevent")  # fmt: skip
# Every pair of moves is nothing together: the books stay as they were, however many there are.
_MOVES = """
INSERT INTO inventory_move
  (workspace_id, item_id, location_id, kind, quantity, unit_cost, value, key, reason, source, at)
WITH RECURSIVE n(i) AS (SELECT %(first)s UNION ALL SELECT i + 1 FROM n WHERE i + 1 < %(end)s)
SELECT %(workspace)s, %(item)s + (i / 2) %% %(items)s, %(place)s, CASE WHEN i %% 2 = 0 THEN 'return' ELSE 'usage' END,
  CASE WHEN i %% 2 = 0 THEN 1 ELSE -1 END, 1, CASE WHEN i %% 2 = 0 THEN 1 ELSE -1 END, 'bench:' || i, 'bench',
  'run:' || (i / 2), %(at)s
FROM n
"""


def ground(workspace: Workspace) -> User:
    """Items, some of them in lots, promises; and a manager who looks at the lists."""
    with scope(workspace=workspace):
        for number in range(ITEMS):
            item = stock.register(Item(workspace=workspace, name=f"Bench {number:03}", category="other", price=3), None)
            ledger.post(item, 500, "opening", key=f"bench:opening:{item.pk}")
            ledger.reserve(item, 5, key=f"bench:{item.pk}", label="JB-1")
        for number in range(LOTS):
            lots.receive(item, 2, key=f"bench:lot:{number}", by=None, kind="batch")
        client = clients.register(Client(workspace=workspace, name="Bench"), None)
        Job.objects.bulk_create(  # the rows of the reference
            Job(workspace=workspace, client=client, number=f"JB-{n}", title=f"Job {n}", key=f"{n}",
                approved_at=timezone.now())
            for n in range(50)
        )  # fmt: skip
        user = User.objects.create_user(email="bench@shop.example", password=None, name="Bench")
        Membership.objects.create(workspace=workspace, user=user, role="manager")
    return user


def grow(workspace: Workspace, moves: int) -> None:
    """Until the ledger has so many lines."""
    with scope(workspace=workspace):
        first = Item.objects.order_by("pk").first()
        there = Move.objects.count()
        said = {"workspace": workspace.pk, "item": first.pk, "items": ITEMS, "at": timezone.now(),
                "place": locations.the_store(workspace.pk).pk, "first": there + there % 2, "end": moves}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, said)
        cursor.execute("ANALYZE")  # as both databases do by themselves some minutes after so much was written


def addresses(workspace: Workspace) -> dict[str, str]:
    """{name: address} of every list, the ledger of one item, and the page of one."""
    found = {name: reverse(f"admin:inventory_{name}_changelist") for name in MODELS}
    with scope(workspace=workspace):
        pk = Item.objects.order_by("pk")[ITEMS // 2].pk
    found["moves of one item"] = f"{found['move']}?item__id__exact={pk}"
    found["one item"] = reverse("admin:inventory_item_change", args=[pk])
    return found


def measure(workspace: Workspace, user: User, rounds: int) -> dict[str, tuple[float, float]]:
    """{name: (seconds on the clock, of the processor)} over the reference's, by the median of so many openings.

    The reference is opened before each page: a busy moment of the machine hits both.
    """
    browser, anybody = Browser(HTTP_HOST="localhost"), Browser(HTTP_HOST="localhost")
    browser.force_login(user, backend="accounts.backends.WorkspaceRoleBackend")
    taken = {name: [] for name in addresses(workspace)}
    for number in range(WARM_UP + rounds):
        for name, address in addresses(workspace).items():
            bare, page = _open(anybody, REFERENCE), _open(browser, address)
            if number >= WARM_UP:
                taken[name].append([mine / theirs for mine, theirs in zip(page, bare, strict=True)])
    return {name: tuple(statistics.median(clock) for clock in zip(*rows, strict=True)) for name, rows in taken.items()}


def _open(browser: Browser, address: str) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    answer = browser.get(address)
    spent = time.perf_counter() - wall, time.process_time() - cpu
    if answer.status_code != 200:
        raise AssertionError(f"{address} answered {answer.status_code}")
    return spent
