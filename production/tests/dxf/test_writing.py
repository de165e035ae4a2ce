"""What is written is read again by our own reader: same lengths, counts, layers and curves."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from production.dxf import measure
from production.dxf.writing import layer_name, write
from production.tests.dxf.drawings import HOLES, PLATE, PLATE_AREA, PLATE_LENGTH, add_lines, measured, new

HALF = 1.0  # bulge of half a circle


def polygon(*points, layer="CUT", closed=True):
    ends = [*points[1:], points[0]] if closed else points[1:]
    rows = [[*a, *b, 0.0] for a, b in zip(points, ends, strict=False)]
    return {"layer": layer, "closed": closed, "segments": rows}


def circle(x, y, radius, layer="CUT"):
    rows = [[x - radius, y, x + radius, y, HALF], [x + radius, y, x - radius, y, HALF]]
    return {"layer": layer, "closed": True, "segments": rows}


def plate():
    return [polygon(*PLATE), *(circle(x, y, 5, "HOLES") for x, y in HOLES)]


def read(data: bytes, tmp_path, **options):
    path = tmp_path / "written.dxf"
    path.write_bytes(data)
    return measure(path, **options)


def entities(data: bytes, tmp_path):
    import ezdxf

    (tmp_path / "written.dxf").write_bytes(data)
    document = ezdxf.readfile(tmp_path / "written.dxf")
    assert document.audit().errors == []
    return document, sorted((entity.dxftype(), entity.dxf.layer) for entity in document.modelspace())


def test_a_plate_comes_back_as_it_went(tmp_path):
    data = write(plate(), {"CUT": 1, "HOLES": 5})
    figures = read(data, tmp_path)
    assert (figures.units, figures.units_sure, figures.pierces, figures.outer_contours) == ("mm", True, 5, 1)
    assert figures.cut_length_mm == pytest.approx(PLATE_LENGTH, abs=1e-6)
    assert figures.net_area_mm2 == pytest.approx(PLATE_AREA, abs=1e-6)
    assert [(layer["name"], layer["count"]) for layer in figures.layers] == [("CUT", 1), ("HOLES", 4)]
    assert (figures.defects, figures.warnings) == ([], [])


def test_it_is_an_old_plain_file_of_real_entities(tmp_path):
    arc = {"layer": "MARK", "closed": False, "segments": [[0, 0, 10, 0, -0.5]]}
    mixed = {"layer": "MARK", "closed": False, "segments": [[0, 0, 10, 0, 0], [10, 0, 20, 10, 0.4]]}
    line = polygon((0, 0), (3, 4), layer="MARK", closed=False)
    document, found = entities(write([*plate(), arc, mixed, line], {"CUT": 1, "SHEET": 8}), tmp_path)
    assert found == [
        ("ARC", "MARK"),
        *[("CIRCLE", "HOLES")] * 4,
        ("LINE", "MARK"),
        ("LWPOLYLINE", "CUT"),
        ("LWPOLYLINE", "MARK"),
    ]
    assert (document.dxfversion, document.header["$INSUNITS"]) == ("AC1015", 4)
    colours = {layer.dxf.name: layer.color for layer in document.layers}
    assert {name: colours[name] for name in ("CUT", "SHEET", "HOLES", "MARK")} == {
        "CUT": 1, "SHEET": 8, "HOLES": 7, "MARK": 7,
    }  # fmt: skip


def test_the_same_shapes_give_the_same_bytes():
    assert write(plate(), {"CUT": 1}) == write(plate(), {"CUT": 1})


def test_everything_measured_can_be_written_again(tmp_path):
    """Splines, ellipses, blocks, arcs both ways, marks: from file to shapes to file, the same figures."""
    document, space = new()
    add_lines(space, PLATE)
    space.add_spline([(20, 20, 0), (30, 30, 0), (40, 20, 0), (30, 10, 0)]).closed = True
    space.add_ellipse((70, 30), major_axis=(12, 5), ratio=0.4)
    space.add_lwpolyline([(10, 40, 0.3), (20, 40, -0.6), (20, 50, 0), (10, 50, 0)], "xyb", close=True)
    block = document.blocks.new("B")
    block.add_arc((0, 0), 3, 20, 330)
    space.add_blockref("B", (45, 50), {"xscale": -1})
    space.add_line((0, 30), (10, 30), {"layer": "BEND"})
    space.add_circle((90, 10), 2, {"layer": "ETCH"})
    before = measured(document, tmp_path)
    after = read(write([*before.contours, *before.marks]), tmp_path)
    for name in ("cut_length_mm", "engrave_length_mm", "bend_length_mm", "net_area_mm2", "width_mm", "height_mm"):
        assert getattr(after, name) == pytest.approx(getattr(before, name), abs=2e-4), name
    for name in ("pierces", "closed_contours", "open_chains", "outer_contours", "bends", "defect_counts"):
        assert getattr(after, name) == getattr(before, name), name
    lengths = {layer["name"]: layer["length_mm"] for layer in before.layers}
    assert {layer["name"]: layer["length_mm"] for layer in after.layers} == pytest.approx(lengths, abs=2e-4)


bulges = st.floats(-3, 3, allow_subnormal=False).filter(lambda bulge: bulge == 0 or abs(bulge) > 1e-4)


@given(bulges, st.floats(0.01, 5000), st.floats(0, math.tau), st.floats(-1e4, 1e4))
def test_every_single_curve_keeps_its_length_and_place(tmp_path_factory, bulge, chord, angle, away):
    x, y = away + chord * math.cos(angle), chord * math.sin(angle)
    shape = {"layer": "0", "closed": False, "segments": [[away, 0.0, x, y, bulge]]}
    figures = read(write([shape]), tmp_path_factory.mktemp("curve"))
    sweep = 4 * math.atan(abs(bulge))
    length = chord if not bulge else sweep * chord * (1 + bulge**2) / (4 * abs(bulge))
    assert figures.cut_length_mm == pytest.approx(length, rel=1e-6)
    (found,) = figures.contours
    ends = [found["segments"][0][:2], found["segments"][-1][2:4]]
    for wanted in ((away, 0.0), (x, y)):
        assert min(math.dist(wanted, end) for end in ends) < 1e-4


def test_small_gaps_inside_a_contour_are_closed_and_wide_ones_bridged(tmp_path):
    rows = [[0, 0, 100, 0, 0], [100, 0.02, 100, 60, 0], [100, 60, 0, 60, 0], [0, 60, 0, 0.5, 0]]
    figures = read(write([{"layer": "CUT", "closed": True, "segments": rows}]), tmp_path)
    assert (figures.closed_contours, figures.open_chains, figures.defects) == (1, 0, [])
    assert figures.cut_length_mm == pytest.approx(319.98, abs=1e-5)
    assert len(figures.contours[0]["segments"]) == 5  # the half millimetre is a line of its own
    opened = read(write([{"layer": "CUT", "closed": False, "segments": rows}]), tmp_path)
    assert opened.open_chains == 1


def test_names_cannot_break_out_of_the_file(tmp_path):
    evil = "CUT\n0\nLINE\n10\n5"
    assert layer_name(evil) == "CUT_0_LINE_10_5"
    assert layer_name(' <a|b>*"; ') == "_a_b____"
    assert (layer_name(""), layer_name("切断 Ä"), len(layer_name("x" * 400))) == ("0", "切断 Ä", 255)
    text = {"layer": evil, "text": "A\r\n0\nCIRCLE\n40\n9", "x_mm": 1, "y_mm": 2, "height_mm": 5}
    data = write([polygon(*PLATE, layer=evil), circle(50, 30, 5, "切断 Ä")], {"cut": 3}, [text])
    _document, found = entities(data, tmp_path)
    assert [kind for kind, _ in found] == ["CIRCLE", "LWPOLYLINE", "TEXT"]
    figures = read(data, tmp_path)
    assert [layer["name"] for layer in figures.layers] == ["CUT_0_LINE_10_5", "切断 Ä"]
    assert (figures.pierces, [warning["code"] for warning in figures.warnings]) == (2, ["text-ignored"])


def test_labels_stand_where_they_are_put(tmp_path):
    labels = [{"layer": "LABEL", "text": "P-1 Ø5 ☃", "x_mm": 7, "y_mm": 8, "height_mm": 3, "angle_deg": 90}]
    document, _ = entities(write(plate(), {"LABEL": 3}, labels), tmp_path)
    (label,) = document.modelspace().query("TEXT")
    assert (label.dxf.text, label.dxf.height, label.dxf.rotation) == ("P-1 Ø5 \\U+2603", 3, 90)
    assert tuple(label.dxf.insert)[:2] == (7, 8)


def test_layers_differing_in_case_are_one(tmp_path):
    document, _found = entities(write([polygon(*PLATE, layer="cut")], {"CUT": 2}), tmp_path)
    assert document.layers.get("cut").color == 2
    assert len([layer for layer in document.layers if layer.dxf.name.casefold() == "cut"]) == 1


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_numbers_that_are_none_are_refused(number):
    with pytest.raises(ValueError, match="finite"):
        write([{"layer": "0", "closed": False, "segments": [[0, 0, number, 0, 0]]}])
    with pytest.raises(ValueError, match="finite"):
        write([], {}, [{"layer": "0", "text": "x", "x_mm": number, "y_mm": 0, "height_mm": 1}])


def test_colours_that_do_not_exist_are_refused():
    with pytest.raises(ValueError, match="colour"):
        write([], {"CUT": 256})


def test_nothing_to_write_is_an_empty_drawing(tmp_path):
    assert entities(write([]), tmp_path)[1] == []
