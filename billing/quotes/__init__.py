"""Verbs about quotes: drawing one up, pricing it, sending it, and what becomes of it."""

from billing.quotes.choosing import choose, tried
from billing.quotes.deciding import accept, decline, expire, expire_due, is_past
from billing.quotes.drafting import (
    change_lines,
    draft_of,
    draw_up,
    duplicate,
    follow,
    has_typed_prices,
    open_draft,
    reprice,
    switch_prices,
    total,
)
from billing.quotes.offers import asked, chosen, ordered
from billing.quotes.offers import of as offers_of
from billing.quotes.revising import REVISED, revise
from billing.quotes.sending import link, send, withdraw

__all__ = [
    "REVISED",
    "accept",
    "asked",
    "change_lines",
    "choose",
    "chosen",
    "decline",
    "draft_of",
    "draw_up",
    "duplicate",
    "expire",
    "expire_due",
    "follow",
    "has_typed_prices",
    "is_past",
    "link",
    "offers_of",
    "open_draft",
    "ordered",
    "reprice",
    "revise",
    "send",
    "switch_prices",
    "total",
    "tried",
    "withdraw",
]
