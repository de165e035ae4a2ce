"""Where the mail of a test arrives."""

import pytest
from aiosmtpd.controller import Controller

from accounts.tests.mail import Catcher
from machines.tests.peers.servers import free_port


@pytest.fixture
def caught(settings):
    """caught(answer=…) -> a running catcher that mail goes to."""
    running = []

    def start(**options):
        catcher = Catcher(**options)
        controller = Controller(catcher, hostname="127.0.0.1", port=settings.EMAIL_PORT)
        controller.start()
        running.append(controller)
        return catcher

    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", free_port(), 5
    yield start
    for controller in running:
        controller.stop()
