"""Small nesting problems for the tests, and a check of answers that shares no code with the package."""

import math
from collections import Counter

import shapely
from shapely.affinity import rotate, translate
from shapely.geometry import Polygon, box

QUARTERS = [0, 90, 180, 270]
BRACKET = [[0, 0], [80, 0], [80, 40], [40, 40], [40, 80], [0, 80]]


def rectangle(width, height, x=0, y=0):
    return [[x, y], [x + width, y], [x + width, y + height], [x, y + height]]


def circle(radius, points=48, x=0.0, y=0.0):
    steps = [2 * math.pi * step / points for step in range(points)]
    return [[x + radius * math.cos(step), y + radius * math.sin(step)] for step in steps]


def part(name, outline, quantity=1, holes=(), rotations=QUARTERS, **more):
    return {"id": name, "outline": outline, "holes": list(holes), "quantity": quantity, "rotations": rotations, **more}


def sheet(width, height, quantity=1, name="S", **more):
    return {"id": name, "width_mm": width, "height_mm": height, "quantity": quantity, **more}


def problem(parts, sheets, gap=0.0, margin=0.0):
    return {"parts": list(parts), "sheets": list(sheets), "gap_mm": gap, "margin_mm": margin}


def counts(answer) -> Counter:
    return Counter(row["part"] for laid in answer["sheets"] for row in laid["placements"])


def shapes_on(question, laid) -> list[Polygon]:
    drawn = {row["id"]: Polygon(row["outline"], row.get("holes") or []) for row in question["parts"]}
    return [
        translate(rotate(drawn[row["part"]], row["angle_deg"], origin=(0, 0)), row["x_mm"], row["y_mm"])
        for row in laid["placements"]
    ]


def check(question, answer) -> None:
    """By the words of the question alone: inside, apart, turned as allowed, no more than asked for."""
    asked = {row["id"]: row for row in question["parts"]}
    for name, count in counts(answer).items():
        assert count <= asked[name]["quantity"]
    missing = Counter({name: row["quantity"] for name, row in asked.items()})
    missing.subtract(counts(answer))
    assert +missing == Counter({row["part"]: row["quantity"] for row in answer["unplaced"]})
    stock = {row["id"]: row for row in question["sheets"]}
    for name, count in Counter(laid["id"] for laid in answer["sheets"]).items():
        assert count <= stock[name]["quantity"]
    for laid in answer["sheets"]:
        _check_sheet(question, stock[laid["id"]], laid)


def _check_sheet(question, row, laid) -> None:
    gap, margin = question["gap_mm"], question["margin_mm"]
    for place in laid["placements"]:
        allowed = next(part["rotations"] for part in question["parts"] if part["id"] == place["part"])
        assert allowed is None or place["angle_deg"] in [angle % 360 for angle in allowed]
    outline = Polygon(row["outline"]) if row.get("outline") else box(0, 0, row["width_mm"], row["height_mm"])
    shapes = shapes_on(question, laid)
    for shape in shapes:
        assert outline.buffer(0.01).covers(shape)
        assert outline.exterior.distance(shape) >= margin - 0.011
        for clamp in row.get("clamps", []):
            free = box(0, 0, clamp["width_mm"], clamp["height_mm"])
            assert translate(free, clamp["x_mm"], clamp["y_mm"]).intersection(shape).area < 0.1
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap + 1)
    for a, b in zip(one.tolist(), other.tolist(), strict=True):
        if a < b:
            assert shapes[a].distance(shapes[b]) >= gap - 0.01
            assert shapes[a].intersection(shapes[b]).area < 1e-2
