"""What a start needs and a second start has: schema, static files, people to log in as. Fast when all is there."""

import hashlib
import io
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.utils import get_files
from django.core.management import CommandError, call_command
from django.core.management.sql import emit_post_migrate_signal
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

Say = Callable[[str], None]
STAMP = ".collected"


def schema(say: Say) -> None:
    executor = MigrationExecutor(connection)
    steps = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if steps:
        say(f"Bringing the database up to date ({steps} steps)…")
        call_command("migrate", interactive=False, verbosity=0)
    else:
        # Roles and permissions follow the code, and the code may have changed without a migration.
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)


def static_files(say: Say) -> None:
    if settings.STORAGES["staticfiles"]["BACKEND"].startswith("django."):
        return  # served from where they lie while developing
    stamp = Path(settings.STATIC_ROOT) / STAMP
    now = _print_of_sources()
    if stamp.exists() and stamp.read_text() == now:
        return
    say("Collecting static files…")
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(now)


def _print_of_sources() -> str:
    """A fingerprint of every static file of every app."""
    mark = hashlib.sha256()
    for finder in get_finders():
        for storage in finder.storages.values():
            for name in sorted(get_files(storage, ["CVS", ".*", "*~"])):
                with storage.open(name) as file:
                    mark.update(f"{name}:{file.size}:".encode() + hashlib.sha256(file.read()).digest())
    return mark.hexdigest()


def demo(say: Say) -> None:
    """Fill an empty database with the demonstration; a database with any business in it is left alone."""
    from accounts.models import Workspace

    unfinished = Path(settings.DATA_DIR) / "demo-unfinished"
    if Workspace.objects.exists():
        if unfinished.exists():
            raise CommandError(
                "The demonstration was interrupted before it was whole. Begin anew with an empty database: "
                f"remove {settings.DATA_DIR}. To keep what is there instead: rm {unfinished}"
            )
        return
    say("Making the demonstration: two businesses with some months of history, and a small American one…")
    unfinished.touch()
    call_command("demo", stdout=io.StringIO())  # whom it made is said when the doors are open
    unfinished.unlink()


def demo_logins() -> list[tuple[str, str, str, str]]:
    """(role, e-mail, password, workspace) of the demonstration's people who are still there."""
    from accounts.models import User
    from laseros.demo import logins

    known = set(User.objects.filter(email__in=[login[1] for login in logins()]).values_list("email", flat=True))
    return [login for login in logins() if login[1] in known]


def has_demo() -> bool:
    """Whether both businesses of the demonstration are here, with people of it."""
    from accounts.models import Workspace
    from laseros.demo.people import STAFF

    return Workspace.objects.filter(slug__in=STAFF).count() == len(STAFF) and bool(demo_logins())


def nobody_can_log_in() -> bool:
    from accounts.models import User

    return not User.objects.exists()


def done() -> None:
    """Let go of the database and of the threads that keep connections to it: from here on, processes are started."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
