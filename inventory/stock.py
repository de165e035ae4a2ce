"""Verbs about items: taking one into the books, correcting, archiving."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering
from inventory import ledger, locations
from inventory.models import Item, Move
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
@transaction.atomic
def register(item: Item, by, *, code: str = "") -> Item:
    """Store a new item under the next code of its material and thickness, or under the one it has elsewhere."""
    item.code = code or _free_code(item)
    if item.default_location_id is None:
        item.default_location = locations.the_store(item.workspace_id)
    if item.colours and not item.colour_hex:
        item.colour_hex = item.colours[0]
    item.save()
    activity.record("created", item, by)
    needs_changed(item)
    return item


def _free_code(item: Item) -> str:
    """The next one that nobody has: an import may have brought codes of its own."""
    material = item.material.code if item.material else item.category[:4].upper()
    kind, parts = "item", {"material": material}
    if item.category == Item.Category.SHEET and item.thickness_mm:
        kind, parts = "sheet", {"material": material, "thickness": f"{item.thickness_mm.normalize():f}"}
    while True:
        code = numbering.draw(item.workspace, kind, **parts)
        if not Item._base_manager.filter(workspace_id=item.workspace_id, code=code).exists():
            return code


def needs_changed(item: Item) -> None:
    """What should be bought of it is another amount now: the board of what to buy follows at once."""
    from inventory import reorder

    reorder.refresh(item.workspace, [item])


@retried
@transaction.atomic
def book(item: Item, quantity, kind: str, *, key: str, by, reason="", **said) -> Move:
    """Book by hand: as `ledger.post`, with a line in the log, because nothing else tells of it."""
    fresh = not Move._base_manager.filter(workspace_id=item.workspace_id, key=key).exists()
    move = ledger.post(item, quantity, kind, key=key, by=by, reason=reason, **said)
    if fresh:
        details = {"kind": kind, "quantity": move.quantity, "why": reason, "key": key}
        activity.record("posted", item, by, details=details, money={"unit cost": move.unit_cost})
        needs_changed(item)
    return move


@retried
@transaction.atomic
def picture(item: Item, content, by) -> None:
    """Put a picture, drawn anew by `pictures.picture_of`, in place of the one there was."""
    item.picture.save(f"{item.workspace_id}/{item.pk}.png", content, save=False)
    Item._base_manager.filter(pk=item.pk).update(picture=item.picture.name)
    activity.record("uploaded", item, by, details={"what": _("picture")})


@retried
@transaction.atomic
def archive(item: Item, by) -> None:
    there = Item._base_manager.get(pk=item.pk)
    if there.on_hand:
        raise Refused(_("%(item)s is still in stock.") % {"item": there}, code="in-stock")
    if Item.objects.filter(pk=item.pk, archived_at=None, on_hand=0).update(archived_at=timezone.now()):
        activity.record("archived", item, by)


@retried
@transaction.atomic
def restore(item: Item, by) -> None:
    if Item.objects.filter(pk=item.pk).exclude(archived_at=None).update(archived_at=None):
        activity.record("restored", item, by)


@retried
@transaction.atomic
def count(item: Item, counted, *, seen, key: str, by, reason="") -> Move:
    """Book the difference between what was counted and what the books say. `seen` is what they said while counting:
    when somebody has moved stock since then, the count says nothing any more and is refused."""
    counted, seen = ledger.quantity_of(counted), ledger.quantity_of(seen)
    done = Move._base_manager.filter(workspace_id=item.workspace_id, key=key).first()
    if done is not None:
        return done
    there = ledger.lock(item)
    if there.on_hand != seen:
        raise Refused(_("Stock was moved while you counted. Please look again."), code="moved")
    if counted < 0:
        raise Refused(_("%(value)s is not a quantity.") % {"value": counted}, code="quantity")
    if counted == there.on_hand:
        raise Refused(_("The books say the same: nothing to correct."), code="same")
    return book(there, counted - there.on_hand, Move.Kind.COUNT, key=key, by=by, reason=reason)


def low():
    """Items whose free stock is below the minimum somebody set for them."""
    return Item.objects.filter(
        archived_at=None, minimum__gt=0, on_hand__lt=F("minimum") + F("reserved") + F("owned") + F("quarantined")
    )
