"""The door for `laseros.core.sandbox`: a hostile report can only hurt the child that reads it."""

import os
from dataclasses import asdict

from . import columns, rows, table


def _opened(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def read_report(path: str, settled: bool, mapping: dict | None, options: dict, most: int | None = None) -> dict:
    """What `rows.Found` holds, and how the file was read. Without a mapping the headings' own guess is used.

    `most`: so many rows and bad rows at most, for a look.
    """
    # A link put in its place since the folder was looked at leads nowhere.
    with open(path, "rb", opener=_opened) as file:
        data = file.read(table.LARGEST + 1)
    if len(data) > table.LARGEST:
        raise table.Refused("The report is larger than can be read.", "too-big")
    expected = set((mapping or {}).values())
    read = table.read(
        data,
        settled=settled,
        encoding=options.get("encoding") or "",
        known=lambda heading: heading in expected or columns.is_known(heading),
    )
    chosen = mapping if mapping else columns.guessed(read.header)
    found = rows.understood(read, chosen, options)
    count = {"works": len(found.works), "bad": len(found.bad)}
    if most is not None:
        found.works, found.bad = found.works[-most:], found.bad[:most]
    return {
        **asdict(found), "count": count, "header": read.header, "encoding": read.encoding, "separator": read.separator,
        "waits": read.waits, "mapping": chosen,
        "sample": [cells for _line, cells in read.rows[-3:]],
    }  # fmt: skip
