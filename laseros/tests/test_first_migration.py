"""A new database stands soon: the first migrations make tables only, all at once, and make what Django would make."""

import pytest
from django.apps import apps
from django.db import migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.utils import ConnectionHandler

from laseros.core.first_migration import FirstMigration, makes_a_table

OUR_APPS = ("accounts", "crm", "inventory", "machines", "production", "billing")
SHELF = migrations.CreateModel(
    "Shelf",
    fields=[("id", models.BigAutoField(primary_key=True)), ("name", models.CharField(max_length=9))],
    options={"constraints": [models.UniqueConstraint(fields=["name"], name="shelf_once")]},
)
BOX = migrations.CreateModel(
    "Box",
    fields=[
        ("id", models.BigAutoField(primary_key=True)),
        ("shelf", models.ForeignKey("crm.shelf", models.PROTECT, related_name="boxes")),
        ("seen_on", models.ManyToManyField("crm.shelf", related_name="+")),
    ],
)
WEIGHT = migrations.AddField("box", "weight", models.IntegerField(default=1))


@pytest.mark.parametrize("app", OUR_APPS)
def test_the_first_migration_of_an_app_makes_tables_only(app):
    first = MigrationLoader(None).get_migration(app, "0001_initial")
    tail = [operation.describe() for operation in first.operations if not makes_a_table(operation)]
    assert isinstance(first, FirstMigration)
    assert tail == []  # fold it into the CreateModel: it is said there, and costs nothing


def test_all_our_apps_with_tables_are_in_that_list():
    ours = {config.label for config in apps.get_app_configs() if not config.module.__file__.count("site-packages")}
    assert {label for label in ours if any(apps.get_app_config(label).get_models())} == set(OUR_APPS)


@pytest.mark.parametrize("operations", [[SHELF, BOX], [SHELF, BOX, WEIGHT]], ids=["tables only", "with a tail"])
def test_it_makes_what_django_makes(operations, django_db_blocker):
    with django_db_blocker.unblock():  # of databases in memory, no other
        at_once, by_django = applied(FirstMigration, operations), applied(migrations.Migration, operations)
    assert at_once == by_django
    tables, state = at_once
    assert [sql.partition(" (")[0] for sql in tables if "TABLE" in sql] == [
        'CREATE TABLE "crm_box"',
        'CREATE TABLE "crm_box_seen_on"',
        'CREATE TABLE "crm_shelf"',
        "CREATE TABLE sqlite_sequence(name,seq)",
    ]
    assert sorted(state.models) == [("crm", "box"), ("crm", "shelf")]


def applied(kind: type[migrations.Migration], operations: list) -> tuple[list[str], ProjectState]:
    """The tables that a new database has afterwards, and the state that the next migration gets."""
    connection = ConnectionHandler({"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})["default"]
    migration = type("Migration", (kind,), {"operations": operations})("0001_initial", "crm")
    with connection.schema_editor() as editor:
        before = ProjectState()
        assert before.apps  # drawn already, as `migrate` does it
        state = migration.apply(before, editor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name, sql")
        tables = [sql for (sql,) in cursor.fetchall()]
    connection.close()
    assert state.apps.get_model("crm", "box")._meta.get_field("shelf").related_model._meta.model_name == "shelf"
    return tables, state
