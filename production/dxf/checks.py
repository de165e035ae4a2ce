"""What a material does not allow: holes, webs and parts too small or too large for a thickness, a kerf and a bed.

Asked when the material is known, of a drawing that was measured before; nothing is read again.
"""

from dataclasses import dataclass

import numpy as np
import shapely

from production.dxf import arcs
from production.dxf.limits import MAX_DEFECTS_PER_KIND

FLAT_MM = 0.02
ROUND = 0.999  # 4 π area / length² of what is taken as a circle
SIDE_SLACK_MM = 0.5  # a part may be so much longer than the bed before it is called too large
MOST_CORNERS = 20_000  # of a part whose necks are looked for
MOST_NECK_PARTS = 200

TEXTS = {
    ("small-hole", "refuse"): "This hole is {size:.3g} mm wide. At {thickness:.3g} mm that cannot be cut.",
    (
        "small-hole",
        "warn",
    ): "This hole is {size:.3g} mm wide. At {thickness:.3g} mm it may come out rough or not round.",
    ("thin-web", "refuse"): "Only {size:.3g} mm of material stay here. At {thickness:.3g} mm it burns away.",
    ("thin-web", "warn"): "Only {size:.3g} mm of material stay here. At {thickness:.3g} mm it may warp or burn.",
    ("parts-close", "refuse"): "Two parts are {size:.3g} mm apart, less than the cut is wide.",
    ("too-large", "refuse"): "This part is {size:.0f} mm long and does not fit on the machine.",
}


def checks(
    measured: dict,
    thickness_mm: float | None,
    kerf_mm: float = 0.0,
    bed: tuple[float, float] | None = None,
    warn: float = 1.0,
    refuse: float = 0.5,
) -> list[dict]:
    """Defects of a measured drawing (`Measured.as_dict()`; its contours and parts) in one material.

    Dicts like the measurement's own defects, with `severity` "warn" or "refuse" and `limit_mm`, the gravest first. A
    hole or a web is warned of below `warn` thicknesses and refused below `refuse` thicknesses or two kerfs: shops
    agree on half a thickness as the least, and differ by three on what is safe. `bed` is width and height in mm.
    """
    rules = _Rules(float(thickness_mm or 0), float(kerf_mm or 0), warn, refuse)
    parts = measured["parts"]
    if not parts:
        return []
    rings = _Rings(measured["contours"], parts)
    found = _too_large(parts, rings, bed, rules) if bed else []
    if rules.limit > 0:
        found += _small_holes(rings, rules)
        webs = _close_pairs(rings, rules)
        found += webs + _necks(rings, rules, webs)
    return _listed(found)


@dataclass(slots=True)
class _Rules:
    thickness: float
    kerf: float
    warn: float
    refuse: float

    @property
    def least(self) -> float:
        return max(self.refuse * self.thickness, 2 * self.kerf)

    @property
    def limit(self) -> float:
        return max(self.warn * self.thickness, self.least)

    def defect(self, kind: str, x: float, y: float, size: float, limit: float | None = None, severity="") -> dict:
        severity = severity or ("refuse" if size < self.least - 1e-6 else "warn")
        return {
            "kind": kind,
            "text": TEXTS[kind, severity].format(size=size, thickness=self.thickness),
            "x_mm": float(x),
            "y_mm": float(y),
            "size_mm": float(size),
            "severity": severity,
            "limit_mm": float(self.limit if limit is None else limit),
        }


class _Rings:
    """The outlines and holes of all parts as shapely rings. `part` says whose they are, `hole` what they are."""

    def __init__(self, contours: list[dict], parts: list[dict]):
        numbers, self.part, self.hole = [], [], []
        for index, part in enumerate(parts):
            for place, number in enumerate((part["contour"], *part["hole_contours"])):
                numbers.append(number)
                self.part.append(index)
                self.hole.append(place > 0)
        chosen = [contours[number] for number in numbers]
        self.part, self.hole = np.array(self.part), np.array(self.hole)
        self.area = np.array([contour["area_mm2"] for contour in chosen])
        self.length = np.array([contour["length_mm"] for contour in chosen])
        segments = np.concatenate([np.array(contour["segments"], dtype=float).reshape(-1, 5) for contour in chosen])
        owner = np.repeat(np.arange(len(chosen)), [len(contour["segments"]) for contour in chosen])
        points, segment = arcs.flatten(segments, FLAT_MM)
        rows = owner[segment]
        count = np.bincount(rows, minlength=len(chosen))
        few = count < 3  # nothing our own measuring calls a ring
        keep = ~few[rows]
        self.sound = np.flatnonzero(~few)
        renumbered = np.cumsum(~few) - 1
        self.shapes = shapely.linearrings(points[keep], indices=renumbered[rows[keep]])
        self.part, self.hole = self.part[self.sound], self.hole[self.sound]
        self.area, self.length = self.area[self.sound], self.length[self.sound]

    def polygon(self, part: int):
        """A part with its holes, or None where it is none."""
        rows = np.flatnonzero(self.part == part)
        outer = rows[~self.hole[rows]]
        if not len(outer):
            return None
        shape = shapely.polygons(self.shapes[outer[0]], self.shapes[rows[self.hole[rows]]])
        return shape if shapely.is_valid(shape) else None


