from inventory.models.count import CountEntry, CountLine, StockCount
from inventory.models.item import Item, Material
from inventory.models.labels import LabelSize
from inventory.models.ledger import Move, Reservation
from inventory.models.location import Balance, Location
from inventory.models.lot import Lot, Weighing
from inventory.models.purchase import PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from inventory.models.reorder import Need, ReorderRules
from inventory.models.scan import ScanEvent
from inventory.models.supplier import PriceBreak, Supplier, SupplierContact, SupplierItem

__all__ = [
    "Balance",
    "CountEntry",
    "CountLine",
    "Item",
    "LabelSize",
    "Location",
    "Lot",
    "Material",
    "Move",
    "Need",
    "PriceBreak",
    "PurchaseLine",
    "PurchaseOrder",
    "Receipt",
    "ReceiptLine",
    "ReorderRules",
    "Reservation",
    "ScanEvent",
    "StockCount",
    "Supplier",
    "SupplierContact",
    "SupplierItem",
    "Weighing",
]
