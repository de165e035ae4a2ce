"""Tells the web processes that something about a machine was written, where there is a way to tell them at once.

Without Redis there is none across processes, and none is needed: they look for themselves (see `machines.live`).
"""

import logging

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction
from django.db.models import F

from machines.models import Machine

log = logging.getLogger(__name__)

GROUP = "machines"


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
        async_to_sync(get_channel_layer().group_send)(GROUP, {"type": "wake"})
    except Exception as error:
        log.warning("the bell does not ring: %s", error)
