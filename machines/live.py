"""What changed goes to the browsers: looked for once per web process, rendered once for all who may see the same.

While somebody listens, one task per process looks what was written (one query for all workspaces listened to). A new
state goes out at once, progress is gathered into one message a second. With Redis the task is woken when a state was
written (`machines.bell`) and looks by itself once a second; without, it looks five times a second. It looks and draws
in a thread of its own, because all pages share one and a slow page would hold every screen up. Progress is drawn a few
cards at a time by a task of its own: a new state goes out in between, and nothing is drawn while it does.
"""

import asyncio
import json
import logging
import time
import zoneinfo
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

import redis.asyncio
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django_scopes import scope

from accounts.models import Workspace
from laseros.core.drivers import State
from machines import bell, board, telemetry
from machines.desk import Desk
from machines.models import Machine

log = logging.getLogger(__name__)

LOOK_EVERY = 0.2
LOOK_EVERY_WHEN_WOKEN = 1.0
LOOK_AT_MOST_EVERY = 0.02
PROGRESS_EVERY = 1.0
TICK_EVERY = 10.0
ASK_AGAIN_EVERY = 30.0  # whether those who listen still may
AT_ONCE = 6  # cards of progress drawn before a new state may go first
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
    shown: str  # the state the head of the board counts it by


