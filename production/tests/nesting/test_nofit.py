"""No-fit polygons against shapely: inside them shapes overlap, outside they do not."""

import numpy as np
import pyclipper
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.affinity import translate
from shapely.geometry import Point, Polygon

from production.nesting.convolving import winding
from production.nesting.nofit import Shapes, inside, nofit
from production.nesting.pairs import tiles
from production.nesting.pallets import Pallet, best
from production.nesting.problem import read
from production.tests.nesting.problems import BRACKET, part, problem, sheet

NEAR = 3  # units: as near to the line it is not said on which side a place lies


@st.composite
def stars(draw, most=9):
    """Rings around a centre: simple, with bays."""
    count = draw(st.integers(3, most))
    reach = draw(st.lists(st.integers(150, 1000), min_size=count, max_size=count))
    turn = draw(st.floats(0, 6))
    angles = turn + np.arange(count) * 2 * np.pi / count
    points = np.round(np.array(reach)[:, None] * np.stack((np.cos(angles), np.sin(angles)), axis=1)).astype(int)
    return [tuple(point) for point in points.tolist()]


@settings(max_examples=40, deadline=None)
@given(
    stars(), stars(), st.lists(st.tuples(st.integers(-2100, 2100), st.integers(-2100, 2100)), min_size=12, max_size=12)
)
def test_a_place_is_in_the_no_fit_polygon_when_the_shapes_overlap_there(a, b, places):
    if not (Polygon(a).is_valid and Polygon(b).is_valid and Polygon(a).area > 1e4 and Polygon(b).area > 1e4):
        return
    a = a if pyclipper.Orientation(a) else a[::-1]
    b = b if pyclipper.Orientation(b) else b[::-1]
    outline, *pockets = nofit([a], [b])
    blocked = Polygon(outline, pockets)
    for place in places:
        if blocked.boundary.distance(Point(place)) > NEAR:
            overlap = translate(Polygon(b), *place).intersection(Polygon(a)).area
            assert blocked.contains(Point(place)) == (overlap > 0)


@settings(max_examples=30, deadline=None)
@given(stars(), stars(5), st.lists(st.tuples(st.integers(-900, 900), st.integers(-900, 900)), min_size=12, max_size=12))
def test_a_place_in_a_hole_is_free_when_the_shape_lies_within_it(room, b, places):
    b = [(round(x / 4), round(y / 4)) for x, y in b]
    if not (Polygon(room).is_valid and Polygon(b).is_valid and Polygon(room).area > 1e4 and Polygon(b).area > 1e3):
        return
    b = b if pyclipper.Orientation(b) else b[::-1]
    free = [Polygon(path) for path in inside(room, b)]
    for place in places:
        if all(path.boundary.distance(Point(place)) > NEAR for path in free):
            moved = translate(Polygon(b), *place)
            if abs(Polygon(room).boundary.distance(moved)) > NEAR:
                assert any(path.contains(Point(place)) for path in free) == Polygon(room).contains(moved)


def test_parallel_edges_close_the_curve():
    square = [(0, 0), (10, 0), (10, 10), (0, 10)]
    (path,) = winding(square, [(-x, -y) for x, y in square], pyclipper.PFT_POSITIVE)
    assert abs(pyclipper.Area(path)) == 400


def brackets(quantity=600):
    return read(problem([part("L", BRACKET, quantity)], [sheet(2450, 1225, 9)], gap=2, margin=6))


def test_two_brackets_lie_into_each_other():
    sizes = {(round(tile.width), round(tile.height), len(tile.spots)) for tile in tiles(Shapes(brackets()), 0)}
    assert sizes == {(122, 82, 2), (82, 122, 2), (80, 80, 1)}


def test_pairs_in_rows_of_both_ways_beat_rows_of_one():
    assert best(2440, 1215, [(82, 82, 1)]).worth[-1, -1] == 406
    assert best(2440, 1215, [(124, 84, 2)]).worth[-1, -1] == 532
    pallet = best(2440, 1215, [(124, 84, 2), (84, 124, 2)])
    assert pallet.worth[-1, -1] == 566
    assert len(pallet.places(len(pallet.xs) - 1)) == 283


def test_sides_of_many_digits_fit_as_often_as_short_ones():
    sides = [(240.120904, 168.094234, 2), (168.094234, 240.120904, 2)]
    shorter = [(240.1, 168.1, 2), (168.1, 240.1, 2)]
    assert Pallet(2485, 1235, sides).worth[-1, -1] == Pallet(2485, 1235, shorter).worth[-1, -1] == 146


def test_a_pallet_is_cut_off_where_enough_lie():
    pallet = Pallet(1000, 300, [(100, 100, 1)])
    assert pallet.xs[pallet.shortest(10)] == 400
    assert len(pallet.places(pallet.shortest(10))) == 12
