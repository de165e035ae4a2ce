"""Ends that meet, nearly meet, or meet too many others; what lies in what; what crosses."""

import math

import pytest

from production.tests.dxf.drawings import circle, codes, dxf, kinds, line, measured, measured_text, new, rectangle


def defects(figures, kind):
    return [defect for defect in figures.defects if defect["kind"] == kind]


@pytest.mark.parametrize("gap", [0.001, 0.0202, 0.049])
def test_small_gaps_are_welded(gap, tmp_path):
    text = line(0, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 0, 60) + line(0, 60, 0, gap)
    figures = measured_text(dxf(text), tmp_path)
    assert (figures.closed_contours, figures.open_chains, figures.defects) == (1, 0, [])
    assert figures.cut_length_mm == pytest.approx(320 - gap)
    assert figures.net_area_mm2 == pytest.approx(6000)


def test_a_gap_is_reported_with_size_and_place(tmp_path):
    text = line(0, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 0, 60) + line(0, 60, 0, 0.3)
    figures = measured_text(dxf(text + circle(50, 30, 10)), tmp_path)
    assert (figures.closed_contours, figures.open_chains, figures.pierces) == (1, 1, 2)
    (gap,) = defects(figures, "gap")
    assert gap["size_mm"] == pytest.approx(0.3)
    assert (gap["x_mm"], gap["y_mm"]) == pytest.approx((0, 0.15))
    assert "0.3 mm" in gap["text"]
    assert figures.outer_contours == 1  # what it should enclose is clear, so the hole is a hole
    assert figures.net_area_mm2 == pytest.approx(6000 - 100 * math.pi, rel=1e-4)
    assert codes(figures) == {"open-contours"}


def test_wide_open_contours_are_reported_at_both_ends(tmp_path):
    figures = measured_text(dxf(line(0, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 0, 60)), tmp_path)
    assert {(defect["x_mm"], defect["y_mm"]) for defect in defects(figures, "open")} == {(0, 0), (0, 60)}
    assert (figures.closed_contours, figures.open_chains, figures.net_area_mm2) == (0, 1, 0)


def test_gaps_between_two_pieces(tmp_path):
    text = line(0, 0, 100, 0) + line(100.4, 0, 100, 60)
    figures = measured_text(dxf(text), tmp_path)
    assert figures.open_chains == 2
    assert defects(figures, "gap")[0]["size_mm"] == pytest.approx(0.4)


