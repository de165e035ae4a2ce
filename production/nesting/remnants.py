"""What is left of a sheet: one rectangle cut off across its longer side."""

import shapely
from shapely.geometry import box

from production.nesting.problem import Problem, Sheet

LEAST_SIDE = 50.0  # mm: less is scrap


def left_over(problem: Problem, sheet: Sheet, shapes) -> dict | None:
    """{"outline", "rectangle": [x, y, width, height], "area_mm2"} of the part of the sheet beyond all pieces, or None.

    The cut runs a gap away from the furthest piece. For a sheet with an outline of its own the rectangle is the box
    that fits between the cut and the far edge at full height only when the outline is a rectangle there.
    """
    _, _, right, top = shapely.total_bounds(shapes)
    if sheet.width >= sheet.height:
        piece = box(right + problem.gap, 0, sheet.width, sheet.height)
        if right + problem.gap > sheet.width - LEAST_SIDE:
            return None
    else:
        if top + problem.gap > sheet.height - LEAST_SIDE:
            return None
        piece = box(0, top + problem.gap, sheet.width, sheet.height)
    left = piece.intersection(sheet.outline)
    if left.is_empty or left.geom_type != "Polygon":
        return None
    low_x, low_y, high_x, high_y = (float(value) for value in left.bounds)
    return {
        "outline": [[round(x, 3), round(y, 3)] for x, y in left.exterior.coords[:-1]],
        "rectangle": [round(value, 3) for value in (low_x, low_y, high_x - low_x, high_y - low_y)],
        "area_mm2": round(left.area, 3),
    }
