"""The stores of the demo: lots with a past, material of a client, a count going on, a scan that needs a person."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from crm.models import Client
from inventory import counting, ledger, locations, lots
from inventory.lots.grams import grams_of
from inventory.models import CountLine, Item, Location, Lot, StockCount
from inventory.scanning import events
from inventory.scanning.wire import Said
from laseros.demo.ground import Business
from production import client_material

REEL_G = 230
# What the scales said of each spool, days ago and in parts of a full one: opened, dried, used; the last is used up.
SPOOLS = (
    ((30, "1"), (21, "0.62"), (12, "0.41"), (3, "0.18")),
    ((16, "1"), (9, "0.74"), (2, "0.55")),
    ((5, "1"),),
    ((40, "1"), (28, "0.4"), (19, "0")),
)


def make(business: Business) -> None:
    """Run before the machines are started: what they are promised is not touched."""
    shelf, rack = _places(business)
    found = _spools(business, shelf) if not business.is_laser else _sheets(business, rack)
    _count_under_way(business, found, shelf if not business.is_laser else rack)
    _late_scan(business, found[1])


def _places(business: Business) -> list[Location]:
    german = business.workspace.language == "de"
    names = (("S1", "Spulenregal" if german else "Spool shelf"), ("R1", "Blechregal" if german else "Sheet rack"))
    rows = [Location(workspace=business.workspace, code=code, name=name) for code, name in names]
    return [locations.store(row, business.people["manager"]) for row in rows]


def _spools(business: Business, shelf: Location) -> list[Lot]:
    """Weighed every few days, as whoever changes them does."""
    by, items = business.people["operator"], Item.objects.filter(category="filament", unit="g").order_by("pk")
    found = []
    for number, (item, readings) in enumerate(zip(items, SPOOLS, strict=False)):
        full, days = item.pack_size or Decimal(1000), readings[0][0]
        came = timezone.now() - timedelta(days=days)
        lot = lots.receive(
            item, full, kind="spool", key=f"demo:spool:{number}", by=by, location=shelf, tare_g=REEL_G, at=came,
            unit_cost=item.price,
        )  # fmt: skip
        for reading, (ago, left) in enumerate(readings[1:]):
            at = timezone.now() - timedelta(days=ago)
            if not reading:
                lots.dry(lot, by=by, at=at - timedelta(hours=6))
                lots.open(lot, by=by, at=at)
            gross = REEL_G + full * Decimal(left) * grams_of(item)
            lots.weigh(lot, gross, key=f"demo:weigh:{number}:{ago}", by=by, at=at)
        found.append(Lot.objects.get(pk=lot.pk))
    return found


def _sheets(business: Business, rack: Location) -> list[Lot]:
    """Sheets with a heat number from a mill, and two that a client brought for his jobs."""
    by, items = business.people["operator"], list(Item.objects.filter(category="sheet").order_by("pk")[:2])
    found = [
        lots.receive(
            item, 3, kind="sheet", key=f"demo:heat:{number}", by=by, location=rack, heat=f"H{4711 + number}",
            unit_cost=item.price, at=timezone.now() - timedelta(days=8 + number),
        )
        for number, item in enumerate(items)
    ]  # fmt: skip
    client = Client.objects.order_by("pk").first()
    client_material.receive(client, items[0], 2, key="demo:client", by=by, kind="sheet", location=rack, heat="H9001")
    return found


def _count_under_way(business: Business, found: list[Lot], place: Location) -> None:
    """Half of it counted, one of that with a difference."""
    by = business.people["operator"]
    count = counting.begin(StockCount(workspace=business.workspace, location=place), business.people["office"])
    for number, lot in enumerate(lot for lot in found[:2] if lot.quantity):
        line = CountLine.objects.get(count=count, lot=lot)
        less = Decimal(0) if number else (lot.quantity / 10).quantize(ledger.STEP)
        counting.count(line, lot.quantity - less, key=f"demo:count:{lot.pk}", by=by)


def _late_scan(business: Business, lot: Lot) -> None:
    """Said two hours ago without a network; meanwhile somebody else has used of it."""
    done = timezone.now() - timedelta(hours=2)
    ledger.post(lot.item, -(lot.quantity / 20).quantize(ledger.STEP), "usage", key="demo:meanwhile", lot=lot,
                by=business.people["manager"], reason=lot.code)  # fmt: skip
    said = Said("demo-late-scan", "use_up", lot.code, {}, done, done)
    events.take(said, business.workspace, business.people["operator"])
