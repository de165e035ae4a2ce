"""Spools, sheets with a heat and batches: received, weighed, opened, moved, split, merged, barred, used up."""

from decimal import Decimal

import pytest

from accounts.models import Activity
from inventory import ledger, locations, lots, stock
from inventory.management.commands.check_ledger import wrong
from inventory.models import Item, Location, Lot, Material, Move, Weighing
from laseros.core.errors import Refused

pytestmark = pytest.mark.usefixtures("scoped")


@pytest.fixture
def pla(workspace):
    material = Material.objects.create(workspace=workspace, code="PLA", name="PLA", kind="filament", density_kg_m3=1240)
    item = Item(workspace=workspace, name="PLA red", category="filament", unit="g", material=material,
                price=Decimal("0.4"), diameter_mm=Decimal("1.75"))  # fmt: skip
    return stock.register(item, None)


@pytest.fixture
def rack(workspace):
    return locations.store(Location(workspace=workspace, code="R2", name="Rack 2"), None)


def spool(pla, key="a", grams=1000, **said):
    return lots.receive(pla, grams, key=key, by=None, kind="spool", tare_g=200, **said)


def sums(item):
    item = Item.objects.get(pk=item.pk)
    assert wrong(item.workspace) == []
    return item.on_hand, item.in_lots, item.reserved


def refused(code, verb, *args, **said):
    before = (Move.objects.count(), Lot.objects.count(), Activity.objects.count())
    with pytest.raises(Refused) as refusal:
        verb(*args, **said)
    assert refusal.value.code == code
    assert (Move.objects.count(), Lot.objects.count(), Activity.objects.count()) == before


def test_a_spool_comes_in_once_with_its_number_place_and_worth(pla, rack, office):
    first = lots.receive(pla, None, key="po:1", by=office, kind="spool", gross_g="1212.5", tare_g="212.5",
                         unit_cost="0.35", location=rack, source="po:1")  # fmt: skip
    assert lots.receive(pla, 500, key="po:1", by=office, kind="spool") == first
    assert (first.code, first.quantity, first.location, first.percent) == ("FIL-001", 1000, rack, 100)
    move = Move.objects.get()
    assert (move.lot, move.location, move.kind, move.value, move.source) == (first, rack, "purchase", 350, "po:1")
    assert sums(pla) == (1000, 1000, 0)
    assert first.cost == 350
    assert lots.receive(pla, 5, key="b", by=office, kind="batch").code == "BT-0001"


def test_the_scales_say_what_is_left_and_once(pla, office):
    lot = spool(pla)
    ledger.reserve(pla, 900, key="job", label="JB-1")
    first = lots.weigh(lot, 700, key="w1", by=office)
    assert (first.move.kind, first.move.quantity, first.remaining_g) == ("usage", Decimal(-500), 500)
    assert lots.weigh(lot, 250, key="w1", by=office) == first
    assert sums(pla) == (500, 500, 500)  # the promise gave way to what is there
    more = lots.weigh(lot, 720, key="w2", by=office)
    assert (more.move.kind, more.move.quantity) == ("adjustment", 20)
    assert lots.weigh(lot, 720, key="w3", by=office).move is None
    lots.weigh(lot, 200, key="w4", by=office)
    lot.refresh_from_db()
    assert (lot.quantity, lot.state, sums(pla)) == (0, "used", (0, 0, 0))
    lots.weigh(lot, 230, key="w5", by=office)  # the wrong spool was on the scales
    lot.refresh_from_db()
    assert (lot.quantity, lot.state, sums(pla)) == (30, "free", (30, 30, 30))  # promised anew
    assert Weighing.objects.count() == 5


@pytest.mark.parametrize("gross", ["-1", "nan", "1e30", "199.9", "x", None])
def test_what_no_scales_say_is_refused(pla, office, gross):
    lot = spool(pla)
    with pytest.raises(Refused):
        lots.weigh(lot, gross, key="w", by=office)
    assert (Weighing.objects.count(), sums(pla)) == (0, (1000, 1000, 0))


def test_equal_spools_count_together_and_the_open_one_goes_first(pla, office):
    full, half, third = spool(pla, "a"), spool(pla, "b", 400), spool(pla, "c", 300)
    lots.open(half, by=office)
    assert pla.lots.count() == 3
    promise = ledger.reserve(pla, 1500, key="job", label="JB-1")
    ledger.use(promise, 1000, key="run:1", source="run:1")
    taken = list(Move.objects.filter(kind="usage").order_by("id").values_list("lot__code", "quantity", "key"))
    assert taken == [(half.code, -400, "run:1"), (third.code, -300, "run:1#2"), (full.code, -300, "run:1#3")]
    assert sums(pla) == (700, 700, 500)
    ledger.use(promise, 1000, key="run:1")
    assert sums(pla) == (700, 700, 500)
    ledger.reverse(Move.objects.get(key="run:1"), key="undo:1")
    assert sums(pla) == (1700, 1700, 500)
    assert Lot.objects.get(pk=half.pk).state == "free"


def test_moved_split_and_put_together_it_stays_the_same_in_all(pla, rack, office):
    lot = spool(pla)
    move = lots.move(lot, rack, key="m", by=office)
    assert lots.move(lot, rack, key="m", by=office) == move
    part = lots.split(lot, 300, key="s", by=office)
    assert lots.split(lot, 300, key="s", by=office) == part
    assert (part.code, part.quantity, part.location, part.parent) == ("FIL-002", 300, rack, lot)
    refused("quantity", lots.split, lot, 700, key="s2", by=office)
    lots.merge([part, lot], key="g", by=office)
    lots.merge([part, lot], key="g", by=office)
    part.refresh_from_db()
    assert (part.quantity, Lot.objects.get(pk=lot.pk).state, sums(pla)) == (1000, "used", (1000, 1000, 0))
    assert Item.objects.get(pk=pla.pk).value == 400
    theirs = spool(pla, "t", owner_key="client:1", owner_label="Umgeni")
    refused("merge", lots.merge, [part, theirs], key="g2", by=office)


