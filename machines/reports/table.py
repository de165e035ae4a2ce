"""A report file as rows of texts: encodings, separators, workbooks, and a last line somebody is still writing."""

import csv
import io
import json
import zipfile
from dataclasses import dataclass, field
from datetime import date, datetime, time

LARGEST = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 80
LONGEST_CELL = 300
HEADER_WITHIN = 30  # lines: titles and the name of the shop stand above it
SEPARATORS = ",;\t|"


class Refused(Exception):
    """This is no report; in words."""

    def __init__(self, reason: str, code: str = "report"):
        super().__init__(reason)
        self.reason, self.code = reason, code


@dataclass
class Table:
    """`rows` are (line, cells) below the header; `waits` says that a half-written last line was left for later."""

    header: list[str]
    rows: list[tuple[int, list[str]]]
    encoding: str = ""
    separator: str = ""
    waits: bool = False
    sheets: list[str] = field(default_factory=list)


def read(data: bytes, *, settled: bool, encoding: str = "", known=lambda heading: False) -> Table:
    """`settled`: nobody has written to the file for a while, so that its last line is whole even without its end.

    `known` tells headings that are expected, to find the header among titles. Raises `Refused`.
    """
    if not data.strip(b"\x00 \t\r\n"):
        raise Refused("The file is empty.")
    if data[:2] == b"PK":
        return _workbook(data, known)
    if data.lstrip()[:1] in (b"{", b"["):
        return _listed(data)
    text, encoding = decoded(data, encoding)
    whole = text.endswith(("\n", "\r"))
    separator = _separator(text)
    rows = [(line, cells) for line, cells in _cells(text, separator) if any(cells)]
    table = _below_header(rows, known)
    table.encoding, table.separator = encoding, separator
    if not whole and table.rows and (not settled or len(table.rows[-1][1]) < len(table.header)):
        table.rows.pop()
        table.waits = True
    return table


# --- text ---------------------------------------------------------------------------------------------------------


def decoded(data: bytes, encoding: str = "") -> tuple[str, str]:
    """(text, encoding). A file cut in the middle of a character is read up to there."""
    name = encoding or _encoding_of(data)
    try:
        text = data.decode(name, "strict" if not encoding else "replace")
    except (UnicodeDecodeError, LookupError):
        text = data.decode(name if encoding else "cp1252", "replace")
    return text.lstrip("\ufeff").replace("\x00", ""), name


def _encoding_of(data: bytes) -> str:
    if data[:3] == b"\xef\xbb\xbf":
        return "utf-8-sig"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    head = data[:4000]
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[0::2].count(0) else "utf-16-be"
    if _is_utf8(data):
        return "utf-8"
    return "gb18030" if _is_chinese(data) else "cp1252"


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(data) - 3 and error.reason == "unexpected end of data"
    return True


def _is_chinese(data: bytes) -> bool:
    """Chinese characters come as pairs of high bytes; an umlaut stands alone between letters."""
    run = pairs = odd = 0
    for byte in data[:200_000] + b" ":
        if byte >= 0x80:
            run += 1
        elif run:
            odd, pairs, run = odd + run % 2, pairs + run // 2, 0
    if not pairs or odd > pairs // 20:
        return False
    try:
        data.decode("gb18030")
    except UnicodeDecodeError as error:
        return error.end >= len(data) - 3
    return True


def _separator(text: str) -> str:
    """The one that divides the most lines into the same number of cells."""
    lines = [line for line in text[:100_000].splitlines() if line.strip()][:HEADER_WITHIN]

    def likeness(separator: str) -> tuple[int, int]:
        counts = [line.count(separator) for line in lines]
        usual = max(set(counts) - {0}, key=counts.count, default=0)
        return (counts.count(usual) if usual else 0), usual

    return max(SEPARATORS, key=likeness)


def _cells(text: str, separator: str):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            if reader.line_num > MOST_ROWS:
                raise Refused("The report has more lines than can be read.", "too-big")
            yield reader.line_num, [_cell(cell) for cell in cells[:MOST_COLUMNS]]
    except csv.Error:
        raise Refused("The file is no table.") from None


def _cell(value) -> str:
    return " ".join(str(value).split())[:LONGEST_CELL]


def _below_header(rows: list[tuple[int, list[str]]], known) -> Table:
    """The header is the line with the most headings that are known; else the first with three cells."""
    best, most = None, 0
    for place, (_line, cells) in enumerate(rows[:HEADER_WITHIN]):
        found = sum(1 for cell in cells if cell and known(cell))
        if found > most:
            best, most = place, found
    if best is None:
        best = next((place for place, (_line, cells) in enumerate(rows) if sum(map(bool, cells)) >= 3), None)
    if best is None:
        raise Refused("The file is no table.")
    header = _unlike(rows[best][1])
    return Table(header, rows[best + 1 :])


def _unlike(header: list[str]) -> list[str]:
    """Every column with a name of its own."""
    names: list[str] = []
    for place, name in enumerate(header, 1):
        name = name or f"({place})"
        names.append(name if name not in names else f"{name} ({place})")
    return names


# --- other shapes -------------------------------------------------------------------------------------------------


def _workbook(data: bytes, known) -> Table:
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise Refused("The workbook is damaged, or still being written.") from None
    tables = []
    for sheet in book.worksheets:
        rows = []
        for line, cells in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            if line > MOST_ROWS:
                raise Refused("The report has more lines than can be read.", "too-big")
            if any(cell not in (None, "") for cell in cells):
                rows.append((line, [_of_workbook(cell) for cell in cells]))
        try:
            tables.append(_below_header(rows, known))
        except Refused:
            continue
    if not tables:
        raise Refused("The file is no table.")
    best = max(tables, key=lambda table: sum(1 for name in table.header if known(name)))
    best.encoding, best.sheets = "xlsx", [sheet.title for sheet in book.worksheets]
    width = max((place for place, name in enumerate(best.header, 1) if name != f"({place})"), default=0)
    best.header = best.header[:width]
    return best


def _of_workbook(cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float):
        return repr(round(cell, 9))
    return _cell(cell)


def _listed(data: bytes) -> Table:
    """A list of records as JSON, wherever in it the list is."""
    try:
        said = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refused("The file is damaged, or still being written.") from None
    records = _records(said, 0)
    if not records:
        raise Refused("The file is no table.")
    if len(records) > MOST_ROWS:
        raise Refused("The report has more lines than can be read.", "too-big")
    header = list(dict.fromkeys(_cell(name) for record in records for name in record))[:MOST_COLUMNS]
    rows = []
    for line, record in enumerate(records, 1):
        plain = {_cell(name): "" if value is None else _cell(value) for name, value in record.items()}
        rows.append((line, [plain.get(name, "") for name in header]))
    return Table(header, rows, encoding="json")


def _records(said, depth: int) -> list[dict]:
    if isinstance(said, list):
        return [each for each in said if isinstance(each, dict)]
    if isinstance(said, dict) and depth < 4:
        for value in said.values():
            if found := _records(value, depth + 1):
                return found
    return []