def test_a_short_line_is_not_closed_to_a_ring(tmp_path):
    figures = measured_text(dxf(line(0, 0, 0.04, 0) + circle(50, 0, 9)), tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (1, 1)


def test_zero_lengths_are_left_out_and_reported(tmp_path):
    text = rectangle(0, 0, 100, 60) + line(5, 5, 5, 5) + circle(9, 9, 0) + line(70, 0, 70, 1e-7)
    figures = measured_text(dxf(text), tmp_path)
    assert (figures.pierces, figures.cut_length_mm) == (1, 320)
    assert kinds(figures) == {"zero-length": 3}
    assert {(d["x_mm"], d["y_mm"]) for d in figures.defects} == {(5, 5), (9, 9), (70, 0)}


def test_one_contour_of_hundreds_of_lines_in_any_direction(tmp_path):
    points = [(100 * math.cos(i / 200 * math.tau), 60 * math.sin(i / 200 * math.tau)) for i in range(200)]
    ends = list(zip(points, [*points[1:], points[0]], strict=True))
    text = "".join(line(*(a + b if i % 3 else b + a)) for i, (a, b) in enumerate(ends[::7] + ends))
    figures = measured_text(dxf(text), tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (1, 0)
    assert len(figures.contours[0]["segments"]) == 200


def test_outlines_that_cross_take_no_more_than_their_rectangle(tmp_path):
    figures = measured_text(dxf(rectangle(0, 0, 100, 60) + rectangle(1, 1, 101, 61)), tmp_path)
    assert figures.gross_area_mm2 == pytest.approx(101 * 61)


def test_nesting_to_any_depth(tmp_path):
    text = "".join(rectangle(5 * i, 5 * i, 200 - 5 * i, 200 - 5 * i) for i in range(5))
    figures = measured_text(dxf(text), tmp_path)
    sides = [200 - 10 * i for i in range(5)]
    assert figures.net_area_mm2 == pytest.approx(sum((-1) ** i * side**2 for i, side in enumerate(sides)))
    assert figures.gross_area_mm2 == pytest.approx(200**2)  # what lies in a hole takes no more of the sheet
    areas = sorted((part["gross_area_mm2"] for part in figures.parts), reverse=True)
    assert areas == pytest.approx([side**2 for side in sides[::2]])
    assert sorted(contour["depth"] for contour in figures.contours) == [0, 1, 2, 3, 4]
    assert [part["holes"] for part in sorted(figures.parts, key=lambda part: -part["gross_area_mm2"])] == [1, 1, 0]


def test_parts_have_their_own_figures(tmp_path):
    text = rectangle(0, 0, 100, 60) + circle(50, 30, 10) + rectangle(120, 0, 170, 60) + circle(130, 10, 3)
    figures = measured_text(dxf(text + circle(160, 50, 3)), tmp_path)
    assert codes(figures) == {"several-parts"}
    small = min(figures.parts, key=lambda part: part["gross_area_mm2"])
    assert small["box"] == [120, 0, 170, 60]
    assert (small["width_mm"], small["height_mm"], small["holes"], small["pierces"]) == (50, 60, 2, 3)
    assert small["net_area_mm2"] == pytest.approx(3000 - 18 * math.pi)
    assert small["cut_length_mm"] == pytest.approx(220 + 12 * math.pi)
    assert figures.contours[small["contour"]]["length_mm"] == 220
    assert sum(part["net_area_mm2"] for part in figures.parts) == pytest.approx(figures.net_area_mm2)


def test_a_hole_that_touches_the_edge_is_still_a_hole(tmp_path):
    document, space = new()
    space.add_lwpolyline([(0, 0), (100, 0), (100, 60), (0, 60)], close=True)
    space.add_lwpolyline([(0, 0), (30, 10), (10, 30)], close=True)
    figures = measured(document, tmp_path)
    assert figures.outer_contours == 1


@pytest.mark.parametrize("clockwise", [False, True])
def test_contours_are_walked_counter_clockwise(clockwise, tmp_path):
    corners = [(0, 0), (100, 0), (100, 60), (0, 60)]
    document, space = new()
    space.add_lwpolyline(corners[::-1] if clockwise else corners, close=True)
    segments = measured(document, tmp_path).contours[0]["segments"]
    area = sum(x0 * y1 - x1 * y0 for x0, y0, x1, y1, _ in segments) / 2
    assert area == pytest.approx(6000)
    assert all(a[2:4] == b[:2] for a, b in zip(segments, [*segments[1:], segments[0]], strict=True))


def test_a_bow_tie_crosses_itself_and_has_an_even_odd_area(tmp_path):
    document, space = new()
    space.add_lwpolyline([(0, 0), (100, 60), (100, 0), (0, 60)], close=True)
    figures = measured(document, tmp_path)
    (flaw,) = defects(figures, "self-intersection")
    assert (flaw["x_mm"], flaw["y_mm"]) == pytest.approx((50, 30))
    assert figures.net_area_mm2 == pytest.approx(3000)


def test_a_loop_covered_twice_is_outside_by_the_even_odd_rule(tmp_path):
    document, space = new()
    outer = [(0, 0), (90, 0), (90, 90), (0, 90), (0, 0), (30, 30), (60, 30), (60, 60), (30, 60), (30, 30)]
    space.add_lwpolyline(outer, close=True)
    figures = measured(document, tmp_path)
    assert kinds(figures)["self-intersection"] == 1
    assert figures.net_area_mm2 == pytest.approx(8100 - 900, rel=1e-3)


@pytest.mark.parametrize(
    "text",
    [
        rectangle(0, 0, 100, 60) + circle(95, 30, 10),
        rectangle(0, 0, 100, 60) + circle(40, 30, 10) + circle(50, 30, 10),
        rectangle(0, 0, 100, 60) + rectangle(80, 40, 150, 90),
    ],
    ids=["edge", "holes", "parts"],
)
def test_contours_that_cross_each_other(text, tmp_path):
    assert len(defects(measured_text(dxf(text), tmp_path), "crossing")) == 1


def test_squares_that_touch_at_a_corner_are_two(tmp_path):
    figures = measured_text(dxf(rectangle(0, 0, 50, 50) + rectangle(50, 50, 80, 80)), tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (2, 0)
    assert figures.net_area_mm2 == pytest.approx(2500 + 900)
    assert defects(figures, "branch")[0]["size_mm"] == 4


def test_a_hole_that_touches_its_contour_at_a_corner(tmp_path):
    text = rectangle(0, 0, 50, 50) + line(0, 0, 20, 5) + line(20, 5, 5, 20) + line(5, 20, 0, 0)
    figures = measured_text(dxf(text), tmp_path)
    assert (figures.closed_contours, figures.outer_contours) == (2, 1)


def test_tails_are_open_chains(tmp_path):
    figures = measured_text(dxf(rectangle(0, 0, 50, 50) + line(50, 50, 60, 60) + line(60, 60, 70, 60)), tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (1, 1)


def test_a_divided_plate_is_two_parts(tmp_path):
    text = rectangle(0, 0, 100, 60) + line(0, 0, 100, 60)
    figures = measured_text(dxf(text), tmp_path)
    assert (figures.closed_contours, figures.outer_contours, figures.open_chains) == (2, 2, 0)
    assert figures.cut_length_mm == pytest.approx(320 + math.hypot(100, 60))
    assert figures.net_area_mm2 == pytest.approx(6000)


def test_a_dumbbell_has_two_faces_and_a_bridge(tmp_path):
    text = rectangle(0, 0, 20, 20) + line(20, 20, 40, 20) + rectangle(40, 20, 60, 40)
    figures = measured_text(dxf(text), tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (2, 1)
    assert figures.net_area_mm2 == pytest.approx(800)


def test_tangent_arcs_meeting_at_a_branch_are_told_apart(tmp_path):
    document, space = new()
    space.add_line((0, 0), (50, 0))
    space.add_arc((50, 10), 10, 270, 90)
    space.add_line((50, 20), (0, 20))
    space.add_line((0, 20), (0, 0))
    space.add_line((50, 0), (80, 0))
    space.add_line((80, 0), (80, 20))
    space.add_line((80, 20), (50, 20))
    figures = measured(document, tmp_path)
    assert figures.closed_contours == 2
    areas = sorted(part["gross_area_mm2"] for part in figures.parts)
    assert areas == pytest.approx([600 - 50 * math.pi, 1000 + 50 * math.pi])
