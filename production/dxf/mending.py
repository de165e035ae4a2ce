"""Mends what was measured: the shapes of a clean drawing, and the list of what changed.

The file that came is never touched: what is given here is written as a file of its own by `production.dxf.writing`.
"""

import math
from collections import Counter, defaultdict

import numpy as np

from production.dxf import arcs
from production.dxf.chains import nearest_pairs
from production.dxf.layers import CUT, IGNORE
from production.dxf.limits import LARGEST_GAP_MM, TINY_MM, ZERO_MM
from production.dxf.measured import Measured
from production.dxf.notes import without_notes
from production.dxf.refused import Refused

SHARED_DIGITS = 4
SHORT = 0.5  # two ends of one line closer than this share of it are not a gap
NOTHING = "There is nothing to mend: the drawing would stay as it is."


def mend(measured: Measured, asked: dict) -> tuple[list[dict], list[dict]]:
    """(shapes, changes) of a measured drawing. Shapes also say their `role`: cut, engrave or bend.

    `asked` holds any of gaps_mm (join open ends up to this far apart), tiny (leave out pieces below `TINY_MM`),
    paperwork (leave out open lines and letters), scale (a factor) and explode True for a drawing with nothing else to
    change. Whatever is asked, what is drawn twice or has no length goes, layers that are ignored go, and blocks,
    splines and ellipses become lines and arcs. `changes` are dicts of mend ("duplicates", "zero-length", "gaps",
    "tiny", "layers", "paperwork", "notes", "text", "scale", "explode") with count and, by kind, length_mm, size_mm,
    factor or names. Raises `Refused` where nothing would change.
    """
    cut = [_shape(contour) for contour in measured.contours]
    changes = _left_out(measured)
    if measured.defect_counts.get("branch"):
        cut = _once(cut)  # a line between two contours stands in both
    if asked.get("gaps_mm"):
        cut, gaps = _joined(cut, min(float(asked["gaps_mm"]), LARGEST_GAP_MM))
        changes += [{"mend": "gaps", "count": len(gaps), "size_mm": max(gaps)}] if gaps else []
    if asked.get("paperwork"):
        cut, count = without_notes(cut)
        changes += [{"mend": "notes", "count": count}] if count else []
    shapes = cut + [_shape(mark) for mark in measured.marks if mark["role"] not in ("duplicate", IGNORE)]
    if asked.get("tiny"):
        count = sum(map(_drop_tiny, shapes))
        changes += [{"mend": "tiny", "count": count}] if count else []
    if asked.get("scale"):
        shapes = [scaled(shape, float(asked["scale"])) for shape in shapes]
        changes.append({"mend": "scale", "factor": float(asked["scale"])})
    if asked.get("explode"):
        changes.append({"mend": "explode", "count": len(shapes)})
    if not changes:
        raise Refused(NOTHING, "nothing-to-mend")
    return shapes, changes


def _shape(curve: dict) -> dict:
    rows = [list(row) for row in curve["segments"]]
    return {"layer": curve["layer"], "closed": curve["closed"], "segments": rows, "role": curve.get("role", CUT)}


def _left_out(measured: Measured) -> list[dict]:
    """What goes because it was never counted."""
    counts, changes = measured.defect_counts, []
    repeated = counts.get("duplicate", 0) + counts.get("overlap", 0)
    drawn = sum(layer["length_mm"] for layer in measured.layers if layer["role"] == CUT)
    length = max(0.0, drawn - _written(measured))
    if repeated and length > ZERO_MM:
        changes.append({"mend": "duplicates", "count": repeated, "length_mm": length})
    if counts.get("zero-length"):
        changes.append({"mend": "zero-length", "count": counts["zero-length"]})
    cut_too = {layer["name"] for layer in measured.layers if layer["role"] != IGNORE}
    ignored = [layer["name"] for layer in measured.layers if layer["role"] == IGNORE and layer["name"] not in cut_too]
    paper = sum(layer["count"] for layer in measured.layers if layer["role"] == IGNORE and layer["name"] in cut_too)
    if paper:
        changes.append({"mend": "paperwork", "count": paper})
    if ignored:
        changes.append({"mend": "layers", "count": len(ignored), "names": ignored[:20]})
    if counts.get("text"):
        changes.append({"mend": "text", "count": counts["text"]})
    return changes


def _written(measured: Measured) -> float:
    if measured.defect_counts.get("branch"):
        return measured.cut_length_mm  # nothing is written twice
    return sum(contour["length_mm"] for contour in measured.contours)


