"""The back office's pages about money: quotes, invoices, payments, rates and rules."""

from billing.admin import bank, invoices, payments, quotes, rooms_below, rules, seals

__all__ = ["bank", "invoices", "payments", "quotes", "rooms_below", "rules", "seals"]
