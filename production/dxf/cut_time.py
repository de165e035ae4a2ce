"""How long a machine cuts a drawing, with its acceleration: sheet full of small holes takes twice what feed alone says.

The model: from contour to contour in a straight rapid move; at each contour stop, pierce, and follow it with a speed
that nowhere exceeds the feed, √(a·r) on arcs, and at a corner what keeps the path within `corner_mm` of it (junction
deviation); between those limits the speed changes by the acceleration only, as a look-ahead control would do it.
"""

import math
from dataclasses import dataclass

RIGHT_HANDED = 1e-9


SMALL_HOLE_MM = 6.0


@dataclass(frozen=True, slots=True)
class CutTime:
    """Seconds: the sum and its parts. `simple_s` is cut length / feed + pierces alone, for comparison.

    `cutting_s` follows the contours, `lead_s` is what lead-ins and lead-outs add, `joints_s` what micro-joints do;
    `contours` are the pierces, `length_mm` what is cut and `travel_mm` what is gone through the air.
    """

    seconds: float
    cutting_s: float
    pierce_s: float
    travel_s: float
    simple_s: float
    lead_s: float = 0.0
    joints_s: float = 0.0
    contours: int = 0
    length_mm: float = 0.0
    travel_mm: float = 0.0


def cut_time(
    contours: list[dict],
    feed_mm_min: float,
    pierce_s: float,
    acceleration_mm_s2: float = 5000.0,
    corner_mm: float = 0.02,
    rapid_mm_min: float = 100_000.0,
    *,
    lead_in_mm: float = 0.0,
    lead_out_mm: float = 0.0,
    micro_joints: int = 0,
    common_line: float = 0.0,
) -> CutTime:
    """Model the time for `contours` as `Measured` has them: feed in mm/min, `pierce_s` per contour, acceleration mm/s².

    Inner contours come before outer ones, otherwise the nearest next. A lead-in is at most as long as the radius of
    its contour, and holes below 6 mm have no lead-out. Each of the `micro_joints` of an outline is a stop and a pierce.
    `common_line` is the share, 0 to 1, of the outlines that is cut once for two parts, which halves its time.
    """
    if min(feed_mm_min, acceleration_mm_s2, corner_mm, rapid_mm_min) <= 0 or pierce_s < 0:
        raise ValueError("feed, acceleration, corner tolerance and rapid speed must be positive")
    if min(lead_in_mm, lead_out_mm, micro_joints, common_line) < 0 or common_line > 1:
        raise ValueError("leads and joints must not be negative, and a share is from 0 to 1")
    contours = [contour for contour in contours if contour["segments"]]
    if not contours:
        return CutTime(0.0, 0.0, 0.0, 0.0, 0.0)
    feed = feed_mm_min / 60
    times = _contour_times(contours, feed, acceleration_mm_s2, corner_mm)
    outer = [_is_outline(contour) for contour in contours]
    cutting = sum(time * (1 - common_line / 2 if out else 1) for time, out in zip(times, outer, strict=True))
    leads = 0.0
    if lead_in_mm or lead_out_mm:
        led = [_with_leads(contour, lead_in_mm, lead_out_mm) for contour in contours]
        leads = sum(_contour_times(led, feed, acceleration_mm_s2, corner_mm)) - sum(times)
    joints = sum(outer) * micro_joints * (pierce_s + feed / acceleration_mm_s2)
    distances = travels(contours)
    travel = sum(_rapid(distance, rapid_mm_min / 60, acceleration_mm_s2) for distance in distances)
    pierces = pierce_s * len(contours)
    length = sum(contour["length_mm"] for contour in contours)
    return CutTime(
        cutting + pierces + travel + leads + joints, cutting, pierces, travel, length / feed + pierces, leads, joints,
        len(contours), length, sum(distances),
    )  # fmt: skip


def _is_outline(contour: dict) -> bool:
    return contour.get("closed", True) and not contour.get("depth", 0) % 2


def _with_leads(contour: dict, lead_in: float, lead_out: float) -> dict:
    """The contour with straight ways in and out along its direction; an open one begins and ends in the sheet."""
    if not contour.get("closed", True):
        return contour
    length = contour["length_mm"]
    way_in = min(lead_in, length / (2 * math.pi))
    way_out = 0.0 if length < SMALL_HOLE_MM * math.pi else lead_out
    segments = [list(segment) for segment in contour["segments"]]
    if way_in:
        x, y, angle = *segments[0][:2], _direction(segments[0], -1)
        segments.insert(0, [x - way_in * math.cos(angle), y - way_in * math.sin(angle), x, y, 0.0])
    if way_out:
        x, y, angle = *segments[-1][2:4], _direction(segments[-1], 1)
        segments.append([x, y, x + way_out * math.cos(angle), y + way_out * math.sin(angle), 0.0])
    return {**contour, "segments": segments}


def _direction(segment: list[float], side: int) -> float:
    """The angle a segment is followed at in its beginning (-1) or its end (1)."""
    x0, y0, x1, y1, bulge = segment
    return math.atan2(y1 - y0, x1 - x0) + side * 2 * math.atan(bulge)


def _rapid(distance: float, speed: float, acceleration: float) -> float:
    """Seconds to go `distance` mm from rest to rest."""
    if distance * acceleration < speed * speed:
        return 2 * math.sqrt(distance / acceleration)
    return distance / speed + speed / acceleration


