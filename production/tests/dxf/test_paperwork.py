"""Frames, title blocks and exploded dimensions are left out where nothing names them, and parts never are."""

import math

import ezdxf
import pytest

from production.dxf import measure
from production.tests.dxf.drawings import add_lines, codes, new, saved

PLATE = 320 + 40 * math.pi


def plate(space, x=0.0, y=0.0, w=100.0, h=60.0):
    add_lines(space, [(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
    for cx, cy in ((10, 10), (w - 10, 10), (w - 10, h - 10), (10, h - 10)):
        space.add_circle((x + cx, y + cy), 5)


def rectangle(space, x0, y0, x1, y1):
    space.add_lwpolyline([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], close=True)


def title_block(space, x1, y0, written=True):
    """Four fields in the lower right corner, hung on the frame."""
    space.add_line((x1 - 80, y0), (x1 - 80, y0 + 30))
    space.add_line((x1 - 80, y0 + 30), (x1, y0 + 30))
    space.add_line((x1 - 80, y0 + 10), (x1, y0 + 10))
    space.add_line((x1 - 80, y0 + 20), (x1, y0 + 20))
    space.add_line((x1 - 40, y0), (x1 - 40, y0 + 10))
    for row in range(3 if written else 0):
        space.add_text("Bracket", height=3).set_placement((x1 - 75, y0 + 10 * row + 3))


def is_the_plate(figures):
    assert figures.cut_length_mm == pytest.approx(PLATE)
    assert (figures.closed_contours, figures.open_chains, figures.outer_contours) == (5, 0, 1)
    assert (figures.width_mm, figures.height_mm) == pytest.approx((100, 60))
    return True


def exploded(document):
    for dimension in list(document.modelspace().query("DIMENSION")):
        dimension.explode()


@pytest.mark.parametrize("double", [False, True])
def test_a_frame_with_a_written_title_block(tmp_path, double):
    document, space = new()
    plate(space, 60, 100)
    rectangle(space, 0, 0, 297, 210)
    if double:
        rectangle(space, 10, 10, 287, 200)
    title_block(space, *((287, 10) if double else (297, 0)))
    figures = measure(saved(document, tmp_path))
    assert is_the_plate(figures)
    assert "paperwork" in codes(figures)
    left = [layer for layer in figures.layers if layer["role"] == "ignore"]
    assert left[0]["name"] == "0"
    assert left[0]["count"] == (7 if double else 6)


def test_a_layer_a_person_said_is_cut_is_cut(tmp_path):
    document, space = new()
    plate(space, 60, 100)
    rectangle(space, 0, 0, 297, 210)
    title_block(space, 297, 0)
    path = saved(document, tmp_path)
    said = measure(path, roles=[{"layer": "0", "role": "cut"}])
    assert (said.width_mm, said.height_mm) == pytest.approx((297, 210))
    assert "paperwork" not in codes(said)
    assert measure(path, cut_layers=["0"]).cut_length_mm == pytest.approx(said.cut_length_mm)


def test_a_frame_nobody_is_sure_of_is_said(tmp_path):
    document, space = new()
    plate(space, 60, 100)
    rectangle(space, 0, 0, 297, 210)
    title_block(space, 297, 0, written=False)
    path = saved(document, tmp_path)
    figures = measure(path)
    assert figures.width_mm == pytest.approx(297)
    assert figures.defect_counts["frame"] == 1
    assert next(d for d in figures.defects if d["kind"] == "frame")["size_mm"] == pytest.approx(297)
    assert is_the_plate(measure(path, bold=True))


def parts_that_look_like_frames():
    def plain(space):
        plate(space, w=297, h=210)
        space.add_text("297 x 210", height=5).set_placement((100, 100))

    def window(space):
        rectangle(space, 0, 0, 420, 297)
        rectangle(space, 10, 10, 410, 287)

    def slotted(space):
        plate(space, w=297, h=210)
        for row in range(3):
            rectangle(space, 200, 20 + 20 * row, 260, 30 + 20 * row)

    def side_by_side(space):
        """A common-line nest of labelled plates, each with its hole."""
        for x in range(0, 400, 100):
            space.add_line((x, 0), (x, 180))
        for y in range(0, 240, 60):
            space.add_line((0, y), (300, y))
        for row in range(3):
            for column in range(3):
                space.add_circle((100 * column + 50, 60 * row + 30), 10)
                space.add_text("A1", height=5).set_placement((100 * column + 10, 60 * row + 10))

    def cut_off_corner(space):
        """Small labelled plates in the corner of a large one with a window."""
        rectangle(space, 0, 0, 300, 200)
        title_block(space, 300, 0)
        for column in (0, 1):
            space.add_circle((300 - 60 + 40 * column, 5), 3)
        rectangle(space, 50, 100, 150, 150)

    return [plain, window, slotted, side_by_side, cut_off_corner]


@pytest.mark.parametrize("draw", parts_that_look_like_frames(), ids=lambda draw: draw.__name__)
def test_parts_keep_their_outline(tmp_path, draw):
    document, space = new()
    draw(space)
    path = saved(document, tmp_path)
    figures = measure(path)
    assert "paperwork" not in codes(figures)
    assert figures.cut_length_mm == pytest.approx(measure(path, cut_layers=["0"]).cut_length_mm)


@pytest.mark.parametrize("arrow", ["", "OPEN30", "DOT"])
def test_exploded_dimensions(tmp_path, arrow):
    document, space = new("R2010")
    plate(space)
    if arrow:
        ezdxf.ARROWS.create_block(document.blocks, arrow)
    override = {"dimblk": arrow, "dimasz": 3.0} if arrow else {}
    space.add_linear_dim(base=(0, -15), p1=(0, 0), p2=(100, 0), override=override).render()
    space.add_linear_dim(base=(120, 0), p1=(100, 0), p2=(100, 60), angle=90, override=override).render()
    space.add_linear_dim(base=(0, 75), p1=(10, 50), p2=(90, 50), override=override).render()
    exploded(document)
    figures = measure(saved(document, tmp_path))
    assert is_the_plate(figures)
    assert "Dimensions drawn as plain lines are not cut: 12 lines." in [w["text"] for w in figures.warnings]


def stroked(space, a, b, below):
    """A dimension as CAD programs without solids explode it: arrows of three strokes, and lines from what is measured,
    `below` the dimension line, to a little beyond it."""
    space.add_line(a, b)
    for (x, y), sign in ((a, 1), (b, -1)):
        add_lines(space, [(x, y), (x + sign * 3, y + 0.5), (x + sign * 3, y - 0.5)])
        space.add_line((x, y - below), (x, y + math.copysign(2, below)))


def test_exploded_dimensions_of_strokes(tmp_path):
    document, space = new()
    plate(space)
    stroked(space, (0, -15), (100, -15), -14)
    stroked(space, (0, 90), (100, 90), 30)  # its lines begin on corners of the part
    figures = measure(saved(document, tmp_path))
    assert is_the_plate(figures)


def test_lines_that_only_look_like_arrows_are_cut(tmp_path):
    document, space = new()
    plate(space)
    for side in (1, -1):  # a slit that forks at both ends
        space.add_line((30, 30), (34, 30 + side))
        space.add_line((70, 30), (66, 30 + side))
    space.add_line((30, 30), (70, 30))
    figures = measure(saved(document, tmp_path))
    assert figures.cut_length_mm == pytest.approx(PLATE + 40 + 4 * math.hypot(4, 1))


def test_blocks_that_cad_programs_make_are_not_cut(tmp_path):
    document, space = new()
    plate(space)
    for name in ("*D7", "*X3", "*T1"):
        document.blocks.new(name).add_line((0, 0), (500, 500))
        space.add_blockref(name, (0, 0))
    figures = measure(saved(document, tmp_path))
    assert is_the_plate(figures)
    assert {"text-ignored", "not-included"} <= codes(figures)
