"""The watcher: holds leases, keeps one link per machine, hands over commands, says that it lives.

Every machine is a task of its own; a machine added, changed, archived or taken over is noticed within two seconds.
"""

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import Awaitable, Callable

from django.conf import settings
from django.core.cache import cache

from machines import commands, drivers, leases, metering
from machines.desk import Desk
from machines.link import Link, MeterLink, signature
from machines.models import Machine
from machines.mqtt import Publisher

log = logging.getLogger(__name__)

HEARTBEAT_KEY = "watcher-heartbeat"
HEARTBEAT_EVERY = 5.0
COMMANDS_EVERY = 0.5
GIVE_UP_EVERY = 2.0
TIDY_EVERY = 3600.0
FINISH_WITHIN = 2.0  # commands under way when we are asked to stop


class Watcher:
    def __init__(self, owner: str = "", most: int | None = None):
        self.owner = owner or f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.most = most
        self.desk = Desk()
        # Leases are renewed whatever else is slow.
        self.lease_desk = Desk(1)
        self.links: dict[int, Link] = {}
        self.meters: dict[int, MeterLink] = {}
        self.sending: set[asyncio.Task] = set()
        self.renewed_at = time.monotonic()
        self.publisher = Publisher(settings.MQTT_URL) if settings.MQTT_URL else None

    async def run(self, stop: asyncio.Event) -> None:
        """Watch until `stop` is set, then give everything back."""
        log.info("watching as %s", self.owner)
        loops = [
            asyncio.create_task(self._repeat(leases.LOOK_EVERY, self._look_after_leases)),
            asyncio.create_task(self._repeat(COMMANDS_EVERY, self._look_for_commands)),
            asyncio.create_task(self._repeat(GIVE_UP_EVERY, self._give_up_commands)),
            asyncio.create_task(self._repeat(HEARTBEAT_EVERY, self._heartbeat)),
        ]
        if self.publisher:
            loops.append(asyncio.create_task(self._repeat(TIDY_EVERY, self._tidy_broker)))
        try:
            await stop.wait()
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)
            await self._leave()

    async def _repeat(self, seconds: float, deed: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await deed()
            except Exception as error:  # the database may be away for a moment: nobody stops watching for that
                log.warning("%s: %s: %s", deed.__name__.strip("_"), type(error).__name__, error)
            await asyncio.sleep(seconds)

    async def _leave(self) -> None:
        if self.sending:
            await asyncio.wait(self.sending, timeout=FINISH_WITHIN)
        await self._drop_all()
        try:
            await self.lease_desk.do(leases.release, self.owner)
        except Exception as error:
            log.warning("leases could not be given back, they run out by themselves: %s", error)
        if self.publisher:
            await asyncio.to_thread(self.publisher.close)
        for desk in (self.desk, self.lease_desk):
            desk.close()
        log.info("stopped watching")

    # --- machines -------------------------------------------------------------------------------------------------

    async def _tidy_broker(self) -> None:
        """Machines archived while nobody watched are still told there."""
        for machine in await self.lease_desk.do(leases.archived):
            self.publisher.forget(machine)

    async def _look_after_leases(self) -> None:
        try:
            async with asyncio.timeout(leases.LEASE.total_seconds()):
                held = await self.lease_desk.do(leases.round_of, self.owner, self.most)
        except Exception:
            if time.monotonic() - self.renewed_at > leases.LEASE.total_seconds():
                await self._drop_all()  # they are not ours any more
            raise
        self.renewed_at = time.monotonic()
        await self._match({machine.pk: machine for machine in held})

    async def _match(self, held: dict[int, Machine]) -> None:
        """Make the links those of the machines we hold, as they are now."""
        await self._match_meters({pk: machine for pk, machine in held.items() if hasattr(machine, "meter")})
        held = {pk: machine for pk, machine in held.items() if drivers.connects(machine.driver)}
        gone = [pk for pk in self.links if pk not in held]
        changed = [pk for pk, link in self.links.items() if pk in held and signature(held[pk]) != link.signature]
        dropped = await self._drop(gone + changed)
        if gone:
            await self._give_back([link.machine for link in dropped if link.machine.pk in gone])
        for pk, machine in held.items():
            if pk in self.links:
                self.links[pk].machine = machine  # a new name is no new connection
            else:
                self.links[pk] = Link(machine, self.desk, self.publisher and self.publisher.publish)
                self.links[pk].start()

    async def _match_meters(self, held: dict[int, Machine]) -> None:
        gone = [pk for pk, link in self.meters.items()
                if pk not in held or metering.signature(held[pk].meter) != link.signature]  # fmt: skip
        await asyncio.gather(*(self.meters.pop(pk).stop() for pk in gone))
        for pk, machine in held.items():
            if pk not in self.meters:
                self.meters[pk] = MeterLink(machine, self.desk)
                self.meters[pk].start()

    async def _drop_all(self) -> None:
        await self._match_meters({})
        await self._drop(list(self.links))

    async def _drop(self, machine_pks: list[int]) -> list[Link]:
        links = [self.links.pop(pk) for pk in machine_pks]
        await asyncio.gather(*(link.stop() for link in links))
        return links

    async def _give_back(self, machines: list[Machine]) -> None:
        """They are another watcher's now, or nobody's: what nobody watches is not told to the broker any more."""
        pks = [machine.pk for machine in machines]
        await self.lease_desk.do(leases.release, self.owner, pks)
        if self.publisher:
            unwatched = await self.lease_desk.do(leases.unwatched, pks)
            for machine in machines:
                if machine.pk in unwatched:
                    self.publisher.forget(machine)

    # --- commands and signs of life -------------------------------------------------------------------------------

    async def _look_for_commands(self) -> None:
        if not self.links:
            return
        for command in await self.desk.do(commands.waiting, list(self.links)):
            link = self.links.get(command.machine_id)
            if link is not None and link.commanding is None:
                task = asyncio.create_task(link.carry_out(command))
                self.sending.add(task)
                task.add_done_callback(self.sending.discard)

    async def _give_up_commands(self) -> None:
        for command in await self.desk.do(commands.overdue, list(self.links)):
            link = self.links.get(command.machine_id)
            if link is not None and link.commanding != command.pk:
                await self.desk.do_for(link.machine, commands.unanswered, command)

    async def _heartbeat(self) -> None:
        await asyncio.to_thread(cache.set, HEARTBEAT_KEY, time.time(), 60)