def _contour_times(contours: list[dict], feed: float, acceleration: float, corner: float) -> list[float]:
    """Seconds of each contour, without its pierce."""
    import numpy as np

    from production.dxf import arcs

    segments = np.array([segment for contour in contours for segment in contour["segments"]], dtype=float)
    first = np.zeros(len(segments), dtype=bool)
    first[np.cumsum([0] + [len(contour["segments"]) for contour in contours[:-1]])] = True
    length = arcs.lengths(segments)
    limit = _curve_speeds(segments, feed, acceleration)
    entry = _corner_speeds(segments, limit, first, acceleration, corner)
    entry = _look_ahead(entry.tolist(), length.tolist(), first.tolist(), acceleration)
    seconds = _trapezoids(np.array(entry), length, limit, first, acceleration)
    return np.add.reduceat(seconds, np.flatnonzero(first)).tolist()


def _curve_speeds(segments, feed: float, acceleration: float):
    import numpy as np

    from production.dxf import arcs

    curved = np.abs(segments[:, 4]) > arcs.STRAIGHT
    radius = np.where(curved, arcs.centres(segments)[2], np.inf)
    return np.minimum(feed, np.sqrt(acceleration * radius))


def _corner_speeds(segments, limit, first, acceleration: float, corner: float):
    """The most speed at the beginning of each segment: 0 where a contour begins, else by junction deviation.

    v² = a · d · sin(θ/2) / (1 - sin(θ/2)), θ the angle between the two directions, d the deviation (GRBL).
    """
    import numpy as np

    direction = np.arctan2(segments[:, 3] - segments[:, 1], segments[:, 2] - segments[:, 0])
    half_sweep = 2 * np.arctan(segments[:, 4])
    leave = np.roll(direction + half_sweep, 1)
    turn = np.abs(np.mod(direction - half_sweep - leave + np.pi, 2 * np.pi) - np.pi)
    half = np.cos(turn / 2)  # = sin(θ/2), as θ = π - turn
    speed = np.sqrt(acceleration * corner * half / np.maximum(1 - half, RIGHT_HANDED))
    speed = np.minimum(speed, np.minimum(limit, np.roll(limit, 1)))
    speed[first] = 0.0
    return speed


def _look_ahead(entry: list[float], length: list[float], first: list[bool], acceleration: float) -> list[float]:
    """Lower the speeds until each can be reached from the one before and left for the one after."""
    count = len(entry)
    for i in range(count - 1, -1, -1):
        after = 0.0 if i + 1 == count or first[i + 1] else entry[i + 1]
        entry[i] = min(entry[i], math.sqrt(after * after + 2 * acceleration * length[i]))
    for i in range(count - 1):
        if not first[i + 1]:
            entry[i + 1] = min(entry[i + 1], math.sqrt(entry[i] * entry[i] + 2 * acceleration * length[i]))
    return entry


def _trapezoids(entry, length, limit, first, acceleration: float):
    """Seconds per segment: speed up, hold, slow down; where there is no room to hold, up and down only."""
    import numpy as np

    leaves = np.roll(entry, -1)
    leaves[np.roll(first, -1)] = 0.0
    peak = np.minimum(limit, np.sqrt((2 * acceleration * length + entry**2 + leaves**2) / 2))
    ramps = (2 * peak**2 - entry**2 - leaves**2) / (2 * acceleration)
    return (2 * peak - entry - leaves) / acceleration + np.maximum(length - ramps, 0.0) / peak


def travels(contours: list[dict]) -> list[float]:
    """The rapid moves in mm: deepest contours first, within a depth always to the nearest start."""
    depths: dict[int, list[tuple[float, float]]] = {}
    for contour in contours:
        x, y = contour["segments"][0][:2]
        depths.setdefault(-contour.get("depth", 0), []).append((x, y))
    here, distances = None, []
    for _, starts in sorted(depths.items()):
        for start in _nearest_first(starts, here):
            if here is not None:
                distances.append(math.dist(here, start))
            here = start
    return distances


def _nearest_first(starts: list[tuple[float, float]], here: tuple[float, float] | None):
    """Visit points, the nearest of the rest each time; found in a grid, ring by ring."""
    grid, size, low = _grid(starts)
    place = here or min(starts)
    for _ in range(len(starts)):
        place = _take_nearest(grid, size, low, place)
        yield place


def _grid(points):
    low = (min(x for x, _ in points), min(y for _, y in points))
    wide = max(x for x, _ in points) - low[0]
    high = max(y for _, y in points) - low[1]
    size = max(wide, high, 1e-6) / max(1.0, math.sqrt(len(points)) / 2)
    grid: dict[tuple[int, int], list] = {}
    for x, y in points:
        grid.setdefault((int((x - low[0]) // size), int((y - low[1]) // size)), []).append((x, y))
    return grid, size, low


def _take_nearest(grid, size, low, place):
    column, row = int((place[0] - low[0]) // size), int((place[1] - low[1]) // size)
    best, best_cell, reach = None, None, 0
    # A ring further out can still hold something nearer, until the ring itself is further than the best.
    while best is None or (reach - 1) * size < best[0]:
        if reach > 2 * math.isqrt(len(grid)) + 8:  # nearly empty: looking at what is left is quicker
            cells = list(grid)
        else:
            cells = [cell for cell in _ring(column, row, reach) if cell in grid]
        for cell in cells:
            nearest = min((math.dist(place, point), point) for point in grid[cell])
            if best is None or nearest < best:
                best, best_cell = nearest, cell
        if len(cells) == len(grid):
            break
        reach += 1
    grid[best_cell].remove(best[1])
    if not grid[best_cell]:
        del grid[best_cell]
    return best[1]


def _ring(column: int, row: int, reach: int):
    if reach == 0:
        return [(column, row)]
    span = range(-reach, reach + 1)
    sides = [(column + d, row + e) for d in span for e in (-reach, reach)]
    return sides + [(column + e, row + d) for d in span[1:-1] for e in (-reach, reach)]
