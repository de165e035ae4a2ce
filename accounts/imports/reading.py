"""A table out of a file a stranger sent. Runs in `laseros.core.sandbox`; imports no Django.

Answers {"header": [text], "rows": [[line number, [cell]]]}. A cell is text; {"formula": text} is one that would be
worked out, which nobody here does.
"""

import base64
import binascii
import csv
import io
import json
import zipfile

MOST_BYTES = 1_500_000
MOST_UNPACKED = 64 * 1024 * 1024
MOST_ROWS = 5_000
MOST_COLUMNS = 200
MOST_TEXT = 2_000  # characters of one cell
SEPARATORS = ";,\t|"


class Wrong(Exception):
    """Why the file cannot be read; the words are translated by whoever asked."""

    def __init__(self, reason: str, code: str):
        super().__init__(reason)
        self.reason, self.code = reason, code


def unpacked(content: str, most: int, too_large: str) -> bytes:
    """The file out of its base64. Raises `Wrong` for what is none and, in the words `too_large`, above `most` bytes."""
    try:
        data = base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error):
        raise Wrong("The file could not be read.", "unreadable") from None
    if len(data) > most:
        raise Wrong(too_large, "too-large")
    return data


def read(content: str) -> dict:
    """`content` is the file in base64. Whether it is XLSX, JSON or text is seen from what it begins with."""
    data = unpacked(content, MOST_BYTES, "The file is too large: 1.5 MB at most.")
    if data.startswith(b"PK\x03\x04"):
        table = _xlsx(data)
    else:
        text = _decoded(data)
        table = _json(text) if text.lstrip()[:1] in "[{" and text.strip() else _csv(text)
    return _checked(table)


def _decoded(data: bytes) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, otherwise what Windows wrote in western Europe."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _as(data, "utf-16")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Wrong("This is not a text file.", "unreadable")


def _as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise Wrong("This is not a text file.", "unreadable") from None


def _csv(text: str) -> list:
    if "\0" in text:
        raise Wrong("This is not a text file.", "unreadable")
    first = text.lstrip("\r\n").split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    rows, reader = [], csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            if len(rows) > MOST_ROWS + 1:
                raise Wrong("The file has too many rows: 5,000 at most.", "too-many")
    except csv.Error:
        raise Wrong("The file is not a table: a quotation mark is not closed.", "unreadable") from None
    return rows


def _json(text: str) -> list:
    """A list of records, nested or with dots in their names, as Spoolman's export and its interface have them."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise Wrong("The file is not valid JSON.", "unreadable") from None
    if isinstance(found, dict):
        found = next((value for value in found.values() if isinstance(value, list)), [found])
    if len(found) > MOST_ROWS:
        raise Wrong("The file has too many rows: 5,000 at most.", "too-many")
    flat = [_flat(record) for record in found if isinstance(record, dict)]
    if len(flat) != len(found):
        raise Wrong("The file is not a list of records.", "unreadable")
    header = list(dict.fromkeys(name for record in flat for name in record))
    rows = [(number, [record.get(name, "") for name in header]) for number, record in enumerate(flat, start=1)]
    return [(0, header), *rows]


def _flat(record: dict, before: str = "", depth: int = 0) -> dict:
    found = {}
    for name, value in record.items():
        if isinstance(value, dict) and depth < 5:
            found |= _flat(value, f"{before}{name}.", depth + 1)
        elif isinstance(value, bool):
            found[f"{before}{name}"] = "true" if value else "false"
        elif value is None or isinstance(value, dict | list):
            found[f"{before}{name}"] = ""
        else:
            found[f"{before}{name}"] = str(value)
    return found


def _xlsx(data: bytes) -> list:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MOST_UNPACKED:
                raise Wrong("The file is too large when it is unpacked.", "too-large")
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=False, keep_links=False)
        sheet = book.worksheets[0]
        rows = []
        for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), start=1):
            cells = [_cell(cell) for cell in row]
            if any(cells):
                rows.append((number, cells))
            if len(rows) > MOST_ROWS + 1 or number > 20 * MOST_ROWS:
                raise Wrong("The file has too many rows: 5,000 at most.", "too-many")
        return rows
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, IndexError, OSError, EOFError, TypeError):
        raise Wrong("The file is not a workbook that can be read.", "unreadable") from None


def _cell(cell):
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return {"formula": str(value)[:MOST_TEXT]}
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _checked(rows: list) -> dict:
    if not rows:
        raise Wrong("There is nothing in the file.", "empty")
    header = ["" if isinstance(cell, dict) else cell.strip()[:200] for cell in rows[0][1]]
    while header and not header[-1]:
        header.pop()
    if not any(header) or len(header) > MOST_COLUMNS:
        raise Wrong("The first row must name the columns.", "header")
    cut = []
    for number, cells in rows[1:]:
        if any(isinstance(cell, str) and len(cell) > MOST_TEXT for cell in cells):
            raise Wrong("A cell is too long: 2,000 characters at most.", "too-large")
        cut.append([number, [cell if isinstance(cell, dict) else cell.strip() for cell in cells[: len(header)]]])
    return {"header": header, "rows": cut}
