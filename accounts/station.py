"""Where a deed is done: the name of the shop tablet somebody stands at, for the log and for runs; empty elsewhere."""

from contextlib import contextmanager
from contextvars import ContextVar

LONGEST = 80
_station = ContextVar("station", default="")


def current() -> str:
    return _station.get()


@contextmanager
def standing_at(name: str):
    token = _station.set(name[:LONGEST])
    try:
        yield
    finally:
        _station.reset(token)
