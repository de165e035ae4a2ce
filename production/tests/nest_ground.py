"""Ground for the tests of nests: jobs whose drawings are measured, and nests of them, made through the verbs."""

import hashlib
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import ezdxf
from django_scopes import scope

from laseros.tests.ground import Shop
from laseros.tests.laid import laid_further
from production import drawings
from production.dxf import measure
from production.models import DesignFile, Nest, NestPart, NestSheet, Operation
from production.nests import layout as layouts
from production.nests import making, problem, searching
from production.tests.ground import SQUARE, line, new_job, upload

_figures: dict[bytes, dict] = {}


def plate(width: float, height: float, hole: float = 0, slot: bool = False) -> bytes:
    """A plate with rounded corners of 5 mm, a round hole of this diameter in the middle, an engraved line."""
    document = ezdxf.new("R2000", units=4)
    space = document.modelspace()
    bulge, r = 0.41421356237309503, 5.0
    space.add_lwpolyline(
        [(r, 0, 0), (width - r, 0, bulge), (width, r, 0), (width, height - r, bulge), (width - r, height, 0),
         (r, height, bulge), (0, height - r, 0), (0, r, bulge)],
        "xyb", close=True,
    )  # fmt: skip
    if hole:
        space.add_circle((width / 2, height / 2), hole / 2)
    if slot:
        space.add_line((10, 10), (width - 10, 10), {"layer": "ENGRAVE"})
    stream = io.StringIO()
    document.write(stream)
    return stream.getvalue().encode()


def drawn(shop: Shop, content: bytes = SQUARE, name: str = "bracket.dxf") -> DesignFile:
    """A drawing as it is after it was measured, measured once for all tests."""
    if content not in _figures:
        with TemporaryDirectory() as folder:
            path = Path(folder) / name
            path.write_bytes(content)
            _figures[content] = measure(path).as_dict()

    def receive() -> DesignFile:
        row = drawings.receive(shop.workspace, upload(name, content), by=None)
        drawings.DESIGN_FILE.move(row, "measure")
        drawings.store_measurement(row, _figures[content])
        row.refresh_from_db()
        return row

    with scope(workspace=shop.workspace):
        return laid_further(("drawing", name, hashlib.sha256(content).hexdigest()), receive, shop)


def ordered(shop: Shop, *sizes: tuple, key: str = "a", **fields) -> list[Operation]:
    """A job with a line for each (drawing, pieces): its operations, in the queue of the laser."""
    lines = [
        line(shop, design_file=design_file, quantity=quantity, description=design_file.name.rsplit(".", 1)[0], **fields)
        for design_file, quantity in sizes
    ]
    job = new_job(shop, key, lines=lines)
    with scope(workspace=shop.workspace):
        related = ("job_line__job", "machine")
        return list(Operation.objects.filter(job_line__job=job).select_related(*related).order_by("id"))


def laid(nest: Nest, *sheets: dict) -> Nest:
    """The nest as a search leaves it, with these sheets: dicts of id, width_mm, height_mm and placements."""
    parts = problem.Parts(nest)
    rows = layouts.rows(nest, {"sheets": list(sheets)}, parts, first=1)
    Nest._base_manager.filter(pk=nest.pk).update(attempt=1)
    for move in ("ask", "settle"):
        searching.NEST.move(nest, move)
    NestSheet.objects.bulk_create(rows)
    nest.refresh_from_db()
    return nest


def grid(sheet_id: str, part: NestPart, count: int, columns: int, step: float, start: float = 10.0) -> dict:
    """A sheet of 2450 × 1225 mm with `count` pieces in a grid."""
    places = [
        {"part": str(part.pk), "x_mm": start + step * (n % columns), "y_mm": start + step * (n // columns),
         "angle_deg": 0.0, "in_hole": False}
        for n in range(count)
    ]  # fmt: skip
    return {"id": sheet_id, "width_mm": 2450.0, "height_mm": 1225.0, "placements": places}


def nested(shop: Shop, operations, by=None, **fields) -> Nest:
    return making.from_operations(operations, by, **fields)
