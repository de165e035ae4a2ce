"""Reads the tagged data of a DXF file as records: everything from one group code 0 to the next.

Own reader instead of a DXF library: only geometry is wanted, and a stream of records needs a fraction of the time and
memory of a document. It is also the more forgiving one: handles, owners and subclass markers are never looked at.
"""

import struct
from collections.abc import Iterator
from itertools import pairwise

from production.dxf.refused import Refused
from production.dxf.sniff import BINARY_SENTINEL

CHUNK = 512 * 1024
LOWEST_CODE, HIGHEST_CODE = -10, 1071

Record = tuple[bytes, list, list]  # kind, group codes, values: bytes in text files, numbers or bytes in binary ones


def read_records(path, form: str) -> Iterator[Record]:
    """Yield the records of the file at `path`; `form` is what `sniff` said. Raises `Refused` for damaged files."""
    chunks = _binary_chunks(path) if form == "binary" else _text_chunks(path)
    codes, values = [], []
    for more_codes, more_values in chunks:
        codes += more_codes
        values += more_values
        starts = [index for index, code in enumerate(codes) if code == 0]
        for start, end in pairwise(starts):
            yield values[start].strip(), codes[start + 1 : end], values[start + 1 : end]
        if starts:  # the last record may go on in the next chunk
            codes, values = codes[starts[-1] :], values[starts[-1] :]
            if values[0].strip() == b"EOF":
                break  # some programs leave rubbish behind the end
    if codes and codes[0] == 0:
        yield values[0].strip(), codes[1:], values[1:]


def _text_chunks(path) -> Iterator[tuple[list, list]]:
    with open(path, "rb") as handle:
        line_number = 1
        for lines in _even_chunks(handle):
            codes, values = _group_codes(lines), lines[1::2]
            yield codes, values
            if len(codes) < len(values):
                line = line_number + 2 * len(codes)
                reason = f"The file is damaged near line {line}. Please export it from your CAD program again."
                raise Refused(reason, "damaged")
            line_number += len(lines)


def _even_chunks(handle) -> Iterator[list[bytes]]:
    """Lists of lines, always in pairs; empty lines around the data are dropped, half a tag at the end too."""
    first = True
    while lines := _lines(handle):
        if first:
            lines[0] = lines[0].removeprefix(b"\xef\xbb\xbf")
            while lines and not lines[0].strip():
                del lines[0]
            first = False
        if len(lines) % 2 and (last := handle.readline()):
            lines.append(last)
        if len(lines) % 2:
            lines.pop()
        while len(lines) > 1 and not lines[-2].strip() and not lines[-1].strip():
            del lines[-2:]
        yield lines


def _lines(handle) -> list[bytes]:
    lines = handle.readlines(CHUNK)
    if len(lines) == 1 and b"\r" in lines[0].strip():  # written with the line ends of old Macs
        return lines[0].splitlines()
    return lines


def _group_codes(lines: list[bytes]) -> list[int]:
    """The group codes of pairs of lines, as far as they are any."""
    try:
        codes = list(map(int, lines[0::2]))
        if not codes or (max(codes) <= HIGHEST_CODE and min(codes) >= LOWEST_CODE):
            return codes
    except ValueError:
        pass
    codes = []
    for line in lines[0::2]:
        text = line.strip()
        if not text.lstrip(b"-").isdigit() or not LOWEST_CODE <= int(text[:8]) <= HIGHEST_CODE:
            break
        codes.append(int(text))
    return codes


def _binary_chunks(path) -> Iterator[tuple[list, list]]:
    with open(path, "rb") as handle:
        data = handle.read()
    try:
        yield _binary_tags(data)
    except (struct.error, IndexError, ValueError):
        raise Refused("The file ends in the middle. Please export and send it again.", "incomplete") from None


def _binary_tags(data: bytes) -> tuple[list, list]:
    position = len(BINARY_SENTINEL)
    short_codes = data[position : position + 2] == b"\x00S"  # R12 and older write one byte per group code
    layouts = _binary_layouts()
    codes, values = [], []
    end = len(data)
    while position < end:
        code, position = _binary_code(data, position, short_codes)
        layout = layouts.get(code)
        if layout is None:
            stop = data.index(b"\x00", position)
            value, position = data[position:stop], stop + 1
        elif layout == "chunk":
            size = data[position]
            value, position = data[position + 1 : position + 1 + size], position + 1 + size
        else:
            value = layout.unpack_from(data, position)[0]
            position += layout.size
        codes.append(code)
        values.append(value)
    return codes, values


def _binary_code(data: bytes, position: int, short_codes: bool) -> tuple[int, int]:
    if not short_codes:
        return data[position] | data[position + 1] << 8, position + 2
    if data[position] == 255:
        return data[position + 1] | data[position + 2] << 8, position + 3
    return data[position], position + 1


def _binary_layouts() -> dict:
    """How each group code is stored in a binary file; codes not listed are zero-terminated text."""
    ranges = {
        "<d": [(10, 59), (110, 149), (210, 239), (460, 469), (1010, 1059)],
        "<h": [(60, 79), (170, 179), (270, 289), (370, 389), (400, 409), (1060, 1070)],
        "<i": [(90, 99), (420, 429), (440, 459), (1071, 1071)],
        "<q": [(160, 169)],
        "<B": [(290, 299)],
    }
    layouts: dict = dict.fromkeys([*range(310, 320), 1004], "chunk")
    for form, spans in ranges.items():
        for low, high in spans:
            layouts.update(dict.fromkeys(range(low, high + 1), struct.Struct(form)))
    return layouts
