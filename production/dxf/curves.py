"""From the curves of a document to segments in millimetres: scaled, fitted with arcs, checked for sanity."""

from dataclasses import dataclass

import numpy as np

from production.dxf import arcs
from production.dxf.fitting import fit_conics, fit_splines
from production.dxf.limits import MAX_COORDINATE, MAX_EXTENT_MM, MAX_SEGMENTS, ZERO_MM
from production.dxf.placing import TOO_MUCH, Curves, arc_segments
from production.dxf.refused import Refused

BEYOND = "The drawing holds coordinates that cannot be: not a number, or beyond reason. Please export it again."


@dataclass(slots=True)
class Strokes:
    """Segments (n, 5) in mm relative to `origin`, ordered by `source` (n,), each source drawn as one curve.

    `length` (n,) by segment, and whether it is `fitted` to another curve. Sources without length are gone; `empty` has
    the places where they were, (k, 2).
    """

    segments: np.ndarray
    length: np.ndarray
    source: np.ndarray
    fitted: np.ndarray
    empty: np.ndarray
    empty_source: np.ndarray
    origin: np.ndarray

    def of(self, chosen_sources: np.ndarray) -> "Strokes":
        """The strokes whose sources are chosen, `chosen_sources` being a mask by source number."""
        if chosen_sources.all():
            return self
        keep, gone = chosen_sources[self.source], chosen_sources[self.empty_source]
        return Strokes(
            self.segments[keep],
            self.length[keep],
            self.source[keep],
            self.fitted[keep],
            self.empty[gone],
            self.empty_source[gone],
            self.origin,
        )


def extent(curves: Curves, chosen: np.ndarray) -> np.ndarray:
    """Bounds of the chosen sources in drawing units, (x min, y min, x max, y max); of splines those of their points.

    Raises `Refused` for numbers no drawing can hold.
    """
    found = [arcs.boxes(curves.segments[chosen[curves.segment_source]])]
    found.append(conic_boxes(curves.conics[chosen[curves.conic_source]]))
    for group in curves.splines:
        points = group.points[chosen[group.source]]
        if len(points):
            found.append(np.hstack((points.min(1), points.max(1))))
    boxes = np.concatenate(found)
    if not len(boxes):
        return np.zeros(4)
    return np.concatenate((boxes[:, :2].min(0), boxes[:, 2:].max(0)))


def conic_boxes(conics: np.ndarray) -> np.ndarray:
    """Bounds of each ellipse between its angles, (n, 4): a flat arc is a small part of a huge one."""
    a, b, start, end = conics[:, 2:4], conics[:, 4:6], conics[:, 6:7], conics[:, 7:8]
    turn = np.where(end >= start, 2 * np.pi, -2 * np.pi)
    furthest = np.arctan2(b, a)  # where x, and where y, is largest; half a turn on it is smallest
    found = [a * np.cos(angle) + b * np.sin(angle) for angle in (start, end)]
    for angle in (furthest, furthest + np.pi):
        reached = np.abs(np.fmod(np.fmod(angle - start, turn) + turn, turn)) <= np.abs(end - start)
        at = np.where(reached, angle, start)
        found.append(a * np.cos(at) + b * np.sin(at))
    return np.hstack((conics[:, 0:2] + np.min(found, axis=0), conics[:, 0:2] + np.max(found, axis=0)))


def check_numbers(curves: Curves) -> None:
    with np.errstate(invalid="ignore"):
        sound = bool(
            (np.abs(curves.segments) < MAX_COORDINATE).all() and (np.abs(curves.conics) < MAX_COORDINATE).all()
        )
        for group in curves.splines:
            sound &= bool((np.abs(group.points) < MAX_COORDINATE).all())
            sound &= bool((np.abs(group.knots) < 1e12).all() and (np.diff(group.knots) >= 0).all())
            sound &= bool(((group.weights > 1e-9) & (group.weights < 1e9)).all())
    if not sound:
        raise Refused(BEYOND, "coordinates")


def strokes(curves: Curves, mm: float, box: np.ndarray, count: int) -> Strokes:
    """All curves in mm, measured from the lower left corner of `box` (drawing units) to keep digits.

    Uses `curves` up: a large drawing is not held twice.
    """
    origin = box[:2]
    curves.segments[:, :4] -= np.concatenate((origin, origin))
    curves.segments[:, :4] *= mm
    parts, sources = [curves.segments], [curves.segment_source]
    own = len(curves.segments)
    if len(curves.conics):
        conics = curves.conics.copy()
        conics[:, :2] -= origin
        conics[:, :6] *= mm
        circles = are_circles(conics)
        for made, chosen in ((circle_segments(conics[circles]), circles), (fit_conics(conics[~circles]), ~circles)):
            segments, owner = made
            parts.append(segments)
            sources.append(curves.conic_source[chosen][owner])
        own += len(parts[1])
    for group in curves.splines:
        segments, owner = fit_splines(group.degree, group.knots, (group.points - origin) * mm, group.weights)
        parts.append(segments)
        sources.append(group.source[owner])
    curves.segments = curves.conics = np.empty((0, 5))
    curves.splines = []
    segments = np.concatenate(parts) if len(parts) > 1 else parts[0]
    source = np.concatenate(sources) if len(sources) > 1 else sources[0]
    del parts, sources
    fitted = np.arange(len(segments)) >= own
    if len(source) and (np.diff(source) < 0).any():
        order = np.argsort(source, kind="stable")
        segments, source, fitted = segments[order], source[order], fitted[order]
    return _without_points(segments, source, fitted, origin * mm, count)


def are_circles(conics: np.ndarray) -> np.ndarray:
    """Which ellipses have axes of one length: some programs draw circles so."""
    a, b = conics[:, 2:4], conics[:, 4:6]
    size = (a * a + b * b).sum(1)
    return np.abs((a * a - b * b).sum(1)) + np.abs((a * b).sum(1)) <= 1e-9 * size


def circle_segments(conics: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Ellipses that are circles as exact arcs, and the ellipse of each."""
    ax, ay, bx, by = conics[:, 2:6].T
    left = ax * by - ay * bx >= 0
    start, end = np.where(left, conics[:, 6], -conics[:, 7]), np.where(left, conics[:, 7], -conics[:, 6])
    turned = np.arctan2(ay, ax)
    angles = np.degrees(np.column_stack((turned + start, turned + end)))
    return arc_segments(np.column_stack((conics[:, :2], np.hypot(ax, ay), angles)))


def _without_points(segments, source, fitted, origin, count: int) -> Strokes:
    length = arcs.lengths(segments)
    if len(segments) > MAX_SEGMENTS:
        raise TOO_MUCH
    total = np.bincount(source, length, count)
    present = np.bincount(source, minlength=count) > 0
    gone = present & (total < ZERO_MM)
    first = np.searchsorted(source, np.flatnonzero(gone))
    keep = (length > ZERO_MM / 100) & ~gone[source]
    if keep.all():
        return Strokes(segments, length, source, fitted, np.empty((0, 2)), np.flatnonzero(gone), origin)
    return Strokes(
        segments[keep], length[keep], source[keep], fitted[keep], segments[first, :2], np.flatnonzero(gone), origin
    )


def check_extent(box: np.ndarray, mm: float) -> None:
    size = max(box[2] - box[0], box[3] - box[1]) * mm
    if size > MAX_EXTENT_MM:
        reason = f"The drawing is {size / 1000:,.0f} m long. Please check its unit, and for stray lines far away."
        raise Refused(reason, "too-long")
