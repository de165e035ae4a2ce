"""Whole searches: what is nested where, by the answer alone. Those without child processes take part of a second."""

import os
import random
import signal
import time
from collections import Counter

import pytest

from production.nesting import nest, stripwise
from production.nesting.crew import Crew
from production.nesting.greedy import Maker
from production.nesting.guests import Holes
from production.nesting.layout import Laid, Layout
from production.nesting.nofit import Shapes
from production.nesting.plain import plan
from production.nesting.problem import Spot, read
from production.nesting.scoring import promise, score
from production.nesting.searching import PATIENCE, PATIENCE_EACH, Best, Team, roles
from production.nesting.squeezing import Bed, Squeeze
from production.nesting.strips import Strips
from production.nesting.stripwise import shorten_last
from production.nesting.verifying import verify
from production.tests.nesting.problems import BRACKET, check, circle, counts, part, problem, rectangle, sheet

ALONE = 0.7  # s: too short for processes of their own


def answer(question, seconds=ALONE):
    found = nest(question, seconds).as_dict()
    check(question, found)
    return found


def test_small_parts_go_into_holes():
    frame = part("frame", rectangle(200, 200), 2, holes=[rectangle(160, 160, 20, 20)])
    small = part("small", rectangle(70, 70), 8)
    found = answer(problem([frame, small], [sheet(420, 210, 2)], gap=5, margin=2))
    assert len(found["sheets"]) == 1
    assert found["unplaced"] == []
    assert Counter(row["in_hole"] for row in found["sheets"][0]["placements"]) == {False: 2, True: 8}
    flagged = problem([{**frame, "no_nest_inside": True}, small], [sheet(420, 210, 2)], gap=5, margin=2)
    assert not any(row["in_hole"] for laid in answer(flagged)["sheets"] for row in laid["placements"])


def test_round_parts_go_into_round_holes_by_true_shape():
    ring = part("ring", circle(100), 1, holes=[circle(80)])
    found = answer(problem([ring, part("disc", circle(78), 1)], [sheet(204, 204)], gap=1, margin=1))
    assert counts(found) == {"ring": 1, "disc": 1}


def test_remnants_are_used_first_whatever_their_shape():
    corner = [[0, 0], [300, 0], [300, 100], [100, 100], [100, 300], [0, 300]]
    stock = [sheet(1000, 1000, 2), sheet(300, 300, 1, "R", outline=corner, remnant=True)]
    found = answer(problem([part("a", rectangle(80, 80), 5)], stock, gap=5, margin=5))
    assert [(laid["id"], len(laid["placements"])) for laid in found["sheets"]] == [("R", 5)]


def test_the_sheet_that_wastes_least_is_taken():
    stock = [sheet(3000, 1500, 5, "large"), sheet(1000, 500, 5, "small")]
    found = answer(problem([part("a", rectangle(490, 490), 2)], stock, gap=5, margin=2))
    assert [laid["id"] for laid in found["sheets"]] == ["small"]


def test_urgent_parts_are_placed_when_room_is_short():
    parts = [part("later", rectangle(100, 100), 4), part("now", rectangle(90, 90), 4, priority=2)]
    found = answer(problem(parts, [sheet(200, 200)]))
    assert counts(found) == {"now": 4}
    assert [(row["part"], row["quantity"], row["code"]) for row in found["unplaced"]] == [("later", 4, "no-room")]


def test_locked_pieces_stay_and_the_rest_goes_around_them():
    lock = {"sheet": "S", "copy": 0, "x_mm": 110.0, "y_mm": 60.0, "angle_deg": 0}
    found = answer(problem([part("a", rectangle(80, 80), 3, fixed=[lock])], [sheet(300, 200, 3)], gap=2))
    (laid,) = found["sheets"]
    assert (110.0, 60.0, 0) in [(row["x_mm"], row["y_mm"], row["angle_deg"]) for row in laid["placements"]]
    assert len(laid["placements"]) == 3


def test_clamps_stay_free():
    clamps = [{"x_mm": 0, "y_mm": 0, "width_mm": 40, "height_mm": 200}]
    found = answer(problem([part("a", rectangle(80, 80), 4)], [sheet(220, 200, 1, clamps=clamps)]))
    assert counts(found) == {"a": 4}
    assert min(row["x_mm"] for row in found["sheets"][0]["placements"] if row["angle_deg"] == 0) >= 39.999


