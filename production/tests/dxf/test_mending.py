"""Each mend does what it says and nothing else; what was mended is measured again."""

import math

import pytest

from production.dxf import Refused, measure
from production.dxf.mending import mend, split
from production.dxf.writing import write
from production.tests.dxf.drawings import (
    PLATE_AREA,
    PLATE_LENGTH,
    block,
    circle,
    dxf,
    insert,
    line,
    measured_text,
    plate_text,
    rectangle,
    tags,
)


@pytest.fixture
def mended(tmp_path):
    def do(text, **asked):
        before = measured_text(dxf(text) if isinstance(text, str) else text, tmp_path)
        shapes, changes = mend(before, asked)
        path = tmp_path / "mended.dxf"
        path.write_bytes(write(shapes))
        return before, measure(path), changes

    return do


def test_duplicates_go(mended):
    text = plate_text() + circle(15, 15, 5) + line(100, 0, 0, 0) + line(20, 60, 70, 60)
    before, after, changes = mended(text)
    assert changes == [
        {"mend": "duplicates", "count": 3, "length_mm": pytest.approx(100 + 50 + math.tau * 5, abs=1e-4)}
    ]
    assert (before.defect_counts, after.defect_counts) == ({"duplicate": 3}, {})
    assert after.cut_length_mm == pytest.approx(PLATE_LENGTH, abs=1e-5) == before.cut_length_mm
    assert sum(layer["length_mm"] for layer in after.layers) == pytest.approx(PLATE_LENGTH, abs=1e-5)


def test_what_is_written_around_a_part_goes_when_asked(mended):
    letters = line(10, 70, 10, 74) + line(10, 74, 13, 72) + rectangle(15, 70, 18, 74)  # an R without a leg, and an O
    before, after, changes = mended(plate_text() + letters + line(0, -10, 100, -10), paperwork=True)
    assert (before.open_chains, before.closed_contours) == (2, 6)
    assert changes == [{"mend": "notes", "count": 3}]
    assert (after.open_chains, after.closed_contours) == (0, 5)
    assert after.cut_length_mm == pytest.approx(PLATE_LENGTH, abs=1e-5)
    with pytest.raises(Refused, match="No closed contour"):
        mended(line(0, 0, 100, 0), paperwork=True)


def test_partial_overlaps_go(mended):
    text = line(0, 0, 70, 0) + line(40, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 0, 60) + line(0, 60, 0, 0)
    before, after, changes = mended(text)
    assert before.defect_counts == {"overlap": 1}
    assert [change["mend"] for change in changes] == ["duplicates"]
    assert changes[0]["length_mm"] == pytest.approx(30)
    assert (after.defect_counts, after.closed_contours) == ({}, 1)
    assert sum(layer["length_mm"] for layer in after.layers) == pytest.approx(320)


def test_a_line_between_two_parts_is_written_once(mended):
    text = rectangle(0, 0, 50, 60) + line(50, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 50, 60)
    before, after, _ = mended(text, explode=True)
    assert (before.outer_contours, before.cut_length_mm) == (2, 380)
    assert (after.outer_contours, after.cut_length_mm) == (2, 380)
    assert sum(layer["length_mm"] for layer in after.layers) == pytest.approx(380)


def test_zero_lengths_go(mended):
    _, after, changes = mended(plate_text() + line(5, 5, 5, 5) + circle(9, 9, 0))
    assert changes == [{"mend": "zero-length", "count": 2}]
    assert (after.defect_counts, after.pierces) == ({}, 5)


def test_gaps_are_joined_at_the_corner_that_was_meant(mended):
    text = line(0, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 0, 60) + line(0, 60, 0, 0.3)
    before, after, changes = mended(text, gaps_mm=0.5)
    assert (before.open_chains, before.defect_counts) == (1, {"gap": 1})
    assert changes == [{"mend": "gaps", "count": 1, "size_mm": pytest.approx(0.3)}]
    assert (after.closed_contours, after.open_chains, after.defect_counts) == (1, 0, {})
    assert (after.cut_length_mm, after.net_area_mm2) == (pytest.approx(320), pytest.approx(6000))


