"""Layouts are checked before they are stored or shown, whoever made them: a search, a hand, an older version of us."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

CLOSER_MM = 0.01  # as much nearer than the gap is rounding


@dataclass(frozen=True)
class Fault:
    """What is wrong with one sheet, and which of its placements (indexes) it is about."""

    places: tuple[int, ...]
    text: str


def faults(question: dict, layout: dict) -> list[str]:
    """What is wrong with a whole layout, by the rules of `production.nesting`; empty when nothing is."""
    from production.nesting.layout import Laid, Layout
    from production.nesting.problem import Spot, read
    from production.nesting.verifying import Unsound, verify

    problem = read(question)
    parts = {part.id: index for index, part in enumerate(problem.parts)}
    sheets = {sheet.id: index for index, sheet in enumerate(problem.sheets)}
    laid, copies = [], {}
    for row in layout["sheets"]:
        if row["id"] not in sheets:
            return [f"sheet {row['id']} is not on offer"]
        if unknown := [place["part"] for place in row["placements"] if place["part"] not in parts]:
            return [f"part {unknown[0]} is not asked for"]
        spots = tuple(
            Spot(parts[place["part"]], place["angle_deg"] % 360, place["x_mm"], place["y_mm"])
            for place in row["placements"]
        )
        copy = copies.setdefault(row["id"], 0)
        copies[row["id"]] += 1
        laid.append(Laid(sheets[row["id"]], spots, 1, copy))
    try:
        verify(problem, Layout(problem, tuple(laid)))
    except Unsound as unsound:
        return [str(unsound)]
    return []


def of_sheet(question: dict, row: dict) -> list[Fault]:
    """The same for one sheet, with the pieces it is about, in words for the person who moves them."""
    import shapely

    from production.nesting.problem import Spot, read

    problem = read({**question, "sheets": [{**row, "quantity": 1}]})
    parts = {part.id: (index, part) for index, part in enumerate(problem.parts)}
    found, shapes = [], []
    for index, place in enumerate(row["placements"]):
        number, part = parts[place["part"]]
        angle = place["angle_deg"] % 360
        shapes.append(part.placed(Spot(number, angle, place["x_mm"], place["y_mm"])))
        if angle not in part.angles:
            found.append(Fault((index,), _("This part may not be turned that way.")))
    sheet = problem.sheets[0]
    room = sheet.outline.buffer(-max(problem.margin - CLOSER_MM, 0), join_style="mitre")
    shapely.prepare(room)
    for index, shape in enumerate(shapes):
        if not room.covers(shape):
            found.append(Fault((index,), _("It lies on the margin or outside the sheet.")))
        if any(clamp.buffer(-CLOSER_MM).intersects(shape) for clamp in sheet.clamps):
            found.append(Fault((index,), _("It lies under a clamp.")))
    least = max(problem.gap - CLOSER_MM, 0)
    tree = shapely.STRtree(shapes)
    for one, other in tree.query(shapes, "dwithin", least).T.tolist():
        if one < other and shapes[one].intersects(shapes[other]):
            if problem.gap or shapes[one].intersection(shapes[other]).area > CLOSER_MM:
                found.append(Fault((one, other), _("Two parts lie on each other.")))
        elif one < other and shapes[one].distance(shapes[other]) < least:
            found.append(Fault((one, other), _("Two parts are closer than the gap.")))
    return found
