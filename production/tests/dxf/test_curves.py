"""Every kind of curve against closed forms, or against points computed the slow way."""

import math

import numpy as np
import pytest
from ezdxf.math import BSpline, ellipse

from production.dxf import arcs
from production.tests.dxf.drawings import dxf, line, measured, measured_text, new, tags

EXACT = 1e-7
FITTED = 2e-5


def perimeter(a, b):
    """Of an ellipse, by summing fine chords."""
    t = np.linspace(0, 2 * math.pi, 200_001)
    return float(np.hypot(*np.diff(np.array([a * np.cos(t), b * np.sin(t)]))).sum())


def test_circle_and_arc(tmp_path):
    document, space = new()
    space.add_circle((50, 50), 10)
    space.add_arc((100, 50), 10, 0, 180)
    space.add_line((90, 50), (110, 50))
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(20 * math.pi + 10 * math.pi + 20, rel=EXACT)
    assert figures.net_area_mm2 == pytest.approx(100 * math.pi + 50 * math.pi, rel=EXACT)
    assert (figures.x_min_mm, figures.y_min_mm) == pytest.approx((40, 40))
    assert (figures.width_mm, figures.height_mm) == pytest.approx((70, 20))


def test_an_ellipse_that_is_a_circle_is_one(tmp_path):
    document, space = new()
    space.add_circle((50, 50), 10)
    space.add_ellipse((50, 50), (0, 10), 1.0)  # drawn again so
    space.add_ellipse((100, 50), (10, 0), 1.0, 0, math.pi, dxfattribs={"extrusion": (0, 0, -1)})
    space.add_line((90, 50), (110, 50))
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(20 * math.pi + 10 * math.pi + 20, rel=EXACT)
    assert figures.net_area_mm2 == pytest.approx(150 * math.pi, rel=EXACT)
    assert figures.defect_counts == {"duplicate": 1}


@pytest.mark.parametrize(("start", "end", "sweep"), [(350, 10, 20), (0, 360, 360), (-90, 90, 180), (10, 9, 359)])
def test_angles_of_arcs(start, end, sweep, tmp_path):
    arc = tags((0, "ARC"), (8, "0"), (10, 0), (20, 0), (40, 100), (50, start), (51, end))
    figures = measured_text(dxf(arc), tmp_path)
    assert figures.cut_length_mm == pytest.approx(math.radians(sweep) * 100, rel=EXACT)
    assert figures.closed_contours == (sweep == 360)


def test_bulges_of_both_polylines(tmp_path):
    slot = [(20, 20, 0), (40, 20, 1), (40, 30, 0), (20, 30, 1)]
    for old in (False, True):
        document, space = new()
        if old:
            space.add_polyline2d(slot, format="xyb", close=True)
        else:
            space.add_lwpolyline(slot, format="xyb", close=True)
        figures = measured(document, tmp_path)
        assert figures.cut_length_mm == pytest.approx(40 + 10 * math.pi, rel=EXACT)
        assert figures.net_area_mm2 == pytest.approx(200 + 25 * math.pi, rel=EXACT)
        assert figures.width_mm == pytest.approx(30)


def test_bulge_beyond_half_a_turn_and_to_the_right(tmp_path):
    document, space = new()
    space.add_lwpolyline([(0, 0, math.tan(math.radians(270) / 4)), (10, 0, 0)], format="xyb", close=True)
    space.add_lwpolyline([(50, 0, -0.5), (60, 0, -0.5)], format="xyb", close=True)
    figures = measured(document, tmp_path)
    radius = 10 / math.sqrt(2)
    lens = 2 * 10 * (1 + 0.25) * math.atan(0.5) / 0.5
    assert figures.cut_length_mm == pytest.approx(radius * math.radians(270) + 10 + lens, rel=EXACT)
    assert figures.parts[0]["gross_area_mm2"] == pytest.approx(0.75 * math.pi * radius**2 + 25, rel=EXACT)


