"""Making a backup: files, rows of one moment, the files that came meanwhile, sums and manifest, in one sealed file."""

import errno
import fcntl
import hashlib
import io
import json
import os
import re
import tempfile
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext as _

from laseros.backups import archive, tables
from laseros.backups.archive import FILES, ROWS
from laseros.backups.sealing import Sealed
from laseros.core.errors import Refused

FORMAT = 1
PART = 4 << 20  # bytes of rows that are put together
SMALL = 1 << 20  # a file up to this is read whole, whatever becomes of it meanwhile
YOUNG = 120  # seconds: somebody may still be writing it, so it comes with the second look
TRIES = 3
SHORTEST_KEY = 12
NAME = re.compile(r"laseros-(\d{8}-\d{6})Z(-\d+)?\.backup")
UNFINISHED = ".laseros-*.part"

Progress = Callable[[int], None]


class Meanwhile(Exception):
    """What is being copied was taken away: it has to begin anew."""


@dataclass(frozen=True)
class Made:
    path: Path
    size: int  # bytes
    is_encrypted: bool
    tables: dict[str, int]  # rows of each
    files: int
    missing: list[str]  # named by a row, and gone before we came
    left_out: list[str]  # tables that are not ours

    @property
    def rows(self) -> int:
        return sum(self.tables.values())


def make(folder: Path, *, plain: bool = False, progress: Progress = lambda percent: None) -> Made:
    """One backup in this folder. `plain` lets it lie outside of DATA_DIR though no key is set.

    Whoever calls has the folder's turn (`one_at_a_time`). `Refused` in words where the disk is full, the folder is not
    to be written or the key is none.
    """
    refuse(folder, plain)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in folder.glob(UNFINISHED):
            left.unlink()
        for _attempt in range(TRIES):
            try:
                return _made(folder, progress)
            except Meanwhile:
                continue
    except OSError as error:
        raise Refused(in_words(error, folder), code="disk") from error
    raise Refused(_("Files are deleted all the while; three tries did not come to an end."), code="files")


def refuse(folder: Path, plain: bool) -> None:
    """Where a backup may not be made as it is asked for."""
    if settings.BACKUP_KEY:
        if len(settings.BACKUP_KEY) < SHORTEST_KEY:
            raise Refused(
                _("BACKUP_KEY is too short: a backup can be guessed at for years. At least %(least)s characters.")
                % {"least": SHORTEST_KEY}, code="key",
            )  # fmt: skip
    elif not plain and not folder.resolve().is_relative_to(settings.DATA_DIR):
        raise Refused(
            _("Without BACKUP_KEY anybody can read a backup: it stays in %(folder)s. Set BACKUP_KEY, or say --plain.")
            % {"folder": settings.DATA_DIR}, code="plain",
        )  # fmt: skip


def in_words(error: OSError, folder: Path) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return _("The disk of %(folder)s is full. Nothing was left behind; make room or choose another folder.") % {
            "folder": folder
        }
    return _("%(folder)s: %(why)s") % {"folder": error.filename or folder, "why": error.strerror or error}


@contextmanager
def one_at_a_time(folder: Path):
    """The turn of whoever makes or proves backups of this folder; it goes with the process. `Refused` when taken."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / ".lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refused(_("A backup or its proof is already running."), code="running") from None
        yield


def house() -> str:
    """Which installation made a backup: several may copy theirs into one folder."""
    return hashlib.sha256(f"laseros backup {settings.SECRET_KEY}".encode()).hexdigest()[:16]


@cache
def version() -> str:
    return tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


def made_at(name: str) -> datetime | None:
    """When a backup of this name was begun; None where it is not the name of one."""
    found = NAME.fullmatch(name)
    return datetime.strptime(found[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) if found else None


def _made(folder: Path, progress: Progress) -> Made:
    now = timezone.now()
    path = _free_name(folder, now)
    unfinished = folder / f".{path.name}.part"
    header = {"format": FORMAT, "made": now.isoformat(), "version": version(), "house": house()}
    try:
        with open(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as raw:
            writer = archive.Writer(Sealed(raw, header, settings.BACKUP_KEY))
            try:
                found = _Content(writer, progress).written(header)
                writer.close()
            finally:
                writer.members.close()
            raw.flush()
            os.fsync(raw.fileno())
            size = raw.tell()
        os.rename(unfinished, path)
        sync(folder)
    finally:
        unfinished.unlink(missing_ok=True)
    return Made(path, size, bool(settings.BACKUP_KEY), **found)


def sync(folder: Path) -> None:
    """What was renamed in a folder stays renamed when the power goes."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _free_name(folder: Path, now: datetime) -> Path:
    stem, more = f"laseros-{now.astimezone(UTC):%Y%m%d-%H%M%S}Z", ""
    while (folder / f"{stem}{more}.backup").exists():
        more = f"-{int(more[1:] or 1) + 1}"
    return folder / f"{stem}{more}.backup"


