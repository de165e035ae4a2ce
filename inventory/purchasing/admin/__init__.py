from inventory.purchasing.admin.orders import PurchaseOrderAdmin
from inventory.purchasing.admin.receipts import ReceiptAdmin
from inventory.purchasing.admin.suppliers import SupplierAdmin, SupplierItemAdmin

__all__ = ["PurchaseOrderAdmin", "ReceiptAdmin", "SupplierAdmin", "SupplierItemAdmin"]
