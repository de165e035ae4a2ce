"""The back office's pages about money: quotes, deliveries, invoices, payments, rates and rules."""

from billing.admin import bank, deliveries, invoices, payments, quotes, reminders, rooms_below, rules, seals, statements

__all__ = ["bank", "deliveries", "invoices", "payments", "quotes", "reminders", "rooms_below", "rules", "seals",
           "statements"]  # fmt: skip
