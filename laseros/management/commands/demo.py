"""Two believable businesses with a history, in an empty database."""

import time

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Workspace
from laseros.demo.people import STAFF, logins
from laseros.demo.seed import seed
from laseros.upkeep import refresh_statistics


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--scale", type=int, default=1, help="times the usual history, 1 to 500")

    def handle(self, scale, **options):
        if not 1 <= scale <= 500:
            raise CommandError("The scale is a whole number from 1 to 500.")
        if Workspace.objects.filter(slug__in=STAFF).exists():
            raise CommandError("The demo is there already. Start with an empty database to make it anew.")
        start = time.monotonic()
        seed(scale, say=lambda line: self.stderr.write(line))
        refresh_statistics()  # so much at once: nobody should wait for the night
        self.stdout.write(f"Made in {time.monotonic() - start:.0f} s.")
        for role, email, password, slug in logins():
            self.stdout.write(f"  {slug:14} {role:10} {email:34} {password}")
