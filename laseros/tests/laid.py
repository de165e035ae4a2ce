"""Ground that most tests stand on is made by the verbs once in a process; after that its rows are laid as they were.

What a shop needs to begin with takes longer to make than many a test. `laid(key, make)` makes it, remembers the rows
and the objects, and the next test in a transaction of its own gets the same rows under the same numbers, as of now.
Where anything stands in those tables already, or the verbs changed what was there before, it is made as ever.
`laid_in_a_run` keeps a whole world for the other processes of a run.
"""

import functools
import hashlib
import io
import os
import pickle
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import time_machine
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language
from django_scopes import get_scope

from laseros.tests import typesetting
from laseros.tests.database import count_on, counted, guards_off, one_at_a_time, tables_with_rows

WRITES = re.compile(r'\s*(?:INSERT\s.*?INTO|UPDATE|DELETE\s+FROM)\s+"(\w+)"', re.IGNORECASE)


@dataclass
class Record:
    tables: dict[str, list[tuple]]  # table → its rows
    objects: bytes
    began: datetime
    ended: datetime
    counted: dict[str, int]  # what PostgreSQL counted meanwhile

    def of(self, table: str) -> Callable:
        """What becomes of the values of one table."""
        return (lambda value: value) if table in sealed_tables() else self.then

    def then(self, value):
        """A moment of the making is now; everything else is as it was."""
        if not isinstance(value, datetime):
            return value
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        if not self.began <= aware <= self.ended:
            return value
        return timezone.now() if value.tzinfo else timezone.now().replace(tzinfo=None)


_records: dict[tuple, Record | None] = {}  # None: not to be laid


def laid(key: tuple, make: Callable, stands_on=None):
    """What `make()` answers: objects whose rows are all new; `stands_on` is the one they belong to, made before."""
    if not connection.in_atomic_block or (stands_on is not None and not as_it_was(stands_on)):
        return make()
    key = (connection.vendor, get_language(), *key, getattr(stands_on, "_laid_as", None))
    if key not in _records:
        found, _records[key] = _recorded(make, stands_on)
    elif (record := _records[key]) and _nothing_in(record.tables):
        found = _lay(record, stands_on)
    else:
        return make()
    if stands_on is None and _records[key]:
        found._laid_as, found._as_laid = key, dict(vars(found))
    return found


def as_it_was(model) -> bool:
    """Whether it was laid, and nobody has given it another value since."""
    there = vars(model)
    before = there.get("_as_laid", {})
    return bool(before) and all(there.get(name) == value for name, value in before.items() if name[0] != "_")


def forget() -> None:
    """The next time everything is made by the verbs."""
    _records.clear()
    _steps.clear()
    _missed.clear()


# --- a step further ---------------------------------------------------------------------------------------------------

# Roles are many rows, and a password is never hashed twice to the same; whoever does it is looked at by himself. Who is
# logged in has a key by chance, and no verb asks for it.
NOT_LOOKED_AT = frozenset({"auth_group_permissions", "accounts_user", "django_session"})
# What is done every day begins when the database was migrated: five minutes later that is no moment ago any more.
TIMETABLE = "django_q_schedule"
NOT_OF_A_PERSON = {"password", "last_login"}
LATELY = timedelta(minutes=5)
# Where the database was never as it was, it is not worth looking again.
MOST_MISSED = 20
# What is planned for so soon after the making is as long after the laying; about as soon is the same.
SOON, ABOUT = timedelta(hours=2), timedelta(minutes=5)


@dataclass
class Further(Record):
    really: datetime  # when it was made; `began` may be another day, for who travels in time

    def then(self, value):
        if not isinstance(value, datetime):
            return value
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        if self.ended < aware <= self.ended + SOON:
            return value + (timezone.now() - self.began)
        if abs(self.began - self.really) > SOON and timedelta(0) <= self.really - aware < LATELY:
            return value + (really_now() - self.really)
        return super().then(value)


@functools.cache
def sealed_tables() -> set[str]:
    """What has left the house is sealed with its moment, which stays: it was issued when its paper was."""
    from billing.kept import KINDS
    from billing.models import Seal

    parts = {part.model for kind in KINDS for part in kind.parts}
    return {model._meta.db_table for model in {Seal, *(kind.model for kind in KINDS), *parts}}


def really_now() -> datetime:
    hatch = time_machine.escape_hatch
    return hatch.datetime.datetime.now(UTC) if hatch.is_travelling() else timezone.now()


