from billing.models.invoice import Invoice, InvoiceLine
from billing.models.payment import Allocation, Payment
from billing.models.quote import Quote, QuoteLine
from billing.models.rules import ExtraOperation, GasPrice, PriceRules, QuantityBreak, TaxRate

__all__ = [
    "Allocation",
    "ExtraOperation",
    "GasPrice",
    "Invoice",
    "InvoiceLine",
    "Payment",
    "PriceRules",
    "QuantityBreak",
    "Quote",
    "QuoteLine",
    "TaxRate",
]
