"""The picture a page looks at closely: its layers, its marks, and nothing a client wrote that a browser would obey."""

import xml.etree.ElementTree as ET

import pytest

from production.dxf.viewer import svg
from production.tests.dxf.drawings import circle, dxf, line, measured_text, plate_text, rectangle

NS = "{http://www.w3.org/2000/svg}"
EVIL = '"><script>alert(1)</script>'


@pytest.fixture
def seen(tmp_path):
    def look(text, markers=(), title=""):
        measured = measured_text(dxf(text), tmp_path).as_dict()
        return ET.fromstring(svg(measured, list(markers), title)), measured

    return look


def paths(root):
    return [(node.get("class"), node.get("data-layer"), node.get("display")) for node in root.iter(f"{NS}path")][1:]


def test_every_path_knows_its_layer_and_what_is_ignored_is_hidden(seen):
    root, measured = seen(
        rectangle(0, 0, 100, 60, "OUT") + circle(50, 30, 5, "HOLES") + line(10, 10, 20, 10, "BEND")
        + rectangle(-5, -5, 105, 65, "FRAME") + line(30, 30, 35, 30, "OUT")
    )  # fmt: skip
    names = [layer["name"] for layer in measured["layers"]]
    assert [(kind, layer and names[int(layer)], display) for kind, layer, display in paths(root)] == [
        ("dxf-ignore", "FRAME", "none"),
        ("dxf-bend", "BEND", None),
        ("dxf-inner", "HOLES", None),
        ("dxf-outer", "OUT", None),
        ("dxf-open", "OUT", None),
    ]


def test_lengths_are_millimetres_to_a_thousandth(seen):
    root, _ = seen(rectangle(0.1234, 0, 2400.5678, 1200))
    (outer,) = [node for node in root.iter(f"{NS}path") if node.get("class") == "dxf-outer"]
    assert "2400.444" in outer.get("d")


def test_marks_are_numbered_and_stand_at_their_place(seen):
    markers = [
        {"number": 7, "x_mm": 100, "y_mm": 60, "severity": "refuse", "text": "Here"},
        {"number": 8, "x_mm": 0, "y_mm": 0, "severity": "warn", "text": EVIL},
    ]
    root, _ = seen(plate_text(), markers)
    pins = [node for node in root.iter(f"{NS}g") if "dxf-pin " in node.get("class")]
    assert [(pin.get("id"), pin.get("data-x"), pin.get("data-y"), pin.get("class")) for pin in pins] == [
        ("defect-7", "100", "0", "dxf-pin dxf-pin-refuse"), ("defect-8", "0", "60", "dxf-pin dxf-pin-warn"),
    ]  # fmt: skip
    assert [pin.find(f"{NS}title").text for pin in pins] == ["Here", EVIL]


def test_names_are_text_and_nothing_else(seen):
    root, _ = seen(rectangle(0, 0, 100, 60, EVIL), title=EVIL)
    assert {node.tag.removeprefix(NS) for node in root.iter()} == {"svg", "title", "path", "g"}
    assert root.get("aria-label") == EVIL
    forbidden = [name for node in root.iter() for name in node.attrib if name.startswith("on") or name == "style"]
    assert forbidden == []


def test_a_crowd_of_marks_is_cut_off_and_a_huge_drawing_thinned(seen):
    markers = [{"number": n, "x_mm": n, "y_mm": 0, "severity": "info", "text": "x"} for n in range(500)]
    root, _ = seen(plate_text(), markers)
    assert sum("dxf-pin " in node.get("class") for node in root.iter(f"{NS}g")) == 60
    text = rectangle(-10, -10, 800, 800) + "".join(circle(7 * x, 7 * y, 2) for x in range(110) for y in range(100))
    root, measured = seen(text)
    assert measured["pierces"] == 11_001
    assert len(ET.tostring(root)) < 1_500_000
