"""The door for `laseros.core.sandbox`: measures in a child process, where a hostile file can only hurt itself."""

from production.dxf import measure

CURVES = ("contours", "marks")
# Imported late, but by whoever forks the sandbox's children beforehand.
NEEDED = ("production.dxf.measuring",)


def measure_file(path: str, unit: str | None = None, cut_layers: list[str] | None = None, roles=None) -> dict:
    """`Measured.as_dict()` of the file at `path`; run as "production.dxf.child:measure_file"."""
    return measure(path, unit, cut_layers, roles).as_dict()


def figures(path: str, unit: str | None = None, cut_layers: list[str] | None = None, roles=None) -> dict:
    """The same without the curves themselves, which are nearly all of it."""
    measured = measure(path, unit, cut_layers, roles, curves=False)
    return {name: value for name, value in measured.as_dict().items() if name not in CURVES}
