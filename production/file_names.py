"""What a client says in the name of a file: how many, of what, how thick. Proposals; nobody is bound by them.

`bracket_x4.dxf`, `4x bracket`, `qty 12`, `20 off`, `3 Stk`; `MS 3mm`, `3mm-MS`, `MS3`, `Mild steel 3.0 mm`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePosixPath

MOST = 1_000_000
_QUANTITY = (
    re.compile(r"(?<![\w.])(\d{1,6}) ?[x×](?![a-z]*\d)(?= |$|[a-z]{2})", re.I),  # 4x bracket, 4xbracket; not 100x50
    re.compile(r"(?:^|(?<= )|(?<=[a-z])(?=×))[x×] ?(\d{1,6})(?![\w.]| ?mm)", re.I),  # bracket x4; not M4x10
    re.compile(r"\b(?:qty|quantity|anzahl|menge|aantal|hoeveelheid)\.? ?[=:]? ?(\d{1,6})(?!\d)", re.I),
    re.compile(r"(?<![\w.])(\d{1,6}) ?(?:off|pcs?|pieces?|stk|stück|stueck|st|ea)(?![a-z])", re.I),
)
_THICKNESS = (
    re.compile(r"(?<![\d.x×])(\d{1,3}(?:[.,]\d{1,2})?) ?mm(?![a-z])", re.I),
    re.compile(r"(?<![a-z0-9])t ?[=-]? ?(\d{1,3}(?:[.,]\d{1,2})?)(?![\d.x×])", re.I),
)


@dataclass(frozen=True)
class Sheet:
    """A stock item as far as names can mean it."""

    pk: int
    code: str  # of the material: MS
    material: str  # its name: Mild steel
    thickness_mm: Decimal | None
    available: Decimal = Decimal(0)


def quantity(name: str) -> int | None:
    """How many the name asks for; None when it does not say."""
    plain = _plain(name)
    for pattern in _QUANTITY:
        found = pattern.search(plain)
        if found and 1 <= int(found[1]) <= MOST:
            return int(found[1])
    return None


def sheet(name: str, sheets: Iterable[Sheet]) -> int | None:
    """The stock item the name speaks of; None unless material and thickness leave no doubt. Of several sizes the one
    with most in stock."""
    plain = _plain(name)
    meant = [row for row in sheets if row.thickness_mm and _speaks_of(plain, row)]
    thicknesses = {Decimal(text.replace(",", ".")) for pattern in _THICKNESS for text in pattern.findall(plain)}
    exact = [row for row in meant if row.thickness_mm in thicknesses or _glued(plain, row)]
    longest = max((len(row.code) for row in exact), default=0)  # 304L is no 304
    exact = [row for row in exact if len(row.code) == longest]
    if not exact and not thicknesses and len(meant) == 1:
        exact = meant
    if len({(row.code, row.thickness_mm) for row in exact}) != 1:
        return None
    return max(exact, key=lambda row: (row.available, -row.pk)).pk


def _plain(name: str) -> str:
    stem = PurePosixPath(name).stem if re.search(r"\.[a-z0-9]{2,5}$", name, re.I) else name
    return " ".join(re.sub(r"[_\-()\[\]{};+]+|(?<=\D)\.|\.(?=\D)", " ", f" {stem} ").split())


def _speaks_of(plain: str, row: Sheet) -> bool:
    """By its code standing alone or glued to a number (MS3), or by its whole name."""
    after = r"(?![a-z0-9])" if row.code[-1:].isdigit() else r"(?![a-z])"
    by_code = re.search(rf"(?<![a-z0-9]){re.escape(row.code)}{after}", plain, re.I)
    return bool(by_code or re.search(rf"(?<![a-z]){re.escape(row.material)}(?![a-z])", plain, re.I))


def _glued(plain: str, row: Sheet) -> bool:
    """MS3, MS 3: a number straight after the code."""
    thickness = f"{row.thickness_mm.normalize():f}".replace(".", "[.,]")
    return bool(
        re.search(rf"(?<![a-z0-9]){re.escape(row.code)} ?{thickness}(?:[.,]0+)?(?![\d.,x×]|\w*\d)", plain, re.I)
    )
