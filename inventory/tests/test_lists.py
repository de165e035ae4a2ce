"""Lists of stock and buying ask the database as often for three rows as for one."""

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from inventory import counting, ledger, locations, lots, reorder, stock
from inventory.models import Item, Location, ScanEvent, StockCount
from inventory.tests.buying import came, new_supplier, sells, sent

pytestmark = pytest.mark.usefixtures("scoped")
QUERIES = {
    "item": 9, "lot": 10, "move": 7, "reservation": 8, "location": 8, "stockcount": 8, "scanevent": 7, "need": 15,
    "supplier": 8, "purchaseorder": 8, "receipt": 11,
}  # fmt: skip


def one_more(shop, number: int, by) -> None:
    """One row more on every list, each of an item, place and supplier of its own."""
    workspace, said = shop.workspace, {"by": by, "kind": "batch", "heat": f"H-{number}"}
    item = stock.register(Item(workspace=workspace, name=f"Bolt {number}", material=shop.material, minimum=900), None)
    place = locations.store(Location(workspace=workspace, code=f"R{number}", name=f"Shelf {number}"), None)
    lot = lots.receive(item, 30, key=f"lot:{number}", location=place, **said)
    ledger.reserve(item, 5, key=f"promise:{number}", label=f"JB-{number}", by=by, lot=lot)
    counting.begin(StockCount(workspace=workspace, location=place), by)
    order = sent(sells(new_supplier(workspace, f"Supplier {number}"), item), by=by, key=f"order:{number}")
    came(order, Decimal(3), key=f"came:{number}", by=by)
    ScanEvent.objects.create(
        workspace=workspace, key=f"event-{number}", kind="weigh", code=lot.code, lot=lot, by=by, state="conflict",
        at=timezone.now(), said_at=timezone.now(),
    )  # fmt: skip
    reorder.refresh(workspace, [item])


def test_stock_and_buying_ask_as_often_for_three_rows_as_for_one(shop, office, log_in, django_assert_num_queries):
    browser = log_in(office)
    one_more(shop, 1, office)
    for model in QUERIES:
        browser.get(reverse(f"admin:inventory_{model}_changelist"))  # what is asked once for a session or a process
    for rows in (1, 3):
        if rows == 3:
            one_more(shop, 2, office)
            one_more(shop, 3, office)
        for model, count in QUERIES.items():
            address = reverse(f"admin:inventory_{model}_changelist")
            with django_assert_num_queries(count, info=f"{model}, {rows} rows"):
                page = browser.get(address)
            assert len(page.context["cl"].result_list) >= rows
