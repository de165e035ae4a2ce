"""Triggers that keep documents as they left the house, whoever writes: a verb, a shell, or somebody with plain SQL.

`billing.kept` says what of which document stays. Laid after every migrate and, on SQLite, taken up before one: there a
changed table is made anew, which would lose them and trip over them. `manage.py verify_documents` says when one is
missing.
"""

import re

from django.db import connections, models, transaction

from billing.kept import KINDS, OF
from billing.models import Allocation, Invoice, InvoiceLine, Payment, PeriodClose, Seal

REFUSAL = "an issued document is never changed"
PREFIX = "documents_stay_"
TOO_EARLY = "the books are closed"
BOOKS_LOCK = 1_112_493_931  # with a business: shared by who books, alone for who closes
# Where a day is written for ever: table, when, which column, and when it counts.
DATED = (
    (Payment, "INSERT", "received_on", ""),
    (Allocation, "INSERT", "booked_on", ""),
    (Invoice, "UPDATE", "issued_on", "OLD.number IS NULL AND NEW.number IS NOT NULL"),
    (Invoice, "INSERT", "issued_on", "NEW.number IS NOT NULL"),
)


def lay(using: str = "default", **kwargs) -> None:
    """Create what is missing or is not as it should be. Heard from `post_migrate`."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    if Seal._meta.db_table not in tables:
        return  # migrated back to nothing
    wanted = _wanted(connection)
    if connection.vendor == "sqlite":
        there = present(using)
        wanted = {name: sql for name, sql in wanted.items() if there.get(name) != sql}
    with connection.cursor() as cursor:
        for name, sql in wanted.items():
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            else:
                cursor.execute(_POSTGRES_FUNCTIONS)
            cursor.execute(sql)


def take_up(using: str = "default", plan=(), **kwargs) -> None:
    """Heard from `pre_migrate`: nothing to do unless a migration of ours is about to run on SQLite."""
    ours = any(migration.app_label == "billing" for migration, _backwards in plan)
    if ours and connections[using].vendor == "sqlite":
        with connections[using].cursor() as cursor:
            for name in present(using):
                cursor.execute(f"DROP TRIGGER {name}")


def missing(using: str = "default") -> list[str]:
    """The names of guards that should be there and are not, are switched off or say something else; on PostgreSQL of
    their functions too."""
    connection = connections[using]
    if connection.vendor == "postgresql":
        return _missing_in_postgres(connection)
    there = present(using)
    return [name for name, sql in _wanted(connection).items() if there.get(name) != sql]


def present(using: str = "default") -> dict[str, str]:
    """name → SQL (SQLite) or table (PostgreSQL) of the guards in force."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute(
                "SELECT tgname, tgrelid::regclass::text FROM pg_trigger"
                " WHERE tgenabled IN ('O', 'A') AND NOT tgisinternal"
            )
        return {name: sql for name, sql in cursor.fetchall() if name.startswith(PREFIX)}


def _wanted(connection) -> dict[str, str]:
    make = _sqlite if connection.vendor == "sqlite" else _postgres
    return dict(make())


def _dated(model: type[models.Model], event: str) -> str:
    return f"{PREFIX}{model._meta.model_name}_open_{event}".lower()


def _columns(model: type[models.Model], names: set[str] | None = None, but: set[str] = frozenset()) -> list[str]:
    fields = [field for field in model._meta.concrete_fields if field.name not in but]
    return [field.column for field in fields if names is None or field.name in names]


def _changed(differs: str) -> dict[type[models.Model], str]:
    """For each table the condition under which an update changes what must stay."""
    return {**{kind.model: _of_document(kind, differs) for kind in KINDS}, Seal: ""}


def _of_document(kind, differs: str) -> str:
    kept = [f'OLD."{name}" {differs} NEW."{name}"' for name in _columns(kind.model, but=kind.moving | kind.once)]
    once = _columns(kind.model, kind.once)
    once = [f"""(OLD."{name}" <> '' AND OLD."{name}" {differs} NEW."{name}")""" for name in once]
    has_left = f"OLD.{kind.since} IS NOT NULL AND " if kind.since else ""
    return f"{has_left}({' OR '.join(kept + once)})"


def _gone(model: type[models.Model], row: str = "OLD") -> str:
    """The condition under which a row may not be deleted; empty: never."""
    kind = OF.get(model)
    return f"{row}.{kind.since} IS NOT NULL" if kind and kind.since else ""


