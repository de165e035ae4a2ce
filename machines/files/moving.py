"""Fetching and sending: asked by a person, done by the worker, with progress; cancelled any time, proven at the end."""

import asyncio
import base64
import hashlib
import io
import tempfile
from pathlib import Path, PosixPath

from asgiref.sync import async_to_sync, sync_to_async
from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import activity, work
from laseros.core import sandbox
from laseros.core.errors import Refused
from laseros.core.retry import retried
from machines.files.finding import has_files, name_of
from machines.files.session import on_machine
from machines.models import Machine, PrintFile
from machines.models.file import FILE
from machines.words import said

LARGEST = 2 * 1024**3
PROGRESS_EVERY = 1.0
CHUNK = 1024 * 1024


@retried
@transaction.atomic
def fetch(file: PrintFile, by) -> None:
    """Fetch what lies on the machine. Asked twice it is fetched once; what is here already is left alone."""
    if FILE.try_move(file, "fetch", done_bytes=0, reason=""):
        activity.record("ordered", file, by, details={"machine": file.machine})
        work.queue(carry, file.workspace, file.pk, subject=file, by=by)


@retried
@transaction.atomic
def send(file: PrintFile, machine: Machine, by, name: str = "") -> PrintFile:
    """Send what is here to a machine, under its own name or another. The same content again on the way is one row.

    Refused with code "content" for what is not here, "not_capable" for a machine that takes no files.
    """
    if not file.content:
        raise Refused(_("%(file)s is not here. Fetch it first.") % {"file": file}, code="content")
    if not has_files(machine):
        raise Refused(_("%(machine)s takes no files.") % {"machine": machine}, code="not_capable")
    name = name_of(name or file.name)
    under_way = PrintFile.objects.filter(machine=machine, sha256=file.sha256, name=name, state="sending").first()
    if under_way is not None:
        return under_way
    row = PrintFile.objects.filter(machine=machine, sha256=file.sha256, name=name, state="local").first()
    if row is not None:
        FILE.move(row, "send", done_bytes=0, reason="")
    else:
        row = PrintFile.objects.create(
            workspace_id=file.workspace_id, machine=machine, name=name, size=file.size, content=file.content.name,
            sha256=file.sha256, facts=file.facts, picture=file.picture.name, modified_at=file.modified_at,
            state="sending",
        )  # fmt: skip
    activity.record("sent", row, by, details={"machine": machine})
    work.queue(carry, file.workspace, row.pk, subject=row, by=by)
    return row


def cancel(file: PrintFile, by) -> None:
    """Stop moving it: whoever moves it looks once a second. What is over already stays as it is."""
    move = {"fetching": "fail_fetch", "sending": "fail_send"}.get(file.state)
    if move and FILE.try_move(file, move, reason=_("Cancelled.")):
        activity.record("cancelled", file, by)


@work.task(gettext_noop("move a file from or to a machine"))
def carry(pk: int) -> None:
    """Do what was asked. Harmless to run twice: what is over, or cancelled, is left alone."""
    row = PrintFile.objects.filter(pk=pk).select_related("machine").first()
    if row is None or row.state not in ("fetching", "sending"):
        return
    deed, failed = (_fetch, "fail_fetch") if row.state == "fetching" else (_send, "fail_send")
    try:
        deed(row)
    except Refused as refusal:
        FILE.try_move(row, failed, reason=said(refusal.reason)[:300])
    except _Cancelled:
        return


class _Cancelled(Exception):
    pass


# --- from the machine -------------------------------------------------------------------------------------------------


