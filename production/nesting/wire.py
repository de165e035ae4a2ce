"""Layouts as lines of JSON between the processes of one search."""

import json
from collections import Counter

from production.nesting.layout import Laid, Layout
from production.nesting.problem import Problem, Spot


def line_of(layout: Layout) -> str:
    sheets = [
        [laid.sheet, laid.count, laid.copy, [[spot.part, spot.angle, spot.x, spot.y] for spot in laid.spots]]
        for laid in layout.sheets
    ]
    return json.dumps([layout.candidate, sheets], separators=(",", ":")) + "\n"


def layout_in(problem: Problem, answer: dict) -> Layout:
    """A layout given in the form of an answer; raises LookupError, TypeError or ValueError for what is none."""
    parts = {part.id: number for number, part in enumerate(problem.parts)}
    sheets = {sheet.id: number for number, sheet in enumerate(problem.sheets)}
    copies, laid = Counter(), Counter()
    for row in answer["sheets"]:
        sheet = sheets[row["id"]]
        spots = tuple(
            Spot(parts[place["part"]], place["angle_deg"] % 360, float(place["x_mm"]), float(place["y_mm"]))
            for place in row["placements"]
        )
        copy = copies[sheet]
        copies[sheet] += 1
        laid[sheet, spots, copy if (sheet, copy) in problem.fixed else None] += 1
    rows = tuple(Laid(sheet, spots, count, copy) for (sheet, spots, copy), count in laid.items())
    return Layout(problem, rows, "as before")


def layout_of(problem: Problem, said) -> Layout:
    candidate, sheets = said
    laid = tuple(
        Laid(sheet, tuple(Spot(part, angle, x, y) for part, angle, x, y in spots), count, copy)
        for sheet, count, copy, spots in sheets
    )
    return Layout(problem, laid, str(candidate))