def _parts():
    """Lines and parcels but those of invoices, whose lines have triggers of their own."""
    for kind in KINDS:
        if kind.model is not Invoice:
            for part in kind.parts:
                yield kind, part, part.model._meta.get_field(part.owner).column


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _sqlite():
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"

    def trigger(model, event, condition):
        table = model._meta.db_table
        name = f"{PREFIX}{model._meta.model_name}_{event}".lower()
        when = f" WHEN {condition}" if condition else ""
        return name, f'CREATE TRIGGER {name} BEFORE {event} ON "{table}"{when} {refuse}'

    invoice, line, seal = (model._meta.db_table for model in (Invoice, InvoiceLine, Seal))
    for model, condition in _changed("IS NOT").items():
        yield trigger(model, "UPDATE", condition)
        yield trigger(model, "DELETE", _gone(model))
        yield trigger(model, "INSERT", _in_the_way(model))
    # What is dated into closed books, whoever writes it. The newest close counts.
    closed = (
        f'(SELECT until_on FROM "{PeriodClose._meta.db_table}" WHERE workspace_id = NEW.workspace_id'  # noqa: S608
        " ORDER BY id DESC LIMIT 1)"
    )
    early = f"BEGIN SELECT RAISE(ABORT, '{TOO_EARLY}'); END"
    for model, event, column, condition in DATED:
        name, table = _dated(model, event), model._meta.db_table
        when = f"{condition} AND NEW.{column} <= {closed}" if condition else f"NEW.{column} <= {closed}"
        yield name, f'CREATE TRIGGER {name} BEFORE {event} ON "{table}" WHEN {when} {early}'
    issued = f'SELECT 1 FROM "{invoice}" WHERE number IS NOT NULL AND id = '  # noqa: S608
    sealed = f'EXISTS (SELECT 1 FROM "{seal}" WHERE invoice_id = NEW.invoice_id)'  # noqa: S608
    replaced = f'EXISTS ({issued}(SELECT old.invoice_id FROM "{line}" old WHERE old.id = NEW.id))'  # noqa: S608
    yield trigger(InvoiceLine, "INSERT", f"{sealed} OR {replaced}")
    yield trigger(InvoiceLine, "UPDATE", f"EXISTS ({issued}OLD.invoice_id) OR {sealed}")
    yield trigger(InvoiceLine, "DELETE", f"EXISTS ({issued}OLD.invoice_id)")
    for kind, part, owner in _parts():
        left = f'SELECT 1 FROM "{kind.model._meta.db_table}" WHERE {kind.since} IS NOT NULL AND id = '  # noqa: S608
        sealed = f'EXISTS (SELECT 1 FROM "{seal}" WHERE {kind.name}_id = NEW.{owner})'  # noqa: S608
        table = part.model._meta.db_table
        replaced = f'EXISTS ({left}(SELECT old.{owner} FROM "{table}" old WHERE old.id = NEW.id))'  # noqa: S608
        changed = " OR ".join(f'OLD."{name}" IS NOT NEW."{name}"' for name in _columns(part.model, but=part.moving))
        yield trigger(part.model, "INSERT", f"{sealed} OR {replaced}")
        yield trigger(part.model, "UPDATE", f"({changed}) AND (EXISTS ({left}OLD.{owner}) OR {sealed})")
        yield trigger(part.model, "DELETE", f"EXISTS ({left}OLD.{owner})")


def _in_the_way(model: type[models.Model]) -> str:
    """INSERT OR REPLACE deletes what is in its way without asking the trigger for DELETE."""
    gone, once = _gone(model, "old"), [field.column for field in model._meta.concrete_fields if field.unique]
    same = [f"old.{name} = NEW.{name}" for name in once]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            columns = [model._meta.get_field(name).column for name in constraint.fields]
            same.append(" AND ".join(f"old.{name} = NEW.{name}" for name in columns))
    kept = f" AND {gone}" if gone else ""
    where = f"({' OR '.join(same)}){kept}"
    return f'EXISTS (SELECT 1 FROM "{model._meta.db_table}" old WHERE {where})'  # noqa: S608


# --- PostgreSQL -------------------------------------------------------------------------------------------------------

# A line waits for whoever issues its document, and then sees that it is issued.
_POSTGRES_FUNCTIONS = f"""
CREATE OR REPLACE FUNCTION {PREFIX}refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE closed date; told date;
BEGIN
  told := (to_jsonb(NEW) ->> TG_ARGV[0])::date;
  PERFORM pg_advisory_xact_lock_shared({BOOKS_LOCK}, NEW.workspace_id::int);
  SELECT until_on INTO closed FROM billing_periodclose WHERE workspace_id = NEW.workspace_id ORDER BY id DESC LIMIT 1;
  IF told <= closed THEN
    RAISE EXCEPTION '{TOO_EARLY}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock({BOOKS_LOCK}, NEW.workspace_id::int);
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}lines() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' AND EXISTS (
    SELECT 1 FROM billing_invoice WHERE id = OLD.invoice_id AND number IS NOT NULL FOR NO KEY UPDATE
  ) THEN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  PERFORM 1 FROM billing_invoice WHERE id = NEW.invoice_id FOR NO KEY UPDATE;
  IF EXISTS (SELECT 1 FROM billing_seal WHERE invoice_id = NEW.invoice_id) THEN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION {PREFIX}parts() RETURNS trigger LANGUAGE plpgsql AS $$
-- Arguments: the document's table, the column that is filled when it has left, our column of it, the seal's, and what
-- of us may go on moving.
DECLARE has_left boolean; moving text[] := TG_ARGV[4:];
BEGIN
  IF TG_OP <> 'INSERT' THEN
    EXECUTE format('SELECT %I IS NOT NULL FROM %I WHERE id = $1 FOR NO KEY UPDATE', TG_ARGV[1], TG_ARGV[0])
      INTO has_left USING (to_jsonb(OLD) ->> TG_ARGV[2])::bigint;
    IF has_left AND (TG_OP = 'DELETE' OR to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving) THEN
      RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
  END IF;
  IF TG_OP = 'DELETE' THEN
    RETURN OLD;
  END IF;
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM billing_seal WHERE %I = $1)', TG_ARGV[3])
    INTO has_left USING (to_jsonb(NEW) ->> TG_ARGV[2])::bigint;
  IF has_left AND (TG_OP = 'INSERT' OR to_jsonb(OLD) - moving <> to_jsonb(NEW) - moving) THEN
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
"""  # noqa: S608


