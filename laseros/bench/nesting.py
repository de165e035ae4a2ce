"""Our nesting beside what it must beat, with the same time for each: `make bench-nest`."""

import itertools
import json
import multiprocessing
import os
import time
from collections import Counter
from pathlib import Path

from shapely.geometry import Polygon

from laseros.bench.nesting_jobs import drawn, jobs, of_folder
from production.nesting import boxes, nest, scoring
from production.nesting.assembling import assemble
from production.nesting.layout import Laid, Layout, bounds
from production.nesting.problem import Problem, Spot, read
from production.nesting.rectangles import RULES
from production.nesting.verifying import verify
from production.nesting.wire import layout_of, line_of

OVERRUN = 15.0  # s: the solver of strips overruns its time
WITHIN = 0.99  # of what spyrrow alone reaches on a strip


def run(seconds: float, say, samples: str = "") -> bool:
    """Say a row for each job; whether ours was nowhere below the best of the others."""
    folder = Path(samples) if samples else None
    chosen = (drawn(folder) or {folder.name: of_folder(folder)}) | jobs() if folder else jobs()
    heads = ("ours", "boxes", "grid", "spyrrow per sheet", "above the best", "fullest sheet", "first after", "load")
    say(f"| {seconds:.0f} s each | {' | '.join(heads)} |")
    say("|---|---|---|---|---|---|---|---|---|")
    gains = []
    for name, question in chosen.items():
        gains.append(_row(name, question, seconds, say))
    say(f"On average {sum(gains) / len(gains):+.1f} points above the best of the others.")
    return min(gains) >= 0


def run_strips(folder: Path, seconds: float, say) -> bool:
    """Strip instances, a JSON file each as strip packing solvers have them; whether ours is within 1 % of spyrrow."""
    say(f"| {seconds:.0f} s each | spyrrow alone | which took | ours | which took | ours / spyrrow | load |")
    say("|---|---|---|---|---|---|---|")
    ratios = []
    for file in sorted(folder.glob("*.json")):
        instance = json.loads(file.read_text())
        if "strip_height" not in instance:
            continue
        question = of_strip(instance)
        problem = read(question)
        clock = [time.monotonic()]
        alone = in_child(_strip_alone, question, seconds)
        clock.append(time.monotonic())
        ours = nest(question, seconds)
        clock.append(time.monotonic())
        verify(problem, Layout(problem, ours.sheets))
        shares = [_share(problem, layout) for layout in (alone, ours)]
        ratios.append(shares[1] / shares[0] if shares[0] else 1.0)
        took = [f"{after - before:.1f} s" for before, after in itertools.pairwise(clock)]
        cells = f"{shares[0]:.2%} | {took[0]} | {shares[1]:.2%} | {took[1]} | {ratios[-1]:.3f}"
        say(f"| {file.stem} | {cells} | {os.getloadavg()[0]:.0f} |")
    say(f"{sum(ratio >= WITHIN for ratio in ratios)} of {len(ratios)} within 1 % of spyrrow alone, or above it.")
    return min(ratios) >= WITHIN


def of_strip(instance: dict) -> dict:
    """A strip as a sheet that is long enough for anything, without gap or margin."""
    items, height = instance["items"], instance["strip_height"]
    area = sum(Polygon(item["shape"]["data"]).area * item["demand"] for item in items)
    parts = [
        {"id": str(item["id"]), "outline": item["shape"]["data"], "holes": [], "quantity": item["demand"],
         "rotations": item.get("allowed_orientations")}
        for item in items
    ]  # fmt: skip
    sheet = {"id": "strip", "width_mm": max(4 * area / height, 1.01 * height), "height_mm": height, "quantity": 1}
    return {"parts": parts, "sheets": [sheet], "gap_mm": 0, "margin_mm": 0}


