"""Leaves out what was drawn around a part when somebody says so: open lines, and the letters beside them."""

import numpy as np
import shapely

from production.dxf import arcs
from production.dxf.refused import Refused

LARGEST_LETTER_MM = 15.0
NEAR = 0.8  # of its own size, from a letter to the next stroke
DOT_MM, DOT_NEAR_MM = 1.0, 2.0  # a decimal point is smaller, and farther off by that measure
NO_OUTLINE = "No closed contour would be left of the drawing. Please join its gaps first."


def without_notes(shapes: list[dict]) -> tuple[list[dict], int]:
    """The closed shapes that are no letters, and how many shapes were left out. Raises `Refused` where none is left.

    A letter is a small ring, not a circle, beside an open line as small: the loops and points of an exploded text.
    """
    closed = [shape for shape in shapes if shape["closed"]]
    strokes = [shape for shape in shapes if not shape["closed"]]
    if not closed:
        raise Refused(NO_OUTLINE, "no-outline")
    small = [_line(shape) for shape in strokes if _size(shape) < LARGEST_LETTER_MM]
    if not small:
        return closed, len(strokes)
    tree = shapely.STRtree(small)
    kept = [shape for shape in closed if not _is_letter(shape, tree, small)]
    kept = kept or closed
    return kept, len(shapes) - len(kept)


def _is_letter(shape: dict, tree: shapely.STRtree, small: list) -> bool:
    size = _size(shape)
    rows = np.array(shape["segments"], dtype=float)
    if size > LARGEST_LETTER_MM or (np.abs(rows[:, 4]) > arcs.STRAIGHT).all():
        return False
    if size < DOT_MM:
        return len(tree.query(_line(shape), predicate="dwithin", distance=DOT_NEAR_MM)) > 0
    near = tree.query(_line(shape), predicate="dwithin", distance=NEAR * size)
    return any(size / 3 < _length(small[number]) < 3 * _length(_line(shape)) for number in near.tolist())


def _size(shape: dict) -> float:
    boxes = arcs.boxes(np.array(shape["segments"], dtype=float))
    return float((boxes[:, 2:].max(0) - boxes[:, :2].min(0)).max())


def _line(shape: dict):
    rows = np.array(shape["segments"], dtype=float)
    return shapely.linestrings(np.concatenate((rows[:1, :2], rows[:, 2:4])))


def _length(line) -> float:
    return float(shapely.length(line))
