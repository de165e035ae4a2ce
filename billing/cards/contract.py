"""What a provider of card payments does for us. Nothing here knows Django, the books or any provider in particular.

Amounts are Decimals in the unit of the currency (12.30, never cents), currencies three capital letters. A reference is
ours, made for one attempt to pay, and comes back in every message about it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class What(StrEnum):
    PAID = "paid"
    FAILED = "failed"
    REFUNDED = "refunded"


@dataclass(frozen=True)
class Wanted:
    """A payment somebody is about to make; `back` is the page of ours they return to."""

    reference: str
    amount: Decimal
    currency: str
    title: str
    back: str


@dataclass(frozen=True)
class Said:
    """A message of a provider. `id` is theirs and the same when they send it again. The amount of a refund is all that
    has gone back so far, so that nothing is booked twice in whatever order they come."""

    id: str
    what: What
    reference: str
    amount: Decimal
    currency: str


class NotTheirs(Exception):
    """The signature is missing, wrong or too old."""


class Unreadable(Exception):
    """It is signed, and still no message as agreed."""


class Provider(Protocol):
    is_online: bool

    def page(self, wanted: Wanted, secret: str) -> str:
        """The address of the page where it is paid. The same reference again answers the same payment."""

    def read(self, headers: Mapping[str, str], body: bytes, secret: str, now: float) -> Said | None:
        """What a message says; None for one that is not about money. Raises `NotTheirs` and `Unreadable`."""

    def refund(self, reference: str, amount: Decimal, currency: str, key: str, secret: str) -> None:
        """Give so much of it back to the card, once for a key. Raises `OSError` where they cannot be reached."""
