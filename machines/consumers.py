"""The bell: a socket that says what changed on the machines of one workspace, to people who may see them.

    ws/bell/?workspace=3            {"machine": 7, "version": 13} for every machine; the page fetches what it shows
                                    and {"queue": 7, "version": 4} when what waits for it changed
    ws/bell/?workspace=3&machine=7  for that one only
    ws/bell/?workspace=3&cards=1    the board: {"html": "…"}, cards ready to be put in place, and {"board": 3} when
                                    machines came or went

Without `workspace` it is the one open in the session. Nothing is taken in; {"tick": …} is a sign of life.
"""

from importlib import import_module
from types import SimpleNamespace
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django_scopes import scope

from accounts import workspaces
from machines.live import hub
from machines.tablets import sessions as tablet_sessions
from machines.tablets.middleware import said_by

NOT_ALLOWED = 4403


class BellConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        asked = {name: values[0] for name, values in parse_qs(self.scope["query_string"].decode("latin-1")).items()}
        self.wanted = _number(asked.get("workspace"))
        self.machine = _number(asked.get("machine"))
        self.wants_cards = "cards" in asked
        place = await database_sync_to_async(self._place)()
        if place is None:
            await self.close(NOT_ALLOWED)
            return
        self.workspace, self.language = place
        await self.accept()
        await hub().join(self)

    async def disconnect(self, code):
        hub().leave(self)

    async def receive(self, text_data=None, bytes_data=None):
        """Nobody has anything to tell us here."""

    async def say(self, text: str) -> None:
        await self.send(text_data=text)

    async def is_welcome(self) -> bool:
        place = await database_sync_to_async(self._place)()
        return place is not None and place[0].pk == self.workspace.pk

    async def dismiss(self) -> None:
        hub().leave(self)
        await self.close(NOT_ALLOWED)

    def _admitted(self, session, user) -> bool:
        return tablet_sessions.admits(session, user, said_by(self.scope.get("cookies", {})))

    def _place(self):
        """(workspace, language) for somebody logged in who may see its machines; None for anybody else.

        Read anew each time it is asked: the log-in, the membership or the role may have ended meanwhile.
        """
        session = import_module(settings.SESSION_ENGINE).SessionStore(self.scope["session"].session_key)
        user = get_user(SimpleNamespace(session=session))
        if not user.is_authenticated or not user.is_active or not self._admitted(session, user):
            return None
        workspace, _membership = workspaces.open_for(user, self.wanted or session.get(workspaces.SESSION_KEY))
        if workspace is None or (self.wanted and workspace.pk != self.wanted):
            return None
        with scope(workspace=workspace):
            if not user.has_perm("machines.view_machine"):
                return None
        return workspace, user.language or workspace.language


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else None
