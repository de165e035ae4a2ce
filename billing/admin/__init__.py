"""The back office's pages about money: quotes, deliveries, invoices, payments, rates and rules."""

from billing.admin import bank, deliveries, invoices, payments, quotes, rooms_below, rules, seals

__all__ = ["bank", "deliveries", "invoices", "payments", "quotes", "rooms_below", "rules", "seals"]
