"""Binary G-code: blocks of facts and pictures stand before the moves, which are never read.

The form is Prusa's, as its specification gives it: "GCDE", version (u32), kind of checksum (u16), then blocks of kind,
compression, size, size when compressed, parameters, data, CRC32 of all of these.
"""

import struct
import zlib
from typing import BinaryIO

from .sliced import Refused, Sliced, Thumbnail
from .slicers import figures
from .words import pairs_in

MAGIC = b"GCDE"
FILE, CODE, SLICER, PRINTER, PRINT, PICTURE = range(6)
STORED, DEFLATE = 0, 1
FORMATS = {0: "PNG", 1: "JPG", 2: "QOI"}
LARGEST_BLOCK = 16 * 1024 * 1024
MOST_BLOCKS = 200
DAMAGED = "The binary G-code is damaged or cut off. Please export it again."


def read_binary(file: BinaryIO) -> Sliced:
    _magic, version, checksum = struct.unpack("<4sIH", _exactly(file, 10))
    if version != 1 or checksum not in (0, 1):
        raise Refused(f"Binary G-code of version {version} is not known here.", "kind")
    said, pictures, good = {}, [], True
    for _number in range(MOST_BLOCKS):
        start = _exactly(file, 8)
        kind, compression, size = struct.unpack("<HHI", start)
        if kind == CODE:
            break
        parameters, data, fits = _block(file, start, kind, compression, size, checksum)
        good = good and fits
        if kind == PICTURE:
            form, width, height = struct.unpack("<HHH", parameters)
            if form in FORMATS:
                pictures.append(Thumbnail(width, height, FORMATS[form], data))
        elif kind in (FILE, SLICER, PRINTER, PRINT):
            said[kind] = pairs_in(data.decode("utf-8", "replace"))
    return _answer(said, pictures, good if checksum else None)


def _block(file, start: bytes, kind: int, compression: int, size: int, checksum: int) -> tuple[bytes, bytes, bool]:
    length, header = size, start
    if compression != STORED:
        more = _exactly(file, 4)
        length, header = struct.unpack("<I", more)[0], start + more
    if max(size, length) > LARGEST_BLOCK:
        raise Refused(DAMAGED, "damaged")
    parameters = _exactly(file, 6 if kind == PICTURE else 2)
    data = _exactly(file, length)
    fits = True
    if checksum:
        fits = struct.unpack("<I", _exactly(file, 4))[0] == zlib.crc32(header + parameters + data)
    if compression == DEFLATE:
        data = _inflated(data, size)
    elif compression != STORED:  # heatshrink is for moves only
        data = b""
    return parameters, data, fits


def _inflated(data: bytes, size: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, max(size, 1))
    except zlib.error:
        raise Refused(DAMAGED, "damaged") from None


def _exactly(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) != size:
        raise Refused(DAMAGED, "damaged")
    return data


def _answer(said: dict[int, dict], pictures: list[Thumbnail], good: bool | None) -> Sliced:
    producer = said.get(FILE, {}).get("producer", "")
    slicer, _space, version = producer.rpartition(" ")
    together: dict[str, str] = {}
    for kind in (SLICER, PRINTER, PRINT):
        together |= said.get(kind, {})
    return Sliced(
        slicer=slicer or producer or None,
        version=version or None,
        **figures(slicer, together),
        thumbnails=pictures,
        crc_ok=good,
    )