def test_gaps_between_several_pieces_and_at_curves_are_bridged(mended):
    half = tags((0, "ARC"), (8, "0"), (10, 100), (20, 30), (40, 30), (50, 270), (51, 90))
    text = line(0, 60.2, 0, 0) + line(0, 0, 99.6, 0) + half + line(99.7, 60, 0.2, 60)
    before, after, changes = mended(text, gaps_mm=1)
    assert before.closed_contours == 0
    assert [(change["mend"], change["count"]) for change in changes] == [("gaps", 3)]
    assert (after.closed_contours, after.open_chains, after.defect_counts) == (1, 0, {})
    assert after.cut_length_mm == pytest.approx(60 + 100 + 100 + math.pi * 30)


def test_wider_gaps_than_asked_stay(mended):
    text = line(0, 0, 100, 0) + line(100, 0, 100, 60) + line(100, 60, 0, 60) + line(0, 60, 0, 0.8)
    with pytest.raises(Refused) as refusal:
        mended(text, gaps_mm=0.5)
    assert refusal.value.code == "nothing-to-mend"
    _, after, _ = mended(text, gaps_mm=0.8)
    assert after.open_chains == 0


def test_a_short_line_is_not_bent_to_a_ring(mended):
    with pytest.raises(Refused):
        mended(plate_text() + line(40, 30, 40.4, 30), gaps_mm=0.5)


def test_tiny_pieces_go(mended):
    text = line(0, 0, 100, 0) + line(100, 0, 100, 0.01) + line(100, 0.01, 100, 60) + line(100, 60, 0, 60)
    before, after, changes = mended(text + line(0, 60, 0, 0), tiny=True)
    assert before.defect_counts == {"tiny": 1}
    assert changes == [{"mend": "tiny", "count": 1}]
    assert after.defect_counts == {}
    assert (after.closed_contours, len(after.contours[0]["segments"])) == (1, 4)
    assert after.cut_length_mm == pytest.approx(320, abs=0.011)


def test_what_is_not_cut_is_left_out_and_said_so(mended):
    text = plate_text() + rectangle(-10, -10, 110, 70, "FRAME") + line(20, 30, 80, 30, "BEND")
    text += tags((0, "TEXT"), (8, "0"), (10, 50), (20, 30), (40, 4), (1, "A1"))
    before, after, changes = mended(text)
    assert changes == [{"mend": "layers", "count": 1, "names": ["FRAME"]}, {"mend": "text", "count": 1}]
    assert [(layer["name"], layer["role"]) for layer in after.layers] == [("0", "cut"), ("BEND", "bend")]
    assert after.bend_length_mm == pytest.approx(60)
    assert (before.defect_counts, after.defect_counts) == ({"text": 1}, {})


def test_blocks_are_exploded(mended):
    text = dxf(insert("B", 0, 0) + insert("B", 200, 0, turn=90), block("B", plate_text()))
    _, after, changes = mended(text, explode=True)
    assert changes == [{"mend": "explode", "count": 10}]
    assert (after.outer_contours, after.net_area_mm2) == (2, pytest.approx(2 * PLATE_AREA))


def test_scaling(mended):
    _, after, changes = mended(plate_text(), scale=25.4)
    assert changes == [{"mend": "scale", "factor": 25.4}]
    assert (after.width_mm, after.height_mm) == (pytest.approx(2540), pytest.approx(1524))
    for factor in (0, -1, math.nan, 1e9):
        with pytest.raises(Refused):
            mended(plate_text(), scale=factor)


def test_nothing_to_mend_is_refused(mended):
    with pytest.raises(Refused) as refusal:
        mended(plate_text(), gaps_mm=1, tiny=True)
    assert refusal.value.code == "nothing-to-mend"


# --- parts ------------------------------------------------------------------------------------------------------------


