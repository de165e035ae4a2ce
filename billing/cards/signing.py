"""Messages that prove who sent them: HMAC-SHA256 over the time, a point and the body, valid for five minutes.

The header says "t=1764460800,v1=<hexadecimal>". The time is signed too, so that a message that was overheard is of no
use later.
"""

import hashlib
import hmac
import re

from billing.cards.contract import NotTheirs

HEADER = "Pay-Signature"
WINDOW = 300  # seconds, into the past and, for clocks that differ, into the future
SHAPE = re.compile(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})")


def sign(body: bytes, secret: str, at: int) -> str:
    """The header's value for a body that is sent at `at`, in seconds since 1970."""
    return f"t={at},v1={_mark(body, secret, str(at))}"


def check(header: str, body: bytes, secret: str, now: float) -> None:
    """Raises `NotTheirs` unless the holder of the secret signed this body within the window."""
    found = SHAPE.fullmatch(header)
    if found is None or not secret:
        raise NotTheirs("no signature")
    at, mark = found.groups()
    if not hmac.compare_digest(mark, _mark(body, secret, at)):
        raise NotTheirs("another signature")
    if abs(now - int(at)) > WINDOW:
        raise NotTheirs("too old")


def _mark(body: bytes, secret: str, at: str) -> str:
    return hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256).hexdigest()
