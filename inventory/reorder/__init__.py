"""What to buy before it runs out: daily use, the point to order at, days left, how much; on a board and by mail."""

from inventory.reorder.needs import low, refresh, work_out

__all__ = ["low", "refresh", "work_out"]
