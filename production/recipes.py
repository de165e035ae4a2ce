"""Recipes: what goes into a product and how it is made, through all levels.

A product is made of stock items, of other products, and of steps. No product may contain itself, however many levels
down; that is checked again under a lock whenever a recipe is stored, so that two people cannot make a ring together.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import activity
from accounts.models import Workspace
from inventory.models import Item
from laseros.core.errors import Refused
from laseros.core.retry import retried
from production import cutting, parameters
from production.models import Component, DesignFile, Measurement, Product, Step

DEEPEST = 10  # levels
MOST = 400  # places in one tree, a product standing in three places counted three times
MILLIONTH = Decimal("0.000001")
Measure = Component.Measure


@dataclass
class Node:
    """A product in a tree: `count` of it go into one of the product above, `total` into one of the product on top."""

    product: Product
    count: int = 1
    total: int = 1
    level: int = 0
    items: list[tuple[Component, Decimal]] = field(default_factory=list)  # what for one piece, in the item's unit
    steps: list[Step] = field(default_factory=list)
    parts: list["Node"] = field(default_factory=list)

    def walk(self) -> Iterable["Node"]:
        yield self
        for part in self.parts:
            yield from part.walk()


def has_one(product: Product) -> bool:
    return product.components.exists() or product.steps.exists()


def tree(product: Product) -> Node:
    """The whole recipe, read level by level: at most two queries each. Raises `Refused` ("cycle", "deep", "large")."""
    return Recipes([product]).tree(product)


class Recipes:
    """The recipes of several products through all levels, read together: two queries a level, however many."""

    def __init__(self, products: Iterable[Product]):
        self.components, self.steps = _read({product.pk for product in products})

    def has_one(self, product: Product) -> bool:
        return bool(self.components.get(product.pk) or self.steps.get(product.pk))

    def tree(self, product: Product) -> Node:
        """Raises `Refused` ("cycle", "deep", "large")."""
        return _Growing(self.components, self.steps).grow(product)

    def parts(self) -> list[Product]:
        """Every product that goes into one of them."""
        return [row.part for rows in self.components.values() for row in rows if row.part_id is not None]


def _read(level: set[int]):
    components, steps = defaultdict(list), defaultdict(list)
    known = set()
    for _depth in range(DEEPEST):  # a deeper one is refused as its tree grows
        if not level:
            break
        rows = Component.objects.filter(product__in=level).select_related(
            "item__material", "part__item__material", "part__design_file__measurement"
        ).defer("part__design_file__measurement__preview")  # fmt: skip
        for row in rows.order_by("position", "id"):
            components[row.product_id].append(row)
        for step in Step.objects.filter(product__in=level).order_by("position", "id"):
            steps[step.product_id].append(step)
        known |= level
        level = {row.part_id for pk in level for row in components[pk] if row.part_id} - known
    return components, steps


class _Growing:
    def __init__(self, components, steps):
        self.components, self.steps, self.places = components, steps, 0

    def grow(self, product: Product, count=1, total=1, above: tuple[Product, ...] = ()) -> Node:
        if product.pk in {one.pk for one in above}:
            ring = " → ".join(one.sku for one in (*above, product))
            raise Refused(_("A product cannot contain itself: %(ring)s.") % {"ring": ring}, code="cycle")
        if len(above) >= DEEPEST:
            raise Refused(_("The recipe has more than %(most)s levels.") % {"most": DEEPEST}, code="deep")
        rows = self.components[product.pk]
        self.places += 1 + len(rows)
        if self.places > MOST:
            raise Refused(_("The recipe has more than %(most)s places.") % {"most": MOST}, code="large")
        node = Node(product, count, total, len(above), steps=self.steps[product.pk])
        for row in rows:
            if row.item_id is not None:
                node.items.append((row, in_unit(row)))
            else:
                pieces = int(row.amount)
                node.parts.append(self.grow(row.part, pieces, total * pieces, (*above, product)))
        return node


@retried
@transaction.atomic
def check(product: Product) -> Node:
    """Whether the recipe of a product, as it was just stored, can be. Called in the transaction that stores it.

    Raises `Refused` with code "cycle", "deep", "large", "amount" or "measure"; the caller's change is undone with it.
    Everything above the product is looked at too: a level more below is one more for them.
    """
    # Two people storing recipes at once: the second waits here and then sees what the first stored.
    Workspace._base_manager.filter(pk=product.workspace_id).update(name=F("name"))
    for row in product.components.select_related("item__material", "part"):
        if row.part_id is not None and (row.amount != int(row.amount) or row.measure not in ("unit", "pcs")):
            raise Refused(_("%(part)s: products go in by whole pieces.") % {"part": row.part}, code="amount")
        if row.item_id is not None:
            in_unit(row)
    found = tree(product)
    for top in _tops(product):
        tree(top)
    return found


def _tops(product: Product) -> list[Product]:
    """The products on top of all that the product goes into."""
    seen, level, tops = {product.pk}, [product], []
    while level:
        above = []
        rows = Component.objects.filter(part__in=[one.pk for one in level]).select_related("product")
        users = defaultdict(list)
        for row in rows:
            users[row.part_id].append(row.product)
        for one in level:
            if not users[one.pk] and one.pk != product.pk:
                tops.append(one)
            above += [user for user in users[one.pk] if user.pk not in seen]
            seen |= {user.pk for user in users[one.pk]}
        level = above
    return tops


# --- amounts ----------------------------------------------------------------------------------------------------------


def in_unit(row: Component) -> Decimal:
    """What one piece takes of the item, in its stock unit and without waste. Raises `Refused` ("measure")."""
    item, unit = row.item, Item.Unit
    if row.measure == Measure.UNIT or (row.measure == Measure.PIECE and item.unit == unit.PIECE):
        return row.amount
    if row.measure == Measure.AREA:
        if item.unit == unit.SQUARE_METRE:
            return row.amount
        if item.unit == unit.SHEET and item.width_mm and item.height_mm:
            return row.amount * 1_000_000 / (item.width_mm * item.height_mm)
    if row.measure == Measure.GRAM:
        if item.unit in (unit.GRAM, unit.KILOGRAM):
            return row.amount / (1 if item.unit == unit.GRAM else 1000)
        if item.unit == unit.SHEET and (grams := _grams_of_sheet(item)):
            return row.amount / grams
    if row.measure == Measure.MILLIMETRE and item.unit == unit.METRE:
        return row.amount / 1000
    raise Refused(
        _("%(item)s is kept in %(unit)s and cannot be measured in %(measure)s.")
        % {"item": item, "unit": item.get_unit_display(), "measure": row.get_measure_display()},
        code="measure",
    )


def _grams_of_sheet(item: Item) -> Decimal | None:
    if not (item.material and item.thickness_mm and item.width_mm and item.height_mm):
        return None
    return item.material.density_kg_m3 * item.thickness_mm * item.width_mm * item.height_mm / 1_000_000


def with_waste(row: Component, amount: Decimal) -> Decimal:
    return (amount * (100 + row.waste_percent) / 100).quantize(MILLIONTH, ROUND_CEILING)


def needs(node: Node) -> dict[Item, Decimal]:
    """Everything from stock that one piece takes, through all levels, waste included."""
    found: dict[Item, Decimal] = defaultdict(Decimal)
    for place in node.walk():
        for row, amount in place.items:
            found[row.item] += with_waste(row, amount) * place.total
    return dict(found)


def can_build(node: Node) -> tuple[int | None, list[Item]]:
    """How many could be made of what is free in stock, and the items that end it; None without any item."""
    counts = {item: int(item.available / need) for item, need in needs(node).items() if need}
    if not counts:
        return None, []
    least = min(counts.values())
    return least, sorted((item for item, count in counts.items() if count == least), key=lambda item: item.code)


def _measured(file: DesignFile) -> Measurement | None:
    return getattr(file, "measurement", None)


def seconds_of(
    step: Step, product: Product, *, find=parameters.find, time_for=cutting.time_for, measured=_measured
) -> float:
    """How long a step takes for one piece: as written, or for a laser by its motion along the drawing; 0 unknown.

    `find`, `time_for` and `measured` may answer from what was read before. Raises `Refused` when the cutting table has
    no confirmed values for the material.
    """
    if step.seconds is not None:
        return step.seconds
    if step.kind == Step.Kind.PRINTER:
        return float(product.minutes_each or 0) * 60
    file, item = product.design_file, product.item
    found = measured(file) if file is not None and file.state == "measured" else None
    if step.kind != Step.Kind.LASER or found is None or item is None or not (item.material and item.thickness_mm):
        return 0.0
    modelled = time_for(found, find(item.material, item.thickness_mm))
    return modelled.seconds if modelled is not None else 0.0


# --- verbs ------------------------------------------------------------------------------------------------------------


@retried
@transaction.atomic
def write_down(product: Product, components: Iterable[Component], steps: Iterable[Step], by) -> Node:
    """Put a recipe in place of the one there was. `components` and `steps` are unsaved rows."""
    product.components.all().delete()
    product.steps.all().delete()
    for rows in (components, steps):
        for position, row in enumerate(rows, start=1):
            row.workspace_id, row.product, row.position = product.workspace_id, product, position
            row.save()
    found = check(product)
    activity.record("changed", product, by, details={"what": str(Component._meta.verbose_name_plural)})
    return found