class _Content:
    def __init__(self, writer: archive.Writer, progress: Progress):
        self.writer, self.progress, self.root = writer, progress, Path(settings.MEDIA_ROOT)
        self.named: dict[
            tuple[str, str], list[str]
        ] = {}  # (table, column) → the files its rows name that are not here yet

    def written(self, header: dict) -> dict:
        """Everything into the stream; what `Made` says of it."""
        if settings.BACKUP_KEY:  # whoever reads it could log in as anybody
            self.writer.put(archive.SECRET_KEY, settings.SECRET_KEY.encode())
        self._files(older_than=time.time() - YOUNG)
        with tables.snapshot() as now:
            counts, left_out = self._rows(now)
        self._files()
        missing = sorted(set(self._missing()))
        files = self.writer.members.count(FILES)
        self._sums()
        found = {"tables": counts, "files": files, "missing": missing, "left_out": left_out}
        self.writer.put(archive.MANIFEST, json.dumps({**header, "database": connection.vendor, **found}).encode())
        return found

    def _sums(self) -> None:
        """As sha256sum writes and reads them."""
        with tempfile.TemporaryFile() as lines:
            for sum_, name in self.writer.members.sums():
                lines.write(f"{sum_}  {name}\n".encode())
            size = lines.tell()
            lines.seek(0)
            self.writer.put_from(archive.SUMS, lines, size)

    def _files(self, older_than: float | None = None) -> None:
        """All that lie there; the second time those that came or changed since."""
        entries = list(_lying_in(self.root)) if older_than is None else self._with_progress()
        for entry in entries:
            name = f"{FILES}{os.path.relpath(entry.path, self.root)}"
            with suppress(FileNotFoundError):
                state = entry.stat()
                young = older_than is not None and state.st_mtime > older_than
                if not young and not self.writer.members.has(name, state.st_size, state.st_mtime_ns):
                    self._file(name, entry.path)

    def _file(self, name: str, path: str) -> None:
        with open(path, "rb") as handle:
            state = os.fstat(handle.fileno())
            if state.st_size <= SMALL:
                content = handle.read(SMALL)
                self.writer.put_from(name, io.BytesIO(content), len(content), state.st_mtime_ns)
                return
            try:
                self.writer.put_from(name, handle, state.st_size, state.st_mtime_ns)
            except OSError as error:
                if error.errno is None:  # of tarfile: fewer bytes than there were
                    raise Meanwhile from error
                raise

    def _with_progress(self) -> Iterator[os.DirEntry]:
        whole = sum(_size(entry) for entry in _lying_in(self.root)) or 1
        done = 0
        for entry in _lying_in(self.root):
            yield entry
            done += _size(entry)
            self.progress(min(80, done * 80 // whole))

    def _rows(self, now: tables.Snapshot) -> tuple[dict[str, int], list[str]]:
        every = now.tables()
        mine = [table for table in every if tables.ours(table)]
        columns = {table: now.columns(table) for table in mine}
        schema = {
            "migrations": now.migrations(),
            "tables": {table: [column.name for column in columns[table]] for table in mine},
            "counters": {table: last for table, last in now.counters().items() if table in columns},
        }
        self.writer.put(archive.SCHEMA, json.dumps(schema).encode())
        files, counts = file_columns(), {}
        for place, table in enumerate(mine):
            names = [column.name for column in columns[table]]
            naming = [(column, names.index(column)) for column in files.get(table, ()) if column in names]
            counts[table] = self._table(table, now.rows(table, columns[table]), naming)
            self.progress(80 + place * 18 // len(mine))
        return counts, [table for table in every if table not in columns]

    def _table(self, table: str, rows: Iterator[list], naming: list[tuple[str, int]]) -> int:
        count, part, waiting = 0, 0, []
        length = 0
        for row in rows:
            line = json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode()
            waiting.append(line)
            length += len(line)
            count += 1
            for column, place in naming:
                if row[place] and not self.writer.members.has(FILES + row[place]):
                    self.named.setdefault((table, column), []).append(row[place])
            if length > PART:
                self._part(table, part, waiting)
                part, waiting, length = part + 1, [], 0
        self._part(table, part, waiting)
        return count

    def _part(self, table: str, part: int, lines: list[bytes]) -> None:
        if lines:
            self.writer.put(f"{ROWS}{table}/{part:06}.jsonl", b"\n".join(lines))

    def _missing(self) -> Iterator[str]:
        """Named by a row and not here. Still named now, it is gone in truth; named no more, it went while we copied."""
        for (table, column), names in self.named.items():
            for name in names:
                if self.writer.members.has(FILES + name):
                    continue
                with connection.cursor() as cursor:
                    cursor.execute(f'SELECT 1 FROM "{table}" WHERE "{column}" = %s LIMIT 1', [name])  # noqa: S608
                    if cursor.fetchone() is None:
                        raise Meanwhile
                yield name


def file_columns() -> dict[str, list[str]]:
    """Table → the columns that name a file."""
    found: dict[str, list[str]] = {}
    for model in apps.get_models(include_auto_created=True):
        columns = [field.column for field in model._meta.concrete_fields if isinstance(field, models.FileField)]
        if columns:
            found[model._meta.db_table] = columns
    return found


def _lying_in(folder: Path) -> Iterator[os.DirEntry]:
    """Every file below, in order; no links, which may lead anywhere."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _lying_in(entry.path)
        elif entry.is_file(follow_symlinks=False):
            yield entry


def _size(entry: os.DirEntry) -> int:
    try:
        return entry.stat().st_size
    except FileNotFoundError:
        return 0
