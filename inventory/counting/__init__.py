"""Stock counts: what is to be counted (`lists`), what people found (`entries`), and what differs (`differences`)."""

from inventory.counting.differences import Difference, differences, post
from inventory.counting.entries import again, by_weight, count, line_for, take_back
from inventory.counting.lists import MOST_LINES, begin, cancel, find, progress, spot_check

__all__ = [
    "MOST_LINES",
    "Difference",
    "again",
    "begin",
    "by_weight",
    "cancel",
    "count",
    "differences",
    "find",
    "line_for",
    "post",
    "progress",
    "spot_check",
    "take_back",
]
