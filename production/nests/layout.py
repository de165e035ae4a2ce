"""Layouts as rows: what the search found stored, what is stored given back as a layout, and the figures of a sheet."""

import math
from collections.abc import Iterable
from itertools import pairwise

from django.db.models import F

from inventory.models import Item, Lot
from laseros.core.errors import Refused
from production import cutting, parameters
from production.dxf.cut_time import CutTime
from production.models import Nest, NestingRules, NestSheet
from production.nests.problem import Parts, name_of
from production.nests.shapes import placed


def as_layout(sheets: Iterable[NestSheet]) -> dict:
    """The rows in the form of `production.nesting`: a sheet for each time one is cut."""
    return {
        "sheets": [
            {
                "id": name_of(sheet),
                "width_mm": sheet.width_mm,
                "height_mm": sheet.height_mm,
                "placements": [{**place, "part": str(place["part"])} for place in sheet.placements],
            }
            for sheet in sheets
            for _time in range(sheet.repeats)
        ]
    }


def grouped(layout: dict) -> list[tuple[dict, int]]:
    """The sheets of a layout with how often each comes; equal ones are one, in the order they first come."""
    found: dict[str, list] = {}
    for sheet in layout["sheets"]:
        if not sheet["placements"]:
            continue
        key = f"{sheet['id']} {sorted(map(_key, sheet['placements']))}"
        found.setdefault(key, [sheet, 0])[1] += 1
    return [(sheet, repeats) for sheet, repeats in found.values()]


def _key(placement: dict) -> tuple:
    return (
        str(placement["part"]), round(placement["x_mm"], 3), round(placement["y_mm"], 3),
        round(placement["angle_deg"] % 360, 3),
    )  # fmt: skip


def rows(nest: Nest, layout: dict, parts: Parts, first: int) -> list[NestSheet]:
    """New rows for a layout, numbered from `first`, with all figures but the time."""
    rules = NestingRules.of(nest.workspace)
    items = {item.pk: item for item in Item.objects.filter(material=nest.material_id)}
    lots = {lot.pk: lot for lot in Lot.objects.filter(pk__in=_numbers(layout, "lot")).order_by("pk")}
    made = []
    for position, (sheet, repeats) in enumerate(grouped(layout), start=first):
        kind, _colon, pk = sheet["id"].partition(":")
        lot = lots[int(pk)] if kind == "lot" else None
        item = lot.item if lot else items[int(pk)]
        row = NestSheet(
            workspace_id=nest.workspace_id, nest=nest, position=position, item=item, lot=lot, repeats=repeats,
            width_mm=sheet["width_mm"], height_mm=sheet["height_mm"], outline=lot.outline if lot else None,
            placements=[_plain(placement) for placement in sheet["placements"]],
        )  # fmt: skip
        count(row, nest, parts, rules)
        made.append(row)
    return made


def _numbers(layout: dict, kind: str) -> set[int]:
    names = (sheet["id"].partition(":") for sheet in layout["sheets"])
    return {int(number) for found, _colon, number in names if found == kind}


def _plain(placement: dict) -> dict:
    return {
        "part": int(placement["part"]),
        "x_mm": round(float(placement["x_mm"]), 4) + 0.0,
        "y_mm": round(float(placement["y_mm"]), 4) + 0.0,
        "angle_deg": round(float(placement["angle_deg"]) % 360, 4),
        "in_hole": bool(placement.get("in_hole")),
        **({"locked": True} if placement.get("locked") else {}),
    }


def count(row: NestSheet, nest: Nest, parts: Parts, rules: NestingRules) -> None:
    """Write the figures that follow from a sheet's placements; the time takes longer and is `time_of`'s."""
    found = [parts.shape(place["part"]) for place in row.placements]
    area = area_of(row)
    covered = sum(
        shape.gross_area_mm2 for shape, place in zip(found, row.placements, strict=True) if not place["in_hole"]
    )
    row.utilisation = min(covered / area, 1.0) if area else 0.0
    row.cut_length_mm = math.fsum(shape.cut_length_mm for shape in found)
    row.pierces = sum(shape.pierces for shape in found)
    row.remnant = remnant_of(row, nest, parts, rules)
    row.seconds = None


