"""Outlines of fewer points: they cover the part, and hardly more."""

import math
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, box

from production.nesting.covering import MORE_AREA, MOST_POINTS, OUTWARDS, simplified
from production.nesting.problem import unlike
from production.tests.nesting.test_nofit import stars


def rounded(width: float, height: float, radius: float) -> Polygon:
    """With ten points to a corner, as a drawing's arcs come."""
    return box(radius, radius, width - radius, height - radius).buffer(radius, quad_segs=10)


def test_a_rounded_plate_needs_two_or_three_points_a_corner_and_stays_flush():
    plate = rounded(228, 95, 3)
    found = simplified(plate)
    assert len(plate.exterior.coords) == 45
    assert len(found.exterior.coords) - 1 == 8
    assert found.bounds == plate.bounds
    assert found.buffer(1e-7).covers(plate)
    assert found.area < 1.0001 * plate.area


@settings(max_examples=60, deadline=None)
@given(stars(40), st.sampled_from((0.01, 0.1, 1.0)), st.just(0) | st.floats(1e-9, 30))
@example([(150.0, 0.0), (-75.0, 130.0), (-75.0, -130.0)], 0.01, 1e-9)
def test_it_covers_the_part_and_hardly_more(points, scale, radius):
    shape = Polygon([(x * scale, y * scale) for x, y in points]).buffer(0)
    if shape.geom_type != "Polygon" or shape.area < 1:
        return
    shape = shape.buffer(radius * scale, quad_segs=12)
    found = simplified(shape)
    assert found.is_valid
    assert found.buffer(1e-6).covers(shape)
    assert found.area <= (1 + MORE_AREA) * shape.area + 1e-6
    assert found.hausdorff_distance(shape) < 4 * OUTWARDS  # each cut at most half a millimetre, one after another
    assert len(found.exterior.coords) <= len(shape.exterior.coords)
    assert box(*shape.bounds).buffer(1e-6).covers(found)


def test_a_hole_gets_smaller_and_never_larger():
    plate = box(0, 0, 200, 200).difference(Point(100, 100).buffer(50, quad_segs=50))
    found = simplified(plate)
    (hole,) = found.interiors
    assert len(hole.coords) < 70
    assert Polygon(plate.interiors[0]).buffer(1e-7).covers(Polygon(hole))
    assert found.area < 1.001 * plate.area


@pytest.mark.parametrize("points", [5_000, 50_000])
def test_a_thousand_times_as_many_points_take_no_time(points):
    ring = [
        (
            (300 + 20 * math.sin(9 * angle)) * math.cos(angle),
            (300 + 20 * math.sin(9 * angle)) * math.sin(angle),
        )
        for angle in (2 * math.pi * number / points for number in range(points))
    ]
    began = time.process_time()
    found = simplified(Polygon(ring))
    assert time.process_time() - began < 10
    assert len(found.exterior.coords) < MOST_POINTS / 2


def test_only_angles_at_which_a_part_looks_different_are_tried():
    quarters, eighths = (0.0, 90.0, 180.0, 270.0), (0.0, 45.0, 90.0, 135.0, 180.0, 225.0, 270.0, 315.0)
    assert unlike(rounded(100, 100, 8), quarters) == (0.0,)
    assert unlike(rounded(100, 60, 8), quarters) == (0.0, 90.0)
    assert unlike(rounded(100, 60, 8), eighths) == (0.0, 45.0, 90.0, 135.0)
    assert unlike(Polygon([(0, 0), (90, 0), (90, 30), (30, 30), (30, 60), (0, 60)]), quarters) == quarters
    off_centre = box(0, 0, 100, 100).difference(box(10, 10, 60, 60))
    assert unlike(off_centre, quarters) == quarters
    assert unlike(box(0, 0, 100, 100), (180.0, 0.0)) == (180.0,)
