"""What was received becomes stock: a spool each, a lot for each heat or batch, everything else loose."""

from decimal import Decimal

from django.utils.translation import gettext as _

from inventory import ledger, lots
from inventory.models import Item, Lot, Move, PurchaseLine, Receipt, ReceiptLine
from laseros.core.errors import Refused

MOST_SPOOLS = 500  # of one line at once
NOTHING = Decimal(0)


def put_in(row: ReceiptLine, line: PurchaseLine, *, unit_cost: Decimal, location, by) -> None:
    """Book in what is good of a line."""
    said = {"by": by, "unit_cost": unit_cost, "location": location, "source": f"po:{line.order_id}"}
    if line.item.category == Item.Category.FILAMENT:
        _spools(row, line, said)
    elif row.heat or row.certificate:
        sheet = line.item.category == Item.Category.SHEET
        _lot(row, line, row.quantity, 1, Lot.Kind.SHEET if sheet else Lot.Kind.BATCH, said)
    else:
        ledger.post(
            line.item, row.quantity, Move.Kind.PURCHASE, key=f"receipt:{row.pk}:0", reason=line.order.number, **said
        )


def _spools(row: ReceiptLine, line: PurchaseLine, said: dict) -> None:
    """One for each pack; what is no whole pack is the last one."""
    if row.quantity > line.pack_size * MOST_SPOOLS:
        reason = _("%(item)s: more than %(most)s spools at once. Is the pack as large as it says?")
        raise Refused(reason % {"item": line.item, "most": MOST_SPOOLS}, code="quantity", line=line.pk)
    left, count = row.quantity, 0
    while left > 0:
        count += 1
        amount = min(left, line.pack_size)
        _lot(row, line, amount, count, Lot.Kind.SPOOL, said)
        left -= amount


def _lot(row: ReceiptLine, line: PurchaseLine, amount: Decimal, count: int, kind: str, said: dict) -> None:
    lots.receive(
        line.item, amount, key=f"receipt:{row.pk}:{count}", kind=kind, heat=row.heat,
        certificate=row.certificate.name if row.certificate else None, supplier=line.order.supplier.name, **said,
    )  # fmt: skip


def lots_of(row: ReceiptLine):
    """The lots that a line of what came has made, as a queryset."""
    return Lot.objects.filter(key__startswith=f"receipt:{row.pk}:").order_by("id")


def lots_of_all(receipt: Receipt) -> list[Lot]:
    """The lots that all lines of a receipt have made, in two queries."""
    rows = {str(pk) for pk in receipt.lines.order_by("pk").values_list("pk", flat=True)}
    made = Lot.objects.filter(source=f"po:{receipt.order_id}", key__startswith="receipt:").order_by("id")
    return [lot for lot in made if lot.key.split(":")[1] in rows]


def take_out(row: ReceiptLine, quantity: Decimal, *, key: str, by, reason: str) -> None:
    """Book out what goes back to the supplier: of the lots it made, the fullest first, or loose."""
    said = {"by": by, "reason": f"{row.line.order.number} {reason}".strip(), "source": f"po:{row.line.order_id}"}
    item, left = row.line.item, quantity
    made = sorted(lots_of(row), key=lambda lot: (-lot.available, lot.pk))
    for lot in made:
        amount = min(left, max(lot.available, NOTHING))
        if amount:
            ledger.post(item, -amount, Move.Kind.RETURN, key=f"receipt:{row.pk}:back:{key}:{lot.pk}", lot=lot, **said)
            left -= amount
    if left and made:
        words = _("Not enough of it is left: %(missing)s %(unit)s missing.")
        raise Refused(words % {"missing": ledger.plain(left), "unit": item.unit_of(left)}, code="short")
    if left:
        ledger.post(item, -left, Move.Kind.RETURN, key=f"receipt:{row.pk}:back:{key}", **said)
