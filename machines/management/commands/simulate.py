"""`manage.py simulate DRIVER`: a machine that is not there, on the wire of this computer, until Ctrl-C."""

import asyncio
import shlex
import signal
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from machines.simulators.wire.starting import SIMULATORS, simulator


class Command(BaseCommand):
    help = "Start a simulated machine that speaks the real protocol, on this computer only."
    requires_migrations_checks = False

    def add_arguments(self, parser):
        parser.add_argument("driver", choices=sorted(SIMULATORS))
        parser.add_argument("--port", type=int, default=0, help="a free one when it is not said")
        parser.add_argument("--speed", type=float, default=60.0, help="times as fast as a real one (60)")
        parser.add_argument("--fault", action="append", default=[], help="a fault by name; may be said several times")
        parser.add_argument("--folder", default="", help="cypcut: where it writes its reports")
        parser.add_argument("--print", dest="file", default="", help="begin with this file")

    def handle(self, *args, **options):
        asyncio.run(self._run(options))

    async def _run(self, options):
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        machine = simulator(options["driver"])
        if hasattr(machine, "folder"):
            if not options["folder"]:
                raise CommandError(f"--folder: below {settings.WATCHED_FOLDERS}/<workspace> is where it is looked for.")
            machine.folder = Path(options["folder"])
        machine.printing.faults.update(options["fault"])
        await machine.start(options["port"])
        said = " ".join(f"--option {shlex.quote(f'{name}={value}')}" for name, value in machine.options.items())
        self.stdout.write(f"A simulated {options['driver']} is there. Take it in with\n  {said}")
        self.stdout.flush()
        if options["file"]:
            machine.printing.begin(options["file"], prepare=True)
        moving = asyncio.create_task(machine.printing.run(options["speed"]))
        await stop.wait()
        moving.cancel()
        await machine.stop()
