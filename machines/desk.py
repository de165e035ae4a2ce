"""Where the watcher does its paperwork: database work off the event loop, in the scope of the machine's workspace."""

import asyncio
import logging
import zoneinfo
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import Error, connection, connections
from django.utils import timezone, translation
from django_scopes import scope

from machines.models import Machine

log = logging.getLogger(__name__)

THREADS = 4
# One writes at a time there anyway, and those who wait for each other sleep longer than they have to.
THREADS_SQLITE = 1


class Desk:
    """A few threads, each with a database connection that it keeps until the connection fails."""

    def __init__(self, threads: int | None = None):
        threads = threads or (THREADS_SQLITE if connection.vendor == "sqlite" else THREADS)
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="desk")

    async def do(self, function: Callable, *arguments):
        return await asyncio.get_running_loop().run_in_executor(self.pool, _with_connection, function, arguments)

    async def do_for(self, machine: Machine, function: Callable, *arguments):
        """As `do`, inside the machine's workspace: its scope, language and time."""
        return await self.do(_in_workspace, machine.workspace, function, arguments)

    def leave(self) -> None:
        """Close without waiting: what is under way is finished, then its connection is closed."""
        self.pool.submit(connections.close_all)
        self.pool.shutdown(wait=False)

    def close(self) -> None:
        self.pool.shutdown(wait=True, cancel_futures=True)


def _with_connection(function: Callable, arguments: tuple):
    try:
        return function(*arguments)
    except Error:
        # The server may have gone away: the next piece of work starts with a new connection.
        connections.close_all()
        raise


def _in_workspace(workspace, function: Callable, arguments: tuple):
    with (
        scope(workspace=workspace),
        translation.override(workspace.language),
        timezone.override(zoneinfo.ZoneInfo(workspace.timezone)),
    ):
        return function(*arguments)
