"""Blocks: placed, nested, mirrored, squeezed, arrayed, and built to explode."""

import math
import time

import pytest

from production.dxf import Refused
from production.tests.dxf.drawings import (
    PLATE_AREA,
    PLATE_LENGTH,
    add_plate,
    block,
    circle,
    dxf,
    insert,
    line,
    measured,
    measured_text,
    new,
    rectangle,
    tags,
)


def plate_block(document):
    definition = document.blocks.new("PLATE", base_point=(50, 30))
    add_plate(definition)
    return definition


@pytest.mark.parametrize(
    ("options", "scale"),
    [
        ({}, 1),
        ({"rotation": 33}, 1),
        ({"xscale": -1}, 1),
        ({"yscale": -1, "rotation": 200}, 1),
        ({"xscale": 2.5, "yscale": 2.5, "zscale": 2.5}, 2.5),
        ({"xscale": -0.5, "yscale": 0.5, "rotation": 90}, 0.5),
        ({"extrusion": (0, 0, -1), "rotation": 20}, 1),
    ],
)
def test_a_placed_plate_stays_a_plate(options, scale, tmp_path):
    document, space = new()
    plate_block(document)
    space.add_blockref("PLATE", (700, -300), dxfattribs=options)
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(PLATE_LENGTH * scale, rel=1e-9)
    assert figures.net_area_mm2 == pytest.approx(PLATE_AREA * scale**2, rel=1e-9)
    assert (figures.closed_contours, figures.outer_contours) == (5, 1)
    middle = -700 if "extrusion" in options else 700
    assert figures.x_min_mm + figures.width_mm / 2 == pytest.approx(middle)
    assert figures.y_min_mm + figures.height_mm / 2 == pytest.approx(-300)


def test_nested_blocks_multiply(tmp_path):
    document, space = new()
    hole = document.blocks.new("HOLE")
    hole.add_circle((0, 0), 2)
    row = document.blocks.new("ROW")
    for x in range(3):
        row.add_blockref("HOLE", (10 * x, 0))
    for y in range(4):
        space.add_blockref("ROW", (0, 10 * y), dxfattribs={"rotation": 5, "xscale": 2, "yscale": 2, "zscale": 2})
    figures = measured(document, tmp_path)
    assert figures.closed_contours == 12
    assert figures.cut_length_mm == pytest.approx(12 * 8 * math.pi)


def test_array_spacing_turns_with_the_insert_but_does_not_scale(tmp_path):
    text = dxf(
        insert("H", 100, 0, columns=3, rows=2, wide=10, high=20, turn=90, xscale=2, yscale=2),
        block("H", circle(0, 0, 1)),
    )
    figures = measured_text(text, tmp_path)
    assert figures.closed_contours == 6
    assert (figures.width_mm, figures.height_mm) == pytest.approx((20 + 4, 20 + 4))
    assert figures.x_min_mm == pytest.approx(100 - 20 - 2)


def test_squeezed_circles_and_bulges_become_ellipses(tmp_path):
    document, space = new()
    definition = document.blocks.new("B")
    definition.add_circle((0, 0), 10)
    definition.add_lwpolyline([(50, -10, 1), (50, 10, 1)], format="xyb", close=True)
    space.add_blockref("B", (0, 0), dxfattribs={"xscale": 3, "rotation": 40})
    figures = measured(document, tmp_path)
    assert figures.closed_contours == 2
    assert figures.net_area_mm2 == pytest.approx(2 * 300 * math.pi, rel=1e-4)
    first, second = (part["gross_area_mm2"] for part in figures.parts)
    assert first == pytest.approx(second, rel=1e-5)


def test_splines_and_ellipses_in_blocks(tmp_path):
    document, space = new()
    definition = document.blocks.new("B")
    definition.add_ellipse((0, 0), (20, 0), 0.5)
    definition.add_open_spline([(0, 0), (10, 30), (20, -30), (30, 0)])
    space.add_blockref("B", (0, 0))
    space.add_blockref("B", (200, 0), dxfattribs={"xscale": -2, "yscale": 2, "zscale": 2})
    figures = measured(document, tmp_path)
    closed = sorted(c["length_mm"] for c in figures.contours if c["closed"])
    opened = sorted(c["length_mm"] for c in figures.contours if not c["closed"])
    assert closed[1] == pytest.approx(2 * closed[0], rel=1e-5)
    assert opened[1] == pytest.approx(2 * opened[0], rel=1e-5)


