"""What the processes of `test_backups` do, and how a backup and a database are looked at."""

import hashlib
import json
import os
import signal
import time
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.signals import setting_changed
from django.db import connection, transaction
from django_scopes import scope

from accounts.models import Workspace
from billing import guards
from crm.models import Tag
from laseros.backups import archive, making, restoring, sealing, tables
from laseros.core.retry import retried
from production.models import DesignFile

CHEAP = {"n": 1 << 4, "r": 8, "p": 1}


def here(files: str, key: str = "") -> None:
    """In this process files lie there, and the key is that one."""
    sealing.SCRYPT, settings.BACKUP_KEY, settings.MEDIA_ROOT = CHEAP, key, Path(files)
    setting_changed.send(sender=None, setting="MEDIA_ROOT", value=files, enter=True)


def back_up(folder: str, files: str, key: str, deed: str = "", workspace: int = 0) -> str:
    """Make one, beside a writer or until the process is killed in the middle; the name of it."""
    here(files, key)
    if deed == "write":
        return _write_on(workspace, Path(folder) / "begun", Path(folder) / "done")
    if deed == "die":
        put = archive.Writer.put
        archive.Writer.put = lambda writer, name, content: (
            os.kill(os.getpid(), signal.SIGKILL) if name == archive.SCHEMA else put(writer, name, content)
        )
    if deed == "beside":
        _while_not((Path(folder) / "begun").exists)
        table = making._Content._table
        making._Content._table = lambda content, name, *rest: (
            name == "production_designfile" and _others_go_on(Path(files) / "designs"),
            table(content, name, *rest),
        )[1]
    try:
        return making.make(Path(folder)).path.name
    finally:
        (Path(folder) / "done").touch()


def _others_go_on(folder: Path) -> None:
    """Until three more drawings have come than there were."""
    enough = len(list(folder.iterdir())) + 3
    _while_not(lambda: len(list(folder.iterdir())) >= enough)


def _while_not(is_so) -> None:
    while not is_so():
        time.sleep(0.01)


def _write_on(workspace: int, begun: Path, done: Path) -> int:
    """A drawing with its file and a tag, together, again and again; each tenth drawing goes, its file after it."""
    count, business = 0, Workspace.objects.get(pk=workspace)
    with scope(workspace=business):
        while not done.exists():
            count += 1
            name = default_storage.save(f"designs/live-{count}.dxf", ContentFile(f"{count}".encode() * 999))
            drawing = _stored(business, name, count)
            if count % 10 == 0:  # seldom: a copy that meets one in the middle begins anew, three times at most
                drawing.delete()
                default_storage.delete(name)
            if count == 12:
                begun.touch()
    return count


@retried
@transaction.atomic
def _stored(workspace, name: str, count: int) -> DesignFile:
    drawing = DesignFile.objects.create(
        workspace=workspace, name=f"live-{count}", kind="dxf", content=name, size=1, sha256=f"{count:064}"
    )
    Tag.objects.create(workspace=workspace, name=f"live-{count}")
    return drawing


def restored(path: str, database: str, files: str, key: str) -> dict:
    """Into an empty place; once more over it, broken off when the old tables are gone. What lies there after each."""
    here(files, key)
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.settings_dict["NAME"] = database
    found = restoring.restore(Path(path))
    said = {"wrong": found.wrong, "missing": found.missing, "told": found.told, "guards": guards.missing()}
    first, broken_off = picture(files), False
    restoring._last_of = _break_off
    try:
        restoring.restore(Path(path), overwrite=True)
    except Stop:
        broken_off = True
    return {**said, "first": first, "broken off": broken_off, "second": picture(files)}


class Stop(Exception):
    pass


def _break_off(executor, applied):
    raise Stop


def picture(files: str) -> dict:
    """A print of every table's rows and of every file's bytes, and what each table has counted."""
    with tables.snapshot() as now:
        rows = {}
        for table in now.tables():
            columns = sorted(now.columns(table), key=lambda column: column.name)
            rows[table] = _print("".join(sorted(json.dumps(row) for row in now.rows(table, columns))).encode())
        counters = now.counters()
    lying = {
        str(path.relative_to(files)): _print(path.read_bytes())
        for path in sorted(Path(files).rglob("*"))
        if path.is_file()
    }
    return {"rows": rows, "files": lying, "counters": counters}


def _print(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def content_of(path: Path) -> dict[str, bytes]:
    """Member → what it holds."""
    with open(path, "rb") as raw:
        return {name: content.read() for name, content in archive.Reader(sealing.Opened(raw, settings.BACKUP_KEY))}


def rows_of(content: dict[str, bytes], table: str) -> list[dict]:
    names = json.loads(content[archive.SCHEMA])["tables"][table]
    parts = [each for name, each in content.items() if name.startswith(f"{archive.ROWS}{table}/")]
    return [dict(zip(names, json.loads(line), strict=True)) for part in parts for line in part.split(b"\n")]
