"""Putting pieces one after another where they fit best, by their true shapes."""

from collections.abc import Callable

import numpy as np

from production.nesting.board import Board
from production.nesting.boxes import Chunks
from production.nesting.problem import Problem, Spot

# How much a step along the x axis weighs against one along the y axis.
Weights = tuple[float, float]


def fill(
    board: Board,
    wanted: list[int],
    chunks: Chunks,
    weights: Weights,
    late: Callable[[], bool],
    guests: Callable[[int, Spot, list[int]], list[Spot]] = lambda sheet, spot, left: [],
) -> list[Spot]:
    """Add pieces to the board, lot after lot and no more than wanted, each at its lowest place; returns those added.

    `guests(sheet, spot, left)` says what lies in the holes of a piece that was put: it is put with it.
    """
    added, left = [], list(wanted)
    full: set[int] = set()
    for part, count in chunks:
        for _ in range(min(count, left[part])):
            spot = None if part in full or late() else best_spot(board, part, weights)
            if spot is None:
                full.add(part)
                break
            for each in (spot, *guests(board.sheet, spot, left)):
                left[each.part] -= 1
                board.put(each)
                added.append(each)
    return added


def best_spot(board: Board, part: int, weights: Weights) -> Spot | None:
    """The place that reaches least far, of all rotations that differ; by negative ones that furthest off."""
    best, found = None, None
    for angle in board.shapes.angles[part]:
        slab = next(board.slabs(part, angle), None)
        if slab is None:
            continue
        left, bottom, right, top = board.shapes.bounds(part, angle)
        x, y = right if weights[0] > 0 else left, top if weights[1] > 0 else bottom
        places = slab.points
        scores = weights[0] * (places[:, 0] + x) + weights[1] * (places[:, 1] + y)
        number = int(np.argmin(scores))
        if best is None or scores[number] < best:
            best, found = scores[number], board.spot(part, angle, places[number])
    return found


def by_area(problem: Problem) -> list[int]:
    """Urgent parts first, then the largest."""
    return sorted(
        range(len(problem.parts)), key=lambda part: (problem.parts[part].rank, -problem.parts[part].solid.area)
    )