def bracket(x=0.0, y=0.0, angle=0.0, mirror=1, hole=(15, 8)):
    """An L with one hole and a bend line across, moved, turned and maybe mirrored."""
    c, s = math.cos(angle), math.sin(angle)

    def at(point):
        a, b = point[0] * mirror, point[1]
        return x + a * c - b * s, y + a * s + b * c

    corners = [at(point) for point in ((0, 0), (80, 0), (80, 20), (20, 20), (20, 50), (0, 50))]
    text = "".join(line(*a, *b) for a, b in zip(corners, [*corners[1:], corners[0]], strict=True))
    return text + circle(*at(hole), 3) + line(*at((40, 0)), *at((40, 20)), layer="BEND")


def test_equal_parts_are_one_drawing_and_mirrored_ones_another(tmp_path):
    text = bracket() + bracket(200, 0, 0.7) + bracket(0, 200, math.pi) + bracket(400, 0, 0.3, mirror=-1)
    text += bracket(600, 0, hole=(16, 8)) + circle(-100, 0, 20)
    found = split(measured_text(dxf(text), tmp_path))
    assert sorted((part["count"], len(part["shapes"])) for part in found) == [(1, 1), (1, 3), (1, 3), (3, 3)]
    most = max(found, key=lambda part: part["count"])
    (tmp_path / "part.dxf").write_bytes(write(most["shapes"]))
    figures = measure(tmp_path / "part.dxf")
    assert (figures.outer_contours, figures.pierces, figures.bends) == (1, 2, 1)
    assert figures.cut_length_mm == pytest.approx(260 + math.tau * 3)


def test_a_part_in_a_hole_of_another_is_a_part(tmp_path):
    text = rectangle(0, 0, 100, 100) + circle(50, 50, 40) + circle(50, 50, 20) + line(45, 50, 55, 50, "ENGRAVE")
    found = split(measured_text(dxf(text), tmp_path))
    assert sorted(len(part["shapes"]) for part in found) == [2, 2]
    (inner,) = [part for part in found if part["shapes"][0]["segments"][0][4]]
    assert [shape["layer"] for shape in inner["shapes"]] == ["0", "ENGRAVE"]


def test_symmetrical_parts_with_holes_elsewhere_are_two(tmp_path):
    one = rectangle(0, 0, 60, 60) + circle(10, 10, 3) + circle(50, 50, 3)
    two = rectangle(100, 0, 160, 60) + circle(110, 50, 3) + circle(150, 10, 3)  # the first, turned by 90°
    other = rectangle(200, 0, 260, 60) + circle(210, 10, 3) + circle(250, 10, 3)
    found = split(measured_text(dxf(one + two + other), tmp_path))
    assert sorted(part["count"] for part in found) == [1, 2]


def test_holes_of_one_length_and_middle_are_not_the_same_hole(tmp_path):
    def pinched(x, y):
        corners = [(x, y + 20, math.tan(math.pi / 8)), (x - 20, y, -math.tan(math.pi / 8))]
        corners += [(x, y - 20, math.tan(math.pi / 8)), (x + 20, y, -math.tan(math.pi / 8))]
        points = [pair for cx, cy, bulge in corners for pair in ((10, cx), (20, cy), (42, bulge))]
        return tags((0, "LWPOLYLINE"), (8, "0"), (70, 1), *points)

    text = rectangle(0, 0, 100, 60) + circle(50, 30, 20)
    text += rectangle(200, 0, 300, 60) + pinched(250, 30)  # as long as the circle, about the same middle
    for x, (w, h) in ((0, (30, 10)), (200, (10, 30)), (400, (30, 10))):  # and slots that lie across each other
        text += rectangle(x, 100, x + 100, 160) + circle(x + 10, 110, 3)
        text += rectangle(x + 50 - w / 2, 130 - h / 2, x + 50 + w / 2, 130 + h / 2)
    assert [part["count"] for part in split(measured_text(dxf(text), tmp_path))] == [1, 1, 2, 1]
