"""Two clients that are one: what points at the second moves to the first; what is sealed goes on naming it.

Rooms above say what of theirs is sealed (`keep`) and what else has to be done (`step`). Everything else that has a
foreign key to a client is found by itself, so that a new table cannot be forgotten. See docs/adr/0020.
"""

from collections.abc import Callable, Iterator

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from guardian.shortcuts import assign_perm, remove_perm

from accounts import activity
from crm import apart
from crm.models import Client, Contact, Entry, FollowUp
from laseros.core.errors import Refused
from laseros.core.retry import retried

# What a person chooses between, in the order of the page. Tags are always taken together.
FIELDS = ("name", "kind", "email", "phone", "vat_number", "payment_days", "buyer_reference", "invoice_format",
          "prices_with_tax", "discount_percent", "credit_limit", "notes")  # fmt: skip
MONEY = ("discount_percent", "credit_limit")
OURS, THEIRS, BOTH = "ours", "theirs", "both"  # BOTH: of texts, one below the other
JOINED = ("notes",)

_SEALED: dict[type[models.Model], Q] = {}
_STEPS: list[Callable[[Client, Client, object], dict[str, list[str]]]] = []


def keep(model: type[models.Model], sealed: Q) -> None:
    """Rows of `model` that go on naming their client, whatever becomes of it."""
    _SEALED[model] = sealed


def step(deed: Callable[[Client, Client, object], dict[str, list[str]]]) -> None:
    """`deed(winner, loser, by)` runs before the rows move and answers {kind: names} of what it moved itself."""
    _STEPS.append(deed)


def pointing(model: type[models.Model] = Client) -> Iterator[tuple[type[models.Model], str]]:
    """(table, field) of every foreign key to `model`, in every room."""
    for relation in model._meta.get_fields(include_hidden=True):
        is_key = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if is_key and not relation.related_model._meta.auto_created and relation.related_model is not model:
            yield relation.related_model, relation.field.name


def moving(loser: Client) -> Iterator[tuple[type[models.Model], str, models.QuerySet]]:
    """(table, field, rows) of all that would move, without what is sealed."""
    for model, field in pointing():
        rows = model._base_manager.filter(**{field: loser.pk})
        yield model, field, rows.exclude(_SEALED[model]) if model in _SEALED else rows


def counted(loser: Client) -> list[tuple[str, int, int]]:
    """(what, how many would move, how many are sealed and stay), of each table with any."""
    found = []
    for model, field, rows in moving(loser):
        number = rows.count()
        stays = model._base_manager.filter(**{field: loser.pk}).count() - number if model in _SEALED else 0
        if number or stays:
            found.append((str(model._meta.verbose_name_plural), number, stays))
    return sorted(found)


@retried
@transaction.atomic
def merge(
    winner: Client, loser: Client, by, *, take: dict[str, str] | None = None, sees_money: bool = True
) -> Client:  # fmt: skip
    """`loser` becomes part of `winner`; all of it or nothing. `take`: field → "theirs" or "both".

    Raises `Refused`: "self", "workspace", "merged" for one that was merged before, "archived", "money" where the two
    differ in what only those who see prices can choose between: nobody's limit goes unseen.
    """
    if winner.pk == loser.pk:
        raise Refused(_("A client cannot be merged into itself."), code="self")
    if winner.workspace_id != loser.workspace_id:
        raise Refused(_("These are clients of two businesses."), code="workspace")
    # In the order of their keys, so that two people who merge crosswise wait for each other, and the second is refused.
    pair = Client._base_manager.filter(pk__in=(winner.pk, loser.pk)).order_by("pk").select_for_update()
    found = {client.pk: client for client in pair}
    winner, loser = found[winner.pk], found[loser.pk]
    for client in (winner, loser):
        _check(client)
    if not sees_money and terms_differ(winner, loser):
        raise Refused(why_money(), code="money")
    changed, money = _take_values(winner, loser, take or {})
    moved = _Moved()
    for deed in _STEPS:
        moved.add(deed(winner, loser, by))
    apart.follow(winner, loser)
    _fold_people(winner, loser, moved)
    _free_keys(winner, loser)
    for _model, field, rows in moving(loser):
        moved.name(rows)
        rows.update(**{field: winner.pk})
    winner.tags.add(*loser.tags.all())
    Client._base_manager.filter(merged_into=loser).update(merged_into=winner)
    now = timezone.now()
    Client._base_manager.filter(pk=loser.pk).update(merged_into=winner, archived_at=now, takes_in=False)
    Client._base_manager.filter(pk=winner.pk).update(takes_in=True)
    activity.record("merged", loser, by, details={"into": winner})
    activity.record("merged", winner, by, details={"from": loser, **changed, **moved.as_text()}, money=money)
    winner.refresh_from_db()
    return winner


