"""A few products with recipes of several levels, as each business would sell them."""

from decimal import Decimal

from inventory import ledger, stock
from inventory.models import Item
from laseros.demo.ground import Business
from production import products, recipes
from production.models import Component, Product, Step

BOUGHT = {True: ("Hex bolt M8 × 20", "Powder-coated hinge"), False: ("Schraube M3 × 12", "Gewindeeinsatz M3")}


def make(business: Business) -> None:
    """One part made on a machine, a sub-assembly of two with bought parts, and a set of sub-assemblies."""
    laser, by = business.is_laser, business.people["office"]
    first, second = (
        _bought(business, name, price) for name, price in zip(BOUGHT[laser], ("1.20", "4.50"), strict=True)
    )
    item = next(iter(business.items.values()))
    part = _product(business, "Side plate" if laser else "Halter", by, item=item, material=item.material)
    if laser:
        made_from, step = Component(item=item, amount=Decimal("0.06"), measure="m2", waste_percent=Decimal(8)), "Cut"
    else:
        made_from, step = Component(item=item, amount=Decimal(48), measure="g", waste_percent=Decimal(5)), "Drucken"
    kind, seconds = ("laser", 42.0) if laser else ("printer", 5400.0)
    recipes.write_down(part, [made_from], [Step(name=step, kind=kind, seconds=seconds)], by)
    frame = _product(business, "Bracket frame" if laser else "Wandhalterung", by)
    into = [Component(part=part, amount=Decimal(2)), Component(item=first, amount=Decimal(4))]
    recipes.write_down(frame, into, [_by_hand("Bolt together" if laser else "Montieren", 180)], by)
    whole = _product(business, "Gate set" if laser else "Halterungs-Set", by)
    into = [Component(part=frame, amount=Decimal(2)), Component(item=second, amount=Decimal(2))]
    recipes.write_down(whole, into, [_by_hand("Assemble and pack" if laser else "Packen", 300)], by)


def _by_hand(name: str, seconds: float) -> Step:
    return Step(name=name, kind="hand", seconds=seconds)


def _product(business: Business, name: str, by, **fields) -> Product:
    fields.setdefault("thickness_mm", fields["item"].thickness_mm if "item" in fields else None)
    return products.register(Product(workspace=business.workspace, name=name, **fields), by)


def _bought(business: Business, name: str, price: str) -> Item:
    item = stock.register(
        Item(workspace=business.workspace, name=name, category="part", unit="pcs", price=Decimal(price)), None
    )
    ledger.post(item, 200, "opening", key=f"demo:bought:{item.pk}")
    return item
