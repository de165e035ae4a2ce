"""What a thickness, a kerf and a bed do not allow: each kind with its place, its size and how grave it is."""

import math
import time

import pytest

from production.dxf import measure
from production.dxf.checks import checks
from production.dxf.writing import write
from production.tests.dxf.test_writing import circle, polygon


@pytest.fixture
def checked(tmp_path):
    def check(shapes, *arguments, **options):
        path = tmp_path / "part.dxf"
        path.write_bytes(write(shapes))
        return [
            (d["kind"], d["severity"], round(d["size_mm"], 3), round(d["x_mm"], 2), round(d["y_mm"], 2))
            for d in checks(measure(path).as_dict(), *arguments, **options)
        ]

    return check


PLATE = polygon((0, 0), (100, 0), (100, 60), (0, 60))


def slot(x, y, length, width, angle=0.0):
    c, s = math.cos(angle), math.sin(angle)
    corners = [(-length / 2, -width / 2), (length / 2, -width / 2), (length / 2, width / 2), (-length / 2, width / 2)]
    return polygon(*[(x + a * c - b * s, y + a * s + b * c) for a, b in corners])


def test_nothing_is_wrong_with_a_sound_part(checked):
    assert checked([PLATE, circle(30, 30, 5)], 3, 0.2, (3000, 1500)) == []
    assert checked([PLATE, circle(30, 30, 0.2)], None) == []  # no material is known yet


@pytest.mark.parametrize(
    ("diameter", "thickness", "kerf", "severity"),
    [(3.0, 3, 0, None), (2.9, 3, 0, "warn"), (1.5, 3, 0, "warn"), (1.49, 3, 0, "refuse"), (0.9, 0.5, 0.5, "refuse")],
)
def test_holes_by_thickness_and_kerf(checked, diameter, thickness, kerf, severity):
    found = checked([PLATE, circle(30, 40, diameter / 2)], thickness, kerf)
    assert found == ([("small-hole", severity, diameter, 30, 40)] if severity else [])


@pytest.mark.parametrize("angle", [0, 0.6])
def test_a_slot_is_as_wide_as_its_narrow_side(checked, angle):
    assert checked([PLATE, slot(50, 30, 40, 2, angle)], 3) == [("small-hole", "warn", 2.0, 50, 30)]
    assert checked([PLATE, slot(50, 30, 40, 3.1, angle)], 3) == []


def test_webs_between_holes_and_to_the_edge(checked):
    found = checked([PLATE, circle(20, 30, 10), circle(42, 30, 10), circle(91, 30, 8)], 3)
    assert found == [("thin-web", "refuse", 1.0, 99.5, 30), ("thin-web", "warn", 2.0, 31, 30)]
    assert checked([PLATE, circle(20, 30, 10), circle(43.1, 30, 10)], 3) == []


def test_rules_of_another_shop(checked):
    shapes = [PLATE, circle(30, 30, 2)]
    assert checked(shapes, 3, warn=1.5) == [("small-hole", "warn", 4.0, 30, 30)]
    assert checked(shapes, 3, warn=2, refuse=1.4) == [("small-hole", "refuse", 4.0, 30, 30)]


def test_a_neck_of_the_part_itself(checked):
    dumbbell = [
        (0, 0),
        (40, 0),
        (40, 19),
        (60, 19),
        (60, 0),
        (100, 0),
        (100, 40),
        (60, 40),
        (60, 21),
        (40, 21),
        (40, 40),
    ]
    ((kind, severity, size, x, y),) = checked([polygon(*dumbbell, (0, 40))], 3)
    assert (kind, severity, y) == ("thin-web", "warn", 20)
    assert size == pytest.approx(2.0, abs=0.01)
    assert 40 <= x <= 60
    assert checked([polygon(*dumbbell, (0, 40))], 1.9) == []


def test_parts_too_large_for_the_bed_whichever_way_they_lie(checked):
    assert checked([PLATE], None, bed=(60, 100)) == []
    assert checked([PLATE], None, bed=(90, 90)) == [("too-large", "refuse", 100.0, 50, 30)]
    turned = slot(0, 0, 100, 20, math.pi / 4)
    assert checked([turned], None, bed=(105, 25)) == []


def test_parts_closer_than_the_cut_is_wide(checked):
    near = [PLATE, polygon((100.1, 0), (150, 0), (150, 60), (100.1, 60))]
    assert checked(near, 1, 0.2)[0][:3] == ("parts-close", "refuse", 0.1)
    assert checked(near, 1, 0.05) == []


def test_a_perforated_sheet_is_checked_quickly(tmp_path):
    holes = [circle(5 + 4 * x, 5 + 4 * y, 1.5) for x in range(60) for y in range(50)]
    path = tmp_path / "sheet.dxf"
    path.write_bytes(write([polygon((0, 0), (250, 0), (250, 210), (0, 210)), *holes]))
    figures = measure(path).as_dict()
    began = time.process_time()
    found = checks(figures, 2, 0.2)
    assert time.process_time() - began < 3
    assert {(d["kind"], d["severity"]) for d in found} == {("thin-web", "warn")}
    assert len(found) <= 200