def _fetch(row: PrintFile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "file"
        done = lambda: target.stat().st_size if target.exists() else 0  # noqa: E731
        _moved(row, lambda driver: driver.download(row.path, target, LARGEST), done)
        size = target.stat().st_size
        if row.size is not None and row.size != size:
            raise Refused(_("Only %(got)s of %(size)s bytes arrived.") % {"got": size, "size": row.size}, code="file")
        kept = keep(row.workspace_id, target, row.name)
    FILE.try_move(row, "arrive", done_bytes=size, size=size, reason="", **kept)


def keep(workspace_id: int, source: Path, name: str) -> dict:
    """Store a file by its content and read what its slicer wrote: the fields of a `PrintFile`."""
    sha256 = _hash_of(source)
    facts, picture = _facts_of(source, name)  # takes seconds: what is stored already may go meanwhile
    stored = f"{workspace_id}/prints/{sha256[:2]}/{sha256}.bin"
    if not default_storage.exists(stored):
        with source.open("rb") as file:
            stored = default_storage.save(stored, File(file))
    shown = ""
    if picture:
        shown = f"prints/{workspace_id}/{sha256[:2]}/{sha256}.png"
        if not default_storage.exists(shown):
            shown = default_storage.save(shown, ContentFile(picture))
    return {"content": stored, "sha256": sha256, "facts": facts, "picture": shown}


def _hash_of(source: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while piece := file.read(CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _facts_of(source: Path, name: str) -> tuple[dict, bytes]:
    try:
        found = sandbox.run("machines.gcode.child:read_file", str(source))
    except sandbox.SandboxError:
        return {}, b""  # no slicer wrote it, or it says nothing: a file all the same
    picture = found.pop("picture", None)
    return found, base64.b64decode(picture) if picture else b""


# --- to the machine ---------------------------------------------------------------------------------------------------


class _CountedFile(io.FileIO):
    taken = 0

    def readinto(self, buffer):
        count = super().readinto(buffer)
        self.taken += count or 0
        return count

    def read(self, size=-1):
        data = super().read(size)
        self.taken += len(data)
        return data


class _CountedPath(PosixPath):
    """A path whose file says how much of it was read: drivers open what they are given."""

    def open(self, *_mode, **_more):
        self.opened.append(_CountedFile(str(self), "rb"))
        return io.BufferedReader(self.opened[-1])


def _send(row: PrintFile) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source = _CountedPath(folder) / "file"
        source.opened = []
        with row.content.open("rb") as stored, open(str(source), "wb") as copy:
            while piece := stored.read(CHUNK):
                copy.write(piece)
        done = lambda: source.opened[-1].taken if source.opened else 0  # noqa: E731
        path = _moved(row, lambda driver: driver.upload(source, row.name), done)
    _arrived(row, str(path)[:300])


@retried
@transaction.atomic
def _arrived(row: PrintFile, path: str) -> None:
    """It lies there now, in place of whatever lay there before."""
    PrintFile.objects.filter(machine=row.machine, path=path).exclude(pk=row.pk).delete()
    FILE.try_move(row, "arrive", done_bytes=row.size or 0, reason="", path=path)


# --- both -------------------------------------------------------------------------------------------------------------


def _moved(row: PrintFile, do, done):
    """What `do(driver)` answers, while how far it is (`done()`, bytes) is written down once a second."""
    return async_to_sync(_watched)(row, do, done)


async def _watched(row: PrintFile, do, done):
    moving = asyncio.create_task(on_machine(row.machine, do))
    try:
        while not moving.done():
            await asyncio.wait([moving], timeout=PROGRESS_EVERY)
            if not moving.done() and not await sync_to_async(_note)(row, done()):
                raise _Cancelled
        return await moving
    finally:
        moving.cancel()
        await asyncio.gather(moving, return_exceptions=True)


def _note(row: PrintFile, done_bytes: int) -> bool:
    """False when it was cancelled meanwhile."""
    rows = PrintFile._base_manager.filter(pk=row.pk, state=row.state)
    return bool(rows.update(done_bytes=done_bytes))


# --- files of people --------------------------------------------------------------------------------------------------


def add(workspace, upload, by) -> PrintFile:
    """A file that a person brings. The same content again is the row there is."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "file"
        with source.open("wb") as file:
            for piece in upload.chunks():
                file.write(piece)
        name = name_of(upload.name)
        fields = keep(workspace.pk, source, name)
    with transaction.atomic():
        row = PrintFile.objects.filter(machine=None, sha256=fields["sha256"]).first()
        if row is None:
            row = PrintFile.objects.create(workspace=workspace, name=name, size=upload.size, state="local", **fields)
            activity.record("uploaded", row, by)
    return row


def forget(file: PrintFile, by) -> None:
    """Give our copy back: the file stays on the machine. Its content goes when nobody else has it."""
    name, shown = file.content.name, file.picture.name
    if not FILE.try_move(file, "forget", content="", sha256="", done_bytes=0):
        raise Refused(_("%(file)s lies only here.") % {"file": file}, code="state")
    activity.record("deleted", file, by)
    _tidy(name, shown)


@transaction.atomic
def remove(file: PrintFile, by) -> None:
    """Delete what lies only here."""
    if file.state != "local":
        raise Refused(_("%(file)s lies on a machine.") % {"file": file}, code="state")
    name, shown = file.content.name, file.picture.name
    activity.record("deleted", file, by)
    file.delete()
    transaction.on_commit(lambda: _tidy(name, shown))


def _tidy(name: str, shown: str) -> None:
    if name and not PrintFile._base_manager.filter(content=name).exists():
        default_storage.delete(name)
    if shown and not PrintFile._base_manager.filter(picture=shown).exists():
        default_storage.delete(shown)
