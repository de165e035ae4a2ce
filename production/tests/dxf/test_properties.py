"""Figures do not change when a drawing is moved, turned, mirrored, put into blocks, exploded, reversed or shuffled."""

import math
import random
import tempfile
from pathlib import Path

import pytest
from ezdxf import transform
from ezdxf.math import Matrix44
from hypothesis import given, settings
from hypothesis import strategies as st

from production.dxf import measure
from production.tests.dxf.drawings import new

coordinates = st.floats(-500, 500).map(lambda value: round(value, 3))
EXAMPLES = settings(max_examples=15, deadline=None, derandomize=True)


@st.composite
def parts(draw):
    """A list of shapes that do not touch: each in a cell of its own, some with holes, of all kinds of curves."""
    cells = draw(st.lists(st.sampled_from(range(9)), min_size=1, max_size=4, unique=True))
    kinds = st.sampled_from(["lines", "polyline", "bulges", "circle", "ellipse", "spline", "open"])
    return [(cell, draw(kinds), draw(st.floats(5, 40)), draw(st.booleans())) for cell in cells]


def draw_parts(space, shapes):
    for cell, kind, size, holed in shapes:
        x, y = 100 * (cell % 3), 100 * (cell // 3)
        _draw(space, kind, x, y, size)
        if holed and kind != "open":
            space.add_circle((x, y), size / 5)


def _draw(space, kind, x, y, size):
    corners = [(x - size, y - size), (x + size, y - size / 2), (x + size, y + size), (x - size / 2, y + size)]
    if kind == "lines":
        for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
            space.add_line(a, b)
    elif kind == "polyline":
        space.add_lwpolyline(corners, close=True)
    elif kind == "bulges":
        space.add_lwpolyline([(*corner, 0.2) for corner in corners], format="xyb", close=True)
    elif kind == "circle":
        space.add_circle((x, y), size)
    elif kind == "ellipse":
        space.add_ellipse((x, y), (size, size / 3), 0.6)
    elif kind == "spline":
        space.add_open_spline([corners[0], *corners, corners[0]])
    else:
        space.add_open_spline([*corners, (x, y)])


def figures(document):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "drawing.dxf"
        document.saveas(path)
        return measure(path, unit="mm")


def drawing(shapes):
    document, space = new()
    draw_parts(space, shapes)
    return document


def assert_same(one, other, scale=1.0, counts=True):
    near = {"rel": 5e-5, "abs": 1e-6}
    assert other.cut_length_mm == pytest.approx(one.cut_length_mm * scale, **near)
    assert other.net_area_mm2 == pytest.approx(one.net_area_mm2 * scale**2, **near)
    assert other.gross_area_mm2 == pytest.approx(one.gross_area_mm2 * scale**2, **near)
    if counts:
        names = ("closed_contours", "open_chains", "pierces", "outer_contours", "defect_counts")
        assert [getattr(other, name) for name in names] == [getattr(one, name) for name in names]


@EXAMPLES
@given(parts(), coordinates, coordinates, st.floats(0, 360), st.booleans())
def test_moved_turned_and_mirrored(shapes, x, y, degrees, mirrored):
    document = drawing(shapes)
    before = figures(document)
    matrix = Matrix44.z_rotate(math.radians(degrees)) @ Matrix44.translate(x, y, 0)
    transform.inplace(document.modelspace(), Matrix44.scale(-1 if mirrored else 1, 1, 1) @ matrix)
    assert_same(before, figures(document))


@EXAMPLES
@given(parts(), st.floats(0.3, 20))
def test_scaled(shapes, scale):
    document = drawing(shapes)
    before = figures(document)
    transform.inplace(document.modelspace(), Matrix44.scale(scale, scale, scale))
    assert_same(before, figures(document), scale)


@EXAMPLES
@given(parts(), st.floats(0, 360), st.booleans(), st.integers(1, 3))
def test_put_into_blocks(shapes, degrees, mirrored, depth):
    document, space = new()
    inner = document.blocks.new("B0")
    draw_parts(inner, shapes)
    for level in range(1, depth):
        document.blocks.new(f"B{level}").add_blockref(f"B{level - 1}", (3, 4), dxfattribs={"rotation": degrees})
    space.add_blockref(f"B{depth - 1}", (7, 9), dxfattribs={"xscale": -1 if mirrored else 1, "rotation": degrees})
    assert_same(figures(drawing(shapes)), figures(document))


@EXAMPLES
@given(parts(), st.randoms(use_true_random=False))
def test_exploded_reversed_and_shuffled(shapes, chance):
    document = drawing(shapes)
    before = figures(document)
    space = document.modelspace()
    for entity in list(space.query("LWPOLYLINE")):
        entity.explode()
    for entity in space.query("LINE"):
        if chance.random() < 0.5:
            entity.dxf.start, entity.dxf.end = entity.dxf.end, entity.dxf.start
    shuffled, other = new()
    entities = list(space)
    chance.shuffle(entities)
    for entity in entities:
        other.add_foreign_entity(entity.copy())
    assert_same(before, figures(shuffled))


@EXAMPLES
@given(parts(), st.randoms(use_true_random=False))
def test_on_other_layers_in_other_colours(shapes, chance):
    document = drawing(shapes)
    before = figures(document)
    for entity in document.modelspace():
        entity.dxf.layer, entity.dxf.color = chance.choice(["0", "47", "Top", "Kontur"]), chance.choice([1, 3, 256])
    after = figures(document)
    assert_same(before, after)
    assert sum(layer["count"] for layer in after.layers) == len(document.modelspace())


@EXAMPLES
@given(parts(), st.integers(0, 2**32))
def test_drawn_twice(shapes, seed):
    document = drawing(shapes)
    before = figures(document)
    space = document.modelspace()
    dice = random.Random(seed)
    again = [entity for entity in space if dice.random() < 0.7]
    for entity in again:
        space.add_entity(entity.copy())
    after = figures(document)
    assert_same(before, after, counts=False)
    assert (after.closed_contours, after.open_chains) == (before.closed_contours, before.open_chains)
    assert after.defect_counts.get("duplicate", 0) == len(again)


@EXAMPLES
@given(st.integers(3, 60), st.floats(1, 300), st.floats(0, 360))
def test_regular_polygons_in_closed_form(corners, radius, degrees):
    document, space = new()
    angles = [math.radians(degrees) + math.tau * i / corners for i in range(corners)]
    space.add_lwpolyline([(radius * math.cos(a), radius * math.sin(a)) for a in angles], close=True)
    measured = figures(document)
    assert measured.cut_length_mm == pytest.approx(2 * corners * radius * math.sin(math.pi / corners))
    assert measured.net_area_mm2 == pytest.approx(corners / 2 * radius**2 * math.sin(math.tau / corners))


@EXAMPLES
@given(parts())
def test_the_parts_add_up(shapes):
    measured = figures(drawing(shapes))
    assert measured.pierces == measured.closed_contours + measured.open_chains == len(measured.contours)
    assert sum(part["net_area_mm2"] for part in measured.parts) == pytest.approx(measured.net_area_mm2)
    assert sum(contour["length_mm"] for contour in measured.contours) == pytest.approx(measured.cut_length_mm)
    assert len(measured.parts) == measured.outer_contours
