"""Nests parts on sheets: what goes where, so that least is wasted.

    layout = nest(problem, seconds=60)
    layout.as_dict()

The problem, as JSON has it (lengths in mm, angles in degrees):

    {"parts": [{"id", "outline": [[x, y], …], "holes": [[[x, y], …], …], "quantity", "rotations": [0, 90, …]}],
     "sheets": [{"id", "width_mm", "height_mm", "quantity"}],
     "gap_mm", "margin_mm"}

and what may be added: for a part "priority" (the higher, the earlier), "due" (a date as text, the sooner, the earlier),
"no_holes" (never put it into another part's hole), "no_nest_inside" (put nothing into its holes), "fixed" (locked
pieces: [{"sheet": id, "copy": 0, "x_mm", "y_mm", "angle_deg"}], where copy counts the sheets of one id from 0);
"rotations": null turns it freely. For a sheet "outline" (a remnant's shape, within its width and height), "remnant":
true (used before others), "price", "clamps" ([{"x_mm", "y_mm", "width_mm", "height_mm"}], kept free), "quantity":
null for no end of them.

The answer has a row for each sheet used: {"sheets": [{"id", "width_mm", "height_mm", "placements": [{"part", "x_mm",
"y_mm", "angle_deg", "in_hole"}], "pattern", "repeats", "utilisation", "used_length_mm", "used_box_mm", "remnant"}],
"utilisation", "unplaced": [{"part", "quantity", "code", "reason"}], …}. A placement turns the part's own coordinates
about their origin, counter-clockwise, then moves them by (x, y). Rows with the same `pattern` are the same sheet,
`repeats` times. `utilisation` of a sheet is the area within the outlines of its pieces over its area; that of the
whole counts the last sheet only as far as it is used, along its longer side. `remnant` is what is left beyond a
straight cut.

Nothing here imports Django.
"""

from collections.abc import Callable

from production.nesting.layout import Layout
from production.nesting.refused import Refused

__all__ = ["Layout", "Refused", "nest"]


def nest(
    problem: dict,
    seconds: float,
    report: Callable[[Layout, float], None] | None = None,
    stopped: Callable[[], bool] | None = None,
    start: dict | None = None,
) -> Layout:
    """The best layout found within `seconds`; every one is verified before it is reported or returned.

    `report(layout, seconds so far)` hears of each better layout; `stopped()` is asked several times a second and ends
    the search early. `start` is a layout in the form of an answer, found before or made by hand: where it is sound, the
    answer is that or a better one. Raises `Refused` when the problem itself makes no sense; parts that cannot be
    placed are in `unplaced`.
    """
    from production.nesting.searching import search

    return search(problem, seconds, report or (lambda layout, at: None), stopped or (lambda: False), start)
