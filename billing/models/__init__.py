from billing.models.bank import BankLine, BankStatement
from billing.models.books import BooksRules, Debtor, Interest, rules_of
from billing.models.card import PaymentAttempt, ProviderAccount, ProviderEvent
from billing.models.closing import Archive, PeriodClose
from billing.models.delivery import Delivery, DeliveryLine, Parcel
from billing.models.invoice import Invoice, InvoiceLine, Kind, Treatment
from billing.models.order_paper import OrderPaper
from billing.models.payment import Allocation, Payment
from billing.models.quote import LineRole, Quote, QuoteLine
from billing.models.rate import ExchangeRate
from billing.models.received import ReceivedInvoice, Settlement
from billing.models.recurring import RecurringInvoice, RecurringLine, RecurringTurn
from billing.models.reminding import AccountStatement, Reminder, ReminderHold
from billing.models.rules import ExtraOperation, GasPrice, PriceRules, QuantityBreak, TaxRate
from billing.models.seal import Seal

__all__ = [
    "AccountStatement",
    "Allocation",
    "Archive",
    "BankLine",
    "BankStatement",
    "BooksRules",
    "Debtor",
    "Delivery",
    "DeliveryLine",
    "ExchangeRate",
    "ExtraOperation",
    "GasPrice",
    "Interest",
    "Invoice",
    "InvoiceLine",
    "Kind",
    "LineRole",
    "OrderPaper",
    "Parcel",
    "Payment",
    "PaymentAttempt",
    "PeriodClose",
    "PriceRules",
    "ProviderAccount",
    "ProviderEvent",
    "QuantityBreak",
    "Quote",
    "QuoteLine",
    "ReceivedInvoice",
    "RecurringInvoice",
    "RecurringLine",
    "RecurringTurn",
    "Reminder",
    "ReminderHold",
    "Seal",
    "Settlement",
    "TaxRate",
    "Treatment",
    "rules_of",
]
