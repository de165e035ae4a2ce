"""Hatches: fill in most drawings, outlines where a rule says so."""

import math

import numpy as np
import pytest

from production.dxf import arcs, measure
from production.tests.dxf.drawings import codes, measured, new

CUT_HATCHES = [{"layer": None, "color": None, "linetype": "hatch", "role": "cut"}]


def hatched():
    """A rectangle with lines around, and a hatch of each kind of edge beside it."""
    document, space = new()
    space.add_lwpolyline([(0, 0), (50, 0), (50, 50), (0, 50)], close=True)
    space.add_hatch().paths.add_polyline_path([(100, 0, 1), (120, 0, 0), (120, 30, 0), (100, 30, 0)])
    path = space.add_hatch().paths.add_edge_path()
    path.add_line((200, 0), (240, 0))
    path.add_arc((220, 0), 20, 0, 180)
    space.add_hatch().paths.add_edge_path().add_arc((300, 0), 10, 0, 360)
    space.add_hatch().paths.add_edge_path().add_arc((400, 0), 10, 90, 270, ccw=False)
    ring = space.add_hatch().paths.add_edge_path()
    ring.add_ellipse((500, 0), (20, 0), 0.5, 0, 360)
    space.add_hatch().paths.add_edge_path().add_spline(
        control_points=[(600, 0), (620, 30), (640, 0)], degree=2, knot_values=[0, 0, 0, 1, 1, 1]
    )
    return document


def test_they_are_left_out_and_said(tmp_path):
    figures = measured(hatched(), tmp_path)
    assert (figures.pierces, figures.cut_length_mm) == (1, 200)
    assert "not-included" in codes(figures)


def test_their_edges_are_curves_when_a_rule_says_so(tmp_path):
    figures = measured(hatched(), tmp_path, roles=CUT_HATCHES)
    assert (figures.closed_contours, figures.open_chains) == (5, 2)
    area = 2500 + 600 + math.pi * 50 + math.pi * 200 + math.pi * 100 + math.pi * 200
    assert figures.net_area_mm2 == pytest.approx(area, rel=3e-5)
    rows = np.array([row for contour in figures.contours for row in contour["segments"]])
    middles = arcs.middles(rows)
    assert np.abs(middles - (390, 0)).max(1).min() < 1e-6  # the clockwise one, whose angles the file says mirrored
    assert "not-included" not in codes(figures)


def test_where_there_is_nothing_else_their_edges_are_cut_and_that_is_said(tmp_path):
    document, space = new()
    paths = space.add_hatch().paths
    paths.add_polyline_path([(0, 0), (100, 0), (100, 60), (0, 60)])
    paths.add_edge_path().add_arc((50, 30), 10, 0, 360)
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(320 + math.tau * 10)
    assert figures.net_area_mm2 == pytest.approx(6000 - math.pi * 100)
    assert (figures.closed_contours, figures.outer_contours, codes(figures)) == (2, 1, {"only-hatches"})


def test_a_hatch_that_ends_too_early_is_said(tmp_path):
    document = hatched()
    path = tmp_path / "drawing.dxf"
    document.saveas(path)
    text = path.read_text().replace(" 91\n1\n", " 91\n7\n")
    path.write_text(text)
    assert "unreadable" in codes(measure(path, roles=CUT_HATCHES))
