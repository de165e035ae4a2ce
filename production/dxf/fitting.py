"""Replaces ellipses and splines by tangent arcs that stay within 2.5 micrometres of them, less for small ones.

Arcs instead of chords: a hundredth of the pieces for the same accuracy, exact areas and bounds, and the time model
still sees the curvature. Hundreds of curves are fitted together, one level of halving at a time.
"""

import numpy as np

FINEST_MM, COARSEST_MM = 0.00025, 0.0025  # how far the arcs may be off, by the size of the curve
TOLERANCE_SHARE = 2.5e-4
MAX_LEVELS = 14
BATCH = 1000  # curves fitted together: more would take memory and no less time
MOST_PARTS = 16
LARGEST_TURN = 0.9  # radians an arc may turn: beyond it the test points could miss a wiggle


def fit_arcs(evaluate, pieces: np.ndarray, start: np.ndarray, end: np.ndarray, size: np.ndarray):
    """Fit pairs of arcs to parametric curves; `size` in mm by curve number says how fine.

    `evaluate(pieces, t)` returns points and derivatives, both (n, 2), of the curve numbers at parameters `t`.
    Returns segments (m, 5) and the curve number of each, ordered along the curves.
    """
    done = []
    allowed = np.clip(size * TOLERANCE_SHARE, FINEST_MM, COARSEST_MM)
    for level in range(MAX_LEVELS):
        pair, error = _biarcs(evaluate, pieces, start, end)
        error /= allowed[pieces]
        good = error <= 1 if level < MAX_LEVELS - 1 else np.ones(len(error), dtype=bool)
        done.append((pieces[good], start[good], pair[good]))
        if good.all():
            break
        pieces, start, end = _divided(pieces[~good], start[~good], end[~good], error[~good])
    owner, first, pairs = (np.concatenate(parts) for parts in zip(*done, strict=True))
    order = np.lexsort((first, owner))
    return pairs[order].reshape(-1, 5), np.repeat(owner[order], 2)


def _divided(pieces, start, end, error):
    """Split each piece into as many as its error asks for: that of a biarc shrinks with the third power of its size."""
    parts = np.clip(np.ceil(1.05 * np.cbrt(error)), 2, MOST_PARTS).astype(np.int64)
    which = np.repeat(np.arange(len(pieces)), parts)
    place = np.arange(len(which)) - np.repeat(np.cumsum(parts) - parts, parts)
    step = ((end - start) / parts)[which]
    first = start[which] + place * step
    last = np.where(place + 1 == parts[which], end[which], first + step)
    return pieces[which], first, last


def _biarcs(evaluate, pieces, start, end):
    """Pairs of arcs (n, 2, 5) through the ends along their tangents, and how far, in mm, each is off.

    Pairs that turn too much to be judged by a few points count as far off.
    """
    a, ta = evaluate(pieces, start)
    b, tb = evaluate(pieces, end)
    ta, tb = _unit(ta, b - a), _unit(tb, b - a)
    joint = _joint(a, ta, b, tb)
    first, second = _half_turn(ta, joint - a), _half_turn(b - joint, tb)
    pair = np.empty((len(a), 2, 5))
    pair[:, 0, :2], pair[:, 0, 2:4], pair[:, 0, 4] = a, joint, np.tan(first / 2)
    pair[:, 1, :2], pair[:, 1, 2:4], pair[:, 1, 4] = joint, b, np.tan(second / 2)
    error, reach = np.zeros(len(a)), np.hypot(*(b - a).T)
    for part in (0.2, 0.5, 0.8):
        point, _ = evaluate(pieces, start + (end - start) * part)
        error = np.maximum(error, np.minimum(_distance(pair[:, 0], point), _distance(pair[:, 1], point)))
        reach = np.maximum(reach, np.hypot(*(point - a).T))
    turning = np.maximum(np.abs(first), np.abs(second)) > LARGEST_TURN / 2
    error = np.where(turning, np.maximum(error, 2 * COARSEST_MM), error)
    return pair, np.where(reach < FINEST_MM / 10, 0.0, error)


def _unit(vectors: np.ndarray, instead: np.ndarray) -> np.ndarray:
    """Directions; where a curve stands still (doubled control points) the chord serves."""
    size = np.hypot(*vectors.T)
    reach = np.hypot(*instead.T)
    vectors = np.where((size > 1e-9 * np.maximum(reach, 1e-9))[:, None], vectors, instead)
    size = np.hypot(*vectors.T)
    return vectors / np.where(size > 0, size, 1.0)[:, None]


def _joint(a, ta, b, tb) -> np.ndarray:
    """Where the two arcs of a biarc with equal tangent lengths meet."""
    chord = b - a
    squared = (chord * chord).sum(1)
    along = (chord * (ta + tb)).sum(1)
    bend = 2 * (1 - (ta * tb).sum(1))
    root = np.sqrt(np.maximum(along * along + bend * squared, 0.0))
    divisor = along + root  # the stable form of (root - along) / bend
    reach = np.where(divisor > 0, squared / np.where(divisor > 0, divisor, 1.0), 0.0)[:, None]
    return (a + reach * ta + b - reach * tb) / 2


