"""The door for `laseros.core.sandbox`: reads in a child process, where a hostile file can only hurt itself."""

import base64

from . import read
from .pictures import as_jpeg, as_png
from .sliced import Refused

# Imported late, but by whoever forks the sandbox's children beforehand.
NEEDED = ("PIL.JpegImagePlugin", "PIL.PngImagePlugin")


def read_file(path: str) -> dict:
    """`Sliced.as_dict()` of the file at `path`, and `picture`: its best one as base64 of a PNG, or None."""
    sliced = read(path)
    best, picture = sliced.best_picture(), None
    if best is not None:
        try:
            picture = base64.b64encode(as_png(best)).decode()
        except Refused:
            picture = None
    return {**sliced.as_dict(), "picture": picture}


def still(path: str) -> str:
    """The picture of a camera as base64 of a new JPEG."""
    with open(path, "rb") as file:
        return base64.b64encode(as_jpeg(file.read())).decode()


def facts(path: str) -> dict:
    """The same without the picture."""
    return read(path).as_dict()
