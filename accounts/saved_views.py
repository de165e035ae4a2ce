"""Verbs about lists somebody wants to see again."""

from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import SavedView
from laseros.core.errors import NotFound, Refused
from laseros.core.retry import retried

MOST = 20
FLEETING = ("p", "e", "all", "_popup", "_to_field", "_changelist_filters")  # of one visit, not of the list


def of(user, page: str):
    return SavedView.objects.filter(user=user, page=page)


def plain(query: str) -> str:
    """The lasting part of a list's address, in one order, so that two ways to the same list are equal."""
    parameters = QueryDict(query, mutable=True)
    for name in FLEETING:
        parameters.pop(name, None)
    pairs = sorted((name, value) for name, values in parameters.lists() for value in values if value)
    lasting = QueryDict(mutable=True)
    for name, value in pairs:
        lasting.appendlist(name, value)
    return lasting.urlencode()


@retried
@transaction.atomic
def keep(workspace, user, page: str, label: str, query: str) -> SavedView:
    """Keep a list under a name; the same name again replaces it."""
    label, query = " ".join(label.split())[:60], plain(query)
    if not label:
        raise Refused(_("A saved list needs a name."), code="no-label")
    if len(query) > 1000:
        raise Refused(_("These are too many filters to be kept."), code="too-long")
    if of(user, page).exclude(label=label).count() >= MOST:
        raise Refused(_("%(most)d lists are kept already: forget one first.") % {"most": MOST}, code="too-many")
    view, _created = SavedView.objects.update_or_create(
        workspace=workspace, user=user, page=page, label=label, defaults={"query": query}
    )
    return view


@retried
@transaction.atomic
def forget(user, page: str, pk: int) -> None:
    if not of(user, page).filter(pk=pk).delete()[0]:
        raise NotFound("no such list", code="saved-view")
