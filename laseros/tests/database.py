"""The database of the tests: migrated once for all processes and all runs, and quick to be as it was.

A plugin of pytest, loaded by the root `conftest.py`. A migrated database is kept in pytest's cache (SQLite) or beside
the test databases (PostgreSQL) under a name that holds what it was made from: a changed migration makes another one.
"""

import fcntl
import functools
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import pytest

# Made by migrating and the same for ever; what else is there at the beginning is put back by value.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}

# A test that has ended has no more business in the database; what it left running ends by then.
LET_GO_WITHIN = 60


def pytest_configure(config):
    """Where processes of a run keep what one of them made for all."""
    os.environ.setdefault("LASEROS_TESTS_KEEP_IN", str(config.cache.mkdir("laseros-laid")))


@pytest.fixture(scope="session")
def django_db_keepdb():
    """SQLite's file is put there before and goes with the folder of the process; PostgreSQL copies by itself."""
    from django.db import connection

    return connection.vendor == "sqlite"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, request):
    from django.conf import settings
    from django.db import connection

    cache = request.config.cache.mkdir("laseros-database")
    with one_at_a_time(cache / f"lock-{connection.vendor}"):
        if connection.vendor == "sqlite":
            shutil.copyfile(migrated_file(cache), connection.creation._get_test_db_name())
        else:
            template = migrated_template(settings.DATABASES["default"]["NAME"])
            connection.settings_dict["TEST"]["TEMPLATE"] = template


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """As pytest-django does it; and a test with committed data leaves the database as it was, without migrating."""
    from django.test import TransactionTestCase

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, counted_from_here():
        beginning = rows_that_are_there()
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: put_back(beginning))
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """What a test counted is counted anew by the next one, as on SQLite; where all stand in one transaction, not."""
    answer = yield
    if _counts:
        from django.db import connection

        if connection.connection is not None and not connection.in_atomic_block:
            count_again(_counts[-1])
    return answer


# --- migrated once ----------------------------------------------------------------------------------------------------


def made_from() -> str:
    """A print of all migrations there are, ours and others'."""
    from django.apps import apps
    from django.db.migrations.loader import MigrationLoader

    print_ = hashlib.sha256(sys.version.encode())
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label):
        name, _explicit = MigrationLoader.migrations_module(app.label)
        try:
            folder = Path(import_module(name).__file__).parent
        except ImportError:
            continue
        for file in sorted(folder.glob("*.py")):
            print_.update(f"{app.label}/{file.name}\n".encode() + file.read_bytes())
    from billing import guards

    print_.update(Path(guards.__file__).read_bytes())  # laid after every migrate, and not by a migration
    return print_.hexdigest()[:12]


def migrated_file(cache: Path) -> Path:
    ready = cache / f"{made_from()}.sqlite3"
    if not ready.exists():
        for old in cache.glob("*.sqlite3*"):
            old.unlink()
        raw, whole = cache / "raw.sqlite3", cache / "whole.sqlite3"
        migrate(f"sqlite:///{raw}")
        with sqlite3.connect(raw) as connection:
            connection.execute("VACUUM INTO ?", [str(whole)])  # with what stands in the journal beside it
        connection.close()
        for left in cache.glob("raw.*"):
            left.unlink()
        whole.rename(ready)
    return ready


def migrated_template(name: str) -> str:
    """A database of this server that PostgreSQL copies for each process."""
    import psycopg
    from psycopg import sql

    from laseros.tests.processes import database_url

    prefix = f"test_{name}_from_"
    ready, raw = prefix + made_from(), f"test_{name}_raw"
    server, _slash, _name = database_url().rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        there = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if ready not in there:
            for old in sorted(each for each in there if each.startswith(prefix) or each == raw):
                connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(old)))
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(raw)))
            migrate(f"{server}/{raw}")
            connection.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(raw), sql.Identifier(ready))
            )
    return ready


def migrate(url: str) -> None:
    """In a process of its own, that leaves no connection behind."""
    from django.conf import settings

    from laseros.tests.processes import environment

    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env={**environment(), "DATABASE_URL": url, "REDIS_URL": ""},
        check=True,
        timeout=300,
    )


