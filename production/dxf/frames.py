"""Finds the frame of a drawing sheet and its title block, where no layer tells them from the part.

A plate with holes is a rectangle around everything too. What a frame has and no plate: a corner divided into fields by
lines that hang on the frame, with writing in them, while everything else lies together in the one large field.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from production.dxf import arcs
from production.dxf.curves import Strokes

MOST_LINES = 3000  # straight ones along the sheet
MOST_HANGING, MOST_FIELDS = 400, 200
SLACK_MM = 0.05
LARGEST_FIELDS = 0.35  # of the sheet, all fields of the title block together
FEWEST_FIELDS, FEWEST_WRITTEN = 3, 2
FEWEST_STROKES = 8  # of writing that was exploded
LARGEST_SIGN = 0.05  # of the largest field, a letter or a symbol in the title block
WIDEST_MARGIN = 0.12  # of the sheet, between the two lines of a double frame
SMALLEST_PART = 1e-4  # of the sheet
PAPER_MM = ((841, 1189), (594, 841), (420, 594), (297, 420), (210, 297), (148, 210), (216, 279), (279, 432), (432, 559))
PAPER_SLACK = 0.004
SCALES = (1, 2, 2.5, 5, 10, 20, 50, 0.5, 0.2, 0.1)


@dataclass(slots=True)
class Frame:
    """`sources` are the frame and its fields; `sure` when there is writing in them. `corner` is its lower left, `size`
    the longer side."""

    sources: set[int]
    sure: bool
    corner: tuple[float, float]
    size: float


def find_frame(strokes: Strokes, texts: np.ndarray) -> Frame | None:
    """The frame of a sheet around everything else, or None. `texts` (n, 2) are the places of writing."""
    rows = _along_the_sheet(strokes)
    if not 4 <= len(rows) <= MOST_LINES:
        return None
    box = _box(strokes.segments)
    if not _is_rectangle(strokes.segments[rows], box):
        return None
    lines = shapely.linestrings(strokes.segments[rows, :4].reshape(-1, 2, 2))
    members = _hanging_on(lines, shapely.box(*box).boundary)
    inner = _inner_border(strokes.segments[rows], lines, members, box)
    members |= inner
    sources = set(strokes.source[rows[members]].tolist())
    own = np.isin(strokes.source, list(sources))
    if members.sum() > MOST_HANGING:
        return None
    if not own[rows[members]].all() or (own & ~_flags(len(own), rows[members])).any() or own.all():
        return None  # a curve that is not all of straight lines is no frame
    return _judged(strokes, own, lines[members], sources, texts, box, bool(inner.any()))


def _judged(strokes, own, lines, sources, texts, box, double: bool) -> Frame | None:
    """Whether what is left lies in one field of what these lines make, and what lies in the others."""
    fields = shapely.get_parts(shapely.polygonize([shapely.union_all(shapely.set_precision(lines, 1e-3))]))
    if not 1 <= len(fields) <= MOST_FIELDS:
        return None
    area = shapely.area(fields)
    main = int(area.argmax())
    sheet = (box[2] - box[0]) * (box[3] - box[1])
    rest = np.flatnonzero(~own)
    middles = arcs.middles(strokes.segments[rest])
    in_main = shapely.contains_xy(fields[main], middles)
    others = [n for n in range(len(fields)) if n != main]
    band = max(others, key=lambda n: area[n], default=None) if double else None
    small = [n for n in others if n != band]
    if area[small].sum() > LARGEST_FIELDS * sheet or not _hold(strokes, rest, SMALLEST_PART * area[main]):
        return None
    written = sum(_is_written(fields[n], texts, middles) for n in small)
    sure = len(small) >= FEWEST_FIELDS and written >= FEWEST_WRITTEN
    if sure and not in_main.all():  # with parts in the small fields too it may be a sheet of parts side by side
        aside = rest[~in_main]
        round_holes = np.isclose(np.abs(strokes.segments[aside, 4]), 1).any()
        sure = not round_holes and not _hold(strokes, aside, LARGEST_SIGN * area[small].max())
    if sure or len(small) >= FEWEST_FIELDS or double or (_is_paper(box) and len(texts)):
        return Frame(sources, sure, (float(box[0]), float(box[1])), float((box[2:] - box[:2]).max()))
    return None


def _along_the_sheet(strokes: Strokes) -> np.ndarray:
    x0, y0, x1, y1, bulge = strokes.segments.T
    level = (np.abs(x1 - x0) < SLACK_MM / 5) | (np.abs(y1 - y0) < SLACK_MM / 5)
    return np.flatnonzero(level & (np.abs(bulge) <= arcs.STRAIGHT))


def _box(segments: np.ndarray) -> np.ndarray:
    boxes = arcs.boxes(segments)
    return np.concatenate((boxes[:, :2].min(0), boxes[:, 2:].max(0)))


def _is_rectangle(segments: np.ndarray, box: np.ndarray) -> bool:
    """Whether all four sides of a box are drawn from end to end."""
    for axis in (0, 1):
        low, high = segments[:, [axis, axis + 2]].min(1), segments[:, [axis, axis + 2]].max(1)
        across = segments[:, 1 - axis]
        for at in (box[1 - axis], box[3 - axis]):
            on = np.abs(across - at) < SLACK_MM
            if not _covers(low[on], high[on], box[axis], box[axis + 2]):
                return False
    return True


def _covers(low: np.ndarray, high: np.ndarray, start: float, end: float) -> bool:
    reached = start
    for n in np.argsort(low):
        if low[n] > reached + SLACK_MM:
            break
        reached = max(reached, high[n])
    return bool(reached > end - SLACK_MM)


def _hanging_on(lines: np.ndarray, border) -> np.ndarray:
    """Which lines touch the border, or lines that do; where they are too many, not all of them."""
    tree = shapely.STRtree(lines)
    members = shapely.dwithin(lines, border, SLACK_MM)
    fresh = np.flatnonzero(members)
    while len(fresh) and members.sum() <= MOST_HANGING:
        _asked, near = tree.query(lines[fresh], predicate="dwithin", distance=SLACK_MM)
        fresh = np.unique(near[~members[near]])
        members[fresh] = True
    return members


def _inner_border(segments, lines, members, box) -> np.ndarray:
    """The lines that hang on a second rectangle just inside the first, if there is one."""
    left = np.flatnonzero(~members)
    none = np.zeros(len(lines), dtype=bool)
    if len(left) < 4:
        return none
    inner = _box(segments[left])
    margin = np.abs(inner - box)
    widest = WIDEST_MARGIN * (box[2:] - box[:2]).max()
    if margin.max() > widest or margin.min() < SLACK_MM or not _is_rectangle(segments[left], inner):
        return none
    none[left] = _hanging_on(lines[left], shapely.box(*inner).boundary)
    return none


def _flags(count: int, rows: np.ndarray) -> np.ndarray:
    flags = np.zeros(count, dtype=bool)
    flags[rows] = True
    return flags


def _rings(strokes: Strokes, rows: np.ndarray) -> np.ndarray:
    """What the curves of these rows enclose, roughly."""
    if len(rows) > 20_000:
        return np.array([])
    points, owner = arcs.flatten(strokes.segments[rows], 0.1)
    ends = np.append(points[1:], strokes.segments[rows[-1:], 2:4], axis=0)
    last = np.append(owner[1:] != owner[:-1], True)
    ends[last] = strokes.segments[rows[owner[last]], 2:4]
    lines = shapely.set_precision(shapely.linestrings(np.stack((points, ends), axis=1)), SLACK_MM)
    return shapely.get_parts(shapely.polygonize([shapely.union_all(lines)]))


def _hold(strokes: Strokes, rows: np.ndarray, least: float) -> bool:
    """Whether the curves of these rows enclose anything of that area."""
    rings = _rings(strokes, rows)
    return len(rings) > 0 and bool((shapely.area(rings) > least).any())


def _is_written(shape, texts: np.ndarray, middles: np.ndarray) -> bool:
    if len(texts) and shapely.contains_xy(shape, texts).any():
        return True
    return bool(np.count_nonzero(shapely.contains_xy(shape, middles)) >= FEWEST_STROKES)


def _is_paper(box: np.ndarray) -> bool:
    sides = sorted((box[2] - box[0], box[3] - box[1]))
    return any(
        abs(sides[0] / scale - short) < PAPER_SLACK * short and abs(sides[1] / scale - long) < PAPER_SLACK * long
        for short, long in PAPER_MM
        for scale in SCALES
    )
