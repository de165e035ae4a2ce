from daphne.cli import CommandLineInterface
from django.conf import settings
from django.core.management.base import BaseCommand

from laseros import rubbish


class Command(BaseCommand):
    help = "Serves pages and sockets on HOST and PORT (daphne)."
    requires_system_checks = []

    def handle(self, *args, **options):
        behind_proxy = ["--proxy-headers"] if settings.SECURE_PROXY_SSL_HEADER else []
        where = ["--bind", settings.HOST, "--port", str(settings.PORT)]
        rubbish.put_aside_when_warm()
        CommandLineInterface().run(["--verbosity", "0", *where, *behind_proxy, "laseros.asgi:application"])