def scaled(shape: dict, factor: float) -> dict:
    if not (math.isfinite(factor) and 1e-4 <= factor <= 1e4):
        raise Refused("A drawing can be scaled by 0.0001 to 10000.", "scale")
    rows = [[x0 * factor, y0 * factor, x1 * factor, y1 * factor, b] for x0, y0, x1, y1, b in shape["segments"]]
    return {**shape, "segments": rows}


def _once(shapes: list[dict]) -> list[dict]:
    """The shapes with every segment once. Contours that share a line are given as the pieces between their branches:
    a closed one would say that the line is its own."""
    counts = Counter(_key(row) for shape in shapes for row in shape["segments"])
    seen, kept = set(), []
    for shape in shapes:
        shared = [counts[_key(row)] > 1 for row in shape["segments"]]
        kept += _pieces(shape, shared, seen) if any(shared) else [shape]
    return kept


def _key(row) -> tuple:
    x0, y0, x1, y1 = (round(number, SHARED_DIGITS) + 0.0 for number in row[:4])
    bulge = round(row[4], SHARED_DIGITS)
    return (x0, y0, x1, y1, bulge + 0.0) if (x0, y0) <= (x1, y1) else (x1, y1, x0, y0, -bulge + 0.0)


def _pieces(shape: dict, shared: list[bool], seen: set) -> list[dict]:
    rows = shape["segments"]
    if shape["closed"]:  # begin behind a shared line, so that no piece goes round the end
        start = shared.index(True) + 1
        rows, shared = rows[start:] + rows[:start], shared[start:] + shared[:start]
    pieces: list[list] = [[]]
    for row, is_shared in zip(rows, shared, strict=True):
        if not is_shared:
            pieces[-1].append(row)
            continue
        if _key(row) not in seen:
            seen.add(_key(row))
            pieces.append([row])
        pieces.append([])
    return [{**shape, "closed": False, "segments": piece} for piece in pieces if piece]


# --- gaps -------------------------------------------------------------------------------------------------------------


def _joined(shapes: list[dict], reach: float) -> tuple[list[dict], list[float]]:
    """The shapes with open ends joined, the nearest first, and how wide the gaps were."""
    opened = [shape for shape in shapes if not shape["closed"]]
    if not opened:
        return shapes, []
    pairs = _gaps(opened, reach)
    partner: dict[int, int] = {}
    for _, one, other in pairs:
        partner[one], partner[other] = other, one
    kept = [shape for shape in shapes if shape["closed"]]
    return kept + _walked(opened, partner), [distance for distance, _, _ in pairs]


def _gaps(opened: list[dict], reach: float) -> list[tuple[float, int, int]]:
    """Which ends belong together: end 2 k is the beginning of shape k, 2 k + 1 its end."""
    ends = np.array([point for shape in opened for point in (shape["segments"][0][:2], shape["segments"][-1][2:4])])
    length = [float(arcs.lengths(np.array(shape["segments"], dtype=float)).sum()) for shape in opened]
    taken, found = set(), []
    for distance, one, other in nearest_pairs(ends, reach + 1e-9):
        own = one >> 1 == other >> 1
        if one in taken or other in taken or (own and distance > SHORT * length[one >> 1]):
            continue
        taken |= {one, other}
        found.append((distance, one, other))
    return found


def _walked(opened: list[dict], partner: dict[int, int]) -> list[dict]:
    """Chain the open shapes along their pairs, those with a loose end first."""
    seen, joined = set(), []
    starts = [end for end in range(2 * len(opened)) if end not in partner]
    for start in starts + list(range(0, 2 * len(opened), 2)):
        if start >> 1 in seen:
            continue
        rows, end, closed = [], start, False
        while end >> 1 not in seen:
            seen.add(end >> 1)
            rows = _bridged(rows, _turned(opened[end >> 1]["segments"], end & 1))
            onward = partner.get(end ^ 1)
            if onward is None:
                break
            closed, end = onward == start, onward
        if closed:
            rows = _bridged_round(rows)
        joined.append({**opened[start >> 1], "closed": closed, "segments": rows})
    return joined


def _turned(rows: list, backwards: int) -> list:
    if not backwards:
        return [list(row) for row in rows]
    return [[x1, y1, x0, y0, -bulge] for x0, y0, x1, y1, bulge in reversed(rows)]


def _bridged(before: list, after: list) -> list:
    """Two runs as one: lines that meet just beyond their ends get their corner, others a line from end to end."""
    if not before:
        return after
    one, other = before[-1], after[0]
    gap = math.dist(one[2:4], other[:2])
    if gap < ZERO_MM:
        return before + after
    corner = _corner(one, other, gap)
    if corner:
        one[2:4], other[:2] = corner, corner
        return before + after
    return [*before, [*one[2:4], *other[:2], 0.0], *after]


