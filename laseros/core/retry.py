"""A verb at the edge tries again when the database let somebody else go first.

On SQLite a writer can still find the file locked after its timeout; on PostgreSQL two transactions can wait for each
other, and one of them is undone. Inside somebody else's transaction nothing can be tried again: they do.
"""

import functools
import random
import time

from django.db import OperationalError, connection

AGAIN = ("locked", "deadlock detected")
ATTEMPTS = 4


def retried(verb):
    @functools.wraps(verb)
    def call(*args, **kwargs):
        if connection.in_atomic_block:
            return verb(*args, **kwargs)
        for attempt in range(ATTEMPTS):
            try:
                return verb(*args, **kwargs)
            except OperationalError as error:
                if attempt == ATTEMPTS - 1 or not any(word in str(error) for word in AGAIN):
                    raise
            time.sleep(0.05 * (attempt + random.random()))  # noqa: S311

    return call
