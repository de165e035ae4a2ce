"""One at a time, across processes, without holding a transaction open: for work that takes long and is then stored.

Whoever waits here does no work that would be thrown away. Nothing is right because of it: what is stored is checked
again when it is stored. A process that dies gives its turn back, since the lock goes with its file or its connection.
"""

import fcntl
import zlib
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection


@contextmanager
def turn(name: str):
    """Wait for the turn called `name`. Inside a transaction there is no waiting: the database's own locks decide."""
    if connection.in_atomic_block:
        yield
        return
    with _advisory(name) if connection.vendor == "postgresql" else _file(name):
        yield


@contextmanager
def _advisory(name: str):
    key = zlib.crc32(name.encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def _file(name: str):
    """SQLite is one computer's: so is a lock on a file."""
    folder = Path(settings.DATA_DIR) / "turns"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{zlib.crc32(name.encode()):08x}", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