def test_in_quarantine_nothing_is_made_of_it(pla, office):
    lot = spool(pla)
    promise = ledger.reserve(pla, 600, key="job", label="JB-1")
    refused("why", lots.quarantine, lot, " ", office)
    lots.quarantine(lot, "wet", office)
    promise.refresh_from_db()
    assert (promise.held, promise.waiting, sums(pla)) == (0, 600, (1000, 1000, 0))
    refused("short", ledger.post, pla, -1, "usage", key="run")
    refused("quarantined", ledger.post, pla, -1, "usage", key="run", lot=lot)
    refused("state", lots.use_up, lot, key="u", by=office)
    part = lots.split(lot, 100, key="s", by=office)
    other = lots.split(lot, 50, key="s2", by=office)
    lots.merge([part, other], key="g", by=office)
    lots.merge([lot, part], key="g2", by=office)
    lots.split(lot, 100, key="s3", by=office)
    assert (Item.objects.get(pk=pla.pk).quarantined, wrong(pla.workspace)) == (1000, [])
    lots.release_quarantine(lot, office)
    promise.refresh_from_db()
    assert (promise.held, sums(pla)) == (600, (1000, 1000, 600))  # whoever waited has it again
    lots.use_up(lot, key="u", by=office)
    lots.use_up(lot, key="u", by=office)
    lot.refresh_from_db()
    assert (lot.state, sums(pla)) == ("used", (100, 100, 0))  # what is left is in quarantine


def test_a_clients_material_is_worth_nothing_and_his_alone(pla, office):
    ours = spool(pla, "a", 100)
    lot = spool(pla, "b", owner_key="client:1", owner_label="Umgeni", unit_cost=5)
    item = Item.objects.get(pk=pla.pk)
    assert (item.on_hand, item.owned, item.available, item.value, lot.cost) == (1100, 1000, 100, 40, 0)
    refused("short", ledger.reserve, pla, 101, key="x", label="JB-1")
    refused("owned", ledger.reserve, pla, 10, key="x", label="JB-1", lot=lot, owner_key="client:2")
    refused("owned", ledger.reserve, pla, 10, key="x", label="JB-1", lot=ours, owner_key="client:1")
    refused("owned", ledger.post, pla, -1, "usage", key="x", lot=lot)
    promise = ledger.reserve(pla, 600, key="job", label="JB-1", lot=lot, owner_key="client:1")
    ledger.use(promise, 250, key="run:1")
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved, sums(pla)) == (750, 350, (850, 850, 0))
    ledger.release(promise)
    lots.weigh(lot, 400, key="w", by=office)
    lot.refresh_from_db()
    assert (lot.quantity, lot.reserved, sums(pla)) == (200, 0, (300, 300, 0))
    assert Item.objects.get(pk=pla.pk).value == 40


def test_loose_stock_is_carried_from_place_to_place(shop, rack, office):
    store = shop.sheet.default_location
    said = {"source_location": store, "target_location": rack, "by": office}
    move = ledger.transfer(shop.sheet, 4, key="t", **said)
    assert ledger.transfer(shop.sheet, 4, key="t", **said) == move
    assert {row.location.code: row.quantity for row in shop.sheet.balances.all()} == {"STORE": 6, "R2": 4}
    refused("short", ledger.transfer, shop.sheet, 7, key="t2", **said)
    refused("short", ledger.post, shop.sheet, -7, "usage", key="u", location=store)
    ledger.post(shop.sheet, -7, "usage", key="u")  # wherever it is
    assert {row.location.code: row.quantity for row in shop.sheet.balances.all()} == {"STORE": 0, "R2": 3}
    assert sums(shop.sheet) == (3, 0, 0)


def test_what_is_another_business_s_is_not_there(shop, other_workspace, office):
    from django_scopes import scope

    with scope(workspace=other_workspace):
        theirs = locations.the_store(other_workspace.pk)
        item = stock.register(Item(workspace=other_workspace, name="PLA", category="filament", unit="g"), None)
        lot = lots.receive(item, 100, key="a", by=None, kind="spool")
    refused("location", ledger.post, shop.sheet, 1, "purchase", key="x", location=theirs)
    refused("location", lots.receive, shop.sheet, 1, key="x", by=office, kind="sheet", location=theirs)
    refused("lot", ledger.post, shop.sheet, -1, "usage", key="x", lot=lot)
    refused("lot", ledger.reserve, shop.sheet, 1, key="x", label="JB", lot=lot)


def test_places_lie_in_places(workspace, rack, office):
    shelf = locations.store(Location(workspace=workspace, code="R2-1", name="Shelf 1", parent=rack), office)
    assert shelf.path == "Rack 2 / Shelf 1"
    rack.name = "Rack two"
    locations.store(rack, office)
    assert Location.objects.get(pk=shelf.pk).path == "Rack two / Shelf 1"
    rack.parent = shelf
    refused("cycle", locations.store, rack, office)
    rack.refresh_from_db()
    refused("children", locations.archive, rack, office)
    refused("store", locations.archive, locations.the_store(workspace.pk), office)
    assert locations.find(workspace.pk, "r2-1") == shelf
