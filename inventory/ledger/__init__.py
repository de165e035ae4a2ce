"""The stock ledger: the only door through which quantities move.

A key posts once; a balance never falls below zero, nor below what is promised. The sum of an item's moves always equals
its balance, by location and lot as in all, and the sum of their values its value (`manage.py check_ledger` proves it).
"""

from inventory.ledger.amounts import DIGITS, MOST, STEP, cost_of, plain, quantity_of
from inventory.ledger.picking import sources
from inventory.ledger.posting import post, reverse, shift, transfer
from inventory.ledger.promising import release, reserve, use
from inventory.ledger.remaking import Changed, lock, make_room, remake, share_out

__all__ = [
    "DIGITS",
    "MOST",
    "STEP",
    "Changed",
    "cost_of",
    "lock",
    "make_room",
    "plain",
    "post",
    "quantity_of",
    "release",
    "remake",
    "reserve",
    "reverse",
    "share_out",
    "shift",
    "sources",
    "transfer",
    "use",
]
