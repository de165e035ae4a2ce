"""`manage.py run`: the whole shop on one machine. Web, worker and watcher start together and stop together."""

import os
import socket
import sys
import time

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laseros import prepare, probe
from laseros.supervisor import Service, Supervisor, line_to_stdout
from machines.drivers.addresses import HERE_TOO

# What runs, by name; `compose.yaml` runs the same on as many machines as it likes.
PROCESSES = {"web": "web", "worker": "qcluster", "watcher": "watch_machines"}

STAND_INS = "machines"


class Command(BaseCommand):
    help = "Runs web, worker and watcher together until Ctrl-C. Prepares database and static files when they need it."
    requires_system_checks = []  # each process checks for itself, and a second start should take seconds

    def add_arguments(self, parser):
        parser.add_argument(
            "--demo", action="store_true", help="Fill an empty database with the demonstration (DEMO=0 says no)."
        )

    def handle(self, *args, demo: bool, **options):
        self.began = time.monotonic()
        refuse_taken_port(settings.HOST, settings.PORT)
        try:
            prepare.schema(self.tell)
            prepare.static_files(self.tell)
            if settings.DEMO if "DEMO" in os.environ else demo:
                prepare.demo(self.tell)
        except KeyboardInterrupt:
            self.tell("Stopped before the start.")
            sys.exit(130)
        self.logins, self.nobody = prepare.demo_logins(), prepare.nobody_can_log_in()
        processes, more = self.with_stand_ins() if prepare.has_demo() else (PROCESSES, {})
        if prepare.has_demo() and "SIMULATED_CARDS" not in os.environ:
            more = {**more, "SIMULATED_CARDS": "1"}
        prepare.done()
        self.tell("Starting web, worker and watcher. Ctrl-C stops them.")
        services = [
            Service(name, [sys.executable, str(settings.BASE_DIR / "manage.py"), command])
            for name, command in processes.items()
        ]
        environment = {**os.environ, **more, "PYTHONUNBUFFERED": "1", "DJANGO_SETTINGS_MODULE": "laseros.settings"}
        Supervisor(services, say=line_to_stdout, environment=environment).run(self.is_ready, self.welcome)
        self.tell("Stopped.")

    def with_stand_ins(self) -> tuple[dict[str, str], dict[str, str]]:
        """(what runs, what it finds in its environment besides) beside a demonstration."""
        # Whoever said no to machines here has other services here, and the passwords of a demonstration are known.
        if settings.DEMO_MACHINES and os.environ.get(HERE_TOO, "1") == "1":
            return {**PROCESSES, STAND_INS: "demo_machines"}, {HERE_TOO: "1"}
        from laseros.demo.stand_ins.taken_in import put_away

        put_away()
        return PROCESSES, {}

    def tell(self, sentence: str) -> None:
        line_to_stdout(sentence)

    def is_ready(self) -> bool:
        states = probe.ask(self.inside, probe.host_we_answer_to(settings.ALLOWED_HOSTS), timeout=2)[1]
        return states.get("status") in ("ok", "degraded")  # degraded: one of them still falls, and the log says why

    @property
    def inside(self) -> str:
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.HOST, settings.HOST)  # noqa: S104
        return f"http://{host}:{settings.PORT}/healthz"

    def welcome(self) -> None:
        lines = ["", f"Laser OS is ready after {time.monotonic() - self.began:.1f} s: {settings.BASE_URL}", ""]
        if self.logins:
            widths = [max(len(row[column]) for row in self.logins) for column in range(4)]
            lines += ["The demonstration's people (role, e-mail, password, business):", ""]
            lines += [
                "  " + "  ".join(f"{word:<{w}}" for word, w in zip(row, widths, strict=True)) for row in self.logins
            ]
        elif self.nobody:
            lines += ["Nobody can log in yet. Make the first administrator: .venv/bin/python manage.py createsuperuser"]
        self.tell("\n".join([*lines, ""]))


def refuse_taken_port(host: str, port: int) -> None:
    try:
        family, kind, proto, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise CommandError(f"HOST={host} is not an address of this machine: {error.strerror}.") from error
    with socket.socket(family, kind, proto) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(address)
        except PermissionError as error:
            raise CommandError(
                f"Port {port} needs the rights of root. Choose one above 1023, like PORT=8000."
            ) from error
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}, port {port}: {error.strerror}. Stop what runs there (an earlier start?), "
                f"or choose another port: PORT={port + 1} make run"
            ) from error