@dataclass
class Step:
    """What a verb did to a database: rows that are new, and rows that are otherwise, by their table."""

    new: dict[str, list[tuple]]
    changed: dict[str, list[tuple]]
    names: dict[str, list[str]]  # table → its columns; the first is the key
    files: dict[str, bytes]
    record: Further


_steps: dict[tuple, Step | None] = {}
_missed: Counter = Counter()


def laid_further(key: tuple, make: Callable, shop, by=None, of=()):
    """What `make()` answers: a record that the verbs made of `shop` and what `of` names, `by` somebody, on whatever
    stands there.

    They are asked once. Where the whole database is as it was before, and so are the objects given, it gets the rows
    it had afterwards.
    """
    given = {"": shop, **vars(shop), **({"by": by} if by else {}), **{f"{each!r} {each.pk}": each for each in of}}
    key = (connection.vendor, typesetting.shared(), *key)  # a paper that nobody reads is laid for nobody who does
    if not connection.in_atomic_block or _missed[key] >= MOST_MISSED:
        return make()
    before = _everything()
    known = (*key, get_language(), timezone.localdate(), repr(get_scope()), _print_of(before, given))
    if known not in _steps:
        _missed[key] += 1
        found, _steps[known] = _step(make, given, before)
        return found
    _missed[key] = 0
    return _go(_steps[known], given) if _steps[known] else make()


def _everything(but: frozenset = NOT_LOOKED_AT) -> dict[str, list[tuple]]:
    return {table: _rows_of(table) for table in sorted(_tables_with_rows() - but)}


def _print_of(rows: dict, given: dict) -> str:
    """Of the database and of the objects given; a moment ago is now, and so is what is planned for soon."""
    clocks = {"now": timezone.now(), "really now": really_now()}

    def lately(value):
        if not isinstance(value, datetime):
            return value
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        for name, now in clocks.items():
            if timedelta(0) <= now - aware < LATELY:
                return name
            if timedelta(0) < aware - now <= SOON:
                return f"{name}, in about {round((aware - now) / ABOUT)}"
        return aware

    said = [(table, [tuple(map(lately, row)) for row in found]) for table, found in rows.items() if table != TIMETABLE]
    said += [
        (name, {key: lately(value) for key, value in _fields(each).items()}) for name, each in given.items() if name
    ]
    return hashlib.sha256(repr(said).encode()).hexdigest()


def _fields(model) -> dict:
    return {name: value for name, value in vars(model).items() if name[0] != "_" and name not in NOT_OF_A_PERSON}


def _step(make: Callable, given: dict, before: dict, but: frozenset = NOT_LOOKED_AT) -> tuple:
    objects, files = {name: _fields(each) for name, each in given.items() if name}, _files()
    began, really = timezone.now(), really_now()
    found, moved = _counting(make)
    ended, after = timezone.now(), _everything(but)
    stored = _files()
    if objects != {name: _fields(each) for name, each in given.items() if name} or not files.items() <= stored.items():
        return found, None  # there is more than new things to it
    new, changed, names = {}, {}, {}
    for table, rows in after.items():
        old = {row[0]: row for row in before.get(table, ())}
        if old.keys() - {row[0] for row in rows}:
            return found, None
        new[table] = [row for row in rows if row[0] not in old]
        changed[table] = [row for row in rows if row[0] in old and row != old[row[0]]]
        names[table] = _columns_of(table)
    if before.keys() - after.keys():
        return found, None
    stored = {name: content for name, content in stored.items() if name not in files}
    return found, Step(new, changed, names, stored, Further({}, _packed(found, given), began, ended, moved, really))


