"""manage.py bench_nest --seconds 60 [--strips FOLDER]"""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from laseros.bench import nesting


class Command(BaseCommand):
    help = "Nest four jobs, and the drawings in the folder SAMPLES if it is set, beside boxes, a grid and plain strips."
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("--seconds", type=float, default=60)
        parser.add_argument("--strips", type=Path, help="a folder of strip instances: beside spyrrow alone")

    def handle(self, *args, seconds, strips, **options):
        def say(line):
            self.stdout.write(line)
            self.stdout.flush()

        best = (
            nesting.run_strips(strips, seconds, say)
            if strips
            else nesting.run(seconds, say, os.environ.get("SAMPLES", ""))
        )
        if not best:
            raise CommandError("One of the others was better.")