def _too_large(parts, rings: _Rings, bed, rules: _Rules) -> list[dict]:
    low, high = sorted(side + SIDE_SLACK_MM for side in bed)
    found = []
    for number, part in enumerate(parts):
        short, long = sorted((part["width_mm"], part["height_mm"]))
        if short <= low and long <= high:
            continue
        rows = np.flatnonzero((rings.part == number) & ~rings.hole)
        if len(rows) and _fits_turned(rings.shapes[rows[0]], low, high):
            continue
        x0, y0, x1, y1 = part["box"]
        found.append(rules.defect("too-large", (x0 + x1) / 2, (y0 + y1) / 2, long, high, "refuse"))
    return found


def _fits_turned(shape, low: float, high: float) -> bool:
    short, long = _sides(np.array([shape]))[0]
    return bool(short <= low and long <= high)


def _sides(shapes: np.ndarray) -> np.ndarray:
    """The sides (n, 2) of the smallest rectangle around each shape, the shorter first."""
    found = np.zeros((len(shapes), 2))
    for row, shape in enumerate(shapes):
        corners = shapely.get_coordinates(shapely.oriented_envelope(shape))
        if len(corners) >= 4:
            sides = np.hypot(*np.diff(corners[:3], axis=0).T)
            found[row] = sides.min(), sides.max()
        elif len(corners):
            found[row] = 0.0, np.hypot(*np.ptp(corners, axis=0))
    return found


def _small_holes(rings: _Rings, rules: _Rules) -> list[dict]:
    # No hole is narrower than twice its area by its length: most need no closer look.
    narrow = 2 * rings.area / np.maximum(rings.length, 1e-9) < rules.limit
    rows = np.flatnonzero(rings.hole & narrow)
    if not len(rows):
        return []
    area, length = rings.area[rows], rings.length[rows]
    circles = 4 * np.pi * area / length**2 > ROUND
    width = 2 * np.sqrt(area / np.pi)
    width[~circles] = _sides(rings.shapes[rows[~circles]])[:, 0]
    middle = shapely.get_coordinates(shapely.centroid(shapely.polygons(rings.shapes[rows])))
    return [
        rules.defect("small-hole", x, y, size)
        for (x, y), size in zip(middle.tolist(), width.tolist(), strict=True)
        if size < rules.limit - 1e-6
    ]


def _close_pairs(rings: _Rings, rules: _Rules) -> list[dict]:
    """Webs between two holes or a hole and its outline, and parts closer to each other than the cut is wide."""
    tree = shapely.STRtree(rings.shapes)
    one, other = tree.query(rings.shapes, predicate="dwithin", distance=rules.limit)
    one, other = one[one < other], other[one < other]
    distance = shapely.distance(rings.shapes[one], rings.shapes[other])
    apart = distance > 1e-6  # what touches was found when it was measured
    same = rings.part[one] == rings.part[other]
    close = ~same & ~(rings.hole[one] & rings.hole[other]) & (distance < rules.kerf)
    chosen = np.flatnonzero(apart & (distance < rules.limit - 1e-6) & (same | close))
    chosen = chosen[np.argsort(distance[chosen], kind="stable")]
    lines = shapely.shortest_line(rings.shapes[one[chosen]], rings.shapes[other[chosen]])
    places = shapely.get_coordinates(shapely.centroid(lines)).tolist()
    found = []
    for (x, y), row in zip(places, chosen.tolist(), strict=True):
        if same[row]:
            found.append(rules.defect("thin-web", x, y, float(distance[row])))
        else:
            found.append(rules.defect("parts-close", x, y, float(distance[row]), rules.kerf, "refuse"))
    return found


def _necks(rings: _Rings, rules: _Rules, webs: list[dict]) -> list[dict]:
    """Where a part itself is narrow: taking half the limit off all around makes it fall apart there."""
    known = [(web["x_mm"], web["y_mm"]) for web in webs]
    found = []
    for part in np.unique(rings.part)[:MOST_NECK_PARTS].tolist():
        shape = rings.polygon(part)
        if shape is None or shapely.get_num_coordinates(shape) > MOST_CORNERS:
            continue
        pieces = shapely.get_parts(shapely.buffer(shape, -rules.limit / 2 + 1e-6, quad_segs=4))
        if len(pieces) < 2:
            continue
        for x, y in _places_between(pieces):
            size = 2 * float(shapely.distance(shape.boundary, shapely.Point(x, y)))
            if all(abs(x - a) > rules.limit or abs(y - b) > rules.limit for a, b in known):
                found.append(rules.defect("thin-web", x, y, min(size, rules.limit - 1e-6)))
                known.append((x, y))
    return found


def _places_between(pieces: np.ndarray) -> list[tuple[float, float]]:
    """Where each smaller piece hung on the rest: the middle of the shortest way there."""
    order = np.argsort(-shapely.area(pieces))[: MAX_DEFECTS_PER_KIND + 1]
    places, joined = [], [pieces[order[0]]]
    for number in order[1:].tolist():
        line = shapely.shortest_line(pieces[number], shapely.union_all(joined))
        places.append(tuple(shapely.get_coordinates(shapely.centroid(line))[0].tolist()))
        joined.append(pieces[number])
    return places


def _listed(found: list[dict]) -> list[dict]:
    """The gravest first, and no more of a kind than anybody reads."""
    found.sort(key=lambda defect: (defect["severity"] != "refuse", defect["kind"], defect["size_mm"]))
    seen: dict[str, int] = {}
    kept = []
    for defect in found:
        seen[defect["kind"]] = seen.get(defect["kind"], 0) + 1
        if seen[defect["kind"]] <= MAX_DEFECTS_PER_KIND:
            kept.append(defect)
    return kept
