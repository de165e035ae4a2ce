"""Restoring a backup into the database and the files of the settings: all of it, or nothing at all.

The tables are laid by the migrations the backup knew, the rows loaded, migrated on from there, the triggers laid; what
does not agree with the manifest ends it. SQLite: a new database beside the old one, put in its place at the end in one
transaction. PostgreSQL: one transaction.
"""

import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import BinaryIO

from django.apps import apps
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.core.signals import setting_changed
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django_scopes import scope

from accounts.models import Backup, Workspace
from accounts.models.backup import LIFE
from laseros.backups import archive, tables
from laseros.backups.archive import FILES, ROWS
from laseros.backups.making import FORMAT, file_columns, in_words, sync
from laseros.backups.sealing import Damaged, Opened, header_of
from laseros.core.errors import Refused

MOST = 20  # sentences about what is wrong
STAGED = ".restoring-"
A_DAY = 24 * 60 * 60  # seconds


@dataclass
class Restored:
    made: str
    version: str
    tables: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)  # what the books and the papers say of themselves
    told: list[str] = field(default_factory=list)  # what has to be done or known


def restore(path: Path, *, overwrite: bool = False, only_proof: bool = False) -> Restored:
    """Into the database and files of the settings. With `only_proof` all but the last step, for a scratch place.

    `Refused` in words, and everything is as it was, where the backup is damaged, the key another one, the version a
    newer one, or something lies there already and `overwrite` was not said.
    """
    try:
        with open(path, "rb") as raw:
            opened = Opened(raw, settings.BACKUP_KEY)
            if opened.header.get("format") != FORMAT:
                raise Refused(
                    _("This backup was made by a newer version of Laser OS; restore it with that."), code="newer"
                )
            if not overwrite:
                refuse_over_data()
            with _staged() as staged:
                return _Restoring(opened, staged, only_proof).done()
    except OSError as error:
        raise Refused(in_words(error, Path(settings.MEDIA_ROOT).parent), code="disk") from error
    except OperationalError as error:
        if "lock" not in str(error):
            raise
        raise Refused(
            _("Somebody still works in this database. Stop web, worker and watcher first."), code="running"
        ) from error


def said_by(path: Path) -> dict:
    """What a backup says of itself without a key."""
    with open(path, "rb") as raw:
        return header_of(raw)


def refuse_over_data() -> None:
    if holds_data():
        raise Refused(
            _("There is a business in this database already. Nothing was changed. Back it up, then say --overwrite."),
            code="data",
        )
    root = Path(settings.MEDIA_ROOT)
    if root.is_dir() and any(root.iterdir()):
        raise Refused(
            _("There are files in %(folder)s already. Nothing was changed. --overwrite puts them aside.")
            % {"folder": root},
            code="data",
        )


def holds_data() -> bool:
    """Whether anybody has begun to work here."""
    if connection.vendor == "sqlite" and not Path(connection.settings_dict["NAME"]).exists():
        return False  # asking would make it
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in {"accounts_workspace", "accounts_user"} & there:
            cursor.execute(f'SELECT 1 FROM "{table}" LIMIT 1')  # noqa: S608
            if cursor.fetchone():
                return True
    return False


