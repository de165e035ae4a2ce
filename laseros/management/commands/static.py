from django.core.management.base import BaseCommand

from laseros import prepare


class Command(BaseCommand):
    help = "Collects the static files, when they changed since the last time."

    def handle(self, *args, **options):
        prepare.static_files(self.stdout.write)
