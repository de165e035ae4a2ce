"""Files for the cutting program: every piece as real entities where it lies, true size, on the shop's layers.

Nothing is offset for the kerf and no blocks are used: the cutter compensates itself and reads entities best.
"""

import math

from production.dxf.writing import write
from production.models import NestingRules, NestSheet
from production.nests.picture import Legend, spot_of
from production.nests.problem import Parts
from production.nests.shapes import Shape, placed

LARGEST_LETTER_MM, SMALLEST_LETTER_MM = 8.0, 1.5


def of_sheet(sheet: NestSheet, parts: Parts, rules: NestingRules, legend: Legend) -> bytes:
    shapes, texts = [], []
    if rules.draws_sheet:
        shapes.append(_edge(sheet, rules.layer_sheet))
    for place in sheet.placements:
        shape = parts.shape(place["part"])
        for curve in shape.curves:
            layer = getattr(rules, f"layer_{curve.role}")
            segments = placed(curve.segments, place)
            shapes.append({"layer": layer, "closed": curve.closed, "segments": segments})
        if rules.labels_parts:
            texts += _label(shape, place, legend.numbers.get(place["part"], 0), rules.layer_mark)
    return write(shapes, rules.layers(), texts)


def of_part(shape: Shape, rules: NestingRules) -> bytes:
    """One part alone, the lower left of its box at the origin."""
    shapes = [
        {"layer": getattr(rules, f"layer_{curve.role}"), "closed": curve.closed, "segments": curve.segments}
        for curve in shape.curves
    ]
    layers = {name: colour for name, colour in rules.layers().items() if name != rules.layer_sheet}
    return write(shapes, layers)


def _edge(sheet: NestSheet, layer: str) -> dict:
    width, height = sheet.width_mm, sheet.height_mm
    ring = sheet.outline or [[0, 0], [width, 0], [width, height], [0, height]]
    segments = [[*start, *end, 0.0] for start, end in zip(ring, ring[1:] + ring[:1], strict=True)]
    return {"layer": layer, "closed": True, "segments": segments}


def _label(shape: Shape, place: dict, number: int, layer: str) -> list[dict]:
    """The part's number where there is most room in it, not turned, so that it can be read from one side."""
    x, y, room = spot_of(shape)
    height = min(room * 0.8, LARGEST_LETTER_MM)
    if height < SMALLEST_LETTER_MM:
        return []
    turn = math.radians(place["angle_deg"])
    text = str(number)
    px = place["x_mm"] + x * math.cos(turn) - y * math.sin(turn) - len(text) * height * 0.35
    py = place["y_mm"] + x * math.sin(turn) + y * math.cos(turn) - height / 2
    return [{"layer": layer, "text": text, "x_mm": px, "y_mm": py, "height_mm": height}]
