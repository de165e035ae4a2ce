"""The question as `production.nesting` takes it: outlines, quantities, sheets and remnants in stock."""

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from django.db.models import Sum

from inventory import lots
from inventory.models import Item, Lot
from production.models import Nest, NestPart, NestSheet, clamps
from production.nests import shapes

ROTATIONS = {
    Nest.Turning.QUARTERS: [0, 90, 180, 270],
    Nest.Turning.GRAIN: [0, 180],
    Nest.Turning.NONE: [0],
    Nest.Turning.EIGHTHS: [0, 45, 90, 135, 180, 225, 270, 315],
}
MOST_SHEETS = 500  # of one size, where the stock does not say


class Parts:
    """The parts of a nest with their shapes, each drawing read once."""

    def __init__(self, nest: Nest):
        self.rows = {row.pk: row for row in nest.parts.select_related("design_file")}
        self._files: dict[int, list[shapes.Shape]] = {}

    def shape(self, pk: int) -> shapes.Shape:
        row = self.rows[pk]
        if row.design_file_id not in self._files:
            self._files[row.design_file_id] = shapes.of_file(row.design_file)
        return self._files[row.design_file_id][row.part_index]


def of(nest: Nest, parts: Parts, kept: Sequence[NestSheet] = (), locks: Sequence[NestSheet] = ()) -> dict:
    """The problem in JSON form. What lies on `kept` sheets is done already: those pieces and sheets are left out.

    Pieces locked on the sheets of `locks` stay where they are.
    """
    fixed = _fixed(locks)
    taken: dict[int, int] = {}
    for sheet in kept:
        for pk, count in sheet.counts().items():
            taken[pk] = taken.get(pk, 0) + count * sheet.repeats
    wanted = [
        _part(nest, row, parts.shape(row.pk), row.quantity - taken.get(row.pk, 0), fixed.get(row.pk, []))
        for row in parts.rows.values()
    ]
    return {
        "parts": [part for part in wanted if part["quantity"] > 0],
        "sheets": _stock(nest, kept),
        "gap_mm": float(nest.gap_mm),
        "margin_mm": float(nest.margin_mm),
    }


def _fixed(sheets: Sequence[NestSheet]) -> dict[int, list[dict]]:
    """{part: its locked pieces}, the copies of a sheet counted as they come."""
    copies, found = Counter(), {}
    for sheet in sheets:
        for _time in range(sheet.repeats):
            name = name_of(sheet)
            for place in sheet.placements:
                if place.get("locked"):
                    where = {key: place[key] for key in ("x_mm", "y_mm", "angle_deg")}
                    found.setdefault(place["part"], []).append({**where, "sheet": name, "copy": copies[name]})
            copies[name] += 1
    return found


def name_of(sheet: NestSheet) -> str:
    """What the problem calls the sheet that a row lies on."""
    return f"lot:{sheet.lot_id}" if sheet.lot_id else f"item:{sheet.item_id}"


def _part(nest: Nest, row: NestPart, shape: shapes.Shape, quantity: int, fixed: list[dict]) -> dict:
    return {
        "id": str(row.pk),
        "outline": shape.ring(),
        "holes": shape.holes(),
        "quantity": quantity,
        "rotations": ROTATIONS[row.turning or nest.turning],
        "priority": row.priority,
        "due": row.due_on.isoformat() if row.due_on else "",
        "fixed": fixed,
    }


def _stock(nest: Nest, kept) -> list[dict]:
    """Remnants first, the smallest of them first; then the sheet sizes."""
    items = sizes(nest)
    used: dict[int, int] = {}
    for sheet in kept:
        if sheet.lot_id is None:
            used[sheet.item_id] = used.get(sheet.item_id, 0) + sheet.repeats
    mine = {sheet.lot_id for sheet in kept}
    found = []
    if nest.use_remnants:
        found = [_remnant(nest, lot) for lot in lots.free_of(items) if lot.pk not in mine and lot.outline]
    bundles = _in_bundles(items) if nest.only_stock else {}
    for item in items:
        whole = item.loose + bundles.get(item.pk, 0)
        there = int(whole.to_integral_value(ROUND_FLOOR)) if nest.only_stock else MOST_SHEETS
        there -= used.get(item.pk, 0)
        if there > 0:
            found.append({"id": f"item:{item.pk}", "width_mm": float(item.width_mm),
                          "height_mm": float(item.height_mm), "quantity": there,
                          "price": float(item.price),
                          "clamps": clamps.on_sheet(nest.clamps, float(item.width_mm), float(item.height_mm))}
                         )  # fmt: skip
    return found


def _in_bundles(items: list[Item]) -> dict[int, Decimal]:
    """{item: whole sheets of ours that lie in lots of their own, because their heat is known}."""
    rows = Lot.objects.filter(item__in=items, kind=Lot.Kind.SHEET, state="free", owner_key="").order_by()
    return dict(rows.values_list("item").annotate(Sum("quantity")))


def sizes(nest: Nest) -> list[Item]:
    """The sheets it may be cut from: of its material and thickness, that fit on the machine."""
    rows = Item.objects.filter(
        material=nest.material_id, thickness_mm=nest.thickness_mm, category=Item.Category.SHEET, archived_at=None,
        unit=Item.Unit.SHEET, width_mm__gt=0, height_mm__gt=0,
    )  # fmt: skip
    if nest.item_id is not None:
        rows = rows.filter(pk=nest.item_id)
    bed = sorted((nest.machine.bed_width_mm, nest.machine.bed_height_mm))
    found = list(rows.order_by("code"))
    if not all(bed):
        return found
    return [item for item in found if all(side <= room for side, room in zip(
        sorted((item.width_mm, item.height_mm)), bed, strict=True
    ))]  # fmt: skip


def _remnant(nest: Nest, lot: Lot) -> dict:
    width, height = (max(point[axis] for point in lot.outline) for axis in (0, 1))
    return {"id": f"lot:{lot.pk}", "width_mm": width, "height_mm": height, "quantity": 1, "outline": lot.outline,
            "remnant": True, "clamps": clamps.on_sheet(nest.clamps, width, height)}  # fmt: skip
