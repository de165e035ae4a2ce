"""The back office's pages about money: quotes, deliveries, invoices, payments, rates and rules."""

from billing.admin import (
    bank,
    books,
    cards,
    closing,
    deliveries,
    invoices,
    order_papers,
    payments,
    quotes,
    received,
    recurring,
    reminders,
    rooms_below,
    rules,
    seals,
    statements,
)

__all__ = [
    "bank",
    "books",
    "cards",
    "closing",
    "deliveries",
    "invoices",
    "order_papers",
    "payments",
    "quotes",
    "received",
    "recurring",
    "reminders",
    "rooms_below",
    "rules",
    "seals",
    "statements",
]