def test_what_is_too_large_or_no_shape_is_left_out_with_a_reason():
    nan = float("nan")
    parts = [
        part("large", rectangle(300, 20)),
        part("point", [[1, 1]]),
        part("line", [[0, 0], [10, 0], [20, 0]]),
        part("nan", [[0, 0], [nan, 0], [1, 1]]),
        part("none", rectangle(10, 10), 0),
        part("good", rectangle(10, 10)),
    ]
    found = nest(problem(parts, [sheet(200, 200)]), ALONE).as_dict()
    assert {row["part"]: row["code"] for row in found["unplaced"]} == {
        "large": "too-large", "point": "no-outline", "line": "no-outline", "nan": "not-a-number",
    }  # fmt: skip
    assert counts(found) == {"good": 1}


def test_a_billion_pieces_are_capped():
    found = nest(problem([part("a", rectangle(100, 100), 10**9)], [sheet(1000, 1000, 3)]), ALONE).as_dict()
    assert counts(found) == {"a": 300}
    assert {row["code"] for row in found["unplaced"]} == {"too-many", "no-room"}


def test_the_same_pattern_is_said_once_and_counted():
    found = answer(problem([part("a", rectangle(100, 100), 12)], [sheet(200, 200, 9)]))
    assert [laid["repeats"] for laid in found["sheets"]] == [3, 3, 3]
    assert {laid["pattern"] for laid in found["sheets"]} == {0}


def test_what_is_left_of_the_last_sheet_is_said():
    found = answer(problem([part("a", rectangle(100, 200), 2, rotations=[0])], [sheet(1000, 200)], gap=10))
    (laid,) = found["sheets"]
    assert laid["used_length_mm"] == 210
    assert laid["remnant"]["rectangle"] == [220, 0, 780, 200]
    assert found["utilisation"] == pytest.approx(40_000 / (210 * 200), abs=1e-6)


@pytest.mark.processes
def test_brackets_are_paired_within_seconds_and_a_stop_is_a_stop():
    heard = []
    question = problem([part("L", BRACKET, 600)], [sheet(2450, 1225, 3)], gap=2, margin=6)
    asked = []

    def stopped():
        if any(layout.utilisation > 0.88 for layout, _ in heard):
            asked.append(time.monotonic())
        return bool(asked)

    found = nest(question, 60, lambda layout, at: heard.append((layout, at)), stopped)
    assert time.monotonic() - asked[0] < 20  # and not the rest of the minute; alone it is a tenth of a second
    assert max(Counter(row["part"] for row in laid["placements"])["L"] for laid in found.as_dict()["sheets"]) >= 566
    assert heard[0][1] < 20


@pytest.mark.processes
def test_a_search_whose_processes_die_still_answers(monkeypatch):
    start = Crew.start

    def killed(self, **asked):
        start(self, **asked)
        os.killpg(self.members[-1].pid, signal.SIGKILL)

    monkeypatch.setattr(Crew, "start", killed)
    began = time.monotonic()
    found = nest(problem([part("a", circle(50), 5)], [sheet(1000, 500)], gap=2, margin=5), 180).as_dict()
    assert counts(found) == {"a": 5}
    assert time.monotonic() - began < 90


