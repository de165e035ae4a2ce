"""manage.py bench_machines --machines 200 --browsers 100 --seconds 600 --bell database|redis"""

import os
import shutil
import subprocess
import tempfile
import uuid
from contextlib import ExitStack, contextmanager

from django.core.management.base import BaseCommand, CommandError

from laseros.management.commands.bench import Command as Bench

BELLS = ("database", "redis")
DATABASES = ("sqlite", "postgresql")
SAID = ("machines", "browsers", "seconds", "every")


class Command(BaseCommand):
    help = (
        "Simulated machines on the wire, the real watcher and web, browsers on the board: what is late, lost or grows."
    )
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--machines", type=int, default=200)
        parser.add_argument("--browsers", type=int, default=100)
        parser.add_argument("--seconds", type=float, default=60)
        parser.add_argument("--every", type=float, default=1.0, help="seconds between two changes of state")
        parser.add_argument("--bell", choices=BELLS, help="both, one after the other, when it is not said")
        parser.add_argument("--database", choices=DATABASES, default="sqlite")
        parser.add_argument("--redis", default=os.environ.get("BENCH_REDIS", ""), help="one of its own otherwise")
        parser.add_argument(
            "--postgres", default=os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/")
        )
        parser.add_argument("--here", choices=BELLS, help="in the database this process is set to")

    def handle(self, **options):
        if options["here"]:
            return self._here(options)
        failed = [bell for bell in BELLS if options["bell"] in (None, bell) and not self._elsewhere(bell, options)]
        if failed:
            raise CommandError(f"Not as it should be with the bell by {', '.join(failed)}.")

    def _elsewhere(self, bell: str, options) -> bool:
        """In a database and a folder of its own, which are thrown away afterwards."""
        bench = Bench()
        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="laseros-bench-"))
            where, drop = bench._place(options["database"], folder, options)
            stack.callback(drop)
            redis = stack.enter_context(_redis(options["redis"], folder)) if bell == "redis" else ""
            environment = {
                **os.environ, "DATA_DIR": folder, "DATABASE_URL": where, "REDIS_URL": redis, "DEBUG": "",
                "MQTT_URL": "", "MACHINES_ON_THIS_COMPUTER": "1", "BEHIND_PROXY": "", "ALLOWED_HOSTS": "127.0.0.1",
            }  # fmt: skip
            said = [f"--{name}={options[name]}" for name in SAID]
            try:
                bench._manage(environment, "static")
                bench._manage(environment, "migrate", "--verbosity", "0")
                told = bench._manage(environment, "bench_machines", f"--here={bell}", *said)
            except CommandError as error:
                self.stderr.write(str(error))
                return False
        self.stdout.write(f"\nBell: {bell}, database: {options['database']}\n\n{told.strip()}")
        return "**no**" not in told

    def _here(self, options) -> None:
        from accounts.models import Workspace
        from laseros.bench.fleet import figures, running

        workspace = Workspace.objects.create(slug=f"bench-{uuid.uuid4().hex[:8]}", name="Bench", modules=["printing"])
        found = running.run(
            workspace, options["machines"], options["browsers"], options["seconds"], options["every"],
            self.stderr.write,
        )  # fmt: skip
        seconds = found.ended - found.began
        self.stdout.write(
            f"{options['machines']} machines, {found.said / seconds / options['machines']:.2f} readings a second each,"
            f" {len(found.changes)} changes of state, {options['browsers']} browsers, {seconds:.0f} s,"
            f" load {os.getloadavg()[0]:.1f}\n\n| | found | limit | holds |\n|---|---|---|---|"
        )
        for line in figures.lines(found, options["here"]):
            self.stdout.write(f"| {line.what} | {line.found} | {line.limit} | {'yes' if line.holds else '**no**'} |")


@contextmanager
def _redis(address: str, folder: str):
    """The address of the server that is named, or of one that ends with the measurement."""
    from laseros.bench.fleet.running import free_port

    if address:
        yield address
        return
    program = shutil.which("redis-server")
    if program is None:
        raise CommandError("There is no redis-server here. Name one: --redis redis://127.0.0.1:6379/9")
    port = free_port()
    process = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()
