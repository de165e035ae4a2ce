"""What the commands `manage.py import_… FILE --workspace W [--dry-run]` have in common."""

from pathlib import Path
from types import ModuleType

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django_scopes import scope

from accounts.imports import plans as imports
from accounts.imports.reading import MOST_BYTES
from accounts.models import Workspace
from laseros.core.errors import Refused


class ImportCommand(BaseCommand):
    """All rows of a file are stored or none; every wrong one is named with its row, its column and the reason."""

    kind = ""
    module: ModuleType | None = None
    help = "Take a list from a CSV or XLSX file (spools from Spoolman as JSON too): all of its rows, or none."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--workspace", required=True, help="short name of the business")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")

    def handle(self, *args, file, workspace, dry_run, **options):
        shop = Workspace.objects.filter(slug=workspace).first()
        if shop is None:
            raise CommandError(f"There is no business called {workspace}.")
        with scope(workspace=shop), timezone.override(shop.timezone):
            try:
                table = imports.read(self._content(file))
                plan = imports.plan_of(shop, self.module, table)
                for line, column, reason in plan.wrong:
                    self.stderr.write(f"row {line}{f', {column}' if column else ''}: {reason}")
                if plan.wrong:
                    raise CommandError(f"{len(plan.wrong)} things are wrong: nothing was stored.")
                if not dry_run:
                    plan = imports.store(shop, self.module, table, f"import_{self.kind}")
            except Refused as refusal:
                raise CommandError(str(refusal.reason)) from None
        counts = {**plan.counts, "left out": plan.left_out}
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in counts.items()))

    def _content(self, file: Path) -> bytes:
        try:
            if file.stat().st_size > MOST_BYTES:
                raise CommandError("The file is too large: 1.5 MB at most.")
            return file.read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from None
