"""manage.py nest problem.json --json. `manage.py` itself goes to `production.nest_command` without Django."""

from django.core.management.base import BaseCommand, CommandError

from production import nest_command as command
from production.nesting import Refused


class Command(BaseCommand):
    help = "Nest the parts of a problem on its sheets. The form of the file: production/nesting/__init__.py"
    requires_system_checks = ()

    def add_arguments(self, parser):
        command.add_arguments(parser)

    def handle(self, *args, problem, seconds, start, as_json, **options):
        try:
            command.run(problem, seconds, as_json, self.stdout.write, start)
        except (command.Unreadable, Refused) as error:
            raise CommandError(str(error)) from None