def _half_turn(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
    return np.arctan2(cross, (one * other).sum(1))


def _distance(arcs: np.ndarray, points: np.ndarray) -> np.ndarray:
    """About how far points are from the full circles (or lines) of arcs: |F| / |grad F| of the circle's equation."""
    chord = arcs[:, 2:4] - arcs[:, :2]
    size = np.maximum(np.hypot(*chord.T), 1e-300)
    u = chord / size[:, None]
    offset = points - arcs[:, :2]
    s = (offset * u).sum(1)
    h = offset[:, 1] * u[:, 0] - offset[:, 0] * u[:, 1]
    bulge = arcs[:, 4]
    value = 2 * bulge * (s * s + h * h - size * s) - size * (1 - bulge * bulge) * h
    slope = np.hypot(2 * bulge * (2 * s - size), 4 * bulge * h - size * (1 - bulge * bulge))
    return np.abs(value) / np.maximum(slope, 1e-300)


def _in_batches(count: int, fit):
    """What `fit` finds for all of `count` curves, asked for a slice of them at a time."""
    segments, owners = [], []
    for start in range(0, count, BATCH):
        rows, owner = fit(slice(start, start + BATCH))
        segments.append(rows)
        owners.append((owner + start).astype(np.int32))
    return np.concatenate(segments), np.concatenate(owners)


def fit_conics(conics: np.ndarray):
    """Arcs for rows of cx, cy, ax, ay, bx, by, t0, t1 (points c + a cos t + b sin t); as `fit_arcs` returns them."""

    def evaluate(rows, t):
        c, a, b = conics[rows, 0:2], conics[rows, 2:4], conics[rows, 4:6]
        cos, sin = np.cos(t)[:, None], np.sin(t)[:, None]
        return c + a * cos + b * sin, b * cos - a * sin

    if len(conics) > BATCH:
        return _in_batches(len(conics), lambda rows: fit_conics(conics[rows]))
    # Walked the way their tangents point; a squeezed polyline has arcs that were drawn clockwise.
    conics = np.column_stack((conics[:, :6], conics[:, 6:].min(1), conics[:, 6:].max(1)))
    sweep = conics[:, 7] - conics[:, 6]
    count = np.maximum(1, np.ceil(np.abs(sweep) / (np.pi / 4) - 1e-9)).astype(np.int64)
    rows = np.repeat(np.arange(len(conics)), count)
    place = np.arange(len(rows)) - np.repeat(np.cumsum(count) - count, count)
    step = (sweep / count)[rows]
    start = conics[rows, 6] + place * step
    size = np.abs(conics[:, 2:6]).max(1)
    return fit_arcs(evaluate, rows, start, start + step, size)


def fit_splines(degree: int, knots: np.ndarray, points: np.ndarray, weights: np.ndarray):
    """Arcs for m splines alike: knots (m, n + degree + 1), points (m, n, 2), weights (m, n); as `fit_arcs` does."""
    if len(knots) > BATCH:
        return _in_batches(len(knots), lambda n: fit_splines(degree, knots[n], points[n], weights[n]))
    bezier, owner = _bezier_pieces(degree, knots, points, weights)
    size = np.ptp(points, axis=1).max(1)[owner]
    segments, piece = _fit_bezier(bezier, degree, size)
    return segments, owner[piece]


def _fit_bezier(bezier: np.ndarray, degree: int, size: np.ndarray):
    """`bezier` is (m, degree + 1, 3): homogeneous control points x w, y w, w; `size` (m,) that of the whole curve."""

    def evaluate(rows, t):
        points = bezier[rows]
        t = t[:, None, None]
        while points.shape[1] > 2:  # de Casteljau, down to the two points that also give the tangent
            points = points[:, :-1] * (1 - t) + points[:, 1:] * t
        p, q = points[:, 0], points[:, 1]
        t = t[:, 0]
        value = p * (1 - t) + q * t
        weight = value[:, 2:3]
        slope = q[:, :2] * p[:, 2:3] - p[:, :2] * q[:, 2:3]  # of the rational curve, up to a positive factor
        return value[:, :2] / weight, slope / (weight * weight)

    pieces = np.arange(len(bezier))
    if degree == 1:
        a, b = bezier[:, 0, :2] / bezier[:, 0, 2:], bezier[:, 1, :2] / bezier[:, 1, 2:]
        return np.column_stack((a, b, np.zeros(len(a)))), pieces
    return fit_arcs(evaluate, pieces, np.zeros(len(pieces)), np.ones(len(pieces)), size)


def _bezier_pieces(degree: int, knots, points, weights):
    """The polynomial pieces of B-splines, found by blossoming, and the spline each belongs to.

    Source: de Boor's recursion with one argument per level; its values at the ends of a knot span, taken in all
    mixtures, are the Bézier points of that span (Ramshaw).
    """
    count = points.shape[1]
    homogeneous = np.concatenate((points * weights[:, :, None], weights[:, :, None]), axis=2)
    owner, span = np.nonzero(knots[:, degree + 1 : count + 1] > knots[:, degree:count])
    around = knots[owner[:, None], span[:, None] + np.arange(2 * degree + 2)]
    controls = homogeneous[owner[:, None], span[:, None] + np.arange(degree + 1)]
    return _blossom(around, controls, degree), owner


def _blossom(knots: np.ndarray, controls: np.ndarray, degree: int) -> np.ndarray:
    low, high = knots[:, degree], knots[:, degree + 1]
    bezier = np.empty_like(controls)
    for point in range(degree + 1):
        values = controls.copy()
        for level in range(1, degree + 1):
            argument = high if level <= point else low
            for j in range(degree, level - 1, -1):
                left, right = knots[:, j], knots[:, j + 1 + degree - level]
                part = ((argument - left) / (right - left))[:, None]
                values[:, j] = values[:, j - 1] * (1 - part) + values[:, j] * part
        bezier[:, point] = values[:, degree]
    return bezier
