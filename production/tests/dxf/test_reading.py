"""Files of every version and make, whole and broken."""

import pytest

from production.dxf import Refused, measure
from production.dxf.document import read_document
from production.tests.dxf.drawings import (
    PLATE_AREA,
    PLATE_LENGTH,
    add_plate,
    block,
    circle,
    codes,
    dxf,
    insert,
    line,
    measured,
    measured_text,
    new,
    plate_text,
    tags,
)


def is_the_plate(figures):
    assert figures.cut_length_mm == pytest.approx(PLATE_LENGTH, rel=1e-9)
    assert figures.net_area_mm2 == pytest.approx(PLATE_AREA, rel=1e-9)
    assert figures.gross_area_mm2 == pytest.approx(6000)
    assert (figures.width_mm, figures.height_mm) == pytest.approx((100, 60))
    assert (figures.closed_contours, figures.open_chains, figures.pierces, figures.outer_contours) == (5, 0, 5, 1)
    assert figures.defects == []


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (dxf(tags((0, "REGION"), (8, "0"))), "nothing-to-cut", "only: 1 × 3D solid."),
        (dxf(tags((0, "IMAGE"), (8, "0")) + tags((0, "TEXT"), (1, "x"))), "nothing-to-cut", "1 × picture, 1 × text"),
        (dxf(insert("X"), block("X", "").replace("70\n0", "70\n4")), "nothing-to-cut", "1 × external reference"),
        (dxf(tags((0, "LINE"), (67, 1), (10, 0), (20, 0), (11, 9), (21, 9))), "on-paper", "paper layout"),
        (dxf("", block("*Paper_Space", line(0, 0, 9, 9))), "on-paper", "paper layout"),
        (dxf(""), "nothing-to-cut", "is empty"),
    ],
)
def test_a_drawing_without_a_line_is_refused_by_what_it_holds(text, code, words, tmp_path):
    with pytest.raises(Refused) as refusal:
        measured_text(text, tmp_path)
    assert refusal.value.code == code
    assert words in refusal.value.reason


@pytest.mark.parametrize("version", ["R12", "R2000", "R2004", "R2007", "R2010", "R2013", "R2018"])
@pytest.mark.parametrize("form", ["asc", "bin"])
def test_every_version_as_text_and_binary(version, form, tmp_path):
    document, space = new(version)
    add_plate(space)
    document.saveas(tmp_path / "plate.dxf", fmt=form)
    figures = measure(tmp_path / "plate.dxf", unit="mm")
    is_the_plate(figures)


def test_binary_keeps_layer_names_and_units(tmp_path):
    document, space = new("R2000", units=5)
    space.add_circle((0, 0), 5, dxfattribs={"layer": "Außen"})
    document.saveas(tmp_path / "b.dxf", fmt="bin")
    figures = measure(tmp_path / "b.dxf")
    assert (figures.units, figures.layers[0]["name"]) == ("cm", "Außen")


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_layer_names_in_any_encoding(encoding, tmp_path):
    text = dxf(circle(0, 0, 20, "Ausschnitt Größe"))
    assert measured_text(text.encode(encoding), tmp_path).layers[0]["name"] == "Ausschnitt Größe"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system(end, tmp_path):
    text = dxf(plate_text()).replace("\n", end)
    is_the_plate(measured_text(text, tmp_path))


def test_byte_order_mark_blank_lines_and_indented_codes(tmp_path):
    text = dxf(plate_text())
    is_the_plate(measured_text(b"\xef\xbb\xbf" + text.encode(), tmp_path))
    is_the_plate(measured_text("\n\n" + text + "\n\n\n", tmp_path))
    indented = "".join(f"  {part}\n" for part in text.splitlines())
    is_the_plate(measured_text(indented, tmp_path))


def test_comments_and_rubbish_behind_the_end(tmp_path):
    text = "999\nmade by hand\n" + dxf(plate_text())
    is_the_plate(measured_text(text + "this is\nno tag\nat all\n", tmp_path))


def test_decimal_commas(tmp_path):
    figures = measured_text(dxf(circle("10,5", "0,0", "12,25")), tmp_path)
    assert figures.width_mm == pytest.approx(24.5)
    assert figures.x_min_mm == pytest.approx(-1.75)


def test_missing_header_is_not_taken_for_metres(tmp_path):
    figures = measured_text(dxf(plate_text(), header=None), tmp_path)
    is_the_plate(figures)
    assert figures.units == "mm"
    assert not figures.units_sure
    assert codes(figures) == {"units-missing"}


def test_empty_handles_and_owners_are_never_looked_at(tmp_path):
    entity = tags((0, "CIRCLE"), (5, ""), (330, ""), (100, ""), (8, "0"), (10, 0), (20, 0), (40, 30))
    assert measured_text(dxf(entity), tmp_path).width_mm == pytest.approx(60)


def test_missing_end_mark_does_no_harm(tmp_path):
    text = dxf(plate_text()).removesuffix("0\nEOF\n")
    is_the_plate(measured_text(text, tmp_path))