def test_layer_zero_takes_the_layer_of_its_insert(tmp_path):
    document, space = new()
    definition = document.blocks.new("B")
    definition.add_circle((0, 0), 10)
    definition.add_circle((0, 0), 5, dxfattribs={"layer": "ENGRAVE"})
    nest = document.blocks.new("NEST")
    nest.add_blockref("B", (0, 0))
    space.add_blockref("NEST", (0, 0), dxfattribs={"layer": "BEND"})
    space.add_blockref("NEST", (100, 0), dxfattribs={"layer": "CUT"})
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(20 * math.pi)
    assert figures.bend_length_mm == pytest.approx(20 * math.pi)
    assert figures.engrave_length_mm == pytest.approx(20 * math.pi)


def test_scale_zero_is_taken_as_one(tmp_path):
    figures = measured_text(dxf(insert("H", xscale=0, yscale=0), block("H", circle(0, 0, 9))), tmp_path)
    assert figures.width_mm == pytest.approx(18)


def test_missing_blocks_and_external_references_are_said(tmp_path):
    external = tags((0, "BLOCK"), (8, "0"), (2, "X"), (70, 4), (1, "../../secret.dxf")) + tags((0, "ENDBLK"))
    text = dxf(insert("X") + insert("NOWHERE") + circle(0, 0, 9), external)
    said = measured_text(text, tmp_path).warnings[0]["text"]
    assert "1 × external reference" in said
    assert "1 × missing block" in said


def test_names_of_blocks_in_any_case(tmp_path):
    assert measured_text(dxf(insert("hOLE"), block("Hole", circle(0, 0, 9))), tmp_path).pierces == 1


def bomb(levels):
    nested = "".join(block(f"B{i}", insert(f"B{i + 1}", columns=10, rows=10)) for i in range(levels))
    return dxf(insert("B0"), nested + block(f"B{levels}", circle(0, 0, 1)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (bomb(6), "too-complex"),
        (dxf(insert("B", columns=30000, rows=30000), block("B", circle(0, 0, 1))), "too-complex"),
        (dxf(insert("B", columns=30000, rows=30000), block("B", "")), "too-complex"),
        (dxf(insert("A"), block("A", insert("B")) + block("B", insert("A"))), "block-cycle"),
        (dxf(insert("A"), block("A", insert("A") + rectangle(0, 0, 5, 5))), "block-cycle"),
        (
            dxf(insert("B0"), "".join(block(f"B{i}", insert(f"B{i + 1}") + line(0, 0, 1, 1)) for i in range(3000))),
            "too-complex",
        ),
    ],
    ids=["nested", "array", "empty array", "cycle", "itself", "deep"],
)
def test_blocks_built_to_explode_are_refused_at_once(text, code, tmp_path):
    begin = time.process_time()
    with pytest.raises(Refused) as refusal:
        measured_text(text, tmp_path)
    assert refusal.value.code == code
    assert time.process_time() - begin < 3


def test_a_cycle_nobody_places_does_no_harm(tmp_path):
    text = dxf(circle(0, 0, 9), block("A", insert("A")))
    assert measured_text(text, tmp_path).pierces == 1


def test_clockwise_arcs_of_a_squeezed_polyline(tmp_path):
    """A slot walked clockwise, squeezed to half its width: its ends are half ellipses."""
    document, space = new()
    slot = [(0, 0, 0), (0, 20, -1), (10, 20, 0), (10, 0, -1)]
    document.blocks.new("SLOT").add_lwpolyline(slot, format="xyb", close=True)
    space.add_blockref("SLOT", (0, 0), dxfattribs={"xscale": 2})
    figures = measured(document, tmp_path)
    assert (figures.closed_contours, figures.open_chains, figures.defects) == (1, 0, [])
    assert figures.net_area_mm2 == pytest.approx(400 + math.pi * 50, rel=2e-5)
    assert figures.cut_length_mm == pytest.approx(40 + 48.442241, rel=2e-5)
    assert (figures.width_mm, figures.height_mm) == pytest.approx((20, 30), abs=0.01)
