"""A bank's file taken apart. Runs in `laseros.core.sandbox`; imports no Django.

`camt` answers {"account", "currency", "lines"}; `table` {"header", "rows"} of a CSV, whatever stands above it.
"""

import csv
import io
from collections import Counter

from accounts.imports.reading import Wrong, unpacked

MOST_BYTES = 5_000_000
MOST_LINES = 10_000
MOST_TEXT = 500
MOST_COLUMNS = 60
SEPARATORS = ";,\t|"
# Imported late, but by whoever forks the sandbox's children beforehand.
NEEDED = ("defusedxml.ElementTree",)


def read(content: str) -> dict:
    """`content` is the file in base64. CAMT is told by its first character."""
    data = unpacked(content, MOST_BYTES, "The file is too large: 5 MB at most.")
    start = data.lstrip(b"\xef\xbb\xbf \r\n\t")[:1]
    if not start:
        raise Wrong("There is nothing in the file.", "empty")
    return {"camt": camt(data)} if start == b"<" else {"table": table(data)}


# --- CAMT.053 ---------------------------------------------------------------------------------------------------------


def camt(data: bytes) -> list[dict]:
    """Every statement in the file. Whichever version: elements are known by their names without the namespace."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        raise Wrong("This is no XML of a bank.", "unreadable") from None
    for element in root.iter():
        element.tag = element.tag.rsplit("}", 1)[-1] if isinstance(element.tag, str) else ""
    statements = root.findall(".//BkToCstmrStmt/Stmt")
    if not statements:
        raise Wrong("This XML is no account statement (CAMT.053).", "not-camt")
    found = [_statement(statement) for statement in statements]
    if sum(len(each["lines"]) for each in found) > MOST_LINES:
        raise Wrong("The file has too many lines: 10,000 at most.", "too-many")
    return found


def _statement(statement) -> dict:
    account = _text(statement, "Acct/Id/IBAN") or _text(statement, "Acct/Id/Othr/Id")
    lines = []
    for entry in statement.findall("Ntry"):
        if (_text(entry, "Sts/Cd") or _text(entry, "Sts")) not in ("BOOK", ""):
            continue  # announced, and perhaps never booked
        lines += _entry(entry)
    return {"account": account[:60], "currency": _text(statement, "Acct/Ccy")[:3], "lines": lines}


def _entry(entry) -> list[dict]:
    """One line, or one for each payment a bank put together."""
    whole = entry.find("Amt")
    sign = _text(entry, "CdtDbtInd")
    if _text(entry, "RvslInd") == "true":
        sign = {"CRDT": "DBIT", "DBIT": "CRDT"}.get(sign, sign)
    day = (_text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm") or _text(entry, "ValDt/Dt"))[:10]
    shared = {"day": day, "currency": whole.get("Ccy", "") if whole is not None else ""}
    reference = _text(entry, "AcctSvcrRef")
    parts = entry.findall("NtryDtls/TxDtls")
    if len(parts) < 2:
        amount = whole.text or "" if whole is not None else ""
        return [_line(parts[0] if parts else entry, sign, amount, reference, entry) | shared]
    rows = []
    for number, part in enumerate(parts, start=1):
        own = part.find("Amt") if part.find("Amt") is not None else part.find("AmtDtls/TxAmt/Amt")
        amount = own.text or "" if own is not None else ""
        rows.append(_line(part, sign, amount, reference and f"{reference}/{number}", entry) | shared)
    return rows


def _line(part, sign: str, amount: str, reference: str, entry) -> dict:
    other = "Dbtr" if sign == "CRDT" else "Cdtr"
    name = _text(part, f"RltdPties/{other}/Nm") or _text(part, f"RltdPties/{other}/Pty/Nm")
    account = f"RltdPties/{other}Acct/Id"
    unstructured = " ".join(each.text or "" for each in part.findall("RmtInf/Ustrd"))
    structured = " ".join(each.text or "" for each in part.findall("RmtInf/Strd/CdtrRefInf/Ref"))
    end_to_end = _text(part, "Refs/EndToEndId")
    return {
        "amount": f"-{amount.strip()}" if sign == "DBIT" else amount.strip(),
        "name": _cut(name, 160),
        "iban": _cut(_text(part, f"{account}/IBAN") or _text(part, f"{account}/Othr/Id"), 40),
        "text": _cut(f"{unstructured} {structured}".strip() or _text(entry, "AddtlNtryInf"), MOST_TEXT),
        "reference": "" if end_to_end == "NOTPROVIDED" else _cut(end_to_end, 120),
        "bank_reference": _cut(_text(part, "Refs/AcctSvcrRef") or reference, 120),
    }


def _text(element, path: str) -> str:
    found = element.find(path)
    return (found.text or "").strip() if found is not None else ""


def _cut(text: str, most: int) -> str:
    return " ".join(text.split())[:most]


# --- CSV --------------------------------------------------------------------------------------------------------------


def table(data: bytes) -> dict:
    text = _decoded(data)
    rows = _rows(text)
    if not rows:
        raise Wrong("There is nothing in the file.", "empty")
    wide = Counter(len(cells) for _line, cells in rows if len(cells) > 2)
    if not wide:
        raise Wrong("The file is no table with a day, an amount and a text.", "no-table")
    width = max(wide, key=lambda width: (wide[width], width))
    full = (place for place, (_line, cells) in enumerate(rows) if len(cells) == width and sum(map(bool, cells)) > 2)
    first = next(full, None)
    if first is None:
        raise Wrong("The file is no table with a day, an amount and a text.", "no-table")
    header = [cell[:80] for cell in rows[first][1]]
    body = [[line, [cell[:MOST_TEXT] for cell in cells]] for line, cells in rows[first + 1 :] if len(cells) == width]
    if len(body) > MOST_LINES:
        raise Wrong("The file has too many lines: 10,000 at most.", "too-many")
    return {"header": header, "rows": body}


def _decoded(data: bytes) -> str:
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Wrong("This is not a text file.", "unreadable")


def _rows(text: str) -> list[tuple[int, list[str]]]:
    if "\0" in text:
        raise Wrong("This is not a text file.", "unreadable")
    separator = max(SEPARATORS, key=text.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=False)
    rows = []
    try:
        for row in reader:
            cells = [" ".join(cell.split()) for cell in row[:MOST_COLUMNS]]
            if any(cells):
                rows.append((reader.line_num, cells))
    except csv.Error:
        raise Wrong("The file is not a table: a quotation mark is not closed.", "unreadable") from None
    return rows
