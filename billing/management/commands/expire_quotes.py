"""Close offers whose date has passed, in every business by its own clock. The worker does it every night."""

from django.core.management.base import BaseCommand

from billing.tasks import expire_quotes


class Command(BaseCommand):
    help = "Close quotes that were not answered before their date."

    def handle(self, *args, **options):
        for slug, count in expire_quotes().items():
            if count or options["verbosity"] > 1:
                self.stdout.write(f"{slug}: {count}")
