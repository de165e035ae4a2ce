"""From a record to what stands on its label, in the language of the business that sticks it on."""

from inventory.labels.label import Label
from inventory.models import Item, Location, Lot
from inventory.scanning import cards, codes


def of_lot(lot: Lot) -> Label:
    """A lot with its `item__material` and `workspace`."""
    item = lot.item
    amount = lot.initial if lot.opened_at is None else lot.quantity
    return Label(
        code=lot.code,
        address=codes.address(lot.workspace.slug, "lot", lot.code),
        title=lot.owner_label or item.name,
        facts=" · ".join(part for part in (cards.facts(item, lot), lot.heat) if part),
        quantity="" if lot.kind == Lot.Kind.REMNANT else item.amount(amount, "\u00a0"),
        colours=tuple(item.swatches),
    )


def of_item(item: Item) -> Label:
    """An item with its `material` and `workspace`."""
    pack = item.amount(item.pack_size, "\u00a0") if item.pack_size else ""
    return Label(
        code=item.code,
        address=codes.address(item.workspace.slug, "item", item.code),
        title=item.name,
        facts=cards.facts(item),
        quantity=pack,
        colours=tuple(item.swatches),
    )


def of_location(location: Location) -> Label:
    return Label(
        code=location.code,
        address=codes.address(location.workspace.slug, "location", location.code),
        title=str(location),
        facts=location.note,
    )
