"""Places blocks: counts what would come out of it, and only then does it."""

from dataclasses import dataclass

import numpy as np

from production.dxf import arcs
from production.dxf.document import PLAIN_PEN, Document
from production.dxf.limits import MAX_BLOCK_DEPTH, MAX_CURVES, MAX_SEGMENTS
from production.dxf.refused import Refused
from production.dxf.shapes import IDENTITY, Insert, Shapes, multiply

TOO_MUCH = Refused(
    f"The drawing holds more than {MAX_CURVES:,} curves once its blocks are placed. Please send single parts.",
    "too-complex",
)


@dataclass(slots=True)
class SplineGroup:
    """m splines of one degree p with n control points: knots (m, n + p + 1), points (m, n, 2), weights (m, n)."""

    degree: int
    knots: np.ndarray
    points: np.ndarray
    weights: np.ndarray
    source: np.ndarray


@dataclass(slots=True)
class Curves:
    """All curves of the model in drawing units. `source` numbers what was drawn as one thing, across all three kinds.

    segments (n, 5) with segment_source (n,), in order along each source; conics (m, 8) with conic_source; source_pen by
    source, a number in the document's list of pens.
    """

    segments: np.ndarray
    segment_source: np.ndarray
    conics: np.ndarray
    conic_source: np.ndarray
    splines: list[SplineGroup]
    source_pen: np.ndarray


def place(document: Document) -> Curves:
    """Every curve of the model, blocks placed. Raises `Refused` for blocks that hold themselves, or far too much."""
    _Counter(document).check()
    collected = _Collected(document)
    for shapes, placements in _placements(document):
        collected.add(shapes, placements)
    return collected.curves()


class _Counter:
    """Counts on the graph of blocks, where a file of 3 KB can ask for 10^12 circles."""

    def __init__(self, document: Document):
        self.document = document
        self.known: dict[bytes, tuple[int, int]] = {}
        self.open: set[bytes] = set()

    def check(self) -> None:
        curves, segments = self._shapes(self.document.model, 0)
        if curves > MAX_CURVES or segments > MAX_SEGMENTS:
            raise TOO_MUCH

    def _shapes(self, shapes: Shapes, depth: int) -> tuple[int, int]:
        curves, segments = shapes.curve_count(), shapes.segment_count()
        for insert in all_inserts(shapes):
            below_curves, below_segments = self._block(insert.block, depth + 1)
            times = insert.columns * insert.rows
            curves += times * (below_curves + 1)
            segments += times * below_segments
        return curves, segments

    def _block(self, name: bytes, depth: int) -> tuple[int, int]:
        if name in self.open:
            shown = self.document.decode(name)
            raise Refused(f"The block “{shown}” contains itself. Please explode it and send again.", "block-cycle")
        if depth > MAX_BLOCK_DEPTH:
            raise Refused("Blocks are nested too deeply. Please explode them and send again.", "too-complex")
        block = self.document.blocks.get(name)
        if block is None or block.external:
            return 0, 0
        if name not in self.known:
            self.open.add(name)
            self.known[name] = self._shapes(block.shapes, depth)
            self.open.remove(name)
        return self.known[name]


def all_inserts(shapes: Shapes) -> list[Insert]:
    return shapes.inserts + [insert for plane in shapes.planes.values() for insert in plane.inserts]


def _placements(document: Document):
    """Each store of shapes with every (matrix, pen) at which it appears; the pen is that of the block as placed."""
    found: dict[int, tuple[Shapes, list]] = {}
    stack = [(document.model, IDENTITY, PLAIN_PEN)]
    while stack:
        shapes, matrix, pen = stack.pop()
        found.setdefault(id(shapes), (shapes, []))[1].append((matrix, pen))
        stack += ((plane, multiply(matrix, own), pen) for own, plane in shapes.planes.items())
        for insert in shapes.inserts:
            block = document.blocks.get(insert.block)
            if block is None or block.external:
                document.not_read["missing block" if block is None else "external reference"] += 1
                continue
            own = document.placed_pen(insert.pen, pen)
            if document.is_frozen(own):
                document.not_read["block on a frozen layer"] += 1
                continue
            stack += ((block.shapes, multiply(matrix, step), own) for step in _steps(insert, block.base))
    return list(found.values())


def _steps(insert: Insert, base: tuple[float, float]):
    a, b, c, d, e, f = multiply(insert.matrix, (1.0, 0.0, 0.0, 1.0, -base[0], -base[1]))
    for row in range(insert.rows):
        for column in range(insert.columns):
            x = e + column * insert.column[0] + row * insert.row[0]
            y = f + column * insert.column[1] + row * insert.row[1]
            yield (a, b, c, d, x, y)


