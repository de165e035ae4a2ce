"""Round holes of a drawing, by diameter: what a drill bit, a tap or a countersink would go into."""

from collections import Counter

ROUND_MM = 0.02
WHOLE_TURN = 6.28


def diameters(contours: list[dict]) -> Counter:
    """How many inner contours are circles, by diameter in mm to the hundredth. Splines and polygons are none."""
    import numpy as np

    from production.dxf import arcs

    found = Counter()
    for contour in contours:
        if not contour.get("depth", 0) % 2 or not contour.get("closed", True) or not contour["segments"]:
            continue
        segments = np.array(contour["segments"], dtype=float)
        if (np.abs(segments[:, 4]) <= arcs.STRAIGHT).any():
            continue
        x, y, radius = arcs.centres(segments)
        turned = float(np.abs(4 * np.arctan(segments[:, 4])).sum())
        same = max(np.ptp(x), np.ptp(y), np.ptp(radius)) <= ROUND_MM
        if same and turned > WHOLE_TURN:
            found[round(2 * float(radius.mean()), 2)] += 1
    return found
