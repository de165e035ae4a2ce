"""Tells the web processes that something about a machine was written, where there is a way to tell them at once.

Without Redis there is none across processes, and none is needed: they look for themselves (see `machines.live`).
"""

import logging
from functools import cache

import redis
from django.conf import settings
from django.db import transaction
from django.db.models import F

from machines.models import Machine

log = logging.getLogger(__name__)

CHANNEL = "laseros:machines"


def ring_queues(machine_pks) -> None:
    """What waits for these machines has changed: pages that show it are told when this is committed.

    Until then nobody else changes those queues: it holds the machines' rows.
    """
    Machine._base_manager.filter(pk__in=machine_pks).update(queue_version=F("queue_version") + 1)
    transaction.on_commit(wake)


def wake() -> None:
    """Wake every web process. Never fails: whoever is not woken looks a little later."""
    if not settings.REDIS_URL:
        return
    try:
        _server(settings.REDIS_URL).publish(CHANNEL, b"")
    except Exception as error:
        log.warning("the bell does not ring: %s", error)


@cache
def _server(url: str) -> redis.Redis:
    """One for the process: its connections stay open, and each thread has its own."""
    return redis.Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)
