"""manage.py measure_dxf drawing.dxf --json. `manage.py` itself goes to `production.measure_command` without Django."""

from django.core.management.base import BaseCommand

from production import measure_command as command


class Command(BaseCommand):
    help = "Measure drawings for cutting: size, cut length, pierces, contours, areas, and what is wrong with them."
    requires_system_checks = ()

    def add_arguments(self, parser):
        command.add_arguments(parser)

    def handle(self, *args, files, json, unit, cut_layers, **options):
        self.stdout.write(command.told(command.run(files, unit, command.names(cut_layers)), json))
