"""A picture of a machine's camera: asked for by a person, taken by the worker, forgotten after two minutes.

Nothing is recorded: it lies in the cache, made anew from what the machine sent, and the next one takes its place.
"""

import asyncio
import base64
import hashlib
import json
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import work
from laseros.core import sandbox
from laseros.core.drivers import Unreachable
from laseros.core.errors import Refused
from machines import drivers
from machines.files.session import on_machine
from machines.models import Machine
from machines.words import said

KEPT_FOR = 120
TAKEN_WITHIN = 30
NONE_FOR = 900  # it may have been switched off, or somebody screws one on
KEPT_LIST_FOR = 24 * 3600
WAIT_FOR_MACHINE = 20.0
KEPT = "machine-cameras"  # of which machines something is kept


@dataclass(frozen=True)
class Still:
    """`picture` is a JPEG; empty where there is none, for the reason `why`."""

    at: datetime
    picture: bytes = b""
    why: str = ""


def has_camera(machine: Machine) -> bool:
    """Whether it may have one: its kind of machine can, and it did not say no."""
    can = machine.archived_at is None and "camera" in drivers.capabilities(machine.driver)
    return can and cache.get(_key(machine.pk, "none")) != _connection(machine)


def latest(machine: Machine) -> Still | None:
    return cache.get(_key(machine.pk, "still"))


def is_asked(machine: Machine) -> bool:
    return bool(cache.get(_key(machine.pk, "asked")))


def ask(machine: Machine, by) -> None:
    """Have a picture taken; asked again meanwhile it is the same one. Refused ("camera") where there is no camera."""
    if not has_camera(machine):
        raise Refused(_("%(machine)s has no camera we could look through.") % {"machine": machine}, code="camera")
    if cache.add(_key(machine.pk, "asked"), 1, TAKEN_WITHIN):
        work.queue(take, machine.workspace, machine.pk, subject=machine, by=by)


@work.task(gettext_noop("look through a machine's camera"))
def take(pk: int) -> None:
    machine = Machine.objects.filter(pk=pk, archived_at=None).select_related("workspace").first()
    if machine is None:
        return
    try:
        data = async_to_sync(on_machine)(machine, _picture)
        still = Still(timezone.now(), _made_anew(data)) if data else None
    except Refused as refusal:
        still = Still(timezone.now(), why=said(refusal.reason))
    if still is None:
        cache.set(_key(pk, "none"), _connection(machine), NONE_FOR)
        cache.delete(_key(pk, "still"))
    else:
        cache.set(_key(pk, "still"), still, KEPT_FOR)
        cache.set(KEPT, {*cache.get(KEPT, ()), pk}, KEPT_LIST_FOR)
    cache.delete(_key(pk, "asked"))


def forget_old() -> None:
    """A cache of files keeps what ran out until somebody asks for it: asked each minute."""
    kept = {pk for pk in cache.get(KEPT, ()) if cache.get(_key(pk, "still")) is not None}
    if kept != set(cache.get(KEPT, ())):
        cache.set(KEPT, kept, KEPT_LIST_FOR)


async def _picture(driver) -> bytes | None:
    try:
        async with asyncio.timeout(WAIT_FOR_MACHINE):
            return await driver.picture()
    except TimeoutError:
        raise Unreachable("no answer") from None


def _made_anew(data: bytes) -> bytes:
    """What is shown is a picture we wrote, of what theirs shows."""
    with tempfile.NamedTemporaryFile(suffix=".picture") as file:
        file.write(data)
        file.flush()
        return base64.b64decode(sandbox.run("machines.gcode.child:still", str(Path(file.name)), memory_mb=512))


def _connection(machine: Machine) -> str:
    """What a no was said of: whoever mends the connection may look at once."""
    said = json.dumps([machine.driver, machine.options, machine.sealed], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def _key(pk: int, what: str) -> str:
    return f"camera:{pk}:{what}"