def _files() -> dict[str, bytes]:
    root = Path(settings.MEDIA_ROOT)
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _columns_of(table: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" LIMIT 0')
        return [column[0] for column in cursor.description]


def _go(step: Step, given: dict):
    for name, content in step.files.items():
        path = Path(settings.MEDIA_ROOT, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with connection.cursor() as cursor:
        for table, rows in step.new.items():
            then = step.record.of(table)
            if rows:
                places = ", ".join(["%s"] * len(rows[0]))
                cursor.executemany(f'INSERT INTO "{table}" VALUES ({places})', [list(map(then, row)) for row in rows])
        for table, rows in step.changed.items():
            then = step.record.of(table)
            if rows:
                key, *others = step.names[table]
                values = ", ".join(f'"{name}" = %s' for name in others)
                cursor.executemany(
                    f'UPDATE "{table}" SET {values} WHERE "{key}" = %s',
                    [[*map(then, row[1:]), row[0]] for row in rows],
                )
    count_on(step.record.counted)
    found = _unpacked(step.record, given)
    _bring_to_now(found, step.record, {id(each) for each in given.values()})
    return found


# --- for all processes of a run ---------------------------------------------------------------------------------------

KEPT_IN = "LASEROS_TESTS_KEEP_IN"  # a folder, said by `database.py`


def laid_in_a_run(name: str, make: Callable):
    """What `make()` answers where nothing stands yet: the first process that asks makes it, for the others as well.

    On PostgreSQL, and where a process tests alone, it is made as ever.
    """
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if not run or KEPT_IN not in os.environ or connection.vendor != "sqlite":
        return make()
    kept = Path(os.environ[KEPT_IN], f"{name}.pickle")
    with one_at_a_time(kept.with_suffix(".lock")):
        of_run, step = pickle.loads(kept.read_bytes()) if kept.exists() else ("", None)
        if of_run != run:
            found, step = _step(make, {}, _everything(frozenset()), frozenset())
            kept.write_bytes(pickle.dumps((run, step)))
            return found
    if step is None:
        return make()
    with guards_off():  # some of it was altered behind their back as well
        return _go(step, {})


# --- made and remembered ----------------------------------------------------------------------------------------------


def _recorded(make: Callable, stands_on) -> tuple:
    touched = set()

    def note(execute, sql, params, many, context):
        if found := WRITES.match(sql):
            touched.add(found[1])
        return execute(sql, params, many, context)

    before, began = _tables_with_rows(), timezone.now()
    with connection.execute_wrapper(note):
        found, moved = _counting(make)
    ended = timezone.now()
    if touched & before:
        return found, None
    tables = {table: _rows_of(table) for table in sorted(_tables_with_rows() - before)}
    if any(type(value) is date for rows in tables.values() for row in rows for value in row):
        return found, None
    return found, Record(tables, _packed(found, _named(stands_on)), began, ended, moved)


def _counting(make: Callable) -> tuple:
    """What it answers, and how far the sequences that it moved have come."""
    before = counted()
    found = make()
    return found, dict(counted().items() - before.items())


def _tables_with_rows() -> set[str]:
    with connection.cursor() as cursor:
        return set(tables_with_rows(cursor))


def _rows_of(table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        return cursor.fetchall()


def _named(stands_on) -> dict:
    return {} if stands_on is None else {"what it stands on": stands_on}


def _packed(objects, given: dict) -> bytes:
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream)
    names = {id(each): name for name, each in given.items()}
    pickler.persistent_id = lambda each: names.get(id(each))
    pickler.dump(objects)
    return stream.getvalue()


def _unpacked(record: Record, given: dict):
    unpickler = pickle.Unpickler(io.BytesIO(record.objects))
    unpickler.persistent_load = given.__getitem__
    return unpickler.load()


# --- laid -------------------------------------------------------------------------------------------------------------


def _nothing_in(tables) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + " OR ".join(f'EXISTS (SELECT 1 FROM "{table}")' for table in tables))
        return not cursor.fetchone()[0]


def _lay(record: Record, stands_on):
    with connection.cursor() as cursor:
        for table, rows in record.tables.items():
            places = ", ".join(["%s"] * len(rows[0]))
            cursor.executemany(
                f'INSERT INTO "{table}" VALUES ({places})', [[record.then(value) for value in row] for row in rows]
            )
    count_on(record.counted)
    found = _unpacked(record, _named(stands_on))
    _bring_to_now(found, record, {id(stands_on)})
    return found


def _bring_to_now(found, record: Record, seen: set[int]) -> None:
    """The moments in the objects, and in those they lead to."""
    if id(found) in seen or not hasattr(found, "__dict__"):
        return
    seen.add(id(found))
    then = record.of(found._meta.db_table if hasattr(found, "_meta") else "")
    for name, value in list(vars(found).items()):
        if isinstance(value, datetime):
            setattr(found, name, then(value))
        elif name == "_state":
            for related in value.fields_cache.values():
                _bring_to_now(related, record, seen)
        elif hasattr(value, "_meta"):
            _bring_to_now(value, record, seen)
