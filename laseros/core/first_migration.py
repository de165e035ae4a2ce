"""The first migration of an app makes its tables from one picture of all models.

Django draws every model anew for each table it makes, because the next step might need the state in between: with more
than a hundred models that was most of the time until a new installation stood. Where a migration only makes tables
nothing asks for a state in between.
"""

from django.db import migrations
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


class FirstMigration(migrations.Migration):
    """A migration that only makes tables is applied with one state, the last; any other one as Django does it.

    A table stands in `operations` after those its keys point to.
    """

    def apply(self, project_state: ProjectState, schema_editor, collect_sql: bool = False) -> ProjectState:
        if collect_sql or not all(makes_a_table(operation) for operation in self.operations):
            return super().apply(project_state, schema_editor, collect_sql)
        before = project_state.clone()
        project_state.__dict__.pop("apps", None)  # drawn when it is asked for again, with all models in it
        state = self.mutate_state(project_state, preserve=False)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, before, state)
        return state


def makes_a_table(operation: Operation) -> bool:
    return isinstance(operation, migrations.CreateModel)