class _Collected:
    def __init__(self, document: Document):
        self.document = document
        self.segments, self.segment_source = [np.empty((0, 5))], [np.empty(0, dtype=np.int32)]
        self.conics, self.conic_source = [np.empty((0, 8))], [np.empty(0, dtype=np.int32)]
        self.splines: list[SplineGroup] = []
        self.pens = [np.empty(0, dtype=np.int32)]
        self.count = 0

    def add(self, shapes: Shapes, placements: list) -> None:
        if shapes.curve_count() == 0:
            return
        matrices = np.array([matrix for matrix, _ in placements])
        pens = np.array([pen for _, pen in placements])
        flat = keeps_circles(matrices)
        self._add_arcs(shapes, matrices, pens, flat)
        self._add_lines(shapes, matrices, pens)
        self._add_paths(shapes, matrices, pens, flat)
        self._add_conics(np.asarray(shapes.conics).reshape(-1, 8), shapes.conic_pens, matrices, pens)
        self._add_splines(shapes, matrices, pens)

    def curves(self) -> Curves:
        return Curves(
            np.concatenate(self.segments),
            np.concatenate(self.segment_source),
            np.concatenate(self.conics),
            np.concatenate(self.conic_source),
            self.splines,
            np.concatenate(self.pens),
        )

    def _sources(self, own_pens, pens: np.ndarray) -> np.ndarray:
        """Number the curves of one kind at all placements: shape (placements, curves)."""
        own = np.asarray(own_pens, dtype=np.int32)
        placed = np.broadcast_to(own, (len(pens), len(own)))
        if pens.any():  # in a block, where layer 0 and colours may be those of the block as placed
            placed = placed.copy()
            kinds, kind = np.unique(own, return_inverse=True)
            for pen in np.unique(pens).tolist():
                seen = np.array([self.document.placed_pen(number, pen) for number in kinds.tolist()], dtype=np.int32)
                placed[pens == pen] = seen[kind] if len(kinds) else own
        self.pens.append(placed.ravel())
        total = placed.size
        numbers = np.arange(self.count, self.count + total, dtype=np.int32).reshape(placed.shape)
        self.count += total
        return numbers

    def _add_lines(self, shapes, matrices, pens) -> None:
        lines = np.asarray(shapes.lines).reshape(-1, 4)
        segments = np.hstack((lines, np.zeros((len(lines), 1))))
        self._add_segments(transformed(segments, matrices), self._sources(shapes.line_pens, pens))

    def _add_arcs(self, shapes, matrices, pens, flat) -> None:
        rows = np.asarray(shapes.arcs).reshape(-1, 5)
        own = np.asarray(shapes.arc_pens, dtype=np.int64)
        if flat.any():
            segments, owner = arc_segments(rows)
            sources = self._sources(own, pens[flat])
            self._add_segments(transformed(segments, matrices[flat]), sources[:, owner])
        if not flat.all():
            self._add_conics(circle_conics(rows), own, matrices[~flat], pens[~flat])

    def _add_paths(self, shapes, matrices, pens, flat) -> None:
        vertices = np.asarray(shapes.vertices).reshape(-1, 3)
        paths = np.asarray(shapes.paths, dtype=np.int64).reshape(-1, 3)
        segments, owner = path_segments(vertices, paths)
        if flat.any():
            sources = self._sources(paths[:, 2], pens[flat])
            self._add_segments(transformed(segments, matrices[flat]), sources[:, owner])
        if flat.all():
            return
        # A squeezed polyline falls apart: its arcs become ellipses, joined again by their ends.
        curved = np.abs(segments[:, 4]) > arcs.STRAIGHT
        own = paths[owner, 2]
        straight = transformed(segments[~curved], matrices[~flat])
        self._add_segments(straight, self._sources(own[~curved], pens[~flat]))
        self._add_conics(bulge_conics(segments[curved]), own[curved], matrices[~flat], pens[~flat])

    def _add_segments(self, placed: np.ndarray, sources: np.ndarray) -> None:
        self.segments.append(placed.reshape(-1, 5))
        self.segment_source.append(sources.ravel())

    def _add_conics(self, conics, own_pens, matrices, pens) -> None:
        if not len(conics):
            return
        placed = np.empty((len(matrices), len(conics), 8))
        for axis in (0, 2, 4):
            placed[:, :, axis : axis + 2] = apply(matrices, conics[:, axis : axis + 2], move=axis == 0)
        placed[:, :, 6:] = conics[:, 6:]
        self.conics.append(placed.reshape(-1, 8))
        self.conic_source.append(self._sources(own_pens, pens).ravel())

    def _add_splines(self, shapes, matrices, pens) -> None:
        alike: dict[tuple[int, int], list] = {}
        for spline in shapes.splines:
            alike.setdefault((spline.degree, len(spline.points) // 2), []).append(spline)
        times = len(matrices)
        for (degree, count), splines in alike.items():
            points = np.array([spline.points for spline in splines]).reshape(-1, 2)
            self.splines.append(
                SplineGroup(
                    degree,
                    np.tile(np.array([spline.knots for spline in splines]), (times, 1)),
                    apply(matrices, points).reshape(-1, count, 2),
                    np.tile(np.array([spline.weights or [1.0] * count for spline in splines]), (times, 1)),
                    self._sources([spline.pen for spline in splines], pens).ravel(),
                )
            )


def keeps_circles(matrices: np.ndarray) -> np.ndarray:
    """Whether each matrix only turns, mirrors and scales evenly."""
    a, b, c, d = matrices[:, :4].T
    size = a * a + b * b + c * c + d * d
    uneven = np.abs(a * a + b * b - c * c - d * d) + np.abs(a * c + b * d)
    return uneven <= 1e-9 * size


def apply(matrices: np.ndarray, points: np.ndarray, move: bool = True) -> np.ndarray:
    """Points (n, 2) under each of k matrices: (k, n, 2)."""
    a, b, c, d, e, f = (column[:, None] for column in matrices.T)
    x, y = points[:, 0][None, :], points[:, 1][None, :]
    placed = np.stack((a * x + c * y, b * x + d * y), axis=-1)
    if move:
        placed += np.stack((e, f), axis=-1)
    return placed


def transformed(segments: np.ndarray, matrices: np.ndarray) -> np.ndarray:
    """Segments (n, 5) under each of k matrices that keep circles, or straight ones under any: (k, n, 5)."""
    if len(matrices) == 1 and tuple(matrices[0]) == IDENTITY:
        return segments[None]
    placed = np.empty((len(matrices), len(segments), 5))
    placed[:, :, 0:2] = apply(matrices, segments[:, 0:2])
    placed[:, :, 2:4] = apply(matrices, segments[:, 2:4])
    mirrored = np.sign(matrices[:, 0] * matrices[:, 3] - matrices[:, 1] * matrices[:, 2])
    placed[:, :, 4] = segments[None, :, 4] * mirrored[:, None]
    return placed


def arc_segments(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Arcs (n, 5) of cx, cy, r, start, end in degrees as segments of at most half a turn, and the arc of each."""
    cx, cy, radius, start, end = rows.T
    sweep = end - start
    halves = np.where(sweep > 180 + 1e-9, 2, 1)
    owner = np.repeat(np.arange(len(rows)), halves)
    place = np.arange(len(owner)) - np.repeat(np.cumsum(halves) - halves, halves)
    step = (sweep / halves)[owner]
    first = np.radians(start[owner] + place * step)
    last = np.radians(start[owner] + (place + 1) * step)
    # A full circle must end exactly where it began, whatever the sine says.
    last = np.where((place == 1) & (sweep[owner] == 360), np.radians(start[owner]), last)
    x, y, r = cx[owner], cy[owner], radius[owner]
    ends = (x + r * np.cos(first), y + r * np.sin(first), x + r * np.cos(last), y + r * np.sin(last))
    return np.column_stack((*ends, np.tan(np.radians(step) / 4))), owner


def circle_conics(rows: np.ndarray) -> np.ndarray:
    cx, cy, radius, start, end = rows.T
    zero = np.zeros_like(radius)
    return np.column_stack((cx, cy, radius, zero, zero, radius, np.radians(start), np.radians(end)))


def bulge_conics(segments: np.ndarray) -> np.ndarray:
    cx, cy, radius = arcs.centres(segments)
    zero = np.zeros_like(radius)
    start = np.arctan2(segments[:, 1] - cy, segments[:, 0] - cx)
    sweep = 4 * np.arctan(segments[:, 4])
    return np.column_stack((cx, cy, radius, zero, zero, radius, start, start + sweep))


def path_segments(vertices: np.ndarray, paths: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Segments of polylines; `paths` rows are vertex count, closed, pen. Also the path of each segment."""
    counts, closed = paths[:, 0], paths[:, 1].astype(bool)
    ends = np.cumsum(counts)
    following = np.arange(1, len(vertices) + 1)
    following[ends - 1] = ends - counts
    keep = np.ones(len(vertices), dtype=bool)
    keep[ends[~closed] - 1] = False
    owner = np.repeat(np.arange(len(paths)), counts)
    segments = np.column_stack((vertices[:, :2], vertices[following, :2], vertices[:, 2])) if len(vertices) else None
    if segments is None:
        return np.empty((0, 5)), np.empty(0, dtype=np.int64)
    return segments[keep], owner[keep]