def area_of(row: NestSheet) -> float:
    if not row.outline:
        return row.width_mm * row.height_mm
    ring = [*row.outline, row.outline[0]]
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def remnant_of(row: NestSheet, nest: Nest, parts: Parts, rules: NestingRules) -> dict | None:
    """The larger rectangle that one straight cut leaves, where it is worth keeping by the shop's rules.

    Sheets that are no rectangle leave none: what is left of a remnant is looked at by the operator.
    """
    boxes = [box_of(parts, place) for place in row.placements]
    if row.outline and not _is_box(row):
        return None
    gap = float(nest.gap_mm)
    right = max((box[2] for box in boxes), default=0.0) + gap
    top = max((box[3] for box in boxes), default=0.0) + gap
    choices = [(right, 0.0, row.width_mm, row.height_mm), (0.0, top, row.width_mm, row.height_mm)]
    x0, y0, x1, y1 = max(choices, key=lambda box: max(box[2] - box[0], 0) * max(box[3] - box[1], 0))
    short, long = sorted((x1 - x0, y1 - y0))
    if short < rules.remnant_short_mm or long < rules.remnant_long_mm:
        return None
    rectangle = [round(value, 1) for value in (x0, y0, x1, y1)]
    x0, y0, x1, y1 = rectangle
    outline = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]]
    return {"outline": outline, "rectangle": rectangle, "area_mm2": (x1 - x0) * (y1 - y0)}


def _is_box(row: NestSheet) -> bool:
    return abs(area_of(row) - row.width_mm * row.height_mm) < 1.0


def box_of(parts: Parts, place: dict) -> tuple[float, float, float, float]:
    """The exact box of a part where it lies."""
    import numpy as np

    from production.dxf import arcs

    outer = next(curve for curve in parts.shape(place["part"]).curves if curve.role == "outer")
    boxes = arcs.boxes(np.array(placed(outer.segments, place), dtype=float))
    return (*boxes[:, :2].min(0).tolist(), *boxes[:, 2:].max(0).tolist())


def time_of(row: NestSheet, nest: Nest, parts: Parts) -> CutTime | None:
    """The modelled time of one such sheet on the nest's machine; None where its cutting values are not confirmed."""
    try:
        values = parameters.find(nest.material, nest.thickness_mm, machine=nest.machine)
    except Refused:
        return None
    if not (nest.machine.acceleration_mm_s2 and nest.machine.rapid_mm_min):
        return None
    return cutting.time_of(contours_of(row, parts), values)


def contours_of(row: NestSheet, parts: Parts) -> list[dict]:
    """All that is cut on one such sheet, where it lies, as `cutting.time_of` takes it."""
    return [
        {"segments": placed(curve.segments, place), "length_mm": curve.length_mm, "depth": curve.depth}
        for place in row.placements
        for curve in parts.shape(place["part"]).cut
    ]


def score(sheets: Iterable[NestSheet], parts: Parts) -> tuple[int, float]:
    """What makes a layout better: more pieces with a place, then less sheet used up (what is kept counts as unused)."""
    sheets = list(sheets)
    pieces = sum(len(sheet.placements) * sheet.repeats for sheet in sheets)
    used = sum((area_of(sheet) - (sheet.remnant or {}).get("area_mm2", 0)) * sheet.repeats for sheet in sheets)
    return pieces, -used


def overall(sheets: Iterable[NestSheet]) -> float:
    """Utilisation of all sheets together."""
    sheets = list(sheets)
    area = sum(area_of(sheet) * sheet.repeats for sheet in sheets)
    covered = sum(sheet.utilisation * area_of(sheet) * sheet.repeats for sheet in sheets)
    return covered / area if area else 0.0


def missing(parts: Parts, sheets: Iterable[NestSheet], why: dict[int, str]) -> dict[str, dict]:
    """What has no place, for `Nest.unplaced`."""
    placed_of: dict[int, int] = {}
    for sheet in sheets:
        for pk, pieces in sheet.counts().items():
            placed_of[pk] = placed_of.get(pk, 0) + pieces * sheet.repeats
    return {
        str(pk): {"count": row.quantity - placed_of.get(pk, 0), "why": why.get(pk, "")}
        for pk, row in parts.rows.items()
        if row.quantity > placed_of.get(pk, 0)
    }


def ring(nest: Nest) -> None:
    """A page that shows the nest is out of date."""
    Nest._base_manager.filter(pk=nest.pk).update(version=F("version") + 1)
