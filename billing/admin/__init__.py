"""The back office's pages about money: quotes, invoices, payments, rates and rules."""

from billing.admin import invoices, payments, quotes, rooms_below, rules, seals

__all__ = ["invoices", "payments", "quotes", "rooms_below", "rules", "seals"]
