"""manage.py import_parameters acme "Golden Laser X3" cutting.csv"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from accounts.models import Workspace
from laseros.core.errors import Refused
from machines.models import Machine
from production import parameters_import
from production.models import CuttingParameter


class Command(BaseCommand):
    help = (
        "Add rows to a machine's cutting table from a CSV file, all of them or none. They price nothing until they are"
        " confirmed. A file with a column “machine” is this shop's own table and may change rows; one without is a"
        " chart, of which rows of another power or material are left out."
    )

    def add_arguments(self, parser):
        parser.add_argument("workspace", help="short name of the business")
        parser.add_argument("machine", help="name of the machine")
        parser.add_argument("file", type=Path, nargs="?", help="without it: the starting values of this program")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, store nothing")
        parser.add_argument("--export", action="store_true", help="print the machine's table as CSV instead")

    def handle(self, *args, workspace, machine, file, dry_run, export, **options):
        shop = Workspace.objects.filter(slug=workspace).first()
        if shop is None:
            raise CommandError(f"There is no business called {workspace}.")
        with scope(workspace=shop):
            found = Machine.objects.filter(name=machine).first()
            if found is None:
                raise CommandError(f"There is no machine called {machine}.")
            if export:
                rows = CuttingParameter.objects.filter(machine=found).select_related("machine", "material")
                self.stdout.write(parameters_import.written(rows), ending="")
                return
            plan = self._plan(file, found)
            for line, reason in plan.wrong:
                self.stderr.write(f"line {line}: {reason}")
            if plan.wrong:
                raise CommandError(f"{len(plan.wrong)} rows are wrong: nothing was stored.")
            counts = plan.counts if dry_run else parameters_import.store(plan, "import_parameters")
        told = {"new": 0, "changed": 0, "same": 0, **counts, **plan.left_out}
        self.stdout.write(", ".join(f"{name}: {count}" for name, count in told.items()))

    def _plan(self, file, machine):
        try:
            if file is None:
                return parameters_import.read(parameters_import.starting_lines(machine), machine)
            if file.stat().st_size > parameters_import.MOST_BYTES:
                raise CommandError("The file is too large for a cutting table.")
            with file.open(newline="", encoding="utf-8-sig") as lines:
                return parameters_import.read(lines, machine)
        except (OSError, UnicodeDecodeError, Refused) as error:
            raise CommandError(str(error)) from None
