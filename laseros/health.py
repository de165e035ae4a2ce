"""/healthz: how database, worker and watcher are, for a load balancer, a container or a person. It tells no secrets.

200 while the database answers, whatever else is missing (`status` says so); 503 when it does not.
"""

import logging
import time

from django.core.cache import cache
from django.db import Error, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

log = logging.getLogger(__name__)

STARTED = time.monotonic()
START_UP = 30.0  # seconds in which a worker or watcher not yet heard of is "starting", not "down"
WORKER_SILENCE = 10.0  # the cluster says something every half second
WATCHER_SILENCE = 20.0  # the watcher every five seconds
WATCHER_KEY = "watcher-heartbeat"


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    database = "ok" if database_answers() else "down"
    worker, watcher = state_of(worker_is_alive), state_of(watcher_is_alive)
    if database == "down":
        status = "down"
    elif "down" in (worker, watcher):
        status = "degraded"
    else:
        status = "starting" if "starting" in (worker, watcher) else "ok"
    return JsonResponse(
        {"status": status, "database": database, "worker": worker, "watcher": watcher},
        status=503 if database == "down" else 200,
    )


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return cursor.fetchone() == (1,)
    except Error as error:
        log.error("the database does not answer: %s", type(error).__name__)
        connection.close()
        return False


def state_of(is_alive) -> str:
    try:
        alive = is_alive()
    except Exception as error:  # whatever the cache or the queue's server raises: not being able to tell is an answer
        log.error("%s cannot be told: %s", is_alive.__name__, type(error).__name__)
        alive = False
    if alive:
        return "ok"
    return "starting" if time.monotonic() - STARTED < START_UP else "down"


def worker_is_alive() -> bool:
    from django_q.brokers import Broker, get_broker
    from django_q.conf import Conf
    from django_q.status import Stat

    # The broker of the database queue would ask the database; what a cluster says of itself lies in the cache.
    broker = get_broker() if Conf.REDIS else Broker()
    now = timezone.now()
    return any(
        stat.status in (Conf.IDLE, Conf.WORKING) and _age(stat.timestamp, now) < WORKER_SILENCE
        for stat in Stat.get_all(broker)
    )


def _age(moment, now) -> float:
    return (now - moment).total_seconds()


def watcher_is_alive() -> bool:
    heard_at = cache.get(WATCHER_KEY)
    return heard_at is not None and time.time() - heard_at < WATCHER_SILENCE
