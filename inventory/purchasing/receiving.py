"""Goods come in: counted by line, booked into stock, or set aside and sent back. Each key once, all or nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.files import File
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity
from inventory import ledger
from inventory.models import Item, PurchaseLine, PurchaseOrder, Receipt, ReceiptLine
from inventory.models.purchase import ARRIVED, EXPECTED, PURCHASE
from inventory.purchasing import stocking
from inventory.purchasing.expected import exact
from inventory.purchasing.orders import needs_changed
from laseros.core.errors import Refused
from laseros.core.retry import retried


@dataclass(frozen=True)
class Arrival:
    """What came of one line, in the item's unit: `good` goes into stock, `bad` is set aside.

    `pack_price` is None where it costs what was ordered. `reason` is needed for what is bad, and for more than ordered.
    """

    line: PurchaseLine
    good: Decimal = Decimal(0)
    bad: Decimal = Decimal(0)
    pack_price: Decimal | None = None
    heat: str = ""
    certificate: File | None = None
    reason: str = ""
    location: object = None


@retried
def receive(
    order: PurchaseOrder,
    arrivals: Iterable[Arrival],
    *,
    key: str,
    by,
    delivery_note: str = "",
    received_on: date | None = None,
    note: str = "",
    take_prices: bool = False,
) -> Receipt:
    """Take in what came of an order. The same key again answers what it took in.

    `take_prices`: the items cost from now on what was paid here. Refused for an order that is not out ("state"), for a
    quantity that is none, and for more than ordered or bad goods without a reason ("reason").
    """
    arrivals = [_checked(arrival) for arrival in arrivals]
    try:
        with transaction.atomic():
            done = Receipt._base_manager.filter(workspace_id=order.workspace_id, key=key).first()
            if done is not None:
                return done
            head = {"delivery_note": delivery_note[:60], "received_on": received_on or timezone.localdate()}
            return _receive(order, arrivals, key, by, {**head, "note": note[:200]}, take_prices)
    except IntegrityError:
        # Somebody received under this key at the same moment: theirs is the receipt.
        done = Receipt._base_manager.filter(workspace_id=order.workspace_id, key=key).first()
        if done is None:
            raise
        return done


def _checked(arrival: Arrival) -> Arrival:
    good, bad = ledger.quantity_of(arrival.good), ledger.quantity_of(arrival.bad)
    if good < 0 or bad < 0:
        raise Refused(_("%(value)s is not a quantity.") % {"value": min(good, bad)}, code="quantity")
    price = arrival.pack_price
    if price is not None and not (price.is_finite() and 0 <= price < ledger.MOST):
        raise Refused(_("%(value)s is not a price.") % {"value": price}, code="price")
    return Arrival(**{**arrival.__dict__, "good": good, "bad": bad, "reason": arrival.reason.strip()[:200]})


def _receive(order, arrivals, key, by, head, take_prices) -> Receipt:
    # Held until the end: nobody cancels, sends or receives it meanwhile.
    rows = PurchaseOrder._base_manager.filter(pk=order.pk, state__in=EXPECTED)
    if not rows.update(note=F("note")):
        now = PurchaseOrder._base_manager.values_list("state", flat=True).get(pk=order.pk)
        reason = _("%(order)s is %(state)s: nothing can be received for it.")
        raise Refused(reason % {"order": order.number, "state": PURCHASE.labels[now]}, code="state", state=now)
    arrivals = [arrival for arrival in arrivals if arrival.good or arrival.bad]
    if not arrivals:
        raise Refused(_("Nothing was entered."), code="nothing")
    user = by if getattr(by, "pk", None) else None
    receipt = Receipt(workspace_id=order.workspace_id, order=order, key=key, by=user, **head)
    receipt.save(force_insert=True)
    for arrival in arrivals:
        _take_in(receipt, arrival, by, take_prices)
    _move_on(order)
    details = {"order": order.number, "lines": len(arrivals), "delivery note": receipt.delivery_note}
    activity.record("received", order, by, details=details)
    needs_changed(order)
    return receipt


def _take_in(receipt: Receipt, arrival: Arrival, by, take_prices: bool) -> None:
    line = PurchaseLine.objects.select_related("item__workspace", "order__supplier").get(
        pk=arrival.line.pk, order=receipt.order_id
    )
    over = max(line.received + arrival.good - max(line.quantity, line.received), Decimal(0))
    if over and not arrival.reason:
        reason = _("%(item)s: %(over)s %(unit)s more than ordered. Say why they are kept, or set them aside.")
        said = {"item": line.item, "over": f"{over.normalize():f}", "unit": line.item.unit_of(over)}
        raise Refused(reason % said, code="reason", line=line.pk)
    if arrival.bad and not arrival.reason:
        raise Refused(_("%(item)s: say what is wrong with it.") % {"item": line.item}, code="reason", line=line.pk)
    price = line.unit_price if arrival.pack_price is None else arrival.pack_price
    row = {"workspace_id": receipt.workspace_id, "receipt": receipt, "line": line, "pack_price": price}
    row |= {"heat": arrival.heat.strip()[:60], "reason": arrival.reason}
    if arrival.good:
        stored = ReceiptLine.objects.create(
            **row, quantity=arrival.good, over=over, certificate=arrival.certificate or ""
        )
        unit_cost = cost_of(line, price)
        stocking.put_in(stored, line, unit_cost=unit_cost, location=arrival.location, by=by)
        if take_prices:
            _take_price(line.item, unit_cost, by)
    if arrival.bad:
        ReceiptLine.objects.create(**row, quantity=arrival.bad, state="aside")
    PurchaseLine._base_manager.filter(pk=line.pk).update(
        received=exact(F("received") + arrival.good), rejected=exact(F("rejected") + arrival.bad)
    )


def cost_of(line: PurchaseLine, pack_price: Decimal) -> Decimal:
    """What one unit of the item cost, in our own currency, to four digits as the books have it."""
    return (pack_price * line.order.rate / line.pack_size).quantize(Decimal("0.0001"))


def _take_price(item: Item, price: Decimal, by) -> None:
    before = item.price
    if price and price != before:
        Item._base_manager.filter(pk=item.pk).update(price=price)
        activity.record("changed", item, by, money={"price": [before, price]})


def _move_on(order: PurchaseOrder) -> None:
    open_lines = PurchaseLine._base_manager.filter(order_id=order.pk, received__lt=F("quantity"))
    if open_lines.exists():
        PURCHASE.move(order, "receive_part")
    else:
        PURCHASE.move(order, "receive_all", closed_at=timezone.now())


@retried
@transaction.atomic
def send_back(row: ReceiptLine, quantity, *, key: str, by, reason: str) -> ReceiptLine:
    """Return goods to the supplier: out of stock if they were taken in, otherwise only out of the house. Once a key.

    Raises `Refused` for more than is left of them, and when the stock has less ("short").
    """
    quantity = ledger.quantity_of(quantity)
    if quantity <= 0:
        raise Refused(_("Nothing to send back."), code="quantity", field="quantity")
    ReceiptLine._base_manager.filter(pk=row.pk).update(reason=F("reason"))  # one at a time
    row = ReceiptLine.objects.select_related("line__item", "line__order", "receipt__order").get(pk=row.pk)
    done = activity.of(row).filter(verb="sent back", details__key=key)
    if done.exists():
        return row
    if quantity > row.quantity - row.returned:
        left = f"{(row.quantity - row.returned).normalize():f}"
        raise Refused(_("Only %(left)s of it are left.") % {"left": left}, code="quantity", field="quantity")
    if row.state == "stocked":
        stocking.take_out(row, quantity, key=key, by=by, reason=reason)
    ReceiptLine._base_manager.filter(pk=row.pk).update(
        returned=exact(F("returned") + quantity), reason=reason.strip()[:200] or row.reason
    )
    row.returned += quantity
    if row.returned >= row.quantity:
        ARRIVED.move(row, "return")
    activity.record("sent back", row, by, details={"quantity": quantity, "why": reason, "key": key})
    return row
