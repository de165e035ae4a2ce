"""From the text in a cell to what a list holds; whoever typed it is told what is wrong in words."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

LARGEST = Decimal(10) ** 9
YES = {"1", "yes", "true", "ja", "x", "wahr"}
NO = {"", "0", "no", "false", "nein", "falsch"}


class BadCell(Exception):
    def __init__(self, reason):
        super().__init__(str(reason))
        self.reason = str(reason)


def text(most: int) -> Callable:
    def read(cell: str) -> str:
        cell = cell[1:] if cell[:1] == "'" and cell[1:2] in "=+-@" else cell  # as our own exports write it
        if len(cell) > most:
            raise BadCell(_("Longer than %(most)s characters.") % {"most": most})
        if any(ord(letter) < 32 and letter not in "\n\t" for letter in cell):
            raise BadCell(_("There are characters in it that no text has."))
        return cell

    return read


def number(least: Decimal | int = 0, places: int = 3, *, more: bool = False) -> Callable:
    """At least `least`, or more than that; 1.234,5 and 1,234.5 and 1 234,5 are all understood."""

    def read(cell: str) -> Decimal:
        found = _decimal(cell)
        if found < least or (more and found == least):
            words = _("Has to be more than %(least)s.") if more else _("Has to be %(least)s or more.")
            raise BadCell(words % {"least": least})
        rounded = found.quantize(Decimal(1).scaleb(-places))
        if more and rounded <= least:
            raise BadCell(_("Has to be more than %(least)s.") % {"least": least})
        return rounded

    return read


def _decimal(cell: str) -> Decimal:
    plain = re.sub(r"[\s'’ ]", "", cell)
    comma, point = plain.rfind(","), plain.rfind(".")
    if comma > point:
        plain = plain.replace(".", "").replace(",", ".") if plain.count(",") == 1 else plain.replace(",", "")
    elif point > comma:
        plain = plain.replace(",", "") if plain.count(".") == 1 else plain.replace(".", "").replace(",", ".")
    try:
        found = Decimal(plain)
    except InvalidOperation:
        raise BadCell(_("“%(cell)s” is not a number.") % {"cell": cell[:40]}) from None
    if not found.is_finite():
        raise BadCell(_("“%(cell)s” is not a number.") % {"cell": cell[:40]})
    if abs(found) >= LARGEST:
        raise BadCell(_("“%(cell)s” is too large.") % {"cell": cell[:40]})
    return found


def whole(least: int, most: int) -> Callable:
    def read(cell: str) -> int:
        found = _decimal(cell)
        if found != int(found) or not least <= found <= most:
            raise BadCell(_("Has to be a whole number from %(least)s to %(most)s.") % {"least": least, "most": most})
        return int(found)

    return read


def email(cell: str) -> str:
    try:
        validate_email(cell)
    except ValidationError:
        raise BadCell(_("“%(cell)s” is not an e-mail address.") % {"cell": cell[:80]}) from None
    return cell


def colour(cell: str) -> str:
    found = cell if cell.startswith("#") else f"#{cell}"
    if not re.fullmatch(r"#[0-9a-fA-F]{6}(?:[0-9a-fA-F]{2})?", found):
        raise BadCell(_("A colour like #1d5fbf."))
    return found[:7].lower()


def letters(count: int) -> Callable:
    """A code of so many letters: a country, a currency."""

    def read(cell: str) -> str:
        if len(cell) != count or not (cell.isascii() and cell.isalpha()):
            raise BadCell(_("A code of %(count)s letters.") % {"count": count})
        return cell.upper()

    return read


def choice(choices, more: dict[str, str] | None = None) -> Callable:
    """One of a field's choices, by its name in the program or in words of any of our languages."""

    def read(cell: str) -> str:
        known = _said(tuple(choices)) | (more or {})
        found = known.get(cell.casefold())
        if found is None:
            possible = ", ".join(str(value) for value, _label in choices)
            raise BadCell(_("“%(cell)s” is not known. Possible are: %(possible)s.") % {
                "cell": cell[:40], "possible": possible})  # fmt: skip
        return found

    return read


def _said(choices) -> dict[str, str]:
    from django.utils import translation

    known = {}
    for language in ("en", "de"):
        with translation.override(language):
            known |= {str(label).casefold(): value for value, label in choices}
    return known | {str(value).casefold(): value for value, _label in choices}


@dataclass(frozen=True)
class Column:
    """`name` is what a template file calls it; `words` are other headings that mean it."""

    name: str
    read: Callable
    needed: bool = False
    words: tuple[str, ...] = ()
    example: str = ""


def plain_heading(heading: str) -> str:
    return re.sub(r"[^a-z0-9äöüß²]", "", heading.casefold())
