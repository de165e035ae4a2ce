"""The preview: right geometry, right classes, nothing of the file's own text unescaped."""

import re
from xml.etree import ElementTree

import pytest

from production.dxf.drawing import MAX_SEGMENTS, svg
from production.tests.dxf.drawings import circle, dxf, line, measured, measured_text, new, plate_text, rectangle

NS = {"s": "http://www.w3.org/2000/svg"}


def drawn(text, tmp_path, **options):
    return ElementTree.fromstring(svg(measured_text(text, tmp_path).as_dict(), **options))


def classes(root):
    return {path.get("class") for path in root.findall("s:path", NS)}


def path(root, name):
    return root.find(f"s:path[@class='dxf-{name}']", NS).get("d")


def test_view_box_is_in_millimetres_with_a_margin(tmp_path):
    root = drawn(dxf(plate_text()), tmp_path)
    assert [float(number) for number in root.get("viewBox").split()] == [-4, -4, 108, 68]
    assert root.get("width") is None
    assert drawn(dxf(plate_text()), tmp_path, width=540).get("height") == "340"


def test_y_points_down_and_arcs_stay_arcs(tmp_path):
    root = drawn(dxf(rectangle(0, 0, 100, 60) + circle(15, 45, 5)), tmp_path)
    assert path(root, "outer") == "M0 60L100 60L100 0L0 0L0 60Z"
    assert path(root, "inner") == "M20 15A5 5 0 0 0 10 15A5 5 0 0 0 20 15Z"


def test_clockwise_and_large_arcs(tmp_path):
    document, space = new()
    space.add_lwpolyline([(0, 0, -0.5), (50, 0, 2.0), (100, 0, 0)], format="xyb")
    root = ElementTree.fromstring(svg(measured(document, tmp_path).as_dict()))
    flags = re.findall(r"A\S+ \S+ 0 (\d) (\d)", path(root, "open"))
    assert flags == [("0", "1"), ("1", "0")]


def test_every_class_is_drawn(tmp_path):
    text = plate_text() + line(0, 0, 50, 0) + line(20, 20, 30, 20, "ENGRAVE") + line(50, 0, 50, 60, "BEND")
    root = drawn(dxf(text + line(40, 20, 60, 20)), tmp_path)
    assert {"dxf-part", "dxf-outer", "dxf-inner", "dxf-engrave", "dxf-bend", "dxf-open"} <= classes(root)
    again = drawn(dxf(plate_text() + line(0, 0, 100, 0)), tmp_path)
    assert path(again, "duplicate") == "M0 60L100 60"
    assert all(p.get("vector-effect") for p in again.findall("s:path", NS) if p.get("class") != "dxf-part")


def test_defects_are_marked_with_their_text(tmp_path):
    root = drawn(dxf(rectangle(0, 0, 100, 60) + circle(95, 30, 10) + line(10, 10, 20, 10)), tmp_path)
    marks = {mark.get("class"): mark.find("s:title", NS).text for mark in root.findall("s:circle", NS)}
    assert set(marks) == {"dxf-defect dxf-defect-crossing", "dxf-defect dxf-defect-open"}


HOSTILE = "</desc><script>alert(1)</script>\"'&"


def test_hostile_layer_names_and_titles_stay_text(tmp_path):
    text = dxf(circle(0, 0, 50, HOSTILE) + circle(0, 0, 20, "]]><img src=x onerror=alert(1)>"))
    drawing = svg(measured_text(text, tmp_path).as_dict(), title=HOSTILE)
    root = ElementTree.fromstring(drawing)
    assert {element.tag.split("}")[1] for element in root.iter()} == {"svg", "title", "desc", "style", "path"}
    assert HOSTILE in root.find("s:desc", NS).text
    assert root.find("s:title", NS).text == root.get("aria-label") == HOSTILE
    assert "<script" not in drawing


def test_it_has_a_name_and_a_description(tmp_path):
    root = drawn(dxf(plate_text()), tmp_path, title="Bracket 7")
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Bracket 7"
    assert "100 × 60 mm" in root.find("s:desc", NS).text


def test_dimensions_and_scale_bar(tmp_path):
    root = drawn(dxf(plate_text()), tmp_path, dimensions=True, scale_bar=True)
    assert [text.text for text in root.findall("s:text", NS)] == ["100 mm", "60 mm", "20 mm"]
    low = float(root.get("viewBox").split()[1]) + float(root.get("viewBox").split()[3])
    assert all(float(text.get("y")) < low for text in root.findall("s:text", NS))


@pytest.mark.parametrize(("theme", "rules"), [("light", 1), ("dark", 1), ("auto", 1)])
def test_themes(theme, rules, tmp_path):
    drawing = svg(measured_text(dxf(plate_text()), tmp_path).as_dict(), theme=theme)
    assert drawing.count("<style>") == rules
    assert ("prefers-color-scheme" in drawing) == (theme == "auto")
    assert ("#eef2f6" in drawing) == (theme != "light")


def test_without_a_style_element_for_strict_pages(tmp_path):
    drawing = svg(measured_text(dxf(plate_text()), tmp_path).as_dict(), style=False)
    assert "<style" not in drawing
    assert "style=" not in drawing
    assert 'stroke="#17212b"' in drawing


def test_it_stays_small(tmp_path):
    drawing = svg(measured_text(dxf(plate_text()), tmp_path).as_dict())
    assert len(drawing) < 3000
    many = "".join(circle(i % 120 * 3, i // 120 * 3, 1) for i in range(MAX_SEGMENTS // 2 + 100))
    thinned = svg(measured_text(dxf(many), tmp_path).as_dict())
    assert "100 small curves are not shown" in thinned


def test_marks_outside_the_part_are_inside_the_picture(tmp_path):
    root = drawn(dxf(rectangle(0, 0, 100, 60) + line(-50, 30, 150, 30, "BEND")), tmp_path)
    assert root.get("viewBox") == "-8 -8 216 76"
    assert path(root, "bend") == "M0 30L200 30"
    assert path(root, "outer").startswith("M50 60L150 60")
