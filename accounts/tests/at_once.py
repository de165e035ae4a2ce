"""What the processes of `test_at_once` do."""

from django.db import transaction
from django_scopes import scope

from accounts import numbering
from accounts.models import Workspace
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
