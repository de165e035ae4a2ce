"""Every rule a layout can break, broken by a hand's breadth; and just kept."""

import pytest

from production.nesting.layout import Laid, Layout
from production.nesting.problem import Spot, read
from production.nesting.verifying import Unsound, verify
from production.tests.nesting.problems import part, problem, rectangle, sheet

HOLE = rectangle(60, 60, 20, 20)
LOCK = [{"sheet": "S", "x_mm": 200, "y_mm": 0}]


def verified(question, *spots, sheet=0, count=1, copy=None):
    asked = read(question)
    verify(asked, Layout(asked, (Laid(sheet, tuple(Spot(*spot) for spot in spots), count, copy),)))


def squares(quantity=2, rotations=(0,), **more):
    return part("a", rectangle(100, 100), quantity, rotations=list(rotations), **more)


KEPT = {
    "as near as the gap": (problem([squares()], [sheet(300, 200)], 5, 10), [(0, 0, 10, 10), (0, 0, 115, 10)]),
    "touching without a gap": (problem([squares()], [sheet(200, 100)]), [(0, 0, 0, 0), (0, 0, 100, 0)]),
    "in a hole": (
        problem([squares(1, holes=[HOLE]), part("b", rectangle(40, 40))], [sheet(100, 100)], 5),
        [(0, 0, 0, 0), (1, 0, 30, 30)],
    ),
    "beside a clamp": (
        problem([squares()], [sheet(300, 100, clamps=[{"x_mm": 0, "y_mm": 0, "width_mm": 50, "height_mm": 50}])]),
        [(0, 0, 50, 0)],
    ),
}
BROKEN = {
    "gap": (problem([squares()], [sheet(300, 200)], 5, 10), [(0, 0, 10, 10), (0, 0, 114.9, 10)]),
    "overlap": (problem([squares()], [sheet(300, 100)]), [(0, 0, 0, 0), (0, 0, 99.99, 0)]),
    "the same place": (problem([squares()], [sheet(300, 100)]), [(0, 0, 0, 0), (0, 0, 0, 0)]),
    "margin": (problem([squares()], [sheet(300, 200)], 5, 10), [(0, 0, 9.9, 10)]),
    "outside": (problem([squares()], [sheet(300, 200)]), [(0, 0, 201, 0)]),
    "not a number": (problem([squares()], [sheet(300, 200)]), [(0, 0, float("nan"), 0)]),
    "quantity": (problem([squares(1)], [sheet(300, 200)]), [(0, 0, 0, 0), (0, 0, 150, 0)]),
    "rotation": (problem([squares()], [sheet(300, 200)]), [(0, 90, 150, 0)]),
    "gap in a hole": (
        problem([squares(1, holes=[HOLE]), part("b", rectangle(40, 40))], [sheet(100, 100)], 5),
        [(0, 0, 0, 0), (1, 0, 24, 30)],
    ),
    "a hole that stays empty": (
        problem([squares(1, holes=[HOLE], no_nest_inside=True), part("b", rectangle(40, 40))], [sheet(100, 100)], 5),
        [(0, 0, 0, 0), (1, 0, 30, 30)],
    ),
    "a part that stays out of holes": (
        problem([squares(1, holes=[HOLE]), part("b", rectangle(40, 40), no_holes=True)], [sheet(100, 100)], 5),
        [(0, 0, 0, 0), (1, 0, 30, 30)],
    ),
    "clamp": (
        problem([squares()], [sheet(300, 100, clamps=[{"x_mm": 0, "y_mm": 0, "width_mm": 50, "height_mm": 50}])]),
        [(0, 0, 49, 0)],
    ),
    "outline": (
        problem([squares()], [sheet(300, 300, outline=[[0, 0], [300, 0], [0, 300]])]),
        [(0, 0, 110, 110)],
    ),
    "lock": (problem([squares(2, fixed=LOCK)], [sheet(300, 100)]), [(0, 0, 0, 0)]),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_layout_that_keeps_the_rules_is_sound(name):
    verified(KEPT[name][0], *KEPT[name][1])


@pytest.mark.parametrize("name", BROKEN)
def test_a_layout_that_breaks_a_rule_is_not(name):
    with pytest.raises(Unsound):
        verified(BROKEN[name][0], *BROKEN[name][1])


def test_no_more_sheets_than_there_are():
    question = problem([squares(4)], [sheet(100, 100, quantity=3)])
    verified(question, (0, 0, 0, 0), count=3)
    with pytest.raises(Unsound):
        verified(question, (0, 0, 0, 0), count=4)
