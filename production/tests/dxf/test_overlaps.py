"""Lines drawn twice, whole or in part, are cut and paid for once."""

import math

import pytest

from production.tests.dxf.drawings import (
    HOLES,
    PLATE_AREA,
    PLATE_LENGTH,
    circle,
    dxf,
    kinds,
    line,
    measured,
    measured_text,
    new,
    plate_text,
    rectangle,
    tags,
)


def arc(x, y, radius, start, end):
    return tags((0, "ARC"), (8, "0"), (10, x), (20, y), (40, radius), (50, start), (51, end))


def is_one_plate(figures):
    assert figures.cut_length_mm == pytest.approx(PLATE_LENGTH, rel=1e-7)
    assert figures.net_area_mm2 == pytest.approx(PLATE_AREA, rel=1e-7)
    assert (figures.closed_contours, figures.open_chains, figures.outer_contours) == (5, 0, 1)


@pytest.mark.parametrize("shift", [0, 1e-9, 0.001, 0.002])
def test_exact_duplicates(shift, tmp_path):
    again = rectangle(shift, shift, 100 + shift, 60) + circle(15 + shift, 15, 5)
    figures = measured_text(dxf(plate_text() + again), tmp_path)
    assert figures.cut_length_mm == pytest.approx(PLATE_LENGTH, abs=4 * shift + 1e-6)
    assert (figures.closed_contours, figures.outer_contours) == (5, 1)
    assert kinds(figures) == {"duplicate": 5}
    assert sum(mark["role"] == "duplicate" for mark in figures.marks) == 5


def test_reversed_duplicates(tmp_path):
    figures = measured_text(dxf(plate_text() + line(100, 0, 0, 0) + line(0, 0, 0, 60)), tmp_path)
    is_one_plate(figures)
    assert kinds(figures) == {"duplicate": 2}


@pytest.mark.parametrize(
    "again",
    [
        line(20, 0, 70, 0),
        line(70, 0, 20, 0) + line(60, 0, 90, 0),
        line(0, 0, 30, 0) + line(30, 0, 100, 0),
        arc(15, 15, 5, 20, 140),
        arc(15, 15, 5, 300, 80) + arc(15, 15, 5, 60, 310),
    ],
)
def test_parts_of_lines_and_arcs(again, tmp_path):
    figures = measured_text(dxf(plate_text() + again), tmp_path)
    is_one_plate(figures)
    assert set(kinds(figures)) <= {"duplicate", "overlap"}


def test_lines_longer_than_their_contour_leave_tails(tmp_path):
    text = rectangle(0, 0, 100, 60) + line(-20, 0, 120, 0)
    figures = measured_text(dxf(text), tmp_path)
    assert figures.cut_length_mm == pytest.approx(320 + 40)
    assert (figures.closed_contours, figures.open_chains) == (1, 2)
    assert figures.net_area_mm2 == pytest.approx(6000)


def test_a_polyline_drawn_twice_with_other_corners(tmp_path):
    document, space = new()
    space.add_lwpolyline([(0, 0), (100, 0), (100, 60), (0, 60)], close=True)
    space.add_lwpolyline([(100, 60), (100, 30), (100, 0), (50, 0), (0, 0), (0, 60)], close=True)
    for x, y in HOLES:
        space.add_circle((x, y), 5)
    figures = measured(document, tmp_path)
    is_one_plate(figures)
    assert kinds(figures) == {"duplicate": 1}


def test_lines_over_a_polyline(tmp_path):
    document, space = new()
    space.add_line((0, 0), (100, 0))
    space.add_lwpolyline([(0, 0), (100, 0), (100, 60), (0, 60)], close=True)
    figures = measured(document, tmp_path)
    assert (figures.closed_contours, figures.cut_length_mm) == (1, 320)


@pytest.mark.parametrize("exploded", [False, True])
def test_parts_that_share_a_line_stay_two_parts(exploded, tmp_path):
    first, second = [(0, 0), (50, 0), (50, 40), (0, 40)], [(50, 0), (90, 0), (90, 40), (50, 40)]
    document, space = new()
    for corners in (first, second):
        if exploded:
            for a, b in zip(corners, [*corners[1:], corners[0]], strict=True):
                space.add_line(a, b)
        else:
            space.add_lwpolyline(corners, close=True)
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(180 + 160 - 40)
    assert (figures.closed_contours, figures.outer_contours) == (2, 2)
    assert sorted(part["gross_area_mm2"] for part in figures.parts) == pytest.approx([1600, 2000])
    assert figures.net_area_mm2 == pytest.approx(3600)