def _strip_alone(problem: Problem, seconds: float) -> Layout:
    from production.nesting.strips import Strips

    wanted = Counter({part.number: part.quantity for part in problem.parts})
    spots, _ = Strips(problem, os.cpu_count() or 1).solve(0, wanted, seconds, 0, lambda spots, width: None)
    return Layout(problem, (Laid(0, tuple(spots)),), "spyrrow alone")


def _row(name: str, question: dict, seconds: float, say) -> float:
    problem = read(question)
    others = [by_boxes(problem), by_grid(problem), in_child(_strips, question, seconds)]
    first: list[float] = []
    ours = nest(question, seconds, lambda layout, at: first.append(at))
    load = os.getloadavg()[0]
    verify(problem, Layout(problem, ours.sheets))
    shares = [_share(problem, layout) for layout in (ours, *others)]
    gain = 100 * (shares[0] - max(shares[1:]))
    fullest = max(_area(problem, laid.spots) / problem.sheets[laid.sheet].area for laid in ours.sheets)
    cells = " | ".join(f"{share:.1%}" if share else "–" for share in shares)
    say(f"| {name} | {cells} | {gain:+.1f} | {fullest:.1%} | {first[0]:.1f} s | {load:.0f} |")
    return gain


def _share(problem: Problem, layout: Layout | None) -> float:
    """Part area over sheet area, the last sheet to its used length; nothing when pieces are left out."""
    if layout is None or sum(layout.placed.values()) < sum(problem.demand()):
        return 0.0
    return layout.utilisation


def _area(problem: Problem, spots) -> float:
    return sum(problem.parts[spot.part].solid.area for spot in spots)


def by_boxes(problem: Problem) -> Layout:
    """The best of maximal rectangles by every rule and order."""
    layouts = [
        assemble(
            problem,
            lambda sheet, wanted, locked, rule=rule, order=order: boxes.fill(
                problem, sheet, boxes.ordered(problem, wanted, order), None, rule
            ),
            "boxes",
            lambda: False,
        )
        for rule in RULES
        for order in boxes.ORDERS
    ]
    return min(layouts, key=scoring.score)


def by_grid(problem: Problem) -> Layout:
    """Each part in columns of equal boxes, one part after another."""

    def fill(sheet: int, wanted: list[int], locked) -> list[Spot]:
        left, low, right, high = problem.sheets[sheet].usable.bounds
        spots, x = [], left
        for part, count in enumerate(wanted):
            x0, y0, x1, y1 = bounds(problem, part, problem.parts[part].angles[0])
            width, height = x1 - x0, y1 - y0
            rows = int((high - low + problem.gap) // (height + problem.gap))
            while count and rows and x + width <= right + 1e-9:
                for row in range(min(rows, count)):
                    y = low + row * (height + problem.gap)
                    spots.append(Spot(part, problem.parts[part].angles[0], x - x0, y - y0))
                count -= min(rows, count)
                x += width + problem.gap
        return spots

    return assemble(problem, fill, "grid", lambda: False)


def in_child(solve, question: dict, seconds: float) -> Layout | None:
    """What `solve(problem, seconds)` finds, by spyrrow: in a child, as it knows no stop."""
    here, there = multiprocessing.get_context("spawn").Pipe(duplex=False)
    child = multiprocessing.get_context("spawn").Process(target=_child, args=(solve, question, seconds, there))
    child.start()
    there.close()
    found = None
    try:
        if here.poll(seconds * 2 + OVERRUN):
            found = here.recv()
    except EOFError:
        pass
    child.kill()
    child.join()
    if found is None:
        return None
    problem = read(question)
    layout = layout_of(problem, found)
    verify(problem, layout)
    return layout


def _child(solve, question: dict, seconds: float, out) -> None:
    out.send(json.loads(line_of(solve(read(question), seconds))))


def _strips(problem: Problem, seconds: float) -> Layout:
    """spyrrow, sheet after sheet: the largest set that fits, by bisection on area."""
    from production.nesting.plain import plan
    from production.nesting.strips import Strips

    return plan(problem, Strips(problem, os.cpu_count() or 1), seconds)