def _postgres():
    def trigger(model, event, condition="", function="refuse", each="ROW", arguments=""):
        table = model._meta.db_table
        name = f"{PREFIX}{model._meta.model_name}_{event.split()[0]}".lower()
        when = f" WHEN ({condition})" if condition else ""
        return name, (
            f'CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH {each}{when}'
            f" EXECUTE FUNCTION {PREFIX}{function}({arguments})"
        )

    for model, condition in _changed("IS DISTINCT FROM").items():
        yield trigger(model, "UPDATE", condition)
        yield trigger(model, "DELETE", _gone(model))
        yield trigger(model, "TRUNCATE", each="STATEMENT")
    for model, event, column, condition in DATED:
        name, table = _dated(model, event), model._meta.db_table
        when = f" WHEN ({condition})" if condition else ""
        yield (
            name,
            (
                f'CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON "{table}" FOR EACH ROW{when}'
                f" EXECUTE FUNCTION {PREFIX}open('{column}')"
            ),
        )
    yield trigger(PeriodClose, "INSERT", function="alone")
    yield trigger(InvoiceLine, "INSERT OR UPDATE OR DELETE", function="lines")
    yield trigger(InvoiceLine, "TRUNCATE", each="STATEMENT")
    for kind, part, owner in _parts():
        moving = [part.model._meta.get_field(name).column for name in sorted(part.moving)]
        told = [kind.model._meta.db_table, kind.since, owner, f"{kind.name}_id", *moving]
        arguments = ", ".join(f"'{each}'" for each in told)
        yield trigger(part.model, "INSERT OR UPDATE OR DELETE", function="parts", arguments=arguments)
        yield trigger(part.model, "TRUNCATE", each="STATEMENT")


_BODIES = re.compile(rf"FUNCTION ({PREFIX}\w+)\(\).*?AS \$\$(.*?)\$\$;", re.DOTALL)


def _missing_in_postgres(connection) -> list[str]:
    """The server keeps a trigger in words of its own: what is there is held against the same laid on an empty copy of
    its table, which only this session sees and which is undone at the end."""
    with transaction.atomic(connection.alias), connection.cursor() as cursor:
        wrong, wanted = _wrong_functions(cursor), _wanted(connection)
        there = _said_by(cursor)
        for table in {sql.split(' ON "')[1].split('"')[0] for sql in wanted.values()}:
            cursor.execute(f'CREATE TEMPORARY TABLE "{table}" (LIKE "{table}")')
        absent = [name for name in wanted if name not in there]
        if not wrong:  # none of ours is called otherwise
            for sql in wanted.values():
                cursor.execute(sql)
            laid = _said_by(cursor)
            absent += [name for name in wanted if name in there and there[name] != laid[name]]
        transaction.set_rollback(True, connection.alias)
    return wrong + absent


def _wrong_functions(cursor) -> list[str]:
    cursor.execute(
        "SELECT proname, prosrc FROM pg_proc f JOIN pg_language l ON l.oid = f.prolang WHERE proname LIKE %s"
        " AND l.lanname = 'plpgsql' AND f.proconfig IS NULL AND pg_function_is_visible(f.oid)",
        [f"{PREFIX}%"],
    )
    there = dict(cursor.fetchall())
    return [name for name, body in _BODIES.findall(_POSTGRES_FUNCTIONS) if there.get(name) != body]


def _said_by(cursor) -> dict[str, str]:
    """The triggers in force on the tables that a name without a schema means: name → as the server writes it down."""
    cursor.execute(
        "SELECT tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE tgname LIKE %s AND tgenabled IN ('O', 'A') AND NOT tgisinternal AND pg_table_is_visible(c.oid)",
        [f"{PREFIX}%"],
    )
    return dict(cursor.fetchall())
