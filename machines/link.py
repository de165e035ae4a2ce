"""The link to one machine: connect, listen, try again. What goes wrong here is noted here; no other machine waits."""

import asyncio
import logging
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from pathlib import Path

from django.conf import settings
from django.db import Error
from django.utils import timezone
from django.utils.translation import gettext as _

from laseros.core.drivers import CredentialsRefused, Driver, Reading, Unreachable
from machines import commands, drivers, metering, reported, sealing, telemetry
from machines.desk import Desk
from machines.models import Command, Machine, MachineStatus
from machines.words import said

log = logging.getLogger(__name__)

CONNECT_WITHIN = 15.0
SILENCE = 60.0  # connected, and not a word: the link is not worth the name
CLOSE_WITHIN = 2.0
HEALTHY = 60.0  # a link that held this long failed for a new reason
LONGEST_PAUSE = 60.0
ASK_A_PERSON = 900.0  # between two tries with credentials that were refused


class Silent(Unreachable):
    """The connection stands, but the machine says nothing."""


class Link:
    def __init__(self, machine: Machine, desk: Desk, publish: Callable[[Machine, MachineStatus], None] | None = None):
        self.machine = machine
        self.signature = signature(machine)
        self.desk = desk
        self.publish = publish
        self.driver: Driver | None = None  # while connected
        self.commanding: int | None = None
        self.task: asyncio.Task | None = None
        self._failures = 0
        self._said = ""
        self._last: Reading | None = None
        self._last_at = None
        self._heard: tuple = ()

    def start(self) -> None:
        self.task = asyncio.create_task(self._keep(), name=f"machine {self.machine.pk}")

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)

    # --- listening ------------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            began = time.monotonic()
            pause = None
            try:
                await self._listen()
            except CredentialsRefused as error:
                pause = ASK_A_PERSON
                await self._lost("credentials", error, at_once=True)
            except (Unreachable, OSError) as error:
                self._forgive(began)
                await self._lost("unreachable", error, at_once=isinstance(error, Silent))
            except drivers.UnknownDriver as error:
                pause = ASK_A_PERSON
                await self._lost("unknown driver", error, at_once=True)
            except Exception as error:
                self._forgive(began)
                log.exception("%s: the connection failed in a way it should not", self.machine)
                await self._lost("fault", error)
            await asyncio.sleep(back_off(self._failures) if pause is None else pause)

    async def _listen(self) -> None:
        driver = self._build()
        try:
            try:
                async with asyncio.timeout(CONNECT_WITHIN):
                    await driver.connect()
            except TimeoutError:
                raise Unreachable("no answer") from None
            self.driver = driver
            async with aclosing(driver.readings()) as readings:
                while True:
                    await self._take(await _next(readings, getattr(driver, "quiet_for", SILENCE)))
        finally:
            self.driver = None
            await _closed(driver)

    def _build(self) -> Driver:
        return drivers.build(self.machine.driver, options_for(self.machine), home_of(self.machine))

    async def _take(self, reading: Reading) -> None:
        self._failures = 0
        if self._said:
            log.info("%s: connected again", self.machine)
            self._said = ""
        at, told = timezone.now(), (reading.state, reading.job_key, reading.outcome, reading.ended)
        if told == self._heard and self._last_at and at - self._last_at < telemetry.PROGRESS_EVERY:
            return  # most of what machines say is not worth more than this look
        reading = telemetry.believable(reading)
        if not telemetry.is_due(self._last, self._last_at, reading, at):
            return
        try:
            status = await self.desk.do_for(self.machine, _write_down, self.machine, reading, at)
        except Error as error:
            log.warning("%s: a reading could not be stored: %s", self.machine, error)
            return  # the next one is as good
        self._last, self._last_at, self._heard = reading, at, told
        if self.publish:
            self.publish(self.machine, status)

    async def _lost(self, kind: str, error: Exception, at_once: bool = False) -> None:
        """Note it, once per reason. A link that comes back at the first try was never away."""
        self._failures += 1
        if self._failures < 2 and not at_once:
            return
        said = f"{kind}: {error}"
        try:
            status = await self.desk.do_for(self.machine, _write_off, self.machine, kind, str(error))
        except Error as trouble:
            log.warning("%s: could not be noted as offline: %s", self.machine, trouble)
            return
        self._last = self._last_at = None
        if said != self._said:
            log.info("%s: %s", self.machine, said)
            self._said = said
            if self.publish:
                self.publish(self.machine, status)

    def _forgive(self, began: float) -> None:
        if time.monotonic() - began > HEALTHY:
            self._failures = 0

    # --- commands -------------------------------------------------------------------------------------------------

    async def carry_out(self, command: Command) -> None:
        """Send it once. Whatever happens after that, it is answered, or it has timed out."""
        driver = self.driver
        if driver is None or self.commanding is not None:
            return  # it waits, and is over when it waited too long
        self.commanding = command.pk
        try:
            if await self.desk.do_for(self.machine, commands.take, command):
                await self._send(driver, command)
        except Error as error:
            log.warning("%s: command %s could not be noted: %s", self.machine, command.pk, error)
        finally:
            self.commanding = None

    async def _send(self, driver: Driver, command: Command) -> None:
        try:
            patience = commands.ANSWER_WITHIN.total_seconds()
            async with asyncio.timeout(patience):
                ack = await driver.command(command.name, command.arguments, command.key)
        except Exception as error:
            if not isinstance(error, TimeoutError | Unreachable | OSError):
                log.exception("%s: command %s failed in a way it should not", self.machine, command.pk)
            await self.desk.do_for(self.machine, commands.unanswered, command)
        else:
            await self.desk.do_for(self.machine, commands.answered, command, ack)


