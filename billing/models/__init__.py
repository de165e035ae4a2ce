from billing.models.delivery import Delivery, DeliveryLine, Parcel
from billing.models.invoice import Invoice, InvoiceLine, Kind, Treatment
from billing.models.payment import Allocation, Payment
from billing.models.quote import Quote, QuoteLine
from billing.models.rules import ExtraOperation, GasPrice, PriceRules, QuantityBreak, TaxRate
from billing.models.seal import Seal

__all__ = [
    "Allocation",
    "Delivery",
    "DeliveryLine",
    "ExtraOperation",
    "GasPrice",
    "Invoice",
    "InvoiceLine",
    "Kind",
    "Parcel",
    "Payment",
    "PriceRules",
    "QuantityBreak",
    "Quote",
    "QuoteLine",
    "Seal",
    "TaxRate",
    "Treatment",
]
