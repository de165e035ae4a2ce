"""What kind of file somebody gave us, by its first bytes and its name. The name alone is never believed."""

import re
import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from laseros.core.errors import Refused

HEAD = 4096
LONGEST_NAME = 120

_BY_SIGNATURE = (
    (b"AutoCAD Binary DXF", "dxf"),
    (b"GCDE", "gcode"),
    (b"%PDF", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
)
_BY_NAME = {
    "dxf": "dxf",
    "svg": "svg",
    "stl": "stl",
    "3mf": "3mf",
    "gcode": "gcode",
    "gco": "gcode",
    "bgcode": "gcode",
    "pdf": "pdf",
    "png": "image",
    "jpg": "image",
    "jpeg": "image",
    "gif": "image",
    "webp": "image",
    "dwg": "other",
    "step": "other",
    "stp": "other",
    "iges": "other",
    "igs": "other",
    "zip": "other",
}
ACCEPTED = sorted(_BY_NAME)
# What each kind must begin with, where a format says so: a web page called part.stl is no model.
_MUST_BEGIN = {"pdf": b"%PDF", "3mf": b"PK\x03\x04"}
_MARKUP = re.compile(rb"^\s*(<!doctype html|<html|<head|<body|<script)", re.IGNORECASE)


def clean_name(name: str) -> str:
    """A file's name as it may be shown and offered for download: no path, no control characters, not too long."""
    name = unicodedata.normalize("NFC", str(name).replace("\\", "/").rsplit("/", 1)[-1])
    # "Cf" are marks that turn the direction of writing and hide how a name ends.
    name = "".join(letter for letter in name if unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co"))
    name = re.sub(r'[<>:"|?*\s]+', " ", name).strip(" .")
    path = PurePosixPath(name or "drawing")
    return path.stem[: LONGEST_NAME - len(path.suffix[:12])] + path.suffix[:12]


def kind_of(name: str, head: bytes) -> str:
    """One of the kinds a `DesignFile` can have. Raises `Refused` for what nobody could use.

    What calls itself DXF stays one: measuring says in words what it is instead.
    """
    extension = PurePosixPath(name).suffix.lower().removeprefix(".")
    kind = _BY_NAME.get(extension)
    if kind == "dxf":
        return kind
    found = next((kind for magic, kind in _BY_SIGNATURE if head.startswith(magic)), "")
    if not found and kind is None and _looks_like_dxf(head):
        found = "dxf"
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")) or (not found and (kind is None or _is_not(kind, head))):
        raise Refused(
            _("%(name)s is not a kind of file we can use. Send a DXF for cutting, or a PDF or picture to explain it.")
            % {"name": name},
            code="kind",
        )
    return found or kind


def _is_not(kind: str, head: bytes) -> bool:
    """Whether the file lacks what every file of its kind begins with."""
    if kind == "image":  # those found by signature never come here
        return not (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
    return kind in _MUST_BEGIN and not head.startswith(_MUST_BEGIN[kind])


def _looks_like_dxf(head: bytes) -> bool:
    return re.match(rb"^\s*(999\s*\n.*\n\s*)?0\s*\r?\n\s*SECTION\s*\r?\n", head) is not None
