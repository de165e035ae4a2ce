"""What layers are for."""

import pytest

from production.dxf import Refused
from production.dxf.layers import role_of
from production.tests.dxf.drawings import circle, codes, dxf, line, measured, measured_text, new, plate_text


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (
            "cut",
            "0|CUT|Layer_1|L-CUT|OUTER_PROFILES|INTERIOR_PROFILES|GEOMETRY-CUTTING|47|Default|TOP|IV_OUTER_PROFILE"
            "|Layer 1_Num_Penna__5|Schnitt|Kontur|Benchmark|unmarked|CUT-TEXT|Ausschnitt|Fensterrahmen|Sichtbare Kanten"
            "|Visible (ISO)|SHEET_METAL|Découpe|Рез|切割|",
        ),
        (
            "engrave",
            "ENGRAVE|Engraving|L-ETCH-TEXT|L-ETCH-BARCODE|Gravur|GEOMETRY-ENGRAVING|marking|EngraveText|score|SCRIBE"
            "|Lasergravur|Beschriften|MARQUAGE|Grabar|marcatura|Graveren|Grawerowanie|Gravação|Гравировка|雕刻",
        ),
        (
            "bend",
            "BEND|BEND_EXTENT|IV_BEND_DOWN|Biegelinien|fold|bend lines|Bend Notes|kantlinie|KANTEN|Abkantung|Plegado"
            "|Zetlijn|Gięcie|Ohyb|линия гиба|折弯线",
        ),
        (
            "ignore",
            "NOTES|FRAME|DIMENSIONS|Defpoints|title block|IV_TANGENT|IV_ARC_CENTERS|center lines|NO CUT|Text"
            "|Bemaßung|BEMASSUNG|Maßlinien|Schriftfeld|Zeichnungsrahmen|Stückliste|COTAS|Cartouche"
            "|Sheet 1|verdeckte Kanten|标注",
        ),
    ],
)
def test_roles_by_name(role, names):
    assert {name: role_of(name) for name in names.split("|")} == dict.fromkeys(names.split("|"), role)


def layered():
    return dxf(
        plate_text().replace("8\n0\n", "8\nCUT\n")
        + line(20, 0, 20, 60, "BEND")
        + line(10, 50, 40, 50, "ENGRAVE")
        + line(-10, -10, 110, -10, "FRAME")
    )


def test_lengths_by_role(tmp_path):
    figures = measured_text(layered(), tmp_path)
    assert (figures.engrave_length_mm, figures.bend_length_mm, figures.bends) == (30, 60, 1)
    assert (figures.width_mm, figures.height_mm, figures.pierces) == (100, 60, 5)
    assert codes(figures) == {"layers-ignored"}
    assert {layer["name"]: (layer["role"], layer["count"]) for layer in figures.layers} == {
        "CUT": ("cut", 8),
        "BEND": ("bend", 1),
        "ENGRAVE": ("engrave", 1),
        "FRAME": ("ignore", 1),
    }
    assert next(layer["length_mm"] for layer in figures.layers if layer["name"] == "FRAME") == 120
    assert sorted(mark["role"] for mark in figures.marks) == ["bend", "engrave", "ignore"]


def test_chosen_layers_are_the_only_ones_cut(tmp_path):
    figures = measured_text(layered(), tmp_path, cut_layers=["frame"])
    assert figures.cut_length_mm == 120
    assert {layer["name"]: layer["role"] for layer in figures.layers}["CUT"] == "ignore"
    assert figures.bend_length_mm == 60
    figures = measured_text(layered(), tmp_path, cut_layers=["CUT", "Engrave"])
    assert figures.engrave_length_mm == 0
    assert figures.pierces == 6


@pytest.mark.parametrize("chosen", [["nothing like it"], []])
def test_a_choice_without_geometry_is_refused(chosen, tmp_path):
    with pytest.raises(Refused, match="chosen") as refusal:
        measured_text(layered(), tmp_path, cut_layers=chosen)
    assert refusal.value.code == "nothing-to-cut"


def test_without_any_layer_to_cut_the_layers_are_named(tmp_path):
    with pytest.raises(Refused, match="FRAME") as refusal:
        measured_text(dxf(circle(0, 0, 50, "FRAME")), tmp_path)
    assert refusal.value.code == "nothing-to-cut"


