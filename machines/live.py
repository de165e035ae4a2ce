"""What changed goes to the browsers: looked for once per web process, rendered once for all who may see the same.

While somebody listens, one task per process looks what was written (one query for all workspaces listened to). A new
state goes out at once, progress is gathered into one message a second. With Redis the watcher wakes the task at
once (`machines.bell`) and it looks by itself only now and then; without, it looks three times a second.
"""

import asyncio
import json
import logging
import time
import zoneinfo
from collections import defaultdict
from collections.abc import Callable
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_scopes import scope

from accounts.models import Workspace
from machines import bell, board, telemetry
from machines.models import Machine, MachineStatus

log = logging.getLogger(__name__)

LOOK_EVERY = 0.33
LOOK_EVERY_WHEN_WOKEN = 2.0
LOOK_AT_MOST_EVERY = 0.05
PROGRESS_EVERY = 1.0
TICK_EVERY = 10.0
ASK_AGAIN_EVERY = 30.0  # whether those who listen still may
FRESH = 2.0  # a whole board rendered so recently serves the next who opens it


class Listener(Protocol):
    workspace: Workspace
    language: str
    wants_cards: bool  # the board; otherwise bells
    machine: int | None  # bells of this one only

    async def say(self, text: str) -> None: ...

    async def is_welcome(self) -> bool: ...

    async def dismiss(self) -> None: ...


class Seen(NamedTuple):
    """What is compared between two looks."""

    place: tuple  # what the board is laid out by
    state: tuple  # a difference here goes out at once
    version: int
    queue: int  # version of what waits for it


class Hub:
    def __init__(self):
        self.listeners: set[Listener] = set()
        self.seen: dict[int, dict[int, Seen]] = {}
        self.pending: dict[int, set[int]] = defaultdict(set)
        self.progress_at: dict[int, float] = defaultdict(float)
        self.boards: dict[tuple[int, str], tuple[float, str]] = {}
        self.woken = asyncio.Event()
        self.tasks: list[asyncio.Task] = []

    async def join(self, listener: Listener) -> None:
        self.listeners.add(listener)
        if not self.tasks or self.tasks[0].done():
            deeds = [self._tail(), self._keep_company()] + ([self._hear()] if settings.REDIS_URL else [])
            self.tasks = [asyncio.create_task(deed) for deed in deeds]
        # What changed between the page and the socket was not heard: say how things stand.
        await self._greet(listener)

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        if not self.listeners:
            for task in self.tasks:
                task.cancel()
            self.tasks = []
            for memory in (self.seen, self.pending, self.progress_at, self.boards):
                memory.clear()

    # --- looking --------------------------------------------------------------------------------------------------

    async def _tail(self) -> None:
        while True:
            self.woken.clear()
            try:
                await self._look()
            except Exception as error:  # the database may be away for a moment
                log.warning("the board does not see the machines: %s: %s", type(error).__name__, error)
            await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(LOOK_AT_MOST_EVERY)
        slow = settings.REDIS_URL and not any(self.pending.values())
        try:
            await asyncio.wait_for(self.woken.wait(), LOOK_EVERY_WHEN_WOKEN if slow else LOOK_EVERY)
        except TimeoutError:
            return

    async def _hear(self) -> None:
        """Be woken through Redis."""
        while True:
            try:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(bell.GROUP, channel)
                while True:
                    await layer.receive(channel)
                    self.woken.set()
            except Exception as error:
                log.warning("the bell cannot be heard: %s", error)
                await asyncio.sleep(2)

    async def _look(self) -> None:
        workspaces = {listener.workspace.pk: listener.workspace for listener in self.listeners}
        now = await database_sync_to_async(look)(list(workspaces))
        for pk in set(self.seen) - set(workspaces):
            del self.seen[pk]
        for pk, workspace in workspaces.items():
            before, after = self.seen.get(pk), now.get(pk, {})
            self.seen[pk] = after
            if before is not None:
                await self._tell(workspace, before, after)

    async def _tell(self, workspace: Workspace, before: dict[int, Seen], after: dict[int, Seen]) -> None:
        if {pk: seen.place for pk, seen in before.items()} != {pk: seen.place for pk, seen in after.items()}:
            await self._ring_board(workspace)
        both = before.keys() & after.keys()
        await self._ring_queues(workspace, {pk: after[pk].queue for pk in both if before[pk].queue != after[pk].queue})
        urgent = {pk for pk in both if before[pk].state != after[pk].state}
        waiting = self.pending[workspace.pk]
        waiting.update(pk for pk in both if before[pk].version != after[pk].version)
        waiting.intersection_update(after)
        told = set(urgent)
        if waiting and time.monotonic() - self.progress_at[workspace.pk] >= PROGRESS_EVERY:
            told |= waiting
            self.progress_at[workspace.pk] = time.monotonic()
        waiting.difference_update(told)
        if told:
            await self._ring(workspace, {pk: after[pk].version for pk in told}, recount=bool(urgent))

    # --- telling --------------------------------------------------------------------------------------------------

    def _of(self, workspace: Workspace, chosen: Callable[[Listener], bool] = lambda listener: True) -> list[Listener]:
        return [one for one in self.listeners if one.workspace.pk == workspace.pk and chosen(one)]

    async def _ring(self, workspace: Workspace, versions: dict[int, int], recount: bool) -> None:
        for listener in self._of(workspace, lambda one: not one.wants_cards):
            for pk, version in versions.items():
                if listener.machine in (None, pk):
                    await self._say(listener, json.dumps({"machine": pk, "version": version}))
        watching = self._of(workspace, lambda one: one.wants_cards)
        for language in sorted({listener.language for listener in watching}):
            html = await database_sync_to_async(render)(workspace, language, list(versions), recount)
            text = json.dumps({"html": html})
            for listener in watching:
                if listener.language == language:
                    await self._say(listener, text)

    async def _ring_queues(self, workspace: Workspace, versions: dict[int, int]) -> None:
        for listener in self._of(workspace, lambda one: not one.wants_cards) if versions else ():
            for pk, version in versions.items():
                if listener.machine in (None, pk):
                    await self._say(listener, json.dumps({"queue": pk, "version": version}))

    async def _ring_board(self, workspace: Workspace) -> None:
        """Machines came, went or changed places: the board is fetched anew."""
        for key in [key for key in self.boards if key[0] == workspace.pk]:
            del self.boards[key]
        watching = self._of(workspace, lambda one: one.wants_cards)
        for language in sorted({listener.language for listener in watching}):
            counts = await database_sync_to_async(render)(workspace, language, [], True)
            for listener in watching:
                if listener.language == language:
                    await self._say(listener, json.dumps({"board": workspace.pk, "html": counts}))

    async def _greet(self, listener: Listener) -> None:
        if listener.wants_cards:
            key = listener.workspace.pk, listener.language
            at, text = self.boards.get(key, (0.0, ""))
            if not at or time.monotonic() - at > FRESH:
                html = await database_sync_to_async(render)(listener.workspace, listener.language, None, True)
                text = json.dumps({"html": html})
                self.boards[key] = time.monotonic(), text
            await self._say(listener, text)
        elif listener.machine is not None:
            now = await database_sync_to_async(look)([listener.workspace.pk])
            seen = now.get(listener.workspace.pk, {}).get(listener.machine)
            if seen is not None:
                await self._say(listener, json.dumps({"machine": listener.machine, "version": seen.version}))
                await self._say(listener, json.dumps({"queue": listener.machine, "version": seen.queue}))

    async def _say(self, listener: Listener, text: str) -> None:
        try:
            await listener.say(text)
        except Exception as error:
            log.info("a browser went away without a word: %s", error)
            self.leave(listener)

    async def _keep_company(self) -> None:
        """A sign of life now and then; and who lost the right to listen is sent away."""
        asked_at = time.monotonic()
        while True:
            await asyncio.sleep(TICK_EVERY)
            for listener in list(self.listeners):
                await self._say(listener, json.dumps({"tick": int(time.time())}))
            if time.monotonic() - asked_at < ASK_AGAIN_EVERY:
                continue
            asked_at = time.monotonic()
            for listener in list(self.listeners):
                try:
                    if not await listener.is_welcome():
                        await listener.dismiss()
                except Exception as error:
                    log.warning("could not ask whether somebody may still listen: %s", error)