@contextmanager
def _staged() -> Iterator[Path]:
    """A folder beside the files, so that what is in it takes their place by its name."""
    beside = Path(settings.MEDIA_ROOT).parent
    beside.mkdir(parents=True, exist_ok=True)
    for left in beside.glob(f"{STAGED}*"):  # of a process that was killed
        if left.stat().st_mtime < time.time() - A_DAY:
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=STAGED, dir=beside))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class _Restoring:
    def __init__(self, opened: Opened, staged: Path, only_proof: bool):
        self.reader, self.header = archive.Reader(opened), opened.header
        self.staged, self.only_proof = staged, only_proof
        self.files = staged / "files"
        self.files.mkdir()
        self.root = Path(settings.MEDIA_ROOT)
        self.found = Restored(self.header.get("made", ""), self.header.get("version", ""))
        self.schema: dict = {}
        self.columns: dict[str, list[tables.Column]] = {}
        self.counts: dict[str, int] = {}
        self.manifest: dict = {}
        self.secret_key = ""
        self.aside: Path | None = None

    def done(self) -> Restored:
        _files_lie_in(self.files)  # what is proven is what is staged
        try:
            with self._own_database() if connection.vendor == "sqlite" else transaction.atomic():
                self._read()
                self._agree()
                self._migrated_on()
                self._prove()
                if not self.only_proof:
                    self._put_files()
                    if connection.vendor == "sqlite":
                        self._put_database()
        except BaseException:
            self._put_files_back()
            raise
        finally:
            _files_lie_in(self.root)
            self.reader.members.close()
        if not self.only_proof:
            self._put_secret_key()
            if self.aside:
                self.found.told.append(_("The files that lay here before are in %(folder)s.") % {"folder": self.aside})
        return self.found

    # --- reading ------------------------------------------------------------------------------------------------------

    def _read(self) -> None:
        for name, content in self.reader:
            if name == archive.SECRET_KEY:
                self.secret_key = content.read().decode()
            elif name.startswith(FILES):
                self._file(name.removeprefix(FILES), content)
            elif name == archive.SCHEMA:
                self.schema = json.loads(content.read())
                self._lay_tables()
            elif name.startswith(ROWS):
                self._rows(name.removeprefix(ROWS).partition("/")[0], content)
            elif name == archive.SUMS:
                self._compare(content)
            elif name == archive.MANIFEST:
                self.manifest = json.loads(content.read())
        if not self.schema or not self.manifest:
            raise Damaged(_("The backup is not whole: it has no manifest."), code="damaged")

    def _file(self, name: str, content: BinaryIO) -> None:
        path = self.files / name
        path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        with open(
            os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, settings.FILE_UPLOAD_PERMISSIONS), "wb"
        ) as handle:
            shutil.copyfileobj(content, handle, 1 << 20)

    def _rows(self, table: str, content: BinaryIO) -> None:
        if table not in self.columns:
            raise Damaged(_("The backup holds rows of an unknown table: %(name)s") % {"name": table}, code="damaged")
        lines = content.read().split(b"\n")
        with self._quick_rows():
            self.counts[table] += tables.load(table, self.columns[table], lines)

    def _compare(self, content: BinaryIO) -> None:
        """Every sum beside what was read. What changed while it was copied stands there twice: the last counts."""
        read = (f"{sum_}  {name}" for sum_, name in self.reader.members.sums())
        for said, found in zip_longest(archive.lines(content), read):
            if said != found:
                raise Damaged(_("The backup is damaged: %(names)s") % {"names": said or found}, code="damaged")

    # --- the database -------------------------------------------------------------------------------------------------

    def _lay_tables(self) -> None:
        """As they were when the backup was made: empty, and without triggers, which would refuse what is sealed."""
        executor = MigrationExecutor(connection)
        known = set(executor.loader.disk_migrations)
        applied = {tuple(each) for each in self.schema["migrations"]}
        unknown = sorted(f"{app}.{name}" for app, name in applied - known)
        if unknown:
            raise Refused(
                _("A newer version (%(version)s) made this backup, which knows %(names)s. Restore it with that.")
                % {"version": self.found.version, "names": ", ".join(unknown[:MOST])}, code="newer",
            )  # fmt: skip
        if connection.vendor == "postgresql":
            self._drop_tables()
            executor = MigrationExecutor(connection)
        executor.migrate(_last_of(executor, applied))
        self._compare_columns()
        connection.disable_constraint_checking()  # rows come in any order
        tables.empty(list(self.columns))

    def _drop_tables(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '10s'")  # somebody works here: better told than waited for
            there = [name for name in connection.introspection.table_names(cursor) if tables.ours(name)]
            if there:
                names = ", ".join(f'"{name}"' for name in there)
                cursor.execute(f"DROP TABLE {names} CASCADE")

    def _compare_columns(self) -> None:
        with connection.cursor() as cursor:
            there = set(connection.introspection.table_names(cursor))
        for table, names in self.schema["tables"].items():
            here = {column.name: column for column in tables.columns_here(table)} if table in there else {}
            if set(here) != set(names):
                differing = ", ".join(sorted(set(here) ^ set(names))) if here else _("the whole table")
                raise Refused(
                    _("Another version (%(version)s) made this backup: %(table)s differs (%(columns)s).")
                    % {"version": self.found.version, "table": table, "columns": differing}, code="other",
                )  # fmt: skip
            self.columns[table] = [here[name] for name in names]
            self.counts[table] = 0

    def _quick_rows(self):
        """SQLite has no transaction around all of it; one around each part is a thousand times quicker than none."""
        return transaction.atomic() if connection.vendor == "sqlite" else nullcontext()

    def _agree(self) -> None:
        """What was loaded is what was copied: counts, keys, files."""
        tables.count_on({name: last for name, last in self.schema["counters"].items() if name in self.columns})
        differing = [
            f"{table}: {self.counts.get(table)} / {said}"
            for table, said in self.manifest["tables"].items() if self.counts.get(table) != said
        ]  # fmt: skip
        if differing:
            raise Damaged(
                _("The backup is damaged: rows of %(tables)s") % {"tables": ", ".join(differing[:MOST])}, code="damaged"
            )
        try:
            connection.check_constraints()
            connection.enable_constraint_checking()
        except IntegrityError as error:
            raise Damaged(_("The rows do not belong together: %(why)s") % {"why": error}, code="keys") from error
        self.found.tables, self.found.files = self.counts, self.reader.members.count(FILES)
        self.found.missing = self.manifest["missing"]
        for name in self._without_file():
            if name not in self.found.missing:
                raise Damaged(_("A file is missing in the backup: %(name)s") % {"name": name}, code="damaged")

    def _without_file(self) -> Iterator[str]:
        with connection.cursor() as cursor:
            for table, columns in file_columns().items():
                for column in {each.name for each in self.columns.get(table, ())} & set(columns):
                    cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" <> \'\'')  # noqa: S608
                    while names := cursor.fetchmany(1000):
                        yield from (name for (name,) in names if not (self.files / name).is_file())

    def _migrated_on(self) -> None:
        """To this version, with what follows every migrate: triggers, roles, the timetable."""
        call_command("migrate", interactive=False, verbosity=0)
        ContentType.objects.clear_cache()
        for row in Backup.objects.filter(state__in=("waiting", "running")):
            LIFE.try_move(row, "forget")

    def _prove(self) -> None:
        from billing import guards, verifying
        from inventory.management.commands import check_ledger

        wrong = [f"trigger {name} is missing" for name in guards.missing()]
        for business in Workspace.objects.order_by("slug"):
            wrong += [f"{business.slug}: {sentence}" for sentence in check_ledger.wrong(business)]
            with scope(workspace=business):
                wrong += [f"{business.slug}: {sentence}" for sentence in verifying.wrong(business)]
        self.found.wrong = wrong

    @contextmanager
    def _own_database(self):
        """The settings' database is a new file for a while."""
        self.place, self.database = connection.settings_dict["NAME"], str(self.staged / "database.sqlite3")
        connection.close()
        connection.settings_dict["NAME"] = self.database
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = self.place

    # --- the last step ------------------------------------------------------------------------------------------------

    def _put_files(self) -> None:
        if self.root.exists():
            if any(self.root.iterdir()):
                self.aside = self.root.with_name(f"{self.root.name}.before-{timezone.now():%Y%m%d-%H%M%S}")
                os.rename(self.root, self.aside)
            else:
                self.root.rmdir()
        os.rename(self.files, self.root)
        sync(self.root.parent)

    def _put_files_back(self) -> None:
        if not self.files.exists():  # they are in their place already
            os.rename(self.root, self.files)
        if self.aside and not self.root.exists():
            os.rename(self.aside, self.root)

    def _put_database(self) -> None:
        """One transaction of the old database, or of a new one: whoever looks sees the old or the new."""
        connection.close()
        Path(self.place).parent.mkdir(parents=True, exist_ok=True)
        source, target = sqlite3.connect(self.database), sqlite3.connect(self.place, timeout=20)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()

    def _put_secret_key(self) -> None:
        """Where none was set, the one that access data of machines are sealed with replaces the one just made."""
        if not self.secret_key:
            self.found.told.append(
                _("The backup holds no SECRET_KEY. With another one, access data of machines are entered again.")
            )
            return
        if self.secret_key == settings.SECRET_KEY:
            return
        place = Path(settings.DATA_DIR) / "secret_key"
        here = place.read_text().strip() if place.exists() else ""
        if here != settings.SECRET_KEY:  # set in the environment
            place = place.with_name("secret_key.of-the-backup")
            self.found.told.append(
                _("SECRET_KEY is set to another one than the backup's. Machines' access data need that: %(file)s.")
                % {"file": place}
            )  # fmt: skip
        part = place.with_name(f".{place.name}.part")
        part.unlink(missing_ok=True)
        with open(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as handle:
            handle.write(self.secret_key)
        os.rename(part, place)


def _files_lie_in(folder: Path) -> None:
    settings.MEDIA_ROOT = folder
    setting_changed.send(sender=None, setting="MEDIA_ROOT", value=folder, enter=True)  # a storage remembers it


def _last_of(executor: MigrationExecutor, applied: set[tuple[str, str]]) -> list[tuple[str, str]]:
    """The migrations that nothing else of what was applied in their app stands on."""
    graph, labels = executor.loader.graph, {config.label for config in apps.get_app_configs()}
    inner = {parent.key for key in applied if key in graph.nodes for parent in graph.node_map[key].parents
             if parent.key[0] == key[0]}  # fmt: skip
    return sorted(key for key in applied if key in graph.nodes and key not in inner and key[0] in labels)
