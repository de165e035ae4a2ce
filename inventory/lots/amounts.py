"""How much is in a lot: weighed, split, merged, used up."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger
from inventory.lots.arriving import number, weight_of
from inventory.lots.grams import grams_of
from inventory.models import Lot, Move, Weighing
from inventory.models.lot import IN_STOCK
from laseros.core.errors import Refused
from laseros.core.retry import retried


@retried
def weigh(lot: Lot, gross_g, *, key: str, by, at: datetime | None = None, tare_g=None) -> Weighing:
    """Put a lot on the scales: gross − tare is what is left. What is less than the books say was used; what is more was
    there all along. The same key again answers the weighing it made.

    The scales are right: promises of what is not there give way. `tare_g` corrects what the empty spool weighs. Raises
    `Refused`: "weight", "tare", "state".
    """
    try:
        gross = weight_of(gross_g)
        if gross is None:
            raise Refused(_("%(value)s is not a weight.") % {"value": gross_g}, code="weight")
        with transaction.atomic():
            return _weigh(lot, gross, weight_of(tare_g), key, by, at)
    except (Refused, IntegrityError):
        done = Weighing._base_manager.filter(workspace_id=lot.workspace_id, key=key).first()
        if done is None:
            raise
        return done


def _weigh(lot: Lot, gross: Decimal, tare: Decimal | None, key: str, by, at) -> Weighing:
    item = ledger.lock(lot.item)
    fresh = Lot._base_manager.get(pk=lot.pk)
    if Weighing._base_manager.filter(workspace_id=lot.workspace_id, key=key).exists():
        raise Refused(_("It was weighed before."), code="done")
    if fresh.state == "scrapped":
        raise Refused(
            _("%(lot)s is %(state)s.") % {"lot": fresh.code, "state": fresh.get_state_display()}, code="state"
        )
    empty = fresh.tare_g if tare is None else tare
    if empty is None:
        raise Refused(_("What the empty spool of %(lot)s weighs is not known.") % {"lot": fresh.code}, code="tare")
    if gross < empty:
        raise Refused(
            _("%(gross)s g is less than the empty spool weighs: %(tare)s g.") % {"gross": gross, "tare": empty},
            code="weight", field="gross_g",
        )  # fmt: skip
    left = ledger.quantity_of((gross - empty) / grams_of(item))
    change, at = left - fresh.quantity, at or timezone.now()
    moved = None
    if change:
        kind = Move.Kind.USAGE if change < 0 and fresh.state != "quarantined" else Move.Kind.ADJUSTMENT
        moved = ledger.post(
            item, change, kind, key=f"weigh:{key}", by=by, reason=fresh.code, lot=fresh, at=at,
            source=f"lot:{fresh.pk}", for_owner=fresh.owner_key, despite_promises=True,
        )  # fmt: skip
    if tare is not None and tare != fresh.tare_g:
        Lot._base_manager.filter(pk=fresh.pk).update(tare_g=tare)
    weighing = Weighing(
        workspace_id=lot.workspace_id, lot=fresh, gross_g=gross, remaining_g=gross - empty, move=moved,
        by=by if getattr(by, "pk", None) else None, at=at, key=key,
    )  # fmt: skip
    weighing.save(force_insert=True)
    activity.record("weighed", fresh, by, details={"gross g": gross, "left g": gross - empty, "quantity": change})
    return weighing


@retried
def split(lot: Lot, quantity, *, key: str, by, location=None) -> Lot:
    """Make a lot of its own of a part of one, at the same place or another. The same key again answers that lot.

    Raises `Refused`: "quantity" unless it is a part, "shape" for a remnant, "short" for what is promised.
    """
    quantity = ledger.quantity_of(quantity)
    try:
        with transaction.atomic():
            return _split(lot, quantity, key, by, location)
    except (Refused, IntegrityError):
        done = Lot._base_manager.filter(workspace_id=lot.workspace_id, key=key).first()
        if done is None:
            raise
        return done


def _split(lot: Lot, quantity: Decimal, key: str, by, location) -> Lot:
    item = ledger.lock(lot.item)
    fresh = Lot._base_manager.get(pk=lot.pk)
    _has_no_shape(fresh)
    if not 0 < quantity < fresh.quantity:
        raise Refused(_("A part is more than nothing and less than the whole."), code="quantity", field="quantity")
    if location is not None and location.workspace_id != item.workspace_id:
        raise Refused(_("There is no such place."), code="location")
    part = Lot(
        workspace_id=item.workspace_id, item=item, kind=fresh.kind, parent=fresh, initial=quantity, key=key,
        unit_cost=fresh.unit_cost, supplier_text=fresh.supplier_text, heat=fresh.heat, certificate=fresh.certificate,
        opened_at=fresh.opened_at, dried_at=fresh.dried_at, owner_key=fresh.owner_key, owner_label=fresh.owner_label,
        quarantine_why=fresh.quarantine_why, source=fresh.source, code=number(item.workspace, fresh.kind),
        state=fresh.state, location_id=location.pk if location is not None else fresh.location_id,
    )  # fmt: skip
    part.save(force_insert=True)
    ledger.shift(
        item, quantity, key=f"lot:{part.pk}:from:{fresh.pk}", by=by, places=(fresh.location_id, part.location_id),
        lots=(fresh, part), reason=f"{fresh.code} → {part.code}",
    )  # fmt: skip
    activity.record("divided", fresh, by, details={"quantity": quantity, "into": part.code})
    part.refresh_from_db()
    return part


def _has_no_shape(lot: Lot) -> None:
    if lot.kind == Lot.Kind.REMNANT:
        raise Refused(_("A remnant has a shape: it is cut, not divided on paper."), code="shape")


@retried
@transaction.atomic
def merge(lots: Sequence[Lot], *, key: str, by) -> Lot:
    """Put lots of one item, owner and state together: the first takes what is in the others. A key merges once.

    Raises `Refused`: "merge" where they differ in item, kind, owner, state or heat, "shape", "short" for promises.
    """
    if len({lot.pk for lot in lots}) < 2:
        raise Refused(_("Choose at least two lots."), code="merge")
    item = ledger.lock(lots[0].item)
    pks = [lot.pk for lot in lots]
    fresh = {lot.pk: lot for lot in Lot._base_manager.filter(pk__in=pks).order_by("pk")}
    target, *others = [fresh[pk] for pk in dict.fromkeys(pks)]
    if Move._base_manager.filter(workspace_id=item.workspace_id, key__startswith=f"merge:{key}:").exists():
        return target
    for lot in (target, *others):
        _has_no_shape(lot)
    alike = {(lot.item_id, lot.kind, lot.owner_key, lot.state, lot.heat) for lot in (target, *others)}
    if len(alike) > 1 or target.state not in ("free", "quarantined"):
        raise Refused(_("Only lots of one item, kind, owner, heat number and state can be put together."), code="merge")
    for lot in others:
        ledger.shift(
            item, lot.quantity, key=f"merge:{key}:{lot.pk}", by=by, places=(lot.location_id, target.location_id),
            lots=(lot, target), reason=f"{lot.code} → {target.code}",
        )  # fmt: skip
        activity.record("merged", lot, by, details={"quantity": lot.quantity, "into": target.code})
    Lot._base_manager.filter(pk=target.pk).update(initial=target.initial + sum(lot.initial for lot in others))
    target.refresh_from_db()
    return target


@retried
@transaction.atomic
def use_up(lot: Lot, *, key: str, by, reason: str = "", at: datetime | None = None) -> Move | None:
    """Say that nothing is left of it: the rest is booked as used, promises give way. None when it was used up before.

    Raises `Refused` ("state") for what was thrown away or is in quarantine.
    """
    item = ledger.lock(lot.item)
    fresh = Lot._base_manager.get(pk=lot.pk)
    if fresh.state == "used":
        return Move._base_manager.filter(workspace_id=lot.workspace_id, key=key).first()
    if fresh.state not in IN_STOCK or fresh.state == "quarantined":
        raise Refused(
            _("%(lot)s is %(state)s.") % {"lot": fresh.code, "state": fresh.get_state_display()}, code="state"
        )
    moved = ledger.post(
        item, -fresh.quantity, Move.Kind.USAGE, key=key, by=by, reason=reason or fresh.code, lot=fresh, at=at,
        source=f"lot:{fresh.pk}", for_owner=fresh.owner_key, despite_promises=True,
    )  # fmt: skip
    activity.record("used", fresh, by, details={"quantity": fresh.quantity, **({"for": reason} if reason else {})})
    lot.refresh_from_db()
    return moved


def like(lot: Lot):
    """The lots that can be put together with one, as a queryset."""
    alike = {name: getattr(lot, name) for name in ("item_id", "kind", "owner_key", "state", "heat")}
    return Lot.objects.filter(**alike).exclude(pk=lot.pk).order_by("code")
