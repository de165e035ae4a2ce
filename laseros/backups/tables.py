"""The tables of a database as rows of plain values: read at one moment, loaded into any of our databases.

A value is written one way, whichever database it comes from: moments in UTC ("2026-11-27 14:03:00.500000"), amounts
and days as text, durations in microseconds, bytes in base64, JSON as its text.
"""

import base64
import copy
import datetime
import decimal
import ipaddress
import json
import sqlite3
import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, connections

BATCH = 1000  # rows at a time


@dataclass(frozen=True)
class Column:
    name: str
    kind: str  # as the database calls its type: "bool", "timestamptz", "varchar" …


class Snapshot(ABC):
    """Everything at one moment. Rows are lists of what JSON knows, in the order of `columns(table)`."""

    @abstractmethod
    def tables(self) -> list[str]: ...

    @abstractmethod
    def columns(self, table: str) -> list[Column]: ...

    @abstractmethod
    def rows(self, table: str, columns: list[Column]) -> Iterator[list]: ...

    @abstractmethod
    def counters(self) -> dict[str, int]:
        """Table → the last number it gave a row, also where that row is gone."""

    def migrations(self) -> list[list[str]]:
        if "django_migrations" not in self.tables():
            return []
        columns = [Column("app", "varchar"), Column("name", "varchar")]
        return sorted(self.rows("django_migrations", columns))


@contextmanager
def snapshot() -> Iterator[Snapshot]:
    """Of the database of the settings, by a connection of its own; nobody who writes waits for it, nor it for them."""
    with _sqlite() if connection.vendor == "sqlite" else _postgres() as found:
        yield found


def ours(name: str) -> bool:
    """Whether a table is one of Laser OS or of a package it stands on; a shop may keep others beside them."""
    return name.startswith(("django_", *(f"{config.label}_" for config in apps.get_app_configs())))


# --- SQLite -----------------------------------------------------------------------------------------------------------


@contextmanager
def _sqlite():
    reading = sqlite3.connect(connection.settings_dict["NAME"], timeout=20, isolation_level=None)
    try:
        reading.execute("PRAGMA query_only = ON")
        reading.execute("BEGIN")
        yield _SqliteSnapshot(reading)
    finally:
        reading.close()


class _SqliteSnapshot(Snapshot):
    def __init__(self, reading: sqlite3.Connection):
        self._reading = reading
        self._tables = [
            row[0]
            for row in reading.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
            )
        ]  # fmt: skip (the first read: from here on it stays this moment)

    def tables(self):
        return self._tables

    def columns(self, table):
        found = self._reading.execute(f'PRAGMA table_info("{table}")')
        return [Column(row[1], row[2].lower().partition("(")[0].removesuffix(" unsigned")) for row in found]

    def rows(self, table, columns):
        changed = [
            (place, _OF_SQLITE[column.kind]) for place, column in enumerate(columns) if column.kind in _OF_SQLITE
        ]
        cursor = self._reading.execute(_select(table, columns))
        while batch := cursor.fetchmany(BATCH):
            for found in batch:
                row = list(found)
                for place, plain in changed:
                    if row[place] is not None:
                        row[place] = plain(row[place])
                yield row

    def counters(self):
        return dict(self._reading.execute("SELECT name, seq FROM sqlite_sequence WHERE seq > 0"))


def _amount(value) -> str:
    """SQLite keeps amounts as numbers with a point that floats: the shortest text that means the same."""
    return format(decimal.Decimal(repr(value)), "f") if isinstance(value, float) else str(value)


_OF_SQLITE = {
    "bool": bool,
    "decimal": _amount,
    "blob": lambda value: base64.b64encode(value).decode(),
}


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@contextmanager
def _postgres():
    beside = _beside()
    try:
        beside.connect()
        reading = beside.connection
        reading.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        reading.execute("SET LOCAL TIME ZONE 'UTC'")
        yield _PostgresSnapshot(reading)
    finally:
        beside.close()


def _beside():
    """A connection of its own, not from the pool: it lasts as long as a backup does."""
    conf = copy.deepcopy(connection.settings_dict)
    conf["OPTIONS"] = {**conf["OPTIONS"], "pool": False}
    return connections["default"].__class__(conf, alias="backup")


