"""Ground that most tests stand on is made by the verbs once in a process; after that its rows are laid as they were.

What a shop needs to begin with takes longer to make than many a test. `laid(key, make)` makes it, remembers the rows
and the objects, and the next test in a transaction of its own gets the same rows under the same numbers, as of now.
Where anything stands in those tables already, or the verbs changed what was there before, it is made as ever.
"""

import io
import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language

WRITES = re.compile(r'\s*(?:INSERT\s.*?INTO|UPDATE|DELETE\s+FROM)\s+"(\w+)"', re.IGNORECASE)


@dataclass
class Record:
    tables: dict[str, list[tuple]]  # table → its rows
    objects: bytes
    began: datetime
    ended: datetime

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


# --- made and remembered ----------------------------------------------------------------------------------------------


def _recorded(make: Callable, stands_on) -> tuple:
    touched = set()

    def note(execute, sql, params, many, context):
        if found := WRITES.match(sql):
            touched.add(found[1])
        return execute(sql, params, many, context)

    before, began = _tables_with_rows(), timezone.now()
    with connection.execute_wrapper(note):
        found = make()
    ended = timezone.now()
    if touched & before:
        return found, None
    tables = {table: _rows_of(table) for table in sorted(_tables_with_rows() - before)}
    if any(type(value) is date for rows in tables.values() for row in rows for value in row):
        return found, None
    return found, Record(tables, _packed(found, stands_on), began, ended)


def _tables_with_rows() -> set[str]:
    from laseros.tests.database import tables_with_rows

    with connection.cursor() as cursor:
        return set(tables_with_rows(cursor))


def _rows_of(table: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
        return cursor.fetchall()


def _packed(objects, stands_on) -> bytes:
    stream = io.BytesIO()
    pickler = pickle.Pickler(stream)
    pickler.persistent_id = lambda each: "what it stands on" if each is stands_on and each is not None else None
    pickler.dump(objects)
    return stream.getvalue()


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
    unpickler = pickle.Unpickler(io.BytesIO(record.objects))
    unpickler.persistent_load = lambda _name: stands_on
    found = unpickler.load()
    _bring_to_now(found, record, {id(stands_on)})
    return found


def _bring_to_now(found, record: Record, seen: set[int]) -> None:
    """The moments in the objects, and in those they lead to."""
    if id(found) in seen or not hasattr(found, "__dict__"):
        return
    seen.add(id(found))
    for name, value in list(vars(found).items()):
        if isinstance(value, datetime):
            setattr(found, name, record.then(value))
        elif name == "_state":
            for related in value.fields_cache.values():
                _bring_to_now(related, record, seen)
        elif hasattr(value, "_meta"):
            _bring_to_now(value, record, seen)
