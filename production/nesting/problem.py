"""Reads the question: parts, sheets and rules, cleaned, capped, and each part that cannot be nested set aside with
a reason.
"""

import math
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

import shapely
from shapely.affinity import affine_transform
from shapely.geometry import Polygon, box

from production.nesting.outlines import Unfit, part_shape, ring
from production.nesting.refused import Refused

MAX_PARTS, MAX_PIECES, MAX_SHEETS, MAX_STOCK = 400, 5_000, 60, 2_000
MAX_CORNERS = 2_000_000  # of all pieces together
MAX_SIDE = 1e6  # mm
MAX_ANGLES = 24
ROUNDING = 1e-6  # mm
ALIKE = 1e-4  # mm
FREE = (0.0, 90.0, 180.0, 270.0, 45.0, 135.0, 225.0, 315.0)


@dataclass(frozen=True)
class Spot:
    """Where one piece lies: part (index), turned by `angle` degrees counter-clockwise, then moved by x, y."""

    part: int
    angle: float
    x: float
    y: float


@dataclass(frozen=True, eq=False)
class Part:
    """`shape` is valid and covers what was drawn; `solid` is the same with its holes filled."""

    id: object
    number: int  # its place among the parts of the problem
    shape: Polygon
    solid: Polygon
    quantity: int
    angles: tuple[float, ...]
    rank: tuple  # smaller goes first
    in_holes: bool = True
    hosts: bool = True

    def placed(self, spot: Spot) -> Polygon:
        return turned(self.shape, spot.angle, spot.x, spot.y)


@dataclass(frozen=True, eq=False)
class Sheet:
    id: object
    width: float
    height: float
    quantity: int
    outline: Polygon
    usable: Polygon  # where parts may lie: margin and clamps taken off
    rectangle: bool  # the usable part is the sheet less the margin
    remnant: bool
    price: float
    clamps: tuple[Polygon, ...] = ()

    @property
    def area(self) -> float:
        return self.outline.area


@dataclass(frozen=True, eq=False)
class Problem:
    parts: list[Part]
    sheets: list[Sheet]
    gap: float
    margin: float
    fixed: dict[tuple[int, int], tuple[Spot, ...]] = field(default_factory=dict)  # (sheet, copy) -> locked pieces
    refused: list[dict] = field(default_factory=list)  # rows of "unplaced" known from the start

    def demand(self) -> list[int]:
        return [part.quantity for part in self.parts]

    @cached_property
    def ranks(self) -> list[tuple]:
        """Every urgency there is, the most urgent first."""
        return sorted({part.rank for part in self.parts})

    def reach(self, sheet: int) -> tuple[float, float]:
        """The upper right corner of a sheet's usable part, or of as much of a very long one as may ever be needed."""
        area = self.sheets[sheet]
        if area.usable.is_empty:
            return 0.0, 0.0
        low_x, low_y, high_x, high_y = area.usable.bounds
        boxes = [part.solid.bounds for part in self.parts]
        widest = max((max(box[2] - box[0], box[3] - box[1]) * 1.5 for box in boxes), default=0.0) + self.gap
        needed = sum(part.quantity * (part.solid.area + widest * self.gap * 4) for part in self.parts)
        if high_x - low_x >= high_y - low_y:
            return min(high_x, low_x + 4 * needed / (high_y - low_y) + 4 * widest), high_y
        return high_x, min(high_y, low_y + 4 * needed / (high_x - low_x) + 4 * widest)


def turned(shape, angle: float, x: float = 0.0, y: float = 0.0):
    """`shape` turned about the origin, then moved. Quarter turns are exact."""
    cos, sin = turn(angle)
    return affine_transform(shape, [cos, -sin, sin, cos, x, y])


def unlike(shape: Polygon, angles: tuple[float, ...]) -> tuple[float, ...]:
    """Those of the angles at which `shape` looks different: one of four for a square, two of four for an oblong."""
    found: dict[float, Polygon] = {}
    for angle in angles:
        here = turned(shape, angle)
        here = affine_transform(here, [1, 0, 0, 1, -here.bounds[0], -here.bounds[1]])
        if not any(_alike(here, other) for other in found.values()):
            found[angle] = here
    return tuple(found)


def _alike(one: Polygon, other: Polygon) -> bool:
    """Whether two shapes with their corners at the same place are the same, to a millionth of what they cover."""
    near = (*one.bounds, *one.centroid.coords[0]), (*other.bounds, *other.centroid.coords[0])
    if any(abs(a - b) > ALIKE for a, b in zip(*near, strict=True)):
        return False
    return one.symmetric_difference(other).area <= 1e-6 * one.area


