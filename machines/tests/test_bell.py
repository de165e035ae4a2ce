"""The bell through the real entrance: who may listen, what is said, and that it is rendered once for all."""

import asyncio
import json
import re
import time
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.test.signals import template_rendered
from django.utils import timezone
from django_scopes import scope
from redis.asyncio.client import PubSub

from accounts.models import Membership
from laseros.core.drivers import Reading, State
from laseros.tests.sockets import PATIENCE
from laseros.tests.sockets import bell as socket
from machines import bell, commands, live, telemetry
from machines.models import Machine, MachineStatus
from machines.tests.at_once import watchers

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def cookie(user) -> str:
    client = Client()
    client.force_login(user, backend="accounts.backends.WorkspaceRoleBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


async def next_message(listening) -> dict:
    return json.loads(await listening.receive_from())


async def looked_once(*workspaces) -> None:
    """Until it was seen how the machines stand: what happens from here on is a change."""
    async with asyncio.timeout(PATIENCE):
        while not all(workspace.pk in live.hub().seen for workspace in workspaces):
            await asyncio.sleep(0.02)


@pytest.fixture
def laser(workspace):
    with scope(workspace=workspace):
        machine = Machine.objects.create(workspace=workspace, name="X3", driver="simulator")
        telemetry.ingest(machine, Reading(State.IDLE), timezone.now() - timedelta(seconds=100))
    return machine


@pytest.fixture
def pair(workspace, laser):
    """Two lasers that cut."""
    with scope(workspace=workspace):
        second = Machine.objects.create(workspace=workspace, name="X4", driver="simulator")
        for machine in (laser, second):
            telemetry.ingest(machine, running(0.1), timezone.now() - timedelta(seconds=36))
    return laser, second


async def says(machine, reading, seconds_ago: float = 0):
    def ingest():
        with scope(workspace=machine.workspace):
            telemetry.ingest(machine, reading, timezone.now() - timedelta(seconds=seconds_ago))

    await sync_to_async(ingest)()


def running(progress: float) -> Reading:
    return Reading(State.RUNNING, job_key="run-1", job_name="Flange 🦊", progress=progress, seconds_left=600)


def shows(html: str, pk: int, version: int) -> bool:
    return re.search(rf'id="machine-{pk}" [^>]*data-version="{version}"', html) is not None


# --- who may listen -----------------------------------------------------------------------------------------------


async def is_let_in(*arguments) -> bool:
    listening = socket(*arguments)
    connected, _code = await listening.connect()
    await listening.disconnect()
    return connected


def test_members_are_let_in_and_nobody_else(workspace, other_workspace, person, laser):
    member, nobody = person("viewer", workspace), person("nobody")
    guest = person("admin", other_workspace)

    async def story():
        assert await is_let_in(cookies[member], "")
        assert await is_let_in(cookies[member], f"?workspace={workspace.pk}")
        assert not await is_let_in("", "")
        assert not await is_let_in("sessionid=made-up", "")
        assert not await is_let_in(cookies[nobody], "")
        assert not await is_let_in(cookies[guest], f"?workspace={workspace.pk}")
        assert not await is_let_in(cookies[member], "", "http://evil.example")
        assert await is_let_in(cookies[member], "?workspace=%00&machine=-1&cards")

    cookies = {user: cookie(user) for user in (member, nobody, guest)}
    asyncio.run(story())


def test_who_is_no_member_any_more_is_sent_away(workspace, operator, laser, monkeypatch):
    monkeypatch.setattr(live, "TICK_EVERY", 0.1)
    monkeypatch.setattr(live, "ASK_AGAIN_EVERY", 0.2)
    cookies = cookie(operator)

    @sync_to_async
    def dismiss():
        with scope(workspace=workspace):
            Membership.objects.filter(user=operator).update(is_active=False)

    async def story():
        listening = socket(cookies)
        await listening.connect()
        assert "tick" in await next_message(listening)
        await dismiss()
        async with asyncio.timeout(PATIENCE):
            while (output := await listening.receive_output(timeout=PATIENCE))["type"] == "websocket.send":
                assert "tick" in output["text"]
        assert (output["type"], output["code"]) == ("websocket.close", 4403)

    asyncio.run(story())


# --- what is said -------------------------------------------------------------------------------------------------


def test_a_change_rings_for_its_workspace_only(workspace, other_workspace, person, operator, laser):
    mine, theirs = cookie(operator), cookie(person("operator", other_workspace))

    async def story():
        here, there, one, other = (
            socket(mine),
            socket(theirs),
            socket(mine, f"?machine={laser.pk}"),
            socket(mine, f"?machine={laser.pk + 1}"),
        )
        board = socket(theirs, "?cards=1")
        for listening in (here, there, one, other, board):
            await listening.connect()
        assert await next_message(one) == {"machine": laser.pk, "version": 1}  # how it stands
        assert await next_message(one) == {"queue": laser.pk, "version": 0}
        assert "html" in await next_message(board)
        await looked_once(workspace, other_workspace)
        await says(laser, running(0.1))
        assert await next_message(here) == {"machine": laser.pk, "version": 2}
        assert await next_message(one) == {"machine": laser.pk, "version": 2}
        await sync_to_async(bell.ring_queues)([laser.pk])
        assert await next_message(here) == {"queue": laser.pk, "version": 1}
        assert await next_message(one) == {"queue": laser.pk, "version": 1}
        for listening in (there, other, board):
            assert await listening.receive_nothing(timeout=1.2)
        for listening in (here, there, one, other, board):
            await listening.disconnect()

    asyncio.run(story())


def test_a_changed_card_is_rendered_once_for_all_who_may_see_it(workspace, person, laser, monkeypatch):
    monkeypatch.setattr(live, "FRESH", PATIENCE)
    people = [person(role, workspace) for role in ("office", "operator", "viewer")]
    cookies = [cookie(user) for user in people]
    rendered = []

    def count(template, **said):
        if template.name == "machines/_card.html":
            rendered.append(template.name)

    async def story():
        boards = [socket(text, "?cards=1") for text in cookies]
        for listening in boards:
            await listening.connect()
        first = [await next_message(listening) for listening in boards]
        assert f'id="machine-{laser.pk}"' in first[0]["html"]
        assert first[0] == first[1] == first[2]
        assert len(rendered) == 1  # the whole board, once for the three who opened it
        await looked_once(workspace)
        await says(laser, running(0.25))
        cards = [await next_message(listening) for listening in boards]
        assert cards[0] == cards[1] == cards[2]
        assert len(rendered) == 2
        assert "Flange 🦊" in cards[0]["html"]
        assert 'data-version="2"' in cards[0]["html"]
        assert 'id="board-sum"' in cards[0]["html"]
        for listening in boards:
            await listening.disconnect()

    template_rendered.connect(count)
    try:
        asyncio.run(story())
    finally:
        template_rendered.disconnect(count)


def test_everybody_reads_their_own_language(workspace, person, laser):
    german, english = person("office", workspace), person("viewer", workspace)
    german.language = "de"
    german.save()
    cookies = cookie(german), cookie(english)

    async def story():
        boards = [socket(text, "?cards=1") for text in cookies]
        for listening in boards:
            await listening.connect()
            await next_message(listening)
        await looked_once(workspace)
        await says(laser, Reading(State.RUNNING, job_name="x", progress=0.5, values={"gas_bar": 0.8}))
        first, second = [(await next_message(listening))["html"] for listening in boards]
        assert ("<b>0,8</b>" in first, "<b>0.8</b>" in first) == (True, False)
        assert second  # English as written in the workspace's country
        assert await boards[0].receive_nothing(timeout=0.3)
        for listening in boards:
            await listening.disconnect()

    asyncio.run(story())


def test_progress_is_gathered_into_one_message_a_second(workspace, operator, pair):
    cookies, (laser, second) = cookie(operator), pair

    async def story():
        listening = socket(cookies, "?cards=1")
        await listening.connect()
        await next_message(listening)
        await looked_once(workspace)
        await says(laser, running(0.2), 25)
        await next_message(listening)
        began, heard = time.monotonic(), []
        for ago in (14, 3):
            await says(laser, running(1 - ago / 100), ago)
            await says(second, running(1 - ago / 100), ago)
        last = await sync_to_async(lambda: set(MachineStatus._base_manager.values_list("machine", "version")))()
        while last:
            html = (await next_message(listening))["html"]
            heard.append(html)
            last -= {(pk, version) for pk, version in last if shows(html, pk, version)}
        assert len(heard) <= 1 + (time.monotonic() - began) / live.PROGRESS_EVERY  # one, unless this took long
        assert not any("board-sum" in html for html in heard)
        assert await listening.receive_nothing(timeout=1.2)
        await listening.disconnect()

    asyncio.run(story())


def test_a_new_state_goes_out_while_progress_is_drawn(workspace, operator, pair, monkeypatch):
    """Of two cards of progress the first changes its state once it is drawn: that goes first, and is not taken back."""
    (laser, second), cookies, drawn, plain = pair, cookie(operator), [], live.render

    def render(place, language, pks, counts):
        html = plain(place, language, pks, counts)
        if pks == [laser.pk] and counts is None and not drawn:
            drawn.append(html)
            with scope(workspace=workspace):
                telemetry.ingest(laser, Reading(State.PAUSED, job_key="run-1", job_name="Flange 🦊", progress=0.3))
            time.sleep(3 * live.LOOK_EVERY)  # the other card has not been drawn: whoever waits for that is late
        return html

    def both():
        with scope(workspace=workspace), transaction.atomic():
            for machine in (laser, second):
                telemetry.ingest(machine, running(0.3), timezone.now() - timedelta(seconds=14))

    async def story():
        listening = socket(cookies, "?cards=1")
        await listening.connect()
        await next_message(listening)
        await looked_once(workspace)
        monkeypatch.setattr(live, "AT_ONCE", 1)
        monkeypatch.setattr(live, "render", render)
        await sync_to_async(both)()
        told = []
        while not (drawn and told and f'id="machine-{second.pk}"' in told[-1]):
            told.append((await next_message(listening)).get("html", ""))
        await listening.disconnect()
        return told

    told = asyncio.run(story())
    with scope(workspace=workspace):
        version = MachineStatus.objects.get(machine=laser).version
    assert "machine-warning" not in drawn[0]
    assert [shows(html, laser.pk, version) for html in told[-2:]] == [True, True]


def test_machines_that_come_or_go_bring_a_new_board(workspace, operator, laser):
    cookies = cookie(operator)

    @sync_to_async
    def buy():
        with scope(workspace=workspace):
            Machine.objects.create(workspace=workspace, name="New", driver="simulator")

    async def story():
        listening = socket(cookies, "?cards=1")
        await listening.connect()
        await next_message(listening)
        await looked_once(workspace)
        await buy()
        message = await next_message(listening)
        assert (message["board"], "board-sum" in message["html"]) == (workspace.pk, True)
        await listening.disconnect()

    asyncio.run(story())


def test_silence_is_noticed_without_anybody_writing(workspace, operator, laser):
    cookies = cookie(operator)
    with scope(workspace=workspace):
        telemetry.ingest(laser, running(0.1), timezone.now())

    @sync_to_async
    def a_minute_passes():
        """Only that: the version, by which others know that something was written, stays."""
        MachineStatus._base_manager.update(seen_at=timezone.now() - telemetry.STALE_AFTER - timedelta(seconds=1))

    async def story():
        listening = socket(cookies, "?cards=1")
        await listening.connect()
        assert "Last known" not in (await next_message(listening))["html"]
        await looked_once(workspace)
        await a_minute_passes()
        assert "Last known at" in (await next_message(listening))["html"]
        await listening.disconnect()

    asyncio.run(story())


@pytest.mark.slow
def test_from_the_watchers_process_to_the_browsers_socket(workspace, operator, tmp_path):
    cookies = cookie(operator)
    with scope(workspace=workspace):
        laser = Machine.objects.create(workspace=workspace, name="X3", driver="simulator", options={"speed": 100})

    @sync_to_async
    def start():
        with scope(workspace=workspace):
            commands.request(
                laser, "start", {"job_name": "Flange", "seconds": 200, "job_key": "run-1"}, key="s", by=operator
            )

    async def story():
        listening = socket(cookies, "?cards=1")
        await listening.connect()
        seen = [(await next_message(listening))["html"]]
        while "state-neutral" not in seen[-1] or "idle" not in seen[-1]:
            seen.append((await next_message(listening)).get("html", ""))
        await start()
        while 'data-state="finished"' not in seen[-1]:
            seen.append((await next_message(listening)).get("html", ""))
        told = [
            state for html in seen for state in ("preparing", "running", "finished") if f'data-state="{state}"' in html
        ]
        assert told == ["preparing", "running", "finished"] or told == ["running", "finished"]
        await listening.disconnect()

    with watchers(tmp_path) as begin:
        begin()
        asyncio.run(story())


# --- when everybody has gone --------------------------------------------------------------------------------------


def test_nobody_listens_to_redis_any_more_though_the_word_to_stop_was_lost(laser, operator, monkeypatch):
    """Up to Python 3.11 `asyncio.wait_for` may take a cancellation for an answer; the Redis client waits so."""
    heard = PubSub.get_message

    async def deaf(self, *arguments, timeout, **options):
        try:
            return await heard(self, *arguments, timeout=0.1, **options)
        except asyncio.CancelledError:
            # The channel layer listens as well, and is to hear when the loop of this test ends.
            if asyncio.current_task().get_coro().cr_code is not live.Hub._hear.__code__:
                raise

    monkeypatch.setattr(PubSub, "get_message", deaf)
    asked = cookie(operator)

    async def part():
        listening = socket(asked)
        await listening.connect()
        await looked_once(laser.workspace)
        looking = list(live.hub().tasks)
        await listening.disconnect()
        done, left = await asyncio.wait(looking, timeout=PATIENCE)
        return len(done), len(left)

    assert asyncio.run(part()) == (3 if settings.REDIS_URL else 2, 0)
