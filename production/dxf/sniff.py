"""Tells what a file really is before anything parses it: web pages, PDFs and DWGs arrive named .dxf."""

import os

from production.dxf.limits import MAX_BYTES
from production.dxf.refused import Refused

BINARY_SENTINEL = b"AutoCAD Binary DXF\r\n\x1a\x00"
HEAD = 65_536  # an SVG may begin with a licence

FOREIGN = (
    (b"%PDF", "pdf", "This is a PDF file. Please export the drawing as DXF."),
    (b"%!PS", "postscript", "This is a PostScript or EPS file. Please export the drawing as DXF."),
    (b"PK\x03\x04", "zip", "This is a ZIP archive or an office file. Please unpack it and send the DXF inside."),
    (b"PK\x05\x06", "zip", "This is an empty ZIP archive. Please send the DXF itself."),
    (b"7z\xbc\xaf", "zip", "This is an archive. Please unpack it and send the DXF inside."),
    (b"Rar!", "zip", "This is an archive. Please unpack it and send the DXF inside."),
    (b"\x1f\x8b", "zip", "This is a compressed file. Please unpack it and send the DXF inside."),
    (b"\x89PNG", "picture", "This is a picture. A laser needs lines: please export the drawing as DXF."),
    (b"\xff\xd8\xff", "picture", "This is a photograph. A laser needs lines: please export the drawing as DXF."),
    (b"GIF8", "picture", "This is a picture. A laser needs lines: please export the drawing as DXF."),
    (b"ISO-10303-21", "step", "This is a STEP model. Please export the flat pattern as DXF."),
    (b"solid ", "stl", "This is a 3D model. Please export the flat pattern as DXF."),
)


def sniff(path) -> str:
    """Return "ascii" or "binary" for a DXF file and "svg" for that, raise `Refused` in words for everything else."""
    size = os.path.getsize(path)
    if size == 0:
        raise Refused("The file is empty. The upload or the export may have failed: please send it again.", "empty")
    if size > MAX_BYTES:
        limit = MAX_BYTES // (1024 * 1024)
        raise Refused(f"The file is larger than {limit} MB. Please send only the part to be cut.", "too-large")
    with open(path, "rb") as handle:
        head = handle.read(HEAD)
    if head.startswith(BINARY_SENTINEL):
        return "binary"
    return _foreign(head) or "ascii"


def _foreign(head: bytes) -> str | None:
    for magic, code, reason in FOREIGN:
        if head.startswith(magic):
            raise Refused(reason, code)
    if head[:2] == b"AC" and head[2:6].isdigit():
        raise Refused("This is a DWG file. Please save it as DXF in your CAD program.", "dwg")
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        raise Refused("This is a web page, not a drawing: the download may have failed. Please send the DXF.", "html")
    if text.startswith(b"<") and (b"<svg" in text or b":svg" in text):
        return "svg"
    if text.startswith(b"<"):
        raise Refused("This is an XML file, not a drawing. Please export the drawing as DXF.", "xml")
    if not _begins_like_dxf(text):
        raise Refused("This is not a DXF drawing. Please export the drawing as DXF.", "not-dxf")
    return None


def _begins_like_dxf(text: bytes) -> bool:
    """A DXF file is pairs of lines, and the first of each pair is a whole number."""
    lines = text.splitlines()
    if not lines:
        return False
    first = lines[0].strip()
    return first.lstrip(b"-").isdigit() and len(first) < 5
