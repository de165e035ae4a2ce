"""Flat stores for the curves of one space: the model, a block, or the part of either that lies in a mirrored plane.

Plain arrays of doubles, because a file has up to hundreds of thousands of curves and an object for each would cost more
than all the geometry. Every curve is one *source*: what the draughtsman drew as one thing.
"""

from array import array
from dataclasses import dataclass, field

IDENTITY = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
Matrix = tuple[float, float, float, float, float, float]  # x' = a x + c y + e, y' = b x + d y + f


def multiply(outer: Matrix, inner: Matrix) -> Matrix:
    """The matrix that applies `inner` first and `outer` second."""
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f)


@dataclass(slots=True)
class Insert:
    """A block placed `columns` × `rows` times; `matrix` places the first, `column` and `row` are the steps (x, y)."""

    block: bytes
    matrix: Matrix
    pen: int
    columns: int = 1
    rows: int = 1
    column: tuple[float, float] = (0.0, 0.0)
    row: tuple[float, float] = (0.0, 0.0)


@dataclass(slots=True)
class Spline:
    degree: int
    knots: array
    points: array  # x y
    weights: array | None  # None where all are 1
    pen: int


@dataclass(slots=True)
class Shapes:
    """Curves in drawing units; pens are numbers in the document's list of them."""

    lines: array = field(default_factory=lambda: array("d"))  # x0 y0 x1 y1
    line_pens: array = field(default_factory=lambda: array("i"))
    arcs: array = field(default_factory=lambda: array("d"))  # cx cy r start end, degrees, end > start
    arc_pens: array = field(default_factory=lambda: array("i"))
    vertices: array = field(default_factory=lambda: array("d"))  # x y bulge
    paths: array = field(default_factory=lambda: array("i"))  # vertices, closed, pen
    conics: array = field(default_factory=lambda: array("d"))  # cx cy ax ay bx by t0 t1: c + a cos t + b sin t
    conic_pens: array = field(default_factory=lambda: array("i"))
    splines: list[Spline] = field(default_factory=list)
    inserts: list[Insert] = field(default_factory=list)
    planes: dict = field(default_factory=dict)  # Matrix -> Shapes drawn in another plane, seen from above

    def curve_count(self) -> int:
        own = len(self.line_pens) + len(self.arc_pens) + len(self.paths) // 3 + len(self.conic_pens)
        return own + len(self.splines) + sum(shapes.curve_count() for shapes in self.planes.values())

    def segment_count(self) -> int:
        """About how many pieces these curves will become."""
        own = len(self.line_pens) + 2 * len(self.arc_pens) + len(self.vertices) // 3 + 16 * len(self.conic_pens)
        own += sum(2 * len(spline.points) for spline in self.splines)
        return own + sum(shapes.segment_count() for shapes in self.planes.values())

    def plane(self, matrix: Matrix) -> "Shapes":
        if matrix == IDENTITY:
            return self
        if matrix not in self.planes:
            self.planes[matrix] = Shapes()
        return self.planes[matrix]
