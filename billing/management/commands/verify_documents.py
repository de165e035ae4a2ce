"""Prove that issued documents still say what they said, and name what was changed."""

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from accounts.models import Workspace
from billing import guards, verifying


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--workspace", help="only this business, by its short name")

    def handle(self, *args, workspace=None, **options):
        rows = Workspace.objects.order_by("slug")
        if workspace:
            rows = rows.filter(slug=workspace)
            if not rows.exists():
                raise CommandError(f"There is no business {workspace!r}.")
        count = 0
        for name in guards.missing():
            count += 1
            self.stderr.write(f"database: {name} is missing, switched off or altered; manage.py migrate lays it anew")
        for each in rows:
            with scope(workspace=each):
                for sentence in verifying.wrong(each):
                    count += 1
                    self.stderr.write(f"{each.slug}: {sentence}")
                self.stdout.write(f"{each.slug}: {verifying.head()}")
        if count:
            raise CommandError(f"{count} things are not as they were.")
        self.stdout.write("Every document says what it said when it was issued.")
