"""From what is wanted to orders: one draft for each supplier, in one click, once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from inventory.models import Item, PurchaseLine, PurchaseOrder, Supplier, SupplierItem
from inventory.purchasing import expected, orders, sources
from laseros.core.errors import Refused
from laseros.core.retry import retried


@dataclass
class Bought:
    """What came of it: the drafts that were made or added to, what nobody sells, what was on an order already."""

    orders: list[PurchaseOrder] = field(default_factory=list)
    unsold: list[Item] = field(default_factory=list)
    covered: list[Item] = field(default_factory=list)


@dataclass(frozen=True)
class Want:
    """`quantity` in the item's unit; `source` where somebody has chosen whom to buy from."""

    item: Item
    quantity: Decimal
    source: SupplierItem | None = None


@retried
def order(
    workspace, wants: Iterable[Want], *, key: str, by, less_drafts: bool = True, less_ordered: bool = False
) -> Bought:
    """Put what is wanted on a draft for each supplier: their newest one, or a new one. The same key again does nothing.

    `less_drafts`: what stands on a draft already is not put there twice. `less_ordered`: nor what is on its way.
    """
    wants = list(wants)
    try:
        with transaction.atomic():
            return _order(workspace, wants, key, by, less_drafts, less_ordered)
    except IntegrityError:
        # Somebody pressed the same button at the same moment: theirs are the orders.
        found = _done(workspace, key)
        if not found.orders:
            raise
        return found


def _done(workspace, key: str) -> Bought:
    rows = PurchaseOrder.objects.filter(workspace=workspace, lines__key__startswith=f"{key}:").distinct()
    return Bought(orders=list(rows.select_related("supplier").order_by("id")))


def _order(workspace, wants, key, by, less_drafts, less_ordered) -> Bought:
    done = _done(workspace, key)
    if done.orders:
        return done
    known = sources.sources_of(want.item for want in wants)
    picked = {want: want.source or sources.best(known.get(want.item.pk, []), want.quantity) for want in wants}
    # Whoever orders from the same supplier at this moment waits here, and then sees what we put there.
    for pk in sorted({source.supplier_id for source in picked.values() if source is not None}):
        Supplier._base_manager.filter(pk=pk).update(notes=F("notes"))
    items = [want.item for want in wants]
    there = expected.in_drafts(items) if less_drafts else {}
    coming = expected.on_order(items) if less_ordered else {}
    bought, drafts = Bought(), {}
    for want, source in picked.items():
        missing = want.quantity - there.get(want.item.pk, 0) - coming.get(want.item.pk, (0, None))[0]
        if source is None:
            bought.unsold.append(want.item)
        elif missing <= 0:
            bought.covered.append(want.item)
        else:
            draft = drafts.get(source.supplier_id) or _draft(workspace, source.supplier, by)
            drafts[source.supplier_id] = draft
            _put(draft, source, missing, f"{key}:{want.item.pk}:{source.pk}")
    for draft in drafts.values():
        orders.total(draft)
        activity.record("ordered", draft, by, details={"lines": draft.lines.count()}, money={"net": draft.net})
    bought.orders = list(drafts.values())
    return bought


def _draft(workspace, supplier: Supplier, by) -> PurchaseOrder:
    found = PurchaseOrder.objects.filter(supplier=supplier, state="draft").order_by("-id").first()
    if found is None:
        return orders.open_draft(PurchaseOrder(workspace=workspace, supplier=supplier), by)
    orders.hold_draft(found)
    return found


def _put(draft: PurchaseOrder, source: SupplierItem, quantity: Decimal, key: str) -> None:
    last = max(draft.lines.values_list("position", flat=True), default=0)
    line = PurchaseLine(
        item_id=source.item_id, supplier_item=source, sku=source.sku, pack_size=source.pack_size, unit_price=None,
        packs=sources.packs_for(source, quantity), position=last + 1, key=key,
    )  # fmt: skip
    orders.keep_line(draft, line)


def told(bought: Bought) -> str:
    """In a sentence for whoever pressed the button; `Refused` when nothing came of it."""
    said = []
    if bought.orders:
        said.append(_("On order %(orders)s.") % {"orders": ", ".join(order.number for order in bought.orders)})
    if bought.covered:
        names = ", ".join(item.code for item in bought.covered[:8])
        said.append(_("Already on an order: %(items)s.") % {"items": names})
    if bought.unsold:
        names = ", ".join(item.code for item in bought.unsold[:8])
        said.append(_("Nobody is known to sell %(items)s: say so on the item's page.") % {"items": names})
    words = " ".join(said) or _("There is nothing to buy.")
    if not bought.orders:
        raise Refused(words, code="nothing")
    return words
