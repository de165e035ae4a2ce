"""Room in holes costs nothing, so it is used first: in strips, by boxes and by pieces put one by one."""

import random
import time
from collections import Counter

import pytest

from production.nesting.greedy import Maker
from production.nesting.guests import Holes, HostingStrips
from production.nesting.layout import Laid, Layout
from production.nesting.nofit import Shapes
from production.nesting.problem import Spot, read
from production.nesting.squeezing import Squeeze
from production.nesting.verifying import verify
from production.tests.nesting.problems import circle, part, problem, rectangle, sheet


def in_holes(asked, spots) -> list[str]:
    layout = Layout(asked, (Laid(0, tuple(spots)),), "found")
    verify(asked, layout)
    return sorted(row["part"] for row in layout.as_dict()["sheets"][0]["placements"] if row["in_hole"])


def test_strips_use_holes_and_what_lies_in_them_turns_with_them():
    ring = part("ring", circle(100), 3, holes=[circle(80)])
    asked = read(problem([ring, part("disc", circle(34), 9), part("bar", rectangle(180, 30), 4)], [sheet(900, 300)], 2))
    heard = []
    strips = HostingStrips(asked, 1, Holes(Shapes(asked)))
    found = strips.solve(0, Counter({0: 3, 1: 9, 2: 4}), 2, 0, lambda spots, width: heard.append(len(spots)))
    assert Counter(spot.part for spot in found[0]) == {0: 3, 1: 9, 2: 4}
    assert set(heard) == {16}
    assert in_holes(asked, found[0]) == ["disc"] * 9  # three in each ring
    assert found[1] < 800  # three rings beside one another take 600


def test_what_may_not_turn_with_its_host_stays_out_of_the_hole():
    ring = part("ring", circle(100), 1, holes=[circle(80)])
    asked = read(problem([ring, part("grained", rectangle(60, 30), 2, rotations=[0, 180])], [sheet(900, 300)], 2))
    holes = Holes(Shapes(asked))
    assert holes.invited(0, Counter({0: 1, 1: 2})) == (Counter({0: 1, 1: 2}), {0: []})


@pytest.fixture
def rings():
    """Two rings to the right of four discs and a bar; three discs lie in a ring."""
    ring = part("ring", circle(100), 2, holes=[circle(80)])
    return read(problem([ring, part("disc", circle(34), 4), part("bar", rectangle(180, 30), 1)], [sheet(900, 300)], 2))


def laid(discs) -> list[Spot]:
    return [Spot(0, 0.0, 500.0, 120.0), Spot(0, 90.0, 720.0, 120.0), Spot(2, 0.0, 0.0, 260.0), *discs]


FREE = [Spot(1, 0.0, 40.0 + 72.0 * number, 40.0) for number in range(4)]


def test_what_lies_free_goes_into_holes_that_have_room(rings):
    holes = Holes(Shapes(rings))
    before = laid(FREE)
    assert in_holes(rings, before) == []
    after = holes.settled(0, before)
    assert in_holes(rings, after) == ["disc"] * 4
    assert Counter(spot.part for spot in after) == Counter(spot.part for spot in before)
    assert after[:3] == before[:3]  # rings and bar stay
    assert sorted(holes.settled(0, after), key=repr) == sorted(after, key=repr)


def test_a_hole_with_room_left_takes_more_and_gives_nothing_away(rings):
    one_inside = [Spot(1, 0.0, 500.0, 120.0), *FREE[:3]]
    assert in_holes(rings, laid(one_inside)) == ["disc"]
    assert in_holes(rings, Holes(Shapes(rings)).settled(0, laid(one_inside))) == ["disc"] * 4


def test_what_is_wanted_besides_goes_there_before_what_lies_already(rings):
    after = Holes(Shapes(rings)).settled(0, laid(FREE[:1]), left=[0, 3, 0])
    assert in_holes(rings, after) == ["disc"] * 4
    few = Holes(Shapes(rings)).settled(0, laid(FREE[:3])[1:], left=[0, 1, 0])  # one ring: room for three
    assert Counter(spot.part for spot in few)[1] in (3, 4)
    assert in_holes(rings, few) == ["disc"] * 3


def test_what_is_locked_stays_and_what_may_not_lie_in_holes_too(rings):
    before = laid(FREE)
    assert Holes(Shapes(rings)).settled(0, before, locked=set(FREE)) == before
    ring = part("ring", circle(100), 2, holes=[circle(80)])
    shy = read(
        problem(
            [ring, part("disc", circle(34), 4, no_holes=True), part("bar", rectangle(180, 30), 1)], [sheet(900, 300)], 2
        )
    )
    assert Holes(Shapes(shy)).settled(0, before) == before


def test_by_boxes_and_by_shapes_holes_are_filled_first(rings):
    maker = Maker(rings, 0, time.monotonic() + 20)
    order = [(0, 2), (1, 4), (2, 1)]
    for way in (maker._by_boxes, maker._by_shapes):
        spots, _how = way(0, [2, 4, 1], (), order, None)
        assert in_holes(rings, spots) == ["disc"] * 4


def test_making_shorter_begins_with_holes(rings):
    squeeze = Squeeze(
        shapes := Shapes(rings),
        Holes(shapes),
        Layout(rings, (Laid(0, tuple(laid(FREE))),)),
        random.Random(3),
        lambda: False,
    )
    assert in_holes(rings, squeeze.beds[0].spots) == ["disc"] * 4
