"""Verbs about purchase orders: drawing one up, changing its lines, sending it, ending it."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import activity, numbering, work
from inventory.models import Item, PurchaseLine, PurchaseOrder, Supplier, SupplierItem
from inventory.models.purchase import PURCHASE
from inventory.purchasing import sources
from inventory.purchasing.tasks import send_order
from laseros.core.errors import Refused
from laseros.core.money import ZERO, cents
from laseros.core.retry import retried

MOST_NET = Decimal(10) ** 11


@retried
@transaction.atomic
def open_draft(order: PurchaseOrder, by) -> PurchaseOrder:
    """Store a new, empty order under the next number."""
    _refuse_archived(order.supplier)
    order.number = numbering.draw(order.workspace, "purchase")
    order.currency = order.supplier.pays_in
    order.created_by = by if getattr(by, "pk", None) else None
    order.save()
    activity.record("created", order, by)
    return order


def _refuse_archived(supplier: Supplier) -> None:
    if supplier.archived_at is not None:
        raise Refused(_("%(supplier)s is archived.") % {"supplier": supplier}, code="archived", field="supplier")


def hold_draft(order: PurchaseOrder) -> None:
    """Refuse unless the order is a draft now, and keep it one until the transaction ends."""
    if not PurchaseOrder._base_manager.filter(pk=order.pk, state="draft").update(note=F("note")):
        now = PurchaseOrder._base_manager.values_list("state", flat=True).get(pk=order.pk)
        raise Refused(
            _("%(order)s is %(state)s and says what it said. Make a copy to change something.")
            % {"order": order.number, "state": PURCHASE.labels[now]},
            code="state",
            state=now,
        )


@retried
@transaction.atomic
def change_lines(order: PurchaseOrder, changed: list[PurchaseLine], removed: list[PurchaseLine], by) -> PurchaseOrder:
    """Store edited, new and removed lines of a draft.

    What is left empty (None) comes from the supplier's list. A price that was typed stays, another number of packs of
    a line whose price came from the list asks the breaks again.
    """
    hold_draft(order)
    before = order.net
    for line in removed:
        line.delete()
    last = max(order.lines.values_list("position", flat=True), default=0)
    for line in changed:
        if line.pk is None:
            last += 1
            line.position = last
        keep_line(order, line)
    total(order)
    activity.record("changed", order, by, details={"what": "lines"}, money={"net": [before, order.net]})
    return order


def keep_line(order: PurchaseOrder, line: PurchaseLine) -> None:
    """Fill up, sum up and store one line of a draft that is held."""
    line.workspace, line.order = order.workspace, order
    before = PurchaseLine.objects.filter(pk=line.pk).first() if line.pk else None
    if before is not None and before.item_id != line.item_id:
        line.sku, line.pack_size, line.unit_price, line.supplier_item = "", None, None, None
    source = source_for(order.supplier, line)
    if line.supplier_item is None or before is None:
        line.supplier_item = source
    if not line.sku:
        line.sku = source.sku if source else ""
    if line.pack_size is None:
        line.pack_size = source.pack_size if source else line.item.pack_size or Decimal(1)
    _price(line, before, source)
    line.quantity = line.packs * line.pack_size
    line.net = cents(line.packs * line.unit_price, order.currency)
    line.save()


def _price(line: PurchaseLine, before: PurchaseLine | None, source: SupplierItem | None) -> None:
    listed = sources.price_of(source, line.packs) if source else None
    if line.unit_price is None:
        line.unit_price, line.typed_price = listed or ZERO, listed is None
    elif before is None or before.unit_price != line.unit_price:
        line.typed_price = line.unit_price != listed
    elif not line.typed_price and listed is not None:
        line.unit_price = listed


def source_for(supplier: Supplier, line: PurchaseLine) -> SupplierItem | None:
    """What the supplier's list says about a line's item, by their number where it has one."""
    rows = SupplierItem.objects.filter(supplier=supplier, item=line.item_id).prefetch_related("breaks")
    found = list(rows.order_by("-preferred", "id"))
    named = [row for row in found if line.sku and row.sku == line.sku]
    return (named or found or [None])[0]


def total(order: PurchaseOrder) -> None:
    net = sum(order.lines.values_list("net", flat=True), ZERO)
    if net >= MOST_NET:
        raise Refused(_("This is more than an order can say."), code="too-much")
    PurchaseOrder._base_manager.filter(pk=order.pk, state="draft").update(net=net)
    order.net = net


@retried
@transaction.atomic
def duplicate(order: PurchaseOrder, by) -> PurchaseOrder:
    """A new draft with the same lines, at today's prices of the supplier's list where they came from there."""
    copy = PurchaseOrder(
        workspace=order.workspace, supplier=order.supplier, note=order.note, reference="", rate=order.rate
    )
    open_draft(copy, by)
    for line in order.lines.all():
        price = line.unit_price if line.typed_price else None
        row = PurchaseLine(
            item_id=line.item_id, sku=line.sku, packs=line.packs, pack_size=line.pack_size, unit_price=price,
            position=line.position,
        )  # fmt: skip
        keep_line(copy, row)
    total(copy)
    return copy


@retried
@transaction.atomic
def send(order: PurchaseOrder, by, *, by_mail: bool = True) -> PurchaseOrder:
    """Order it: from now on it says what it says. The worker makes the PDF and mails it, where that is wanted."""
    hold_draft(order)
    order.refresh_from_db()
    lines = list(order.lines.select_related("item", "supplier_item__supplier"))
    to = address_of(order)
    _check_ready(order, lines, to, by_mail)
    today = timezone.localdate()
    for line in lines:
        _learn(order, line)
        day = line.expected_on or order.expected_on or today + timedelta(days=_lead(order, line))
        PurchaseLine._base_manager.filter(pk=line.pk).update(expected_on=day, supplier_item=line.supplier_item)
        line.expected_on = day
    expected = order.expected_on or max(line.expected_on for line in lines)
    PURCHASE.move(order, "send", sent_at=timezone.now(), expected_on=expected)
    details = {"to": to if by_mail else _("not by mail"), "expected": expected}
    activity.record("sent", order, by, details=details, money={"net": order.net})
    work.queue(send_order, order.workspace, order.pk, to if by_mail else "", subject=order, by=by)
    needs_changed(order)
    return order


def needs_changed(order: PurchaseOrder) -> None:
    """What is on its way is another amount now: the board of what to buy follows at once."""
    from inventory import reorder

    items = Item.objects.filter(purchase_lines__order=order).distinct()
    reorder.refresh(order.workspace, items)


def _check_ready(order: PurchaseOrder, lines: list[PurchaseLine], to: str, by_mail: bool) -> None:
    _refuse_archived(order.supplier)
    if not lines:
        raise Refused(_("There is nothing on this order yet."), code="no-lines")
    if by_mail and not to:
        reason = _("%(supplier)s has no e-mail address. Enter one, or mark the order as sent some other way.")
        raise Refused(reason % {"supplier": order.supplier}, code="no-email")
    if order.net < order.supplier.minimum_order:
        reason = _("%(supplier)s delivers from %(least)s %(currency)s on.")
        least = f"{order.supplier.minimum_order.normalize():f}"
        said = {"supplier": order.supplier, "least": least, "currency": order.currency}
        raise Refused(reason % said, code="minimum")


def _lead(order: PurchaseOrder, line: PurchaseLine) -> int:
    if line.supplier_item is not None:
        return sources.lead_days(line.supplier_item)
    return order.supplier.lead_days if order.supplier.lead_days is not None else sources.USUAL_LEAD_DAYS


def _learn(order: PurchaseOrder, line: PurchaseLine) -> None:
    """What is bought from somebody for the first time stands on their list from then on."""
    if line.supplier_item is not None:
        return
    line.supplier_item, _created = SupplierItem.objects.get_or_create(
        supplier=order.supplier, item=line.item, sku=line.sku,
        defaults={"workspace": order.workspace, "pack_size": line.pack_size, "price": line.unit_price},
    )  # fmt: skip


def address_of(order: PurchaseOrder) -> str:
    """Where an order is mailed: to the supplier, otherwise to the first person there who has an address."""
    contact = order.supplier.contacts.exclude(email="").order_by("id").first()
    return order.supplier.email or (contact.email if contact else "")


@retried
@transaction.atomic
def cancel(order: PurchaseOrder, by, *, why: str = "") -> PurchaseOrder:
    """Take an order back of which nothing has come. Goods that come all the same are refused."""
    PURCHASE.move(order, "cancel", closed_at=timezone.now(), reason=why[:200])
    activity.record("cancelled", order, by, details={"why": why} if why else None)
    needs_changed(order)
    return order


@retried
@transaction.atomic
def close(order: PurchaseOrder, by, *, why: str = "") -> PurchaseOrder:
    """What has not come is not coming: the order is done as it is."""
    PURCHASE.move(order, "close", closed_at=timezone.now(), reason=why[:200])
    activity.record("closed", order, by, details={"why": why} if why else None)
    needs_changed(order)
    return order


def is_late(order: PurchaseOrder, today: date | None = None) -> bool:
    """Whether something of it should have been here before today."""
    today = today or timezone.localdate()
    return order.state in ("sent", "partly_received") and order.expected_on is not None and order.expected_on < today
