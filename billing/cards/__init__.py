"""Invoices paid by card: a page of a provider, its signed messages, each once, and money posted by the usual verbs."""

from billing.cards.events import settle, take
from billing.cards.paying import Offer, begin, offer
from billing.cards.refunding import refund
from billing.cards.setting_up import keep_secret, new_account

__all__ = ["Offer", "begin", "keep_secret", "new_account", "offer", "refund", "settle", "take"]
