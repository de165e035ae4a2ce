"""Ground for tests of buying: a supplier who sells the shop's sheet, and what came of an order."""

from decimal import Decimal

from inventory.models import Item, PriceBreak, PurchaseLine, PurchaseOrder, Supplier, SupplierItem
from inventory.purchasing import orders, receiving, suppliers, wants
from inventory.purchasing.receiving import Arrival


def new_supplier(workspace, name="Steel & Co", **fields) -> Supplier:
    fields = {"email": "orders@steel.example", "lead_days": 5, **fields}
    return suppliers.register(Supplier(workspace=workspace, name=name, **fields), None)


def sells(supplier: Supplier, item: Item, sku="ST-3", price="1800", breaks=(), **fields) -> SupplierItem:
    """`breaks` are (packs, price)."""
    source = SupplierItem.objects.create(
        workspace=supplier.workspace, supplier=supplier, item=item, sku=sku, price=Decimal(price), **fields
    )
    for packs, less in breaks:
        PriceBreak.objects.create(workspace=supplier.workspace, supplier_item=source, packs=packs, price=Decimal(less))
    return source


def draft(source: SupplierItem, packs=10, by=None, key="test") -> PurchaseOrder:
    want = wants.Want(source.item, packs * source.pack_size, source)
    (order,) = wants.order(source.workspace, [want], key=key, by=by).orders
    return order


def sent(source: SupplierItem, packs=10, by=None, key="test") -> PurchaseOrder:
    return orders.send(draft(source, packs, by, key), by)


def came(order: PurchaseOrder, good, *, key="came", by=None, bad=0, reason="", price=None, heat="", **head):
    """Receive so much of the order's first line, in the item's unit."""
    line = PurchaseLine.objects.filter(order=order).first()
    price = None if price is None else Decimal(price)
    arrival = Arrival(line, Decimal(good), Decimal(bad), price, heat=heat, reason=reason)
    return receiving.receive(order, [arrival], key=key, by=by, **head)
