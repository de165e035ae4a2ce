"""What is wrong with a drawing: collected with its place, told in words a client understands."""

from collections import Counter

from production.dxf.limits import MAX_DEFECTS_PER_KIND

TEXTS = {
    "duplicate": "A line is drawn twice. It is cut and counted once.",
    "overlap": "A line lies partly on another one. The common part is cut and counted once.",
    "zero-length": "A line without length. It is left out.",
    "tiny": "A piece of only {size:.2g} mm. Such pieces make the machine stutter.",
    "text": "Text, {size:.3g} mm high, is not cut. It must be converted to outlines.",
    "open": "The contour is open here.",
    "gap": "The contour is open: the ends are {size:.3g} mm apart.",
    "self-intersection": "The contour crosses or touches itself.",
    "crossing": "Two contours cross or touch each other.",
    "frame": "This rectangle of {size:.4g} mm lies around everything. It may be the frame of the drawing.",
    "branch": "More than two lines meet here: {size:.0f}.",
}


class Defects:
    """Collects defects; places are given without the offset of the drawing, which is added here."""

    def __init__(self, x: float, y: float):
        self.x, self.y = x, y
        self.listed: list[dict] = []
        self.counts: Counter = Counter()

    def add(self, kind: str, x: float, y: float, size: float = 0.0) -> None:
        self.counts[kind] += 1
        if self.counts[kind] > MAX_DEFECTS_PER_KIND:
            return
        self.listed.append(
            {
                "kind": kind,
                "text": TEXTS[kind].format(size=size),
                "x_mm": float(x) + self.x,
                "y_mm": float(y) + self.y,
                "size_mm": float(size),
            }
        )
