"""What the numbers of a drawing mean, and when it is said that this is a guess."""

import pytest

from production.dxf import Refused
from production.dxf.units import find_units
from production.tests.dxf.drawings import PLATE_LENGTH, add_plate, codes, measured, new


@pytest.mark.parametrize(
    ("stated", "mm", "name"), [(4, 1, "mm"), (5, 10, "cm"), (1, 25.4, "in"), (14, 100, "dm"), (6, 1000, "m")]
)
def test_stated_units(stated, mm, name, tmp_path):
    document, space = new(units=stated)
    add_plate(space, 1 / mm)
    figures = measured(document, tmp_path)
    assert (figures.units, figures.mm_per_unit, figures.units_sure) == (name, mm, True)
    assert figures.cut_length_mm == pytest.approx(PLATE_LENGTH)
    assert figures.width_mm == pytest.approx(100)
    assert figures.warnings == []


@pytest.mark.parametrize(
    ("stated", "measurement", "size", "name", "sure", "code"),
    [
        (4, 0, 500, "mm", True, None),  # an imperial template does not change what is stated
        (None, 1, 500, "mm", False, "units-missing"),
        (0, 0, 273, "mm", False, "units-missing"),
        (None, None, 6.38, "in", False, "units-doubtful"),
        (None, 0, 15, "in", False, "units-doubtful"),
        (None, 1, 15, "mm", False, "units-missing"),
        (1, 0, 310, "mm", False, "units-doubtful"),  # says inch, but would be 7.9 m
        (1, 0, 100, "in", True, None),
        (6, 1, 300, "mm", False, "units-doubtful"),
        (4, 1, 5000, "mm", False, "units-doubtful"),
        (4, 1, 1.5, "mm", False, "units-doubtful"),
        (4, 1, 3.94, "mm", False, "units-doubtful"),  # says mm, but is a plate of 100 mm in inches
        (22, 0, 100, "US in", True, None),
        (None, None, 9000, "mm", False, "units-doubtful"),
        (99, 1, 100, "mm", False, "units-missing"),
    ],
)
def test_decision(stated, measurement, size, name, sure, code):
    units = find_units(stated, measurement, size, None)
    assert (units.name, units.sure) == (name, sure)
    assert (units.warning or {}).get("code") == code


def test_a_choice_overrides_everything(tmp_path):
    document, space = new(units=4)
    add_plate(space)
    figures = measured(document, tmp_path, unit="in")
    assert figures.width_mm == pytest.approx(2540)
    assert figures.units_sure
    with pytest.raises(Refused) as refusal:
        measured(document, tmp_path, unit="parsec")
    assert refusal.value.code == "unknown-unit"


def test_size_is_judged_by_what_is_cut(tmp_path):
    document, space = new(units=1)
    add_plate(space, 1 / 25.4)
    space.add_line((0, 0), (900, 0), dxfattribs={"layer": "FRAME"})
    assert measured(document, tmp_path).units_sure


@pytest.mark.parametrize(("stated", "said"), [(0, {"units-missing", "tiny-contours"}), (4, {"tiny-contours"})])
def test_tiny_holes_are_suspicious_unless_somebody_said_the_unit(stated, said, tmp_path):
    document, space = new(units=stated)
    space.add_circle((0, 0), 8)
    space.add_circle((0, 0), 0.1)
    assert codes(measured(document, tmp_path)) == said
    assert codes(measured(document, tmp_path, unit="mm")) == set()


def test_what_a_unit_is_keeps_its_digits(tmp_path):
    document, space = new(units=22)
    add_plate(space)
    assert measured(document, tmp_path).as_dict()["mm_per_unit"] == pytest.approx(25.4000508001, abs=1e-10)


def test_a_flat_arc_is_not_as_large_as_its_circle(tmp_path):
    """Stretched in a block, an arc is part of an ellipse: 5 m long in cm, if all of it were drawn."""
    document, space = new(units=5)
    block = document.blocks.new("B")
    block.add_lwpolyline([(0, 0, 0, 0, 0.02), (10, 0), (10, 6), (0, 6)], close=True)
    space.add_blockref("B", (0, 0), dxfattribs={"xscale": 2, "yscale": 1})
    figures = measured(document, tmp_path)
    assert (figures.units, figures.width_mm, figures.warnings) == ("cm", pytest.approx(200), [])
