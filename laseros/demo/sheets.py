"""Sheets in the demo: remnants on the rack, a nest cut and counted, one in the queue, one that waits for a decision."""

from inventory import lots
from laseros.demo.ground import Business
from laseros.demo.today import work_off
from production import runs, sheet_runs
from production.models import Nest, Operation
from production.nests import deciding, making, searching

SECONDS = 2  # to search each; enough for the demo's plates, and whoever starts it waits for them
MOST_OPERATIONS, MOST_PIECES = 6, 250
# (material, thickness), width and height in mm, where it lies: what the nests find, and what comes back after them, so
# that there is something on the rack whatever waits on the day.
RACK = (
    (("MS", "3"), 820, 610, "Rack A2"),
    (("MS", "6"), 1180, 420, "Rack A3"),
    (("SS", "1.5"), 640, 1225, "Rack B1"),
)
RACK_AFTER = (
    (("MS", "3"), 560, 480, "Rack A2"),
    (("SS", "1.5"), 720, 390, "Rack B1"),
)


def lay_out(business: Business) -> None:
    """After the history, before the machines start: everything through the real verbs."""
    office, operator = business.people["office"], business.people["operator"]
    _put_on_rack(business, RACK, "rack")
    nests = [_nest(group, office) for group in _groups()[:3]]
    work_off(business.workspace)
    for nest in nests[:2]:
        nest.refresh_from_db()
        if nest.state == "ready":
            deciding.approve(nest, office)
    if nests:
        _cut(nests[0], operator)
    _put_on_rack(business, RACK_AFTER, "after")


def _put_on_rack(business: Business, remnants, key: str) -> None:
    for number, (kind, width, height, place) in enumerate(remnants):
        outline = [[0, 0], [width, 0], [width, height], [0, height]]
        lots.keep(
            business.items[kind], outline=outline, rectangle=[0, 0, width, height], place=place, booked=False,
            key=f"demo:{key}:{number}", by=business.people["operator"],
        )  # fmt: skip


def _groups() -> list[list[Operation]]:
    """What waits, by material and thickness, the most work first."""
    rows = Operation.objects.filter(state="queued", sheet=None, job_line__design_file__state="measured")
    rows = rows.select_related("job_line__item", "job_line__job", "machine").order_by("position", "id")
    groups: dict[tuple, list[Operation]] = {}
    for row in rows:
        group = groups.setdefault((row.job_line.item.material_id, row.job_line.item.thickness_mm), [])
        if len(group) < MOST_OPERATIONS and sum(one.left for one in group) + row.left <= MOST_PIECES:
            group.append(row)
    return sorted((group for group in groups.values() if group), key=lambda group: -sum(row.left for row in group))


def _nest(group: list[Operation], by) -> Nest:
    nest = making.from_operations(group, by, seconds=SECONDS)
    searching.ask(nest, by)
    return nest


def _cut(nest: Nest, operator) -> None:
    """The first sheet is done, what is left of it on the rack."""
    operation = Operation.objects.filter(sheet__nest=nest, state="queued").order_by("position", "id").first()
    if operation is not None:
        run = runs.start(operation, operation.machine, operator)
        sheet_runs.finish(run, {}, keep=True, place="Rack A1", by=operator)