class Hub:
    def __init__(self):
        self.listeners: set[Listener] = set()
        self.seen: dict[int, dict[int, Seen]] = {}
        self.pending: dict[int, set[int]] = defaultdict(set)
        self.progress_at: dict[int, float] = defaultdict(float)
        self.boards: dict[tuple[int, str], tuple[float, str]] = {}
        self.woken = asyncio.Event()
        self.tasks: list[asyncio.Task] = []
        self.desk: Desk | None = None
        self.drawing = asyncio.Lock()
        self.turn = asyncio.Lock()  # of the one thread: of new states as a whole, of progress for a few cards
        self.tellers: dict[int, asyncio.Task] = {}  # of progress, by workspace
        self.overtaken: dict[int, set[int]] = defaultdict(set)  # machines whose new state went out meanwhile

    async def join(self, listener: Listener) -> None:
        self.listeners.add(listener)
        self.desk = self.desk or Desk(1)
        if not self.tasks or self.tasks[0].done():
            deeds = [self._tail(), self._keep_company()] + ([self._hear()] if settings.REDIS_URL else [])
            self.tasks = [asyncio.create_task(deed) for deed in deeds]
        # What changed between the page and the socket was not heard: say how things stand.
        await self._greet(listener)

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)
        if not self.listeners:
            for task in (*self.tasks, *self.tellers.values()):
                task.cancel()
            self.tasks = []
            self.tellers = {}
            if self.desk is not None:
                self.desk.leave()
                self.desk = None
            for memory in (self.seen, self.pending, self.progress_at, self.boards, self.overtaken):
                memory.clear()

    def _goes_on(self) -> bool:
        """Whether the task that asks is still wanted: up to Python 3.11 `wait_for`, ours and that of the Redis client,
        may take the word that it was cancelled for an answer of its own."""
        return asyncio.current_task() in self.tasks

    # --- looking --------------------------------------------------------------------------------------------------

    async def _tail(self) -> None:
        while self._goes_on():
            self.woken.clear()
            try:
                async with self.turn:
                    await self._look()
            except Exception as error:  # the database may be away for a moment
                log.warning("the board does not see the machines: %s: %s", type(error).__name__, error)
            await self._rest()

    async def _rest(self) -> None:
        await asyncio.sleep(LOOK_AT_MOST_EVERY)
        pause = LOOK_EVERY
        if settings.REDIS_URL:  # what is urgent wakes us: there is nothing to look for before progress may be told
            due = [self.progress_at[pk] + PROGRESS_EVERY for pk, waiting in self.pending.items() if waiting]
            pause = min(LOOK_EVERY_WHEN_WOKEN, max(0.0, min(due) - time.monotonic()) if due else LOOK_EVERY_WHEN_WOKEN)
        try:
            await asyncio.wait_for(self.woken.wait(), pause)
        except TimeoutError:
            return

    async def _hear(self) -> None:
        """Be woken through Redis."""
        while self._goes_on():
            try:
                async with redis.asyncio.Redis.from_url(settings.REDIS_URL) as server, server.pubsub() as heard:
                    await heard.subscribe(bell.CHANNEL)
                    while self._goes_on():
                        if await heard.get_message(ignore_subscribe_messages=True, timeout=10) is not None:
                            self.woken.set()
            except Exception as error:
                log.warning("the bell cannot be heard: %s", error)
                await asyncio.sleep(2)

    async def _look(self) -> None:
        workspaces = {listener.workspace.pk: listener.workspace for listener in self.listeners}
        now = await self._do(look, list(workspaces))
        for pk in set(self.seen) - set(workspaces):
            del self.seen[pk]
        for pk, workspace in workspaces.items():
            before, after = self.seen.get(pk), now.get(pk, {})
            self.seen[pk] = after
            if before is not None:
                await self._tell(workspace, before, after)

    async def _tell(self, workspace: Workspace, before: dict[int, Seen], after: dict[int, Seen]) -> None:
        if {pk: seen.place for pk, seen in before.items()} != {pk: seen.place for pk, seen in after.items()}:
            await self._ring_board(workspace, Counter(seen.shown for seen in after.values()))
        both = before.keys() & after.keys()
        await self._ring_queues(workspace, {pk: after[pk].queue for pk in both if before[pk].queue != after[pk].queue})
        urgent = {pk for pk in both if before[pk].state != after[pk].state}
        waiting = self.pending[workspace.pk]
        waiting.update(pk for pk in both if before[pk].version != after[pk].version)
        waiting.intersection_update(after)
        waiting -= urgent
        if urgent:
            self.overtaken[workspace.pk] |= urgent
            counts = Counter(seen.shown for seen in after.values())
            await self._ring(workspace, {pk: after[pk].version for pk in urgent}, counts)
        if waiting and time.monotonic() - self.progress_at[workspace.pk] >= PROGRESS_EVERY:
            self.progress_at[workspace.pk] = time.monotonic()
            before = self.tellers.get(workspace.pk)
            if before is None or before.done():  # else it is slower than a second: all of it next time
                told = {pk: after[pk].version for pk in waiting}
                waiting.clear()
                self.tellers[workspace.pk] = asyncio.create_task(self._tell_progress(workspace, told))

    # --- telling --------------------------------------------------------------------------------------------------

    def _of(self, workspace: Workspace, chosen: Callable[[Listener], bool] = lambda listener: True) -> list[Listener]:
        return [one for one in self.listeners if one.workspace.pk == workspace.pk and chosen(one)]

    async def _tell_progress(self, workspace: Workspace, versions: dict[int, int]) -> None:
        """As `_ring`, giving way to what is urgent; a card that was told meanwhile is drawn anew."""
        try:
            await self._ring_bells(workspace, versions)
            for language in self._languages(workspace):
                self.overtaken[workspace.pk].clear()
                pks, pieces = list(versions), {}
                chunks = [tuple(pks[first : first + AT_ONCE]) for first in range(0, len(pks), AT_ONCE)]
                for chunk in chunks:
                    async with self.turn:
                        pieces[chunk] = await self._do(render, workspace, language, list(chunk), None)
                async with self.turn:
                    for chunk in chunks:
                        if not self.overtaken[workspace.pk].isdisjoint(chunk):
                            pieces[chunk] = await self._do(render, workspace, language, list(chunk), None)
                await self._show(workspace, language, "".join(pieces.values()))
        except Exception as error:
            log.warning("progress is not told: %s: %s", type(error).__name__, error)

    async def _ring(self, workspace: Workspace, versions: dict[int, int], counts: Counter | None) -> None:
        await self._ring_bells(workspace, versions)
        for language in self._languages(workspace):
            html = await self._do(render, workspace, language, list(versions), counts)
            await self._show(workspace, language, html)

    async def _ring_bells(self, workspace: Workspace, versions: dict[int, int]) -> None:
        for listener in self._of(workspace, lambda one: not one.wants_cards):
            for pk, version in versions.items():
                if listener.machine in (None, pk):
                    await self._say(listener, json.dumps({"machine": pk, "version": version}))

    def _languages(self, workspace: Workspace) -> list[str]:
        return sorted({listener.language for listener in self._of(workspace, lambda one: one.wants_cards)})

    async def _show(self, workspace: Workspace, language: str, html: str) -> None:
        text = json.dumps({"html": html})
        for listener in self._of(workspace, lambda one: one.wants_cards and one.language == language):
            await self._say(listener, text)

    async def _ring_queues(self, workspace: Workspace, versions: dict[int, int]) -> None:
        for listener in self._of(workspace, lambda one: not one.wants_cards) if versions else ():
            for pk, version in versions.items():
                if listener.machine in (None, pk):
                    await self._say(listener, json.dumps({"queue": pk, "version": version}))

    async def _ring_board(self, workspace: Workspace, counts: Counter) -> None:
        """Machines came, went or changed places: the board is fetched anew."""
        for key in [key for key in self.boards if key[0] == workspace.pk]:
            del self.boards[key]
        watching = self._of(workspace, lambda one: one.wants_cards)
        for language in self._languages(workspace):
            head = await self._do(render, workspace, language, [], counts)
            for listener in watching:
                if listener.language == language:
                    await self._say(listener, json.dumps({"board": workspace.pk, "html": head}))

    async def _greet(self, listener: Listener) -> None:
        if listener.wants_cards:
            await self._say(listener, await self._board(listener.workspace, listener.language))
        elif listener.machine is not None:
            now = await self._do(look, [listener.workspace.pk])
            seen = now.get(listener.workspace.pk, {}).get(listener.machine)
            if seen is not None:
                await self._say(listener, json.dumps({"machine": listener.machine, "version": seen.version}))
                await self._say(listener, json.dumps({"queue": listener.machine, "version": seen.queue}))

    async def _board(self, workspace: Workspace, language: str) -> str:
        """The whole board, drawn once for all who open it together, as they do when the server was restarted."""
        key = workspace.pk, language
        async with self.drawing:
            at, text = self.boards.get(key, (0.0, ""))
            if not at or time.monotonic() - at > FRESH:
                text = json.dumps({"html": await self._do(render, workspace, language, None, None)})
                self.boards[key] = time.monotonic(), text
            return text

    async def _do(self, function: Callable, *arguments):
        desk = self.desk
        if desk is None:  # the last listener left meanwhile
            raise asyncio.CancelledError
        return await desk.do(function, *arguments)

    async def _say(self, listener: Listener, text: str) -> None:
        try:
            await listener.say(text)
        except Exception as error:
            log.info("a browser went away without a word: %s", error)
            self.leave(listener)

    async def _keep_company(self) -> None:
        """A sign of life now and then; and who lost the right to listen is sent away."""
        asked_at = time.monotonic()
        while self._goes_on():
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
    rows = Machine._base_manager.filter(workspace_id__in=workspace_pks, archived_at=None).order_by("pk")
    # Plain values: with two hundred machines five times a second, making records of them is most of the work.
    for workspace, pk, driver, maintenance, queue, current, key, message, heard, version, *place in rows.values_list(
        "workspace_id", "pk", "driver", "maintenance_since", "queue_version", "status__current", "status__job_key",
        "status__message", "status__seen_at", "status__version", "name", "kind", "model", "position",
    ):  # fmt: skip
        current = current or State.UNKNOWN
        found[workspace][pk] = Seen(
            tuple(place),
            (
                current,
                key or "",
                telemetry.is_silent(driver, current, heard, now),
                message if current in (State.OFFLINE, State.ERROR) else "",
                maintenance,
            ),
            version or 0,
            queue,
            board.shown(current, maintenance),
        )
    return found


def render(workspace: Workspace, language: str, machine_pks: list[int] | None, counts: Counter | None) -> str:
    """The cards of these machines (all, and the head of the board: None) as a page would show them.

    With `counts`, {state: how many}, the head of the board comes after them.
    """
    with (
        scope(workspace=workspace),
        translation.override(language),
        timezone.override(zoneinfo.ZoneInfo(workspace.timezone)),
    ):
        cards = board.cards(machine_pks) if machine_pks != [] else []
        html = "".join(render_to_string("machines/_card.html", {"card": card}) for card in cards)
        if machine_pks is None:
            counts = Counter(card.state for card in cards)
        if counts is not None:
            html += render_to_string("machines/_summary.html", {"summary": board.counted(counts)})
        return html
