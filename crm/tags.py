"""Verbs about tags: put on many clients at once, taken off again."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from crm.models import Client, Tag
from laseros.core.errors import Refused
from laseros.core.retry import retried

MOST = 1000  # clients at once


@retried
@transaction.atomic
def put_on(clients: Iterable[Client], tag: Tag, by) -> int:
    """Answers how many did not have it yet. Raises `Refused` ("many") for more than a thousand."""
    return _change(clients, tag, by, puts=True)


@retried
@transaction.atomic
def take_off(clients: Iterable[Client], tag: Tag, by) -> int:
    """Answers how many had it."""
    return _change(clients, tag, by, puts=False)


def _change(clients: Iterable[Client], tag: Tag, by, *, puts: bool) -> int:
    rows = [client for client in clients if client.merged_into_id is None]
    if len(rows) > MOST:
        raise Refused(_("More than %(most)s clients at once are too many.") % {"most": MOST}, code="many")
    Tag._base_manager.select_for_update().get(pk=tag.pk)  # two people at once: the log tells each change once
    with_it = set(tag.clients.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True))
    wanted = [row for row in rows if (row.pk in with_it) != puts]
    (tag.clients.add if puts else tag.clients.remove)(*wanted)
    for row in wanted:
        activity.record("changed", row, by, details={"tags": ["", tag.name] if puts else [tag.name, ""]})
    return len(wanted)