def test_mesh_and_space_polylines(tmp_path):
    document, space = new()
    space.add_polyline3d([(0, 0, 5), (30, 0, 5), (30, 40, 9)], close=True)
    space.add_polymesh((3, 3))
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(120)
    assert "3D mesh" in figures.warnings[-1]["text"]


def test_control_points_of_a_fitted_polyline_are_not_cut(tmp_path):
    def vertex(x, y, flags):
        return tags((0, "VERTEX"), (8, "0"), (10, x), (20, y), (70, flags))

    frame = vertex(0, 50, 16) + vertex(99, 50, 16)
    curve = vertex(0, 0, 8) + vertex(10, 10, 8) + vertex(20, 0, 8)
    text = tags((0, "POLYLINE"), (8, "0"), (66, 1), (70, 4)) + frame + curve + tags((0, "SEQEND"))
    assert measured_text(dxf(text), tmp_path).cut_length_mm == pytest.approx(2 * math.hypot(10, 10))


@pytest.mark.parametrize("turn", [0, 30, 90, 211])
def test_ellipse(turn, tmp_path):
    document, space = new()
    angle = math.radians(turn)
    space.add_ellipse((5, 7), (40 * math.cos(angle), 40 * math.sin(angle)), 0.5)
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(perimeter(40, 20), rel=FITTED)
    assert figures.net_area_mm2 == pytest.approx(math.pi * 800, rel=FITTED)
    assert figures.width_mm == pytest.approx(2 * math.hypot(40 * math.cos(angle), 20 * math.sin(angle)), abs=0.005)


def test_part_of_an_ellipse_and_a_mirrored_one(tmp_path):
    document, space = new()
    space.add_ellipse((0, 0), (40, 0), 0.5, 0, math.pi)
    space.add_line((-40, 0), (40, 0))
    space.add_ellipse((200, 0), (40, 0), 0.5, 0, math.pi, dxfattribs={"extrusion": (0, 0, -1)})
    figures = measured(document, tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (1, 1)
    assert figures.y_min_mm == pytest.approx(-20, abs=0.005)  # the mirrored half hangs down
    assert figures.cut_length_mm == pytest.approx(80 + perimeter(40, 20), rel=FITTED)


def dense_length(spline: BSpline) -> float:
    points = np.array([(p.x, p.y) for p in spline.points(np.linspace(0, spline.max_t, 20_001))])
    return float(np.hypot(*np.diff(points, axis=0).T).sum())


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(4))
def test_splines_of_every_degree(degree, seed, tmp_path):
    random = np.random.default_rng(seed)
    points = np.cumsum(random.random((degree + 1 + 3 * seed, 2)) * 20, axis=0)
    weights = (0.5 + random.random(len(points))).tolist() if seed % 2 else None
    spline = BSpline([(x, y, 0) for x, y in points], order=degree + 1, weights=weights)
    document, space = new()
    space.add_spline().apply_construction_tool(spline)
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(dense_length(spline), rel=FITTED)
    assert figures.open_chains == 1


def test_rational_spline_is_a_circle(tmp_path):
    document, space = new()
    w = math.sqrt(0.5)
    points = [(10, 0), (10, 10), (0, 10), (-10, 10), (-10, 0), (-10, -10), (0, -10), (10, -10), (10, 0)]
    space.add_rational_spline(points, [1, w, 1, w, 1, w, 1, w, 1], degree=2, knots=[0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 4])
    figures = measured(document, tmp_path)
    assert figures.closed_contours == 1
    assert figures.cut_length_mm == pytest.approx(20 * math.pi, rel=FITTED)
    assert figures.net_area_mm2 == pytest.approx(100 * math.pi, rel=FITTED)
    assert figures.width_mm == pytest.approx(20, abs=0.002)


