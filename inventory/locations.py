"""Verbs about places: storing one with its full path, the store everything lies in that nobody names a place for."""

from django.db import IntegrityError, transaction
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from accounts import activity
from accounts.models import Workspace
from inventory.models import Balance, Item, Location, Lot
from laseros.core.errors import Refused
from laseros.core.retry import retried

DEEPEST = 8  # levels


@retried
@transaction.atomic
def store(location: Location, by) -> Location:
    """Store a place and write its path and those of everything in it. Raises `Refused` ("cycle", "deep")."""
    fresh = location.pk is None
    above = _above(location)
    location.path = _path([*reversed(above), location])
    location.save()
    _rewrite(location)
    activity.record("created" if fresh else "changed", location, by, details={"place": location.path})
    return location


def _above(location: Location) -> list[Location]:
    found, parent = [], location.parent
    while parent is not None:
        if parent.pk == location.pk:
            raise Refused(_("A place cannot lie in itself."), code="cycle", field="parent")
        found.append(parent)
        if len(found) >= DEEPEST:
            raise Refused(_("Places lie at most %(most)s deep.") % {"most": DEEPEST}, code="deep", field="parent")
        parent = parent.parent
    return found


def _path(places: list[Location]) -> str:
    return " / ".join(place.name for place in places)[:400]


def _rewrite(location: Location) -> None:
    for child in Location._base_manager.filter(parent=location).order_by("pk"):
        child.path = _path([location, child]) if not location.path else f"{location.path} / {child.name}"[:400]
        Location._base_manager.filter(pk=child.pk).update(path=child.path)
        _rewrite(child)


def the_store(workspace_id: int) -> Location:
    """The place for whatever nobody names one for, made when it is first needed."""
    found = Location._base_manager.filter(workspace_id=workspace_id, is_store=True).first()
    if found is not None:
        return found
    workspace = Workspace._base_manager.get(pk=workspace_id)
    with override(workspace.language):
        name = pgettext("place", "Store")
    try:
        with transaction.atomic():
            return Location._base_manager.create(
                workspace_id=workspace_id, code="STORE", name=name, path=name, is_store=True
            )
    except IntegrityError:  # somebody made it at the same moment, or took its code
        found = Location._base_manager.filter(workspace_id=workspace_id, is_store=True).first()
        if found is not None:
            return found
        return Location._base_manager.create(
            workspace_id=workspace_id, code="*STORE*", name=name, path=name, is_store=True
        )


def find(workspace_id: int, words: str) -> Location | None:
    """The place a person means by a code or a name; None where there is none, or more than one."""
    words = words.strip()
    if not words:
        return None
    rows = Location._base_manager.filter(workspace_id=workspace_id, archived_at=None)
    found = rows.filter(code__iexact=words).first()
    if found is not None:
        return found
    named = list(rows.filter(name__iexact=words).order_by("pk")[:2])
    return named[0] if len(named) == 1 else None


def with_counts(rows):
    """Places with how many items and lots lie at each, as `items_there` and `lots_there`."""

    def count(model, **there):
        found = model.objects.filter(location=OuterRef("pk"), **there).order_by().values("location")
        return Coalesce(Subquery(found.annotate(count=Count("pk")).values("count")), 0)

    return rows.annotate(items_there=count(Balance, quantity__gt=0), lots_there=count(Lot, quantity__gt=0))


@retried
@transaction.atomic
def archive(location: Location, by) -> None:
    """Take a place out of use. Raises `Refused` ("in-stock", "store") while something lies there."""
    there = Location._base_manager.select_for_update().get(pk=location.pk)
    if there.is_store:
        raise Refused(_("The store stays: what nobody names a place for lies there."), code="store")
    if Balance._base_manager.filter(location=there, quantity__gt=0).exists():
        raise Refused(_("Something still lies at %(place)s.") % {"place": there}, code="in-stock")
    if Location._base_manager.filter(parent=there, archived_at=None).exists():
        raise Refused(_("There are places in %(place)s.") % {"place": there}, code="children")
    if Location._base_manager.filter(pk=there.pk, archived_at=None).update(archived_at=timezone.now()):
        Item._base_manager.filter(default_location=there).update(default_location=None)
        activity.record("archived", location, by)
