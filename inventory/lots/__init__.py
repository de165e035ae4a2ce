"""Verbs about lots: what can be told from the rest of an item's stock."""

from inventory.lots.amounts import like, merge, split, use_up, weigh
from inventory.lots.arriving import receive
from inventory.lots.handling import change_owner, dry, move, open, quarantine, release_quarantine
from inventory.lots.remnants import area_of, free_of, keep, release, reserve, scrap, share_of

__all__ = [
    "area_of",
    "change_owner",
    "dry",
    "free_of",
    "keep",
    "like",
    "merge",
    "move",
    "open",
    "quarantine",
    "receive",
    "release",
    "release_quarantine",
    "reserve",
    "scrap",
    "share_of",
    "split",
    "use_up",
    "weigh",
]