@contextmanager
def one_at_a_time(path: Path):
    with open(path, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# --- as it was --------------------------------------------------------------------------------------------------------


def tables_with_rows(cursor) -> list[str]:
    """PostgreSQL plans a question about so many tables for ten milliseconds: once for a connection is enough."""
    from django.db import connection

    if connection.vendor == "sqlite":
        cursor.execute(_which_have_rows())
    else:
        if getattr(connection.connection, "knows_tables", None) is None:
            cursor.execute(f"PREPARE tables_with_rows AS {_which_have_rows()}")
            connection.connection.knows_tables = True
        cursor.execute("EXECUTE tables_with_rows")
    return [row[0] for row in cursor.fetchall()]


@functools.cache
def _which_have_rows() -> str:
    from django.db import connection

    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    return " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in tables)


def rows_that_are_there() -> dict[str, list[tuple]]:
    """What migrating put into tables that tests write to: roles, the timetable."""
    from django.db import connection

    with connection.cursor() as cursor:
        found = {}
        for table in tables_with_rows(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = cursor.fetchall()
        return found


@contextmanager
def committed(make):
    """What `make()` answers, with its rows committed, and the database as it was afterwards.

    Triggers are taken off and laid again where SQLite calls that a changed schema, and a transaction that changed it
    has the whole schema read anew after each savepoint that is undone: several milliseconds a request.
    """
    from django.db import connection, transaction

    beginning = rows_that_are_there()
    with transaction.atomic():
        made = make()
        connection.run_on_commit.clear()  # nobody listens
    try:
        with counted_from_here():
            yield made
    finally:
        put_back(beginning)


# --- what PostgreSQL counts, and does not forget with what is undone --------------------------------------------------

_counts: list[dict[str, int]] = []  # where the tests begin to count; the last one holds


@contextmanager
def counted_from_here():
    _counts.append(counted())
    yield
    _counts.pop()


def counted() -> dict[str, int]:
    """Sequence → the number it gave last, of those that gave any."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL")
        return dict(cursor.fetchall())


def count_again(numbers: dict[str, int]) -> None:
    """The sequences stand where they stood."""
    now = counted()
    _count({name: numbers.get(name, 0) for name, number in now.items() if number != numbers.get(name, 0)})


def count_on(numbers: dict[str, int]) -> None:
    """The sequences have given these at least."""
    now = counted() if numbers else {}
    _count({name: number for name, number in numbers.items() if number > now.get(name, 0)})


def _count(numbers: dict[str, int]) -> None:
    from django.db import connection

    if numbers:
        with connection.cursor() as cursor:
            sets = ", ".join(["setval(%s::regclass, %s, %s)"] * len(numbers))
            values = [value for name, number in numbers.items() for value in (f'"{name}"', max(number, 1), number > 0)]
            cursor.execute(f"SELECT {sets}", values)


@contextmanager
def guards_off():
    """Without the triggers that keep issued documents as they are: for emptying tables, and to see who notices."""
    from django.db import connection

    from billing import guards

    there, sqlite = guards.present(), connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        _check_now(cursor)
        for name, sql in there.items():
            cursor.execute(f"DROP TRIGGER {name}" if sqlite else f'ALTER TABLE "{sql}" DISABLE TRIGGER {name}')
        yield
        _check_now(cursor)
        for name, sql in there.items():
            cursor.execute(sql if sqlite else f'ALTER TABLE "{sql}" ENABLE TRIGGER {name}')


def _check_now(cursor) -> None:
    """PostgreSQL alters no table that has keys still to be checked."""
    if cursor.db.vendor == "postgresql" and cursor.db.in_atomic_block:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def put_back(beginning: dict[str, list[tuple]]) -> None:
    """As it was; whoever still holds a table of PostgreSQL then is named and turned out."""
    from django.db import OperationalError

    try:
        empty_and_fill(beginning)
    except OperationalError as error:
        held = turned_out()
        if not held:
            raise
        empty_and_fill(beginning)
        raise RuntimeError(f"The test left somebody in the database: {held}") from error


def turned_out() -> list[tuple]:
    """Everybody else in this database: what they do and what they did last."""
    from django.db import connection

    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, application_name, query, pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return cursor.fetchall()


def empty_and_fill(beginning: dict[str, list[tuple]]) -> None:
    """Empty what has rows and write those of the beginning: what `flush` does, without its migrating anew."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"SET LOCAL lock_timeout = '{LET_GO_WITHIN}s'")
        _empty_and_fill(cursor, beginning)


def _empty_and_fill(cursor, beginning: dict[str, list[tuple]]) -> None:
    with guards_off():
        for table in tables_with_rows(cursor):
            cursor.execute(f'DELETE FROM "{table}"')
        for table, rows in beginning.items():
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({", ".join(["%s"] * len(rows[0]))})', rows)
