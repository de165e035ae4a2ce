"""Clients who look at a job are told at once that it changed: one look at all their jobs, three times a second.

While somebody listens, one task in each web process reads the versions of the jobs listened to, in one query. What
changed is not told, only that something did; the page fetches it through the ordinary view, which asks who is looking.
"""

import asyncio
import json
import logging
from typing import Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async

from production import versions

log = logging.getLogger(__name__)

LOOK_EVERY = 0.33
ASK_AGAIN_EVERY = 30.0  # whether those who listen still may; they are asked each time something is told, too


class Listener(Protocol):
    job: int

    async def say(self, text: str) -> None: ...

    async def is_welcome(self) -> bool: ...

    async def dismiss(self) -> None: ...


class Hub:
    def __init__(self):
        self.listeners: set[Listener] = set()
        self.seen: dict[int, int] = {}
        self.task: asyncio.Task | None = None
        self.asked_at = 0.0

    async def join(self, listener: Listener) -> None:
        """Says how things stand: what changed between the page and the socket was not heard."""
        now = await database_sync_to_async(versions.of)([listener.job])
        self.listeners.add(listener)
        if self.task is None or self.task.done():
            self.asked_at = asyncio.get_running_loop().time()
            self.task = asyncio.create_task(self._watch())
        await self._say(listener, now.get(listener.job, 0))

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        if not self.listeners:
            if self.task is not None:
                self.task.cancel()
            self.task = None
            self.seen.clear()

    async def _watch(self) -> None:
        while True:
            try:
                await self._look()
            except Exception as error:  # the database may be away for a moment
                log.warning("the portal does not see the jobs: %s: %s", type(error).__name__, error)
            await asyncio.sleep(LOOK_EVERY)

    async def _look(self) -> None:
        now = await database_sync_to_async(versions.of)({listener.job for listener in self.listeners})
        changed = {pk for pk, version in now.items() if self.seen.get(pk, version) != version}
        self.seen = now
        clock = asyncio.get_running_loop().time()
        everybody = clock - self.asked_at >= ASK_AGAIN_EVERY
        if everybody:
            self.asked_at = clock
        for listener in list(self.listeners):
            rings = listener.job in changed
            if (rings or everybody) and not await listener.is_welcome():
                await listener.dismiss()
            elif rings:
                await self._say(listener, now[listener.job])

    async def _say(self, listener: Listener, version: int) -> None:
        try:
            await listener.say(json.dumps({"version": version}))
        except Exception as error:
            log.info("a browser went away without a word: %s", error)
            self.leave(listener)


_hubs: WeakKeyDictionary = WeakKeyDictionary()


def hub() -> Hub:
    """The one of this process (of this event loop)."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
