"""Buying in the demo: suppliers with lists, orders that came in time, late or damaged, one under way, one draft."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from inventory.models import Item, Need, PriceBreak, PurchaseLine, PurchaseOrder, Receipt, Supplier, SupplierContact
from inventory.models import SupplierItem as Source
from inventory.purchasing import orders, receiving, suppliers, wants
from inventory.purchasing.receiving import Arrival
from inventory.reorder import ordering, work_out
from laseros.demo.ground import Business

# name, e-mail, who, days, rating, terms; then what of theirs: (words in the item's name, their number, pack, mark-up %)
UMLAZI = (
    (("Coastal Steel Supplies", "orders@coastal-steel.example", "Sibusiso Khumalo", 5, 4, "30 days net"),
     (("Mild steel", "CSS-MS", 1, 0), ("Stainless", "CSS-304", 1, 4), ("Aluminium", "CSS-AL", 1, 0))),
    (("Highveld Metals", "sales@highveld-metals.example", "Marietjie Botha", 9, 3, "Cash with order"),
     (("Stainless", "HV-304", 1, -3), ("Aluminium", "HV-5754", 1, 5))),
    (("Port Gases & Consumables", "", "Counter", 2, 5, ""),
     (("Oxygen", "O2-50L", 1, 0), ("Nitrogen", "N2-50L", 1, 0), ("nozzle", "NZ-15", 5, 0), ("lens", "PL-37", 2, 0))),
)  # fmt: skip
FADENWERK = (
    (("Filamentwerk Nord GmbH", "bestellung@filamentwerk.example", "Jana Petersen", 4, 5, "14 Tage netto"),
     (("PLA", "FN-PLA", 1000, 0), ("PETG", "FN-PETG", 1000, 0))),
    (("Technische Kunststoffe Adler", "vertrieb@tk-adler.example", "Herr Adler", 8, 3, "Ab 200 € frei Haus"),
     (("ASA", "TKA-ASA", 750, 0), ("PETG", "TKA-PETG", 750, 6))),
    (("Schrauben Liebig", "", "Theke", 2, 4, ""),
     (("screw", "M3X10", 200, 0), ("Nozzle", "MK8-04", 5, 0), ("box", "KARTON-M", 20, 0))),
)  # fmt: skip


def make(business: Business) -> None:
    """Run after the history is in the books: stock, numbers and dates are those of today."""
    table = UMLAZI if business.is_laser else FADENWERK
    sold = [_supplier(business, who, what) for who, what in table]
    by = business.people["office"]
    first = [source for sources in sold for source in sources[:1]]
    for number, (source, days, late, bad) in enumerate(
        ((first[0], 75, 0, 0), (first[1], 60, 4, 0), (first[0], 40, -1, 1), (first[2], 20, 0, 0))
    ):
        _came(business, source, number, days, late, bad, by)
    _under_way(business, sold[0][-1], by)
    work_out(business.workspace)
    # One draft waits for the office; the rest stays on the board.
    low = Need.objects.filter(is_low=True).exclude(source=None).order_by("id")
    if low:
        ordering.order(business.workspace, Need.objects.filter(pk=low[0].pk), key="demo", by=by)


def _supplier(business: Business, who, what) -> list[Source]:
    name, email, person, days, rating, terms = who
    workspace = business.workspace
    supplier = suppliers.register(
        Supplier(workspace=workspace, name=name, email=email, lead_days=days, rating=rating, terms=terms,
                 country=workspace.country, customer_number=f"K{1000 + rating * 77}"),
        business.people["manager"],
    )  # fmt: skip
    SupplierContact.objects.create(workspace=workspace, supplier=supplier, name=person, email=email)
    found = []
    for words, sku, pack, percent in what:
        for item in Item.objects.filter(name__contains=words, archived_at=None).order_by("id"):
            price = (item.price * pack * (100 + percent) / 100).quantize(Decimal("0.01"))
            source = Source.objects.create(
                workspace=workspace, supplier=supplier, item=item, sku=f"{sku}-{item.pk:03d}", pack_size=pack,
                price=price, preferred=percent == 0 and not item.suppliers.filter(preferred=True).exists(),
            )  # fmt: skip
            if pack == 1:
                less = (price * Decimal("0.95")).quantize(Decimal("0.01"))
                PriceBreak.objects.create(workspace=workspace, supplier_item=source, packs=10, price=less)
            found.append(source)
    return found


def _sent(business: Business, source: Source, packs: int, key: str, by) -> PurchaseOrder:
    want = wants.Want(source.item, packs * source.pack_size, source)
    (order,) = wants.order(business.workspace, [want], key=key, by=by, less_drafts=False).orders
    return orders.send(order, by, by_mail=bool(source.supplier.email))


def _came(business: Business, source: Source, number: int, days: int, late: int, bad: int, by) -> None:
    """Ordered so many days ago; it came so many days after its day, some of it damaged."""
    order = _sent(business, source, 4, f"demo:{number}", by)
    ordered_on = timezone.localdate() - timedelta(days=days)
    expected = ordered_on + timedelta(days=source.supplier.lead_days)
    PurchaseLine.objects.filter(order=order).update(expected_on=expected)
    line, size = order.lines.get(), source.pack_size
    price = line.unit_price * (100 + 2 * number) / 100
    arrival = Arrival(
        line, (4 - bad) * size, bad * size, price.quantize(Decimal("0.01")),
        heat=f"H-{4700 + number}" if business.is_laser and source.item.category == "sheet" else "",
        reason="edge bent in transit" if bad else "",
    )  # fmt: skip
    receipt = receiving.receive(
        order, [arrival], key=f"demo:{number}", by=by, delivery_note=f"DN {5100 + number}",
        received_on=expected + timedelta(days=late),
    )  # fmt: skip
    if bad:
        orders.close(order, by, why="credited, not replaced")
        row = receipt.lines.get(state="aside")
        receiving.send_back(row, row.quantity, key="demo", by=by, reason=row.reason)
    then = timezone.now() - timedelta(days=days)
    PurchaseOrder.objects.filter(pk=order.pk).update(created_at=then, sent_at=then, expected_on=expected)
    Receipt.objects.filter(pk=receipt.pk).update(created_at=then + timedelta(days=source.supplier.lead_days + late))


def _under_way(business: Business, source: Source, by) -> None:
    """Half of it is here, the rest is late."""
    order = _sent(business, source, 6, "demo:under way", by)
    line = order.lines.get()
    receiving.receive(order, [Arrival(line, 2 * source.pack_size)], key="demo:half", by=by, delivery_note="DN 5200")
    day = timezone.localdate() - timedelta(days=2)
    PurchaseLine.objects.filter(pk=line.pk).update(expected_on=day)
    PurchaseOrder.objects.filter(pk=order.pk).update(expected_on=day, sent_at=timezone.now() - timedelta(days=9))