def terms_differ(winner: Client, loser: Client) -> bool:
    """Whether one of them would lose a discount or a credit limit, or get the other's."""
    return any(getattr(winner, name) != getattr(loser, name) for name in MONEY)


def why_money() -> str:
    return _("They have different discounts or credit limits: somebody who sees prices has to merge them.")


def _check(client: Client) -> None:
    if client.merged_into_id is not None:
        raise Refused(_("%(client)s has been merged already.") % {"client": client}, code="merged")
    if client.archived_at is not None:
        raise Refused(_("%(client)s is archived: restore it first.") % {"client": client}, code="archived")


def _take_values(winner: Client, loser: Client, take: dict[str, str]) -> tuple[dict, dict]:
    """Store what was chosen of the second's values. Answers what changed, and of it what is money."""
    values = {}
    for name in FIELDS:
        if take.get(name) == THEIRS:
            values[name] = getattr(loser, name)
        elif take.get(name) == BOTH and name in JOINED:
            values[name] = "\n\n".join(filter(None, (getattr(winner, name), getattr(loser, name))))
    changed = activity.changes({name: getattr(winner, name) for name in values}, values)
    if changed:
        Client._base_manager.filter(pk=winner.pk).update(**values)
    return changed, {name: changed.pop(name) for name in MONEY if name in changed}


class _Moved:
    """The names of all that moved, by what it is."""

    def __init__(self):
        self.names: dict[str, list[str]] = {}

    def add(self, found: dict[str, list[str]]) -> None:
        for kind, names in found.items():
            self.names.setdefault(kind, []).extend(names)

    def name(self, rows: models.QuerySet) -> None:
        keys = [field.name for field in rows.model._meta.concrete_fields if field.many_to_one and not field.null]
        names = [str(row) for row in rows.select_related(*keys).order_by("pk")]
        if names:
            self.add({str(rows.model._meta.verbose_name_plural): names})

    def as_text(self) -> dict[str, str]:
        return {kind: ", ".join(names) for kind, names in self.names.items()}


def _fold_people(winner: Client, loser: Client, moved: _Moved) -> None:
    """Their log-ins open the winner. Somebody who is a contact of both stays one person, with the winner's rights."""
    ours = {contact.user_id: contact for contact in winner.contacts.exclude(user=None)}
    for contact in loser.contacts.exclude(user=None).select_related("user"):
        remove_perm("crm.act_for_client", contact.user, loser)
        assign_perm("crm.act_for_client", contact.user, winner)
        if contact.user_id in ours:
            moved.add({str(Contact._meta.verbose_name_plural): [str(contact)]})
            fold(contact, ours[contact.user_id])


def fold(contact: Contact, into: Contact) -> None:
    """Whatever names `contact` names `into`, and it is gone: they are one person at one client."""
    for model, field in pointing(Contact):
        model._base_manager.filter(**{field: contact.pk}).update(**{field: into.pk})
    contact.delete()


def _free_keys(winner: Client, loser: Client) -> None:
    """What was written down twice under one key on two pages is two things."""
    for model in (Entry, FollowUp):
        taken = model._base_manager.filter(client=winner).values("key")
        for row in model._base_manager.filter(client=loser, key__in=taken):
            model._base_manager.filter(pk=row.pk).update(key=f"merged:{row.pk}")