def turn(angle: float) -> tuple[float, float]:
    quarter = {0.0: (1.0, 0.0), 90.0: (0.0, 1.0), 180.0: (-1.0, 0.0), 270.0: (0.0, -1.0)}.get(angle % 360)
    return quarter or (math.cos(math.radians(angle)), math.sin(math.radians(angle)))


def read(question: dict) -> Problem:
    """The question as `nest` takes it. Raises `Refused` when there is nothing that could be answered."""
    if not isinstance(question, dict):
        raise Refused("The nesting problem must be an object with parts and sheets.", "not-a-problem")
    gap, margin = _length(question, "gap_mm"), _length(question, "margin_mm")
    sheets = [_sheet(row, margin, number) for number, row in enumerate(_rows(question, "sheets", MAX_SHEETS))]
    rows = _rows(question, "parts", MAX_PARTS)
    _check_names([sheet.id for sheet in sheets], "sheets")
    _check_names([_name(row, number) for number, row in enumerate(rows)], "parts")
    parts, refused, fixed = [], [], {}
    room, corners = MAX_PIECES, MAX_CORNERS
    for number, row in enumerate(rows):
        name = _name(row, number)
        wanted = _quantity(row.get("quantity", 1))
        if not wanted:
            continue
        try:
            part = _part(row, name, len(parts), min(wanted, room))
        except Unfit as unfit:
            refused.append(unplaced(name, wanted, unfit.code))
            continue
        each = shapely.get_num_coordinates(part.shape)
        part = replace(part, quantity=min(part.quantity, corners // each))
        if not _fits_any(part, sheets):
            refused.append(unplaced(name, wanted, "too-large"))
            continue
        if wanted > part.quantity:
            refused.append(unplaced(name, wanted - part.quantity, "too-many"))
        if not part.quantity:
            continue
        room, corners = room - part.quantity, corners - part.quantity * each
        _fix(row, len(parts), part, sheets, fixed)
        parts.append(part)
    return Problem(parts, sheets, gap, margin, {key: tuple(spots) for key, spots in fixed.items()}, refused)


REASONS = {
    "too-large": "It is larger than every sheet within its margin.",
    "no-room": "There was no room left on the sheets.",
    "too-many": f"Only {MAX_PIECES} pieces are nested at once, and fewer of very intricate ones.",
    "no-outline": "Its outline is no closed shape with an area.",
    "not-a-number": "Its outline holds a coordinate that is no number.",
    "too-far": "Its outline is larger than a kilometre.",
    "too-complicated": "Its outline has too many points.",
}


def unplaced(part_id, quantity: int, code: str) -> dict:
    return {"part": part_id, "quantity": quantity, "code": code, "reason": REASONS[code]}


def _rows(question: dict, key: str, most: int) -> list[dict]:
    rows = question.get(key)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(f"The nesting problem needs a list of {key}.", f"no-{key}")
    if key == "sheets" and not rows:
        raise Refused("There is no sheet to nest on.", "no-sheets")
    if len(rows) > most:
        raise Refused(f"No more than {most} different {key} can be nested at once.", f"too-many-{key}")
    return rows


def _dicts(row: dict, key: str) -> list[dict]:
    rows = row.get(key) or []
    if not isinstance(rows, list) or not all(isinstance(each, dict) for each in rows):
        raise Refused(f"{key} must be a list of objects.", "not-a-list")
    return rows


def _name(row: dict, number: int):
    name = row.get("id", number)
    if not isinstance(name, str | int):
        raise Refused("An id must be a text or a whole number.", "not-an-id")
    return name


def _check_names(names: list, what: str) -> None:
    """An answer names parts and sheets by their ids: two of one name could not be told apart."""
    twice = next((name for name, count in Counter(map(str, names)).items() if count > 1), None)
    if twice is not None:
        raise Refused(f"Two of the {what} have the id {twice[:60]}.", "same-id")


def _length(row: dict, key: str) -> float:
    value = _number(row.get(key, 0) or 0)
    if value is None or not 0 <= value <= 10_000:
        raise Refused(f"{key} must be a length from 0 to 10,000 mm.", "not-a-length")
    return value


def _number(value) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _quantity(value) -> int:
    number = _number(value)
    if number is None or number < 0:
        raise Refused("A quantity must be a whole number, 0 or more.", "not-a-quantity")
    return int(number)


def _part(row: dict, name, number: int, quantity: int) -> Part:
    shape, solid = part_shape(row.get("outline"), row.get("holes") or [])
    priority = _number(row.get("priority") or 0) or 0.0
    return Part(
        id=name,
        number=number,
        shape=shape,
        solid=solid,
        quantity=quantity,
        angles=_angles(row.get("rotations", [0])),
        rank=(-priority, str(row.get("due") or "9999")),
        in_holes=not row.get("no_holes"),
        hosts=not row.get("no_nest_inside") and bool(shape.interiors),
    )


def _fits_any(part: Part, sheets: list[Sheet]) -> bool:
    """Whether the part's box, turned somehow, goes into that of a sheet's usable part."""
    hull = part.solid.convex_hull
    boxes = [turned(hull, angle).bounds for angle in part.angles]
    rooms = [sheet.usable.bounds for sheet in sheets if not sheet.usable.is_empty]
    return any(
        high_x - low_x <= right - left + ROUNDING and high_y - low_y <= top - bottom + ROUNDING
        for low_x, low_y, high_x, high_y in boxes
        for left, bottom, right, top in rooms
    )


def _angles(given) -> tuple[float, ...]:
    if given is None:
        return FREE
    if not isinstance(given, list):
        raise Refused("Rotations must be a list of degrees, or null for any.", "not-rotations")
    numbers = [_number(angle) for angle in given]
    if None in numbers:
        raise Refused("Rotations must be numbers of degrees.", "not-rotations")
    kept = tuple(dict.fromkeys(round(angle % 360, 9) % 360 for angle in numbers))
    return _some(kept) or (0.0,)


def _some(angles: tuple[float, ...]) -> tuple[float, ...]:
    """No more than can be tried: the straight ones, and of the others as many as there is room for, all around."""
    if len(angles) <= MAX_ANGLES:
        return angles
    straight = tuple(angle for angle in angles if angle in FREE)
    others, room = sorted(set(angles) - set(straight)), MAX_ANGLES - len(straight)
    return straight + tuple(others[number * len(others) // room] for number in range(room))


def _sheet(row: dict, margin: float, number: int) -> Sheet:
    width, height = _number(row.get("width_mm")), _number(row.get("height_mm"))
    if width is None or height is None or not 0 < width <= MAX_SIDE or not 0 < height <= MAX_SIDE:
        raise Refused("A sheet needs a width and a height in mm.", "not-a-sheet")
    outline = box(0, 0, width, height)
    if row.get("outline"):
        try:
            outline = outline.intersection(ring(row["outline"]))
        except Unfit:
            raise Refused("The outline of a sheet is no closed shape with an area.", "not-a-sheet") from None
        if not isinstance(outline, Polygon) or outline.is_empty:
            raise Refused("The outline of a sheet is no closed shape with an area.", "not-a-sheet")
    clamps = tuple(_clamp(clamp) for clamp in _dicts(row, "clamps"))
    rectangle = outline.equals(box(0, 0, width, height))
    if rectangle:
        usable = box(margin, margin, width - margin, height - margin) if 2 * margin < min(width, height) else Polygon()
    else:
        usable = outline.buffer(-margin, join_style="mitre") if margin else outline
    free = usable.difference(shapely.union_all(clamps)) if clamps else usable
    price = _number(row.get("price") or 0) or 0.0
    quantity = MAX_STOCK if row.get("quantity", 1) is None else min(MAX_STOCK, _quantity(row.get("quantity", 1)))
    return Sheet(
        id=_name(row, number),
        width=width,
        height=height,
        quantity=quantity,
        outline=outline,
        usable=free,
        rectangle=rectangle and free.equals(usable),
        remnant=bool(row.get("remnant")),
        price=max(0.0, price),
        clamps=clamps,
    )


def _clamp(row: dict) -> Polygon:
    sides = [_number(row.get(key)) for key in ("x_mm", "y_mm", "width_mm", "height_mm")]
    if None in sides or min(sides[2:]) <= 0:
        raise Refused("A clamp needs x_mm, y_mm, width_mm and height_mm.", "not-a-clamp")
    x, y, width, height = sides
    return box(x, y, x + width, y + height)


def _fix(row: dict, index: int, part: Part, sheets: list[Sheet], fixed: dict) -> None:
    """Collect the locked pieces of a part: [{"sheet": id, "copy": 0, "x_mm", "y_mm", "angle_deg"}]."""
    numbers = {sheet.id: number for number, sheet in enumerate(sheets)}
    for lock in _dicts(row, "fixed")[: part.quantity]:
        values = [_number(lock.get(key, 0)) for key in ("x_mm", "y_mm", "angle_deg")]
        sheet, copy = numbers.get(_name({"id": lock.get("sheet")}, 0)), int(_number(lock.get("copy", 0)) or 0)
        if (
            None in values
            or max(map(abs, values)) > MAX_SIDE
            or sheet is None
            or not 0 <= copy < sheets[sheet].quantity
        ):
            raise Refused("A locked piece names no place on a sheet of the problem.", "not-a-lock")
        x, y, angle = values
        fixed.setdefault((sheet, copy), []).append(Spot(index, angle % 360, x, y))
