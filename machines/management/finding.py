"""Which business and which machine a command on the shell is about."""

from django.core.management.base import CommandError
from django_scopes import scopes_disabled

from accounts.models import Workspace
from machines.models import Machine


def workspace_arguments(parser, *, required: bool = False) -> None:
    parser.add_argument("--workspace", required=required, metavar="W", help="short name of the business")
    parser.add_argument("--json", action="store_true", help="for programs")


def workspace(slug: str) -> Workspace:
    found = Workspace.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no business called {slug}.")
    return found


def machine(name: str, slug: str | None) -> Machine:
    """By its name; the business need not be said where the name is the only one of its kind."""
    with scopes_disabled():
        rows = Machine.objects.filter(name=name, archived_at=None).select_related("workspace")
        if slug:
            rows = rows.filter(workspace=workspace(slug))
        found = list(rows[:2])
    if not found:
        raise CommandError(f"There is no machine called {name}.")
    if len(found) > 1:
        raise CommandError(f"Several businesses have a machine called {name}: say --workspace.")
    return found[0]
