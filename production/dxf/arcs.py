"""Geometry of segments: arrays of shape (n, 5) with x0, y0, x1, y1, bulge.

The bulge is DXF's own: tan(sweep / 4), positive counter-clockwise, 0 for a straight line. It keeps arcs exact under
moving, turning, scaling and mirroring, and a drawing can be written from it without loss.
"""

import numpy as np

MOST_CHORDS = 2_000_000
AT_ONCE = 50_000  # segments: what is worked out on the way takes several times their room
STRAIGHT = 1e-9  # smaller bulges are lines: their sagitta is below a nanometre on a metre


def lengths(segments: np.ndarray) -> np.ndarray:
    """Exact lengths: chord · (1 + b²) · atan b / b."""
    if len(segments) > AT_ONCE:
        return np.concatenate([lengths(segments[at : at + AT_ONCE]) for at in range(0, len(segments), AT_ONCE)])
    chord = np.hypot(segments[:, 2] - segments[:, 0], segments[:, 3] - segments[:, 1])
    bulge = np.abs(segments[:, 4])
    curved = bulge > STRAIGHT
    safe = np.where(curved, bulge, 1.0)
    return chord * np.where(curved, (1 + safe * safe) * np.arctan(safe) / safe, 1.0)


def centres(segments: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centre x, centre y and radius; only meaningful where the bulge is not straight."""
    x0, y0, x1, y1, bulge = segments.T
    safe = np.where(np.abs(bulge) > STRAIGHT, bulge, 1.0)
    offset = (1 - safe * safe) / (4 * safe)  # from the middle of the chord to its left, in chords
    dx, dy = x1 - x0, y1 - y0
    radius = np.hypot(dx, dy) * (1 + safe * safe) / (4 * np.abs(safe))
    return (x0 + x1) / 2 - dy * offset, (y0 + y1) / 2 + dx * offset, radius


def middles(segments: np.ndarray) -> np.ndarray:
    """The point halfway along each segment, shape (n, 2)."""
    x0, y0, x1, y1, bulge = segments.T
    return np.column_stack(((x0 + x1 + bulge * (y1 - y0)) / 2, (y0 + y1 - bulge * (x1 - x0)) / 2))


def along(segments: np.ndarray, share: np.ndarray) -> np.ndarray:
    """The point at a share of each segment's length, shape (n, 2)."""
    x0, y0, x1, y1, bulge = segments.T
    cx, cy, _ = centres(segments)
    turn = 4 * np.arctan(bulge) * share
    x, y = x0 - cx, y0 - cy
    curved = np.abs(bulge) > STRAIGHT
    px = np.where(curved, cx + x * np.cos(turn) - y * np.sin(turn), x0 + (x1 - x0) * share)
    py = np.where(curved, cy + x * np.sin(turn) + y * np.cos(turn), y0 + (y1 - y0) * share)
    return np.column_stack((px, py))


def areas(segments: np.ndarray) -> np.ndarray:
    """Signed contribution of each segment to the area left of its contour; sum them over a closed contour.

    Half the cross product of its ends, plus the circular segment r²/2 · (sweep - sin sweep).
    """
    if len(segments) > AT_ONCE:
        return np.concatenate([areas(segments[at : at + AT_ONCE]) for at in range(0, len(segments), AT_ONCE)])
    x0, y0, x1, y1, bulge = segments.T
    chord_squared = (x1 - x0) ** 2 + (y1 - y0) ** 2
    curved = np.abs(bulge) > 1e-3
    safe = np.where(curved, bulge, 1.0)
    sweep = 4 * np.arctan(safe)
    radius_squared = chord_squared * ((1 + safe * safe) / (4 * safe)) ** 2
    exact = radius_squared / 2 * (sweep - np.sin(sweep))
    series = chord_squared * bulge / 3  # the difference above loses its digits for flat arcs
    return (x0 * y1 - x1 * y0) / 2 + np.where(curved, exact, series)


def boxes(segments: np.ndarray) -> np.ndarray:
    """Exact bounds of each segment: x min, y min, x max, y max."""
    if len(segments) > AT_ONCE:
        return np.concatenate([boxes(segments[at : at + AT_ONCE]) for at in range(0, len(segments), AT_ONCE)])
    x0, y0, x1, y1, bulge = segments.T
    box = np.column_stack((np.minimum(x0, x1), np.minimum(y0, y1), np.maximum(x0, x1), np.maximum(y0, y1)))
    curved = np.flatnonzero(np.abs(bulge) > STRAIGHT)
    if not curved.size:
        return box
    arcs = segments[curved]
    cx, cy, radius = centres(arcs)
    first, sweep = counter_clockwise(arcs, cx, cy)
    for quarter, (dx, dy) in enumerate(((1, 0), (0, 1), (-1, 0), (0, -1))):
        reached = np.mod(quarter * np.pi / 2 - first, 2 * np.pi) <= sweep
        rows = curved[reached]
        x, y = cx[reached] + dx * radius[reached], cy[reached] + dy * radius[reached]
        box[rows, 0], box[rows, 1] = np.minimum(box[rows, 0], x), np.minimum(box[rows, 1], y)
        box[rows, 2], box[rows, 3] = np.maximum(box[rows, 2], x), np.maximum(box[rows, 3], y)
    return box


def counter_clockwise(arcs, cx, cy) -> tuple[np.ndarray, np.ndarray]:
    """Start angle and positive sweep of each arc, walked counter-clockwise."""
    left = arcs[:, 4] > 0
    x, y = np.where(left, arcs[:, 0], arcs[:, 2]), np.where(left, arcs[:, 1], arcs[:, 3])
    return np.arctan2(y - cy, x - cx), 4 * np.arctan(np.abs(arcs[:, 4]))


def reversed_segments(segments: np.ndarray) -> np.ndarray:
    """The same curves walked backwards, last segment first."""
    return segments[::-1][:, [2, 3, 0, 1, 4]] * (1, 1, 1, 1, -1)


def flatten(segments: np.ndarray, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Chords that stay within `tolerance` of the arcs: the start points (m, 2), and the segment each belongs to.

    Where that would take millions of chords they are made longer.
    """
    bulge = segments[:, 4]
    curved = np.abs(bulge) > STRAIGHT
    cx, cy, radius = centres(segments)
    sweep = np.where(curved, 4 * np.arctan(bulge), 0.0)
    step = 2 * np.arccos(np.clip(1 - tolerance / np.maximum(radius, tolerance), -1, 1))
    wanted = np.abs(sweep) / np.clip(step, 1e-3, np.pi / 4)
    count = np.ceil(wanted * min(1.0, MOST_CHORDS / max(1.0, wanted.sum()))).astype(np.int64)
    count = np.maximum(count, np.where(curved, 2, 1))  # two shallow arcs must not flatten to one line
    owner = np.repeat(np.arange(len(segments)), count)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    turn = sweep[owner] * place / count[owner]
    x, y = segments[owner, 0] - cx[owner], segments[owner, 1] - cy[owner]
    cos, sin = np.cos(turn), np.sin(turn)
    inside = place > 0  # the given start point itself stays as it is, to the last digit
    px = np.where(inside, cx[owner] + x * cos - y * sin, segments[owner, 0])
    py = np.where(inside, cy[owner] + x * sin + y * cos, segments[owner, 1])
    return np.column_stack((px, py)), owner
