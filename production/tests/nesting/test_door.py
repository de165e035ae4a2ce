"""The door of nesting: its forms, and what it answers to bad questions."""

import io
import json

import pytest
from django.core.management import call_command

from production.nesting import Refused, nest
from production.nesting.problem import read


def rectangle(width, height):
    return [[0, 0], [width, 0], [width, height], [0, height]]


def problem(*parts, width=200, height=200, quantity=5, gap=0, margin=0, **sheet):
    return {
        "parts": list(parts),
        "sheets": [{"id": "S", "width_mm": width, "height_mm": height, "quantity": quantity, **sheet}],
        "gap_mm": gap,
        "margin_mm": margin,
    }


def test_four_squares_fill_a_sheet_that_is_just_large_enough():
    heard = []
    squares = {"id": "square", "outline": rectangle(100, 100), "quantity": 4, "rotations": [0, 90]}
    answer = nest(problem(squares), 5, lambda layout, at: heard.append(at)).as_dict()
    assert [len(sheet["placements"]) for sheet in answer["sheets"]] == [4]
    assert answer["utilisation"] == 1.0
    assert answer["unplaced"] == []
    corners = {
        (row["x_mm"] % 100, row["y_mm"] % 100) for row in answer["sheets"][0]["placements"] if row["angle_deg"] == 0
    }
    assert corners <= {(0.0, 0.0)}
    assert heard


@pytest.mark.parametrize(
    ("question", "code"),
    [
        ([], "not-a-problem"),
        ({"parts": []}, "no-sheets"),
        ({"parts": [], "sheets": []}, "no-sheets"),
        (problem({"id": 1, "outline": rectangle(1, 1), "quantity": -1}), "not-a-quantity"),
        (problem(gap=float("nan")), "not-a-length"),
        (problem(width=0), "not-a-sheet"),
        (problem(clamps=[{"x_mm": 0}]), "not-a-clamp"),
        (problem({"id": 1, "outline": rectangle(1, 1), "quantity": 1, "rotations": ["a"]}), "not-rotations"),
        (problem({"id": 1, "outline": rectangle(1, 1)}, {"id": "1", "outline": rectangle(2, 2)}), "same-id"),
        (problem(margin=-1), "not-a-length"),
    ],
)
def test_a_question_without_sense_is_refused(question, code):
    with pytest.raises(Refused) as refused:
        nest(question, 1)
    assert refused.value.code == code


@pytest.mark.parametrize("seconds", [float("nan"), -1, 1e9])
def test_a_time_that_is_none_is_refused(seconds):
    with pytest.raises(Refused) as refused:
        nest(problem({"id": 1, "outline": rectangle(1, 1)}), seconds)
    assert refused.value.code == "not-a-time"


def test_of_more_rotations_than_can_be_tried_some_all_around_are():
    part = {"id": "a", "outline": [[0, 0], [60, 0], [0, 40]], "quantity": 1, "rotations": list(range(360))}
    (found,) = read(problem(part)).parts
    assert len(found.angles) == 24
    assert {0, 45, 90, 135, 180, 225, 270, 315} < set(found.angles)
    turns = sorted(found.angles)
    assert max(after - before for before, after in zip(turns, [*turns[1:], 360], strict=True)) <= 25


def test_from_a_layout_that_lies_well_it_only_gets_better():
    asked = problem({"id": "a", "outline": rectangle(60, 40), "quantity": 3, "rotations": [0]}, width=300, height=45)
    places = [{"part": "a", "x_mm": 70.0 * number, "y_mm": 2.0, "angle_deg": 0} for number in range(3)]
    before = {"sheets": [{"id": "S", "placements": places}]}
    heard = []
    answer = nest(asked, 0.1, lambda layout, at: heard.append(layout.candidate), start=before).as_dict()
    assert heard[0] == "as before"
    assert answer["sheets"][0]["used_length_mm"] <= 200
    asked["parts"][0]["quantity"] = 5
    asked["sheets"][0]["width_mm"] = 199
    assert sum(len(sheet["placements"]) for sheet in nest(asked, 0.1, start=before).as_dict()["sheets"]) == 5
    for broken in ({}, {"sheets": [{"id": "other", "placements": []}]}, {"sheets": [{"id": "S", "placements": [{}]}]}):
        assert nest(asked, 0.1, start=broken).as_dict()["unplaced"] == []


def test_the_command_prints_the_answer_as_json(tmp_path):
    file = tmp_path / "problem.json"
    file.write_text(json.dumps(problem({"id": "a", "outline": rectangle(60, 40), "quantity": 3})))
    out = io.StringIO()
    call_command("nest", str(file), "--seconds", "2", "--json", stdout=out)
    answer = json.loads(out.getvalue())
    assert set(answer["sheets"][0]["placements"][0]) == {"part", "x_mm", "y_mm", "angle_deg", "in_hole"}
    assert sum(len(sheet["placements"]) for sheet in answer["sheets"]) == 3
