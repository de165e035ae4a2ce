"""Background work: queued on commit with primary keys only, run in the workspace's scope, retried, given up visibly.

A task is a function `(*arguments)` registered with `@task(_("measure a drawing"))`. It may run twice (the queue
delivers at least once), so it must be one that can.
"""

import logging
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from django.utils.translation import gettext
from django_scopes import scope, scopes_disabled

from accounts import activity
from accounts.models import BackgroundTask
from accounts.models.work import LIFE
from laseros.core.errors import Refused

log = logging.getLogger(__name__)

TRIES = 4
WAITS = (5, 30, 120)  # seconds before the second, third and fourth try
LOST_AFTER = timedelta(minutes=4)  # longer than a task may take, and than a wait between two tries

_registry: dict[str, Callable] = {}


def task(name: str):
    """Register a function as background work under a name people can read, marked with `gettext_noop`."""

    def register(function):
        if name in _registry and _registry[name].__qualname__ != function.__qualname__:
            raise ValueError(f"two tasks are called {name!r}")
        _registry[name] = function
        function.task_name = name
        return function

    return register


def registered() -> list[str]:
    """The names of all the work there is."""
    return list(_registry)


def queue(function: Callable, workspace, *arguments, subject="", by=None) -> BackgroundTask:
    """Queue a registered task for when the current transaction has committed."""
    row = BackgroundTask.objects.create(
        workspace=workspace,
        name=function.task_name,
        subject=str(subject)[:200],
        arguments=list(arguments),
        by=by if getattr(by, "pk", None) else None,
    )
    transaction.on_commit(lambda: _hand_over(row.pk))
    return row


def retry(row: BackgroundTask, by) -> None:
    """A person asks for a failed task to be tried again."""
    with transaction.atomic():
        LIFE.move(row, "retry", tries=0, error="", finished_at=None)
        activity.record("retried", row, by)
        transaction.on_commit(lambda: _hand_over(row.pk))


def perform(pk: int) -> None:
    """Run one task: the queue's only entry point."""
    with scopes_disabled():
        row = BackgroundTask.objects.select_related("workspace", "by").filter(pk=pk).first()
    if row is None or not LIFE.try_move(row, "take", started_at=timezone.now(), tries=row.tries + 1):
        return  # done already, by whoever had it before
    with scope(workspace=row.workspace), translation.override(row.workspace.language):
        try:
            _registry[row.name](*row.arguments)
        except Exception as error:
            _fail(row, error)
        else:
            LIFE.try_move(row, "finish", finished_at=timezone.now(), error="")


def hand_over_lost() -> int:
    """Hand over again what went down with a worker, or with the process that was about to hand it over; how many.

    Redis gives a task out only once. While the queue still holds work nothing is done: what waits there is not lost.
    Harmless when it was not lost after all: whoever comes second does nothing.
    """
    from django_q.brokers import get_broker

    if get_broker().queue_size():
        return 0
    with scopes_disabled():
        since = Coalesce("started_at", "queued_at")
        open_tasks = BackgroundTask.objects.filter(state__in=("waiting", "running")).annotate(since=since)
        lost = list(open_tasks.filter(since__lt=timezone.now() - LOST_AFTER).order_by("id")[:500])
    for row in lost:
        if row.tries < TRIES:
            _hand_over(row.pk)
        else:
            with translation.override(row.workspace.language):
                _give_up(row, gettext("The worker ended before the task did, again and again."))
    return len(lost)


def _fail(row: BackgroundTask, error: Exception) -> None:
    final = isinstance(error, Refused) or row.tries >= TRIES
    reason = str(getattr(error, "reason", "") or f"{type(error).__name__}: {error}")[:2000]
    log.warning("%s failed (try %s): %s", row, row.tries, reason, exc_info=not isinstance(error, Refused))
    if not final:
        LIFE.try_move(row, "wait", error=reason)
        _hand_over(row.pk, delay=WAITS[row.tries - 1])
        return
    _give_up(row, reason)


def _give_up(row: BackgroundTask, reason: str) -> None:
    with transaction.atomic(), scope(workspace=row.workspace):
        if LIFE.try_move(row, "give_up", error=reason, finished_at=timezone.now()):
            activity.record("gave up", row, details={"why": reason})


def _hand_over(pk: int, delay: int = 0) -> None:
    from django_q.tasks import async_task, schedule

    if delay:
        schedule("accounts.work.perform", pk, schedule_type="O", next_run=timezone.now() + timedelta(seconds=delay))
    else:
        async_task("accounts.work.perform", pk, ack_failure=True)
