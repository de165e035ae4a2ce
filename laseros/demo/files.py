"""The files of the demonstration, stored as clients send them: drawings and sliced prints, and what stands in each."""

import hashlib

from django.core.files.base import ContentFile

from laseros.demo.ground import Business
from production.models import DesignFile


def keep_drawings(business: Business, designs, measured, by) -> dict[str, DesignFile]:
    """Store each design's file and what the engine found in it, once."""
    from laseros.demo.drawings import dxf_of
    from production.drawings import store_measurement

    kept = {}
    for design in designs:
        row = kept[design.slug] = _file(business, design.file_name, "dxf", dxf_of(design), by)
        store_measurement(row, measured(design.slug).as_dict())
    return kept


def keep_prints(business: Business, prints, by) -> dict[str, DesignFile]:
    """Store a sliced file of each part, and what stands in it, once."""
    from laseros.demo.prints import gcode_of
    from machines.gcode.child import read_file
    from production import slicing

    kept = {}
    for part in prints:
        row = kept[part.design] = _file(business, f"{part.design}.gcode", "gcode", gcode_of(part), by)
        slicing.keep(row, read_file(row.content.path))
    return kept


def _file(business: Business, name: str, kind: str, content: bytes, by) -> DesignFile:
    row = DesignFile(
        workspace=business.workspace, name=name, kind=kind, size=len(content), uploaded_by=by,
        sha256=hashlib.sha256(content).hexdigest(), state="measured",
    )  # fmt: skip
    row.content.save(name, ContentFile(content), save=False)
    row.save()
    return row
