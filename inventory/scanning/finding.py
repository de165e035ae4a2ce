"""From a code to the lot, item or place it means, in one business. Everything else is refused in words."""

from django.utils.translation import gettext as _

from accounts.models import Workspace
from inventory.models import Item, Location, Lot
from inventory.scanning import codes
from laseros.core.errors import Refused

_MODELS = {"lot": Lot, "item": Item, "location": Location}


def thing(workspace: Workspace, text: str) -> Lot | Item | Location:
    """What a code means; a lot before an item before a place where a bare code could be several.

    Raises `Refused`: "nothing", "unknown", "elsewhere" for the code of another business.
    """
    spoken = of_this_business(workspace, text)
    found = find(workspace, spoken)
    if found is None:
        raise unknown(spoken.code)
    return found


def lot(workspace: Workspace, text: str) -> Lot:
    found = thing(workspace, text)
    if not isinstance(found, Lot):
        raise Refused(_("%(code)s is no spool, sheet, remnant or batch.") % {"code": found.code}, code="no-lot")
    return found


def location(workspace: Workspace, text: str) -> Location:
    """The place of a code. A place that was taken out of use is none."""
    spoken = of_this_business(workspace, text)
    found = _row(Location, workspace, spoken.code) if spoken.kind in ("", "location") else None
    if found is None:
        raise Refused(_("%(code)s is no place.") % {"code": spoken.code[:60]}, code="no-place")
    if found.archived_at is not None:
        raise Refused(_("%(place)s is no longer in use.") % {"place": found}, code="no-place")
    return found


def of_this_business(workspace: Workspace, text: str) -> codes.Spoken:
    spoken = codes.read(text)
    if spoken is None:
        raise Refused(_("That says nothing."), code="nothing")
    if spoken.slug and spoken.slug != workspace.slug.lower():
        raise Refused(_("This label belongs to another business."), code="elsewhere")
    return spoken


def unknown(code: str) -> Refused:
    return Refused(_("“%(code)s” is not known here.") % {"code": code[:60]}, code="unknown")


def find(workspace: Workspace, spoken: codes.Spoken) -> Lot | Item | Location | None:
    if spoken.kind:
        model = _MODELS.get(spoken.kind)
        return _row(model, workspace, spoken.code) if model is not None else None
    for model in (Lot, Item, Location):
        found = _row(model, workspace, spoken.code)
        if found is not None:
            return found
    return None


def _row(model, workspace: Workspace, code: str):
    related = {Lot: ("item__material", "location"), Item: ("material",), Location: ()}[model]
    rows = model._base_manager.filter(workspace_id=workspace.pk).select_related(*related)
    for each in dict.fromkeys((code, code.translate(codes.AS_GERMAN))):  # ß for - from a scanner with another keyboard
        found = rows.filter(code=each).first() or rows.filter(code__iexact=each).order_by("pk").first()
        if found is not None:
            return found
    return None
