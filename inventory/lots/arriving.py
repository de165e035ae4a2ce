"""A lot comes in: a spool, a sheet with its heat, a batch; ours, or a client's."""

from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts import activity, numbering
from inventory import ledger, locations
from inventory.lots.grams import grams_of
from inventory.models import Item, Location, Lot, Move
from laseros.core.errors import Refused
from laseros.core.retry import retried

Kind = Lot.Kind
NUMBERED_AS = {Kind.SPOOL: "spool", Kind.SHEET: "plate", Kind.BATCH: "batch", Kind.REMNANT: "remnant"}


def number(workspace, kind: str) -> str:
    """The next code of a lot of this kind: FIL-001, SH-0001, BT-0001, RM-0001."""
    return numbering.draw(workspace, NUMBERED_AS[kind])


@retried
def receive(
    item: Item, quantity, *, key: str, by, kind: str, location: Location | None = None, unit_cost=None, heat: str = "",
    certificate=None, gross_g=None, tare_g=None, owner_key: str = "", owner_label: str = "", source: str = "",
    booked_as: str = Move.Kind.PURCHASE, supplier: str = "", note: str = "", at=None,
) -> Lot:  # fmt: skip
    """Take a new lot of `item` into stock, with a code of its own. The same key again answers the lot it made.

    `quantity` in the item's unit; for a spool it may be None, when `gross_g` and `tare_g` say it. With `owner_key`
    ("client:7") it belongs to that client and is worth nothing in our books. Raises `Refused`: "quantity", "kind",
    "cost", "location", "owned".
    """
    try:
        with transaction.atomic():
            ledger.lock(item)  # before a number is drawn: whoever locks both does it in this order
            lot = _new(item, quantity, kind, location, unit_cost, gross_g, tare_g, key)
            lot.heat, lot.supplier_text, lot.note, lot.source = heat[:60], supplier[:120], note[:200], source[:60]
            lot.owner_key, lot.owner_label = owner_key[:60], owner_label[:160]
            if certificate is not None:
                lot.certificate = certificate
            if at is not None:
                lot.created_at = at
            if owner_key:
                lot.unit_cost = Decimal(0)
            lot.code = number(item.workspace, kind)
            lot.save(force_insert=True)
            ledger.post(
                item, lot.initial, booked_as, key=f"lot:{lot.pk}:in", by=by, reason=lot.code, unit_cost=lot.unit_cost,
                lot=lot, source=source, at=at,
            )  # fmt: skip
            details = {"quantity": lot.initial, "of": item, "place": lot.location}
            details |= {"for": owner_label} if owner_key else {}
            activity.record("received", lot, by, details=details, money={"unit cost": lot.unit_cost})
            lot.refresh_from_db()
            return lot
    except (Refused, IntegrityError):
        done = Lot._base_manager.filter(workspace_id=item.workspace_id, key=key).first()
        if done is None:
            raise
        return done


def _new(item: Item, quantity, kind: str, location, unit_cost, gross_g, tare_g, key: str) -> Lot:
    if kind not in Kind.values or kind == Kind.REMNANT:
        raise Refused(_("%(kind)s is no kind of lot that is received.") % {"kind": kind}, code="kind")
    if location is not None and location.workspace_id != item.workspace_id:
        raise Refused(_("There is no such place."), code="location")
    gross, tare = weight_of(gross_g), weight_of(tare_g)
    if quantity is None and gross is not None and tare is not None:
        quantity = (gross - tare) / grams_of(item)
    amount = ledger.quantity_of(quantity)
    if amount <= 0:
        raise Refused(_("Nothing to book."), code="quantity")
    if kind == Kind.SPOOL and tare is None and gross is not None:
        tare = max(gross - amount * grams_of(item), Decimal(0))
    place = location.pk if location is not None else item.default_location_id
    cost = item.price if unit_cost is None else ledger.cost_of(unit_cost)
    return Lot(
        workspace_id=item.workspace_id, item=item, kind=kind, initial=amount, unit_cost=cost, gross_g=gross,
        tare_g=tare, location_id=place or locations.the_store(item.workspace_id).pk, key=key,
    )  # fmt: skip


def weight_of(value) -> Decimal | None:
    """Grams from the scales, to a tenth: 0 to 1,000 kg; None for none. Raises `Refused` ("weight")."""
    if value is None or value == "":
        return None
    grams = ledger.quantity_of(value).quantize(Decimal("0.1"))
    if not 0 <= grams <= 1_000_000:
        raise Refused(_("%(value)s is not a weight.") % {"value": value}, code="weight")
    return grams
