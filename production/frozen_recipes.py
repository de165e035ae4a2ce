"""A recipe as plain data, kept by whoever offers something: what is ordered is made as it was offered, whatever the
product has become since.

`{"product", "revision", "file", "items": [[item, amount, measure, waste]], "steps": [[name, kind, seconds, starts]],
"parts": [[count, {…}]]}`: amounts as text, everything else by its key.
"""

from collections.abc import Callable, Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from inventory.models import Item
from laseros.core.errors import Refused
from production import recipes
from production.models import Component, DesignFile, Product, Step
from production.recipes import Node


def frozen(node: Node, seconds_of: Callable[[Step, Product], float]) -> dict:
    """The recipe of a tree. `seconds_of` says how long a step takes; what it refuses to say is kept as unknown."""
    product = node.product
    return {
        "product": product.pk,
        "revision": product.revision,
        "file": product.design_file_id,
        "items": [
            [row.item_id, f"{row.amount.normalize():f}", row.measure, f"{row.waste_percent.normalize():f}"]
            for row, _amount in node.items
        ],
        "steps": [[step.name, step.kind, _seconds(step, product, seconds_of), step.starts] for step in node.steps],
        "parts": [[part.count, frozen(part, seconds_of)] for part in node.parts],
    }


def _seconds(step: Step, product: Product, seconds_of) -> float:
    try:
        return round(seconds_of(step, product), 3)
    except Refused:
        return 0


def thawed(data: dict) -> Node:
    """The tree again. Raises `Refused` ("gone") where something of it is not there any more."""
    places = list(_places(data))
    found = _Found(
        _rows(Product.objects, (place["product"] for place in places)),
        _rows(DesignFile.objects.select_related("measurement"), (place["file"] for place in places)),
        _rows(Item.objects.select_related("material"), (row[0] for place in places for row in place["items"])),
    )
    return found.grow(data)


def _places(data: dict) -> Iterable[dict]:
    yield data
    for _count, part in data["parts"]:
        yield from _places(part)


def _rows(rows, wanted: Iterable[int | None]) -> dict:
    return rows.in_bulk({pk for pk in wanted if pk is not None})


class _Found:
    def __init__(self, products: dict, files: dict, items: dict):
        self.products, self.files, self.items = products, files, items

    def grow(self, data: dict, count: int = 1, total: int = 1, level: int = 0) -> Node:
        product = self._one(self.products, data["product"])  # our own copy: made what it was, and never saved
        product.revision = data["revision"]
        product.design_file = self._one(self.files, data["file"]) if data["file"] is not None else None
        node = Node(product, count, total, level)
        for pk, amount, measure, waste in data["items"]:
            row = Component(
                item=self._one(self.items, pk), amount=Decimal(amount), measure=measure, waste_percent=Decimal(waste)
            )
            node.items.append((row, recipes.in_unit(row)))
        node.steps = [Step(name=name, kind=kind, seconds=took, starts=when) for name, kind, took, when in data["steps"]]
        node.parts = [self.grow(part, each, total * each, level + 1) for each, part in data["parts"]]
        return node

    def _one(self, rows: dict, pk: int):
        if pk not in rows:
            raise Refused(_("A part of what was offered is not kept any more. It has to be offered anew."), code="gone")
        return rows[pk]
