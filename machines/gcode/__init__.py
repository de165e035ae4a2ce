"""What a slicer wrote about a print: time, filament, layers, pictures, plate by plate and tool by tool.

    sliced = read("plate.gcode.3mf")

Reads G-code of PrusaSlicer, SuperSlicer, OrcaSlicer, Bambu Studio, Cura and their kin, binary G-code and .gcode.3mf.
Only the head and the tail of a file are read, so that a large one costs no more than a small one. What the file does
not say stays None. Files come from strangers: call it through `laseros.core.sandbox`
("machines.gcode.child:read_file").
"""

from .binary import MAGIC, read_binary
from .package import read_package
from .plain import read_plain
from .sliced import Filament, Plate, Refused, Sliced, Thumbnail

__all__ = ["Filament", "Plate", "Refused", "Sliced", "Thumbnail", "read"]


def read(path) -> Sliced:
    """What the file at `path` says of itself. Raises `Refused` with a reason for whoever sent it."""
    with open(path, "rb") as file:
        start = file.read(512)
        if not start:
            raise Refused("The file is empty. The export or the upload may have failed.", "empty")
        file.seek(0)
        if start.startswith(MAGIC):
            return read_binary(file)
        if start.startswith(b"PK\x03\x04"):
            return read_package(file)
        if b"\0" in start:
            raise Refused("This is no G-code: it is a binary file of another kind.", "kind")
        if start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            raise Refused("This is no G-code but a web page or an XML file.", "kind")
        return read_plain(file)
