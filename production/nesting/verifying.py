"""Checks a layout with shapely alone, from the shapes as they were drawn: nothing leaves the package unchecked."""

import math
from collections import Counter

import numpy as np
import shapely
from shapely.geometry import Polygon

from production.nesting.layout import Laid, Layout
from production.nesting.problem import Problem, Spot

CLOSER = 0.01  # mm: as much less than the gap, or over the margin, is rounding
OVERLAP = 1e-6  # mm: how deep two parts may lie in each other when the gap is nothing


class Unsound(Exception):
    """The layout breaks a rule of its problem."""


def verify(problem: Problem, layout: Layout) -> None:
    """Raise `Unsound`, naming the rule, unless every sheet and all quantities are right."""
    used, sheets = Counter(), Counter()
    for laid in layout.sheets:
        sheets[laid.sheet] += laid.count
        used.update({part: laid.count * count for part, count in Counter(spot.part for spot in laid.spots).items()})
        verify_sheet(problem, laid)
    for part, count in used.items():
        if count > problem.parts[part].quantity:
            raise Unsound(f"part {problem.parts[part].id}: {count} placed of {problem.parts[part].quantity}")
    for sheet, count in sheets.items():
        if count > problem.sheets[sheet].quantity:
            raise Unsound(f"sheet {problem.sheets[sheet].id}: {count} used of {problem.sheets[sheet].quantity}")
    _verify_locks(problem, layout)


def _verify_locks(problem: Problem, layout: Layout) -> None:
    for (sheet, copy), spots in problem.fixed.items():
        if not any(
            laid.sheet == sheet and laid.copy == copy and set(spots) <= set(laid.spots) for laid in layout.sheets
        ):
            raise Unsound("a locked piece is missing")


def verify_sheet(problem: Problem, laid: Laid) -> None:
    """The same for one sheet, whatever the quantities."""
    locked = set(problem.fixed.get((laid.sheet, laid.copy), ())) if laid.copy is not None else set()
    for spot in laid.spots:
        if not (math.isfinite(spot.x) and math.isfinite(spot.y)):
            raise Unsound(f"part {problem.parts[spot.part].id} lies nowhere")
        if spot.angle not in problem.parts[spot.part].angles and spot not in locked:
            raise Unsound(f"part {problem.parts[spot.part].id} is turned by {spot.angle}")
    shapes = placed_shapes(problem, laid.spots)
    _verify_inside(problem, laid, shapes)
    _verify_apart(problem, shapes)
    for host, guest in inside_pairs(problem, laid.spots, shapes):
        if not (problem.parts[laid.spots[host].part].hosts and problem.parts[laid.spots[guest].part].in_holes):
            raise Unsound("a part lies in a hole where it may not")


def placed_shapes(problem: Problem, spots) -> np.ndarray:
    shapes = np.empty(len(spots), dtype=object)
    for number, spot in enumerate(spots):
        shapes[number] = problem.parts[spot.part].placed(spot)
    return shapes


def _verify_inside(problem: Problem, laid: Laid, shapes: np.ndarray) -> None:
    if not len(shapes):
        return
    sheet, margin = problem.sheets[laid.sheet], problem.margin
    low_x, low_y, high_x, high_y = shapely.total_bounds(shapes)
    least, slack = margin - CLOSER, CLOSER
    if low_x < least or low_y < least or high_x > sheet.width - least or high_y > sheet.height - least:
        raise Unsound("a part lies outside the sheet or on its margin")
    if sheet.rectangle:
        return
    allowed = sheet.outline.buffer(slack, join_style="mitre")
    shapely.prepare(allowed)
    if not shapely.covers(allowed, shapes).all():
        raise Unsound("a part lies outside the outline of the sheet")
    if margin and (shapely.distance(sheet.outline.boundary, shapes) < least).any():
        raise Unsound("a part lies on the margin of the sheet")
    for clamp in sheet.clamps:
        if shapely.intersects(clamp.buffer(-slack), shapes).any():
            raise Unsound("a part lies under a clamp")


def _verify_apart(problem: Problem, shapes: np.ndarray) -> None:
    if len(shapes) < 2:
        return
    least = problem.gap - CLOSER
    tree = shapely.STRtree(shapes)
    if least > 0:
        one, other = tree.query(shapes, predicate="dwithin", distance=least)
        near = one < other
        if (shapely.distance(shapes[one[near]], shapes[other[near]]) < least).any():
            raise Unsound("two parts are closer than the gap")
        return
    one, other = tree.query(shapes, predicate="intersects")
    near = one < other
    if not near.any():
        return
    one, other = shapes[one[near]], shapes[other[near]]
    allowed = OVERLAP * np.minimum(shapely.length(one), shapely.length(other))
    if (shapely.area(shapely.intersection(one, other)) > allowed).any():
        raise Unsound("two parts overlap")


def inside_pairs(problem: Problem, spots: list[Spot], shapes: np.ndarray) -> list[tuple[int, int]]:
    """(host, guest) for every piece that lies in a hole of another."""
    hosts = [number for number, spot in enumerate(spots) if problem.parts[spot.part].shape.interiors]
    if not hosts:
        return []
    filled = np.array([Polygon(shapes[number].exterior) for number in hosts], dtype=object)
    points = shapely.point_on_surface(shapes)
    found = shapely.STRtree(points).query(filled, predicate="contains")
    return [(hosts[host], int(guest)) for host, guest in found.T if hosts[host] != guest]