class MeterLink(Link):
    """The link to the energy meter beside a machine. It says nothing of the machine's state, and takes no commands."""

    def __init__(self, machine: Machine, desk: Desk):
        super().__init__(machine, desk)
        self.signature = metering.signature(machine.meter)
        self._stored_at = 0.0

    def _build(self) -> Driver:
        return drivers.build("energy", metering.options_for(self.machine.meter), home_of(self.machine))

    async def _take(self, reading: Reading) -> None:
        self._failures = 0
        if not reading.values or time.monotonic() - self._stored_at < metering.EVERY.total_seconds():
            return
        try:
            await self.desk.do_for(self.machine, metering.take, self.machine, reading, timezone.now())
        except Error as error:
            log.warning("%s: what its meter says could not be stored: %s", self.machine, error)
            return
        self._stored_at, self._said = time.monotonic(), ""

    async def _lost(self, kind: str, error: Exception, at_once: bool = False) -> None:
        self._failures += 1
        if self._failures < 2 and not at_once:
            return
        try:
            await self.desk.do_for(self.machine, _meter_lost, self.machine, str(error))
        except Error as trouble:
            log.warning("%s: its meter could not be noted as away: %s", self.machine, trouble)
        if str(error) != self._said:
            log.info("%s: its energy meter: %s", self.machine, error)
            self._said = str(error)


def signature(machine: Machine) -> tuple:
    """What makes it another connection when it changes."""
    return machine.driver, repr(machine.options), machine.sealed, machine.kind, machine.power_w, machine.workspace_id


def options_for(machine: Machine) -> dict:
    """What a driver is given: its settings, and what the machine is anyway."""
    return {
        "kind": machine.kind,
        "power_w": machine.power_w,
        "timezone": machine.workspace.timezone,
        **(machine.options or {}),
        **sealing.opened(machine.sealed),
        "watched": str(watched_for(machine)),  # whatever its settings say
    }


def watched_for(machine: Machine) -> Path:
    """Below it lie the folders of this business that machines leave files in; nothing else is ever looked into."""
    return Path(settings.WATCHED_FOLDERS) / machine.workspace.slug


def home_of(machine: Machine) -> Path:
    """What its driver keeps between two connections."""
    return Path(settings.DATA_DIR) / "machines" / str(machine.pk)


def back_off(failures: int) -> float:
    """1, 2, 4 … 60 seconds, give or take a fifth, so that twenty machines do not knock at the same moment."""
    pause = min(LONGEST_PAUSE, 2.0 ** max(0, min(failures, 10) - 1))
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 (not a secret)


async def _next(readings: AsyncGenerator[Reading, None], within: float) -> Reading:
    try:
        async with asyncio.timeout(within):
            return await anext(readings)
    except TimeoutError:
        raise Silent(f"no word for {within:.0f} s") from None
    except StopAsyncIteration:
        raise Unreachable("the machine ended the connection") from None


async def _closed(driver: Driver) -> None:
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await driver.close()
    except Exception as error:
        log.info("a connection did not close well: %s", error)


def _write_down(machine: Machine, reading: Reading, at) -> MachineStatus:
    if reading.state is None:
        reported.note(machine, reading, at)
    else:
        telemetry.ingest(machine, reading, at)
    return telemetry.status_of(machine)


def _write_off(machine: Machine, kind: str, detail: str) -> MachineStatus:
    why = {
        "credentials": _("It does not accept our access code: %(why)s"),
        "unreachable": _("Cannot be reached: %(why)s"),
        "unknown driver": _("This installation has no connection called %(why)s"),
        "fault": _("The connection fails: %(why)s"),
    }
    words = why[kind] % {"why": said(detail)}
    if drivers.tells_state(machine.driver):
        telemetry.offline(machine, words)
    else:
        reported.silent(machine, words)
    return telemetry.status_of(machine)


def _meter_lost(machine: Machine, why: str) -> None:
    metering.lost(machine, said(why))
