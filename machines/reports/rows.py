"""Rows of a report as pieces of work, each under a key that is the same whenever it is read again."""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from . import columns, values
from .table import Table

LONGEST = timedelta(days=7)


@dataclass
class Found:
    """`works` as plain data, `bad` as {"line", "why", "cells"}, `open` rows that are not over yet."""

    works: list[dict] = field(default_factory=list)
    bad: list[dict] = field(default_factory=list)
    open: int = 0
    missing: str = ""  # why nothing can be counted at all


def understood(table: Table, mapping: dict, options: dict) -> Found:
    """`mapping` is {field: heading}; `options` "decimal", "dates", "length_unit", "time_unit": empty is found out."""
    places = {name: table.header.index(heading) for name, heading in mapping.items() if heading in table.header}
    found = Found(missing=_missing(places))
    if found.missing:
        return found
    ways = _ways(table, places, mapping, options)
    for line, cells in table.rows:
        said = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        if not any(said.values()):
            continue
        try:
            work = _work(said, ways)
        except values.Unclear as why:
            found.bad.append({"line": line, "why": str(why), "cells": cells[:12]})
            continue
        if work is None:
            found.open += 1
        else:
            found.works.append({"line": line, **work})
    return found


def _missing(places: dict) -> str:
    if not {"name", "file"} & set(places):
        return "no column says what was cut"
    if not {"started", "ended"} & set(places):
        return "no column says when it was cut; a nesting report tells what is planned, not what was done"
    if "started" not in places and "seconds" not in places:
        return "beside the end its beginning or its duration is needed"
    if "ended" not in places and "seconds" not in places:
        return "beside the beginning its end or its duration is needed"
    return ""


@dataclass(frozen=True)
class Ways:
    decimal: str
    order: str
    time_unit: str
    length: float | None


def _ways(table: Table, places: dict, mapping: dict, options: dict) -> Ways:
    """How this file writes things, where nobody has said it."""

    def cells(*names):
        return [row[places[name]] for _line, row in table.rows for name in names
                if name in places and places[name] < len(row)]  # fmt: skip

    unit = options.get("length_unit") or columns.unit_of(mapping.get("length", ""))
    if not unit and re.search(r"curvelength", mapping.get("length", ""), re.IGNORECASE):
        unit = "mm"  # so the maker's own work log
    return Ways(
        options.get("decimal") or values.decimal_sign(cells("length", "thickness", "seconds")),
        options.get("dates") or values.order_of(cells("started", "ended", "day")),
        options.get("time_unit") or columns.unit_of(mapping.get("seconds", "")),
        values.LENGTH_UNITS.get(unit),
    )


def _work(said: dict, ways: Ways) -> dict | None:
    """One piece of work; None while it is not over. Raises `values.Unclear`."""
    outcome = values.outcome(said.get("status", ""))
    seconds = values.seconds(said.get("seconds", ""), ways.decimal, ways.time_unit)
    day = values.moment(said.get("day", ""), ways.order)
    started, ended = (_moment(said.get(name, ""), day, ways.order) for name in ("started", "ended"))
    if outcome is None or (not said.get("ended") and "ended" in said):
        return None
    if started is None and ended is None:
        raise values.Unclear("no time")
    if ended is None:
        ended = started + timedelta(seconds=_needed(seconds))
    if started is None:
        started = ended - timedelta(seconds=_needed(seconds))
    if ended < started and day is not None:
        ended += timedelta(days=1)  # past midnight
    if ended < started or ended - started > LONGEST:
        raise values.Unclear("its end and its beginning do not fit")
    name, file = said.get("name", ""), said.get("file", "")
    if not (name or file):
        raise values.Unclear("it does not say what was cut")
    length = values.number(said.get("length", ""), ways.decimal)
    return {
        "key": key_of(name, file, started),
        "name": name or file,
        "file": file or name,
        "started": started.isoformat(),
        "ended": ended.isoformat(),
        "outcome": outcome,
        "seconds": seconds,
        "pierces": _count(said.get("pierces", "")),
        "metres": None if length is None or ways.length is None else length * ways.length,
        "material": said.get("material", ""),
        "thickness": values.number(said.get("thickness", ""), ways.decimal),
        "gas": said.get("gas", ""),
        "parts": _count(said.get("parts", "")),
    }


def key_of(name: str, file: str, started: datetime) -> str:
    """A machine begins one piece of work at a moment: the same name, file and beginning in every copy of the row."""
    words = "\n".join((name.casefold(), file.casefold(), started.isoformat(timespec="seconds")))
    return f"report:{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _moment(cell: str, day: datetime | None, order: str) -> datetime | None:
    on_that_day = values.on_day(cell, day.date()) if day is not None else None
    return on_that_day or values.moment(cell, order)


def _needed(seconds: float | None) -> float:
    if seconds is None:
        raise values.Unclear("its duration is missing")
    return min(seconds, LONGEST.total_seconds())


def _count(cell: str) -> int | None:
    """Of "5 / 5" the first: what was made, of how many."""
    found = values.number(cell.split("/")[0], ".")
    return None if found is None else round(found)
