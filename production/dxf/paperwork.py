"""What a drawing holds for people and not for the beam, where neither kind nor layer says so: frame and dimensions.

Only what cannot be part of a contour is left out, and whoever says that a layer is to be cut is believed. What is only
likely is said, and left out when somebody asks for it.
"""

from dataclasses import dataclass, field

import numpy as np

from production.dxf.contours import Contours
from production.dxf.curves import Strokes
from production.dxf.dimensions import dimension_sources
from production.dxf.frames import find_frame
from production.dxf.layers import CUT
from production.dxf.limits import MAX_COORDINATE

MOST_CHAINS = 20_000
FEWEST_CURVES = 5


@dataclass(slots=True)
class Paperwork:
    """Source numbers left out, how many of them by "frame" and "dimension", and where a frame is only suspected."""

    sources: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)
    suspected: tuple[float, float, float] | None = None  # x, y, and the longer side


def find_paperwork(document, pens, pen, role, mm, drawn: Strokes, contours: Contours, bold: bool) -> Paperwork:
    """Look for a frame around everything and for exploded dimensions among what is cut. With `bold` a frame that is
    only likely is left out too."""
    found = Paperwork()
    unsaid = (role == CUT) & ~np.array(pens.said)[pen]
    if not _worth_looking(contours) or not unsaid.any():
        return found
    frame = find_frame(drawn.of(role == CUT), _places([place[:2] for place in document.text_places], mm, drawn.origin))
    if frame is not None and unsaid[list(frame.sources)].all():
        if frame.sure or bold:
            found.sources |= frame.sources
            found.counts["frame"] = len(frame.sources)
        else:
            found.suspected = *frame.corner, frame.size
    if len(contours.chains) or contours.open_count():
        rest = unsaid.copy()
        rest[list(found.sources)] = False
        dimensions = dimension_sources(drawn.of(rest), _places(document.arrows, mm, drawn.origin))
        if len(dimensions) < np.count_nonzero(role == CUT) - len(found.sources):
            found.sources |= dimensions
            found.counts["dimension"] = len(dimensions)
    return found


def _worth_looking(contours: Contours) -> bool:
    """Not where all is closed and nothing lies around it: most drawings, and all large ones."""
    if contours.open_count() > MOST_CHAINS:
        return False
    tops = np.flatnonzero(contours.rings.depth % 2 == 0)
    several = len(tops) > 1 or bool((contours.rings.depth >= 2).any())
    return bool(contours.open_count() or (several and len(contours.rings.area) >= FEWEST_CURVES))


def _places(rows: list, mm: float, origin: np.ndarray) -> np.ndarray:
    """Places given in drawing units, measured like the strokes; (n, 2 or 4)."""
    if not rows:
        return np.empty((0, 4))
    places = np.array(rows, dtype=float)
    places = places[(np.abs(places) < MAX_COORDINATE).all(1)]
    return places * mm - np.tile(origin, places.shape[1] // 2)