@pytest.mark.parametrize("cut", [0.5, 0.8, 0.95])
def test_a_file_that_ends_in_the_middle_is_refused(cut, tmp_path):
    text = dxf(plate_text())
    with pytest.raises(Refused) as refusal:
        measured_text(text[: int(len(text) * cut)], tmp_path)
    assert refusal.value.code == "incomplete"


def test_a_binary_file_that_ends_in_the_middle_is_refused(tmp_path):
    document, space = new("R2000")
    add_plate(space)
    path = tmp_path / "b.dxf"
    document.saveas(path, fmt="bin")
    data = path.read_bytes()
    with pytest.raises(Refused) as refusal:
        measured_text(data[: len(data) * 2 // 3 + 1], tmp_path)
    assert refusal.value.code == "incomplete"


def test_a_damaged_line_is_named(tmp_path):
    with pytest.raises(Refused) as refusal:
        measured_text(dxf(line(0, 0, 10, 0) + "abc\ndef\n" + line(0, 0, 10, 10)), tmp_path)
    assert refusal.value.code == "damaged"
    assert "line 27" in refusal.value.reason


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html><body>404 Not Found</body></html>", "html"),
        (b"  \n<html>", "html"),
        (b"%PDF-1.7\n", "pdf"),
        (b"AC1032\x00\x00", "dwg"),
        (b"PK\x03\x04rest", "zip"),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", "nothing-to-cut"),
        (b"<?xml version='1.0'?><plan/>", "xml"),
        (b"\x89PNG\r\n", "picture"),
        (b"ISO-10303-21;", "step"),
        (b"G21\nG90\nM3 S100\n", "not-dxf"),
        (b"\x00\x01\x02\x03" * 50, "not-dxf"),
        (b"\xff\xfe0\x00\n\x00", "not-dxf"),
        (b"   \n  \n", "not-dxf"),
        (b"0\nSECTION\n2\nHEADER\n0\nENDSEC\n0\nEOF\n", "no-drawing"),
    ],
)
def test_what_is_no_drawing_is_refused_in_words(content, code, tmp_path):
    with pytest.raises(Refused) as refusal:
        measured_text(content, tmp_path)
    assert refusal.value.code == code
    assert refusal.value.reason.endswith(".")


def test_too_large_a_file_is_refused_unread(tmp_path):
    path = tmp_path / "large.dxf"
    with open(path, "wb") as handle:
        handle.write(b"0\nSECTION\n")
        handle.truncate(51 * 1024 * 1024)
    with pytest.raises(Refused) as refusal:
        measure(path)
    assert refusal.value.code == "too-large"


def test_only_text_says_that_text_must_become_outlines(tmp_path):
    document, space = new()
    space.add_text("PART 7")
    with pytest.raises(Refused) as refusal:
        measured(document, tmp_path)
    assert refusal.value.code == "only-text"


def test_nothing_at_all_is_refused(tmp_path):
    document, space = new()
    with pytest.raises(Refused, match="empty"):
        measured(document, tmp_path)
    space.add_line((5, 5), (5, 5))
    with pytest.raises(Refused, match="only points"):
        measured(document, tmp_path)


def test_what_is_not_cut_is_said(tmp_path):
    document, space = new()
    add_plate(space)
    space.add_text("note")
    space.add_mtext("more")
    space.add_linear_dim(base=(0, -10), p1=(0, 0), p2=(100, 0)).render()
    space.add_hatch().paths.add_polyline_path([(0, 0), (5, 0), (5, 5)])
    space.add_point((1, 1))
    figures = measured(document, tmp_path)
    assert figures.cut_length_mm == pytest.approx(PLATE_LENGTH)
    said = {warning["code"]: warning["text"] for warning in figures.warnings}
    assert set(said) == {"text-ignored", "not-included"}
    assert "2 × text" in said["text-ignored"]
    assert "1 × dimension" in said["text-ignored"]
    assert "1 × hatch" in said["not-included"]


def test_entities_that_cannot_be_read_are_counted(tmp_path):
    broken = tags((0, "CIRCLE"), (8, "0"), (10, "abc"), (20, 0), (40, 4))
    figures = measured_text(dxf(plate_text() + broken), tmp_path)
    assert codes(figures) == {"unreadable"}
    with pytest.raises(Refused) as refusal:
        measured_text(dxf(broken), tmp_path)
    assert refusal.value.code == "unreadable"


def test_paper_space_and_invisible_entities_are_left_out(tmp_path):
    document, space = new()
    add_plate(space)
    space.add_circle((50, 30), 3, dxfattribs={"invisible": 1})
    document.layout("Layout1").add_circle((0, 0), 50)
    is_the_plate(measured(document, tmp_path))


def test_header_numbers_are_those_of_the_file_itself(tmp_path):
    document, space = new(units=1)
    space.add_circle((0, 0), 1)
    document.header["$MEASUREMENT"] = 0
    path = tmp_path / "inch.dxf"
    document.saveas(path)
    read = read_document(path)
    assert (read.units, read.measurement) == (1, 0)