@pytest.mark.parametrize("how", ["off", "freeze"])
def test_hidden_layers_are_not_cut_unless_chosen(how, tmp_path):
    document, space = new()
    getattr(document.layers.add("Alt"), how)()
    space.add_circle((0, 0), 50)
    space.add_circle((0, 0), 20, dxfattribs={"layer": "ALT"})
    figures = measured(document, tmp_path)
    assert (figures.pierces, codes(figures)) == (1, {"layers-hidden"})
    assert measured(document, tmp_path, cut_layers=["0", "alt"]).pierces == 2


def test_spellings_of_a_layer_are_one_layer(tmp_path):
    figures = measured_text(dxf(circle(0, 0, 50, "Cut") + circle(0, 0, 20, "CUT ")), tmp_path)
    assert [(layer["name"], layer["count"]) for layer in figures.layers] == [("Cut", 2)]


def test_an_exploded_workshop_drawing_is_recognised(tmp_path):
    notes = "".join(line(x, 70, x + 0.5, 72, "114") for x in range(40))
    figures = measured_text(dxf(plate_text() + notes), tmp_path)
    assert {"looks-like-drawing", "open-contours"} <= codes(figures)


def rule(role, layer=None, color=None, linetype=None):
    return {"layer": layer, "color": color, "linetype": linetype, "role": role}


def styled():
    """A disc, with a line by colour, one by linetype, one by the colour of its layer, and one on a layer turned off."""
    document, space = new()
    document.layers.add("Notes", color=3)
    document.layers.add("Off", color=5).off()
    document.linetypes.add("CENTER", [0.0])
    space.add_circle((0, 0), 50)
    space.add_line((0, 0), (10, 0), dxfattribs={"color": 1})
    space.add_line((0, 5), (20, 5), dxfattribs={"linetype": "CENTER"})
    space.add_line((0, 10), (30, 10), dxfattribs={"layer": "Notes"})
    space.add_line((0, 15), (40, 15), dxfattribs={"layer": "Off"})
    return document


def lengths(figures):
    return figures.open_chains, round(figures.engrave_length_mm, 6), round(figures.bend_length_mm, 6)


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([], (2, 0, 0)),
        ([rule("engrave", color=1)], (1, 10, 0)),
        ([rule("bend", linetype="cent*")], (1, 0, 20)),
        ([rule("engrave", layer="NO?ES")], (2, 30, 0)),
        ([rule("engrave", color=3)], (2, 30, 0)),
        ([rule("cut", layer="0", color=1), rule("engrave", layer="0", linetype="CENTER"), rule("bend")], None),
        ([rule("bend", layer="o*"), rule("engrave", color=5)], (2, 0, 0)),
        ([rule("engrave", layer="off")], (2, 40, 0)),
        ([rule("cut", layer="[0]")], (2, 0, 0)),
    ],
    ids=[
        "none",
        "colour",
        "linetype",
        "layer",
        "layer's colour",
        "nothing left",
        "hidden",
        "hidden by name",
        "brackets",
    ],
)
def test_rules_come_before_names(rules, found, tmp_path):
    figures = measured(styled(), tmp_path, roles=rules)
    assert lengths(figures) == (found or (1, 20, pytest.approx(100 * 3.1415926535 + 30)))


def test_rules_that_say_nothing_are_refused(tmp_path):
    with pytest.raises(Refused) as refusal:
        measured(styled(), tmp_path, roles=[{"layer": "0", "role": "paint"}])
    assert refusal.value.code == "rules"


def test_a_layer_is_listed_once_for_each_role(tmp_path):
    figures = measured(styled(), tmp_path, roles=[rule("engrave", color=1)])
    rows = {(row["name"], row["role"]): row for row in figures.layers}
    assert set(rows) == {("0", "cut"), ("0", "engrave"), ("Notes", "ignore"), ("Off", "ignore")}
    assert rows["0", "cut"]["linetypes"] == ["CONTINUOUS", "CENTER"]
    assert rows["Notes", "ignore"]["colors"] == [3]
    assert "linetypes" in codes(figures)


def test_colours_in_blocks_are_those_of_the_block_as_placed(tmp_path):
    document, space = new()
    block = document.blocks.new("B")
    block.add_line((0, 0), (10, 0), dxfattribs={"color": 0})
    block.add_line((0, 5), (20, 5))
    space.add_circle((0, 0), 50)
    document.layers.add("Red", color=1)
    space.add_blockref("B", (0, 0), dxfattribs={"color": 1})
    space.add_blockref("B", (0, 10), dxfattribs={"layer": "Red"})
    figures = measured(document, tmp_path, roles=[rule("engrave", color=1)])
    assert figures.engrave_length_mm == pytest.approx(10 + 10 + 20)
    document.layers.get("Red").freeze()
    assert measured(document, tmp_path).open_chains == 2
