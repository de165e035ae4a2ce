"""Text G-code: its head, its tail, and the pictures in its head."""

import base64
import binascii
import re
from typing import BinaryIO

from .sliced import Refused, Sliced, Thumbnail
from .slicers import sliced
from .words import said_in

# As much as slicers write before the first move and after the last.
END = 512 * 1024
LARGEST_PICTURE = 5 * 1024 * 1024
MOST_PICTURES = 16
_PICTURE = re.compile(rb"^;[ \t]*thumbnail(?:_(PNG|QOI|JPG|JPEG))? begin (\d{1,5})\s*[xX ]\s*(\d{1,5}) (\d{1,9})", re.M)
_PICTURE_END = re.compile(rb"^;[ \t]*thumbnail(?:_\w+)? end", re.M)
_A_MOVE = re.compile(rb"^\s*(?:N\d+\s+)?[GMT]\d", re.M)


def read_plain(file: BinaryIO) -> Sliced:
    head, after_pictures, pictures = _head(file)
    size = file.seek(0, 2)
    start = max(size - END, after_pictures)
    file.seek(start)
    tail = file.read(END)
    text = (_without_pictures(head) + b"\n" + tail).decode("utf-8", "replace")
    found = sliced(text, said_in(text), thumbnails=pictures)
    if found.slicer is None and not (_A_MOVE.search(head) or _A_MOVE.search(tail)):
        raise Refused("This is no G-code: it holds neither a move nor the name of a slicer.", "kind")
    return found


def _head(file: BinaryIO) -> tuple[bytes, int, list[Thumbnail]]:
    """The first part of the file, where it ends, and its pictures. A large picture makes the part longer."""
    head = file.read(END)
    pictures, place = [], 0
    for _attempt in range(MOST_PICTURES):
        begin = _PICTURE.search(head, place)
        if begin is None:
            break
        # LEN counts base64 letters; a line of 78 has "; " before and a line end behind.
        wanted = int(begin[4])
        if wanted > LARGEST_PICTURE:
            place = begin.end()
            continue
        room = begin.end() + wanted + wanted // 16 + 256
        if room > len(head) and len(head) < END + 2 * LARGEST_PICTURE:
            head += file.read(room - len(head) + END // 8)
        place, picture = _picture(head, begin, room)
        if picture is not None:
            pictures.append(picture)
    return head, len(head), pictures


def _picture(head: bytes, begin: re.Match, room: int) -> tuple[int, Thumbnail | None]:
    """The picture that begins there; some are never ended."""
    end = _PICTURE_END.search(head, begin.end(), room + 4096)
    stop = end.start() if end else begin.end()
    letters = b"".join(line.strip(b"; \t\r") for line in head[begin.end() : stop].splitlines())
    try:
        data = base64.b64decode(letters, validate=True)
    except (binascii.Error, ValueError):
        data = b""
    kind = (begin[1] or b"PNG").decode().replace("JPEG", "JPG")
    place = end.end() if end else begin.end()
    return place, Thumbnail(int(begin[2]), int(begin[3]), kind, data) if data else None


def _without_pictures(head: bytes) -> bytes:
    """Base64 may look like anything."""
    kept, place = [], 0
    while begin := _PICTURE.search(head, place):
        end = _PICTURE_END.search(head, begin.end())
        if end is None:
            break
        kept.append(head[place : begin.start()])
        place = end.end()
    kept.append(head[place:])
    return b"\n".join(kept)
