"""A provider that takes no money: its page offers every outcome, and it writes to us as a real one would.

For the demonstration and for tests. It speaks JSON: {"id", "type", "reference", "amount", "currency"}.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.urls import reverse

from billing.cards import signing
from billing.cards.contract import Said, Unreadable, Wanted, What

NAME = re.compile(r"[A-Za-z0-9_.:-]{1,80}")
AMOUNT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,4})?")
CURRENCY = re.compile(r"[A-Z]{3}")
SHAPES = {"id": NAME, "reference": NAME, "amount": AMOUNT, "currency": CURRENCY}


class Simulated:
    is_online = True

    def page(self, wanted: Wanted, secret: str) -> str:
        return f"{reverse('pay:simulated', args=[wanted.reference])}?{urlencode({'back': wanted.back})}"

    def read(self, headers, body: bytes, secret: str, now: float) -> Said | None:
        signing.check(headers.get(signing.HEADER, ""), body, secret, now)
        try:
            said = json.loads(body)
        except (ValueError, RecursionError):
            raise Unreadable("no JSON") from None
        if not isinstance(said, dict) or not isinstance(said.get("type"), str):
            raise Unreadable("no message")
        if said["type"] not in list(What):
            return None
        for name, shape in SHAPES.items():
            if not isinstance(said.get(name), str) or not shape.fullmatch(said[name]):
                raise Unreadable(f"no {name}")
        return Said(said["id"], What(said["type"]), said["reference"], _amount(said["amount"]), said["currency"])

    def refund(self, reference, amount, currency, key, secret) -> None:
        """There never was any money."""


def message(said: Said) -> bytes:
    """As it goes over the wire."""
    facts = {"id": said.id, "type": said.what, "reference": said.reference, "amount": str(said.amount)}
    return json.dumps({**facts, "currency": said.currency}).encode()


def _amount(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise Unreadable("no amount") from None
