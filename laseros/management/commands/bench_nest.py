"""manage.py bench_nest --seconds 60"""

import os

from django.core.management.base import BaseCommand, CommandError

from laseros.bench import nesting


class Command(BaseCommand):
    help = "Nest four jobs, and the drawings in the folder SAMPLES if it is set, beside boxes, a grid and plain strips."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=60)

    def handle(self, *args, seconds, **options):
        if not nesting.run(
            seconds, lambda line: (self.stdout.write(line), self.stdout.flush()), os.environ.get("SAMPLES", "")
        ):
            raise CommandError("One of the others was better.")
