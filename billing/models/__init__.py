from billing.models.bank import BankLine, BankStatement
from billing.models.delivery import Delivery, DeliveryLine, Parcel
from billing.models.invoice import Invoice, InvoiceLine, Kind, Treatment
from billing.models.payment import Allocation, Payment
from billing.models.quote import Quote, QuoteLine
from billing.models.rate import ExchangeRate
from billing.models.rules import ExtraOperation, GasPrice, PriceRules, QuantityBreak, TaxRate
from billing.models.seal import Seal

__all__ = [
    "Allocation",
    "BankLine",
    "BankStatement",
    "Delivery",
    "DeliveryLine",
    "ExchangeRate",
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