class _PostgresSnapshot(Snapshot):
    def __init__(self, reading):
        from psycopg.types.string import TextLoader

        self._reading = reading
        for kind in ("json", "jsonb", "inet", "cidr"):  # as they are written, not as what they mean
            reading.adapters.register_loader(kind, TextLoader)
        self._tables = [row[0] for row in reading.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)"
            " AND c.relnamespace = current_schema()::regnamespace ORDER BY 1"
        )]  # fmt: skip

    def tables(self):
        return self._tables

    def columns(self, table):
        return columns_of_postgres(self._reading, table)

    def rows(self, table, columns):
        with self._reading.cursor(name="backup") as cursor:
            cursor.itersize = BATCH
            cursor.execute(_select(table, columns))
            for found in cursor:
                yield [_plain(value) for value in found]

    def counters(self):
        found = {}
        for table in self._tables:
            if any(column.name == "id" for column in self.columns(table)):
                name = self._reading.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"']).fetchone()[0]
                if name:
                    last, is_called = self._reading.execute(f"SELECT last_value, is_called FROM {name}").fetchone()  # noqa: S608
                    if is_called:
                        found[table] = last
        return found


def columns_of_postgres(reading, table: str) -> list[Column]:
    rows = reading.execute(
        "SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid"
        " WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
        [f'"{table}"'],
    )
    return [Column(*row) for row in rows]


def _plain(value):
    if value is None or isinstance(value, str | bool | int | float):
        return value
    return _OF_POSTGRES[type(value)](value)


def _moment(value: datetime.datetime) -> str:
    return str(value.astimezone(datetime.UTC).replace(tzinfo=None))


def _microseconds(value: datetime.timedelta) -> int:
    return value // datetime.timedelta(microseconds=1)


_OF_POSTGRES = {
    decimal.Decimal: lambda value: format(value, "f"),
    datetime.datetime: _moment,
    datetime.date: str,
    datetime.time: str,
    datetime.timedelta: _microseconds,
    uuid.UUID: lambda value: value.hex,
    bytes: lambda value: base64.b64encode(value).decode(),
    ipaddress.IPv4Address: str,
    ipaddress.IPv6Address: str,
}


# --- loading ----------------------------------------------------------------------------------------------------------


def columns_here(table: str) -> list[Column]:
    """Of the database that is being restored."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return _SqliteSnapshot.columns(_Reading(cursor), table)
        return columns_of_postgres(cursor.connection, table)


class _Reading:
    """So that a snapshot's way of reading columns serves a connection of Django's."""

    def __init__(self, cursor):
        self._reading = cursor.connection


def empty(tables: Iterable[str]) -> None:
    names = ", ".join(f'"{name}"' for name in tables)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in tables:
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608
            cursor.execute("DELETE FROM sqlite_sequence")
        elif names:
            cursor.execute(f"TRUNCATE {names}")


def load(table: str, columns: list[Column], lines: Iterable[bytes]) -> int:
    """Put rows into an empty table; how many. `columns` are its own, in the order the values stand in."""
    names = ", ".join(f'"{column.name}"' for column in columns)
    count, rows = 0, _loaded(columns, lines)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            places = ", ".join("?" * len(columns))
            insert = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608
            raw = cursor.connection
            before = raw.total_changes
            raw.executemany(insert, rows)
            return raw.total_changes - before
        with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as wire:
            for row in rows:
                wire.write_row(row)
                count += 1
    return count


def _loaded(columns: list[Column], lines: Iterable[bytes]) -> Iterator[list]:
    changed = [(place, _LOADED[column.kind]) for place, column in enumerate(columns) if column.kind in _LOADED]
    for line in lines:
        row = json.loads(line)
        for place, change in changed:
            if row[place] is not None:
                row[place] = change(row[place])
        yield row


_LOADED = {
    "blob": base64.b64decode,
    "bytea": base64.b64decode,
    "timestamptz": lambda moment: f"{moment}+00",
    "interval": lambda microseconds: f"{microseconds} microseconds",
}


def count_on(counters: dict[str, int]) -> None:
    """The next number of each table comes after the last one it gave before."""
    counters = {table: last for table, last in counters.items() if last > 0}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for table, last in counters.items():
                cursor.execute("UPDATE sqlite_sequence SET seq = %s WHERE name = %s AND seq < %s", [last, table, last])
                if not cursor.rowcount:
                    cursor.execute(
                        "INSERT INTO sqlite_sequence (name, seq) SELECT %s, %s"
                        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = %s)", [table, last, table]
                    )  # fmt: skip
            return
        for table, last in counters.items():
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [f'"{table}"'])
            if name := cursor.fetchone()[0]:
                cursor.execute("SELECT setval(%s::regclass, %s)", [name, last])


def _select(table: str, columns: list[Column]) -> str:
    names = ", ".join(f'"{column.name}"' for column in columns)
    return f'SELECT {names} FROM "{table}"'  # noqa: S608
