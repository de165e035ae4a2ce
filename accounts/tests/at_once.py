"""What the processes of `test_at_once` and of `test_outbox` do."""

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django_scopes import scope

from accounts import numbering
from accounts.models import Workspace
from accounts.outbox import sending
from laseros.core.retry import retried


class Stop(Exception):
    pass


def draw_numbers(workspace_pk: int, times: int) -> list[str]:
    """Draw invoice numbers; every third drawing is rolled back and must leave no gap."""
    workspace = Workspace.objects.get(pk=workspace_pk)
    drawn = []
    with scope(workspace=workspace):
        for number in range(times):
            try:
                drawn.append(_draw(workspace, rolled_back=number % 3 == 2))
            except Stop:
                continue
    return drawn


@retried
@transaction.atomic
def _draw(workspace, rolled_back: bool) -> str:
    number = numbering.draw(workspace, "invoice")
    if rolled_back:
        raise Stop
    return number


def sweep(port: int, number: str) -> None:
    """Send what waits to that port of this computer; under its `number` stands which process does it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    sending.LOST_AFTER = timedelta(0)
    Path(number).write_text(str(os.getpid()))
    sending.sweep()
