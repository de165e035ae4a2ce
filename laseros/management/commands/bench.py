"""Pages of the path at demo scale 1 and N, on SQLite and PostgreSQL, as ratios against a bare view in the same run."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

LIMIT, GROWTH = 5.0, 1.2
SLUG = "umlazi-laser"
PARTS = 5  # both scales are measured in turn, so that a busy quarter of an hour is not taken for growth


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=100)
        parser.add_argument("--rounds", type=int, default=40)
        parser.add_argument(
            "--postgres", default=os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/")
        )
        parser.add_argument("--only", choices=["sqlite", "postgresql"])
        parser.add_argument("--here", action="store_true", help="measure the database this process is set to, as JSON")

    def handle(self, **options):
        if options["here"]:
            return self._here(options["rounds"])
        results, failed = {}, {}
        for database in ("sqlite", "postgresql"):
            if options["only"] in (None, database):
                try:
                    results[database] = self._database(database, options)
                except CommandError as error:  # half an hour on the other one is not thrown away for it
                    failed[database] = error
        if results:
            self._report(results, options["scale"])
        if failed:
            raise CommandError("\n".join(f"{database}: {error}" for database, error in failed.items()))

    def _here(self, rounds):
        settings.ROOT_URLCONF = "laseros.bench.urls"
        from laseros.bench.pages import measure, sizes

        self.stdout.write(json.dumps({"sizes": sizes(SLUG), "clocks": measure(SLUG, rounds)}))

    def _database(self, database, options) -> dict[int, dict]:
        """{scale: {page: clocks}}"""
        scales = (1, options["scale"])
        found = {scale: {} for scale in scales}
        with ExitStack() as stack:
            places = {scale: stack.enter_context(self._seeded(database, scale, options)) for scale in scales}
            for part in range(PARTS):
                rounds = len(range(part, options["rounds"], PARTS))
                for scale, environment in places.items() if rounds else ():
                    self.stderr.write(f"{database}, scale {scale}: part {part + 1} of {PARTS}")
                    answer = self._manage(environment, "bench", "--here", "--rounds", str(rounds))
                    answer = json.loads(answer.splitlines()[-1])
                    if not part:
                        self.stderr.write("  " + ", ".join(f"{n} {name}" for name, n in answer["sizes"].items()))
                    for page, clocks in answer["clocks"].items():
                        kept = found[scale].setdefault(page, {"wall": [], "cpu": []})
                        for clock, times in clocks.items():
                            kept[clock] += times
        return found

    @contextmanager
    def _seeded(self, database, scale, options):
        with tempfile.TemporaryDirectory(prefix="laseros-bench-") as folder:
            where, drop = self._place(database, folder, options)
            environment = {**os.environ, "DATA_DIR": folder, "DATABASE_URL": where, "REDIS_URL": "", "DEBUG": ""}
            try:
                self.stderr.write(f"{database}, scale {scale}: seeding")
                self._manage(environment, "collectstatic", "--noinput", "--verbosity", "0")
                self._manage(environment, "migrate", "--verbosity", "0")
                self._manage(environment, "demo", "--scale", str(scale))
                if database == "postgresql":
                    self._settle(where)
                yield environment
            finally:
                drop()

    def _settle(self, where: str) -> None:
        """What PostgreSQL does by itself some minutes after so much was written."""
        import psycopg

        with psycopg.connect(where, autocommit=True) as server:
            server.execute("VACUUM ANALYZE")

    def _place(self, database, folder, options):
        """(DATABASE_URL, how to drop it) of a database of its own."""
        if database == "sqlite":
            return f"sqlite:///{Path(folder) / 'bench.sqlite3'}", lambda: None
        import psycopg

        name = f"laseros_bench_{uuid.uuid4().hex[:8]}"
        server = options["postgres"]
        with psycopg.connect(f"{server}postgres", autocommit=True) as link:
            link.execute(f'CREATE DATABASE "{name}"')

        def drop():
            with psycopg.connect(f"{server}postgres", autocommit=True) as link:
                link.execute(f'DROP DATABASE "{name}" WITH (FORCE)')

        return f"{server}{name}", drop

    def _manage(self, environment, *arguments) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=settings.BASE_DIR, env=environment, text=True,
            capture_output=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise CommandError(f"manage.py {' '.join(arguments)}\n{done.stderr[-4000:]}")
        return done.stdout

    def _report(self, results, scale):
        from laseros.bench.pages import NAME_OF_REFERENCE

        out = self.stdout.write
        out("Times of the reference, 95th percentile; growth: ratio here by ratio at scale 1; (processor alone)\n")
        out("| page | " + " | ".join(f"{name} × {scale} | growth" for name in results) + " |")
        out("|---|" + "---|---|" * len(results))
        missed = []
        for page in next(iter(results.values()))[scale]:
            cells = []
            for name, found in results.items():
                if page == NAME_OF_REFERENCE:
                    cells += [" ".join(f"{_p95(found[scale][page][clock]) * 1000:.1f} ms{end}" for clock, end in
                                       (("wall", ""), ("cpu", " cpu"))), ""]  # fmt: skip
                    continue
                wall, cpu = (_ratio(found[scale], page, clock) for clock in ("wall", "cpu"))
                more, more_cpu = (now / _ratio(found[1], page, c) for c, now in (("wall", wall), ("cpu", cpu)))
                cells += [f"{wall:.2f} ({cpu:.2f})", f"{more:.2f} ({more_cpu:.2f})"]
                if wall > LIMIT or more > GROWTH:
                    missed.append(f"{page} on {name}: {wall:.2f} ×, growth {more:.2f}; cpu {cpu:.2f}, {more_cpu:.2f}")
            out(f"| {page} | " + " | ".join(cells) + " |")
        out(f"\nLimits: {LIMIT:g} × the reference, growth {GROWTH:g}.")
        out("Over the limit:\n  " + "\n  ".join(missed) if missed else "Every page is within its limits.")


def _ratio(found: dict, page: str, clock: str) -> float:
    from laseros.bench.pages import NAME_OF_REFERENCE

    return _p95(found[page][clock]) / _p95(found[NAME_OF_REFERENCE][clock])


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
