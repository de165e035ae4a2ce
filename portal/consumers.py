"""A client's socket: says that one job of theirs changed, and nothing else.

    ws/job/7/            for a contact who is logged in
    ws/job/7/TOKEN/      for whoever has the link to that job

{"version": 13} after each change; the page fetches what it shows. Nothing is taken in.
"""

from importlib import import_module
from types import SimpleNamespace

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.auth import get_user
from django_scopes import scope

from machines.tablets.sessions import OF_TABLET
from portal.access import clients_of, linked_job
from portal.following import hub

NOT_ALLOWED = 4403


class JobConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.job = self.scope["url_route"]["kwargs"]["pk"]
        self.token = self.scope["url_route"]["kwargs"].get("token", "")
        if not await self.is_welcome():
            await self.close(NOT_ALLOWED)
            return
        await self.accept()
        await hub().join(self)

    async def disconnect(self, code):
        hub().leave(self)

    async def receive(self, text_data=None, bytes_data=None):
        """Nobody has anything to tell us here."""

    async def say(self, text: str) -> None:
        await self.send(text_data=text)

    async def is_welcome(self) -> bool:
        return await database_sync_to_async(self._may_look)()

    async def dismiss(self) -> None:
        hub().leave(self)
        await self.close(NOT_ALLOWED)

    def _may_look(self) -> bool:
        """Read anew each time it is asked: the log-in, the contact or the link may have ended meanwhile."""
        if self.token:
            return linked_job(self.token) == self.job
        session = import_module(settings.SESSION_ENGINE).SessionStore(self.scope["session"].session_key)
        user = get_user(SimpleNamespace(session=session))
        if OF_TABLET in session:  # at a shop tablet there is no portal, on no page and on no socket
            return False
        if not user.is_authenticated or not user.is_active:
            return False
        for client in clients_of(user):
            with scope(workspace=client.workspace):
                if client.jobs.filter(pk=self.job).exists():
                    return True
        return False
