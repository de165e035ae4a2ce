"""Folders in which people and slicers leave files to print: what is whole there is taken in, and put aside.

`WATCHED_FOLDERS/<business>/prints/` is for the business, a folder in it with a machine's name for that machine. Nothing
outside is ever opened: no link is followed, whatever it leads to.
"""

import logging
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop
from django_scopes import scope, scopes_disabled

from accounts import activity, work
from accounts.models import Workspace
from machines.files import moving
from machines.files.finding import ENDINGS, has_files, name_of
from machines.models import Machine, PrintFile

log = logging.getLogger(__name__)

FOLDER, TAKEN = "prints", "taken"
QUIET_FOR = 10.0  # seconds since it was written to: a slicer or a copy may still be at it
MOST = 200  # files in one go
LARGEST = moving.LARGEST
FOLDER_ONLY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


@dataclass(frozen=True)
class Lying:
    path: Path
    machine: Machine | None


def folder_of(workspace: Workspace) -> Path:
    return Path(settings.WATCHED_FOLDERS) / workspace.slug / FOLDER


def look_everywhere() -> None:
    """Queue the taking in where something lies; in every business."""
    with scopes_disabled():
        workspaces = list(Workspace.objects.filter(is_active=True).order_by("pk"))
    for workspace in workspaces:
        with scope(workspace=workspace):
            if lying(workspace):
                work.queue(take_in, workspace, workspace.pk, subject=FOLDER)


@work.task(gettext_noop("take in files from the watched folder"))
def take_in(workspace_pk: int) -> None:
    """Harmless to run twice: the same content is the row there is."""
    workspace = Workspace.objects.get(pk=workspace_pk)
    for each in lying(workspace):
        try:
            _take(workspace, each)
        except OSError as error:
            log.warning("%s: %s could not be taken in: %s", workspace, each.path.name, error)


def lying(workspace: Workspace) -> list[Lying]:
    """Files that are whole, in the folder of the business and in those of its machines."""
    base = folder_of(workspace)
    if not _is_folder(base.parent) or not _is_folder(base):
        return []
    found = [Lying(path, None) for path in _whole(base)]
    for machine in Machine.objects.filter(archived_at=None).order_by("pk"):
        own = base / name_of(machine.name)
        if own.name != TAKEN and has_files(machine) and _is_folder(own):
            found += [Lying(path, machine) for path in _whole(own)]
    return found[:MOST]


def _whole(folder: Path) -> list[Path]:
    found = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith((".", "~")) or not entry.name.lower().endswith(ENDINGS):
                continue
            about = entry.stat(follow_symlinks=False)
            whole = stat.S_ISREG(about.st_mode) and 0 < about.st_size <= LARGEST
            if whole and time.time() - about.st_mtime >= QUIET_FOR:
                found.append(Path(entry.path))
    return sorted(found)


def _is_folder(path: Path) -> bool:
    """A folder itself, and no link to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _take(workspace: Workspace, each: Lying) -> None:
    name = name_of(each.path.name)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "file"
        size = _copied(each.path, copy)
        if size is None:
            return  # somebody writes to it again
        _stored(workspace, each.machine, name, size, moving.keep(workspace.pk, copy, name))
    _put_aside(each.path)


@contextmanager
def _folder_of(path: Path) -> Iterator[int]:
    """The folder a file lies in, opened step by step from where the watched folders are: none of the steps is a link,
    whatever is put in its place meanwhile. Raises `OSError`."""
    top = Path(settings.WATCHED_FOLDERS)
    number = os.open(top, FOLDER_ONLY & ~os.O_NOFOLLOW)  # that one the keeper of this computer has chosen
    try:
        for step in path.parent.relative_to(top).parts:
            inner = os.open(step, FOLDER_ONLY, dir_fd=number)
            os.close(number)
            number = inner
        yield number
    finally:
        os.close(number)


def _copied(source: Path, target: Path) -> int | None:
    """Its size, when it stayed what it was meanwhile. Opened as it is: a link put in its place is refused."""
    with _folder_of(source) as folder:
        number = os.open(source.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    with open(number, "rb") as file, target.open("wb") as copy:
        before = os.fstat(number)
        if not stat.S_ISREG(before.st_mode):
            raise OSError("not a plain file")
        while piece := file.read(moving.CHUNK):
            copy.write(piece)
            if copy.tell() > LARGEST:
                raise OSError("too large")
        after = os.fstat(number)
    return after.st_size if (before.st_size, before.st_mtime_ns) == (after.st_size, after.st_mtime_ns) else None


def _stored(workspace: Workspace, machine: Machine | None, name: str, size: int, fields: dict) -> None:
    if PrintFile.objects.filter(machine=machine, sha256=fields["sha256"]).exclude(content="").exists():
        return  # known, under whatever name
    try:
        with transaction.atomic():
            row = PrintFile.objects.create(
                workspace=workspace, machine=machine, name=name, size=size, state="local", **fields
            )
            activity.record("uploaded", row, None, details={"what": FOLDER})
    except IntegrityError:
        return  # somebody brought the same one this moment


def _put_aside(path: Path) -> None:
    """Beside it, under its name or that and a number: nothing that lies there is written over."""
    with _folder_of(path) as folder:
        with suppress(FileExistsError):
            os.mkdir(TAKEN, dir_fd=folder)
        taken = os.open(TAKEN, FOLDER_ONLY, dir_fd=folder)
        try:
            os.rename(path.name, _free_name(path, taken), src_dir_fd=folder, dst_dir_fd=taken)
        finally:
            os.close(taken)


def _free_name(path: Path, folder: int) -> str:
    there = set(os.listdir(folder))
    for number in range(1000):
        name = path.name if not number else f"{path.stem} ({number}){path.suffix}"
        if name not in there:
            return name
    raise OSError("too many files of this name")