def test_parts_that_share_part_of_a_line(tmp_path):
    figures = measured_text(dxf(rectangle(0, 0, 50, 40) + rectangle(50, 20, 90, 70)), tmp_path)
    assert figures.cut_length_mm == pytest.approx(180 + 180 - 20)
    assert figures.closed_contours == 2
    assert figures.net_area_mm2 == pytest.approx(2000 + 2000)


def test_the_middle_of_nine_squares_is_no_duplicate(tmp_path):
    document, space = new()
    for x in range(3):
        for y in range(3):
            space.add_lwpolyline([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], close=True)
    figures = measured(document, tmp_path, unit="cm")
    assert figures.closed_contours == 9
    assert figures.cut_length_mm == pytest.approx(240)


def test_splines_and_ellipses_drawn_twice(tmp_path):
    document, space = new()
    points = [(0, 0), (10, 30), (40, -20), (60, 10)]
    for _ in range(2):
        space.add_open_spline(points)
        space.add_ellipse((100, 0), (20, 5), 0.4)
    space.add_open_spline(points[::-1])
    once, once_space = new()
    once_space.add_open_spline(points)
    once_space.add_ellipse((100, 0), (20, 5), 0.4)
    expected = measured(once, tmp_path)
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(expected.cut_length_mm, rel=1e-6)
    assert (figures.closed_contours, figures.open_chains) == (1, 1)
    assert kinds(figures)["duplicate"] == 3


def test_close_neighbours_are_not_duplicates(tmp_path):
    text = circle(0, 0, 10) + circle(0, 0, 10.05) + line(20, 0, 40, 0) + line(20, 0.05, 40, 0.05)
    figures = measured_text(dxf(text), tmp_path)
    assert figures.cut_length_mm == pytest.approx(2 * math.pi * 20.05 + 40)
    assert "duplicate" not in kinds(figures)


def test_the_same_arc_on_both_sides_of_a_lens(tmp_path):
    """Two arcs with the same ends but bent apart are no duplicates."""
    document, space = new()
    space.add_lwpolyline([(0, 0, 0.3), (50, 0, 0.3)], format="xyb", close=True)
    figures = measured(document, tmp_path)
    assert figures.defects == []
    assert figures.closed_contours == 1


def test_many_lines_on_each_other_end_quickly(tmp_path):
    text = "".join(line(0, 0, 1 + x / 100, 0) for x in range(2000))
    figures = measured_text(dxf(text), tmp_path)
    assert figures.cut_length_mm == pytest.approx(1 + 19.99)
    assert figures.open_chains == 1


@pytest.mark.parametrize("first", [0, 1])
def test_a_spline_drawn_over_a_circle(first, tmp_path):
    """Exactly a circle, but of other arcs."""
    document, space = new()
    drawn = [
        lambda: space.add_circle((0, 0), 20),
        lambda: space.add_rational_spline(
            [(20, 0), (20, 20), (0, 20), (-20, 20), (-20, 0), (-20, -20), (0, -20), (20, -20), (20, 0)],
            [1, math.sqrt(0.5)] * 4 + [1],
            degree=2,
            knots=[0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4],
        ),
    ]
    drawn[first]()
    drawn[1 - first]()
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(math.tau * 20, rel=1e-5)
    assert (figures.closed_contours, figures.outer_contours, kinds(figures)) == (1, 1, {"duplicate": 1})
    assert figures.net_area_mm2 == pytest.approx(math.pi * 400, rel=3e-5)


def test_half_an_ellipse_over_the_whole_one(tmp_path):
    document, space = new()
    space.add_ellipse((0, 0), (20, 0), 0.5)
    space.add_ellipse((0, 0), (20, 0), 0.5, 0.3, 0.3 + math.pi)
    space.add_ellipse((0, 0.1), (20, 0), 0.5, 0.3, 0.3 + math.pi)  # this one lies beside them
    figures = measured(document, tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (1, 1)
    assert figures.cut_length_mm == pytest.approx(1.5 * 96.884482, rel=1e-5)


def test_a_contour_walked_twice_encloses_what_it_does_once(tmp_path):
    document, space = new()
    space.add_lwpolyline(2 * [(0, 0), (100, 0), (100, 60), (0, 60)], close=True)
    figures = measured(document, tmp_path)
    assert (figures.cut_length_mm, figures.net_area_mm2, figures.closed_contours) == pytest.approx((320, 6000, 1))
    assert "overlap" in kinds(figures)