def _bridged_round(rows: list) -> list:
    last, first = rows[-1], rows[0]
    gap = math.dist(last[2:4], first[:2])
    if gap < ZERO_MM:
        return rows
    corner = _corner(last, first, gap) if len(rows) > 1 else None
    if corner:
        last[2:4], first[:2] = corner, corner
        return rows
    return [*rows, [*last[2:4], *first[:2], 0.0]]


def _corner(one, other, gap: float) -> list[float] | None:
    """Where two straight segments would meet, if that is no further from either end than the gap is wide."""
    if abs(one[4]) > arcs.STRAIGHT or abs(other[4]) > arcs.STRAIGHT:
        return None
    ax, ay, bx, by = one[2] - one[0], one[3] - one[1], other[2] - other[0], other[3] - other[1]
    turn = ax * by - ay * bx
    if abs(turn) < 0.05 * math.hypot(ax, ay) * math.hypot(bx, by):
        return None  # nearly parallel: they meet far away or nowhere
    along = ((other[0] - one[0]) * by - (other[1] - one[1]) * bx) / turn
    point = [one[0] + along * ax, one[1] + along * ay]
    near = max(math.dist(point, one[2:4]), math.dist(point, other[:2])) <= gap + ZERO_MM
    return point if near else None


def _drop_tiny(shape: dict) -> int:
    """Leave tiny segments out; the one after them begins where they began, and how many there were is returned."""
    rows, kept, dropped = shape["segments"], [], 0
    lengths = arcs.lengths(np.array(rows, dtype=float)).tolist()
    if sum(lengths) < 10 * TINY_MM:
        return 0
    start = None
    for row, length in zip(rows, lengths, strict=True):
        start = row[:2] if start is None else start
        if length < TINY_MM and math.dist(start, row[2:4]) < TINY_MM and len(rows) > 2:
            dropped += 1
            continue
        kept.append([*start, *row[2:]])
        start = None
    if dropped and start is not None and kept:  # the last ones: what came before ends where they ended
        kept[-1] = [*kept[-1][:2], *rows[-1][2:4], kept[-1][4]]
    shape["segments"] = kept or rows
    return dropped if kept else 0


# --- parts ------------------------------------------------------------------------------------------------------------


def split(measured: Measured) -> list[dict]:
    """The parts of a drawing, each kind once: dicts of shapes, count and part (index of the first of them).

    Parts that are the same when turned and moved are one kind; mirrored ones are another. A part takes along the open
    lines, engravings and bends that lie in it.
    """
    from production.dxf.alike import kinds_of_parts

    shapes = shapes_of_parts(measured.contours, measured.marks, measured.parts)
    groups = kinds_of_parts(measured.contours, measured.parts, shapes)
    return [{"shapes": shapes[members[0]], "count": len(members), "part": members[0]} for members in groups]


def shapes_of_parts(contours: list[dict], marks: list[dict], parts: list[dict]) -> list[list[dict]]:
    """The shapes of every part, its own contours first, where they stand in the drawing."""
    import shapely

    found = [[_shape(contours[n]) for n in (part["contour"], *part["hole_contours"])] for part in parts]
    for shapes in found:
        for shape in shapes:
            shape["closed"] = True  # an outline open by a little encloses its part all the same
    taken = {n for part in parts for n in (part["contour"], *part["hole_contours"])}
    loose = [contour for number, contour in enumerate(contours) if number not in taken]
    loose += [mark for mark in marks if mark["role"] not in ("duplicate", IGNORE)]
    if not loose or not parts:
        return found
    outlines = []
    for part in parts:
        points, _ = arcs.flatten(np.array(contours[part["contour"]]["segments"], dtype=float), 0.05)
        outlines.append(shapely.polygons(points) if len(points) > 2 else shapely.Polygon())
    tree = shapely.STRtree(outlines)
    middles = shapely.points(np.array([_middle(curve) for curve in loose]))
    homes: dict[int, list[int]] = defaultdict(list)
    for curve, part in zip(*tree.query(middles, predicate="intersects").tolist(), strict=True):
        homes[curve].append(part)
    for number, curve in enumerate(loose):
        if homes[number]:
            home = min(homes[number], key=lambda part: parts[part]["gross_area_mm2"])
            found[home].append(_shape(curve))
    return found


def _middle(curve: dict) -> list[float]:
    rows = np.array(curve["segments"], dtype=float)
    return arcs.middles(rows[len(rows) // 2 : len(rows) // 2 + 1])[0].tolist()
