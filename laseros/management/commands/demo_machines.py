"""`manage.py demo_machines`: the demo's machines on the wire of this computer, until SIGTERM or Ctrl-C."""

import asyncio
import signal
from pathlib import Path
from zoneinfo import ZoneInfo

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from laseros import prepare, rubbish
from laseros.demo.stand_ins.living import StandIns
from laseros.demo.stand_ins.taken_in import CUTTING, take_in


class Command(BaseCommand):
    help = "Simulated machines that speak their real protocols, for the demo's two businesses; `run` starts it."
    requires_system_checks = []

    def handle(self, *args, **options):
        if not prepare.has_demo():
            raise CommandError("This is not the demonstration's database.")
        asyncio.run(self._live())

    async def _live(self) -> None:
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        stand_ins = StandIns(
            Path(settings.WATCHED_FOLDERS) / CUTTING / "fiber-laser-2", ZoneInfo("Africa/Johannesburg"), at_work=True
        )
        await stand_ins.start()
        try:
            count = await sync_to_async(take_in)(stand_ins.options)
            stand_ins.live()
            self.stdout.write(f"{count} machines of the demonstration are on the wire of this computer.")
            self.stdout.flush()
            rubbish.put_aside()
            await stop.wait()
        finally:
            await stand_ins.stop()
