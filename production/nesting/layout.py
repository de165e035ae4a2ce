"""The answer: which piece lies where on which sheet, its figures, and its JSON form."""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

import shapely

from production.nesting import remnants
from production.nesting.problem import Problem, Spot, unplaced

DIGITS = 6


@dataclass(frozen=True)
class Laid:
    """`count` sheets of one kind with the same pieces in the same places; `copy` names the one with locked pieces."""

    sheet: int
    spots: tuple[Spot, ...]
    count: int = 1
    copy: int | None = None


@dataclass(frozen=True, eq=False)
class Layout:
    """Sheets with what lies on them. `as_dict` is the JSON form; areas in mm², lengths in mm."""

    problem: Problem
    sheets: tuple[Laid, ...]
    candidate: str = ""  # which search found it
    codes: dict[int, str] = field(default_factory=dict)  # part -> why it was left out

    @cached_property
    def placed(self) -> Counter:
        counts = Counter()
        for laid in self.sheets:
            for spot in laid.spots:
                counts[spot.part] += laid.count
        return counts

    @cached_property
    def lengths(self) -> list[float]:
        """How much of each sheet is used, along its longer side, from its left or lower edge."""
        return [used_length(self.problem, laid) for laid in self.sheets]

    @cached_property
    def last(self) -> int | None:
        """The sheet that is taken for the last one: of those laid once, the one with the most left."""
        single = [number for number, laid in enumerate(self.sheets) if laid.count == 1 and laid.spots]
        free = {
            number: self._share_free(number) * self.problem.sheets[self.sheets[number].sheet].area for number in single
        }
        return max(single, key=lambda number: free[number], default=None)

    def _share_free(self, number: int) -> float:
        sheet = self.problem.sheets[self.sheets[number].sheet]
        return max(0.0, 1 - self.lengths[number] / max(sheet.width, sheet.height))

    @cached_property
    def part_area(self) -> float:
        """Area within the outer outlines of all pieces."""
        return sum(self.problem.parts[part].solid.area * count for part, count in self.placed.items())

    @cached_property
    def sheet_area(self) -> float:
        """Area of the sheets used, the last one only as far as it is used."""
        area = 0.0
        for number, laid in enumerate(self.sheets):
            share = 1 - self._share_free(number) if number == self.last else 1.0
            area += self.problem.sheets[laid.sheet].area * laid.count * share
        return area

    @property
    def utilisation(self) -> float:
        return self.part_area / self.sheet_area if self.sheet_area else 0.0

    def unplaced(self) -> list[dict]:
        rows = list(self.problem.refused)
        for number, part in enumerate(self.problem.parts):
            left = part.quantity - self.placed[number]
            if left > 0:
                rows.append(unplaced(part.id, left, self.codes.get(number, "no-room")))
        return rows

    def as_dict(self) -> dict:
        """The answer as `nest` is documented to give it: plain lists, dicts, strings and finite numbers."""
        sheets = []
        for pattern, (number, laid) in enumerate(self._in_order()):
            row = self._sheet_dict(number, laid, pattern)
            sheets += [row] * laid.count
        return {
            "sheets": sheets,
            "utilisation": round(self.utilisation, DIGITS),
            "unplaced": self.unplaced(),
            "part_area_mm2": round(self.part_area, 3),
            "sheet_area_mm2": round(self.sheet_area, 3),
            "net_area_mm2": round(
                sum(self.problem.parts[part].shape.area * count for part, count in self.placed.items()), 3
            ),
            "candidate": self.candidate,
        }

    def _in_order(self) -> list[tuple[int, Laid]]:
        """Sheets with locked pieces first, in the order of their copies; what is urgent early; the last one last."""
        parts = self.problem.parts

        def place(row):
            number, laid = row
            urgent = min(parts[spot.part].rank for spot in laid.spots)
            return (
                laid.copy is None,
                number == self.last,
                laid.sheet if laid.copy is not None else 0,
                laid.copy or 0,
                urgent,
            )

        return sorted(((number, laid) for number, laid in enumerate(self.sheets) if laid.spots), key=place)

    def _sheet_dict(self, number: int, laid: Laid, pattern: int) -> dict:
        from production.nesting.verifying import inside_pairs, placed_shapes

        sheet = self.problem.sheets[laid.sheet]
        shapes = placed_shapes(self.problem, laid.spots)
        guests = {guest for _, guest in inside_pairs(self.problem, laid.spots, shapes)}
        areas = [self.problem.parts[spot.part].solid.area for spot in laid.spots]
        low_x, low_y, high_x, high_y = shapely.total_bounds(shapes).tolist()
        return {
            "id": sheet.id,
            "width_mm": sheet.width,
            "height_mm": sheet.height,
            "placements": [
                {
                    "part": self.problem.parts[spot.part].id,
                    "x_mm": round(spot.x, 9) + 0.0,
                    "y_mm": round(spot.y, 9) + 0.0,
                    "angle_deg": spot.angle,
                    "in_hole": place in guests,
                }
                for place, spot in enumerate(laid.spots)
            ],
            "pattern": pattern,
            "repeats": laid.count,
            "utilisation": round(sum(areas) / sheet.area, DIGITS),
            "used_length_mm": round(self.lengths[number], 3),
            "used_box_mm": [round(value, 3) for value in (low_x, low_y, high_x, high_y)],
            "remnant": remnants.left_over(self.problem, sheet, shapes),
        }


def used_length(problem: Problem, laid: Laid) -> float:
    """How far pieces reach along the sheet's longer side, in mm from its edge; 0 for an empty sheet."""
    if not laid.spots:
        return 0.0
    sheet = problem.sheets[laid.sheet]
    along = 0 if sheet.width >= sheet.height else 1
    return max(reach(problem, spot)[along] for spot in laid.spots)


def reach(problem: Problem, spot: Spot) -> tuple[float, float]:
    _, _, right, top = bounds(problem, spot.part, spot.angle)
    return spot.x + right, spot.y + top


def bounds(problem: Problem, part: int, angle: float) -> tuple[float, float, float, float]:
    """The box of a part turned by `angle` about its origin."""
    from production.nesting.problem import turned

    known = problem.__dict__.setdefault("_bounds", {})
    if (part, angle) not in known:
        known[part, angle] = turned(problem.parts[part].solid, angle).bounds
    return known[part, angle]
