"""What the worker does every night."""

import zoneinfo

from django.utils import timezone, translation
from django_scopes import scope

from accounts.models import Workspace
from inventory.reorder import needs, ordering


def every_night() -> dict[str, int]:
    """Work out what every business should buy and mail those who want to know: how many are low, by short name."""
    found = {}
    for workspace in Workspace.objects.filter(is_active=True):
        zone = timezone.override(zoneinfo.ZoneInfo(workspace.timezone))
        with scope(workspace=workspace), zone, translation.override(workspace.language):
            found[workspace.slug] = needs.work_out(workspace)
            ordering.tell(workspace)
    return found
