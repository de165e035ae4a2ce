"""Measures drawings for cutting: what the beam travels, where it pierces, what the part covers, what is wrong.

`measure` runs in the current process. Files of strangers belong in a child process: see `production.dxf.child`.
Nothing here imports Django, and numpy and shapely are loaded only when something is measured.
"""

from production.dxf.measured import Measured
from production.dxf.refused import Refused

__all__ = ["Measured", "Refused", "measure"]


def measure(
    path,
    unit: str | None = None,
    cut_layers: list[str] | None = None,
    roles: list[dict] | None = None,
    curves: bool = True,
    bold: bool = False,
) -> Measured:
    """Measure the drawing at `path`; lengths in mm, areas in mm².

    `unit` is "mm", "cm", "in" or None to find out; `cut_layers` names the layers to cut (any case), None goes by
    `roles` and the names of `production.dxf.layers`. `curves=False` leaves out `contours` and `marks`, for who only
    wants figures; `bold` also leaves out a frame that is only likely to be one. Raises `Refused` when the file cannot
    be priced honestly.

    `roles` is an ordered list of {"layer": pattern or None, "color": AutoCAD colour number or None, "linetype":
    pattern or None, "role": "cut", "engrave", "bend" or "ignore"}; the first that fits a curve decides what it is for,
    before any name does. Patterns are whole names in any case, with * and ?. A hidden layer is only cut when a rule
    names it without them. A rule with the linetype "HATCH" is about the edges of hatches, which are else left out.
    """
    from production.dxf.measuring import measure_file

    return measure_file(path, unit, cut_layers, roles, curves, bold)