def test_what_reaches_furthest_is_pulled_into_holes():
    ring = part("ring", rectangle(200, 200), 2, holes=[rectangle(160, 160, 20, 20)])
    asked = read(problem([ring, part("small", rectangle(70, 70), 8)], [sheet(2000, 210)], gap=5, margin=2))
    spots = [Spot(0, 0.0, 2 + 205.0 * number, 2.0) for number in range(2)]
    spots += [Spot(1, 0.0, 420 + 75.0 * (number // 2), 2 + 75.0 * (number % 2)) for number in range(8)]
    before = Layout(asked, (Laid(0, tuple(spots)),))
    verify(asked, before)
    found = list(Maker(asked, 0, time.monotonic() + 5).improved(before, 0.1))
    verify(asked, found[-1])
    assert found[-1].lengths[0] < 410


def test_what_lies_beyond_a_nearer_end_finds_room():
    asked = read(problem([part("a", rectangle(60, 60), 6), part("disc", circle(28), 2)], [sheet(900, 130)], gap=2))
    spots = [Spot(0, 0.0, 62.0 * number, 0.0) for number in range(6)]
    spots += [Spot(1, 0.0, 400.0 + 60.0 * number, 28.0) for number in range(2)]
    before = Layout(asked, (Laid(0, tuple(spots)),))
    verify(asked, before)
    shorter = Squeeze(shapes := Shapes(asked), Holes(shapes), before, random.Random(3), lambda: False).shorter(20)
    after = next(layout for layout in shorter if layout.lengths[0] < 260)
    verify(asked, after)
    assert after.placed == before.placed


def test_locked_pieces_are_never_taken_up():
    lock = {"sheet": "S", "copy": 0, "x_mm": 500.0, "y_mm": 10.0, "angle_deg": 0}
    asked = read(problem([part("a", rectangle(60, 60), 3, fixed=[lock])], [sheet(900, 130)], gap=2))
    spots = (Spot(0, 0.0, 500.0, 10.0), Spot(0, 0.0, 600.0, 0.0), Spot(0, 0.0, 700.0, 0.0))
    bed = Bed(Shapes(asked), Laid(0, spots, 1, 0))
    assert 0 not in bed.around(1, 3)
    assert sorted(bed.around(1, 3)) == [1, 2]


def test_the_plain_plan_is_ours_too_where_it_may_win():
    star = [[0, 0], [50, 20], [100, 0], [80, 50], [100, 100], [50, 80], [0, 100], [20, 50]]
    odd = problem([part("star", star, 3)], [sheet(230, 220)], gap=2, margin=2)
    assert roles(read(odd))[0]["plain"] is True
    assert roles(read(problem([part("a", rectangle(50, 50), 3)], [sheet(300, 200)])))[0]["plain"] is False
    brackets = [part(f"L{number}", BRACKET, 3) for number in range(4)]
    assert roles(read(problem(brackets[:1], [sheet(300, 200)])))[0]["plain"] is False
    assert roles(read(problem(brackets, [sheet(300, 200)])))[0]["plain"] is True
    asked = read(odd)
    found = plan(asked, Strips(asked, 1), 4)
    verify(asked, found)
    assert found.placed == {0: 3}


def test_a_search_ends_when_few_pieces_have_long_lain_as_they_lie():
    asked = read(problem([part("a", rectangle(80, 80), 3)], [sheet(300, 200)], gap=2))
    best = Best(asked, lambda layout, at: None, time.monotonic())
    assert not best.settled()
    spots = tuple(Spot(0, 0.0, 82.0 * number, 0.0) for number in range(3))
    assert best.offer(Layout(asked, (Laid(0, spots),)))
    best.since -= PATIENCE + 3 * PATIENCE_EACH - 1
    assert not best.settled()
    best.since -= 2
    assert best.settled()


def test_strips_have_the_processors_to_themselves_and_pieces_follow_when_they_are_gone():
    kinds = [[[0, 0], [60 + 9 * number, 10], [40, 50 + 7 * number]] for number in range(4)]
    question = problem([part(f"t{number}", outline) for number, outline in enumerate(kinds)], [sheet(900, 300)], 2)
    asked = read(question)
    assert [role["role"] for role in roles(asked)] == ["strips"]
    with Crew() as crew:
        team = Team(asked, question, crew, Best(asked, lambda layout, at: None, time.monotonic()))
        team.start(time.monotonic() + 20)
        crew.end(team.strips)
        team.strips.wait()
        while team.at_work() and not team.best.layout.sheets:
            team.hear()
        assert len(crew.members) == 2
        assert team.best.layout.placed == {0: 1, 1: 1, 2: 1, 3: 1}


def test_a_last_sheet_of_odd_pieces_is_laid_anew_as_a_strip():
    wedge = [[0, 0], [100, 0], [20, 60]]
    asked = read(problem([part("box", rectangle(190, 190)), part("wedge", wedge, 8)], [sheet(220, 200, 5)], 2, 2))
    wedges = [Spot(1, 0.0, 2 + 102.0 * (number % 2), 2 + 62.0 * (number // 2)) for number in range(6)]
    rest = [Spot(1, 0.0, 2.0, 2 + 62.0 * number) for number in range(2)]
    before = Layout(asked, (Laid(0, (Spot(0, 0.0, 5.0, 5.0),)), Laid(0, tuple(wedges)), Laid(0, tuple(rest))))
    verify(asked, before)
    told, known = [], [before]
    for _ in shorten_last(asked, 1, time.monotonic() + 60, told.append, lambda: known.pop() if known else None):
        if told:
            break
    verify(asked, told[-1])
    assert told[-1].placed == before.placed
    assert told[-1].lengths[2] < before.lengths[2] - 10  # the wedges stand
    lengths = [layout.lengths[2] for layout in told]  # each heard of on the way is shorter than the one before
    assert lengths[:-1] == sorted(set(lengths[:-1]), reverse=True)


def test_half_way_the_last_sheet_gets_a_search_of_its_own_where_its_pieces_fill_their_boxes_badly():
    trapeze = [[0, 0], [100, 0], [80, 60], [20, 60]]
    question = problem([part("trapeze", trapeze, 25)], [sheet(300, 200, 9)], 2, 2)
    asked = read(question)
    assert [role["role"] for role in roles(asked)] == ["strips", "pieces", "pieces"]
    with Crew() as crew:
        team = Team(asked, question, crew, Best(asked, lambda layout, at: None, time.monotonic()))
        team.start(time.monotonic() + 300)
        while team.at_work() and len(team.best.layout.sheets) < 2:
            team.hear()
        team.began -= 300  # half of the time is over, and the strips have found nothing better
        while len(crew.members) < 4:
            team.useful.clear()
            team.hear()
        assert [crew.members[number].wait() for number in range(3)] == [-9, -9, -9]
        assert crew.members[3].poll() is None  # now all processors are the last sheet's
        assert team.finishing


def two_ways() -> tuple[Layout, Layout]:
    """Three squares and three slats on two sheets: (shorter on its last sheet, fuller on its first)."""
    parts = [part("square", rectangle(90, 90), 3), part("slat", rectangle(20, 90), 3)]
    asked = read(problem(parts, [sheet(230, 100, 2)], 2, 2))
    one, two = [Spot(0, 0.0, x, 5.0) for x in (2.0, 94.0)]
    slats = [Spot(1, 0.0, x, 5.0) for x in (94.0, 116.0, 138.0, 150.0, 186.0)]
    shorter = Layout(asked, (Laid(0, (one, two)), Laid(0, (one, *slats[:3]))))
    fuller = Layout(asked, (Laid(0, (one, two, slats[4])), Laid(0, (one, slats[0], slats[3]))))
    return shorter, fuller


def test_the_layout_that_leaves_least_for_its_last_sheet_is_remembered_however_long_that_is():
    other, fuller = two_ways()
    assert (score(fuller) > score(other), promise(fuller) < promise(other)) == (True, True)
    best = Best(fuller.problem, lambda layout, at: None, time.monotonic())
    for layout in (other, fuller, other):
        best.hear_of_full(layout)
    assert best.fullest is fuller
    nonsense = Layout(fuller.problem, (Laid(0, (Spot(0, 0.0, -50.0, 0.0),)),))
    best.hear_of_full(Layout(fuller.problem, (*fuller.sheets[:1], *nonsense.sheets)))
    assert best.fullest is fuller
    assert not best.layout.sheets  # nobody has offered it as an answer


def test_first_the_last_sheet_of_the_fullest_is_laid_anew(monkeypatch):
    monkeypatch.setattr(stripwise, "LONG_RUN", stripwise.SHORTEST_RUN)  # how short it gets is not looked at
    other, fuller = two_ways()
    known = [other]
    asked: list[Layout] = []
    rounds = shorten_last(
        fuller.problem, 1, time.monotonic() + 60, asked.append, lambda: known.pop() if known else None, fuller
    )
    next(rounds)
    assert {layout.sheets[0] for layout in asked} == {fuller.sheets[0]}
