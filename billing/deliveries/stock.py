"""What a delivery takes out of stock: what is sold as it lies there. What things are made of was booked by runs."""

from decimal import Decimal

from billing.models import DeliveryLine
from inventory import ledger
from inventory.models import Item, Move

SOLD_BY_THE_PIECE = (Item.Category.PART, Item.Category.CONSUMABLE, Item.Category.TOOL, Item.Category.OTHER)


def is_sold_from_stock(line: DeliveryLine) -> bool:
    """Nobody makes it: it has an item and neither drawing, product nor work on a machine."""
    job_line = line.job_line
    if job_line.item_id is None or job_line.design_file_id or job_line.product_id:
        return False
    if job_line.item.category not in SOLD_BY_THE_PIECE:
        return False
    return not job_line.operations.exclude(state="cancelled").exists()


def take(line: DeliveryLine, by) -> Move | None:
    """Book out what leaves the house. Raises `Refused` with code "short" where there is too little."""
    if not is_sold_from_stock(line):
        return None
    each = line.job_line.material_each or Decimal(1)
    item, delivery = line.job_line.item, line.delivery
    return ledger.post(
        item, -(each * line.quantity).quantize(ledger.STEP), Move.Kind.USAGE, key=key_of(line), by=by,
        reason=delivery.number, source=f"delivery:{delivery.pk}",
    )  # fmt: skip


def give_back(line: DeliveryLine, by) -> None:
    """Book back in what `take` booked out, into the lots and places it came from."""
    move = Move.objects.filter(key=key_of(line)).select_related("item", "lot", "location").first()
    if move is not None:
        ledger.reverse(move, key=f"{key_of(line)}:back", by=by, reason=line.delivery.number)


def key_of(line: DeliveryLine) -> str:
    return f"delivery:{line.delivery_id}:line:{line.pk}"
