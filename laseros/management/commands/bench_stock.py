"""manage.py bench_stock --seconds 20 | manage.py bench_stock --storm 60 | manage.py bench_stock --lists 20"""

import os
import sys
import tempfile
import uuid

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laseros.management.commands.bench import Command as Bench

LEAST, GROWTH = 0.5, 1.2
DATABASES = ("sqlite", "postgresql")
SAID = ("seconds", "processes", "storm", "kills", "lists")


class Command(BaseCommand):
    help = (
        "Moves per second beside a bare loop, on PostgreSQL; --storm: 16 processes at one stock, some killed; --lists:\
 the lists at ten thousand moves and at a million."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=20)
        parser.add_argument("--processes", type=int)
        parser.add_argument("--storm", type=float, metavar="SECONDS")
        parser.add_argument("--lists", type=int, metavar="ROUNDS")
        parser.add_argument("--kills", type=float, default=2, help="processes killed each second of a storm")
        parser.add_argument(
            "--postgres", default=os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/")
        )
        parser.add_argument("--only", choices=DATABASES)
        parser.add_argument("--here", action="store_true", help="in the database this process is set to")

    def handle(self, **options):
        if options["here"]:
            return self._here(options)
        failed = False
        for database in DATABASES if options["storm"] or options["lists"] else ("postgresql",):
            if options["only"] in (None, database):
                failed |= not self._elsewhere(database, options)
        if failed:
            raise CommandError("Not as it should be.")

    def _elsewhere(self, database: str, options) -> bool:
        """In a database of its own, which is dropped afterwards."""
        bench = Bench()
        with tempfile.TemporaryDirectory(prefix="laseros-bench-") as folder:
            where, drop = bench._place(database, folder, options)
            environment = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": where, "REDIS_URL": "", "DEBUG": ""}
            said = [f"--{name}={options[name]}" for name in SAID if options[name]]
            try:
                if options["lists"]:
                    bench._manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
                bench._manage(environment, "migrate", "--verbosity", "0")
                self.stdout.write(f"{database}: " + bench._manage(environment, "bench_stock", "--here", *said).strip())
            except SystemExit as end:
                sys.stderr.write(str(end))
                return False
            finally:
                drop()
        return True

    def _here(self, options) -> None:
        from accounts.models import Workspace

        workspace = Workspace.objects.create(slug=f"bench-{uuid.uuid4().hex[:8]}", name="Bench")
        if options["storm"]:
            return self._storm(workspace, options)
        if options["lists"]:
            return self._lists(workspace, options["lists"])
        from laseros.bench import moves

        processes = options["processes"] or 8
        slow = []
        for label, rates in moves.measure(workspace, options["seconds"], processes).items():
            share = rates["ledger"] / rates["bare"]
            self.stdout.write(
                f"{processes} processes, {label}: {rates['ledger']:.0f} moves/s, bare loop {rates['bare']:.0f}/s,"
                f" {share:.0%} of it"
            )
            slow += [label] if share < LEAST else []
        if slow:
            raise CommandError(f"Less than {LEAST:.0%} of the bare loop: {', '.join(slow)}")

    def _lists(self, workspace, rounds: int) -> None:
        settings.ROOT_URLCONF = "laseros.bench.urls"
        from laseros.bench import lists

        user, found = lists.ground(workspace), {}
        for moves in (lists.SMALL, lists.LARGE):
            lists.grow(workspace, moves)
            found[moves] = lists.measure(workspace, user, rounds)
        small, large = found[lists.SMALL], found[lists.LARGE]
        self.stdout.write("times of the reference at 10,000 and 1,000,000 moves, growth; (processor alone)")
        missed = []
        for name in small:
            growth = [large[name][clock] / small[name][clock] for clock in (0, 1)]
            wall, cpu = ((small[name][clock], large[name][clock], growth[clock]) for clock in (0, 1))
            self.stdout.write("| {} | {:.2f} | {:.2f} | {:.2f} | ({:.2f} {:.2f} {:.2f}) |".format(name, *wall, *cpu))
            missed += [name] if min(growth) > GROWTH else []
        if missed:
            raise CommandError(f"Slower by more than a fifth: {', '.join(missed)}")

    def _storm(self, workspace, options) -> None:
        from laseros.bench import storm

        storm.ground(workspace)
        processes = options["processes"] or 16
        found = storm.storm(workspace.pk, options["storm"], processes, options["kills"])
        self.stdout.write(
            f"{processes} processes, {options['storm']:g} s: {found['done']} deeds done, {found['refused']} refused,"
            f" {found['killed']} processes killed, {found['moves']} moves"
        )
        if found["wrong"]:
            raise CommandError("\n".join(found["wrong"]))
        self.stdout.write("The books are right.")
