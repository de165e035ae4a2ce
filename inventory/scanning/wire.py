"""What a device sends: a batch of events with ids and times, checked before anything is done with it."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from inventory.scanning import registry
from laseros.core.errors import Refused

MOST_EVENTS, MOST_BYTES = 200, 256 * 1024
# What belongs to each kind, beside the code.
FIELDS = {
    "weigh": {"gross_g", "tare_g"},
    "move": {"place", "from", "quantity"},
    "open": set(),
    "use_up": set(),
    "count": {"count", "quantity", "gross_g", "place", "there"},
    "undo": {"of"},
}
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
LONGEST_VALUE = 300
NO_SKEW = timedelta(seconds=2)


@dataclass(frozen=True)
class Said:
    """One event as it was sent; `at` by our clock, `said_at` by the device's."""

    key: str
    kind: str
    code: str
    data: dict
    at: datetime
    said_at: datetime


@dataclass(frozen=True)
class Unreadable:
    """An event that says nothing that could be done; its id goes back with the reason."""

    key: str
    reason: str


def read(body: bytes, received: datetime | None = None) -> list[Said | Unreadable]:
    """The events of a batch in their order. Raises `Refused` ("batch") for what is none.

    The device's clock may be wrong by any amount: it says what it shows now, and every time is moved by the difference.
    """
    received = received or timezone.now()
    try:
        said = json.loads(body) if len(body) <= MOST_BYTES else None
        events, now = said["events"], _moment(said["now"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Refused(_("This is no batch of scans."), code="batch") from None
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise Refused(_("At most %(most)s scans at a time.") % {"most": MOST_EVENTS}, code="batch")
    skew = received - now
    return [_event(each, skew if abs(skew) > NO_SKEW else timedelta(0), received) for each in events]


def _moment(text) -> datetime:
    found = parse_datetime(text)
    if found is None or timezone.is_naive(found) or not 2000 < found.year < 2200:
        raise ValueError(text)
    return found


def _fields(kind: str) -> set[str] | frozenset[str]:
    deed = registry.of(kind)
    return FIELDS[kind] if deed is None else deed.fields


def _event(said, skew: timedelta, received: datetime) -> Said | Unreadable:
    key = said.get("id") if isinstance(said, dict) else None
    if not isinstance(key, str) or not _ID.fullmatch(key):
        return Unreadable(str(key)[:64], _("This scan has no id."))
    kind, code, data = said.get("kind"), said.get("code"), said.get("data", {})
    known = isinstance(kind, str) and registry.is_known(kind)
    if not known or not isinstance(code, str) or not isinstance(data, dict) or len(code) > LONGEST_VALUE:
        return Unreadable(key, _("This scan cannot be understood."))
    values = {name: value for name, value in data.items() if name in _fields(kind)}
    if any(
        not isinstance(value, str | int | float | bool) or len(str(value)) > LONGEST_VALUE for value in values.values()
    ):
        return Unreadable(key, _("This scan cannot be understood."))
    try:
        said_at = _moment(said.get("at"))
    except (ValueError, TypeError):
        return Unreadable(key, _("This scan has no time."))
    plain = {name: value if isinstance(value, bool | int) else str(value) for name, value in values.items()}
    clean = "".join(letter for letter in code if letter.isprintable())
    return Said(key, kind, clean, plain, min(said_at + skew, received), said_at)