_hubs: WeakKeyDictionary = WeakKeyDictionary()


def hub() -> Hub:
    """The one of this process (of this event loop)."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())


# --- in a thread --------------------------------------------------------------------------------------------------


def look(workspace_pks: list[int]) -> dict[int, dict[int, Seen]]:
    """{workspace: {machine: Seen}} of these workspaces, in one query."""
    now = timezone.now()
    found: dict[int, dict[int, Seen]] = defaultdict(dict)
    rows = Machine._base_manager.filter(workspace_id__in=workspace_pks, archived_at=None).select_related("status")
    for machine in rows.order_by("pk"):
        try:
            status = machine.status
        except MachineStatus.DoesNotExist:
            status = MachineStatus(machine=machine)
        stale = telemetry.is_stale(machine, status, now)
        found[machine.workspace_id][machine.pk] = Seen(
            (machine.name, machine.kind, machine.model, machine.position),
            (
                status.current,
                status.job_key,
                stale,
                status.message if status.current in ("offline", "error") else "",
                machine.maintenance_since,
            ),
            status.version,
            machine.queue_version,
        )
    return found


def render(workspace: Workspace, language: str, machine_pks: list[int] | None, recount: bool) -> str:
    """The cards of these machines (all: None), and the counts in the head of the board, as a page would show them."""
    with (
        scope(workspace=workspace),
        translation.override(language),
        timezone.override(zoneinfo.ZoneInfo(workspace.timezone)),
    ):
        every = board.cards(None if recount else machine_pks)
        wanted = every if machine_pks is None else [card for card in every if card.machine.pk in machine_pks]
        html = "".join(render_to_string("machines/_card.html", {"card": card}) for card in wanted)
        if recount:
            html += render_to_string("machines/_summary.html", {"summary": board.summary(every)})
        return html
