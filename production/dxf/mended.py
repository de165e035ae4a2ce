"""From a file to its mended versions: the second door for `laseros.core.sandbox`.

Run as "production.dxf.mended:mend_file". The client's file is read again there, because what is kept of a measurement
leaves out what is not needed for a price.
"""

from production.dxf import measure
from production.dxf.layers import CUT
from production.dxf.mending import mend, split
from production.dxf.refused import Refused
from production.dxf.writing import layer_name, write

COLOURS = {"cut": 7, "engrave": 3, "bend": 2}
MOST_PARTS = 200
# Imported late, but by whoever forks the sandbox's children beforehand.
NEEDED = ("ezdxf", "production.dxf.alike", "production.dxf.measuring")


def mend_file(path: str, unit: str | None, roles: list[dict] | None, asked: dict) -> dict:
    """{"files": [{"dxf", "changes", "roles", "count"}]}: the drawing mended, or with `asked["split"]` each kind of
    part.

    `dxf` is the file as text with one character per byte (latin-1). `roles` name the layers of the new file, so that it
    is taken as the old one was, whatever its layers are called. `asked` else is what `production.dxf.mending` takes.
    """
    measured = measure(path, unit, None, roles, bold=bool(asked.get("paperwork")))
    if not asked.get("split"):
        shapes, changes = mend(measured, asked)
        return {"files": [_file(shapes, changes, 1)]}
    parts = split(measured)
    if sum(part["count"] for part in parts) < 2:
        raise Refused("The drawing holds only one part.", "one-part")
    if len(parts) > MOST_PARTS:
        raise Refused(f"The drawing holds more than {MOST_PARTS} different parts. Please send them apart.", "parts")
    files = []
    for number, part in enumerate(parts, 1):
        changes = [{"mend": "part", "part": number, "of": len(parts), "count": part["count"]}]
        files.append(_file(part["shapes"], changes, part["count"]))
    return {"files": files}


def _file(shapes: list[dict], changes: list[dict], count: int) -> dict:
    shapes, roles = _by_role(shapes)
    data = write(shapes, {rule["layer"]: COLOURS[rule["role"]] for rule in roles})
    return {"dxf": data.decode("latin-1"), "changes": changes, "roles": roles, "count": count}


def _by_role(shapes: list[dict]) -> tuple[list[dict], list[dict]]:
    """The shapes on layers that have one role each, and those roles."""
    role_of: dict[str, str] = {}
    found = []
    for shape in shapes:
        role = shape.get("role", CUT)
        name = layer_name(shape["layer"])
        if role_of.setdefault(name.casefold(), role) != role:
            name = layer_name(f"{name[:200]} {role}")
            role_of.setdefault(name.casefold(), role)
        found.append({**shape, "layer": name})
    names = {}
    for shape in found:
        names.setdefault(shape["layer"].casefold(), shape["layer"])
    return found, [{"layer": names[key], "role": role} for key, role in role_of.items() if key in names]