def test_unclamped_periodic_spline_closes(tmp_path):
    corners = [(0, 0), (40, 0), (40, 40), (0, 40)]
    points = [*corners, *corners[:3]]
    pairs = [(40, k) for k in range(11)] + [(c, v) for x, y in points for c, v in ((10, x), (20, y))]
    figures = measured_text(dxf(tags((0, "SPLINE"), (8, "0"), (70, 11), (71, 3), *pairs)), tmp_path)
    assert figures.closed_contours == 1
    assert figures.width_mm < 40


def test_spline_with_fit_points_only(tmp_path):
    points = [(0, 0), (10, 5), (20, 0), (30, -5)]
    pairs = [(c, v) for x, y in points for c, v in ((11, x), (21, y))]
    figures = measured_text(dxf(tags((0, "SPLINE"), (8, "0"), (71, 3), *pairs)), tmp_path)
    assert figures.width_mm == pytest.approx(30, abs=0.01)
    assert figures.cut_length_mm > 3 * math.hypot(10, 5)


def test_spline_with_a_cusp_is_one_curve(tmp_path):
    points = [(0, 0), (100, 100), (0, 100), (100, 0)]
    spline = BSpline([(x, y, 0) for x, y in points])
    document, space = new()
    space.add_spline().apply_construction_tool(spline)
    figures = measured(document, tmp_path)
    assert (figures.closed_contours, figures.open_chains) == (0, 1)
    assert figures.cut_length_mm == pytest.approx(dense_length(spline), rel=1e-4)


def test_mirrored_planes(tmp_path):
    document, space = new()
    space.add_lwpolyline([(0, 0), (100, 0), (100, 60), (0, 60)], close=True)
    back = {"extrusion": (0, 0, -1)}
    space.add_circle((-15, 15), 5, dxfattribs=back)
    space.add_arc((-50, 30), 10, 0, 180, dxfattribs=back)
    space.add_line((40, 30), (60, 30))
    space.add_lwpolyline([(-80, 10), (-90, 10, 0, 0, 1), (-90, 20)], close=True, dxfattribs=back)
    figures = measured(document, tmp_path)
    assert (figures.width_mm, figures.x_min_mm) == pytest.approx((100, 0))
    assert (figures.closed_contours, figures.outer_contours) == (4, 1)
    assert figures.parts[0]["holes"] == 3


def test_points_of_splines_agree_with_another_implementation():
    """The arcs lie on the curve everywhere, not only in length."""
    spline = BSpline([(0, 0, 0), (30, 60, 0), (60, -60, 0), (90, 40, 0), (120, 0, 0)])
    from production.dxf.fitting import fit_splines

    points = np.array([[(p.x, p.y) for p in spline.control_points]])
    segments, _ = fit_splines(3, np.array([spline.knots()]), points, np.ones((1, 5)))
    dense = np.array([(p.x, p.y) for p in spline.points(np.linspace(0, spline.max_t, 100_001))])
    chords, _ = arcs.flatten(segments, 1e-4)
    off = [np.hypot(*(dense - chord).T).min() for chord in chords[::7]]
    assert max(off) < 0.004


def test_segments_of_an_ellipse_meet_and_are_tangent():
    conic = ellipse.ConstructionEllipse((0, 0), (40, 0), ratio=0.4)
    from production.dxf.fitting import fit_conics

    segments, _ = fit_conics(np.array([[0, 0, 40, 0, 0, 16, 0, math.tau]]))
    assert np.abs(segments[1:, :2] - segments[:-1, 2:4]).max() < 1e-9
    assert len(segments) < 200
    assert conic.minor_axis.magnitude == pytest.approx(16)


def test_a_line_from_far_away_keeps_its_digits(tmp_path):
    far = 5_000_000
    text = line(far, far, far + 100, far) + line(far + 100, far, far, far + 60) + line(far, far + 60, far, far)
    figures = measured_text(dxf(text), tmp_path)
    assert figures.net_area_mm2 == pytest.approx(3000, rel=1e-9)
    assert figures.x_min_mm == far
