"""manage.py bench_invoices --invoices 400: eight processes issue them, some break off, some are killed."""

import os
import sys
import tempfile
import uuid

from django.core.management.base import BaseCommand, CommandError

from laseros.management.commands.bench import Command as Bench

DATABASES = ("sqlite", "postgresql")
SAID = ("invoices", "processes", "kills")


class Command(BaseCommand):
    help = "8 processes issue invoices, some break off, some are killed; no number may be missing, on both databases."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--invoices", type=int, default=400)
        parser.add_argument("--processes", type=int, default=8)
        parser.add_argument("--kills", type=int, default=24)
        parser.add_argument(
            "--postgres", default=os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/")
        )
        parser.add_argument("--only", choices=DATABASES)
        parser.add_argument("--here", action="store_true", help="in the database this process is set to")

    def handle(self, **options):
        if options["here"]:
            return self._here(options)
        failed = [
            database
            for database in DATABASES
            if options["only"] in (None, database) and not self._elsewhere(database, options)
        ]
        if failed:
            raise CommandError(f"Not as it should be: {', '.join(failed)}")

    def _elsewhere(self, database: str, options) -> bool:
        """In a database of its own, which is dropped afterwards."""
        bench = Bench()
        with tempfile.TemporaryDirectory(prefix="laseros-bench-") as folder:
            where, drop = bench._place(database, folder, options)
            environment = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": where, "REDIS_URL": "", "DEBUG": ""}
            said = [f"--{name}={options[name]}" for name in SAID]
            try:
                bench._manage(environment, "migrate", "--verbosity", "0")
                told = bench._manage(environment, "bench_invoices", "--here", *said)
                self.stdout.write(f"{database}: {told.strip()}")
            except SystemExit as end:
                sys.stderr.write(str(end))
                return False
            finally:
                drop()
        return True

    def _here(self, options) -> None:
        from accounts.models import Workspace
        from laseros.bench import invoices

        workspace = Workspace.objects.create(slug=f"bench-{uuid.uuid4().hex[:8]}", name="Bench")
        invoices.ground(workspace, options["invoices"])
        found = invoices.storm(workspace.pk, options["processes"], options["kills"])
        self.stdout.write(
            f"{found['issued']} invoices issued by {options['processes']} processes in {found['seconds']:.0f} s,"
            f" {found['killed']} killed, {found['swept']} papers swept"
        )
        if found["wrong"] or found["issued"] != options["invoices"]:
            raise CommandError("\n".join(found["wrong"]) or "Not all of them were issued.")
        self.stdout.write("No number is missing, and every document has its papers, prints and seal.")
