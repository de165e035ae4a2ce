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
CLOCKS = ("wall", "cpu")
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
        parser.add_argument("--rows", type=json.loads, default={}, help="with --here: rows of lists elsewhere, as JSON")

    def handle(self, **options):
        if options["here"]:
            return self._here(options["rounds"], options["rows"])
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

    def _here(self, rounds, rows):
        settings.ROOT_URLCONF = "laseros.bench.urls"
        from laseros.bench.pages import measure, sizes

        self.stdout.write(json.dumps({"sizes": sizes(SLUG), "clocks": measure(SLUG, rounds, rows)}))

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
                    # What a list of the small demo shows the large one shows as well, beside its own full page.
                    rows = {page: clocks["rows"] for page, clocks in found[1].items()} if scale > 1 else {}
                    asked = ("--here", "--rounds", str(rounds), "--rows", json.dumps(rows))
                    answer = self._manage(environment, "bench", *asked)
                    answer = json.loads(answer.splitlines()[-1])
                    if not part:
                        self.stderr.write("  " + ", ".join(f"{n} {name}" for name, n in answer["sizes"].items()))
                    for page, clocks in answer["clocks"].items():
                        kept = found[scale].setdefault(page, {"rows": clocks.pop("rows")})
                        for clock, times in clocks.items():
                            kept.setdefault(clock, []).extend(times)
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
        out("Times of the reference beside each opening, 95th percentile; growth: median here by that at scale 1.\n")
        out("| page | " + " | ".join(f"{name} × {scale} | growth" for name in results) + " |")
        out("|---|" + "---|---|" * len(results))
        reference = {
            name: " ".join(f"{_p95(found[scale][NAME_OF_REFERENCE][clock]) * 1000:.1f} ms {clock}" for clock in CLOCKS)
            for name, found in results.items()
        }
        out(f"| {NAME_OF_REFERENCE} | " + " |  | ".join(reference.values()) + " |  |")
        missed = []
        for page in next(iter(results.values()))[1]:
            if page == NAME_OF_REFERENCE:
                continue
            cells = []
            for name, found in results.items():
                times, growth = times_and_growth(found, scale, page)
                cells += [_both(times), _both(growth["growth"]) + _of_rows(growth)]
                if times["wall"] > LIMIT or growth["growth"]["wall"] > GROWTH:
                    missed.append(f"{page} on {name}: {cells[-2]}, growth {cells[-1]}")
            out(f"| {page} | " + " | ".join(cells) + " |")
        out(f"\nLimits: {LIMIT:g} × the reference, growth {GROWTH:g}; in brackets by the processor's clock.")
        out("Over the limit:\n  " + "\n  ".join(missed) if missed else "Every page is within its limits.")


def times_and_growth(found: dict, scale: int, page: str) -> tuple[dict, dict]:
    """({clock: times of the reference}, {"growth": {clock: …}}); a page that has more rows at the large scale grows
    by the same rows, and {"rows": (few, many), "all": {clock: growth with them all}} says so.

    Each opening is over the reference beside it: a busy second of the machine meets six pages and their references,
    and would stand out among all the references of the hour. Growth is of medians: that of two extremes is noise.
    """
    from laseros.bench.pages import shortened

    small, large = found[1][page], found[scale][page]
    times = {clock: _p95(_ratios(large, clock)) for clock in CLOCKS}
    alike = found[scale].get(shortened(page), large)
    growth = {"growth": _growth(small, alike)}
    if alike is not large:
        growth |= {"rows": (small["rows"], large["rows"]), "all": _growth(small, large)}
    return times, growth


def _growth(small: dict, large: dict) -> dict[str, float]:
    here, there = ({clock: statistics.median(_ratios(found, clock)) for clock in CLOCKS} for found in (large, small))
    return {clock: here[clock] / there[clock] for clock in CLOCKS}


def _ratios(clocks: dict, clock: str) -> list[float]:
    return [time / beside for time, beside in zip(clocks[clock], clocks[f"{clock}_beside"], strict=True)]


def _both(figures: dict[str, float]) -> str:
    return f"{figures['wall']:.2f} ({figures['cpu']:.2f})"


def _of_rows(growth: dict) -> str:
    if "rows" not in growth:
        return ""
    few, many = growth["rows"]
    return f" with {few} rows; with all {many} of them {_both(growth['all'])}"


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
