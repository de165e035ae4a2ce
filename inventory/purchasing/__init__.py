"""Buying: suppliers and what they sell, orders from draft to the goods in the rack, and how well a supplier does."""

from inventory.purchasing.expected import in_drafts, late, on_order

__all__ = ["in_drafts", "late", "on_order"]
