"""`manage.py watch_machines`: watches every machine that has a connection, until SIGTERM or Ctrl-C."""

import asyncio
import gc
import signal

from django.core.management.base import BaseCommand

from machines.watcher import Watcher


class Command(BaseCommand):
    help = (
        "Watches the machines: takes their readings, hands over commands. Any number may run; they share the machines."
    )

    def add_arguments(self, parser):
        parser.add_argument("--most", type=int, default=None, help="look after at most this many machines")

    def handle(self, *args, **options):
        asyncio.run(self._watch(options["most"]))

    async def _watch(self, most):
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        # What is loaded stays: looking through it for rubbish would stop all readings for a tenth of a second.
        gc.collect()
        gc.freeze()
        await Watcher(most=most).run(stop)
