"""Verbs about two clients that look like one and are not: said once, remembered, taken back."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import activity
from crm.models import Client, NotDuplicate
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
@transaction.atomic
def keep_apart(one: Client, other: Client, by) -> NotDuplicate:
    """They are two: nobody is asked about them again. Said twice it is said once.

    Raises `Refused`: "self", "workspace", "merged" for one that is part of another already.
    """
    if one.pk == other.pk:
        raise Refused(_("That is one client, not two."), code="self")
    if one.workspace_id != other.workspace_id:
        raise Refused(_("These are clients of two businesses."), code="workspace")
    first, second = sorted((one, other), key=lambda client: client.pk)
    for client in (first, second):
        if client.merged_into_id is not None:
            raise Refused(_("%(client)s has been merged already.") % {"client": client}, code="merged")
    said = {"workspace_id": first.workspace_id, "by": by if getattr(by, "pk", None) else None}
    row, is_new = NotDuplicate.objects.get_or_create(first=first, second=second, defaults=said)
    if is_new:
        activity.record("kept apart", first, by, details={"from": second})
        activity.record("kept apart", second, by, details={"from": first})
    return row


@retried
@transaction.atomic
def forget(row: NotDuplicate, by) -> None:
    """Perhaps they are one after all: they are listed again."""
    if NotDuplicate._base_manager.filter(pk=row.pk).delete()[0]:
        activity.record("not kept apart", row.first, by, details={"from": row.second})


def follow(winner: Client, loser: Client) -> None:
    """What was said of `loser`, which becomes part of `winner`, holds for `winner`. For `crm.merging`."""
    rows = NotDuplicate._base_manager
    for row in list(rows.filter(first=loser) | rows.filter(second=loser)):
        other = row.second_id if row.first_id == loser.pk else row.first_id
        row.delete()
        if other != winner.pk:
            first, second = sorted((other, winner.pk))
            rows.get_or_create(
                first_id=first, second_id=second,
                defaults={"workspace_id": row.workspace_id, "by_id": row.by_id, "at": row.at},
            )  # fmt: skip
